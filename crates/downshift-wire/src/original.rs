//! Hides how what was said in another API travels beside its translation, so that where it came from it can be said again untouched.
//!
//! The ladder's currency is OpenAI's chat API. A request that came in another one carries
//! its [`Original`], a reply or an event its [`Native`] form; an upstream, or a client, that
//! speaks the same API is given those bytes, but for what must change.

use bytes::{Bytes, BytesMut};

use crate::json::{Edit, Layout, Object};
use crate::{Error, sse};

/// An API that is spoken, by clients or by upstreams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// OpenAI chat completions.
    Chat,
    /// Anthropic messages.
    Messages,
    /// OpenAI responses.
    Responses,
    /// OpenAI's legacy completions.
    Completions,
}

/// A request as the client sent it.
#[derive(Debug, Clone)]
pub struct Original {
    /// What it is written in.
    pub protocol: Protocol,
    /// Exactly what the client sent.
    pub body: Bytes,
    /// What its translation lacks.
    pub lost: Vec<Lost>,
}

/// Something that one API can say and another cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Where it stands in the request, such as `mcp_servers` or `messages[0].content[1]`.
    pub field: String,
    /// Whether the request means something else without it.
    pub needed: bool,
}

/// A request in the words of an upstream, or a whole reply in those of a client.
#[derive(Debug, Clone)]
pub struct Translated {
    /// The body.
    pub body: Bytes,
    /// Fields that the other API cannot express and that can be done without.
    pub dropped: Vec<String>,
}

/// A translation that lacks nothing.
impl From<Bytes> for Translated {
    fn from(body: Bytes) -> Self {
        Self {
            body,
            dropped: Vec::new(),
        }
    }
}

/// A whole reply, or what of a stream a chunk stands for, as the upstream sent it.
#[derive(Debug, Clone)]
pub struct Native {
    /// What it is written in.
    pub protocol: Protocol,
    /// A reply's body, or the data of events; none where another chunk carries them.
    pub parts: Vec<NativePart>,
    /// What of it the chat API has no words for.
    pub dropped: Vec<String>,
}

/// A reply's body, or one event.
#[derive(Debug, Clone)]
pub struct NativePart {
    /// The event's name.
    pub event: Option<String>,
    /// JSON, as it came.
    pub data: Bytes,
}

// === impl Protocol ===

/// Which models take all of a legacy completion.
const NATIVE: &str = "whose server has this endpoint itself (`completions: true` in its entry)";

/// What a field of the chat API is called in another, where it is called otherwise.
const FIELDS: &[(Protocol, &str, &str)] = &[
    (Protocol::Messages, "max_completion_tokens", "max_tokens"),
    (
        Protocol::Messages,
        "parallel_tool_calls",
        "tool_choice.disable_parallel_tool_use",
    ),
    (Protocol::Messages, "reasoning_effort", "thinking"),
    (
        Protocol::Messages,
        "response_format",
        "output_config.format",
    ),
    (Protocol::Messages, "stop", "stop_sequences"),
    (
        Protocol::Messages,
        "thinking_blocks",
        "messages[].content[].thinking",
    ),
    (Protocol::Responses, "logprobs", "include"),
    (
        Protocol::Responses,
        "max_completion_tokens",
        "max_output_tokens",
    ),
    (Protocol::Responses, "reasoning_effort", "reasoning.effort"),
    (Protocol::Responses, "response_format", "text.format"),
    (
        Protocol::Responses,
        "thinking_blocks",
        "input[].encrypted_content",
    ),
    (Protocol::Responses, "verbosity", "text.verbosity"),
    (Protocol::Completions, "max_completion_tokens", "max_tokens"),
    (Protocol::Completions, "top_logprobs", "logprobs"),
];

impl Protocol {
    /// A field of the chat API as this one calls it. Turns are counted otherwise elsewhere: of
    /// their places only the list remains.
    fn field(self, chat: &str) -> &str {
        let row = FIELDS
            .iter()
            .find(|(protocol, field, _)| *protocol == self && *field == chat);
        match (self, row) {
            (_, Some((_, _, own))) => own,
            (Self::Responses, None) if chat.starts_with("messages[") => "input",
            (Self::Completions, None) if chat.starts_with("messages[") => "prompt",
            _ => chat,
        }
    }
}

// === impl Lost ===

