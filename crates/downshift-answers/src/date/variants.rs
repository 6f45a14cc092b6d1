//! Hides the orders in which people put the same few words of a question about dates.
//!
//! The words that say what is asked for stand in each pattern; words of asking may stand around
//! them, as many as there are. Nothing else may.

use std::sync::LazyLock;

use super::{
    age, between, date_of, facts, is_past, month_and_year, shift, today, today_here, weekday,
    weekday::{counted_in, not_weekend_or_weekend},
    when,
};
use crate::{
    Context,
    day::Day,
    figures, number,
    pattern::{Fragment, Grammar, Match, Rule},
};

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(RULES, FRAGMENTS));

const FRAGMENTS: &[Fragment] = &[
    ("till", "(until|to|before|up to)"),
    ("and", "(and|to|until|till|through|thru|-)"),
    ("ends", "(between|from) [the] {day} <and> [the] {day}"),
    ("dow", "(day of the week|day of week|weekday|week day|day)"),
    (
        "lands",
        "[fall|falls|fell|land|lands|landed|occur|occurs|come|comes|be|celebrated|start]",
    ),
    (
        "workdays",
        "(business days|working days|work days|workdays|weekdays|business day|working day)",
    ),
    ("passed", "[passed|elapsed|gone by|gone]"),
    (
        "todays",
        "(todays|today 's|current|full|exact|present|actual|calendar)",
    ),
    (
        "parts",
        "(date and month|day and month|month and day|day month and year|date month and year|month day and year|month , day and year|day , month and year|date and day|day and date)",
    ),
    ("someone", "(someone|somebody|a person|he|she|they)"),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} (days|sleeps) {filler} <till> {filler} {day} {filler}",
        say: between::until,
    },
    Rule {
        pattern: "{filler} weeks {filler} <till> {filler} {day} {filler}",
        say: between::weeks_until,
    },
    Rule {
        pattern: "{filler} months {filler} <till> {filler} {day} {filler}",
        say: between::months_until,
    },
    Rule {
        pattern: "{filler} days [apart] {filler} <ends> {filler}",
        say: between::between,
    },
    Rule {
        pattern: "<ends> {filler} days {filler}",
        say: between::between,
    },
    Rule {
        pattern: "{filler} weeks {filler} <ends> {filler}",
        say: between::weeks_between,
    },
    Rule {
        pattern: "{filler} months {filler} <ends> {filler}",
        say: between::months_between,
    },
    Rule {
        pattern: "{filler} months {filler} (between|from) {month} {count} <and> {month} {count} {filler}",
        say: between::months_of_years,
    },
    Rule {
        pattern: "{filler} <workdays> {filler} <ends> {filler}",
        say: between::working_days,
    },
    Rule {
        pattern: "{filler} days {filler} <passed> since {filler} {day} {filler}",
        say: between::since,
    },
    Rule {
        pattern: "{filler} weeks {filler} <passed> since {filler} {day} {filler}",
        say: between::weeks_since,
    },
    Rule {
        pattern: "{filler} years {filler} <passed> since {count} {filler}",
        say: years_since,
    },
    Rule {
        pattern: "(how many years|how long) ago was [the year] {count}",
        say: years_since,
    },
    Rule {
        pattern: "how many years {filler} (between|from) {count} <and> {count}",
        say: years_between,
    },
    Rule {
        pattern: "{filler} [on] {filler} <dow> {filler} [on] {filler} {day} {filler} <lands> [on] [this year]",
        say: weekday_of,
    },
    Rule {
        pattern: "{filler} {day} {filler} <lands> [on] {filler} <dow> {filler}",
        say: weekday_of,
    },
    Rule {
        pattern: "{filler} [<todays>] date {filler} [on|for|of] {day} {filler} <lands> [on]",
        say: date_of_day,
    },
    Rule {
        pattern: "{filler} {day} {filler} <lands> [on] {filler} date {filler}",
        say: date_of_day,
    },
    Rule {
        pattern: "{filler} <todays> [<todays>] (date|day) {filler} [today|for today]",
        say: today,
    },
    Rule {
        pattern: "{filler} [<todays>] <parts> {filler} [today|for today]",
        say: today,
    },
    Rule {
        pattern: "(what|which) (date|day) (is|it|) today",
        say: today,
    },
    Rule {
        pattern: "{filler} date",
        say: today_if_polite,
    },
    Rule {
        pattern: "{day} is",
        say: super::relative_day,
    },
    Rule {
        pattern: "{day}",
        say: holiday_of_year,
    },
    Rule {
        pattern: "{filler} month (and year|) {filler} (in|this|today|) {filler}",
        say: month_and_year_asked,
    },
    Rule {
        pattern: "{filler} {count} {filler} (leap year|leap yr|leap)",
        say: facts::leap,
    },
    Rule {
        pattern: "{filler} next leap (year|yr) {filler}",
        say: facts::next_leap,
    },
    Rule {
        pattern: "{filler} quarter {filler} [of the year] {filler} [in] {filler} [in] [today|now]",
        say: quarter,
    },
    Rule {
        pattern: "{filler} [fiscal|calendar] quarter {filler} {day} {filler} [in]",
        say: quarter_of,
    },
    Rule {
        pattern: "(what|which) [calendar] quarter (is|does) {month} [in|fall in]",
        say: quarter_of_month,
    },
    Rule {
        pattern: "{filler} {day} {filler} <lands> [on] {filler} (weekend|weekday|week day)",
        say: not_weekend_or_weekend,
    },
    Rule {
        pattern: "{filler} {weekdays} {filler} in [the month of] {month} [of] [{count}]",
        say: counted_in,
    },
    Rule {
        pattern: "{filler} (week|week number|iso week|iso week number|calendar week) {filler} [of the year] {filler} [for|of] {day} {filler} [in]",
        say: facts::week_of,
    },
    Rule {
        pattern: "{filler} (date|day|) {filler} {count} <workdays> (from|after) {day} {filler}",
        say: shift::working_days_after,
    },
    Rule {
        pattern: "{filler} (date|day|) {filler} {span} (from|after) {day} {filler} [date]",
        say: shift::after,
    },
    Rule {
        pattern: "{filler} (date|day|) {filler} {span} (before|prior to) {day} {filler} [date]",
        say: shift::before,
    },
    Rule {
        pattern: "{filler} (date|day) {filler} {span} ago {filler}",
        say: shift::ago,
    },
    Rule {
        pattern: "{span} ago {filler} (date|day) {filler}",
        say: shift::ago,
    },
    Rule {
        pattern: "{filler} (date|day) {filler} in {span} {filler} [from now|time]",
        say: shift::ahead,
    },
    Rule {
        pattern: "[if] {filler} [<someone>] {filler} born [on] {day} {filler} how old {filler} [<someone>] {filler} [today]",
        say: age_now,
    },
    Rule {
        pattern: "how old {filler} [<someone>] {filler} [today] [if] {filler} [who] {filler} [<someone>] {filler} born [on] {day} {filler} [today]",
        say: age_now,
    },
    Rule {
        pattern: "{filler} days old {filler} [<someone>] {filler} [today] [if] {filler} [who] {filler} born [on] {day} {filler} [today]",
        say: age::days,
    },
    Rule {
        pattern: "born [on] {day} [,] [what] age",
        say: age::years,
    },
];

