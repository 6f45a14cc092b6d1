//! How far apart two days are.

use jiff::civil::{Date, Weekday};

use super::{resolve, today_here};
use crate::{
    Context, day,
    day::{Day, Lean},
    figures,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[calculate|what is] how many days [are|is|r] [there] [left] (until|till|til|to|before|up to) {day}",
        say: until,
    },
    Rule {
        pattern: "(number of days|days|the number of days|day count|days left|days remaining|countdown) (until|till|to|before) {day}",
        say: until,
    },
    Rule {
        pattern: "how (long|far) (is it|is there|) (until|till|to|before) {day} [in days]",
        say: until,
    },
    Rule {
        pattern: "how far away is {day}",
        say: until,
    },
    Rule {
        pattern: "how many days (away is|away from|off is|from now is|until it is|till it is|remain until|remaining until) {day}",
        say: until,
    },
    Rule {
        pattern: "how many (more|) (days) (until|till|to) {day}",
        say: until,
    },
    Rule {
        pattern: "how many sleeps (until|till|to) {day}",
        say: until,
    },
    Rule {
        pattern: "how many weeks [are|is] [there] [left] (until|till|to|before) {day}",
        say: weeks_until,
    },
    Rule {
        pattern: "how many (months) (until|till) {day}",
        say: refuse,
    },
    Rule {
        pattern: "how many days (have passed|passed|have gone by|has it been|is it|have elapsed|it has been) since {day}",
        say: since,
    },
    Rule {
        pattern: "how many days (since|ago was) {day}",
        say: since,
    },
    Rule {
        pattern: "(number of days|days|the number of days) since {day}",
        say: since,
    },
    Rule {
        pattern: "how long ago was {day}",
        say: since,
    },
    Rule {
        pattern: "how many days (are|is|were|) [there] (between|from) {day} (and|to|until|till|through) {day}",
        say: between,
    },
    Rule {
        pattern: "[what is|calculate|find] [the] (number of days|days|difference in days|day difference|difference) (between|from) {day} (and|to|until|till) {day} [in days]",
        say: between,
    },
    Rule {
        pattern: "how (long|far) (is it|is there|) (between|from) {day} (and|to|until) {day}",
        say: between,
    },
    Rule {
        pattern: "how many weeks (are|is|) [there] (between|from) {day} (and|to|until) {day}",
        say: weeks_between,
    },
    Rule {
        pattern: "how many (working|business|week|work) days (are|is|) [there] (between|from) {day} (and|to|until) {day}",
        say: working_days,
    },
    Rule {
        pattern: "[what is] [the] [number of] <workdays> (between|from) {day} (and|to|until|till|through) {day}",
        say: working_days,
    },
    Rule {
        pattern: "how many weekdays (are|is|) [there] (between|from) {day} (and|to|until) {day}",
        say: working_days,
    },
];

fn refuse(_: &Match<'_>, _: &Context<'_>) -> Option<String> {
    None
}

/// "Christmas Day (25 December 2026)", "26 November 2026".
pub(super) fn named(day: &Day, date: Date) -> String {
    match day.name() {
        Some(name @ ("today" | "tomorrow" | "yesterday")) => name.to_owned(),
        Some(name) => format!("{name} ({})", day::without_weekday(date)),
        None => day::without_weekday(date),
    }
}

pub(super) fn days_between(from: Date, to: Date) -> Option<i64> {
    Some(i64::from(from.until(to).ok()?.get_days()))
}

pub(super) fn until(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day = found.day(0)?;
    let today = today_here(context)?;
    let date = resolve(day, context, Lean::Next)?;
    let days = days_between(today, date)?;
    match days {
        ..0 => None,
        0 if matches!(day, Day::Offset(_)) => None,
        0 => Some(format!("{} is today.", named(day, date))),
        _ => Some(format!(
            "{} until {}.",
            figures::count(days, "day"),
            named(day, date)
        )),
    }
}

pub(super) fn weeks_until(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day = found.day(0)?;
    let date = resolve(day, context, Lean::Next)?;
    let days = days_between(today_here(context)?, date).filter(|days| *days > 0)?;
    Some(format!("{} until {}.", weeks(days), named(day, date)))
}

pub(super) fn weeks_since(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day = found.day(0)?;
    let date = resolve(day, context, Lean::Last)?;
    let days = days_between(date, today_here(context)?).filter(|days| *days > 0)?;
    Some(format!("{} since {}.", weeks(days), named(day, date)))
}

