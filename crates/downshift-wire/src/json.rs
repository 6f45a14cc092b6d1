//! Hides how JSON text is read in one pass without a tree: where each field lies, and where it is wrong.
//!
//! A [`Cursor`] walks the text once. The decoders of this crate step into the fields they
//! know and skip the others; every byte is checked on the way. Nesting is bounded by
//! [`MAX_DEPTH`], so no input can exhaust the stack.

mod fault;
mod splice;
mod string;
mod tree;

use std::borrow::Cow;

pub(crate) use self::fault::{Fault, shortened};
pub use self::splice::Edit;
pub(crate) use self::splice::{Layout, quoted};
pub(crate) use self::tree::{Object, boolean, items, kind, tree, understood};
use crate::Error;

/// Arrays and objects within one another; `serde_json` and most servers stop at the same depth.
pub(crate) const MAX_DEPTH: usize = 128;

/// Reads all of `bytes` as one JSON value; `subject` names it in errors ("request body").
pub(crate) fn read<'a, T>(
    subject: &str,
    bytes: &'a [u8],
    decode: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>,
) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("the {subject} is not valid UTF-8 from byte {at} on; send UTF-8");
        Error::whole(Error::INVALID_JSON, message)
    })?;
    if text.starts_with('\u{feff}') {
        let message = format!("the {subject} starts with a byte order mark; send JSON without it");
        return Err(Error::whole(Error::INVALID_JSON, message));
    }
    let mut cursor = Cursor {
        text,
        at: 0,
        depth: 0,
    };
    if cursor.next_byte().is_none() {
        let message = format!("the {subject} is empty; a JSON object is expected");
        return Err(Error::whole(Error::INVALID_JSON, message));
    }
    let decoded = decode(&mut cursor).and_then(|decoded| cursor.end().map(|()| decoded));
    decoded.map_err(|fault| fault.into_error(subject, text))
}

/// What kind of value stands somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// A field's name, and where its opening quote stands.
pub(crate) struct Key<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) start: usize,
}

/// A place in JSON text, always before a value or behind one.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

// === impl Kind ===

