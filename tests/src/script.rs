//! What a scripted upstream does with one call: the reply, how fast it comes, and what goes wrong.
//!
//! A script is also JSON, for suites in other languages: every field is
//! optional, and `{}` is a plain reply.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

/// The id that every scripted reply carries.
const ID: &str = "chatcmpl-scripted";
/// The time that every scripted reply says it was created, in Unix seconds.
const CREATED: u64 = 1_700_000_000;

/// What an upstream does with one call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The HTTP status.
    pub status: u16,
    /// Headers in addition to the content type.
    pub headers: Vec<(String, String)>,
    /// A body sent as it is, in place of a chat reply.
    pub body: Option<String>,
    /// The content type of `body`.
    pub content_type: String,
    /// The reply's text; a stream sends a chunk per piece.
    pub pieces: Vec<String>,
    /// The model the reply names; the requested one if absent.
    pub model: Option<String>,
    /// What the reply says it used; a stream says it only when asked.
    pub usage: Option<Tokens>,
    /// The reason the reply gives for its end.
    pub finish_reason: String,
    /// Top-level fields that no client knows, merged into the reply and every chunk.
    pub extra: Value,
    /// Milliseconds before the status line.
    pub first_ms: u64,
    /// Milliseconds before each chunk of a stream but the first.
    pub between_ms: u64,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

/// Tokens as a reply's `usage` counts them: input includes cached input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Prompt tokens.
    pub input: u64,
    /// Prompt tokens that were read from a cache.
    #[serde(default)]
    pub cached: u64,
    /// Completion tokens.
    pub output: u64,
}

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Never sends a status line.
    Hang,
    /// Closes the connection before a status line.
    Reset,
    /// Sends this many chunks, then nothing more.
    HangAfter(usize),
    /// Sends this many chunks, then breaks the connection.
    CutAfter(usize),
    /// Sends this many chunks, then ends the body cleanly without `finish_reason` or `[DONE]`.
    EndAfter(usize),
    /// Sends everything but `[DONE]`.
    NoDone,
    /// Sends this many chunks, then an event that is not JSON, then the rest.
    MalformedAfter(usize),
    /// Sends this many chunks, then an error event.
    ErrorAfter(usize),
}

// === impl Script ===

impl Default for Script {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: None,
            content_type: "application/json".to_owned(),
            pieces: vec!["Hello".to_owned(), ", ".to_owned(), "world.".to_owned()],
            model: None,
            usage: Some(Tokens {
                input: 11,
                cached: 3,
                output: 5,
            }),
            finish_reason: "stop".to_owned(),
            extra: json!({}),
            first_ms: 0,
            between_ms: 0,
            fault: None,
        }
    }
}

impl Script {
    /// Replies with `text`; a stream sends it word by word.
    pub fn says(text: &str) -> Self {
        let pieces = text.split_inclusive(' ').map(str::to_owned).collect();
        Self {
            pieces,
            ..Self::default()
        }
    }

    /// Refuses with `status` and OpenAI's error shape.
    pub fn refuses(status: u16, kind: &str, message: &str) -> Self {
        let body = json!({ "error": {
            "message": message, "type": kind, "param": null, "code": null,
        }});
        Self {
            status,
            body: Some(body.to_string()),
            ..Self::default()
        }
    }

    /// Sends `body` with a 200, whatever was asked.
    pub fn sends(content_type: &str, body: &str) -> Self {
        Self {
            body: Some(body.to_owned()),
            content_type: content_type.to_owned(),
            ..Self::default()
        }
    }

    /// Says that it used this much; `None` says nothing.
    #[must_use]
    pub fn used(self, usage: impl Into<Option<Tokens>>) -> Self {
        Self {
            usage: usage.into(),
            ..self
        }
    }

    /// Goes wrong.
    #[must_use]
    pub fn fault(self, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }

    /// Sends a header of its own.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Merges fields no client knows into the reply and every chunk.
    #[must_use]
    pub fn extra(self, extra: Value) -> Self {
        Self { extra, ..self }
    }

    /// Waits before each chunk of a stream but the first.
    #[must_use]
    pub fn between(self, wait: Duration) -> Self {
        Self {
            between_ms: millis(wait),
            ..self
        }
    }

    /// Waits before the status line.
    #[must_use]
    pub fn first(self, wait: Duration) -> Self {
        Self {
            first_ms: millis(wait),
            ..self
        }
    }

    /// The whole reply's body.
    pub fn whole(&self, requested: &str) -> String {
        let mut reply = json!({
            "id": ID,
            "object": "chat.completion",
            "created": CREATED,
            "model": self.model.as_deref().unwrap_or(requested),
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": self.pieces.concat(), "refusal": null },
                "logprobs": null,
                "finish_reason": self.finish_reason,
            }],
        });
        if let Some(usage) = self.usage {
            reply["usage"] = usage.json();
        }
        self.with_extra(reply).to_string()
    }

    /// The JSON of every chunk, the usage chunk last if it is asked for.
    pub fn chunks(&self, requested: &str, include_usage: bool) -> Vec<String> {
        let role = json!({ "role": "assistant", "content": "" });
        let deltas = self.pieces.iter().map(|piece| json!({ "content": piece }));
        let mut chunks: Vec<Value> = std::iter::once(role)
            .chain(deltas)
            .map(|delta| choice(&delta, &Value::Null))
            .collect();
        chunks.push(choice(&json!({}), &json!(self.finish_reason)));
        if include_usage {
            for chunk in &mut chunks {
                chunk["usage"] = Value::Null;
            }
            if let Some(usage) = self.usage {
                chunks.push(json!({ "choices": [], "usage": usage.json() }));
            }
        }
        chunks
            .into_iter()
            .map(|chunk| self.chunk(requested, chunk))
            .collect()
    }

    fn chunk(&self, requested: &str, part: Value) -> String {
        let mut chunk = json!({
            "id": ID,
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": self.model.as_deref().unwrap_or(requested),
        });
        merge(&mut chunk, part);
        self.with_extra(chunk).to_string()
    }

    fn with_extra(&self, mut reply: Value) -> Value {
        merge(&mut reply, self.extra.clone());
        reply
    }
}

// === impl Tokens ===

impl Tokens {
    fn json(self) -> Value {
        json!({
            "prompt_tokens": self.input,
            "completion_tokens": self.output,
            "total_tokens": self.input + self.output,
            "prompt_tokens_details": { "cached_tokens": self.cached, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 0, "audio_tokens": 0 },
        })
    }
}

fn choice(delta: &Value, finish_reason: &Value) -> Value {
    json!({ "choices": [{
        "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason,
    }]})
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
