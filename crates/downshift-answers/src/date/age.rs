//! How old somebody is who was born on a stated day.

use jiff::civil::Date;

use super::{between::days_between, today_here};
use crate::{
    Context, day,
    day::Day,
    figures,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "someone",
        "(someone|somebody|a person|a kid|a child|a baby|a boy|a girl|a man|a woman|an adult|anyone|a student|people)",
    ),
    ("born", "[(who|that) (was|is|were)] born [on|in]"),
    ("asof", "[now|today|right now|currently]"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "how old (am i|is someone|is a person|would someone be|are you|is somebody|is someone who was|would i be) <asof> [if] [i was|i were|] [born] (on|in|) {day}",
        say: years,
    },
    Rule {
        pattern: "[if] [i was|i am|i m|im|i were] born [on] {day} [,|.|;] [then] how old (am i|would i be) <asof>",
        say: years,
    },
    Rule {
        pattern: "(how old is|how old are|how old would|age of|what is the age of|the age of) <someone> <born> {day} [be] <asof>",
        say: years,
    },
    Rule {
        pattern: "(what is|what s|calculate|) my (age|current age) <asof> if (my birthday is|my birthdate is|my birth date is|my date of birth is|my dob is|i was born [on]) {day}",
        say: years,
    },
    Rule {
        pattern: "(my birthday is|my date of birth is|my dob is) {day} [,|.] how old am i <asof>",
        say: years,
    },
    Rule {
        pattern: "how old (am i|is someone|is a person|would someone be|is somebody|is someone who was|would i be) <asof> [if] [i was|i were|] born (on|in|) {month} [of] {count} <asof>",
        say: years_by_month,
    },
    Rule {
        pattern: "[if] [i was|i were] born in {month} [of] {count} [,|.|;] [then] how old (am i|would i be) <asof>",
        say: years_by_month,
    },
    Rule {
        pattern: "(how old is|how old are|how old would|age of|what is the age of|the age of) <someone> <born> [in] {month} [of] {count} [be] <asof>",
        say: years_by_month,
    },
    Rule {
        pattern: "how many days old am i <asof> if i was born [on] {day}",
        say: days,
    },
    Rule {
        pattern: "how many days old is <someone> <born> {day}",
        say: days,
    },
    Rule {
        pattern: "[if] i was born [on] {day} [,|.] how many days old am i <asof>",
        say: days,
    },
];

/// The day of birth, seen from today: a full date, of somebody who may be alive.
fn birth(found: &Match<'_>, today: Date) -> Option<Date> {
    let Day::On(birth) = found.day(0)? else {
        return None;
    };
    (*birth <= today && today.year() - birth.year() <= 130).then_some(*birth)
}

pub(super) fn years(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let birth = birth(found, today)?;
    let birthday_passed = (today.month(), today.day()) >= (birth.month(), birth.day());
    let years = i64::from(today.year() - birth.year()) - i64::from(!birthday_passed);
    Some(format!(
        "{} old, born on {}.",
        figures::count(years, "year"),
        day::without_weekday(birth)
    ))
}

/// A month of birth is enough in every other month.
fn years_by_month(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let month = *found.month(0)?;
    let year = crate::number::integer_in(found.number(0)?, 1583..=9999)?;
    let year = i16::try_from(year).ok()?;
    let born = Date::new(year, month, 1).ok()?;
    let alive = born < today && today.year() - year <= 130 && month != today.month();
    let years = i64::from(today.year() - year) - i64::from(today.month() < month);
    alive.then(|| {
        format!(
            "{} old, born in {} {year}.",
            figures::count(years, "year"),
            day::month_name(month)
        )
    })
}

pub(super) fn days(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    let birth = birth(found, today)?;
    Some(format!(
        "{} old, born on {}.",
        figures::count(days_between(birth, today)?, "day"),
        day::without_weekday(birth)
    ))
}
