//! Lengths of time as people write them: "2 weeks and 3 days", "an hour and a half", "90 minutes".

use num_rational::BigRational;
use num_traits::One;

use crate::{number, reading::Reading};

/// A unit of time, the calendar's or the clock's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

/// Counts of parts, the largest first.
pub(crate) type Length = Vec<(BigRational, Part)>;

/// The part a word names.
pub(crate) fn part(word: &str) -> Option<Part> {
    Some(match word {
        "year" | "years" | "yr" | "yrs" => Part::Year,
        "month" | "months" => Part::Month,
        "week" | "weeks" | "wk" | "wks" => Part::Week,
        "day" | "days" => Part::Day,
        "hour" | "hours" | "hr" | "hrs" | "h" => Part::Hour,
        "minute" | "minutes" | "min" | "mins" => Part::Minute,
        "second" | "seconds" | "sec" | "secs" => Part::Second,
        _ => return None,
    })
}

impl Part {
    /// Its singular.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

/// The longest length that starts at `at`.
pub(crate) fn parse(reading: &Reading, at: usize) -> Option<(usize, Length)> {
    let (mut end, first) = one(reading, at)?;
    let mut length = vec![first];
    loop {
        let comma = usize::from(reading.is(end, ","));
        let and = usize::from(reading.is(end + comma, "and"));
        let (next, (count, part)) = match one(reading, end + comma + and) {
            Some(found) => found,
            None => match minutes(reading, end, &length) {
                Some(found) => found,
                None => break,
            },
        };
        if length.last().is_some_and(|(_, last)| *last >= part) {
            break;
        }
        length.push((count, part));
        end = next;
    }
    Some((end, length))
}

/// The "45m" of "2h 45m": only after hours is it sure to be minutes.
fn minutes(reading: &Reading, at: usize, length: &Length) -> Option<(usize, (BigRational, Part))> {
    let after_hours = length.last().is_some_and(|(_, part)| *part == Part::Hour);
    let (end, count) = number::unsigned(reading, at)?;
    (after_hours && reading.is(end, "m")).then_some((end + 1, (count, Part::Minute)))
}

fn one(reading: &Reading, at: usize) -> Option<(usize, (BigRational, Part))> {
    if let Some(count) = reading.phrase(at, "half an hour") {
        return Some((at + count, (number::whole(30), Part::Minute)));
    }
    if reading.is(at, "a") || reading.is(at, "an") {
        if reading.is(at + 1, "fortnight") {
            return Some((at + 2, (number::whole(2), Part::Week)));
        }
        if let Some(count) = reading.phrase(at + 1, "couple of weeks") {
            return Some((at + 1 + count, (number::whole(2), Part::Week)));
        }
        if let Some(count) = reading.phrase(at + 1, "couple of days") {
            return Some((at + 1 + count, (number::whole(2), Part::Day)));
        }
        let part = part(&reading.get(at + 1)?.text)?;
        if let Some(count) = reading.phrase(at + 2, "and a half") {
            return Some((at + 2 + count, (number::ratio(3, 2), part)));
        }
        return Some((at + 2, (BigRational::one(), part)));
    }
    let (next, count) = number::unsigned(reading, at)?;
    let next = if reading.is(next, "-")
        && reading
            .get(next + 1)
            .is_some_and(|t| part(&t.text).is_some())
    {
        next + 1
    } else {
        next
    };
    if reading.is(next, "fortnights") {
        return Some((next + 1, (count * number::whole(2), Part::Week)));
    }
    let part = part(&reading.get(next)?.text)?;
    Some((next + 1, (count, part)))
}

/// "2 weeks and 3 days".
pub(crate) fn written(length: &Length) -> Option<String> {
    let parts: Option<Vec<String>> = length
        .iter()
        .map(|(count, part)| {
            crate::figures::counted(count, part.word(), &format!("{}s", part.word()))
        })
        .collect();
    Some(crate::figures::listed(&parts?))
}

/// The exact number of seconds, when no part is the calendar's.
pub(crate) fn seconds(length: &Length) -> Option<BigRational> {
    length
        .iter()
        .try_fold(number::whole(0), |sum, (count, part)| {
            let seconds = match part {
                Part::Year | Part::Month => return None,
                Part::Week => 604_800,
                Part::Day => 86_400,
                Part::Hour => 3_600,
                Part::Minute => 60,
                Part::Second => 1,
            };
            Some(sum + count * number::whole(seconds))
        })
}

/// The length as calendar units, when every count is whole.
pub(crate) fn calendar(length: &Length) -> Option<jiff::Span> {
    let mut span = jiff::Span::new();
    for (count, part) in length {
        let count = number::integer_in(count, 0..=1_000_000)?;
        span = match part {
            Part::Year => span.try_years(count),
            Part::Month => span.try_months(count),
            Part::Week => span.try_weeks(count),
            Part::Day => span.try_days(count),
            Part::Hour => span.try_hours(count),
            Part::Minute => span.try_minutes(count),
            Part::Second => span.try_seconds(count),
        }
        .ok()?;
    }
    Some(span)
}
