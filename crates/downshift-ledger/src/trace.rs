//! Which trace a request belongs to: hides nothing, and keeps the ledger free of how traces are sent.

use std::sync::Arc;

use crate::recent::Sink;

/// The names a request has in a distributed trace, and who is told when its entry is closed.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The trace: 32 hexadecimal digits; `None` where there is none.
    pub trace_id: Option<Arc<str>>,
    /// The request's own span in it, 16 hexadecimal digits; `None` where none is kept.
    pub span_id: Option<Arc<str>>,
    /// Told of the closed entry, after all of the ledger's own sinks.
    pub sink: Option<Arc<dyn Sink>>,
}

/// How a call went out and who took it, as far as that is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sent {
    /// Seconds from the request's arrival to the call.
    pub after_seconds: f64,
    /// The server's origin: `https://api.openai.com`.
    pub server: Option<Arc<str>>,
    /// The model that the server says replied.
    pub response_model: Option<Arc<str>>,
    /// Why the server says the reply ended.
    pub finish_reason: Option<Arc<str>>,
    /// The call's span in the request's trace, 16 hexadecimal digits.
    pub span_id: Option<Arc<str>>,
}

/// The longest text of a server's that is kept, in bytes.
const LONGEST: usize = 128;

/// What a server says, cut to a length that a ledger can hold.
pub(crate) fn said(text: &str) -> Arc<str> {
    text[..text.floor_char_boundary(LONGEST)].into()
}