pub(super) fn months_until(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day = found.day(0)?;
    let today = today_here(context)?;
    let date = resolve(day, context, Lean::Next).filter(|date| *date > today)?;
    Some(format!(
        "{} until {}.",
        months(today, date)?,
        named(day, date)
    ))
}

pub(super) fn months_between(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (from, to, text) = ends(found, context)?;
    Some(format!("{} {text}.", months(from, to)?))
}

/// "6 months and 7 days (188 days)".
fn months(from: Date, to: Date) -> Option<String> {
    let apart = from.until((jiff::Unit::Month, to)).ok()?;
    let (months, days) = (i64::from(apart.get_months()), i64::from(apart.get_days()));
    let whole = figures::count(months, "month");
    Some(match (months, days) {
        (0, _) => figures::count(days, "day"),
        (_, 0) => whole,
        _ => format!(
            "{whole} and {} ({})",
            figures::count(days, "day"),
            figures::count(days_between(from, to)?, "day")
        ),
    })
}

/// "how many months between march 2025 and november 2026".
pub(super) fn months_of_years(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let first = |nth: usize| {
        let year = crate::number::integer_in(found.number(nth)?, 1583..=9999)?;
        Date::new(i16::try_from(year).ok()?, *found.month(nth)?, 1).ok()
    };
    let (from, to) = (first(0)?, first(1)?);
    let name = |date: Date| format!("{} {}", day::month_name(date.month()), date.year());
    let text = format!("from {} to {}", name(from), name(to));
    Some(format!("{} {text}.", months(from.min(to), from.max(to))?))
}

/// "3 weeks and 2 days (23 days)".
pub(super) fn weeks(days: i64) -> String {
    match (days / 7, days % 7) {
        (0, _) => figures::count(days, "day"),
        (weeks, 0) => figures::count(weeks, "week"),
        (weeks, rest) => {
            format!(
                "{} and {} ({})",
                figures::count(weeks, "week"),
                figures::count(rest, "day"),
                figures::count(days, "day")
            )
        }
    }
}

pub(super) fn since(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let day = found.day(0)?;
    let date = resolve(day, context, Lean::Last)?;
    let days = days_between(date, today_here(context)?).filter(|days| *days >= 0)?;
    Some(match days {
        0 => format!("{} is today.", named(day, date)),
        _ => format!(
            "{} since {}.",
            figures::count(days, "day"),
            named(day, date)
        ),
    })
}

/// Both ends; the later one first is read as a distance, too.
fn ends(found: &Match<'_>, context: &Context<'_>) -> Option<(Date, Date, String)> {
    let (first, second) = (found.day(0)?, found.day(1)?);
    // Two dates without a year are in one year; which one matters only over a 29 February.
    let undated = |day: &Day| matches!(day, Day::Yearly(..));
    if undated(first) != undated(second)
        && !(matches!(first, Day::Offset(_)) || matches!(second, Day::Offset(_)))
    {
        return None;
    }
    let from = resolve(first, context, Lean::Next)?;
    let to = match second {
        Day::Yearly(..) | Day::Holiday(_, None) => second.date(from, Lean::Next)?,
        _ => resolve(second, context, Lean::Next)?,
    };
    // "from tuesday to thursday", asked in between, is no way back.
    if second.is_weekday() && to <= from && *first != Day::Offset(0) {
        return None;
    }
    let text = format!("between {} and {}", named(first, from), named(second, to));
    Some((from.min(to), from.max(to), text))
}

pub(super) fn between(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    // "through" counts the last day, and maybe the first.
    if found.has(&["through", "thru"]) {
        return None;
    }
    let (from, to, text) = ends(found, context)?;
    let days = days_between(from, to)?;
    Some(format!("{} {text}.", figures::count(days, "day")))
}

pub(super) fn weeks_between(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (from, to, text) = ends(found, context)?;
    Some(format!("{} {text}.", weeks(days_between(from, to)?)))
}

/// Mondays to Fridays, both ends counted, which the answer says.
pub(super) fn working_days(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (from, to, text) = ends(found, context)?;
    let working = working(from, days_between(from, to)? + 1)?;
    Some(format!(
        "{} {text}, counting both and Monday to Friday only; public holidays are not taken off.",
        figures::count(working, "weekday")
    ))
}

/// Mondays to Fridays among so many days, the first of them `from`.
pub(super) fn working(from: Date, days: i64) -> Option<i64> {
    let first = i64::from(from.weekday().to_monday_zero_offset());
    let rest = (0..days % 7).filter(|step| (first + step) % 7 < 5).count();
    Some(days / 7 * 5 + i64::try_from(rest).ok()?)
}

/// Whether a date is on a weekend.
pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
