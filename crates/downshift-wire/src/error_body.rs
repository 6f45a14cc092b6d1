//! Hides the shape in which errors travel: OpenAI's, written with all its keys, read in the shapes servers use.

use serde::Serialize;

use crate::json::{Cursor, Fault, Key, Kind, read};

/// An error as a client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorBody {
    /// What is wrong, and what to do.
    pub message: String,
    /// The `type`, such as `invalid_request_error`.
    pub kind: &'static str,
    /// The field it is about.
    pub param: Option<String>,
    /// A word for programs, such as `model_not_found`.
    pub code: Option<String>,
}

/// An error as a server reported it, as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportedError {
    /// What the server says; empty if it says nothing.
    pub message: String,
    /// Its `type`.
    pub kind: Option<String>,
    /// Its `code`; a number is kept as it is written.
    pub code: Option<String>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Fields<'a>,
}

#[derive(Serialize)]
struct Fields<'a> {
    message: &'a str,
    r#type: &'static str,
    param: Option<&'a str>,
    code: Option<&'a str>,
}

// === impl ErrorBody ===

impl ErrorBody {
    /// `{"error":{"message":…,"type":…,"param":…,"code":…}}`: clients read all four.
    pub fn to_json(&self) -> String {
        let error = Fields {
            message: &self.message,
            r#type: self.kind,
            param: self.param.as_deref(),
            code: self.code.as_deref(),
        };
        // Strings and options of strings cannot fail to be written.
        serde_json::to_string(&Envelope { error }).unwrap_or_default()
    }
}

// === impl ReportedError ===

impl ReportedError {
    /// Reads `{"error":{…}}`, `{"error":"…"}`, and what some servers send bare:
    /// `{"message":…}`, `{"detail":…}`. `None` if the bytes report no error.
    pub fn decode(body: &[u8]) -> Option<Self> {
        read("error", body, |cursor| {
            let (mut nested, mut bare) = (None, None);
            cursor.fields(|cursor, Key { name, .. }| {
                match &**name {
                    "error" => nested = cursor.optional(Self::read)?,
                    "message" | "detail" => bare = cursor.if_kind(Kind::String, Cursor::text)?,
                    _ => cursor.skip()?,
                }
                Ok(())
            })?;
            let bare = bare.map(|message| Self {
                message: message.into(),
                ..Self::default()
            });
            Ok(nested.or(bare))
        })
        .ok()
        .flatten()
    }

    /// The value of an `error` field: an object or a bare string.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut error = Self::default();
        match cursor.kind()? {
            Kind::String => error.message = cursor.text()?.into(),
            Kind::Object => cursor.fields(|cursor, Key { name, .. }| {
                match &**name {
                    "message" => error.message = word(cursor)?.unwrap_or_default(),
                    "type" => error.kind = word(cursor)?,
                    "code" => error.code = word(cursor)?,
                    _ => cursor.skip()?,
                }
                Ok(())
            })?,
            _ => error.message = cursor.raw()?.to_owned(),
        }
        Ok(error)
    }
}

/// A string, or any other value but null as it is written.
fn word(cursor: &mut Cursor<'_>) -> Result<Option<String>, Fault> {
    match cursor.kind()? {
        Kind::String => Ok(Some(cursor.text()?.into())),
        Kind::Null => cursor.skip().map(|()| None),
        _ => Ok(Some(cursor.raw()?.to_owned())),
    }
}

#[cfg(test)]
mod tests;
