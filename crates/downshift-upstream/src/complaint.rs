//! Hides how failures are put into words: what happened, where, and what to look at.

use std::error::Error as StdError;
use std::io;

use downshift_wire::ReportedError;
use http::StatusCode;

use crate::address::Address;
use crate::{Error, ErrorKind};

/// How much of what an upstream says is repeated in a message, in characters.
const MAX_QUOTE: usize = 300;

/// `429 Too Many Requests: slow down`.
pub(crate) fn status_line(status: StatusCode, body: &[u8]) -> String {
    let name = status
        .canonical_reason()
        .map_or_else(String::new, |reason| format!(" {reason}"));
    let says = ReportedError::decode(body)
        .map(|error| error.message)
        .unwrap_or_default();
    let says = if says.is_empty() {
        String::new()
    } else {
        format!(": {}", quoted(&says))
    };
    format!("{}{name}{says}", status.as_u16())
}

/// What an upstream says, on one line and not too long.
pub(crate) fn quoted(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().take(MAX_QUOTE).collect();
    let line = line.join(" ");
    match line.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A success that is not a reply.
pub(crate) fn bad(address: &Address, what: &str) -> Error {
    let origin = address.origin();
    let message = format!(
        "{origin} answered with {what}; check that base_url is that of an API, such as https://api.openai.com/v1"
    );
    Error::new(ErrorKind::BadReply, message)
}

/// A success that says it is an error.
pub(crate) fn reported(address: &Address, error: &ReportedError) -> Error {
    let says = quoted(&error.message);
    let code = error.code.as_deref().or(error.kind.as_deref());
    let code = code.map_or_else(String::new, |code| format!(" ({})", quoted(code)));
    let message = format!("{} reported an error{code}: {says}", address.origin());
    Error::new(ErrorKind::UpstreamError, message).refused(Some(error))
}

/// A success that cannot be read.
pub(crate) fn bad_reply(address: &Address, error: &downshift_wire::Error) -> Error {
    let message = format!(
        "{} answered with a reply that cannot be read: {error}",
        address.origin()
    );
    Error::new(ErrorKind::BadReply, message)
}

/// More than allowed.
pub(crate) fn too_large(address: &Address, max_bytes: usize) -> Error {
    let message = format!(
        "{} sent more than the {max_bytes} bytes allowed for a reply",
        address.origin()
    );
    Error::new(ErrorKind::TooLarge, message)
}

/// A connection that broke while the reply was read.
pub(crate) fn cut(address: &Address, error: reqwest::Error) -> Error {
    let message = format!(
        "the connection to {} broke before the reply was complete",
        address.origin()
    );
    Error::new(ErrorKind::Cut, message).with_source(error.without_url())
}

/// A request that got no answer.
pub(crate) fn unsent(address: &Address, error: reqwest::Error) -> Error {
    let origin = address.origin();
    let (kind, message) = if error.is_connect() && error.is_timeout() {
        (
            ErrorKind::ConnectTimeout,
            format!("no connection to {origin} in time (timeouts.connect)"),
        )
    } else if error.is_dns() {
        let host = address.host();
        (
            ErrorKind::Connect,
            format!("the host `{host}` of {origin} cannot be found (name look-up failed)"),
        )
    } else if error.is_connect() {
        (ErrorKind::Connect, unconnected(&origin, &error))
    } else if cause::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse) {
        (
            ErrorKind::BadReply,
            format!("{origin} answered with something that is not HTTP, or with too many headers"),
        )
    } else {
        (
            ErrorKind::Cut,
            format!("the connection to {origin} broke before a reply came"),
        )
    };
    Error::new(kind, message).with_source(error.without_url())
}

fn unconnected(origin: &str, error: &reqwest::Error) -> String {
    if let Some(tls) = cause::<rustls::Error>(error) {
        return format!("TLS with {origin} failed: {tls}");
    }
    match cause::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("nothing answers at {origin} (connection refused)")
        }
        Some(kind) => format!("{origin} cannot be reached ({kind})"),
        None => format!("{origin} cannot be reached"),
    }
}

/// The first cause of this type; a cause within an `io::Error` counts.
fn cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inside {
            Some(inside) => Some(inside as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}
