//! The n-th weekday of a month or a year, days that are a weekday and a date, and weekdays alone.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{Day, Lean, Period, nearest, period, weekday};
use crate::{number, reading::Reading};

/// "last friday of december 2026", "the third wednesday in may", "first monday of next month".
pub(crate) fn nth(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let at = at + usize::from(reading.is(at, "the"));
    let token = reading.get(at)?;
    let nth = if token.is("last") || token.is("final") {
        -1
    } else {
        let written = || token.integer().filter(|_| token.ordinal);
        let nth = number::ordinal(token).or_else(written)?;
        Some(nth).filter(|nth| (1..=5).contains(nth))?
    };
    let weekday = weekday(&reading.get(at + 1)?.text)?;
    if !(reading.is(at + 2, "of") || reading.is(at + 2, "in")) {
        return None;
    }
    let (end, period) = period::parse(reading, at + 3)?;
    Some((end, Day::Nth(i8::try_from(nth).ok()?, weekday, period)))
}

/// The n-th such weekday of a period, or the last one for -1; a fifth that it does not have is none.
pub(crate) fn nth_in(
    (nth, weekday, period): (i8, Weekday, Period),
    today: Date,
    lean: Lean,
) -> Option<Date> {
    let of = |(first, last): (Date, Date)| {
        let before = first.yesterday().ok()?;
        let found = match nth {
            -1 => last.tomorrow().ok()?.nth_weekday(-1, weekday).ok()?,
            _ => before.nth_weekday(nth.into(), weekday).ok()?,
        };
        (first..=last).contains(&found).then_some(found)
    };
    match period {
        Period::Named(month, None) => nearest(today, lean, |year| {
            of(Period::Named(month, Some(year)).days(today)?)
        }),
        _ => of(period.days(today)?),
    }
}

/// "next friday the 13th": the first day after today that is both.
pub(super) fn meeting(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let at = at + usize::from(reading.is(at, "the"));
    let next = at + usize::from(reading.is(at, "next"));
    let named = weekday(&reading.get(next)?.text)?;
    let the = next + 1 + usize::from(reading.is(next + 1, "the"));
    let ordinal = reading.get(the).filter(|token| token.ordinal)?;
    let day = i8::try_from(ordinal.integer()?).ok()?;
    // A month behind it makes another date of it.
    let alone = !reading.is(the + 1, "of")
        && reading
            .get(the + 1)
            .is_none_or(|token| super::month(&token.text).is_none());
    ((1..=31).contains(&day) && alone).then_some((the + 1, Day::Meeting(named, day)))
}

/// The first day after `today` that is such a weekday and such a day of its month. On such a day itself it
/// may be today that is meant, so there is none.
pub(super) fn met(today: Date, weekday: Weekday, day: i8) -> Option<Date> {
    if (today.weekday(), today.day()) == (weekday, day) {
        return None;
    }
    let weeks = today.nth_weekday(1, weekday).ok()?.series(7.days());
    weeks.take(400).find(|date| date.day() == day)
}

/// A weekday by its name alone.
pub(crate) fn plain_weekday(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let weekday = weekday(&reading.get(at)?.text)?;
    Some((at + 1, Day::Coming(weekday)))
}