/// "how old was someone" asks about another day than today.
fn age_now(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let reading = found.reading;
    let mut starts = 0..reading.tokens.len();
    let past = starts.any(|at| {
        reading.phrase(at, "how old was").is_some() || reading.phrase(at, "how old were").is_some()
    });
    (!past).then(|| age::years(found, context)).flatten()
}

/// A day that can be asked for its weekday; "what day is monday" cannot.
fn weekday_of(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let named = found.day(0)?;
    // "how many day is it to christmas" counts, and "do you have a day" is about something else.
    let counts = found.has(&[
        "many", "much", "long", "far", "number", "left", "have", "need",
    ]);
    let asks = found.has(&["what", "which", "whats", "tell", "weekday", "of"]);
    if named.is_weekday() || counts || !asks || is_past(found) && !named.is_definite() {
        return None;
    }
    weekday(found, context)
}

fn date_of_day(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let counts = found.has(&[
        "many", "much", "long", "far", "number", "left", "have", "need",
    ]);
    if counts {
        return None;
    }
    date_of(found, context)
}

/// "easter 2031": a holiday with its year can only be asked for its date.
fn holiday_of_year(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    match found.day(0)? {
        Day::Holiday(_, Some(_)) | Day::HolidayOf(..) => when(found, context),
        // Without "next", Friday the 13th is a film.
        Day::Meeting(..) if found.has(&["next"]) => when(found, context),
        _ => None,
    }
}

