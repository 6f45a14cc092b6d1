//! The events of an upstream's response, as chunks of a chat completion.

use serde_json::{Value, json};

use super::decode_reply::{annotation, finish_reason, told, usage};
use super::items::thought;
use super::tools::{CUSTOM, Calls, FUNCTION};
use crate::json::{Object, tree};
use crate::sse::{DONE_DATA, Event};
use crate::told::Retold;
use crate::{Error, Protocol, ReportedError, Told};

/// Reads the events of one stream, in order.
#[derive(Debug)]
pub struct EventReader {
    told: Retold,
    begun: bool,
    /// The items that are calls, by their place in the output.
    calls: Vec<Value>,
}

impl Default for EventReader {
    fn default() -> Self {
        Self {
            told: Retold::new(Protocol::Responses),
            begun: false,
            calls: Vec::new(),
        }
    }
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
                let first = self.told.begin(&said["response"], event)?;
                Ok(Told::Pieces(vec![first]))
            }
            _ if !self.begun => Ok(Told::Nothing),
            "response.output_text.delta" => {
                let logprobs = said["logprobs"].as_array().into_iter().flatten();
                let delta = json!({ "content": said["delta"] });
                self.told.piece_with(&delta, &told(logprobs), event)
            }
            "response.refusal.delta" => {
                self.told.piece(&json!({ "refusal": said["delta"] }), event)
            }
            "response.reasoning_summary_part.added"
                if said["summary_index"]
                    .as_u64()
                    .is_some_and(|index| index > 0) =>
            {
                let apart = json!({ "reasoning_content": "\n\n" });
                self.told.piece(&apart, event)
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => self
                .told
                .piece(&json!({ "reasoning_content": said["delta"] }), event),
            "response.output_item.added" => match Calls::of_item(&said["item"]) {
                Some(calls) => self.call(&said, calls, event),
                None => Ok(self.told.untold(event)),
            },
            "response.function_call_arguments.delta" => self.given(&said, FUNCTION, event),
            "response.custom_tool_call_input.delta" => self.given(&said, CUSTOM, event),
            "response.output_text.annotation.added" => self.cite(&said["annotation"], event),
            "response.output_item.done" => self.done(&said["item"], event),
            "response.completed" | "response.incomplete" => self.end(&said["response"], event),
            _ => Ok(self.told.untold(event)),
        }
    }

    /// What an item says at its end that its pieces did not.
    fn done(&mut self, item: &Value, event: Event) -> Result<Told, Error> {
        match item["type"].as_str() {
            Some("reasoning") => match Object::of(item).ok().and_then(thought) {
                Some(block) => self
                    .told
                    .piece(&json!({ "thinking_blocks": [block] }), event),
                None => Ok(self.told.untold(event)),
            },
            Some("message") if item["phase"].is_string() => Ok(self.told.lost(event, "phase")),
            Some("message" | "function_call" | "custom_tool_call") => Ok(self.told.untold(event)),
            kind => Ok(self.told.lost(event, kind.unwrap_or("output"))),
        }
    }

    fn cite(&self, said: &Value, event: Event) -> Result<Told, Error> {
        match annotation(said) {
            Some(annotation) => self
                .told
                .piece(&json!({ "annotations": [annotation] }), event),
            None => Ok(self.told.lost(event, "annotations")),
        }
    }

    fn call(&mut self, said: &Value, calls: Calls, event: Event) -> Result<Told, Error> {
        self.calls.push(said["output_index"].clone());
        let item = &said["item"];
        let given = item[calls.given].as_str().unwrap_or_default();
        let call = json!({
            "index": self.calls.len() - 1, "id": item["call_id"], "type": calls.kind,
            calls.kind: { "name": item["name"], calls.given: given },
        });
        self.told.piece(&json!({ "tool_calls": [call] }), event)
    }

    /// More of what a tool is given.
    fn given(&mut self, said: &Value, calls: Calls, event: Event) -> Result<Told, Error> {
        let Some(index) = self
            .calls
            .iter()
            .position(|place| *place == said["output_index"])
        else {
            return Ok(self.told.untold(event));
        };
        let piece = json!({ "index": index, calls.kind: { calls.given: said["delta"] } });
        self.told.piece(&json!({ "tool_calls": [piece] }), event)
    }

    /// The last event carries the usage; it goes out with the last chunk, when what it cost is known.
    fn end(&mut self, response: &Value, event: Event) -> Result<Told, Error> {
        let reason = finish_reason(response, !self.calls.is_empty());
        let finish = self.told.finish(reason, Vec::new())?;
        let last = self.told.last(usage(&response["usage"]), [event])?;
        Ok(Told::Ending(vec![finish, last]))
    }
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
