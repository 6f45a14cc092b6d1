//! Hides what must change of a client's request before a server of responses sees it: the model, and reasoning that is not its own.

use serde_json::Value;

use super::encode_request::encode_request;
use super::{REDACTED, SIGNED, UNSIGNED};
use crate::json::{Edit, Layout, tree};
use crate::{ChatRequest, Error, Protocol, Translated, scan};

/// A request in the words of the responses API, for this model: as it came, if that is what it
/// came in. Reasoning that bears another API's signature would have the whole request refused.
pub fn request_for(request: &ChatRequest, model: &str) -> Result<Translated, Error> {
    let Some(original) = request.said_in(Protocol::Responses) else {
        return encode_request(request, model);
    };
    let body = &original.body;
    let layout = Layout::read("request body", body)?;
    let input = layout.value(body, "input").unwrap_or_default();
    let mut edits = vec![Edit::string("model", model)];
    let mut dropped = Vec::new();
    if FOREIGN.iter().any(|mark| scan::contains(input, mark)) {
        let mut input = tree("input", input)?;
        if strip(&mut input) {
            dropped.push("input[].encrypted_content".to_owned());
            edits.push(Edit::json("input", input.to_string()));
        }
    }
    let body = layout.splice(body, &edits)?;
    Ok(Translated {
        body: body.map_or_else(|| original.body.clone(), Into::into),
        dropped,
    })
}

/// What another API's reasoning begins with.
const FOREIGN: &[&str] = &[SIGNED, REDACTED, UNSIGNED];

/// Takes reasoning out that is another API's; whether there was any.
fn strip(input: &mut Value) -> bool {
    let Value::Array(items) = input else {
        return false;
    };
    let before = items.len();
    items.retain(|item| !is_foreign(item));
    items.len() < before
}

fn is_foreign(item: &Value) -> bool {
    let encrypted = item["encrypted_content"].as_str();
    let foreign = |encrypted: &str| FOREIGN.iter().any(|foreign| encrypted.starts_with(foreign));
    item["type"] == "reasoning" && encrypted.is_some_and(foreign)
}
