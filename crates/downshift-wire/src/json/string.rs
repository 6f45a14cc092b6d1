//! Hides JSON's string syntax: quotes, escapes, and surrogates that stand alone.

use std::borrow::Cow;

use super::{Cursor, Fault};
use crate::scan;

impl<'a> Cursor<'a> {
    /// A string, unescaped; the cursor stands on its opening quote.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at + 1;
        let escaped = self.scan_string()?;
        let inside = &self.text[start..self.at - 1];
        Ok(if escaped {
            Cow::Owned(unescape(inside))
        } else {
            Cow::Borrowed(inside)
        })
    }

    /// A string, checked and left behind.
    pub(super) fn skip_string(&mut self) -> Result<(), Fault> {
        self.scan_string().map(|_| ())
    }

    /// Moves behind the closing quote; whether there was an escape.
    fn scan_string(&mut self) -> Result<bool, Fault> {
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        self.at += 1;
        loop {
            let rest = &bytes[self.at..];
            let plain = scan::position(rest, is_special);
            self.at += plain.unwrap_or(rest.len());
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    self.escape()?;
                }
                Some(_) => {
                    return Err(self.expected("an escape such as \\n for a control character"));
                }
                None => return Err(self.expected("a closing quote")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.byte() {
                        Some(byte) if byte.is_ascii_hexdigit() => self.at += 1,
                        _ => return Err(self.expected("four hexadecimal digits after \\u")),
                    }
                }
            }
            _ => return Err(self.expected("one of \" \\ / b f n r t u after a backslash")),
        }
        Ok(())
    }
}

/// Whether a byte is anything but plain text within a string.
fn is_special(byte: u8) -> bool {
    u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20) != 0
}

/// The text of a string whose escapes were checked. A surrogate without its partner, as clients
/// send that cut text by UTF-16 units, is read as U+FFFD; the bytes on the wire keep it.
fn unescape(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (character, used) = match escape.as_bytes().first() {
            Some(b'u') => unicode(escape),
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(&other) => (char::from(other), 1),
            None => break,
        };
        text.push(character);
        rest = &escape[used..];
    }
    text.push_str(rest);
    text
}

/// The character of `u` and four hexadecimal digits, or of two of these with `\` between them for a
/// pair, and how long it is written.
fn unicode(escape: &str) -> (char, usize) {
    let high = unit(escape);
    if let Some(character) = char::from_u32(high) {
        return (character, 5);
    }
    let low = escape[5..]
        .strip_prefix('\\')
        .filter(|next| next.starts_with('u'))
        .map(unit);
    match low {
        Some(low @ 0xdc00..=0xdfff) if high < 0xdc00 => {
            let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                11,
            )
        }
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

fn unit(escape: &str) -> u32 {
    u32::from_str_radix(&escape[1..5], 16).unwrap_or(0xfffd)
}
