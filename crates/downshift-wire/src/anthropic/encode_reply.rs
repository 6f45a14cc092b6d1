//! A chat completion, as a client of Anthropic's messages reads it.

use bytes::Bytes;
use serde_json::{Value, json};

use super::usage;
use crate::json::tree;
use crate::wordless::{SPOKEN, note, note_fields, note_others};
use crate::{ChatReply, ErrorBody, Translated};

/// A whole message.
pub fn encode_reply(reply: &ChatReply) -> Translated {
    let body = tree("reply", reply.body()).unwrap_or_default();
    let choice = &body["choices"][0];
    let mut dropped = Vec::new();
    note_others(&choice["message"], SPOKEN, &mut dropped);
    note_fields(choice, &["logprobs"], &mut dropped);
    if !body["choices"][1].is_null() {
        note("choices[1]", &mut dropped);
    }
    let message = json!({
        "id": id(&reply.id),
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": content(&choice["message"], &mut dropped),
        "stop_reason": stop_reason(reply.finish_reason.as_deref(), reply.refusal),
        "stop_sequence": null,
        "stop_details": null,
        "container": null,
        "usage": usage::written(reply.usage),
    });
    Translated {
        body: message.to_string().into(),
        dropped,
    }
}

/// An error, of which clients read the type; `id` is the request's.
pub fn encode_error(error: &ErrorBody, status: u16, id: Option<&str>) -> Bytes {
    let kind = match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        503 | 529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    };
    let said = json!({ "type": kind, "message": error.message });
    json!({ "type": "error", "error": said, "request_id": id })
        .to_string()
        .into()
}

/// Whether a body is an error in Anthropic's shape.
pub fn is_error(body: &[u8]) -> bool {
    tree("error", body).is_ok_and(|error| {
        // OpenAI's responses have events of the same shape, which are numbered.
        error["type"] == "error"
            && error["sequence_number"].is_null()
            && error["error"]["type"].is_string()
            && error["error"]["message"].is_string()
    })
}

fn content(message: &Value, dropped: &mut Vec<String>) -> Vec<Value> {
    let items = |name: &str| message[name].as_array().into_iter().flatten();
    let mut blocks: Vec<Value> = items("thinking_blocks").cloned().collect();
    if blocks.is_empty()
        && let Some(reasoning) = reasoning(message)
    {
        blocks.push(json!({ "type": "thinking", "thinking": reasoning, "signature": "" }));
    }
    let said = match &message["content"] {
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<String>(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let refusal = message["refusal"].as_str().filter(|_| said.is_empty());
    let said = refusal.map_or(said, str::to_owned);
    if !said.is_empty() {
        let citations = citations(&message["annotations"], dropped);
        let citations = if citations.is_empty() {
            Value::Null
        } else {
            citations.into()
        };
        blocks.push(json!({ "type": "text", "text": said, "citations": citations }));
    }
    blocks.extend(items("tool_calls").map(call));
    blocks
}

/// What servers that show their thinking call it.
pub(super) fn reasoning(message: &Value) -> Option<&str> {
    let names = ["reasoning_content", "reasoning"];
    names
        .iter()
        .find_map(|name| message[name].as_str())
        .filter(|text| !text.is_empty())
}

/// What the annotations cite; pages alone have a counterpart.
pub(super) fn citations(annotations: &Value, dropped: &mut Vec<String>) -> Vec<Value> {
    let annotations = annotations.as_array().into_iter().flatten();
    let cited = annotations.filter_map(|annotation| {
        let cited = citation(annotation);
        if cited.is_none() {
            note("annotations", dropped);
        }
        cited
    });
    cited.collect()
}

fn citation(annotation: &Value) -> Option<Value> {
    let cited = &annotation["url_citation"];
    let url = cited["url"].as_str()?;
    Some(json!({
        "type": "web_search_result_location",
        "url": url, "title": cited["title"], "cited_text": "", "encrypted_index": "",
    }))
}

fn call(call: &Value) -> Value {
    let arguments = called(call).1;
    let input = serde_json::from_str(arguments)
        .ok()
        .filter(Value::is_object);
    let input = input.unwrap_or_else(|| {
        if arguments.trim().is_empty() {
            json!({})
        } else {
            json!({ "arguments": arguments })
        }
    });
    tool_use(call, &input)
}

/// The tool that a call names, and what it is given: a custom tool gets text, and no arguments.
pub(super) fn called(call: &Value) -> (&Value, &str) {
    let (called, given) = if call["custom"].is_object() {
        (&call["custom"], "input")
    } else {
        (&call["function"], "arguments")
    };
    (&called["name"], called[given].as_str().unwrap_or_default())
}

/// A call of one of the client's own tools.
pub(super) fn tool_use(call: &Value, input: &Value) -> Value {
    json!({
        "type": "tool_use", "id": call["id"], "name": called(call).0, "input": input,
        "caller": { "type": "direct" },
    })
}

/// A message's id begins with `msg_`.
pub(super) fn id(chat: &str) -> String {
    let bare = ["chatcmpl-", "msg_", "resp_"]
        .iter()
        .find_map(|prefix| chat.strip_prefix(prefix));
    format!("msg_{}", bare.unwrap_or(chat))
}

/// Why a reply ended, in Anthropic's words.
pub(super) fn stop_reason(finish_reason: Option<&str>, refusal: bool) -> Value {
    match finish_reason {
        _ if refusal => "refusal".into(),
        None => Value::Null,
        Some("length") => "max_tokens".into(),
        Some("tool_calls" | "function_call") => "tool_use".into(),
        Some("content_filter") => "refusal".into(),
        Some(_) => "end_turn".into(),
    }
}
