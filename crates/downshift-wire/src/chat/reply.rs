//! Hides what a reply in one piece looks like: what judging and booking need of it is read, the bytes are kept.

use bytes::Bytes;

use super::{Content, Usage};
use crate::json::{self, Cursor, Edit, Fault, Key, Kind, Layout};
use crate::{Error, Native, ReportedError};

/// A reply in one piece: a view of the body, and the body as it came.
#[derive(Debug, Clone)]
pub struct ChatReply {
    pub(super) body: Bytes,
    /// The server's name for the reply; empty if it gave none.
    pub id: String,
    /// The model that the server says replied; empty if it said nothing.
    pub model: String,
    /// The tokens used, if the server said so.
    pub usage: Option<Usage>,
    /// Why the first choice ended, such as `stop` or `length`.
    pub finish_reason: Option<String>,
    /// The text of the first choice.
    pub text: String,
    /// Whether the first choice calls tools, or a function in the older form.
    pub tool_calls: bool,
    /// Whether the first choice is a refusal.
    pub refusal: bool,
    /// What the upstream sent, where this is a translation of it.
    pub native: Option<Box<Native>>,
}

/// What the fields of a reply said, before they are put together.
#[derive(Default)]
struct Fields {
    id: String,
    model: String,
    usage: Option<Usage>,
    choices: Option<usize>,
    first: Choice,
    error: Option<ReportedError>,
}

/// The first choice.
#[derive(Default)]
struct Choice {
    finish_reason: Option<String>,
    text: String,
    tool_calls: bool,
    refusal: bool,
}

// === impl ChatReply ===

impl ChatReply {
    /// Reads a reply. What is not needed may be missing or odd; without a choice it is no reply.
    pub fn decode(body: Bytes) -> Result<Self, Error> {
        let Fields {
            id,
            model,
            usage,
            choices,
            first,
            error,
        } = json::read("reply", &body, Fields::read)?;
        if let (Some(error), None | Some(0)) = (error, choices) {
            let message = format!("the reply is an error: {}", error.message);
            return Err(Error {
                code: Error::INVALID_VALUE,
                message,
                param: Some("error".into()),
            });
        }
        if choices.unwrap_or(0) == 0 {
            let message = "the reply holds no `choices`; is this a chat completions server?";
            let param = Some("choices".to_owned());
            return Err(Error {
                code: Error::MISSING_FIELD,
                message: message.into(),
                param,
            });
        }
        let Choice {
            finish_reason,
            text,
            tool_calls,
            refusal,
        } = first;
        Ok(Self {
            body,
            id,
            model,
            usage,
            finish_reason,
            text,
            tool_calls,
            refusal,
            native: None,
        })
    }

    /// A translation of what the upstream sent.
    pub(crate) fn translated(body: String, native: Native) -> Result<Self, Error> {
        let native = Some(Box::new(native));
        Ok(Self {
            native,
            ..Self::decode(body.into())?
        })
    }

    /// The reply as it came, or as it was written.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The reply under another model's name.
    #[must_use]
    pub fn with_model(&self, model: &str) -> Self {
        let body = spliced(&self.body, &Edit::string("model", model));
        Self {
            body,
            model: model.to_owned(),
            native: self
                .native
                .as_ref()
                .map(|native| Box::new(native.with_model(model))),
            ..self.clone()
        }
    }

    /// The reply with a top-level field of this value, which must be JSON; else unchanged.
    #[must_use]
    pub fn with_field(&self, name: &str, json: &str) -> Self {
        Self {
            body: spliced(&self.body, &Edit::json(name, json)),
            ..self.clone()
        }
    }
}

/// The body with one edit made; as it is if that cannot be.
pub(super) fn spliced(body: &Bytes, edit: &Edit<'_>) -> Bytes {
    let edits = std::slice::from_ref(edit);
    let spliced = Layout::read("body", body).and_then(|layout| layout.splice(body, edits));
    spliced
        .ok()
        .flatten()
        .map_or_else(|| body.clone(), Bytes::from)
}

// === impl Fields ===

impl Fields {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut fields = Self::default();
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "id" => fields.id = text(cursor)?.unwrap_or_default(),
                "model" => fields.model = text(cursor)?.unwrap_or_default(),
                "usage" => fields.usage = Usage::read(cursor)?,
                "choices" => fields.read_choices(cursor)?,
                "error" => fields.error = cursor.optional(ReportedError::read)?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(fields)
    }

    fn read_choices(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let mut first = None;
        self.choices = cursor.optional(|cursor| {
            cursor.items(|cursor| match first {
                Some(_) => cursor.skip(),
                None => Choice::read(cursor).map(|choice| first = Some(choice)),
            })
        })?;
        self.first = first.unwrap_or_default();
        Ok(())
    }
}

// === impl Choice ===

impl Choice {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut choice = Self::default();
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "finish_reason" => choice.finish_reason = text(cursor)?,
                "message" => choice.read_message(cursor)?,
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(choice)
    }

    fn read_message(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "content" => {
                    let content = Content::glance(cursor)?;
                    self.refusal |= content.is_refusal();
                    self.text = content.into_text();
                }
                "tool_calls" => self.tool_calls |= holds_items(cursor)?,
                "function_call" => self.tool_calls |= cursor.optional(Cursor::skip)?.is_some(),
                "refusal" => self.refusal |= text(cursor)?.is_some_and(|text| !text.is_empty()),
                _ => cursor.skip()?,
            }
            Ok(())
        })
    }
}

/// A string; `None` for anything else.
pub(super) fn text(cursor: &mut Cursor<'_>) -> Result<Option<String>, Fault> {
    Ok(cursor.if_kind(Kind::String, Cursor::text)?.map(Into::into))
}

/// Whether an array with something in it stands there.
pub(super) fn holds_items(cursor: &mut Cursor<'_>) -> Result<bool, Fault> {
    let items = cursor.if_kind(Kind::Array, |cursor| cursor.items(Cursor::skip))?;
    Ok(items.is_some_and(|count| count > 0))
}

#[cfg(test)]
mod tests;
