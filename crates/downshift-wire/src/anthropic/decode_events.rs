//! The events of an upstream's message, as chunks of a chat completion.

use serde_json::{Value, json};

use super::decode_reply::{REFUSAL, UNTOLD, annotation, finish_reason};
use super::usage::Counts;
use crate::json::tree;
use crate::sse::Event;
use crate::told::Retold;
use crate::wordless::note_fields;
use crate::{Error, Protocol, ReportedError, Told};

/// Reads the events of one stream, in order.
#[derive(Debug)]
pub struct EventReader {
    told: Retold,
    begun: bool,
    counts: Counts,
    /// Calls of tools so far.
    calls: usize,
    /// The block that is open.
    block: Value,
    /// Characters of text so far, and where the open block's begin.
    characters: usize,
    block_from: usize,
    /// The event that ends the message, until it is known that the stream is complete.
    last: Option<Event>,
}

impl Default for EventReader {
    fn default() -> Self {
        Self {
            told: Retold::new(Protocol::Messages),
            begun: false,
            counts: Counts::default(),
            calls: 0,
            block: Value::Null,
            characters: 0,
            block_from: 0,
            last: None,
        }
    }
}

impl EventReader {
    /// What an event says.
    pub fn read(&mut self, event: Event) -> Result<Told, Error> {
        let said = tree("event", &event.data)?;
        let kind = said["type"]
            .as_str()
            .or(event.event.as_deref())
            .unwrap_or_default();
        match kind {
            "error" => Ok(Told::Failed(
                ReportedError::decode(&event.data).unwrap_or_default(),
            )),
            "message_start" => self.begin(&said["message"], event),
            _ if !self.begun => Ok(Told::Nothing),
            "content_block_start" => self.open(&said["content_block"], event),
            "content_block_delta" => self.add(&said["delta"], event),
            "content_block_stop" => self.close(event),
            "message_delta" => self.conclude(&said, event),
            "message_stop" => self.end(event),
            _ => Ok(self.told.untold(event)),
        }
    }

    /// What the prompt used is known from here on, should the rest never come.
    fn begin(&mut self, message: &Value, event: Event) -> Result<Told, Error> {
        self.begun = true;
        self.counts.update(&message["usage"]);
        let mut first = self.told.begin(message, event)?;
        first.usage = self.counts.usage();
        Ok(Told::Pieces(vec![first]))
    }

    fn open(&mut self, block: &Value, event: Event) -> Result<Told, Error> {
        self.block = block.clone();
        self.block_from = self.characters;
        match block["type"].as_str() {
            Some("tool_use") => {
                self.calls += 1;
                let function = json!({ "name": block["name"], "arguments": "" });
                let call = json!({ "index": self.calls - 1, "id": block["id"], "type": "function", "function": function });
                self.told.piece(&json!({ "tool_calls": [call] }), event)
            }
            Some("text") if block["text"].as_str().is_some_and(|text| !text.is_empty()) => {
                self.text(block["text"].as_str().unwrap_or_default(), event)
            }
            Some("text" | "thinking" | "redacted_thinking") => Ok(self.told.untold(event)),
            kind => Ok(self.told.lost(event, kind.unwrap_or("content"))),
        }
    }

    fn add(&mut self, delta: &Value, event: Event) -> Result<Told, Error> {
        let text = |name: &str| delta[name].as_str().unwrap_or_default();
        match delta["type"].as_str() {
            Some("text_delta") => self.text(text("text"), event),
            Some("input_json_delta") if self.block["type"] == "tool_use" => {
                let function = json!({ "arguments": text("partial_json") });
                self.told.piece(
                    &json!({ "tool_calls": [{ "index": self.calls - 1, "function": function }] }),
                    event,
                )
            }
            Some("thinking_delta") => {
                append(&mut self.block, "thinking", text("thinking"));
                self.told
                    .piece(&json!({ "reasoning_content": text("thinking") }), event)
            }
            Some("signature_delta") => {
                append(&mut self.block, "signature", text("signature"));
                Ok(self.told.untold(event))
            }
            Some("citations_delta") => {
                match annotation(&delta["citation"], self.block_from, self.characters) {
                    Some(annotation) => self
                        .told
                        .piece(&json!({ "annotations": [annotation] }), event),
                    None => Ok(self.told.lost(event, "citations")),
                }
            }
            _ => Ok(self.told.untold(event)),
        }
    }

    fn text(&mut self, text: &str, event: Event) -> Result<Told, Error> {
        self.characters += text.chars().count();
        self.told.piece(&json!({ "content": text }), event)
    }

    /// Thinking is whole, its signature included, when its block ends.
    fn close(&mut self, event: Event) -> Result<Told, Error> {
        let block = self.block.take();
        match block["type"].as_str() {
            Some("thinking" | "redacted_thinking") => self
                .told
                .piece(&json!({ "thinking_blocks": [block] }), event),
            _ => Ok(self.told.untold(event)),
        }
    }

    /// The event with the usage waits for the end, so that what it says of cost can be put into it.
    fn conclude(&mut self, said: &Value, event: Event) -> Result<Told, Error> {
        self.counts.update(&said["usage"]);
        let reason = finish_reason(&said["delta"]["stop_reason"]);
        let mut dropped = Vec::new();
        note_fields(&said["delta"], UNTOLD, &mut dropped);
        self.last = Some(event);
        let mut pieces = Vec::new();
        if said["delta"]["stop_reason"] == "refusal" && self.characters == 0 {
            pieces.push(self.told.refusal(REFUSAL)?);
        }
        pieces.push(self.told.finish(reason, dropped)?);
        Ok(Told::Pieces(pieces))
    }

    fn end(&mut self, event: Event) -> Result<Told, Error> {
        let events = self.last.take().into_iter().chain([event]);
        let last = self.told.last(self.counts.chat(), events)?;
        Ok(Told::Ending(vec![last]))
    }
}

fn append(block: &mut Value, name: &str, text: &str) {
    if let Some(block) = block.as_object_mut() {
        let so_far = block.get(name).and_then(Value::as_str).unwrap_or_default();
        block.insert(name.to_owned(), format!("{so_far}{text}").into());
    }
}
