//! What a scripted upstream does with one call: the reply, how fast it comes, and what goes wrong.
//!
//! A script is also JSON, for suites in other languages: every field is
//! optional, and `{}` is a plain reply.

mod anthropic;
mod completions;
mod openai;
mod responses;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

/// What a scripted upstream speaks; it tells by the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// OpenAI chat completions.
    Chat,
    /// Anthropic messages.
    Messages,
    /// OpenAI responses.
    Responses,
    /// OpenAI's legacy completions.
    Completions,
}

/// A tool that the reply calls.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Called {
    /// The call's id.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, as JSON.
    pub arguments: String,
}

/// What the model thought before it replied.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thought {
    /// In words.
    pub text: String,
    /// What proves that they are its own.
    pub signature: String,
}

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
    /// What the reply calls, behind its text.
    pub calls: Vec<Called>,
    /// What was thought before it.
    pub thought: Option<Thought>,
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
            calls: Vec::new(),
            thought: None,
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

    /// Calls a tool.
    #[must_use]
    pub fn calls(mut self, id: &str, name: &str, arguments: &str) -> Self {
        self.calls.push(Called {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: arguments.to_owned(),
        });
        Self {
            finish_reason: "tool_calls".to_owned(),
            ..self
        }
    }

    /// Thinks first.
    #[must_use]
    pub fn thinks(self, text: &str, signature: &str) -> Self {
        let (text, signature) = (text.to_owned(), signature.to_owned());
        Self {
            thought: Some(Thought { text, signature }),
            ..self
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
    pub fn whole(&self, spoken: Spoken, requested: &str) -> String {
        let reply = match spoken {
            Spoken::Chat => openai::whole(self, requested),
            Spoken::Messages => anthropic::whole(self, requested),
            Spoken::Responses => responses::whole(self, requested),
            Spoken::Completions => completions::whole(self, requested),
        };
        self.with_extra(reply).to_string()
    }

    /// The events of a stream, framed, without the last.
    pub fn events(&self, spoken: Spoken, requested: &str, include_usage: bool) -> Vec<String> {
        match spoken {
            Spoken::Chat => openai::events(self, requested, include_usage),
            Spoken::Messages => anthropic::events(self, requested),
            Spoken::Responses => responses::events(self, requested),
            Spoken::Completions => completions::events(self, requested, include_usage),
        }
    }

    fn model<'a>(&'a self, requested: &'a str) -> &'a str {
        self.model.as_deref().unwrap_or(requested)
    }

    fn with_extra(&self, mut reply: Value) -> Value {
        merge(&mut reply, self.extra.clone());
        reply
    }
}

// === impl Spoken ===

impl Spoken {
    /// By the path that was called.
    pub(crate) fn at(path: &str) -> Self {
        if path.ends_with("/messages") {
            Self::Messages
        } else if path.ends_with("/responses") {
            Self::Responses
        } else if path.ends_with("/completions") && !path.ends_with("/chat/completions") {
            Self::Completions
        } else {
            Self::Chat
        }
    }

    /// The event that ends a complete stream, framed.
    pub(crate) fn last(self) -> &'static str {
        match self {
            Self::Chat | Self::Completions => "data: [DONE]\n\n",
            Self::Messages => anthropic::LAST,
            // The event with the usage is the last.
            Self::Responses => "",
        }
    }

    /// What a server says when it breaks down after its first token, framed.
    pub(crate) fn breakdown(self) -> &'static str {
        match self {
            Self::Chat | Self::Completions => openai::BREAKDOWN,
            Self::Messages => anthropic::BREAKDOWN,
            Self::Responses => responses::BREAKDOWN,
        }
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
