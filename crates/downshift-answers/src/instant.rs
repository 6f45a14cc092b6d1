//! Instants in UTC as people write them: "2024-02-29T12:00:00Z", "1 January 2000 midnight UTC".

use jiff::civil::{DateTime, Time};

use crate::{
    clock,
    day::{self, Day},
    reading::Reading,
};

/// A date, and a time of day where one was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    /// The moment in UTC; midnight where no time of day was said.
    pub(crate) in_utc: DateTime,
    /// Whether a time of day was said.
    pub(crate) timed: bool,
}

/// The instants that start at `at`. A time of day needs its "UTC" or "Z": without one it is
/// somebody's local time.
pub(crate) fn parse(reading: &Reading, at: usize) -> Vec<(usize, Instant)> {
    let mut found = Vec::new();
    for (end, named) in day::parse(reading, at) {
        let Day::On(date) = named else { continue };
        let plain = utc(reading, end).unwrap_or(end);
        found.push((
            plain,
            Instant {
                in_utc: date.to_datetime(Time::midnight()),
                timed: false,
            },
        ));
        let timed = after_t(reading, end).or_else(|| spaced(reading, end));
        if let Some((end, time)) = timed
            && let Some(end) = utc(reading, end)
        {
            found.push((
                end,
                Instant {
                    in_utc: date.to_datetime(time),
                    timed: true,
                },
            ));
        }
    }
    found
}

fn utc(reading: &Reading, at: usize) -> Option<usize> {
    ["utc", "z", "gmt"]
        .iter()
        .any(|name| reading.is(at, name))
        .then_some(at + 1)
}

/// ", 03:14:07", "at midnight".
fn spaced(reading: &Reading, at: usize) -> Option<(usize, Time)> {
    let skip = usize::from(reading.is(at, ",") || reading.is(at, "at"));
    clock::parse(reading, at + skip).into_iter().next()
}

/// "T12:00:00", which reads as a word and the rest of a time.
fn after_t(reading: &Reading, at: usize) -> Option<(usize, Time)> {
    let hour = two_digits(reading.get(at)?.text.strip_prefix('t')?)?;
    let minute = |at: usize| {
        let tight = reading.is(at, ":") && !reading.get(at + 1)?.spaced;
        tight
            .then(|| two_digits(&reading.get(at + 1)?.text))
            .flatten()
    };
    let minutes = minute(at + 1)?;
    let seconds = minute(at + 3);
    let end = if seconds.is_some() { at + 5 } else { at + 3 };
    Some((end, Time::new(hour, minutes, seconds.unwrap_or(0), 0).ok()?))
}

fn two_digits(text: &str) -> Option<i8> {
    (text.len() == 2).then(|| text.parse().ok()).flatten()
}
