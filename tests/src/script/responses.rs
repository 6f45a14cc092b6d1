//! A script's reply as OpenAI's responses API says it.

use serde_json::{Value, json};

use super::{Script, Tokens};

/// What a server says when it breaks down after its first token, framed.
pub(super) const BREAKDOWN: &str = concat!(
    "event: error\ndata: ",
    r#"{"type":"error","error":{"type":"server_error","code":"server_error","message":"the model broke down","param":null},"sequence_number":9}"#,
    "\n\n"
);

/// The whole reply.
pub(super) fn whole(script: &Script, requested: &str) -> Value {
    let cut = script.finish_reason == "length";
    let mut response = start(script, requested);
    response["status"] = json!(if cut { "incomplete" } else { "completed" });
    if cut {
        response["incomplete_details"] = json!({ "reason": "max_output_tokens" });
    }
    response["output"] = items(script).into_iter().map(|(item, _)| item).collect();
    response["usage"] = script.usage.map(usage).into();
    response
}

/// The events of a stream, framed; the last is the one with the usage.
pub(super) fn events(script: &Script, requested: &str) -> Vec<String> {
    let mut events = vec![
        (
            "response.created",
            json!({ "response": start(script, requested) }),
        ),
        (
            "response.in_progress",
            json!({ "response": start(script, requested) }),
        ),
    ];
    for (place, (item, made_of)) in items(script).into_iter().enumerate() {
        let mut added = item.clone();
        for field in ["content", "summary"] {
            if added[field].is_array() {
                added[field] = json!([]);
            }
        }
        if added["arguments"].is_string() {
            added["arguments"] = json!("");
        }
        events.push((
            "response.output_item.added",
            json!({ "output_index": place, "item": added }),
        ));
        for (kind, mut event) in made_of {
            event["output_index"] = place.into();
            event["item_id"] = item["id"].clone();
            events.push((kind, event));
        }
        events.push((
            "response.output_item.done",
            json!({ "output_index": place, "item": item }),
        ));
    }
    let whole = whole(script, requested);
    let cut = whole["status"] == "incomplete";
    let last = if cut {
        "response.incomplete"
    } else {
        "response.completed"
    };
    events.push((last, json!({ "response": whole })));
    let framed = |(number, (kind, mut event)): (usize, (&str, Value))| {
        event["type"] = kind.into();
        event["sequence_number"] = number.into();
        format!("event: {kind}\ndata: {}\n\n", script.with_extra(event))
    };
    events.into_iter().enumerate().map(framed).collect()
}

/// Items as they end, with the events that each was made of.
fn items(script: &Script) -> Vec<(Value, Vec<(&'static str, Value)>)> {
    let thought = script.thought.iter().map(|thought| {
        let part = json!({ "type": "summary_text", "text": thought.text });
        let item = json!({
            "id": "rs_1", "type": "reasoning", "encrypted_content": thought.signature,
            "summary": [part],
        });
        let made_of = vec![
            (
                "response.reasoning_summary_part.added",
                json!({ "summary_index": 0, "part": { "type": "summary_text", "text": "" } }),
            ),
            (
                "response.reasoning_summary_text.delta",
                json!({ "summary_index": 0, "delta": thought.text }),
            ),
            (
                "response.reasoning_summary_text.done",
                json!({ "summary_index": 0, "text": thought.text }),
            ),
            (
                "response.reasoning_summary_part.done",
                json!({ "summary_index": 0, "part": part }),
            ),
        ];
        (item, made_of)
    });
    let text = (!script.pieces.is_empty()).then(|| message(script));
    let calls = script.calls.iter().map(|call| {
        let item = json!({
            "id": format!("fc_{}", call.id), "type": "function_call", "status": "completed",
            "call_id": call.id, "name": call.name, "arguments": call.arguments,
        });
        let made_of = vec![
            (
                "response.function_call_arguments.delta",
                json!({ "delta": call.arguments }),
            ),
            (
                "response.function_call_arguments.done",
                json!({ "name": call.name, "arguments": call.arguments }),
            ),
        ];
        (item, made_of)
    });
    thought.chain(text).chain(calls).collect()
}

fn message(script: &Script) -> (Value, Vec<(&'static str, Value)>) {
    let text = script.pieces.concat();
    let part = |text: &str| json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] });
    let item = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
        "content": [part(&text)],
    });
    let mut made_of = vec![(
        "response.content_part.added",
        json!({ "content_index": 0, "part": part("") }),
    )];
    made_of.extend(script.pieces.iter().map(|piece| {
        (
            "response.output_text.delta",
            json!({ "content_index": 0, "delta": piece, "logprobs": [] }),
        )
    }));
    made_of.push((
        "response.output_text.done",
        json!({ "content_index": 0, "text": text, "logprobs": [] }),
    ));
    made_of.push((
        "response.content_part.done",
        json!({ "content_index": 0, "part": part(&text) }),
    ));
    (item, made_of)
}

fn start(script: &Script, requested: &str) -> Value {
    json!({
        "id": "resp_scripted", "object": "response", "created_at": 1_700_000_000, "status": "in_progress",
        "error": null, "incomplete_details": null, "instructions": null, "metadata": {},
        "model": script.model(requested), "output": [], "parallel_tool_calls": true,
        "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "usage": null,
    })
}

fn usage(used: Tokens) -> Value {
    json!({
        "input_tokens": used.input,
        "input_tokens_details": { "cached_tokens": used.cached },
        "output_tokens": used.output,
        "output_tokens_details": { "reasoning_tokens": 0 },
        "total_tokens": used.input + used.output,
    })
}
