//! Hides how an address is filled so that a capture changes nothing but the one place it stands in.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Piece, TemplateError, pieces, unknown};
use crate::ask::Captures;

/// The longest path and query together, in bytes.
const MAX_TARGET: usize = 2_000;

/// An address with captures in its path or query. Scheme, host and port are fixed.
#[derive(Debug)]
pub struct UrlTemplate {
    origin: String,
    path: Vec<Piece>,
    query: Option<Vec<Piece>>,
}

/// What is asked of the host: a path and a query, percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path, from its first `/`.
    pub path: String,
    /// The query, without its `?`.
    pub query: Option<String>,
}

// === impl UrlTemplate ===

impl UrlTemplate {
    /// Compiles an address in which `always` may stand, or says what is wrong with it.
    pub fn compile(template: &str, always: &BTreeSet<&str>) -> Result<Self, TemplateError> {
        let wrong = TemplateError::Address;
        let template = template.trim();
        let (scheme, rest) = template
            .split_once("://")
            .ok_or(wrong("the address has no http:// or https://"))?;
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(wrong("the address is neither http:// nor https://"));
        }
        let (host, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if host.contains(['{', '}']) {
            return Err(wrong(
                "a capture stands in the host; scheme, host and port must be written out",
            ));
        }
        if host.contains('@') {
            return Err(wrong(
                "the address holds a user or password; put a key into `key` instead",
            ));
        }
        if host.is_empty() || !host.chars().all(is_of_host) {
            return Err(wrong("the address names no host that can be asked"));
        }
        if !target.bytes().all(|byte| byte.is_ascii_graphic()) || target.contains(['\\', '#']) {
            return Err(wrong(
                "the address holds a space, a fragment or another character that must be percent-encoded",
            ));
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        let compiled = Self {
            origin: format!("{scheme}://{host}"),
            path: pieces(path)?,
            query: query
                .filter(|query| !query.is_empty())
                .map(pieces)
                .transpose()?,
        };
        for name in compiled.names() {
            if !always.contains(name) {
                return Err(unknown(name, always));
            }
        }
        let sample: Captures = always.iter().map(|name| (*name, "0")).collect();
        if compiled.fill(&sample).is_none() {
            return Err(wrong("the path holds `.` or `..`, or is too long"));
        }
        Ok(compiled)
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The target with captures in it; `None` where one would step out of its place in the path.
    pub fn fill(&self, captures: &Captures) -> Option<Target> {
        let path = filled(&self.path, captures)?;
        let query = match &self.query {
            Some(query) => Some(filled(query, captures)?),
            None => None,
        };
        let length = path.len() + query.as_ref().map_or(0, String::len);
        let stays = !path.split('/').any(is_dots);
        (stays && length <= MAX_TARGET).then_some(Target { path, query })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.path.iter().chain(self.query.iter().flatten());
        all.filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }
}

fn filled(pieces: &[Piece], captures: &Captures) -> Option<String> {
    let mut filled = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => {
                let text = captures.get(name).filter(|text| !text.is_empty())?;
                encode(text, &mut filled)?;
            }
        }
    }
    Some(filled)
}

/// Everything but RFC 3986's unreserved characters is percent-encoded.
fn encode(text: &str, out: &mut String) -> Option<()> {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").ok()?;
        }
    }
    Some(())
}

/// Whether a URL reader would take this segment for "here" or "one up".
fn is_dots(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    plain == "." || plain == ".."
}

fn is_of_host(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | ':' | '[' | ']')
}
