//! Hides when a failed try may be repeated on the same model, and after how long.
//!
//! Repeated is what failed before the upstream began to reply and may go better in a moment:
//! no connection, a connection that broke before the status line, 408, 409, 425, 429 and 5xx.
//! Not repeated: the caller's other 4xx, which fail again; silence, since asking a silent
//! server again only doubles the wait; and whatever the upstream had begun to reply, since
//! that is paid for. An upstream's `x-should-retry` goes before all of this.
//!
//! The wait is random between nothing and a limit that doubles with each try ("full jitter",
//! <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>), so that
//! callers who failed together do not come back together. A `retry-after` goes before it.

use std::time::Duration;

use serde::Deserialize;

use crate::timeouts::period;
use crate::{Error, ErrorKind};

/// The longest wait that doubling comes to.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// By how much a `retry-after` is overrun at most, so that those who were told the same
/// moment do not come back in the same moment.
const RETRY_AFTER_SPREAD: f64 = 0.1;

/// Retries as written: `{ attempts: 3, backoff: 250ms, retry_after_max: 5s }`. What is not
/// written has its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetriesConfig {
    /// Tries in all, the first included; 3, and on a rung that has another above it 1, because
    /// that one takes the query at once.
    #[serde(default)]
    pub attempts: Option<u32>,
    /// The longest wait before the second try; it doubles with each further one. 250ms.
    #[serde(default, deserialize_with = "period")]
    pub backoff: Option<Duration>,
    /// The longest `retry-after` that is waited for; a longer one is not retried. 5s.
    #[serde(default, deserialize_with = "period")]
    pub retry_after_max: Option<Duration>,
}

/// Retries as they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Tries in all, the first included.
    pub attempts: u32,
    /// The longest wait before the second try.
    pub backoff: Duration,
    /// The longest `retry-after` that is waited for.
    pub retry_after_max: Duration,
}

impl RetriesConfig {
    /// These, and for what is not written `otherwise`.
    #[must_use]
    pub fn or(self, otherwise: Self) -> Self {
        Self {
            attempts: self.attempts.or(otherwise.attempts),
            backoff: self.backoff.or(otherwise.backoff),
            retry_after_max: self.retry_after_max.or(otherwise.retry_after_max),
        }
    }

    /// As they run; `rescued` says that a rung above takes the query when this one fails.
    pub fn running(self, rescued: bool) -> Retries {
        let attempts = if rescued { 1 } else { 3 };
        Retries {
            attempts: self.attempts.unwrap_or(attempts).max(1),
            backoff: self.backoff.unwrap_or(Duration::from_millis(250)),
            retry_after_max: self.retry_after_max.unwrap_or(Duration::from_secs(5)),
        }
    }
}

impl Retries {
    /// How long to wait before the next try after `tried` of them, the last of which failed
    /// with `error`; `None` if it is not to be repeated. `random` is in 0..1.
    pub fn wait(&self, tried: u32, error: &Error, random: f64) -> Option<Duration> {
        if tried >= self.attempts || !error.may_repeat() {
            return None;
        }
        if let Some(told) = error.retry_after() {
            let spread = told.mul_f64(RETRY_AFTER_SPREAD * random);
            return (told <= self.retry_after_max).then_some(told + spread);
        }
        let doublings = 2_u32.saturating_pow(tried.saturating_sub(1));
        let longest = self.backoff.saturating_mul(doublings).min(LONGEST_BACKOFF);
        Some(longest.mul_f64(random))
    }
}

/// Whether a try that failed like this may go better in a moment.
pub(crate) fn may_repeat(kind: ErrorKind, begun: bool, told: Option<bool>) -> bool {
    match kind {
        ErrorKind::Status(status) => told.unwrap_or(matches!(
            status,
            408 | 409 | 425 | 429 | 500 | 502..=504 | 506..=599
        )),
        ErrorKind::Connect | ErrorKind::ConnectTimeout => true,
        ErrorKind::Cut => !begun,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName};

    use super::*;

    const RETRIES: Retries = Retries {
        attempts: 3,
        backoff: Duration::from_millis(100),
        retry_after_max: Duration::from_secs(5),
    };

    fn status(status: u16, headers: &[(&'static str, &str)]) -> Error {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Error::new(ErrorKind::Status(status), "refused")
            .with_answer(headers, bytes::Bytes::new())
            .with_retry_after(None)
    }

    #[track_caller]
    fn check(tried: u32, error: &Error, random: f64, expected: Option<u64>) {
        let wait = RETRIES.wait(tried, error, random);
        assert_eq!(wait, expected.map(Duration::from_millis), "{error:?}");
    }

    #[test]
    fn the_wait_is_random_and_its_limit_doubles() {
        let busy = status(503, &[]);
        check(1, &busy, 0.0, Some(0));
        check(1, &busy, 0.5, Some(50));
        check(2, &busy, 0.5, Some(100));
        check(3, &busy, 0.5, None);
    }

    #[test]
    fn no_wait_grows_without_end() {
        let many = Retries {
            attempts: u32::MAX,
            ..RETRIES
        };
        for tried in [20, 1000, u32::MAX - 1] {
            let wait = many.wait(tried, &status(503, &[]), 0.999);
            assert!(wait.is_some_and(|wait| wait <= LONGEST_BACKOFF), "{wait:?}");
        }
    }

    #[test]
    fn what_an_upstream_asks_for_is_heeded() {
        let told = |value| Error::new(ErrorKind::Status(429), "").with_retry_after(Some(value));
        check(1, &told(Duration::from_secs(2)), 0.0, Some(2000));
        check(1, &told(Duration::from_secs(2)), 0.5, Some(2100));
        check(1, &told(Duration::from_secs(6)), 0.0, None);
        check(1, &status(503, &[("x-should-retry", "false")]), 0.0, None);
        check(1, &status(400, &[("x-should-retry", "true")]), 0.0, Some(0));
    }

    #[test]
    fn only_what_may_go_better_is_repeated() {
        for retried in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
            check(1, &status(retried, &[]), 0.0, Some(0));
        }
        for refused in [302, 400, 401, 403, 404, 413, 422, 501, 505] {
            check(1, &status(refused, &[]), 0.0, None);
        }
        let kinds = [
            (ErrorKind::Connect, true),
            (ErrorKind::ConnectTimeout, true),
            (ErrorKind::Cut, true),
            (ErrorKind::FirstTokenTimeout, false),
            (ErrorKind::TotalTimeout, false),
            (ErrorKind::BadReply, false),
            (ErrorKind::UpstreamError, false),
            (ErrorKind::CircuitOpen, false),
        ];
        for (kind, repeated) in kinds {
            check(1, &Error::new(kind, ""), 0.0, repeated.then_some(0));
        }
        check(1, &Error::new(ErrorKind::Cut, "").begun(), 0.0, None);
    }

    #[test]
    fn what_is_not_written_comes_from_elsewhere() {
        let mine: RetriesConfig = serde_json::from_str(r#"{"attempts":0}"#).unwrap();
        let all: RetriesConfig = serde_json::from_str(r#"{"attempts":9,"backoff":"1s"}"#).unwrap();
        let running = mine.or(all).running(false);
        assert_eq!(
            (running.attempts, running.backoff),
            (1, Duration::from_secs(1)),
            "a model is tried at least once"
        );
        let unwritten = RetriesConfig::default();
        assert_eq!(unwritten.running(false).attempts, 3);
        assert_eq!(unwritten.running(true).attempts, 1);
    }
}
