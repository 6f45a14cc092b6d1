//! Hides what a chat request looks like: what routing needs of it is read, the bytes are kept.

use bytes::Bytes;

use super::message::once;
use super::{Content, Message, Role};
use crate::json::{self, Cursor, Edit, Fault, Key, Kind, Layout};
use crate::{Error, Original, Protocol};

/// What a client asks: a view of the body, and the body as it came.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// The model that was asked for.
    pub model: String,
    /// The conversation; at least one message.
    pub messages: Vec<Message>,
    /// Whether the reply is to be streamed.
    pub stream: bool,
    /// Whether a stream is to end with its usage.
    pub include_usage: bool,
    /// Whether tools may be called: some are offered, functions in the older form and built-in
    /// web search included, and `tool_choice` is not `none`.
    pub tools: bool,
    /// Whether the reply's form is prescribed: JSON, a schema or a grammar.
    pub structured: bool,
    /// How many replies are asked for; 1 unless said.
    pub n: u32,
    /// Whether token probabilities are asked for.
    pub logprobs: bool,
    /// The longest reply in tokens: `max_completion_tokens`, else `max_tokens`. Negative numbers,
    /// by which some clients say "no limit", are `None`.
    pub max_tokens: Option<u64>,
    /// Whether speech is asked for, or anything else beside text.
    pub audio_out: bool,
    /// What the client sent, where this is a translation of it.
    pub original: Option<Box<Original>>,
    body: Bytes,
    layout: Layout,
}

/// The field that says how a stream is to be.
const STREAM_OPTIONS: &str = "stream_options";

/// Other servers' names for a prescribed form.
const GRAMMAR_FIELDS: &[&str] = &[
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "structured_outputs",
];

/// What the fields of a request said, before they are put together.
#[derive(Default)]
struct Fields {
    model: Option<String>,
    messages: Option<Vec<Message>>,
    stream: bool,
    include_usage: bool,
    offered: bool,
    forbidden: bool,
    structured: bool,
    n: Option<u32>,
    logprobs: bool,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    audio_out: bool,
}

// === impl ChatRequest ===

impl ChatRequest {
    /// Reads a request body.
    pub fn decode(body: Bytes) -> Result<Self, Error> {
        let (fields, layout) = json::read("request body", &body, |cursor| {
            let mut fields = Fields::default();
            let layout = Layout::record(cursor, |cursor, name| fields.read(cursor, name))?;
            match layout.duplicate() {
                Some(name) => Err(Fault::duplicate().in_field(name)),
                None => fields.complete().map(|fields| (fields, layout)),
            }
        })?;
        Ok(Self {
            model: fields.model.unwrap_or_default(),
            messages: fields.messages.unwrap_or_default(),
            stream: fields.stream,
            include_usage: fields.include_usage,
            tools: fields.offered && !fields.forbidden,
            structured: fields.structured,
            n: fields.n.unwrap_or(1),
            logprobs: fields.logprobs,
            max_tokens: fields.max_completion_tokens.or(fields.max_tokens),
            audio_out: fields.audio_out,
            original: None,
            body,
            layout,
        })
    }

    /// A request with one user message and nothing else.
    pub fn from_text(model: &str, prompt: &str) -> Self {
        let (before, between, after) = (
            r#"{"model":"#,
            r#","messages":[{"role":"user","content":"#,
            "}]}",
        );
        let (model_json, prompt_json) = (json::quoted(model), json::quoted(prompt));
        let body = [before, &model_json, between, &prompt_json, after].concat();
        let layout = Layout::read("request body", body.as_bytes());
        let content = Content::Text(prompt.to_owned());
        Self {
            model: model.to_owned(),
            messages: vec![Message {
                role: Role::User,
                content,
                tool_calls: false,
            }],
            stream: false,
            include_usage: false,
            tools: false,
            structured: false,
            n: 1,
            logprobs: false,
            max_tokens: None,
            audio_out: false,
            original: None,
            body: body.into(),
            layout: layout.unwrap_or_default(),
        }
    }

    /// Images in all its messages.
    pub fn images(&self) -> u64 {
        let images = self.messages.iter().map(|message| match &message.content {
            Content::Parts(parts) => parts
                .iter()
                .filter(|part| matches!(part, crate::Part::Image))
                .count(),
            Content::Absent | Content::Text(_) => 0,
        });
        images.sum::<usize>() as u64
    }

    /// What the client sent, if it was said in this API and not in the chat API.
    pub fn said_in(&self, protocol: Protocol) -> Option<&Original> {
        self.original
            .as_deref()
            .filter(|original| original.protocol == protocol)
    }

    /// The API it was said in, if that is not the chat API.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.original.as_deref().map(|original| original.protocol)
    }

    /// The same, as the translation of what the client sent.
    pub(crate) fn translated_from(self, original: Original) -> Self {
        Self {
            original: Some(Box::new(original)),
            ..self
        }
    }

    /// Exactly what the client sent, or its translation.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A top-level field's value, as it is written.
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.layout.value(&self.body, name)
    }

    /// The body with these edits made and every other byte as it came. Edits that change
    /// nothing give the body itself, not a copy.
    pub fn rewritten(&self, edits: &[Edit<'_>]) -> Result<Bytes, Error> {
        let spliced = self.layout.splice(&self.body, edits)?;
        Ok(spliced.map_or_else(|| self.body.clone(), Bytes::from))
    }

    /// The edit by which a stream ends with its usage; other stream options are kept.
    pub fn with_stream_usage(&self) -> Result<Edit<'static>, Error> {
        usage_asked(self.layout.value(&self.body, STREAM_OPTIONS))
    }
}

