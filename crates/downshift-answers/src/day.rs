//! Days as people name them: "tomorrow", "next friday", "26 November 2026", "christmas".
//!
//! A date whose day and month can be swapped is no day at all.

mod holiday;
mod nth;
mod period;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use crate::{
    number,
    reading::{Kind, Reading},
};
pub(crate) use holiday::Holiday;
pub(crate) use nth::{nth, nth_in, plain_weekday};
pub(crate) use period::{Edge, Period, parse as period};

/// A day, some of them only in relation to today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// So many days from today.
    Offset(i32),
    /// A full date.
    On(Date),
    /// A month and a day of any year.
    Yearly(i8, i8),
    /// Such a weekday, the first from today on; on that weekday itself it may be today's or the next.
    Coming(Weekday),
    /// The first such weekday after today, and said so.
    Following(Weekday),
    /// The last such weekday before today.
    Last(Weekday),
    /// "next friday", which may be this week's or the next's.
    Next(Weekday),
    /// The first day after today that is such a weekday and such a day of its month.
    Meeting(Weekday, i8),
    /// The n-th such weekday of a period; the last one for -1.
    Nth(i8, Weekday, Period),
    /// The first or the last day of a period.
    Edge(Edge, Period),
    /// A day that is none, or may be two.
    Unsure,
    /// A holiday, of a year if one was said.
    Holiday(Holiday, Option<i16>),
    /// A holiday so many years after this one.
    HolidayOf(Holiday, i16),
}

/// Which year a date without one belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Today or the next one.
    Next,
    /// Today or the last one.
    Last,
}

impl Day {
    /// The date, seen from `today`.
    pub(crate) fn date(&self, today: Date, lean: Lean) -> Option<Date> {
        match self {
            Self::Offset(days) => today.checked_add(days.days()).ok(),
            Self::On(date) => Some(*date),
            Self::Yearly(month, day) => {
                nearest(today, lean, |year| Date::new(year, *month, *day).ok())
            }
            Self::Coming(weekday) if today.weekday() == *weekday => None,
            Self::Coming(weekday) | Self::Following(weekday) => today.nth_weekday(1, *weekday).ok(),
            Self::Next(weekday) => next(today, *weekday),
            Self::Last(weekday) => today.nth_weekday(-1, *weekday).ok(),
            Self::Holiday(holiday, Some(year)) => holiday.date(*year),
            Self::Holiday(holiday, None) => nearest(today, lean, |year| holiday.date(year)),
            Self::HolidayOf(holiday, years) => holiday.date(today.year().checked_add(*years)?),
            Self::Meeting(weekday, day) => nth::met(today, *weekday, *day),
            Self::Nth(nth, weekday, period) => nth_in((*nth, *weekday, *period), today, lean),
            Self::Edge(edge, Period::Named(month, None)) => nearest(today, lean, |year| {
                Some(edge.of(Period::Named(*month, Some(year)).days(today)?))
            }),
            Self::Edge(edge, period) => Some(edge.of(period.days(today)?)),
            Self::Unsure => None,
        }
    }

    /// What a sentence calls it beside its date, if that says more than the date.
    pub(crate) fn name(&self) -> Option<&'static str> {
        match self {
            Self::Offset(0) => Some("today"),
            Self::Offset(1) => Some("tomorrow"),
            Self::Offset(-1) => Some("yesterday"),
            Self::Holiday(holiday, _) | Self::HolidayOf(holiday, _) => Some(holiday.name),
            _ => None,
        }
    }

    /// Whether it was said by a weekday alone, which today's date places.
    pub(crate) fn is_weekday(&self) -> bool {
        matches!(
            self,
            Self::Coming(_) | Self::Following(_) | Self::Last(_) | Self::Next(_)
        )
    }

    /// Whether the year was said or follows from today.
    pub(crate) fn is_definite(&self) -> bool {
        match self {
            Self::Yearly(..) | Self::Holiday(_, None) | Self::Unsure | Self::Meeting(..) => false,
            Self::Nth(_, _, period) | Self::Edge(_, period) => period.is_definite(),
            _ => true,
        }
    }
}

