//! Hides how one top-level field is changed while every other byte stays as it came.

use std::borrow::Cow;
use std::ops::Range;

use super::{Cursor, Fault, Key, read};
use crate::Error;

/// A change to one top-level field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit<'a> {
    /// The field holds this value; it is added at the end if it is not there.
    Set {
        /// Its name.
        field: &'a str,
        /// Its value, as JSON.
        json: Cow<'a, str>,
    },
    /// The field is not there.
    Remove {
        /// Its name.
        field: &'a str,
    },
}

/// Where the top-level fields of an object lie.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: Box<str>,
    /// Where the opening quote of the name stands.
    start: usize,
    value: Range<usize>,
}

/// The text as a JSON string, in quotes.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

// === impl Edit ===

impl<'a> Edit<'a> {
    /// The field holds this text.
    pub fn string(field: &'a str, text: &str) -> Self {
        Self::Set {
            field,
            json: Cow::Owned(quoted(text)),
        }
    }

    /// The field holds this value, written as JSON.
    pub fn json(field: &'a str, json: impl Into<Cow<'a, str>>) -> Self {
        Self::Set {
            field,
            json: json.into(),
        }
    }

    /// The field is not there.
    pub fn remove(field: &'a str) -> Self {
        Self::Remove { field }
    }

    pub(crate) fn field(&self) -> &'a str {
        match self {
            Self::Set { field, .. } | Self::Remove { field } => field,
        }
    }

    fn value(&self) -> Option<&str> {
        match self {
            Self::Set { json, .. } => Some(json),
            Self::Remove { .. } => None,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let Some(json) = self.value() else {
            return Ok(());
        };
        read("new value", json.as_bytes(), Cursor::skip).map_err(|error| {
            let field = self.field();
            let message = format!("`{field}` cannot be set: {}", error.message);
            Error {
                message,
                param: Some(field.to_owned()),
                code: error.code,
            }
        })
    }
}

// === impl Layout ===

impl Layout {
    /// Reads an object's layout and nothing else.
    pub(crate) fn read(subject: &str, body: &[u8]) -> Result<Self, Error> {
        read(subject, body, |cursor| {
            Self::record(cursor, |cursor, _| cursor.skip())
        })
    }

    /// Visits every field of an object as [`Cursor::fields`] does, and notes where it lies.
    pub(crate) fn record<'a>(
        cursor: &mut Cursor<'a>,
        mut visit: impl FnMut(&mut Cursor<'a>, &str) -> Result<(), Fault>,
    ) -> Result<Self, Fault> {
        let mut fields = Vec::with_capacity(16);
        cursor.fields(|cursor, Key { name, start }| {
            let from = cursor.position();
            visit(cursor, name)?;
            let value = from..cursor.behind();
            fields.push(Field {
                name: name.as_ref().into(),
                start: *start,
                value,
            });
            Ok(())
        })?;
        Ok(Self { fields })
    }

    /// A name that stands there twice.
    pub(crate) fn duplicate(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.fields.iter().map(|field| &*field.name).collect();
        names.sort_unstable();
        names
            .windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0])
    }

    /// The value of a field, as it is written; of the last one if it stands there twice.
    pub(crate) fn value<'b>(&self, body: &'b [u8], name: &str) -> Option<&'b [u8]> {
        let field = self.fields.iter().rfind(|field| &*field.name == name)?;
        body.get(field.value.clone())
    }

    /// The body with these edits made, or `None` if they change nothing. A field that stands
    /// there twice is changed in both places; of two edits of one field the later counts.
    pub(crate) fn splice(&self, body: &[u8], edits: &[Edit<'_>]) -> Result<Option<Vec<u8>>, Error> {
        edits.iter().try_for_each(Edit::check)?;
        let edits: Vec<&Edit<'_>> = (0..edits.len())
            .filter(|&at| {
                edits[at + 1..]
                    .iter()
                    .all(|later| later.field() != edits[at].field())
            })
            .map(|at| &edits[at])
            .collect();
        if edits.iter().all(|edit| self.is_made(body, edit)) {
            return Ok(None);
        }
        Ok(Some(self.rebuild(body, &edits)))
    }

    fn is_made(&self, body: &[u8], edit: &Edit<'_>) -> bool {
        let mut places = self
            .fields
            .iter()
            .filter(|field| &*field.name == edit.field())
            .peekable();
        match edit.value() {
            None => places.peek().is_none(),
            Some(json) => {
                places.peek().is_some()
                    && places.all(|field| &body[field.value.clone()] == json.as_bytes())
            }
        }
    }

    fn rebuild(&self, body: &[u8], edits: &[&Edit<'_>]) -> Vec<u8> {
        let extra: usize = edits.iter().map(|edit| edit.field().len() + 8).sum();
        let values: usize = edits
            .iter()
            .filter_map(|edit| edit.value())
            .map(str::len)
            .sum();
        let mut out = Vec::with_capacity(body.len() + extra + values);
        let open = body
            .iter()
            .position(|&byte| byte == b'{')
            .map_or(0, |brace| brace + 1);
        out.extend_from_slice(&body[..open]);
        let (mut behind, mut empty) = (open, true);
        for field in &self.fields {
            let lead = &body[behind..field.start];
            behind = field.value.end;
            let edit = edits.iter().find(|edit| edit.field() == &*field.name);
            let value = match edit.map(|edit| edit.value()) {
                Some(None) => continue,
                Some(Some(json)) => json.as_bytes(),
                None => &body[field.value.clone()],
            };
            if empty {
                // Before the first field that stays there is no comma, wherever it stood.
                out.extend(lead.iter().filter(|&&byte| byte != b','));
            } else {
                out.extend_from_slice(lead);
            }
            out.extend_from_slice(&body[field.start..field.value.start]);
            out.extend_from_slice(value);
            empty = false;
        }
        for edit in edits {
            let absent = self.fields.iter().all(|field| &*field.name != edit.field());
            if let (true, Some(json)) = (absent, edit.value()) {
                if !empty {
                    out.push(b',');
                }
                out.extend_from_slice(quoted(edit.field()).as_bytes());
                out.push(b':');
                out.extend_from_slice(json.as_bytes());
                empty = false;
            }
        }
        out.extend_from_slice(&body[behind..]);
        out
    }
}

#[cfg(test)]
mod tests;