impl Kind {
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

// === impl Cursor: looking ===

impl Cursor<'_> {
    /// The kind of the value that comes next, which is not consumed.
    pub(crate) fn kind(&mut self) -> Result<Kind, Fault> {
        match self.next_byte() {
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'"') => Ok(Kind::String),
            Some(b'[') => Ok(Kind::Array),
            Some(b'{') => Ok(Kind::Object),
            _ => Err(self.expected("a value")),
        }
    }

    /// Where the next value, or the end behind the last one, is.
    pub(crate) fn position(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    /// Where the value that was read last ends.
    pub(crate) fn behind(&self) -> usize {
        self.at
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next_byte(&mut self) -> Option<u8> {
        self.skip_space();
        self.byte()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    fn expected(&self, what: &'static str) -> Fault {
        Fault::syntax(what, self.at)
    }

    fn require(&mut self, kind: Kind, accepted: &str) -> Result<(), Fault> {
        match self.kind()? {
            found if found == kind => Ok(()),
            found => Err(Fault::kind(accepted, found.with_article())),
        }
    }
}

// === impl Cursor: reading ===

impl<'a> Cursor<'a> {
    /// Visits every field of an object; `visit` consumes the field's value.
    pub(crate) fn fields(
        &mut self,
        mut visit: impl FnMut(&mut Self, &Key<'a>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.require(Kind::Object, Kind::Object.with_article())?;
        self.enter()?;
        if self.next_byte() == Some(b'}') {
            self.leave();
            return Ok(());
        }
        loop {
            if self.next_byte() != Some(b'"') {
                return Err(self.expected("a field name in double quotes"));
            }
            let key = Key {
                start: self.at,
                name: self.string()?,
            };
            if self.next_byte() != Some(b':') {
                return Err(self.expected("`:` after a field name"));
            }
            self.at += 1;
            visit(self, &key).map_err(|fault| fault.in_field(&key.name))?;
            match self.next_byte() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.leave();
                    return Ok(());
                }
                _ => return Err(self.expected("`,` or `}`")),
            }
        }
    }

    /// Visits every item of an array; `visit` consumes the item.
    pub(crate) fn items(
        &mut self,
        mut visit: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<usize, Fault> {
        self.require(Kind::Array, Kind::Array.with_article())?;
        self.enter()?;
        if self.next_byte() == Some(b']') {
            self.leave();
            return Ok(0);
        }
        let mut count = 0;
        loop {
            visit(self).map_err(|fault| fault.in_item(count))?;
            count += 1;
            match self.next_byte() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.leave();
                    return Ok(count);
                }
                _ => return Err(self.expected("`,` or `]`")),
            }
        }
    }

    /// A string, unescaped.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.require(Kind::String, Kind::String.with_article())?;
        self.string()
    }

    /// A boolean.
    pub(crate) fn boolean(&mut self) -> Result<bool, Fault> {
        self.require(Kind::Boolean, "a boolean")?;
        let value = self.byte() == Some(b't');
        self.skip()?;
        Ok(value)
    }

    /// A number without a fraction; `2.0` counts.
    pub(crate) fn whole_number(&mut self) -> Result<i64, Fault> {
        self.require(Kind::Number, "a whole number")?;
        let written = self.raw()?;
        whole(written).ok_or_else(|| Fault::value(format!("must be a whole number, not {written}")))
    }

    /// A number without a fraction, or `None` for a number with one.
    pub(crate) fn lenient_whole_number(&mut self) -> Result<Option<i64>, Fault> {
        self.require(Kind::Number, "a number")?;
        self.raw().map(whole)
    }

    /// Consumes a `null`, if that is what comes.
    pub(crate) fn null(&mut self) -> Result<bool, Fault> {
        let null = self.kind()? == Kind::Null;
        if null {
            self.skip()?;
        }
        Ok(null)
    }

    /// What `read` gives, or `None` for null.
    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if self.null()? {
            Ok(None)
        } else {
            read(self).map(Some)
        }
    }

    /// What `read` gives if a value of this kind comes, else `None`; the value is consumed either way.
    pub(crate) fn if_kind<T>(
        &mut self,
        kind: Kind,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        if self.kind()? == kind {
            read(self).map(Some)
        } else {
            self.skip().map(|()| None)
        }
    }

    /// Any value, as it is written.
    pub(crate) fn raw(&mut self) -> Result<&'a str, Fault> {
        let start = self.position();
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Any value, checked and left behind.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        match self.kind()? {
            Kind::Null => self.literal("null"),
            Kind::Boolean if self.byte() == Some(b't') => self.literal("true"),
            Kind::Boolean => self.literal("false"),
            Kind::Number => self.number(),
            Kind::String => self.skip_string(),
            Kind::Array => self.items(Self::skip).map(|_| ()),
            Kind::Object => self.fields(|cursor, _| cursor.skip()),
        }
    }

    fn end(&mut self) -> Result<(), Fault> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(self.expected("nothing more")),
        }
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(Fault::too_deep(self.at))
        } else {
            Ok(())
        }
    }

    fn leave(&mut self) {
        self.at += 1;
        self.depth -= 1;
    }

    fn literal(&mut self, word: &'static str) -> Result<(), Fault> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.expected("a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == start {
            Err(self.expected("a digit"))
        } else {
            Ok(())
        }
    }
}

/// The number if it has no fraction and lies within what a double holds exactly.
fn whole(written: &str) -> Option<i64> {
    if let Ok(number) = written.parse::<i64>() {
        return Some(number);
    }
    let number: f64 = written.parse().ok()?;
    let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and within 2^53, checked above"
    )]
    exact.then_some(number as i64)
}

#[cfg(test)]
mod tests;
