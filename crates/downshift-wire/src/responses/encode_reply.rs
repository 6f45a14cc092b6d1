//! A chat completion, as a client of the responses API reads it.

use serde_json::{Value, json};

use super::items;
use super::object::{Head, echo, id};
use super::tools::Calls;
use crate::json::tree;
use crate::wordless::{SPOKEN, note, note_others};
use crate::{ChatReply, ChatRequest, Translated};

/// A whole response; `created` in Unix seconds.
pub fn encode_reply(request: &ChatRequest, reply: &ChatReply, created: i64) -> Translated {
    let body = tree("reply", reply.body()).unwrap_or_default();
    let head = Head {
        id: reply.id.clone(),
        created,
        model: reply.model.clone(),
        echo: echo(request),
    };
    let choice = &body["choices"][0];
    let mut dropped = Vec::new();
    note_others(&choice["message"], SPOKEN, &mut dropped);
    if !body["choices"][1].is_null() {
        note("choices[1]", &mut dropped);
    }
    let mut output = output(&choice["message"], &choice["logprobs"], &reply.id);
    if let Some(last) = output.last_mut().filter(|last| last["status"].is_string()) {
        last["status"] = item_status(reply.finish_reason.as_deref()).into();
    }
    let response = head.ended(reply.finish_reason.as_deref(), &output, reply.usage);
    Translated {
        body: response.to_string().into(),
        dropped,
    }
}

/// How the last item of a reply ended.
pub(super) fn item_status(finish_reason: Option<&str>) -> &'static str {
    match finish_reason {
        Some("length" | "content_filter") => "incomplete",
        _ => "completed",
    }
}

fn output(message: &Value, logprobs: &Value, reply: &str) -> Vec<Value> {
    let listed = |name: &str| message[name].as_array().into_iter().flatten();
    let mut output = Vec::new();
    for (at, block) in listed("thinking_blocks").enumerate() {
        let text = block["thinking"].as_str().unwrap_or_default();
        output.push(items::reasoning(
            block,
            &id(&format!("rs_{at}"), reply),
            text,
        ));
    }
    let reasoning = ["reasoning_content", "reasoning"]
        .iter()
        .find_map(|name| message[name].as_str());
    if let Some(text) = reasoning.filter(|text| output.is_empty() && !text.is_empty()) {
        output.push(items::reasoning(&Value::Null, &id("rs_0", reply), text));
    }
    let text = match &message["content"] {
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<String>(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let refusal = message["refusal"].as_str().unwrap_or_default();
    if !text.is_empty() || !refusal.is_empty() {
        let mut content = Vec::new();
        if !text.is_empty() {
            let logprobs = logprobs["content"].as_array().cloned().unwrap_or_default();
            let annotations: Vec<Value> = listed("annotations").filter_map(annotation).collect();
            content.push(json!({ "type": "output_text", "text": text, "annotations": annotations, "logprobs": logprobs }));
        }
        if !refusal.is_empty() {
            content.push(json!({ "type": "refusal", "refusal": refusal }));
        }
        output.push(json!({
            "id": id("msg_", reply), "type": "message", "role": "assistant",
            "status": "completed", "content": content,
        }));
    }
    for (at, call) in listed("tool_calls").enumerate() {
        let calls = Calls::of_call(call);
        let called = &call[calls.kind];
        output.push(json!({
            "id": id(&format!("{}{at}", calls.prefix), reply), "type": calls.item, "status": "completed",
            "call_id": call["id"], "name": called["name"], calls.given: called[calls.given],
        }));
    }
    output
}

/// A citation of a page, as a response has it.
pub(super) fn annotation(annotation: &Value) -> Option<Value> {
    let mut cited = annotation["url_citation"].as_object()?.clone();
    cited.insert("type".into(), "url_citation".into());
    Some(Value::Object(cited))
}
