//! The chunks of a chat completion, as events of a message.

use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};

use super::encode_reply::{called, citations, id, reasoning, stop_reason, tool_use};
use super::usage;
use crate::json::tree;
use crate::wordless::{SPOKEN, note, note_fields, note_others};
use crate::{ChatChunk, ErrorBody, Usage, sse};

/// Writes the events of one stream, in order.
#[derive(Debug, Default)]
pub struct EventWriter {
    out: BytesMut,
    begun: bool,
    /// The block that is open.
    open: Option<Open>,
    /// Arguments of the open call, held back as long as they do not begin as an object does.
    held: String,
    /// The open call has sent arguments.
    argued: bool,
    /// Blocks so far.
    blocks: usize,
    finish_reason: Option<String>,
    refused: bool,
    usage: Option<Usage>,
    /// What the router adds to the usage.
    costs: Option<Value>,
    dropped: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thinking,
    /// The call with this index.
    Call(u64),
}

impl EventWriter {
    /// The events of a chunk; there may be none.
    pub fn write(&mut self, chunk: &ChatChunk) -> Bytes {
        let body = tree("chunk", chunk.data()).unwrap_or_default();
        if !self.begun {
            self.begin(&body);
        }
        self.usage = chunk.usage.or(self.usage);
        self.costs = body.get("downshift").cloned().or(self.costs.take());
        for choice in body["choices"].as_array().into_iter().flatten() {
            if choice["index"].as_u64().unwrap_or(0) == 0 {
                note_others(&choice["delta"], SPOKEN, &mut self.dropped);
                note_fields(choice, &["logprobs"], &mut self.dropped);
                self.add(&choice["delta"]);
            } else {
                note("choices[1]", &mut self.dropped);
            }
        }
        if let Some(reason) = &chunk.finish_reason {
            self.finish_reason = Some(reason.clone());
        }
        self.out.split().freeze()
    }

    /// The events that end a message that is complete.
    pub fn end(&mut self) -> Bytes {
        self.close();
        let reason = stop_reason(self.finish_reason.as_deref(), self.refused);
        let mut last = json!({
            "type": "message_delta",
            "delta": {
                "stop_reason": reason, "stop_sequence": null, "stop_details": null, "container": null,
            },
            "usage": usage::so_far(self.usage),
        });
        if let Some(costs) = self.costs.take() {
            last["downshift"] = costs;
        }
        self.event(&last);
        self.event(&json!({ "type": "message_stop" }));
        self.out.split().freeze()
    }

    /// The event that says that the stream broke.
    pub fn fail(&mut self, error: &ErrorBody) -> Bytes {
        let said = json!({ "type": "api_error", "message": error.message });
        self.event(&json!({ "type": "error", "error": said, "request_id": null }));
        self.out.split().freeze()
    }

    /// What a message had no words for so far.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    fn begin(&mut self, body: &Value) {
        self.begun = true;
        let message = json!({
            "id": id(body["id"].as_str().unwrap_or_default()),
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "stop_details": null,
            "container": null,
            "usage": usage::written(None),
        });
        self.event(&json!({ "type": "message_start", "message": message }));
        self.event(&json!({ "type": "ping" }));
    }

    fn add(&mut self, delta: &Value) {
        if let Some(text) = reasoning(delta) {
            self.switch(
                Open::Thinking,
                || json!({ "type": "thinking", "thinking": "", "signature": "" }),
            );
            self.delta(&json!({ "type": "thinking_delta", "thinking": text }));
        }
        for block in delta["thinking_blocks"].as_array().into_iter().flatten() {
            self.thought(block);
        }
        let texts =
            [&delta["content"], &delta["refusal"]].map(|text| text.as_str().unwrap_or_default());
        self.refused |= !texts[1].is_empty();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            self.switch(
                Open::Text,
                || json!({ "type": "text", "text": "", "citations": null }),
            );
            self.delta(&json!({ "type": "text_delta", "text": text }));
        }
        for citation in citations(&delta["annotations"], &mut self.dropped) {
            self.switch(
                Open::Text,
                || json!({ "type": "text", "text": "", "citations": null }),
            );
            self.delta(&json!({ "type": "citations_delta", "citation": citation }));
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.call(call);
        }
    }

    /// Thinking whose text has been sent already needs only its signature.
    fn thought(&mut self, block: &Value) {
        if block["type"] == "redacted_thinking" {
            self.close();
            self.start(&json!(block));
            return self.stop();
        }
        if self.open != Some(Open::Thinking) {
            self.switch(
                Open::Thinking,
                || json!({ "type": "thinking", "thinking": "", "signature": "" }),
            );
            self.delta(&json!({ "type": "thinking_delta", "thinking": block["thinking"] }));
        }
        self.delta(&json!({ "type": "signature_delta", "signature": block["signature"] }));
        self.close();
    }

    fn call(&mut self, call: &Value) {
        let index = call["index"].as_u64().unwrap_or(0);
        self.switch(Open::Call(index), || tool_use(call, &json!({})));
        let arguments = called(call).1;
        if self.argued {
            self.argue(arguments);
        } else {
            self.held.push_str(arguments);
            if self.held.trim_start().starts_with('{') {
                let held = std::mem::take(&mut self.held);
                self.argue(&held);
            }
        }
    }

    fn argue(&mut self, arguments: &str) {
        if !arguments.is_empty() {
            self.argued = true;
            self.delta(&json!({ "type": "input_json_delta", "partial_json": arguments }));
        }
    }

    fn switch(&mut self, to: Open, block: impl FnOnce() -> Value) {
        if self.open != Some(to) {
            self.close();
            self.open = Some(to);
            self.start(&block());
        }
    }

    fn start(&mut self, block: &Value) {
        self.event(
            &json!({ "type": "content_block_start", "index": self.blocks, "content_block": block }),
        );
    }

    fn delta(&mut self, delta: &Value) {
        self.event(&json!({ "type": "content_block_delta", "index": self.blocks, "delta": delta }));
    }

    /// Arguments that are no object are handed on as text in one, as in a whole message.
    fn close(&mut self) {
        let held = std::mem::take(&mut self.held);
        if !held.trim().is_empty() {
            self.argue(&json!({ "arguments": held }).to_string());
        }
        self.argued = false;
        if self.open.take().is_some() {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.event(&json!({ "type": "content_block_stop", "index": self.blocks }));
        self.blocks += 1;
    }

    fn event(&mut self, said: &Value) {
        let framed = sse::event(said["type"].as_str(), said.to_string().as_bytes());
        self.out.extend_from_slice(&framed);
    }
}
