//! Hides how long each phase of a call may take: as an operator writes it, and as it runs.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use crate::{Error, ErrorKind};

/// Timeouts as written: `800ms`, `10s`, `1m30s`, `1h`. What is not written has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeoutsConfig {
    /// For a connection to stand, name look-up and TLS included; 5s.
    #[serde(default)]
    pub connect: Option<String>,
    /// From the call to the first event of a stream, connecting included; 60s. A whole reply
    /// has no first token: `connect` and `total` bound it.
    #[serde(default)]
    pub first_token: Option<String>,
    /// From one event of a stream to the next; 60s. Comments that only keep a connection
    /// alive do not count.
    #[serde(default)]
    pub between_tokens: Option<String>,
    /// From the call to the end of the reply; 10m.
    #[serde(default)]
    pub total: Option<String>,
}

/// Timeouts as they run; none is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to stand.
    pub connect: Duration,
    /// From the call to the first event of a stream.
    pub first_token: Duration,
    /// From one event of a stream to the next.
    pub between_tokens: Duration,
    /// From the call to the end of the reply.
    pub total: Duration,
}

impl TimeoutsConfig {
    /// These, and for what is not written `otherwise`.
    #[must_use]
    pub fn or(self, otherwise: &Self) -> Self {
        Self {
            connect: self.connect.or_else(|| otherwise.connect.clone()),
            first_token: self.first_token.or_else(|| otherwise.first_token.clone()),
            between_tokens: self
                .between_tokens
                .or_else(|| otherwise.between_tokens.clone()),
            total: self.total.or_else(|| otherwise.total.clone()),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_token: Duration::from_mins(1),
            between_tokens: Duration::from_mins(1),
            total: Duration::from_mins(10),
        }
    }
}

impl TryFrom<TimeoutsConfig> for Timeouts {
    type Error = Error;

    fn try_from(config: TimeoutsConfig) -> Result<Self, Error> {
        let default = Self::default();
        let read = |name: &str, written: &Option<String>, default| {
            match written {
            Some(written) => duration(written).ok_or_else(|| {
                let message = format!(
                    "timeouts.{name} is `{written}`; write a number above 0 with a unit, such as 800ms, 30s, 1m30s or 2h"
                );
                Error::new(ErrorKind::Config, message)
            }),
            None => Ok(default),
        }
        };
        Ok(Self {
            connect: read("connect", &config.connect, default.connect)?,
            first_token: read("first_token", &config.first_token, default.first_token)?,
            between_tokens: read(
                "between_tokens",
                &config.between_tokens,
                default.between_tokens,
            )?,
            total: read("total", &config.total, default.total)?,
        })
    }
}

/// A duration in a field that may be absent.
pub(crate) fn period<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let written = String::deserialize(deserializer)?;
    duration(&written).map(Some).ok_or_else(|| {
        de::Error::custom(format_args!(
            "`{written}` is no duration; write a number above 0 with a unit, such as 800ms, 30s, 1m30s or 2h"
        ))
    })
}

/// Numbers with units, one after the other; `None` for anything else, for zero, and for more than a year.
pub(crate) fn duration(written: &str) -> Option<Duration> {
    const YEAR: f64 = 365.0 * 86_400.0;
    let mut rest = written.trim();
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let scale = match unit {
            "ms" => 0.001,
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * scale;
        rest = after.trim_start();
    }
    (seconds > 0.0 && seconds <= YEAR).then(|| Duration::from_secs_f64(seconds))
}

/// A duration for a message: `800ms`, `1.5s`, `60s`.
pub(crate) fn shown(duration: Duration) -> String {
    format!("{duration:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: Option<u64>) {
        assert_eq!(
            duration(written),
            expected.map(Duration::from_millis),
            "{written}"
        );
    }

    #[test]
    fn reads_numbers_with_units() {
        check("800ms", Some(800));
        check("10s", Some(10_000));
        check("2m", Some(120_000));
        check("1m30s", Some(90_000));
        check("1.5h", Some(5_400_000));
        check(" 1m 30 s ", Some(90_000));
    }

    #[test]
    fn refuses_everything_else() {
        for written in [
            "",
            "10",
            "s",
            "0s",
            "-1s",
            "1d",
            "1..5s",
            "1s!",
            "99999h",
            "NaNs",
            "1e3s",
            "10 seconds",
        ] {
            check(written, None);
        }
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        let config = TimeoutsConfig {
            total: Some("soon".into()),
            ..TimeoutsConfig::default()
        };
        let error = Timeouts::try_from(config).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Config);
        assert!(
            error
                .to_string()
                .starts_with("timeouts.total is `soon`; write"),
            "{error}"
        );
    }

    #[test]
    fn what_is_not_written_has_its_default() {
        let config = TimeoutsConfig {
            first_token: Some("2s".into()),
            ..TimeoutsConfig::default()
        };
        let expected = Timeouts {
            first_token: Duration::from_secs(2),
            ..Timeouts::default()
        };
        assert_eq!(Timeouts::try_from(config).unwrap(), expected);
    }
}
