//! The events of an upstream's response, as chunks of a chat completion.

use serde_json::{Map, Value, json};

use super::decode_reply::{annotation, finish_reason, usage};
use super::items::thought;
use crate::json::{Object, tree};
use crate::sse::{DONE_DATA, Event};
use crate::{ChatChunk, Error, Native, Protocol, ReportedError, Told};

/// Reads the events of one stream, in order.
#[derive(Debug, Default)]
pub struct EventReader {
    id: Value,
    model: Value,
    begun: bool,
    /// The items that are calls, by their place in the output.
    calls: Vec<Value>,
}

impl EventReader {
    /// What an event says.
    pub fn read(&mut self, event: Event) -> Result<Told, Error> {
        if event.data.trim_ascii() == DONE_DATA {
            return Ok(Told::Nothing);
        }
        let said = tree("event", &event.data)?;
        let kind = said["type"]
            .as_str()
            .or(event.event.as_deref())
            .unwrap_or_default();
        match kind {
            "error" => Ok(Told::Failed(reported(&said["error"], &said))),
            "response.failed" => Ok(Told::Failed(reported(&said["response"]["error"], &said))),
            "response.created" => {
                self.begun = true;
                self.id = said["response"]["id"].clone();
                self.model = said["response"]["model"].clone();
                self.piece(&json!({ "role": "assistant", "content": "" }), event)
            }
            _ if !self.begun => Ok(Told::Nothing),
            "response.output_text.delta" => self.piece(&json!({ "content": said["delta"] }), event),
            "response.refusal.delta" => self.piece(&json!({ "refusal": said["delta"] }), event),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                self.piece(&json!({ "reasoning_content": said["delta"] }), event)
            }
            "response.output_item.added" if said["item"]["type"] == "function_call" => {
                self.call(&said, event)
            }
            "response.function_call_arguments.delta" => self.arguments(&said, event),
            "response.output_text.annotation.added" => match annotation(&said["annotation"]) {
                Some(annotation) => self.piece(&json!({ "annotations": [annotation] }), event),
                None => Ok(untold(event)),
            },
            "response.output_item.done" if said["item"]["type"] == "reasoning" => {
                match Object::of(&said["item"]).ok().and_then(thought) {
                    Some(block) => self.piece(&json!({ "thinking_blocks": [block] }), event),
                    None => Ok(untold(event)),
                }
            }
            "response.completed" | "response.incomplete" => self.end(&said["response"], event),
            _ => Ok(untold(event)),
        }
    }

    fn call(&mut self, said: &Value, event: Event) -> Result<Told, Error> {
        self.calls.push(said["output_index"].clone());
        let item = &said["item"];
        let function = json!({ "name": item["name"], "arguments": item["arguments"].as_str().unwrap_or_default() });
        let call = json!({ "index": self.calls.len() - 1, "id": item["call_id"], "type": "function", "function": function });
        self.piece(&json!({ "tool_calls": [call] }), event)
    }

    fn arguments(&mut self, said: &Value, event: Event) -> Result<Told, Error> {
        let Some(index) = self
            .calls
            .iter()
            .position(|place| *place == said["output_index"])
        else {
            return Ok(untold(event));
        };
        let function = json!({ "arguments": said["delta"] });
        self.piece(
            &json!({ "tool_calls": [{ "index": index, "function": function }] }),
            event,
        )
    }

    /// The last event carries the usage; it goes out with the last chunk, when what it cost is known.
    fn end(&mut self, response: &Value, event: Event) -> Result<Told, Error> {
        let reason = finish_reason(response, !self.calls.is_empty());
        let choice = json!({ "index": 0, "delta": {}, "logprobs": null, "finish_reason": reason });
        let native = Native::event(Protocol::Responses, event);
        let finish = ChatChunk::translated(
            self.chunk(&json!([choice]), None),
            Native::elsewhere(Protocol::Responses),
        )?;
        let usage = usage(&response["usage"]);
        let last = if usage.is_null() {
            ChatChunk::untranslated(native)
        } else {
            ChatChunk::translated(self.chunk(&json!([]), Some(usage)), native)?
        };
        Ok(Told::Ending(vec![finish, last]))
    }

    fn piece(&self, delta: &Value, event: Event) -> Result<Told, Error> {
        let choice = json!({ "index": 0, "delta": delta, "logprobs": null, "finish_reason": null });
        let native = Native::event(Protocol::Responses, event);
        let chunk = ChatChunk::translated(self.chunk(&json!([choice]), None), native)?;
        Ok(Told::Pieces(vec![chunk]))
    }

    fn chunk(&self, choices: &Value, usage: Option<Value>) -> String {
        let mut chunk = Map::new();
        chunk.insert("id".into(), self.id.clone());
        chunk.insert("object".into(), "chat.completion.chunk".into());
        chunk.insert("created".into(), 0.into());
        chunk.insert("model".into(), self.model.clone());
        chunk.insert("choices".into(), choices.clone());
        if let Some(usage) = usage {
            chunk.insert("usage".into(), usage);
        }
        Value::Object(chunk).to_string()
    }
}

fn untold(event: Event) -> Told {
    Told::Pieces(vec![ChatChunk::untranslated(Native::event(
        Protocol::Responses,
        event,
    ))])
}

fn reported(nested: &Value, bare: &Value) -> ReportedError {
    let error = if nested.is_object() { nested } else { bare };
    let text = |name: &str| error[name].as_str().map(str::to_owned);
    ReportedError {
        message: text("message").unwrap_or_default(),
        kind: text("type"),
        code: text("code"),
    }
}
