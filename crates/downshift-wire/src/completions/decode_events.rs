//! The events of an upstream's completion, as chunks of a chat completion.

use bytes::Bytes;
use serde_json::{Value, json};

use super::logprobs;
use crate::json::{Edit, Layout, tree};
use crate::sse::{DONE_DATA, Event};
use crate::{ChatChunk, ChatRequest, Choices, Error, Native, Protocol, ReportedError, Told};

/// Reads the events of one stream, in order.
#[derive(Debug)]
pub struct EventReader {
    /// How many choices were asked for.
    expected: u32,
    choices: Choices,
    /// The client wants to be told the usage.
    asks_usage: bool,
}

impl EventReader {
    /// A reader for a reply to this request.
    pub fn new(request: &ChatRequest) -> Self {
        Self {
            // Beyond this many choices they are no longer told apart.
            expected: request.n.min(128),
            choices: Choices::default(),
            asks_usage: request.include_usage,
        }
    }

    /// What an event says.
    pub fn read(&mut self, event: Event) -> Result<Told, Error> {
        if event.data.trim_ascii() == DONE_DATA {
            // It says nothing of the reply; whoever writes the stream ends it so too.
            return Ok(Told::Ending(Vec::new()));
        }
        if event.event.as_deref() == Some("error") {
            let error = ReportedError::decode(&event.data);
            return Ok(Told::Failed(error.unwrap_or_default()));
        }
        let said = tree("event", &event.data)?;
        let data = chat(&said).to_string();
        let mut chunk = ChatChunk::decode(data.into())?;
        if let Some(error) = chunk.error.take() {
            return Ok(Told::Failed(error));
        }
        self.choices.merge(chunk.progress);
        chunk.native = Some(self.native(&chunk, event));
        Ok(Told::Pieces(vec![chunk]))
    }

    /// Whether the stream may end here although no event said so.
    pub fn is_complete(&self) -> bool {
        self.choices.all_ended() && self.choices.begun() >= self.expected
    }

    /// The event as the client is to see it: without the usage, if that was asked for by us alone.
    fn native(&self, chunk: &ChatChunk, event: Event) -> Native {
        if self.asks_usage {
            return Native::event(Protocol::Completions, event);
        }
        if chunk.is_usage_only() {
            return Native::elsewhere(Protocol::Completions);
        }
        let without = Layout::read("event", &event.data)
            .and_then(|layout| layout.splice(&event.data, &[Edit::remove("usage")]));
        let data = without.ok().flatten().map_or(event.data, Bytes::from);
        let event = Event {
            event: event.event,
            data,
        };
        Native::event(Protocol::Completions, event)
    }
}

fn chat(said: &Value) -> Value {
    let choices = said["choices"].as_array().map(|choices| {
        let choices = choices.iter().map(|choice| {
            json!({
                "index": choice["index"], "delta": { "content": choice["text"] },
                "logprobs": logprobs::chat(&choice["logprobs"]),
                "finish_reason": choice["finish_reason"],
            })
        });
        choices.collect::<Vec<_>>()
    });
    json!({
        "id": said["id"],
        "object": "chat.completion.chunk",
        "created": said["created"],
        "model": said["model"],
        "choices": choices,
        "usage": said["usage"],
        "error": said["error"],
    })
}
