//! A script's reply as Anthropic's messages API says it.

use serde_json::{Value, json};

use super::{Script, Tokens, merge};

/// The event that ends a complete stream, framed.
pub(super) const LAST: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"   }\n\n";

/// What a server says when it breaks down after its first token, framed.
pub(super) const BREAKDOWN: &str = concat!(
    "event: error\ndata: ",
    r#"{"type":"error","error":{"type":"overloaded_error","message":"the model broke down"}}"#,
    "\n\n"
);

/// The whole reply.
pub(super) fn whole(script: &Script, requested: &str) -> Value {
    let blocks = blocks(script).into_iter().map(|(mut block, deltas)| {
        for delta in deltas {
            let (field, text) = match delta["type"].as_str() {
                Some("text_delta") => ("text", &delta["text"]),
                Some("thinking_delta") => ("thinking", &delta["thinking"]),
                Some("signature_delta") => ("signature", &delta["signature"]),
                _ => {
                    let input = delta["partial_json"].as_str().unwrap_or_default();
                    block["input"] = serde_json::from_str(input).expect("arguments that are JSON");
                    continue;
                }
            };
            let so_far = block[field].as_str().unwrap_or_default();
            block[field] = format!("{so_far}{}", text.as_str().unwrap_or_default()).into();
        }
        block
    });
    let mut message = start(script, requested);
    message["content"] = blocks.collect();
    message["stop_reason"] = stop_reason(script);
    message["usage"] = usage(script.usage);
    message
}

/// The events of a stream, framed, up to the one with the usage.
pub(super) fn events(script: &Script, requested: &str) -> Vec<String> {
    let mut message = start(script, requested);
    message["usage"] = usage(script.usage);
    message["usage"]["output_tokens"] = json!(1);
    let mut events = vec![
        json!({ "type": "message_start", "message": message }),
        json!({ "type": "ping" }),
    ];
    for (index, (block, deltas)) in blocks(script).into_iter().enumerate() {
        events
            .push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        let delta =
            |delta| json!({ "type": "content_block_delta", "index": index, "delta": delta });
        events.extend(deltas.into_iter().map(delta));
        events.push(json!({ "type": "content_block_stop", "index": index }));
    }
    events.push(json!({
        "type": "message_delta",
        "delta": { "stop_reason": stop_reason(script), "stop_sequence": null },
        "usage": usage(script.usage),
    }));
    let framed = |event: Value| {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        format!("event: {kind}\ndata: {}\n\n", script.with_extra(event))
    };
    events.into_iter().map(framed).collect()
}

/// Blocks as they start, with what is added to each.
fn blocks(script: &Script) -> Vec<(Value, Vec<Value>)> {
    let thought = script.thought.iter().map(|thought| {
        let deltas = vec![
            json!({ "type": "thinking_delta", "thinking": thought.text }),
            json!({ "type": "signature_delta", "signature": thought.signature }),
        ];
        (
            json!({ "type": "thinking", "thinking": "", "signature": "" }),
            deltas,
        )
    });
    let delta = |piece| json!({ "type": "text_delta", "text": piece });
    let text = (!script.pieces.is_empty()).then(|| {
        (
            json!({ "type": "text", "text": "" }),
            script.pieces.iter().map(delta).collect(),
        )
    });
    let calls = script.calls.iter().map(|call| {
        let block = json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": {} });
        (
            block,
            vec![json!({ "type": "input_json_delta", "partial_json": call.arguments })],
        )
    });
    thought.chain(text).chain(calls).collect()
}

fn start(script: &Script, requested: &str) -> Value {
    let mut message = json!({
        "id": "msg_scripted", "type": "message", "role": "assistant",
        "model": script.model(requested), "content": [],
        "stop_reason": null, "stop_sequence": null,
    });
    merge(&mut message, json!({ "usage": null }));
    message
}

fn stop_reason(script: &Script) -> Value {
    let reason = match script.finish_reason.as_str() {
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        other => other,
    };
    reason.into()
}

/// Anthropic's input leaves out what came from a cache.
fn usage(used: Option<Tokens>) -> Value {
    let used = used.unwrap_or_default();
    json!({
        "input_tokens": used.input - used.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": used.cached,
        "output_tokens": used.output,
    })
}