/// "date please", "do you have the date".
fn today_if_polite(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let polite = crate::reading::tokens(&found.reading.source)
        .iter()
        .any(|token| token.is("please"));
    let alone = found.reading.tokens.len() == 1;
    let has = found.reading.phrase(0, "do you have the date").is_some();
    ((alone && polite) || has)
        .then(|| today(found, context))
        .flatten()
}

fn month_and_year_asked(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks = found.has(&["what", "which", "current"]);
    let other = found.has(&[
        "many",
        "much",
        "long",
        "far",
        "number",
        "left",
        "have",
        "need",
        "when",
        "a",
        "remaining",
    ]);
    (asks && !other)
        .then(|| month_and_year(found, context))
        .flatten()
}

/// Years of the calendar, the months aside, which the answer says.
fn years_since(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let year = number::integer_in(found.number(0)?, 1000..=9999)?;
    let this = i64::from(today_here(context)?.year());
    let years = (this > year).then(|| this - year)?;
    Some(format!(
        "{} since {year}, counting to {this}.",
        figures::count(years, "year")
    ))
}

/// Years of the calendar from one to another.
fn years_between(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let year = |nth| number::integer_in(found.number(nth)?, 1000..=9999);
    let (from, to) = (year(0)?, year(1)?);
    let years = figures::count(Some(to - from).filter(|years| *years > 0)?, "year");
    Some(format!("{years} from {from} to {to}."))
}

fn quarter(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks = found.has(&["what", "which", "current"]);
    let in_time = found.has(&["in", "it", "current", "today", "now"]);
    let other = found.has(&["many", "much", "long", "left", "have", "need", "when", "a"]);
    if !asks || !in_time || other {
        return None;
    }
    let today = today_here(context)?;
    Some(format!(
        "It is the {} calendar quarter of {} (Q{}).",
        figures::ordinal(quarter_number(today.month())),
        today.year(),
        quarter_number(today.month())
    ))
}

fn quarter_of(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    if found.has(&["fiscal"]) {
        return None;
    }
    let named = found.day(0)?;
    let date = super::resolve(named, context, crate::day::Lean::Next)?;
    Some(format!(
        "{} is in the {} calendar quarter (Q{}).",
        crate::day::without_weekday(date),
        figures::ordinal(quarter_number(date.month())),
        quarter_number(date.month())
    ))
}

fn quarter_of_month(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let month = *found.month(0)?;
    let quarter = quarter_number(month);
    let name = crate::day::month_name(month);
    let which = figures::ordinal(quarter);
    Some(format!(
        "{name} is in the {which} calendar quarter (Q{quarter})."
    ))
}

fn quarter_number(month: i8) -> u32 {
    match month {
        ..=3 => 1,
        4..=6 => 2,
        7..=9 => 3,
        _ => 4,
    }
}