/// The weekday that is the first one after today, and next week's, whichever day weeks begin on.
fn next(today: Date, weekday: Weekday) -> Option<Date> {
    let coming = today.nth_weekday(1, weekday).ok()?;
    let ahead = i32::from(today.weekday().until(weekday));
    let from_monday = i32::from(weekday.to_monday_zero_offset())
        - i32::from(today.weekday().to_monday_zero_offset());
    let from_sunday = i32::from(weekday.to_sunday_zero_offset())
        - i32::from(today.weekday().to_sunday_zero_offset());
    let first = if ahead == 0 { 7 } else { ahead };
    (from_monday + 7 == first && from_sunday + 7 == first).then_some(coming)
}

fn nearest(today: Date, lean: Lean, of: impl Fn(i16) -> Option<Date>) -> Option<Date> {
    let year = today.year();
    match lean {
        Lean::Next => (year..year + 9).find_map(|year| of(year).filter(|date| *date >= today)),
        Lean::Last => (0..9).find_map(|back| of(year - back).filter(|date| *date <= today)),
    }
}

/// The days that start at `at`.
pub(crate) fn parse(reading: &Reading, at: usize) -> Vec<(usize, Day)> {
    let at = if reading.is(at, "on") { at + 1 } else { at };
    nth(reading, at)
        .or_else(|| nth::meeting(reading, at))
        .or_else(|| period::edge(reading, at).map(|(end, edge, of)| (end, Day::Edge(edge, of))))
        .or_else(|| relative(reading, at))
        .or_else(|| holiday::parse(reading, at))
        .or_else(|| numeric(reading, at))
        .or_else(|| weekday_before(reading, at))
        .or_else(|| with_month(reading, at))
        .into_iter()
        .collect()
}

fn relative(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    const WAYS: &[(&str, i32)] = &[
        ("the day after tomorrow", 2),
        ("day after tomorrow", 2),
        ("the day before yesterday", -2),
        ("day before yesterday", -2),
        ("today", 0),
        ("tomorrow", 1),
        ("yesterday", -1),
        ("now", 0),
    ];
    if let Some((phrase, days)) = WAYS
        .iter()
        .find(|(phrase, _)| reading.phrase(at, phrase).is_some())
    {
        return Some((at + phrase.split(' ').count(), Day::Offset(*days)));
    }
    // "the next monday" is the one that comes next.
    if reading.phrase(at, "the next").is_some() {
        let named = weekday(&reading.get(at + 2)?.text)?;
        return Some((at + 3, Day::Following(named)));
    }
    let which = reading.get(at)?.text.as_str();
    let (skip, make): (usize, fn(Weekday) -> Day) = match which {
        "this" => (1, Day::Coming),
        "coming" => (1, Day::Following),
        "last" => (1, Day::Last),
        "next" => (1, Day::Next),
        _ => (0, Day::Coming),
    };
    let day = weekday(&reading.get(at + skip)?.text)?;
    // "friday, 26 november" is a date, and says its weekday too.
    if skip == 0 && weekday_before(reading, at).is_some() {
        return None;
    }
    Some((at + skip + 1, make(day)))
}

/// The weekday that a word names.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "wednsday" | "wensday" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// The month that a word names.
pub(crate) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" | "febuary" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// A year of four digits.
pub(crate) fn year(reading: &Reading, at: usize) -> Option<i16> {
    let token = reading
        .get(at)
        .filter(|token| token.kind == Kind::Number && token.text.len() == 4 && !token.ordinal)?;
    token
        .integer()
        .and_then(|year| i16::try_from(year).ok())
        .filter(|year| *year >= 1583)
}

/// A weekday in front of a date, which must be the date's own.
fn weekday_before(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let named = weekday(&reading.get(at)?.text)?;
    let mut next = at + 1;
    while reading.is(next, ",") || reading.is(next, "the") {
        next += 1;
    }
    let (end, day) = with_month(reading, next).or_else(|| numeric(reading, next))?;
    match day {
        Day::On(date) if date.weekday() == named => Some((end, day)),
        _ => Some((end, Day::Unsure)),
    }
}

