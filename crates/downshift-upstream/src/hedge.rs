//! Hides when a second try is sent beside a first that is slow: as an operator writes it.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::Times;
use crate::timeouts::duration;

/// Hedging as written: `{ after: p95 }` or `{ after: 500ms }`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HedgeConfig {
    /// When the second try is sent.
    pub after: Patience,
}

/// How long a first try is waited for alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Patience {
    /// So long.
    Time(Duration),
    /// Longer than this share of the newest calls took, 0 to 1.
    Quantile(f64),
}

struct PatienceVisitor;

impl Patience {
    /// The time, given how long the newest calls took; `None` while that is not known.
    pub fn time(self, times: &Times) -> Option<Duration> {
        match self {
            Self::Time(time) => Some(time),
            Self::Quantile(share) => times.quantile(share),
        }
    }
}

impl<'de> Deserialize<'de> for Patience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PatienceVisitor)
    }
}

impl Visitor<'_> for PatienceVisitor {
    type Value = Patience;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as 500ms, or a quantile such as p95")
    }

    fn visit_str<E: de::Error>(self, written: &str) -> Result<Patience, E> {
        let quantile = written.strip_prefix('p').and_then(|rest| {
            let percent = rest.parse::<f64>().ok()?;
            (50.0..100.0)
                .contains(&percent)
                .then_some(Patience::Quantile(percent / 100.0))
        });
        let time = || duration(written).map(Patience::Time);
        quantile.or_else(time).ok_or_else(|| {
            de::Error::custom(format_args!(
                "`{written}` is neither a time such as 500ms nor a quantile from p50 to p99.9"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<Patience>) {
        let json = format!(r#"{{"after":"{written}"}}"#);
        let read: Result<HedgeConfig, _> = serde_json::from_str(&json);
        assert_eq!(read.ok().map(|hedge| hedge.after), expected, "{written}");
    }

    #[test]
    fn reads_times_and_quantiles() {
        check("500ms", Some(Patience::Time(Duration::from_millis(500))));
        check("p95", Some(Patience::Quantile(0.95)));
        check("p99.5", Some(Patience::Quantile(0.995)));
        for wrong in ["", "p", "p100", "p10", "95", "p95s", "0s", "later"] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_quantile_needs_calls_to_be_taken_over() {
        let mut times = Times::default();
        assert_eq!(Patience::Quantile(0.95).time(&times), None);
        for _ in 0..50 {
            times.observe(Duration::from_secs(2));
        }
        let expected = Some(Duration::from_secs(2));
        assert_eq!(Patience::Quantile(0.95).time(&times), expected);
    }
}
