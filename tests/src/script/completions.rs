//! A script's reply as OpenAI's legacy completions say it: text alone.

use serde_json::{Value, json};

use super::{Script, openai};

/// The whole reply.
pub(super) fn whole(script: &Script, requested: &str) -> Value {
    let mut reply = completion(script, requested);
    let text = script.pieces.concat();
    reply["choices"] = json!([choice(&text, &json!(script.finish_reason))]);
    if let Some(used) = script.usage {
        reply["usage"] = openai::usage(used);
    }
    reply
}

/// Every chunk, framed, the usage chunk last if it is asked for.
pub(super) fn events(script: &Script, requested: &str, include_usage: bool) -> Vec<String> {
    let texts = script
        .pieces
        .iter()
        .map(|piece| choice(piece, &Value::Null));
    let end = std::iter::once(choice("", &json!(script.finish_reason)));
    let mut chunks: Vec<Value> = texts
        .chain(end)
        .map(|choice| {
            let mut chunk = completion(script, requested);
            chunk["choices"] = json!([choice]);
            chunk
        })
        .collect();
    if let Some(used) = script.usage.filter(|_| include_usage) {
        let mut chunk = completion(script, requested);
        chunk["choices"] = json!([]);
        chunk["usage"] = openai::usage(used);
        chunks.push(chunk);
    }
    let framed = |chunk| format!("data: {}\n\n", script.with_extra(chunk));
    chunks.into_iter().map(framed).collect()
}

fn completion(script: &Script, requested: &str) -> Value {
    json!({
        "id": "cmpl-scripted", "object": "text_completion", "created": openai::CREATED,
        "model": script.model(requested),
    })
}

fn choice(text: &str, finish_reason: &Value) -> Value {
    json!({ "text": text, "index": 0, "logprobs": null, "finish_reason": finish_reason })
}
