//! Durations as people write them: `800ms`, `30s`, `2m`.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, de};

/// A duration in the policy; jiff's friendly format, never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).map(Self).ok_or_else(|| {
            de::Error::custom(format_args!(
                "`{text}` is not a duration; write a number with a unit, such as 800ms, 30s or 2m"
            ))
        })
    }
}

/// A duration as it is written in the policy; a day has 24 hours, a week seven days.
pub fn parse(text: &str) -> Option<Duration> {
    let span = text.parse::<Span>().ok()?;
    let relative = SpanRelativeTo::days_are_24_hours();
    Duration::try_from(span.to_duration(relative).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, seconds: Option<f64>) {
        assert_eq!(
            parse(text).map(|found| found.as_secs_f64()),
            seconds,
            "{text}"
        );
    }

    #[test]
    fn durations_are_read() {
        check("800ms", Some(0.8));
        check("30s", Some(30.0));
        check("2m", Some(120.0));
        check("1h 30m", Some(5400.0));
        check("90d", Some(7_776_000.0));
        check("2w", Some(1_209_600.0));
        check("0s", Some(0.0));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "30", "-1s", "1 month", "1y", "soon", "1s ago"] {
            check(text, None);
        }
    }
}
