//! Months, quarters and years as people name them: "this month", "december 2026", "the year".

use jiff::{ToSpan, civil::Date};

use super::{month, month_name, year};
use crate::{figures, reading::Reading};

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// The month so many months from this one.
    Month(i32),
    /// The calendar quarter so many quarters from this one.
    Quarter(i32),
    /// The year so many years from this one.
    Year(i16),
    /// A month by its name, of a year if one was said.
    Named(i8, Option<i16>),
    /// A year by its number.
    Numbered(i16),
}

/// The part of a period that a day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    First,
    Last,
}

impl Period {
    /// Its first and its last day. A month without a year is this one, or the next of that name.
    pub(crate) fn days(self, today: Date) -> Option<(Date, Date)> {
        let month_from = |first: Date, months: i64| {
            let first = first.checked_add(months.months()).ok()?;
            Some((first, first.last_of_month()))
        };
        let year = |year: i16| Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?));
        match self {
            Self::Month(ahead) => month_from(today.first_of_month(), ahead.into()),
            Self::Quarter(ahead) => {
                let into = i64::from((today.month() - 1) % 3);
                let first = today.first_of_month().checked_sub(into.months()).ok()?;
                let first = first.checked_add((i64::from(ahead) * 3).months()).ok()?;
                Some((first, first.checked_add(2.months()).ok()?.last_of_month()))
            }
            Self::Year(ahead) => year(today.year().checked_add(ahead)?),
            Self::Named(month, said) => {
                let over = i16::from(month < today.month());
                let first = Date::new(said.unwrap_or(today.year() + over), month, 1).ok()?;
                Some((first, first.last_of_month()))
            }
            Self::Numbered(number) => year(number),
        }
    }

    /// "November 2026", "2026", "the fourth quarter of 2026".
    pub(crate) fn named(self, today: Date) -> Option<String> {
        let (first, _) = self.days(today)?;
        Some(match self {
            Self::Month(_) | Self::Named(..) => {
                format!("{} {}", month_name(first.month()), first.year())
            }
            Self::Quarter(_) => {
                let number = u32::try_from((first.month() - 1) / 3 + 1).ok()?;
                let which = figures::ordinal(number);
                format!("the {which} quarter of {}", first.year())
            }
            Self::Year(_) | Self::Numbered(_) => first.year().to_string(),
        })
    }

    /// Whether it is the same one whenever it is asked for.
    pub(crate) fn is_definite(self) -> bool {
        !matches!(self, Self::Named(_, None))
    }
}

impl Edge {
    /// That day of a period.
    pub(crate) fn of(self, (first, last): (Date, Date)) -> Date {
        match self {
            Self::First => first,
            Self::Last => last,
        }
    }
}

/// "this month", "the quarter", "next year", "december", "december of 2026", "2026".
pub(crate) fn parse(reading: &Reading, at: usize) -> Option<(usize, Period)> {
    let said_month = usize::from(reading.is(at, "the")) + usize::from(reading.is(at + 1, "month"));
    let start = if said_month == 2 && reading.is(at + 2, "of") {
        at + 3
    } else {
        at
    };
    if let Some(month) = reading.get(start).and_then(|token| month(&token.text)) {
        let of = start + 1 + usize::from(reading.is(start + 1, "of") || reading.is(start + 1, ","));
        return Some(match year(reading, of) {
            Some(year) => (of + 1, Period::Named(month, Some(year))),
            None => (start + 1, Period::Named(month, None)),
        });
    }
    let number = if reading.phrase(at, "the year").is_some() {
        at + 2
    } else {
        at
    };
    if let Some(year) = year(reading, number) {
        return Some((number + 1, Period::Numbered(year)));
    }
    let ahead = match reading.get(at)?.text.as_str() {
        "this" | "the" => 0,
        "next" => 1,
        "last" => -1,
        _ => return unit(reading, at, 0),
    };
    let current = usize::from(ahead == 0 && reading.is(at + 1, "current"));
    unit(reading, at + 1 + current, ahead)
}

fn unit(reading: &Reading, at: usize, ahead: i16) -> Option<(usize, Period)> {
    let calendar = usize::from(reading.is(at, "calendar"));
    let period = match reading.get(at + calendar)?.text.as_str() {
        "month" => Period::Month(ahead.into()),
        "quarter" => Period::Quarter(ahead.into()),
        "year" => Period::Year(ahead),
        _ => return None,
    };
    Some((at + calendar + 1, period))
}

/// "the end of the quarter", "the last day of next month", "the beginning of 2027".
pub(crate) fn edge(reading: &Reading, at: usize) -> Option<(usize, Edge, Period)> {
    const WAYS: &[(&str, Edge)] = &[
        ("end of", Edge::Last),
        ("last day of", Edge::Last),
        ("last day in", Edge::Last),
        ("final day of", Edge::Last),
        ("start of", Edge::First),
        ("beginning of", Edge::First),
        ("first day of", Edge::First),
        ("first day in", Edge::First),
        ("1 day of", Edge::First),
    ];
    let at = at + usize::from(reading.is(at, "the"));
    let (length, edge) = WAYS
        .iter()
        .find_map(|(phrase, edge)| Some((reading.phrase(at, phrase)?, *edge)))?;
    let (end, period) = parse(reading, at + length)?;
    Some((end, edge, period))
}
