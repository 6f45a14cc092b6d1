//! Unix time: now, from a count of seconds, and of a stated instant.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    Context, clock, day, number,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "unix",
        "(unix|epoch|unix epoch|posix|unix time|epoch time|unix timestamp|epoch timestamp|timestamp|unix time stamp|unix epoch time)",
    ),
    (
        "date",
        "(date|a date|utc|date and time|a date and time|human date|a human date|human readable date|a human readable date|human readable|human time|human|human readable time|readable date|a readable date|utc date)",
    ),
    (
        "mean",
        "(what is|convert|translate|what date is|what time is|what date and time is|when is|what does)",
    ),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[what is|get|print] [the] [current] (unix|epoch|unix epoch|posix) (time|timestamp|epoch|time stamp) [now|right now|in seconds|at the moment]",
        say: now,
    },
    Rule {
        pattern: "[how many] seconds since [the] [unix] epoch [now|right now]",
        say: now,
    },
    Rule {
        pattern: "<unix> {count} (is what|what|to what) [date|time|date and time]",
        say: from_count,
    },
    Rule {
        pattern: "[<mean>] {count} (to|into|as) <date>",
        say: from_long_count,
    },
    Rule {
        pattern: "[<mean>] [the] <unix> {count} [seconds|ms|milliseconds] [mean] [(in|to|into|as) <date>]",
        say: from_count,
    },
    Rule {
        pattern: "[<mean>] {count} [seconds|ms|milliseconds] [as|in|a] <unix> (to|as|in|into) <date>",
        say: from_count,
    },
    Rule {
        pattern: "<mean> {count} (unix time|unix timestamp|in unix time|epoch time)",
        say: from_count,
    },
    Rule {
        pattern: "[what is|convert|get] [the] <unix> (of|for|at) {instant}",
        say: to_count,
    },
    Rule {
        pattern: "[convert|what is] {instant} (to|in|as|into) [a] <unix>",
        say: to_count,
    },
];

#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn now(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(format!("The Unix time is {}.", context.now.as_second()))
}

/// Without the word "Unix", ten digits or thirteen are nothing else.
fn from_long_count(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let count = number::integer_in(found.number(0)?, 1_000_000_000..=9_999_999_999_999)?;
    let long = count <= 9_999_999_999 || count >= 1_000_000_000_000;
    long.then(|| from_count(found, context)).flatten()
}

fn from_count(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let count = number::integer_in(found.number(0)?, 0..=9_999_999_999_999)?;
    let has = |word: &str| found.reading.tokens.iter().any(|token| token.is(word));
    let (mean_seconds, mean_milliseconds) = (has("seconds"), has("ms") || has("milliseconds"));
    // Up to ten digits are seconds, thirteen are milliseconds; what is said must agree.
    let milliseconds = count >= 1_000_000_000_000;
    let between = count > 9_999_999_999 && !milliseconds;
    if between || milliseconds && mean_seconds || !milliseconds && mean_milliseconds {
        return None;
    }
    let (instant, unit) = if milliseconds {
        (
            Timestamp::from_millisecond(count).ok()?,
            " (in milliseconds)",
        )
    } else {
        (Timestamp::from_second(count).ok()?, "")
    };
    let utc = instant.to_zoned_datetime(TimeZone::UTC);
    let time = jiff::civil::Time::new(utc.hour(), utc.minute(), utc.second(), 0).ok()?;
    // A part of a second would be lost.
    let whole = utc.time() == time;
    whole.then(|| {
        format!(
            "Unix time {count}{unit} is {} on {} UTC.",
            clock::written(time),
            day::written(utc.date())
        )
    })
}

fn to_count(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let instant = found.instant(0)?;
    let utc = instant.in_utc.to_zoned_datetime(TimeZone::UTC).ok()?;
    let date = day::without_weekday(utc.date());
    let count = utc.timestamp().as_second();
    Some(if instant.timed {
        format!(
            "{} on {date} UTC is Unix time {count}.",
            clock::written(utc.time())
        )
    } else {
        format!("{date} (midnight UTC) is Unix time {count}.")
    })
}
