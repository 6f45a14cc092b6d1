//! Hides the ways a call fails behind a closed set: what happened, who is at fault, whether trying again may help.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use downshift_wire::ReportedError;
use http::HeaderMap;

use crate::{Refusal, Secret, retries};

/// A call that gave no reply, or a reply that broke off.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What happened.
    pub kind: ErrorKind,
    message: String,
    param: Option<String>,
    refusal: Option<Refusal>,
    retry_after: Option<Duration>,
    /// Whether the upstream had begun to reply: what it began is paid for.
    begun: bool,
    answer: Option<Box<Answer>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// An endpoint's settings cannot work.
    Config,
    /// The key's variable is not set; nothing was sent.
    Unconfigured,
    /// The request cannot be put into the upstream's dialect; nothing was sent.
    Encode,
    /// No connection: refused, no such host, TLS failed. Nothing was sent.
    Connect,
    /// No connection in time. Nothing was sent.
    ConnectTimeout,
    /// A stream's first event did not come in time.
    FirstTokenTimeout,
    /// A stream fell silent.
    BetweenTokensTimeout,
    /// The reply was not complete in time.
    TotalTimeout,
    /// Answered with another status than success.
    Status(u16),
    /// Answered with success and something that is not a reply: HTML, broken JSON, nothing.
    BadReply,
    /// Answered with success, and an error where the reply should be.
    UpstreamError,
    /// The connection broke before the reply was complete.
    Cut,
    /// The server failed too often of late and is left in peace; nothing was sent.
    CircuitOpen,
    /// The server said when to come back, and that is not yet; nothing was sent.
    Paused,
    /// The reply is larger than allowed.
    TooLarge,
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Who sent the request: it would fail everywhere.
    Caller,
    /// Who runs the router: a key, an address, a model's name.
    Operator,
    /// Who runs the upstream, or the network between.
    Upstream,
}

/// What an upstream answered instead of a reply.
#[derive(Debug)]
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

// === impl Error ===

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            param: None,
            refusal: None,
            retry_after: None,
            begun: false,
            answer: None,
            source: None,
        }
    }

    pub(crate) fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    pub(crate) fn with_answer(self, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            answer: Some(Box::new(Answer { headers, body })),
            ..self
        }
    }

    /// The error of one field of the request.
    pub(crate) fn about(self, param: Option<String>) -> Self {
        Self { param, ..self }
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        Self {
            retry_after,
            ..self
        }
    }

    /// The error with what the upstream said of it, as far as that is known to mean something.
    pub(crate) fn refused(self, reported: Option<&ReportedError>) -> Self {
        let said = reported.and_then(Refusal::of);
        let refusal = match self.kind {
            ErrorKind::Status(400 | 403 | 413 | 422) => said,
            ErrorKind::UpstreamError => said.filter(|refusal| *refusal != Refusal::Prefill),
            // A server in trouble speaks of contexts and prefills too, its own.
            _ => None,
        };
        Self { refusal, ..self }
    }

    /// The error of an upstream that had begun to reply.
    pub(crate) fn begun(self) -> Self {
        Self {
            begun: true,
            ..self
        }
    }

    /// A server that is left in peace for so long; nothing was sent.
    pub fn resting(kind: ErrorKind, left: Duration, message: impl Into<String>) -> Self {
        Self::new(kind, message).until(left, HeaderMap::new(), Bytes::new())
    }

    /// What a server is paused by, told again: its own words, and how long it is from now.
    #[must_use]
    pub fn told_again(&self, left: Duration, message: impl Into<String>) -> Self {
        let (headers, body) = match &self.answer {
            Some(answer) => (answer.headers.clone(), answer.body.clone()),
            None => Default::default(),
        };
        Self::new(ErrorKind::Paused, message).until(left, headers, body)
    }

    fn until(self, left: Duration, mut headers: HeaderMap, body: Bytes) -> Self {
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        headers.remove("retry-after-ms");
        headers.insert(http::header::RETRY_AFTER, seconds.max(1).into());
        self.with_retry_after(Some(left)).with_answer(headers, body)
    }

    /// The error without this key in its message, should the upstream have echoed it.
    pub(crate) fn without_key(self, key: Option<&Secret>) -> Self {
        match key.and_then(|key| key.redact(&self.message)) {
            Some(message) => Self { message, ..self },
            None => self,
        }
    }

    /// The status the upstream answered with, if that was the failure.
    pub fn status(&self) -> Option<u16> {
        match self.kind {
            ErrorKind::Status(status) => Some(status),
            _ => None,
        }
    }

    /// The field of the request that cannot be put into the upstream's dialect, if that was the failure.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// What the upstream said of the failure, as it came but for our key: the first 64 KiB of the body
    /// of an answer with another status than success, or a stream's event if it is no larger.
    pub fn body(&self) -> Option<&Bytes> {
        self.answer.as_ref().map(|answer| &answer.body)
    }

    /// The headers of an answer with another status than success that may go to the caller: `retry-after` and its like included.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.answer.as_ref().map(|answer| &answer.headers)
    }

    /// When the upstream wants to be asked again, from when it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Why the upstream refuses, if it is a reason that is known.
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// Whether the same request may go better on the same model in a moment, and has not been
    /// paid for.
    pub fn may_repeat(&self) -> bool {
        let told = self.headers().and_then(|headers| {
            let told = headers.get("x-should-retry")?.to_str().ok()?;
            told.parse().ok()
        });
        retries::may_repeat(self.kind, self.begun, told)
    }

    /// Who can mend it.
    pub fn fault(&self) -> Fault {
        self.kind.fault()
    }

    /// Whether the request itself is what the upstream refuses.
    pub fn is_callers_fault(&self) -> bool {
        self.fault() == Fault::Caller
    }

    /// Whether the same request may succeed later, or elsewhere.
    pub fn may_retry(&self) -> bool {
        self.kind.may_retry()
    }
}

