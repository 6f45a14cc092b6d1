//! An upstream's message, as a chat completion.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::usage::Counts;
use crate::json::{Object, tree};
use crate::wordless::{note, note_fields};
use crate::{ChatReply, Error, Native, Protocol};

/// Reads a whole message.
pub fn decode_reply(body: Bytes) -> Result<ChatReply, Error> {
    let message = tree("reply", &body)?;
    if message["type"] == "error" || !message["content"].is_array() {
        let told = "the reply holds no `content`; is this a server of Anthropic's messages API?";
        return Err(Error {
            code: Error::MISSING_FIELD,
            message: told.into(),
            param: Some("content".into()),
        });
    }
    let mut counts = Counts::default();
    counts.update(&message["usage"]);
    let mut dropped = Vec::new();
    note_fields(&message, UNTOLD, &mut dropped);
    let completion = json!({
        "id": message["id"],
        "object": "chat.completion",
        "created": 0,
        "model": message["model"],
        "choices": [{
            "index": 0,
            "message": spoken(&message["content"], &message["stop_reason"], &mut dropped),
            "logprobs": null,
            "finish_reason": finish_reason(&message["stop_reason"]),
        }],
        "usage": counts.chat(),
    });
    let native = Native::whole(Protocol::Messages, body).without(dropped);
    ChatReply::translated(completion.to_string(), native)
}

/// What of a message, beside its content, the chat API has no words for.
pub(super) const UNTOLD: &[&str] = &["stop_sequence", "stop_details", "container"];

fn spoken(content: &Value, stop_reason: &Value, dropped: &mut Vec<String>) -> Value {
    let (mut text, mut reasoning) = (String::new(), String::new());
    let (mut calls, mut thinking, mut annotations) = (Vec::new(), Vec::new(), Vec::new());
    for block in content.as_array().into_iter().flatten() {
        match block["type"].as_str().unwrap_or_default() {
            "text" => {
                let from = text.chars().count();
                text.push_str(block["text"].as_str().unwrap_or_default());
                let to = text.chars().count();
                let citations = block["citations"].as_array().into_iter().flatten();
                for citation in citations {
                    match annotation(citation, from, to) {
                        Some(annotation) => annotations.push(annotation),
                        None => note("citations", dropped),
                    }
                }
            }
            "thinking" => {
                reasoning.push_str(block["thinking"].as_str().unwrap_or_default());
                thinking.push(block.clone());
            }
            "redacted_thinking" => thinking.push(block.clone()),
            "tool_use" => calls.push(call(block)),
            other => note(other, dropped),
        }
    }
    let mut message = Map::new();
    message.insert("role".into(), "assistant".into());
    let refused = *stop_reason == "refusal" && text.is_empty();
    let silent = text.is_empty() && (!calls.is_empty() || refused);
    message.insert(
        "content".into(),
        if silent { Value::Null } else { text.into() },
    );
    message.insert(
        "refusal".into(),
        if refused { REFUSAL.into() } else { Value::Null },
    );
    let optional = [
        ("annotations", Value::Array(annotations)),
        ("tool_calls", Value::Array(calls)),
        ("thinking_blocks", Value::Array(thinking)),
        ("reasoning_content", Value::String(reasoning)),
    ];
    for (name, value) in optional {
        if value != json!([]) && value != "" {
            message.insert(name.into(), value);
        }
    }
    Value::Object(message)
}

/// What a refusal says where the model says nothing.
pub(super) const REFUSAL: &str = "the model declined to reply";

/// A citation of a page, as the chat API has them; those of documents have no counterpart.
pub(super) fn annotation(citation: &Value, from: usize, to: usize) -> Option<Value> {
    let url = citation["url"].as_str()?;
    let cited =
        json!({ "start_index": from, "end_index": to, "url": url, "title": citation["title"] });
    Some(json!({ "type": "url_citation", "url_citation": cited }))
}

fn call(block: &Value) -> Value {
    let input = Object::of(&block["input"])
        .map_or_else(|_| "{}".to_owned(), |_| block["input"].to_string());
    json!({ "id": block["id"], "type": "function", "function": { "name": block["name"], "arguments": input } })
}

/// Why a reply ended, in the chat API's words.
pub(super) fn finish_reason(stop_reason: &Value) -> Value {
    match stop_reason.as_str() {
        None => Value::Null,
        Some("max_tokens" | "model_context_window_exceeded") => "length".into(),
        Some("tool_use") => "tool_calls".into(),
        Some("refusal") => "content_filter".into(),
        Some(_) => "stop".into(),
    }
}
