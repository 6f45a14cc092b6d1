//! How many days, weeks, weekdays or weekends a month, a quarter or a year has, and how many are left.

use jiff::civil::{Date, Weekday};

use super::{between, today_here};
use crate::{
    Context, day, figures,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "remain",
        "(left|remaining|remain|to go|still left|are left|are remaining|is left)",
    ),
    (
        "work",
        "(business days|working days|work days|workdays|weekdays|week days)",
    ),
    (
        "howmany",
        "(how many|number of|the number of|what is the number of|count the|count)",
    ),
    (
        "exist",
        "[are|is|r|do we have|do i have|were|will be] [there]",
    ),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<howmany>] (days|calendar days) <exist> <remain> [in|of|until the end of|for] {period}",
        say: days_left,
    },
    Rule {
        pattern: "[<howmany>] days (of|in) {period} <exist> <remain>",
        say: days_left,
    },
    Rule {
        pattern: "[<howmany>] weeks <exist> <remain> [in|of|for] {period}",
        say: weeks_left,
    },
    Rule {
        pattern: "[<howmany>] <work> <exist> <remain> [in|of|for] {period}",
        say: work_left,
    },
    Rule {
        pattern: "[<howmany>] <work> (of|in) {period} <exist> <remain>",
        say: work_left,
    },
    Rule {
        pattern: "[<howmany>] (weekends|weekend) <exist> <remain> [in|of|for] {period}",
        say: weekends_left,
    },
    Rule {
        pattern: "[<howmany>] <work> <exist> [in] {period} [have]",
        say: work,
    },
    Rule {
        pattern: "<howmany> weeks <exist> in {period}",
        say: weeks,
    },
    Rule {
        pattern: "<howmany> days <exist> in {stretch}",
        say: days,
    },
    Rule {
        pattern: "<howmany> (business|working|work|week) days (until|till|til|to|before|up to) {day}",
        say: work_until,
    },
    Rule {
        pattern: "[<howmany>] <work> <exist> [left] (until|till|til|to|before|up to) {day}",
        say: work_until,
    },
];

/// What working days are taken to be.
const MONDAY_TO_FRIDAY: &str = "counting Monday to Friday only; public holidays are not taken off";

/// The last day of a period that today is in, and its name.
fn current(found: &Match<'_>, today: Date) -> Option<(Date, String)> {
    let period = found.period(0)?;
    let (first, last) = period.days(today)?;
    let inside = (first..=last).contains(&today);
    inside.then_some((last, period.named(today)?))
}

/// Mondays to Fridays after `from`, to `to` and with it.
fn working_after(from: Date, to: Date) -> Option<i64> {
    between::working(from.tomorrow().ok()?, between::days_between(from, to)?)
}

fn days_left(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let (last, name) = current(found, today)?;
    let days = between::days_between(today, last)?;
    Some(format!(
        "{} left in {name} after today.",
        figures::count(days, "day")
    ))
}

fn weeks_left(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let (last, name) = current(found, today)?;
    let days = between::days_between(today, last).filter(|days| *days > 0)?;
    Some(format!(
        "{} left in {name} after today.",
        between::weeks(days)
    ))
}

/// After today; on a weekday, with today beside it.
fn work_left(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let (last, name) = current(found, today)?;
    let left = working_after(today, last)?;
    let with_today = if between::is_weekend(today) {
        String::new()
    } else {
        format!(" ({} with today)", left + 1)
    };
    Some(format!(
        "{} left in {name} after today{with_today}, {MONDAY_TO_FRIDAY}.",
        figures::count(left, "weekday"),
    ))
}

/// Weekends of which both days are to come; on a weekend itself that is not said in one number.
fn weekends_left(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let (last, name) = current(found, today)?;
    let halved = last.weekday() == Weekday::Saturday;
    if between::is_weekend(today) || halved {
        return None;
    }
    let days = between::days_between(today, last)?;
    let saturdays = (days + 7 - i64::from(today.weekday().until(Weekday::Saturday))) / 7;
    let count = figures::count(saturdays, "weekend");
    Some(format!("{count} left in {name}."))
}

/// A period of the calendar as the question names it; "the year" without a number is any.
fn whole(found: &Match<'_>, context: &Context<'_>) -> Option<(Date, Date, String)> {
    let period = found.period(0)?;
    let any = match period {
        day::Period::Month(0) | day::Period::Quarter(0) | day::Period::Year(0) => {
            !found.has(&["this", "current"])
        }
        // A month has as many in some years as in others, and which year is meant is not said.
        day::Period::Named(_, None) => true,
        day::Period::Numbered(_) | day::Period::Named(_, Some(_)) => {
            let (first, last) = period.days(Date::constant(2026, 1, 1))?;
            return Some((first, last, period.named(Date::constant(2026, 1, 1))?));
        }
        _ => false,
    };
    let today = today_here(context)?;
    let (first, last) = period.days(today).filter(|_| !any)?;
    Some((first, last, period.named(today)?))
}

fn work(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, last, name) = whole(found, context)?;
    let days = between::working(first, between::days_between(first, last)? + 1)?;
    let count = figures::count(days, "weekday");
    let name = figures::capitalised(&name);
    Some(format!("{name} has {count}, {MONDAY_TO_FRIDAY}."))
}

/// Weeks and days of a year or a quarter, and the weeks that ISO 8601 counts for a year.
fn weeks(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, last, name) = whole(found, context)?;
    let days = between::days_between(first, last)? + 1;
    let name = figures::capitalised(&name);
    let iso = if days >= 365 {
        let weeks = Date::new(first.year(), 12, 28).ok()?.iso_week_date().week();
        format!("; its ISO calendar has {weeks} weeks")
    } else {
        String::new()
    };
    Some(format!("{name} has {}{iso}.", between::weeks(days)))
}

fn days(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, last, name) = whole(found, context)?;
    let days = between::days_between(first, last)? + 1;
    let name = figures::capitalised(&name);
    Some(format!("{name} has {}.", figures::count(days, "day")))
}

/// After today, up to the day itself.
fn work_until(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let date = super::resolve(found.day(0)?, context, day::Lean::Next)?;
    between::days_between(today, date).filter(|days| *days > 0)?;
    let count = working_after(today, date)?;
    let itself = if between::is_weekend(date) {
        ""
    } else {
        ", with the last day and without today"
    };
    Some(format!(
        "{} until {}{itself}, {MONDAY_TO_FRIDAY}.",
        figures::count(count, "weekday"),
        between::named(found.day(0)?, date),
    ))
}