// === impl ErrorKind ===

impl ErrorKind {
    /// One word out of a closed set, for metrics and logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Unconfigured => "unconfigured",
            Self::Encode => "encode",
            Self::Connect => "connect",
            Self::ConnectTimeout => "connect_timeout",
            Self::FirstTokenTimeout => "first_token_timeout",
            Self::BetweenTokensTimeout => "between_tokens_timeout",
            Self::TotalTimeout => "total_timeout",
            Self::Status(_) => "status",
            Self::BadReply => "bad_reply",
            Self::UpstreamError => "upstream_error",
            Self::Cut => "cut",
            Self::CircuitOpen => "circuit_open",
            Self::Paused => "paused",
            Self::TooLarge => "too_large",
        }
    }

    /// Who can mend it. The address, the key and the model's name are the operator's, so an
    /// upstream that refuses one of these (401, 402, 403, 404, a redirect) is not the caller's doing.
    pub fn fault(self) -> Fault {
        match self {
            Self::Encode | Self::Status(400 | 413 | 422) => Fault::Caller,
            Self::Config | Self::Unconfigured | Self::Connect => Fault::Operator,
            Self::Status(408 | 409 | 425 | 429) => Fault::Upstream,
            Self::Status(status) if status < 500 => Fault::Operator,
            _ => Fault::Upstream,
        }
    }

    /// Whether the same request may succeed later, or elsewhere.
    pub fn may_retry(self) -> bool {
        match self {
            Self::Connect => true,
            Self::TooLarge => false,
            _ => self.fault() == Fault::Upstream,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ErrorKind, label: &str, fault: Fault, may_retry: bool) {
        assert_eq!(
            (kind.label(), kind.fault(), kind.may_retry()),
            (label, fault, may_retry)
        );
    }

    #[test]
    fn says_who_is_at_fault_and_whether_to_retry() {
        use Fault::{Caller, Operator, Upstream};
        check(ErrorKind::Config, "config", Operator, false);
        check(ErrorKind::Unconfigured, "unconfigured", Operator, false);
        check(ErrorKind::Encode, "encode", Caller, false);
        check(ErrorKind::Connect, "connect", Operator, true);
        check(ErrorKind::ConnectTimeout, "connect_timeout", Upstream, true);
        check(
            ErrorKind::FirstTokenTimeout,
            "first_token_timeout",
            Upstream,
            true,
        );
        check(
            ErrorKind::BetweenTokensTimeout,
            "between_tokens_timeout",
            Upstream,
            true,
        );
        check(ErrorKind::TotalTimeout, "total_timeout", Upstream, true);
        check(ErrorKind::BadReply, "bad_reply", Upstream, true);
        check(ErrorKind::UpstreamError, "upstream_error", Upstream, true);
        check(ErrorKind::Cut, "cut", Upstream, true);
        check(ErrorKind::TooLarge, "too_large", Upstream, false);
        for status in [400, 413, 422] {
            check(ErrorKind::Status(status), "status", Caller, false);
        }
        for status in [302, 401, 402, 403, 404, 405] {
            check(ErrorKind::Status(status), "status", Operator, false);
        }
        for status in [408, 409, 429, 500, 503, 529] {
            check(ErrorKind::Status(status), "status", Upstream, true);
        }
    }
}
