//! Durations as people write them: `800ms`, `30s`, `2m`.

use std::time::Duration;

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

/// A duration as it is written in the policy.
pub fn parse(text: &str) -> Option<Duration> {
    let duration = text.parse::<jiff::SignedDuration>().ok()?;
    Duration::try_from(duration).ok()
}
