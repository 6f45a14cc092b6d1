//! Hides what must change of a client's message before Anthropic sees it: the model, and thinking that is not Anthropic's.

use serde_json::Value;

use super::conversation::{calls_unthinking, is_own};
use super::encode_request::encode_request;
use crate::json::{Edit, Layout, tree};
use crate::{ChatRequest, Error, Protocol, Translated, scan};

/// A request in Anthropic's words, for this model: as it came, if that is what it came in.
///
/// A conversation may have been with another model, whose thinking the client brings back as it
/// was told it: without a signature of Anthropic's it would have the whole request refused.
pub fn request_for(request: &ChatRequest, model: &str) -> Result<Translated, Error> {
    let Some(original) = request.said_in(Protocol::Messages) else {
        return encode_request(request, model);
    };
    let body = &original.body;
    let layout = Layout::read("request body", body)?;
    let messages = layout.value(body, "messages").unwrap_or_default();
    let mut edits = vec![Edit::string("model", model)];
    let mut dropped = Vec::new();
    if scan::contains(messages, "\"thinking\"") {
        let mut messages = tree("messages", messages)?;
        if strip(&mut messages) {
            dropped.push("messages[].content[].thinking".to_owned());
            if went_on_unthinking(&messages) && layout.value(body, "thinking").is_some() {
                dropped.push("thinking".to_owned());
                edits.push(Edit::remove("thinking"));
            }
            edits.push(Edit::json("messages", messages.to_string()));
        }
    }
    let body = layout.splice(body, &edits)?;
    Ok(Translated {
        body: body.map_or_else(|| original.body.clone(), Into::into),
        dropped,
    })
}

/// Takes thinking out that is not Anthropic's; whether there was any.
fn strip(messages: &mut Value) -> bool {
    let mut stripped = false;
    for message in messages.as_array_mut().into_iter().flatten() {
        if let Some(blocks) = message["content"].as_array_mut() {
            let before = blocks.len();
            blocks.retain(|block| block["type"] != "thinking" || is_own(block));
            stripped |= blocks.len() < before;
        }
    }
    if let Some(messages) = messages.as_array_mut() {
        messages.retain(|message| !stripped || message["content"] != Value::Array(Vec::new()));
    }
    stripped
}

/// Whether the newest assistant's turn calls tools and does not open with thinking.
fn went_on_unthinking(messages: &Value) -> bool {
    let messages = messages.as_array().map_or(&[][..], Vec::as_slice);
    let last = messages
        .iter()
        .rfind(|message| message["role"] == "assistant");
    let blocks = last.and_then(|last| last["content"].as_array());
    blocks.is_some_and(calls_unthinking)
}
