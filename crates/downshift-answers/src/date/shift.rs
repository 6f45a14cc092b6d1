//! A date so long before or after another.

use jiff::civil;

use super::{between, resolve, tense, today_here};
use crate::{
    Context, day,
    day::Lean,
    figures, number,
    pattern::{Match, Rule},
    span,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "in {span} [from now|from today|,] [,] what (will the date be|date will it be|day will it be|will be the date)",
        say: ahead,
    },
    Rule {
        pattern: "what (the date will be|date it will be|day it will be|the date is) [in] {span} [from now|from today]",
        say: ahead,
    },
    Rule {
        pattern: "(the date|the date it will be|what date it will be|what date will it be|which day will it be|what would the date be|what day is it gonna be) [in] {span} [from now|from today]",
        say: ahead,
    },
    Rule {
        pattern: "{span} from (today|now) [,] what (will the date be|date will it be|day will it be)",
        say: ahead,
    },
    Rule {
        pattern: "(what date|what day|when) (is|will it be|was it|is it) {span} (from|after) {day}",
        say: after,
    },
    Rule {
        pattern: "(what date|what day|when|what is the date|what will the date be|what is|what date is it|what) (is|will be|would be|) {span} (from|after) {day}",
        say: after,
    },
    Rule {
        pattern: "(what date|what day|when|what is the date|what) (was|is|would be|) {span} (before|prior to) {day}",
        say: before,
    },
    Rule {
        pattern: "[date|the date] {span} (from|after) {day}",
        say: after,
    },
    Rule {
        pattern: "what (was|is|will be|would be|would) the date [be] {span} (from|after) {day}",
        say: after,
    },
    Rule {
        pattern: "what (was|is|would be|would) the date [be] {span} (before|prior to) {day}",
        say: before,
    },
    Rule {
        pattern: "(what|which) (day of the week|weekday|day of week) (is it|will it be|is|would it be) {span} (from|after) {day}",
        say: after,
    },
    Rule {
        pattern: "(what|which) (day of the week|weekday|day of week) (was it|was) {span} ago [today]",
        say: ago,
    },
    Rule {
        pattern: "(what|which) (day of the week|weekday|day of week) (will it be|is it) in {span} [from now]",
        say: ahead,
    },
    Rule {
        pattern: "date in {span} [from now]",
        say: ahead,
    },
    Rule {
        pattern: "{span} before {day}",
        say: before,
    },
    Rule {
        pattern: "(what date|what day|when) (was it|was|is|) {span} ago [today]",
        say: ago,
    },
    Rule {
        pattern: "what (is|was) the date {span} ago",
        say: ago,
    },
    Rule {
        pattern: "(what date|what day) (will it be|is it|is) in {span} [from now|time]",
        say: ahead,
    },
    Rule {
        pattern: "(what is|what will be|what will) the date [be] in {span} [from now|time]",
        say: ahead,
    },
    Rule {
        pattern: "(what is|what date is|when is|what day is|what|date|) {count} <workdays> (from|after) {day}",
        say: working_days_after,
    },
    Rule {
        pattern: "(what date is|what day is|what will the date be|what date will it be) in {count} <workdays>",
        say: working_days_ahead,
    },
    Rule {
        pattern: "(add|what is|calculate) {span} to {day}",
        say: after,
    },
    Rule {
        pattern: "[what is|calculate] {day} (plus|+) {span}",
        say: after,
    },
    Rule {
        pattern: "[what is|calculate] {day} (minus|-) {span}",
        say: before,
    },
    Rule {
        pattern: "subtract {span} from {day}",
        say: before,
    },
];

pub(super) fn after(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    moved(found, context, false)
}

pub(super) fn before(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    moved(found, context, true)
}

fn moved(found: &Match<'_>, context: &Context<'_>, back: bool) -> Option<String> {
    let named = found.day(0)?;
    let from = resolve(named, context, Lean::Next)?;
    let date = shift(from, found.span(0)?, back)?;
    if is_cut(found.span(0)?, (from, date), named.is_definite()) {
        return None;
    }
    let relation = if back { "before" } else { "after" };
    let name = match named {
        day::Day::Offset(0) => {
            if back {
                "ago".to_owned()
            } else {
                "from today".to_owned()
            }
        }
        _ => format!(
            "{relation} {}",
            match named.name() {
                Some(name) => format!("{name} ({})", day::without_weekday(from)),
                None => day::without_weekday(from),
            }
        ),
    };
    let verb = tense(date, context);
    Some(format!(
        "{} {name} {verb} {}.",
        span::written(found.span(0)?)?,
        day::written(date)
    ))
}

/// Whether a month was too short for its day, and by how much hangs on a year that was not said.
fn is_cut(length: &span::Length, (from, date): (civil::Date, civil::Date), definite: bool) -> bool {
    let parts = [span::Part::Year, span::Part::Month];
    let months = length.iter().all(|(_, part)| parts.contains(part));
    months && date.day() != from.day() && !definite
}

pub(super) fn ago(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let date = shift(today_here(context)?, found.span(0)?, true)?;
    Some(format!(
        "{} ago was {}.",
        span::written(found.span(0)?)?,
        day::written(date)
    ))
}

pub(super) fn ahead(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let date = shift(today_here(context)?, found.span(0)?, false)?;
    Some(format!(
        "{} from today is {}.",
        span::written(found.span(0)?)?,
        day::written(date)
    ))
}

pub(super) fn working_days_after(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let from = resolve(found.day(0)?, context, Lean::Next)?;
    said_working_days(found, from, context)
}

fn working_days_ahead(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    said_working_days(found, today_here(context)?, context)
}

/// Monday to Friday; holidays are not known here, and that is said.
fn said_working_days(
    found: &Match<'_>,
    from: civil::Date,
    context: &Context<'_>,
) -> Option<String> {
    let count = number::integer_in(found.number(0)?, 1..=5_000)?;
    let mut date = from;
    let mut left = count;
    while left > 0 {
        date = date.tomorrow().ok()?;
        left -= i64::from(!between::is_weekend(date));
    }
    Some(format!(
        "{} after {} {} {}, counting Monday to Friday only; public holidays are not taken off.",
        figures::count(count, "weekday"),
        day::without_weekday(from),
        tense(date, context),
        day::written(date),
    ))
}

/// A date so many whole days, weeks, months or years later or earlier.
fn shift(from: civil::Date, length: &span::Length, back: bool) -> Option<civil::Date> {
    if length.iter().any(|(_, part)| *part > span::Part::Day) {
        return None;
    }
    let step = span::calendar(length)?;
    let moved = if back {
        from.checked_sub(step)
    } else {
        from.checked_add(step)
    }
    .ok()?;
    (1583..=9999).contains(&moved.year()).then_some(moved)
}
