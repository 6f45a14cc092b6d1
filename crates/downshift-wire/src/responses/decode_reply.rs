//! An upstream's response, as a chat completion.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::items::thought;
use super::tools::Calls;
use crate::json::{Object, tree};
use crate::wordless::{note, note_fields};
use crate::{ChatReply, Error, Native, Protocol};

/// Reads a whole response.
pub fn decode_reply(body: Bytes) -> Result<ChatReply, Error> {
    let response = tree("reply", &body)?;
    let failed = response["error"].is_object() || response["status"] == "failed";
    if failed || !response["output"].is_array() {
        let told = match response["error"]["message"].as_str() {
            Some(message) => format!("the reply is an error: {message}"),
            None => "the reply holds no `output`; is this a server of OpenAI's responses API?"
                .to_owned(),
        };
        return Err(Error {
            code: Error::MISSING_FIELD,
            message: told,
            param: Some("output".into()),
        });
    }
    let mut dropped = Vec::new();
    for item in response["output"].as_array().into_iter().flatten() {
        note_fields(item, &["phase"], &mut dropped);
    }
    let (message, calls) = message(&response["output"], &mut dropped);
    let completion = json!({
        "id": response["id"],
        "object": "chat.completion",
        "created": 0,
        "model": response["model"],
        "choices": [{
            "index": 0, "message": message, "logprobs": logprobs(&response["output"]),
            "finish_reason": finish_reason(&response, calls),
        }],
        "usage": usage(&response["usage"]),
    });
    ChatReply::translated(
        completion.to_string(),
        Native::whole(Protocol::Responses, body).without(dropped),
    )
}

/// The one message that the output makes, and whether it calls.
fn message(output: &Value, dropped: &mut Vec<String>) -> (Value, bool) {
    let (mut text, mut refusal, mut reasoning) = (String::new(), String::new(), Vec::new());
    let (mut calls, mut thinking, mut annotations) = (Vec::new(), Vec::new(), Vec::new());
    for item in output.as_array().into_iter().flatten() {
        let parts = |field: &str| item[field].as_array().into_iter().flatten();
        match item["type"].as_str().unwrap_or_default() {
            "message" => {
                for part in parts("content") {
                    text.push_str(part["text"].as_str().unwrap_or_default());
                    refusal.push_str(part["refusal"].as_str().unwrap_or_default());
                    for cited in part["annotations"].as_array().into_iter().flatten() {
                        match annotation(cited) {
                            Some(annotation) => annotations.push(annotation),
                            None => note("annotations", dropped),
                        }
                    }
                }
            }
            "reasoning" => {
                reasoning.extend(
                    parts("summary")
                        .chain(parts("content"))
                        .filter_map(|part| part["text"].as_str()),
                );
                thinking.extend(Object::of(item).ok().and_then(thought));
            }
            other => match Calls::of_item(item) {
                Some(kind) => {
                    calls.push(kind.chat(&item["call_id"], &item["name"], &item[kind.given]));
                }
                None => note(other, dropped),
            },
        }
    }
    let called = !calls.is_empty();
    let silent = text.is_empty() && (called || !refusal.is_empty());
    let mut message = Map::new();
    message.insert("role".into(), "assistant".into());
    message.insert("content".into(), Some(text).filter(|_| !silent).into());
    let refusal = Some(refusal).filter(|refusal| !refusal.is_empty());
    message.insert("refusal".into(), refusal.into());
    let optional = [
        ("annotations", Value::Array(annotations)),
        ("tool_calls", Value::Array(calls)),
        ("thinking_blocks", Value::Array(thinking)),
        ("reasoning_content", reasoning.join("\n\n").into()),
    ];
    for (name, value) in optional {
        if value != json!([]) && value != "" {
            message.insert(name.into(), value);
        }
    }
    (Value::Object(message), called)
}

/// The log-probabilities of all text, or null if there are none.
fn logprobs(output: &Value) -> Value {
    let items = output.as_array().into_iter().flatten();
    let parts = items.flat_map(|item| item["content"].as_array().into_iter().flatten());
    let tokens = parts.flat_map(|part| part["logprobs"].as_array().into_iter().flatten());
    told(tokens)
}

/// Tokens with their log-probabilities as the chat API has them; null if there are none.
pub(super) fn told<'a>(tokens: impl Iterator<Item = &'a Value>) -> Value {
    let tokens: Vec<Value> = tokens.map(with_bytes).collect();
    if tokens.is_empty() {
        Value::Null
    } else {
        json!({ "content": tokens, "refusal": null })
    }
}

/// A token as the chat API has it: with its bytes, which events of a response leave out.
fn with_bytes(token: &Value) -> Value {
    let mut token = token.clone();
    if let Value::Object(token) = &mut token {
        token.entry("bytes").or_insert(Value::Null);
        let top = token.entry("top_logprobs").or_insert_with(|| json!([]));
        for one in top.as_array_mut().into_iter().flatten() {
            if let Value::Object(one) = one {
                one.entry("bytes").or_insert(Value::Null);
            }
        }
    }
    token
}

/// A citation of a page; those of files have no counterpart.
pub(super) fn annotation(annotation: &Value) -> Option<Value> {
    if annotation["type"] != "url_citation" {
        return None;
    }
    let mut cited = annotation.as_object()?.clone();
    cited.remove("type");
    Some(json!({ "type": "url_citation", "url_citation": cited }))
}

/// Why a response ended, in the chat API's words.
pub(super) fn finish_reason(response: &Value, calls: bool) -> &'static str {
    match response["incomplete_details"]["reason"].as_str() {
        Some("content_filter") => "content_filter",
        Some(_) => "length",
        None if calls => "tool_calls",
        None => "stop",
    }
}

/// The chat API's `usage`, or null if it is not known; both count cached input as input.
pub(super) fn usage(usage: &Value) -> Value {
    if !usage.is_object() {
        return Value::Null;
    }
    json!({
        "prompt_tokens": usage["input_tokens"],
        "completion_tokens": usage["output_tokens"],
        "total_tokens": usage["total_tokens"],
        "prompt_tokens_details": usage["input_tokens_details"],
        "completion_tokens_details": usage["output_tokens_details"],
    })
}
