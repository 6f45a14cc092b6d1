//! Facts of the calendar: leap years, weeks, lengths of months.

use jiff::civil;

use super::{resolve, tense, today_here};
use crate::{
    Context, day,
    day::Lean,
    number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(is|was|will) [the year] {count} [be] [a] (leap year|leap yr) [or not]",
        say: leap,
    },
    Rule {
        pattern: "is {count} leap",
        say: leap,
    },
    Rule {
        pattern: "is (this year|it) a (leap year|leap yr) [or not]",
        say: leap_now,
    },
    Rule {
        pattern: "(when|what) is the next leap year",
        say: next_leap,
    },
    Rule {
        pattern: "(what|which) year is the next leap year",
        say: next_leap,
    },
    Rule {
        pattern: "(when|what) (was|is) the (last|previous|most recent) leap year",
        say: last_leap,
    },
    Rule {
        pattern: "(what|which) year was the (last|previous|most recent) leap year",
        say: last_leap,
    },
    Rule {
        pattern: "how many days (are|is|were|) [there] in [the year] {count}",
        say: days_in_year,
    },
    Rule {
        pattern: "how many days (are|is|does|) [there] in a (leap year|leap-year)",
        say: leap_days,
    },
    Rule {
        pattern: "how many days (are|is|were|will be|) [there] in [the month of] {month} [of] [{count}]",
        say: days_in_month,
    },
    Rule {
        pattern: "(number of days|the number of days|what is the number of days|days) in [the month of] {month} [of] [{count}]",
        say: days_in_month,
    },
    Rule {
        pattern: "how many days (are|is|) [there] in (this|the current|next) month",
        say: days_in_this_month,
    },
    Rule {
        pattern: "how many iso weeks (are|is|) [there] in [the year] {count}",
        say: iso_weeks,
    },
    Rule {
        pattern: "how many iso weeks does [the year] {count} have",
        say: iso_weeks,
    },
    Rule {
        pattern: "how many days does {month} have [in {count}]",
        say: days_in_month,
    },
    Rule {
        pattern: "(what|which) (week|week number|calendar week|iso week) (is it|is this|are we in|of the year is it|number is it|is today) [now|currently|today]",
        say: week,
    },
    Rule {
        pattern: "[what is] [the] (current|current iso|iso current) (week|week number) [of the year]",
        say: week,
    },
    Rule {
        pattern: "(what|which) (week|week number|iso week|calendar week) is {day} [in]",
        say: week_of,
    },
    Rule {
        pattern: "[what is] [the] (iso week|week number|iso week number|calendar week) (of|for) {day}",
        say: week_of,
    },
    Rule {
        pattern: "what is the iso week [number]",
        say: week,
    },
    Rule {
        pattern: "(what number day|what day number|which day number|what day) of the year is it",
        say: day_of_year_now,
    },
    Rule {
        pattern: "(what number day|what day number|which day number|what day) of the year is {day}",
        say: day_of_year,
    },
    Rule {
        pattern: "[what is] [the|today 's] [current] date [today] (in|as) iso [8601] [format]",
        say: iso_today,
    },
    Rule {
        pattern: "(iso [8601] date|today in iso [8601]|iso date) [format] [today|for today|now]",
        say: iso_today,
    },
    Rule {
        pattern: "is {day} a weekend",
        say: weekend,
    },
];

fn year_of(found: &Match<'_>) -> Option<i16> {
    let year = number::integer_in(found.number(0)?, 1583..=9999)?;
    i16::try_from(year).ok()
}

fn is_leap(year: i16) -> Option<bool> {
    civil::Date::new(year, 1, 1)
        .ok()
        .map(civil::Date::in_leap_year)
}

pub(super) fn leap(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_leap(year_of(found)?)
}

fn said_leap(year: i16) -> Option<String> {
    Some(if is_leap(year)? {
        format!("Yes, {year} is a leap year.")
    } else {
        format!("No, {year} is not a leap year.")
    })
}

fn leap_now(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    said_leap(today_here(context)?.year())
}

pub(super) fn next_leap(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let year = today_here(context)?.year();
    let next = (year + 1..year + 9).find(|year| is_leap(*year) == Some(true))?;
    Some(format!("The next leap year is {next}."))
}

fn last_leap(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let year = today_here(context)?.year();
    // In a leap year "the last one" may be this one.
    let last = (year - 8..=year)
        .rev()
        .find(|year| is_leap(*year) == Some(true))?;
    (last < year).then(|| format!("The last leap year was {last}."))
}

fn days_in_year(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let year = year_of(found)?;
    Some(format!(
        "{year} has {} days.",
        if is_leap(year)? { 366 } else { 365 }
    ))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn leap_days(_: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some("A leap year has 366 days.".to_owned())
}

fn days_in_month(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let month = *found.month(0)?;
    let name = day::month_name(month);
    let year = match found.number(0) {
        Some(_) => Some(year_of(found)?),
        None => None,
    };
    if month == 2 && year.is_none() {
        return Some("February has 28 days, or 29 in a leap year.".to_owned());
    }
    let shown = year.map(|year| format!(" {year}")).unwrap_or_default();
    let year = year
        .or_else(|| today_here(context).map(civil::Date::year))
        .unwrap_or(2026);
    let days = civil::Date::new(year, month, 1).ok()?.days_in_month();
    Some(format!("{name}{shown} has {days} days."))
}

fn days_in_this_month(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let next = found.reading.tokens.iter().any(|token| token.is("next"));
    let first = today.first_of_month();
    let month = if next {
        first.checked_add(jiff::Span::new().months(1)).ok()?
    } else {
        first
    };
    Some(format!(
        "{} {} has {} days.",
        day::month_name(month.month()),
        month.year(),
        month.days_in_month()
    ))
}

/// 53 where the year has a Thursday more: its 28 December is always in its last week.
fn iso_weeks(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let year = year_of(found)?;
    let weeks = civil::Date::new(year, 12, 28).ok()?.iso_week_date().week();
    Some(format!("{year} has {weeks} ISO weeks."))
}

fn week(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(said_week(today_here(context)?, "Today"))
}

pub(super) fn week_of(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    // "the week of christmas" and "a week on friday" ask for days; a number is asked for by name.
    if !found.has(&["what", "which", "number", "iso", "calendar"]) {
        return None;
    }
    let date = resolve(found.day(0)?, context, Lean::Next)?;
    Some(said_week(date, &day::without_weekday(date)))
}

fn said_week(date: civil::Date, name: &str) -> String {
    let week = date.iso_week_date();
    format!("{name} is in ISO week {} of {}.", week.week(), week.year())
}

fn day_of_year_now(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    Some(format!(
        "Today is day {} of {}.",
        today.day_of_year(),
        today.year()
    ))
}

fn day_of_year(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    if *found.day(0)? == day::Day::Offset(0) {
        return day_of_year_now(found, context);
    }
    let date = resolve(found.day(0)?, context, Lean::Next)?;
    Some(format!(
        "{} is day {} of the year.",
        day::without_weekday(date),
        date.day_of_year()
    ))
}

fn iso_today(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(format!("Today is {}.", today_here(context)?))
}

fn weekend(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let date = resolve(found.day(0)?, context, Lean::Next)?;
    let verb = tense(date, context);
    let (answer, not) = if super::between::is_weekend(date) {
        ("Yes", "")
    } else {
        ("No", "not ")
    };
    Some(format!(
        "{answer}, {} {verb} {not}on a weekend: it {verb} a {}.",
        day::without_weekday(date),
        day::weekday_name(date.weekday())
    ))
}