/// The edit by which a stream with these options ends with its usage; the other options are kept.
pub(crate) fn usage_asked(options: Option<&[u8]>) -> Result<Edit<'static>, Error> {
    let options = options.filter(|value| value.starts_with(b"{"));
    let options = options.unwrap_or(b"{}");
    let spliced = Layout::read(STREAM_OPTIONS, options)?
        .splice(options, &[Edit::json("include_usage", "true")])?
        .unwrap_or_else(|| options.to_vec());
    Ok(Edit::json(
        STREAM_OPTIONS,
        String::from_utf8_lossy(&spliced).into_owned(),
    ))
}

// === impl Fields ===

impl Fields {
    fn read(&mut self, cursor: &mut Cursor<'_>, name: &str) -> Result<(), Fault> {
        match name {
            "model" => self.model = Some(model(cursor)?),
            "messages" => self.messages = Some(messages(cursor)?),
            "stream" => self.stream = flag(cursor)?,
            "stream_options" => self.read_stream_options(cursor)?,
            "tools" | "functions" => {
                let offered = cursor.optional(|cursor| cursor.items(Cursor::skip))?;
                self.offered |= offered.is_some_and(|count| count > 0);
            }
            "web_search_options" => self.offered |= is_set(cursor)?,
            "tool_choice" | "function_call" => {
                let choice = cursor.if_kind(Kind::String, Cursor::text)?;
                self.forbidden |= choice.is_some_and(|choice| choice == "none");
            }
            "response_format" => self.structured |= structured(cursor)?,
            "n" => self.n = cursor.optional(choices)?,
            "logprobs" => self.logprobs |= flag(cursor)?,
            "top_logprobs" => {
                self.logprobs |= cursor
                    .optional(Cursor::whole_number)?
                    .is_some_and(|top| top > 0);
            }
            "max_tokens" => self.max_tokens = limit(cursor)?,
            "max_completion_tokens" => self.max_completion_tokens = limit(cursor)?,
            "modalities" => self.audio_out = wants_more_than_text(cursor)?,
            _ if GRAMMAR_FIELDS.contains(&name) => self.structured |= is_set(cursor)?,
            _ => cursor.skip()?,
        }
        Ok(())
    }

    fn read_stream_options(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let mut include_usage = None;
        cursor.optional(|cursor| {
            cursor.fields(|cursor, Key { name, .. }| match &**name {
                "include_usage" => once(&mut include_usage, flag(cursor)?),
                _ => cursor.skip(),
            })
        })?;
        self.include_usage = include_usage.unwrap_or(false);
        Ok(())
    }

    fn complete(mut self) -> Result<Self, Fault> {
        if self.model.is_none() {
            return Err(Fault::missing("model", "name a model, such as `auto`"));
        }
        if self.messages.is_none() {
            return Err(Fault::missing(
                "messages",
                "send an array with at least one message",
            ));
        }
        self.include_usage &= self.stream;
        Ok(self)
    }
}

fn model(cursor: &mut Cursor<'_>) -> Result<String, Fault> {
    let model = cursor.text()?;
    if model.trim().is_empty() {
        return Err(Fault::value("is empty; name a model, such as `auto`"));
    }
    Ok(model.into())
}

fn messages(cursor: &mut Cursor<'_>) -> Result<Vec<Message>, Fault> {
    let mut messages = Vec::new();
    cursor.items(|cursor| {
        messages.push(Message::read(cursor)?);
        Ok(())
    })?;
    if messages.is_empty() {
        return Err(Fault::value("is empty; send at least one message"));
    }
    Ok(messages)
}

/// A boolean; null is false.
fn flag(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    Ok(cursor.optional(Cursor::boolean)?.unwrap_or(false))
}

/// Whether anything but null stands there.
fn is_set(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    Ok(cursor.optional(Cursor::skip)?.is_some())
}

fn choices(cursor: &mut Cursor<'_>) -> Result<u32, Fault> {
    let number = cursor.whole_number()?;
    u32::try_from(number)
        .ok()
        .filter(|&n| n >= 1)
        .ok_or_else(|| Fault::value(format!("is {number}; send a whole number of at least 1")))
}

fn limit(cursor: &mut Cursor<'_>) -> Result<Option<u64>, Fault> {
    let number = cursor.optional(Cursor::whole_number)?;
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}

/// Whether `response_format` prescribes anything but text; a form not known here does.
fn structured(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    let mut kind = None;
    let set = cursor.optional(|cursor| {
        cursor.fields(|cursor, Key { name, .. }| match &**name {
            "type" => once(&mut kind, cursor.text()?),
            _ => cursor.skip(),
        })
    })?;
    Ok(set.is_some() && kind.is_none_or(|kind| kind != "text"))
}

/// Whether a reply in anything but text is asked for.
fn wants_more_than_text(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    let mut more = false;
    cursor.optional(|cursor| {
        cursor.items(|cursor| {
            more |= cursor.text()? != "text";
            Ok(())
        })
    })?;
    Ok(more)
}

#[cfg(test)]
mod tests;
