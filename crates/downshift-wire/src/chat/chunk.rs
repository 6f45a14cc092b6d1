//! Hides what a streamed piece of a reply looks like: what holding back and booking need of it is read, the bytes are kept.

use std::ops::Range;

use bytes::Bytes;

use super::reply::{holds_items, spliced, text};
use super::{Content, Usage};
use crate::json::{self, Cursor, Edit, Fault, Key, Kind};
use crate::{Error, Native, ReportedError};

/// A streamed piece of a reply: a view of the event's data, and the data as it came.
#[derive(Debug, Clone)]
pub struct ChatChunk {
    pub(super) data: Bytes,
    /// The tokens used, if this piece says so.
    pub usage: Option<Usage>,
    /// The model that the server says replies.
    pub model: Option<String>,
    /// What this piece adds to the text of choice 0.
    pub text: String,
    /// Why choice 0 ended, if it did.
    pub finish_reason: Option<String>,
    /// How many choices this piece is about.
    pub choices: usize,
    /// Which choices were begun and ended by this piece.
    pub progress: Choices,
    /// Whether choice 0 calls tools, or a function in the older form.
    pub tool_calls: bool,
    /// Whether choice 0 refuses.
    pub refusal: bool,
    /// An error that the server reports in mid-stream.
    pub error: Option<ReportedError>,
    /// What the upstream sent, where this is a translation of it.
    pub native: Option<Native>,
    /// Of the data that was read; data that was written since has [another](Self::with_data).
    pub(super) usage_place: Place,
}

/// Where a field stands in a piece's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// It was not looked for.
    Unknown,
    Nowhere,
    /// From its name to the end of its value.
    Once(Range<usize>),
}

/// Which choices of a stream were begun, and which of them ended. Choices from
/// index 127 on are taken together; OpenAI's highest `n` is 128.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    begun: u128,
    ended: u128,
}

// === impl ChatChunk ===

impl ChatChunk {
    /// Reads the data of an event. What is not needed may be missing or odd.
    pub fn decode(data: Bytes) -> Result<Self, Error> {
        let mut chunk = Self {
            usage_place: Place::Nowhere,
            ..Self::empty()
        };
        let choices = json::read("event", &data, |cursor| chunk.read(cursor))?;
        if choices.is_none() && chunk.error.is_none() && chunk.usage.is_none() {
            let message = "the event holds no `choices`; is this a chat completions server?";
            let param = Some("choices".to_owned());
            return Err(Error {
                code: Error::MISSING_FIELD,
                message: message.into(),
                param,
            });
        }
        chunk.choices = choices.unwrap_or(0);
        chunk.data = data;
        Ok(chunk)
    }

    /// The event's data, which is JSON, as it came or as it was written.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Whether it is the extra piece at the end that only says what was used.
    pub fn is_usage_only(&self) -> bool {
        self.choices == 0 && self.usage.is_some()
    }

    /// A translation of what the upstream sent.
    pub(crate) fn translated(data: String, native: Native) -> Result<Self, Error> {
        let native = Some(native);
        Ok(Self {
            native,
            ..Self::decode(data.into())?
        })
    }

    /// A piece that says nothing in the chat API.
    pub(crate) fn untranslated(native: Native) -> Self {
        let native = Some(native);
        Self {
            native,
            ..Self::empty()
        }
    }

    /// Whether it says nothing in the chat API, and is there for what the upstream sent.
    pub fn is_untranslated(&self) -> bool {
        self.data.is_empty()
    }

    /// The piece under another model's name.
    #[must_use]
    pub fn with_model(&self, model: &str) -> Self {
        let data = spliced(&self.data, &Edit::string("model", model));
        Self {
            model: Some(model.to_owned()),
            native: self.native.as_ref().map(|native| native.with_model(model)),
            ..self.clone().with_data(data)
        }
    }

    /// The piece with a top-level field of this value, which must be JSON; else unchanged.
    #[must_use]
    pub fn with_field(&self, name: &str, json: &str) -> Self {
        let data = spliced(&self.data, &Edit::json(name, json));
        Self {
            native: self
                .native
                .as_ref()
                .map(|native| native.with_field(name, json)),
            ..self.clone().with_data(data)
        }
    }

    /// The piece without a top-level field, such as the `usage` of a client who did not ask for it.
    #[must_use]
    pub fn without_field(self, name: &str) -> Self {
        let data = spliced(&self.data, &Edit::remove(name));
        self.with_data(data)
    }