impl Lost {
    /// Something that a request can do without.
    pub(crate) fn spare(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            needed: false,
        }
    }

    /// What an object that stands at this place holds beside the fields that are known.
    pub(crate) fn others<'a>(
        of: Object<'a>,
        place: &'a str,
        known: &'a [&str],
    ) -> impl Iterator<Item = Self> + 'a {
        let said = of.0.iter().filter(|(_, value)| !value.is_null());
        let names = said.map(|(name, _)| name.as_str());
        let others = names.filter(|name| !known.contains(name));
        others.map(move |name| Self::spare(format!("{place}.{name}")))
    }

    /// Something without which the request means something else.
    pub(crate) fn needed(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            needed: true,
        }
    }

    /// The names of what can be done without, each once; an error that names the first that cannot.
    /// Either is named as the client's API does, which is `None` for the chat API.
    pub(crate) fn settle(
        lost: &[Self],
        target: &str,
        said_in: Option<Protocol>,
    ) -> Result<Vec<String>, Error> {
        let named = |lost: &Self| match said_in {
            Some(protocol) => protocol.field(&lost.field).to_owned(),
            None => lost.field.clone(),
        };
        if let Some(lost) = lost.iter().find(|lost| lost.needed) {
            let field = named(lost);
            let (instead, who) = match said_in {
                Some(Protocol::Completions) if field == "prompt" => ("send one text", NATIVE),
                Some(Protocol::Completions) => ("leave it out", NATIVE),
                _ => ("leave it out", "that takes it"),
            };
            let message = format!(
                "`{field}` cannot be put into {target}, which the model of this request speaks; {instead}, or name a model {who}"
            );
            return Err(Error {
                message,
                param: Some(field),
                code: Error::INVALID_VALUE,
            });
        }
        let mut dropped: Vec<String> = Vec::new();
        for field in lost.iter().map(named) {
            if !dropped.contains(&field) {
                dropped.push(field);
            }
        }
        Ok(dropped)
    }
}

// === impl Native ===

impl Native {
    /// A whole reply.
    pub(crate) fn whole(protocol: Protocol, body: Bytes) -> Self {
        Self {
            protocol,
            parts: vec![NativePart {
                event: None,
                data: body,
            }],
            dropped: Vec::new(),
        }
    }

    /// What one event says.
    pub(crate) fn event(protocol: Protocol, event: sse::Event) -> Self {
        let sse::Event { event, data } = event;
        Self {
            protocol,
            parts: vec![NativePart { event, data }],
            dropped: Vec::new(),
        }
    }

    /// Nothing: another chunk carries the event that this one was made of.
    pub(crate) fn elsewhere(protocol: Protocol) -> Self {
        Self {
            protocol,
            parts: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// The same, of which this is lost in the chat API.
    pub(crate) fn without(self, dropped: Vec<String>) -> Self {
        Self { dropped, ..self }
    }

    /// A whole reply's body.
    pub fn body(&self) -> Bytes {
        self.parts
            .first()
            .map(|part| part.data.clone())
            .unwrap_or_default()
    }

    /// Its events, framed.
    pub fn framed(&self) -> Bytes {
        let mut framed = BytesMut::new();
        for part in &self.parts {
            framed.extend_from_slice(&sse::event(part.event.as_deref(), &part.data));
        }
        framed.freeze()
    }

    /// The same under another model's name, wherever it names one.
    #[must_use]
    pub(crate) fn with_model(&self, model: &str) -> Self {
        let named = Edit::string("model", model);
        self.edited(|part| {
            let within = ["message", "response"].map(|outer| within(&part.data, outer, &named));
            let own = Layout::read("event", &part.data)
                .is_ok_and(|layout| layout.value(&part.data, "model").is_some());
            let [message, response] = within;
            message
                .or(response)
                .or_else(|| own.then(|| spliced(&part.data, &named)).flatten())
        })
    }

    /// The same with a field beside its usage.
    #[must_use]
    pub(crate) fn with_field(&self, name: &str, json: &str) -> Self {
        let field = Edit::json(name, json);
        self.edited(|part| {
            let nested = within_if(&part.data, "response", &field, "usage");
            let has_usage = |layout: Layout| layout.value(&part.data, "usage").is_some();
            let own = Layout::read("event", &part.data).is_ok_and(has_usage);
            nested.or_else(|| own.then(|| spliced(&part.data, &field)).flatten())
        })
    }

    fn edited(&self, edit: impl Fn(&NativePart) -> Option<Bytes>) -> Self {
        let parts = self.parts.iter().map(|part| NativePart {
            event: part.event.clone(),
            data: edit(part).unwrap_or_else(|| part.data.clone()),
        });
        Self {
            protocol: self.protocol,
            parts: parts.collect(),
            dropped: self.dropped.clone(),
        }
    }
}

fn spliced(body: &[u8], edit: &Edit<'_>) -> Option<Bytes> {
    let layout = Layout::read("body", body).ok()?;
    layout
        .splice(body, std::slice::from_ref(edit))
        .ok()
        .flatten()
        .map(Bytes::from)
}

/// The edit made within the object that `outer` holds, if it holds the edit's field.
fn within(body: &[u8], outer: &str, edit: &Edit<'_>) -> Option<Bytes> {
    within_if(body, outer, edit, edit.field())
}

/// The edit made within the object that `outer` holds, if there is a field of that name in it.
fn within_if(body: &[u8], outer: &str, edit: &Edit<'_>, beside: &str) -> Option<Bytes> {
    let layout = Layout::read("body", body).ok()?;
    let inner = layout
        .value(body, outer)
        .filter(|inner| inner.starts_with(b"{"))?;
    let inside = Layout::read("body", inner).ok()?;
    inside.value(inner, beside)?;
    let edited = inside
        .splice(inner, std::slice::from_ref(edit))
        .ok()
        .flatten()?;
    let edited = String::from_utf8(edited).ok()?;
    spliced(body, &Edit::json(outer, edited))
}
