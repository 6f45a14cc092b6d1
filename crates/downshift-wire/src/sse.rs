//! Hides server-sent events: events out of bytes however they were split, and bytes out of events.
//!
//! Decoding follows the WHATWG event stream format: lines end in CR, LF or CRLF, a byte
//! order mark at the start is dropped, comments are dropped, several `data` lines make
//! one event, `id` and `retry` mean nothing here. One deviation: an event whose closing
//! blank line is missing at the end of the stream is still delivered by
//! [`SseDecoder::finish`], since servers exist that end so; whether its data is whole
//! is for its reader to find out.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::{Error, scan};

/// The event that ends a complete stream, framed.
pub const DONE: &[u8] = b"data: [DONE]\n\n";

/// The data of the event that ends a complete stream.
pub const DONE_DATA: &[u8] = b"[DONE]";

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name; OpenAI's chat streams have none.
    pub event: Option<String>,
    /// Its data lines, joined by line feeds.
    pub data: Bytes,
}

/// Makes events of bytes as they come.
#[derive(Debug)]
pub struct SseDecoder {
    max_event_bytes: usize,
    /// A line that is not yet complete.
    line: Vec<u8>,
    /// The data lines of the event so far, each with a line feed behind it.
    data: BytesMut,
    has_data: bool,
    event: Option<String>,
    at_start: bool,
    /// The last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    ready: VecDeque<Event>,
}

impl SseDecoder {
    /// A decoder that refuses events larger than this, names and comments included.
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            line: Vec::new(),
            data: BytesMut::new(),
            has_data: false,
            event: None,
            at_start: true,
            after_cr: false,
            ready: VecDeque::new(),
        }
    }

    /// Takes bytes in; events that they complete are ready even if this is an error.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut rest = bytes;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = scan::position(rest, is_line_end) {
            self.check_room(end)?;
            let (line, ending) = rest.split_at(end);
            if self.line.is_empty() {
                self.take_line(line);
            } else {
                self.line.extend_from_slice(line);
                let line = std::mem::take(&mut self.line);
                self.take_line(&line);
            }
            rest = match ending {
                [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                _ => &ending[1..],
            };
        }
        self.check_room(rest.len())?;
        self.line.extend_from_slice(rest);
        Ok(())
    }

    /// The next complete event.
    pub fn next_event(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    /// The stream has ended: an event that was begun is delivered by [`Self::next_event`].
    pub fn finish(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.take_line(&line);
        self.dispatch();
    }

    fn check_room(&self, more: usize) -> Result<(), Error> {
        let size = self.line.len() + self.data.len() + more;
        if size <= self.max_event_bytes {
            return Ok(());
        }
        let limit = self.max_event_bytes;
        let message = format!("an event of the stream is larger than the {limit} bytes allowed");
        Err(Error::whole(Error::TOO_LARGE, message))
    }

    fn take_line(&mut self, line: &[u8]) {
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(line) if self.at_start => line,
            _ => line,
        };
        self.at_start = false;
        if line.is_empty() {
            return self.dispatch();
        }
        let colon = line
            .iter()
            .position(|&byte| byte == b':')
            .unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.extend_from_slice(b"\n");
                self.has_data = true;
            }
            b"event" => self.event = Some(String::from_utf8_lossy(value).into_owned()),
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let event = self.event.take().filter(|name| !name.is_empty());
        if !std::mem::take(&mut self.has_data) {
            return;
        }
        let mut data = self.data.split();
        data.truncate(data.len() - 1);
        self.ready.push_back(Event {
            event,
            data: data.freeze(),
        });
    }
}

fn is_line_end(byte: u8) -> bool {
    u8::from(byte == b'\n') | u8::from(byte == b'\r') != 0
}

/// An event without a name: `data: …` and a blank line. Line ends within the data begin a new `data:` line.
pub fn data(data: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(data.len() + 8);
    let mut rest = data;
    while let Some(end) = scan::position(rest, is_line_end) {
        push_data_line(&mut framed, &rest[..end]);
        let ending = if rest[end..].starts_with(b"\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + ending..];
    }
    push_data_line(&mut framed, rest);
    framed.extend_from_slice(b"\n");
    framed.freeze()
}

/// An event with its name, if it has one.
pub fn event(name: Option<&str>, data: &[u8]) -> Bytes {
    let framed = self::data(data);
    let Some(name) = name else {
        return framed;
    };
    let mut named = BytesMut::with_capacity(framed.len() + name.len() + 8);
    named.extend_from_slice(b"event: ");
    named.extend_from_slice(name.replace(['\r', '\n'], " ").as_bytes());
    named.extend_from_slice(b"\n");
    named.extend_from_slice(&framed);
    named.freeze()
}

/// A comment, which keeps a silent connection alive; line ends in it become spaces.
pub fn comment(text: &str) -> Bytes {
    Bytes::from(format!(": {}\n\n", text.replace(['\r', '\n'], " ")))
}

fn push_data_line(framed: &mut BytesMut, line: &[u8]) {
    framed.extend_from_slice(b"data: ");
    framed.extend_from_slice(line);
    framed.extend_from_slice(b"\n");
}

#[cfg(test)]
mod tests;
