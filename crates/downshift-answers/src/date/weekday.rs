//! The n-th weekday of a month, and whether a day is a stated weekday.

use super::{is_past, resolve, tense};
use crate::{Context, day, day::Lean, pattern::Match};

/// "The last Friday of December 2026 is 25 December 2026."
pub(super) fn nth_day(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    let mut starts = 0..found.reading.tokens.len();
    let (start, date) = starts.find_map(|at| match day::nth(found.reading, at)? {
        (_, day::Day::On(date)) => Some((at, date)),
        _ => None,
    })?;
    let last =
        (start..start + 2).any(|at| found.reading.is(at, "last") || found.reading.is(at, "final"));
    let nth = usize::try_from((date.day() - 1) / 7).ok()?;
    let ordinal = if last { "last" } else { ORDINALS.get(nth)? };
    Some(format!(
        "The {ordinal} {} of {} {} {} {}.",
        day::weekday_name(date.weekday()),
        day::month_name(date.month()),
        date.year(),
        tense(date, context),
        day::without_weekday(date)
    ))
}

/// "was 14 march 1990 a wednesday".
pub(super) fn is_weekday(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (named, day::Day::Coming(asked)) = (found.day(0)?, found.day(1)?) else {
        return None;
    };
    let is_weekday = matches!(
        named,
        day::Day::Coming(_) | day::Day::Last(_) | day::Day::Next(_)
    );
    if is_weekday || is_past(found) && !named.is_definite() {
        return None;
    }
    let date = resolve(named, context, Lean::Next)?;
    let answer = if date.weekday() == *asked {
        "Yes"
    } else {
        "No"
    };
    Some(format!(
        "{answer}, {} {} a {}.",
        day::without_weekday(date),
        tense(date, context),
        day::weekday_name(date.weekday())
    ))
}