/// "26 November 2026", "the 26th of November", "November 26th, 2026".
fn with_month(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let at = if reading.is(at, "the") { at + 1 } else { at };
    let first = reading.get(at)?;
    let (next, month, day) = if let Some(month) = month(&first.text) {
        let next = if reading.is(at + 1, "the") {
            at + 2
        } else {
            at + 1
        };
        let (end, day) = day_of_month(reading, next)?;
        (end, month, day)
    } else {
        let (next, day) = day_of_month(reading, at)?;
        let next = if reading.is(next, "of") || reading.is(next, "-") {
            next + 1
        } else {
            next
        };
        (next + 1, month(&reading.get(next)?.text)?, day)
    };
    let comma = next
        + usize::from(reading.is(next, ",") || reading.is(next, "of") || reading.is(next, "-"));
    match year(reading, comma) {
        // A date that does not exist is understood, and refused.
        Some(year) => Some((
            comma + 1,
            Date::new(year, month, day).map_or(Day::Unsure, Day::On),
        )),
        None => Some((
            next,
            Date::new(2000, month, day).map_or(Day::Unsure, |_| Day::Yearly(month, day)),
        )),
    }
}

fn day_of_month(reading: &Reading, at: usize) -> Option<(usize, i8)> {
    let token = reading.get(at)?;
    if let Some(day) = token.integer().filter(|_| token.text.len() <= 2) {
        return Some((
            at + 1,
            i8::try_from(day)
                .ok()
                .filter(|day| (1..=31).contains(day))?,
        ));
    }
    if token.is("thirtieth") {
        return Some((at + 1, 30));
    }
    let tens: i8 = if token.is("twenty") {
        20
    } else if token.is("thirty") {
        30
    } else {
        0
    };
    let unit = at + usize::from(tens > 0);
    let unit = unit + usize::from(tens > 0 && reading.is(unit, "-"));
    let ending = reading.get(unit)?;
    let unit_day = i8::try_from(number::ordinal(ending)?).ok()?;
    let day = tens + unit_day;
    let fits = tens == 0 || unit_day < 10;
    (fits && day <= 31).then_some((unit + 1, day))
}

/// "sundays", "Fridays": a weekday that is counted.
pub(crate) fn weekdays(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let named = weekday(reading.get(at)?.text.strip_suffix('s')?)?;
    Some((at + 1, Day::Coming(named)))
}

/// "2026-11-26", "2026/11/26", and "25/12/2026" where only one order is a date.
fn numeric(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let separator = reading
        .get(at + 1)
        .filter(|token| token.is("-") || token.is("/") || token.is("."))?;
    let part = |ahead: usize| {
        let token = reading
            .get(at + ahead)
            .filter(|token| !token.ordinal && (ahead == 0 || !token.spaced))?;
        token.integer().map(|value| (value, token.text.len()))
    };
    if separator.spaced || !reading.is(at + 3, &separator.text) || reading.get(at + 3)?.spaced {
        return None;
    }
    let ((first, first_width), (second, second_width), (third, third_width)) =
        (part(0)?, part(2)?, part(4)?);
    let date = |year: i64, month: i64, day: i64| {
        Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        )
        .ok()
    };
    let day = match (first_width, second_width, third_width) {
        (4, 1..=2, 1..=2) => date(first, second, third).map_or(Day::Unsure, Day::On),
        (1..=2, 1..=2, 4) => match (date(third, first, second), date(third, second, first)) {
            (Some(american), Some(european)) if american == european => Day::On(american),
            (Some(only), None) | (None, Some(only)) => Day::On(only),
            _ => Day::Unsure,
        },
        _ => return None,
    };
    Some((at + 5, day))
}

/// "Thursday, 26 November 2026".
pub(crate) fn written(date: Date) -> String {
    format!(
        "{}, {}",
        weekday_name(date.weekday()),
        without_weekday(date)
    )
}

/// "26 November 2026".
pub(crate) fn without_weekday(date: Date) -> String {
    format!(
        "{} {} {}",
        date.day(),
        month_name(date.month()),
        date.year()
    )
}

/// "Thursday".
pub(crate) fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// "November".
pub(crate) fn month_name(month: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1)
        .ok()
        .and_then(|index| NAMES.get(index))
        .copied()
        .unwrap_or("")
}

#[cfg(test)]
mod tests;
