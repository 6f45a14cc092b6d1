//! The chunks of a chat completion, as chunks of a legacy completion.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::encode_reply::{Asked, SAID, finish_reason, id, moment, said};
use super::logprobs;
use crate::json::tree;
use crate::wordless::note_others;
use crate::{ChatChunk, ChatRequest, ErrorBody, sse};

/// Writes the events of one stream, in order.
#[derive(Debug)]
pub struct EventWriter {
    asked: Asked,
    include_usage: bool,
    created: i64,
    choices: BTreeMap<u64, Progress>,
    dropped: Vec<String>,
}

/// How far a choice is.
#[derive(Debug)]
struct Progress {
    /// Characters from the prompt's start to what comes next.
    characters: usize,
    refused: bool,
}

impl EventWriter {
    /// A writer for a completion of this request; `created` in Unix seconds.
    pub fn new(request: &ChatRequest, created: i64) -> Self {
        Self {
            asked: Asked::of(request),
            include_usage: request.include_usage,
            created,
            choices: BTreeMap::new(),
            dropped: Vec::new(),
        }
    }

    /// The events of a chunk; there may be none.
    pub fn write(&mut self, chunk: &ChatChunk) -> Bytes {
        if chunk.is_usage_only() && !self.include_usage {
            return Bytes::new();
        }
        let body = tree("chunk", chunk.data()).unwrap_or_default();
        let choices = body["choices"].as_array().into_iter().flatten();
        let choices: Vec<Value> = choices.filter_map(|choice| self.choice(choice)).collect();
        if choices.is_empty() && !chunk.is_usage_only() {
            return Bytes::new();
        }
        let mut written = Map::new();
        written.insert(
            "id".into(),
            id(body["id"].as_str().unwrap_or_default()).into(),
        );
        written.insert("object".into(), "text_completion".into());
        written.insert(
            "created".into(),
            moment(&body["created"], self.created).into(),
        );
        written.insert("model".into(), body["model"].clone());
        written.insert("choices".into(), choices.into());
        if self.include_usage {
            written.insert("usage".into(), body["usage"].clone());
        }
        for name in ["system_fingerprint", "downshift"] {
            if !body[name].is_null() {
                written.insert(name.into(), body[name].clone());
            }
        }
        sse::data(Value::Object(written).to_string().as_bytes())
    }

    /// The event that ends a complete stream.
    pub fn end(&mut self) -> Bytes {
        Bytes::from_static(sse::DONE)
    }

    /// The event that says that the stream broke.
    pub fn fail(&mut self, error: &ErrorBody) -> Bytes {
        sse::data(error.to_json().as_bytes())
    }

    /// What a completion had no words for so far.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// What a choice goes on with; `None` if that is nothing.
    fn choice(&mut self, choice: &Value) -> Option<Value> {
        let delta = &choice["delta"];
        note_others(delta, SAID, &mut self.dropped);
        let index = choice["index"].as_u64().unwrap_or(0);
        let begins = !self.choices.contains_key(&index);
        let progress = self.choices.entry(index).or_insert(Progress {
            characters: self.asked.characters,
            refused: false,
        });
        let (text, refusal) = said(delta);
        progress.refused |= refusal;
        let from = progress.characters;
        progress.characters += text.chars().count();
        let finish = finish_reason(choice["finish_reason"].as_str(), progress.refused);
        let logprobs = logprobs::legacy(&choice["logprobs"], from);
        let echo = self.asked.echo.as_deref().filter(|_| begins);
        let text = format!("{}{text}", echo.unwrap_or_default());
        if text.is_empty() && finish.is_null() && logprobs.is_null() {
            return None;
        }
        Some(json!({ "text": text, "index": index, "logprobs": logprobs, "finish_reason": finish }))
    }
}
