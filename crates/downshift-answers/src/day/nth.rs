//! The n-th weekday of a month of a year, and weekdays alone.

use jiff::civil::Date;

use super::{Day, month, weekday, year};
use crate::reading::Reading;

/// "last friday of december 2026", "the third wednesday in may 2027", with its year.
pub(crate) fn nth(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    const WORDS: &[(&str, i64)] = &[
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fourth", 4),
        ("fifth", 5),
        ("last", -1),
        ("final", -1),
    ];
    let at = at + usize::from(reading.is(at, "the"));
    let token = reading.get(at)?;
    let spoken = WORDS
        .iter()
        .find_map(|(word, nth)| token.is(word).then_some(*nth));
    let nth = spoken.or_else(|| {
        token
            .integer()
            .filter(|nth| token.ordinal && (1..=5).contains(nth))
    })?;
    let weekday = weekday(&reading.get(at + 1)?.text)?;
    if !(reading.is(at + 2, "of") || reading.is(at + 2, "in")) {
        return None;
    }
    let month = month(&reading.get(at + 3)?.text)?;
    let of = usize::from(reading.is(at + 4, "of") || reading.is(at + 4, ","));
    let year = year(reading, at + 4 + of)?;
    // A fifth that the month does not have is understood, and refused.
    let day = Date::new(year, month, 1)
        .ok()?
        .nth_weekday_of_month(i8::try_from(nth).ok()?, weekday)
        .map_or(Day::Unsure, Day::On);
    Some((at + 5 + of, day))
}

/// A weekday by its name alone.
pub(crate) fn plain_weekday(reading: &Reading, at: usize) -> Option<(usize, Day)> {
    let weekday = weekday(&reading.get(at)?.text)?;
    Some((at + 1, Day::Coming(weekday)))
}