    /// The piece without a usage in its data, for a caller who did not ask for one. The extra piece
    /// at the end is left as it is, for nothing else is in it; so is a translation, whose original
    /// has its usage unasked.
    #[must_use]
    pub fn without_usage(self) -> Self {
        if self.choices == 0 || self.native.is_some() || self.usage_place == Place::Nowhere {
            return self;
        }
        let lead = match &self.usage_place {
            Place::Once(place) => comma_before(&self.data, place.start).zip(Some(place.end)),
            Place::Unknown | Place::Nowhere => None,
        };
        let Some((start, end)) = lead else {
            return self.without_field("usage");
        };
        let data = [&self.data[..start], &self.data[end..]].concat().into();
        Self {
            usage_place: Place::Nowhere,
            ..self.with_data(data)
        }
    }

    /// The piece with other data, in which nothing stands where it stood.
    pub(super) fn with_data(self, data: Bytes) -> Self {
        Self {
            data,
            usage_place: Place::Unknown,
            ..self
        }
    }

    pub(super) fn empty() -> Self {
        Self {
            data: Bytes::new(),
            usage: None,
            model: None,
            text: String::new(),
            finish_reason: None,
            choices: 0,
            progress: Choices::default(),
            tool_calls: false,
            refusal: false,
            error: None,
            native: None,
            usage_place: Place::Unknown,
        }
    }
}

/// Where the comma before a field stands, and the space before it; `None` before the first field.
fn comma_before(data: &[u8], field: usize) -> Option<usize> {
    let before = data[..field].trim_ascii_end().strip_suffix(b",")?;
    Some(before.trim_ascii_end().len())
}

// === impl ChatChunk: reading ===

impl ChatChunk {
    /// Fills the view in; gives the number of choices, or `None` if there are no `choices`.
    fn read(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<usize>, Fault> {
        let mut choices = None;
        cursor.fields(|cursor, Key { name, start }| {
            match &**name {
                "model" => self.model = text(cursor)?,
                "usage" => {
                    self.usage = Usage::read(cursor)?;
                    self.usage_place = match self.usage_place {
                        Place::Nowhere => Place::Once(*start..cursor.behind()),
                        // It stands there twice.
                        Place::Once(_) | Place::Unknown => Place::Unknown,
                    };
                }
                "error" => self.error = cursor.optional(ReportedError::read)?,
                "choices" => {
                    choices = cursor
                        .optional(|cursor| cursor.items(|cursor| self.read_choice(cursor)))?;
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(choices)
    }

    fn read_choice(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let (mut index, mut finish_reason, mut delta) = (0, None, Delta::default());
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "index" => {
                    let number = cursor.if_kind(Kind::Number, Cursor::lenient_whole_number)?;
                    index = number.flatten().unwrap_or(0);
                }
                "finish_reason" => finish_reason = text(cursor)?,
                "delta" => delta = cursor.optional(Delta::read)?.unwrap_or_default(),
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        self.progress.note(index, finish_reason.is_some());
        if index == 0 {
            self.text.push_str(&delta.text);
            self.tool_calls |= delta.tool_calls;
            self.refusal |= delta.refusal;
            self.finish_reason = finish_reason.or(self.finish_reason.take());
        }
        Ok(())
    }
}

/// What a piece adds to a choice.
#[derive(Default)]
struct Delta {
    text: String,
    tool_calls: bool,
    refusal: bool,
}

// === impl Delta ===

impl Delta {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut delta = Self::default();
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "content" => {
                    let content = Content::glance(cursor)?;
                    delta.refusal |= content.is_refusal();
                    delta.text = content.into_text();
                }
                "tool_calls" => delta.tool_calls |= holds_items(cursor)?,
                "function_call" => delta.tool_calls |= cursor.optional(Cursor::skip)?.is_some(),
                "refusal" => delta.refusal |= text(cursor)?.is_some_and(|text| !text.is_empty()),
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(delta)
    }
}

// === impl Choices ===

impl Choices {
    /// Adds what another piece says.
    pub fn merge(&mut self, other: Self) {
        self.begun |= other.begun;
        self.ended |= other.ended;
    }

    /// Whether some choice was begun and every one of them has ended.
    pub fn all_ended(self) -> bool {
        self.begun != 0 && self.begun == self.ended
    }

    /// How many were begun.
    pub fn begun(self) -> u32 {
        self.begun.count_ones()
    }

    pub(super) fn note(&mut self, index: i64, ended: bool) {
        let bit = 1 << index.clamp(0, 127);
        self.begun |= bit;
        if ended {
            self.ended |= bit;
        }
    }
}

#[cfg(test)]
mod tests;
