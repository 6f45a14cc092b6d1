//! A script's reply as OpenAI's chat API says it.

use serde_json::{Value, json};

use super::{Script, Tokens, merge};

/// The id that every scripted reply carries.
const ID: &str = "chatcmpl-scripted";
/// The time that every scripted reply says it was created, in Unix seconds.
pub(super) const CREATED: u64 = 1_700_000_000;

/// What a server says when it breaks down after its first token, framed.
pub(super) const BREAKDOWN: &str = concat!(
    r#"data: {"error":{"message":"the model broke down","type":"server_error","param":null,"code":null}}"#,
    "\n\n"
);

/// The whole reply.
pub(super) fn whole(script: &Script, requested: &str) -> Value {
    let mut message =
        json!({ "role": "assistant", "content": script.pieces.concat(), "refusal": null });
    if !script.calls.is_empty() {
        message["tool_calls"] = calls(script);
    }
    if let Some(thought) = &script.thought {
        message["reasoning_content"] = json!(thought.text);
    }
    let mut reply = json!({
        "id": ID,
        "object": "chat.completion",
        "created": CREATED,
        "model": script.model(requested),
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": null,
            "finish_reason": script.finish_reason,
        }],
    });
    if let Some(used) = script.usage {
        reply["usage"] = usage(used);
    }
    reply
}

/// Every chunk, framed, the usage chunk last if it is asked for.
pub(super) fn events(script: &Script, requested: &str, include_usage: bool) -> Vec<String> {
    let role = json!({ "role": "assistant", "content": "" });
    let thought = script
        .thought
        .iter()
        .map(|thought| json!({ "reasoning_content": thought.text }));
    let texts = script
        .pieces
        .iter()
        .map(|piece| json!({ "content": piece }));
    let called = (!script.calls.is_empty()).then(|| json!({ "tool_calls": calls(script) }));
    let mut chunks: Vec<Value> = std::iter::once(role)
        .chain(thought)
        .chain(texts)
        .chain(called)
        .map(|delta| choice(&delta, &Value::Null))
        .collect();
    chunks.push(choice(&json!({}), &json!(script.finish_reason)));
    if include_usage {
        for chunk in &mut chunks {
            chunk["usage"] = Value::Null;
        }
        if let Some(used) = script.usage {
            chunks.push(json!({ "choices": [], "usage": usage(used) }));
        }
    }
    let framed = |part| format!("data: {}\n\n", chunk(script, requested, part));
    chunks.into_iter().map(framed).collect()
}

fn chunk(script: &Script, requested: &str, part: Value) -> Value {
    let mut chunk = json!({
        "id": ID,
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": script.model(requested),
    });
    merge(&mut chunk, part);
    script.with_extra(chunk)
}

fn calls(script: &Script) -> Value {
    let call = |(index, call): (usize, &super::Called)| {
        json!({
            "index": index, "id": call.id, "type": "function",
            "function": { "name": call.name, "arguments": call.arguments },
        })
    };
    script.calls.iter().enumerate().map(call).collect()
}

/// What was used, as OpenAI says it.
pub(super) fn usage(used: Tokens) -> Value {
    json!({
        "prompt_tokens": used.input,
        "completion_tokens": used.output,
        "total_tokens": used.input + used.output,
        "prompt_tokens_details": { "cached_tokens": used.cached, "audio_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": 0, "audio_tokens": 0 },
    })
}

fn choice(delta: &Value, finish_reason: &Value) -> Value {
    json!({ "choices": [{
        "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason,
    }]})
}
