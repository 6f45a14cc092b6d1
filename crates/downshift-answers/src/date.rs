//! The calendar: today, weekdays, days between and until, and sums of dates.

mod age;
mod between;
mod clocks;
mod facts;
mod shift;
mod there;
pub(crate) mod variants;
mod weekday;
mod within;

use std::sync::LazyLock;

use jiff::civil;

use weekday::{is_today, is_weekday, not_weekend, nth_day, weekday_in};

use crate::{
    Answer, Answerer, Context, Example, Question, day,
    day::Lean,
    figures,
    pattern::{Fragment, Grammar, Match, Rule},
    reading::Reading,
};

/// Answers questions about dates.
#[derive(Debug)]
pub(crate) struct Date;

impl Answerer for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn about(&self) -> &'static str {
        "today's date, weekdays, days between and until dates, sums of dates, ages, weeks, leap years, holidays, changes of clocks"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "what's today's date?",
                answer_contains: "Today is",
            },
            Example {
                query: "what day of the week was July 4, 1776",
                answer_contains: "Thursday",
            },
            Example {
                query: "how many days until christmas",
                answer_contains: "until Christmas Day",
            },
            Example {
                query: "how many days between 2024-01-01 and 2024-12-31",
                answer_contains: "365 days",
            },
            Example {
                query: "is 2028 a leap year",
                answer_contains: "Yes, 2028 is a leap year",
            },
            Example {
                query: "when is easter 2027",
                answer_contains: "28 March 2027",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = Reading::of(question.text)?;
        GRAMMAR
            .say_or(&variants::GRAMMAR, &reading, context)
            .map(|text| Answer { text })
    }
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [
        RULES,
        age::RULES,
        between::RULES,
        clocks::RULES,
        facts::RULES,
        shift::RULES,
        there::RULES,
        within::RULES,
    ]
    .concat();
    let fragments = [
        FRAGMENTS,
        age::FRAGMENTS,
        clocks::FRAGMENTS,
        within::FRAGMENTS,
    ]
    .concat();
    Grammar::new(&rules, &fragments)
});

const FRAGMENTS: &[Fragment] = &[
    ("now", "[now|right now|currently|today|at the moment|here]"),
    (
        "workdays",
        "(business days|working days|work days|workdays|weekdays|business day|working day)",
    ),
    ("dow", "(day|day of the week|weekday|day of week|week day)"),
    (
        "is",
        "(is|was|will be|falls|fell|does|did|would be|is it|was it|will it be)",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "(what|) the [full] date is [today|now|right now|currently]",
        say: today,
    },
    Rule {
        pattern: "what (date|day) it is <now>",
        say: today,
    },
    Rule {
        pattern: "(what|) today 's date is",
        say: today,
    },
    Rule {
        pattern: "(what|which) day (of the week|) (are we on|are we in|is today)",
        say: today,
    },
    Rule {
        pattern: "what is the (current day|day and date|name of the day|full date|month and day|current date month and year|month day and year) [today]",
        say: today,
    },
    Rule {
        pattern: "what the date (is|will be|was) [for|on] {day}",
        say: date_of,
    },
    Rule {
        pattern: "{day} ['s|s] date",
        say: date_of,
    },
    Rule {
        pattern: "what {day} 's date (is|will be)",
        say: date_of,
    },
    Rule {
        pattern: "what (is|was|will be|would be) the date {day}",
        say: date_of,
    },
    Rule {
        pattern: "what (will|would) {day} 's date be",
        say: date_of,
    },
    Rule {
        pattern: "{day} [,] what (is|will be|will|was) the date [be]",
        say: date_of,
    },
    Rule {
        pattern: "(what|which) (month|month and year) are we in <now>",
        say: month_and_year,
    },
    Rule {
        pattern: "(what|which) year are we in <now>",
        say: year,
    },
    Rule {
        pattern: "what date is this {weekday}",
        say: date_of,
    },
    Rule {
        pattern: "(what is|what was|when is|when was|) [the date of] {nthday}",
        say: nth_day,
    },
    Rule {
        pattern: "what was the <dow> (of|on|for) {day}",
        say: weekday,
    },
    Rule {
        pattern: "(day of week|day of the week|weekday) {day}",
        say: weekday,
    },
    Rule {
        pattern: "(is|was|will) {day} [be] (a|on a) {weekday}",
        say: is_weekday,
    },
    Rule {
        pattern: "(what is|what was) {day} [on the calendar]",
        say: relative_day,
    },
    Rule {
        pattern: "is (today|it) {day} [today]",
        say: is_today,
    },
    Rule {
        pattern: "(is|was|will) {day} [be] {weekday}",
        say: is_weekday,
    },
    Rule {
        pattern: "(what is|whats|what s|give me|say|what|check|show me|get) [the] (date|current date|todays date|full date|exact date|calendar date|day and date|date and day) <now>",
        say: today,
    },
    Rule {
        pattern: "(what is|give me|what s|what|show me|check|say)[today 's|todays] (date|day and date|full date)",
        say: today,
    },
    Rule {
        pattern: "(today 's|todays|current|the current|the) date <now>",
        say: today,
    },
    Rule {
        pattern: "(what|which) (date|day) is (it|today|this) <now>",
        say: today,
    },
    Rule {
        pattern: "what day it is <now>",
        say: today,
    },
    Rule {
        pattern: "what (date|day) today is",
        say: today,
    },
    Rule {
        pattern: "what is today",
        say: today,
    },
    Rule {
        pattern: "(what is|what was|) the date (of|for|on|) {day}",
        say: date_of,
    },
    Rule {
        pattern: "(what is|what was|what will be) {day} ['s] date",
        say: date_of,
    },
    Rule {
        pattern: "(what|which) <dow> is (it|today) <now>",
        say: today,
    },
    Rule {
        pattern: "what is the (day|day of the week|weekday) <now>",
        say: today,
    },
    Rule {
        pattern: "today is what [day|date]",
        say: today,
    },
    Rule {
        pattern: "(what|which) month is (it|this) <now>",
        say: month_and_year,
    },
    Rule {
        pattern: "what is the (current|present) month",
        say: month_and_year,
    },
    Rule {
        pattern: "(what|which) year is (it|this) <now>",
        say: year,
    },
    Rule {
        pattern: "[what is the] (current|present) year",
        say: year,
    },
    Rule {
        pattern: "(date|todays date|today 's date|day) (today|now)",
        say: today,
    },
    Rule {
        pattern: "today 's day",
        say: today,
    },
    Rule {
        pattern: "what day of the month is (it|today)",
        say: today,
    },
    Rule {
        pattern: "what (date|day) will it be {day}",
        say: weekday,
    },
    Rule {
        pattern: "what date (is|was) it {day}",
        say: weekday,
    },
    Rule {
        pattern: "current month",
        say: month_and_year,
    },
    Rule {
        pattern: "(what|which|on what|on which) <dow> <is> {day} [fall on|be|on]",
        say: weekday,
    },
    Rule {
        pattern: "(what|which) <dow> of the week <is> {day}",
        say: weekday,
    },
    Rule {
        pattern: "what is the <dow> (of|on|for) {day}",
        say: weekday,
    },
    Rule {
        pattern: "(what|which|on what|on which) <dow> (does|did|will) {day} (fall|fall on|land on|land|be|occur|occur on)",
        say: weekday,
    },
    Rule {
        pattern: "{day} (is|was|falls on|fell on) (what|which) <dow>",
        say: weekday,
    },
    Rule {
        pattern: "(what|which|on what|on which) <dow> was (i|someone|he|she) born [on|if] [i was born] [on] {day}",
        say: weekday,
    },
    Rule {
        pattern: "(what|which|on what|on which) <dow> was (i|he|she) born [on] [,] (if|when|since|given) (my|his|her|our) (birthday|birth day|birthdate|birth date|date of birth|dob) (is|was) [on] {day}",
        say: weekday,
    },
    Rule {
        pattern: "(if|) (i|someone) was born on {day} [,] (what|which) <dow> was (it|that|i born)",
        say: weekday,
    },
    Rule {
        pattern: "(what|which|on what|on which) <dow> (does|will|did) {day} (fall|fall on|be|land on|be on) [on] in {count}",
        say: weekday_in,
    },
    Rule {
        pattern: "is {day} a (weekday|week day|business day|working day)",
        say: not_weekend,
    },
    Rule {
        pattern: "<dow> (of|for|on) {day}",
        say: weekday,
    },
    Rule {
        pattern: "(when is|when s|when was|when does|what date is|what date was|when will|date of|the date of|what is the date of|what date does|on what date is) {day} [fall|fall on|be|celebrated|on]",
        say: when,
    },
];

/// Today's date where the caller is.
fn today_here(context: &Context<'_>) -> Option<civil::Date> {
    Some(context.now.to_zoned_datetime(context.zone?.clone()).date())
}

fn today(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(format!("Today is {}.", day::written(today_here(context)?)))
}

fn year(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(format!("It is {}.", today_here(context)?.year()))
}

fn month_and_year(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let today = today_here(context)?;
    Some(format!(
        "It is {} {}.",
        day::month_name(today.month()),
        today.year()
    ))
}

/// The date of a day that needs today only if it is relative.
fn resolve(named: &day::Day, context: &Context<'_>, lean: Lean) -> Option<civil::Date> {
    match named {
        day::Day::On(date) => Some(*date),
        day::Day::Holiday(holiday, Some(year)) => holiday.date(*year),
        _ => named.date(today_here(context)?, lean),
    }
}

fn is_past(found: &Match<'_>) -> bool {
    found
        .reading
        .tokens
        .iter()
        .any(|token| token.is("was") || token.is("did") || token.is("fell"))
}

fn weekday(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    if let Some(text) = nth_day(found, context) {
        return Some(text);
    }
    let named = found.day(0)?;
    if *named == day::Day::Offset(0) {
        return today(found, context);
    }
    // "what day was july 4th" with no year is any year's.
    if is_past(found) && !named.is_definite() {
        return None;
    }
    let date = resolve(named, context, Lean::Next)?;
    let verb = tense(date, context);
    Some(match named.name() {
        Some(name) => format!(
            "{} {verb} a {}: {}.",
            figures::capitalised(name),
            day::weekday_name(date.weekday()),
            day::without_weekday(date)
        ),
        None => format!(
            "{} {verb} a {}.",
            day::without_weekday(date),
            day::weekday_name(date.weekday())
        ),
    })
}

/// "was" for days before today, "is" for all others, also where today is not known.
fn tense(date: civil::Date, context: &Context<'_>) -> &'static str {
    if today_here(context).is_some_and(|today| date < today) {
        "was"
    } else {
        "is"
    }
}

fn when(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    if let Some(text) = nth_day(found, context) {
        return Some(text);
    }
    let named = found.day(0)?;
    if *named == day::Day::Offset(0) {
        return today(found, context);
    }
    // "what date is this friday" is answered by its weekday.
    let Some(name) = named.name() else {
        return match named {
            day::Day::Coming(_)
            | day::Day::Following(_)
            | day::Day::Next(_)
            | day::Day::Meeting(..)
            | day::Day::Edge(..)
            | day::Day::Offset(_)
                if !is_past(found) =>
            {
                date_of(found, context)
            }
            _ => None,
        };
    };
    if is_past(found) && !named.is_definite() {
        return None;
    }
    let date = resolve(named, context, Lean::Next)?;
    Some(
        format!(
            "{} {} {}.",
            figures::capitalised(name),
            if tense(date, context) == "was" {
                "was on"
            } else {
                "is on"
            },
            day::written(date)
        )
        .replace("Today is on", "Today is")
        .replace("Tomorrow is on", "Tomorrow is")
        .replace("Yesterday was on", "Yesterday was"),
    )
}

/// "what is tomorrow"; "what is Easter" asks for more than a date.
fn relative_day(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let relative = match found.day(0)? {
        day::Day::Offset(_) => true,
        // "what is the end of the year" asks for more than a date, too.
        day::Day::Edge(..) => found.has(&["day"]),
        _ => false,
    };
    if relative {
        date_of(found, context)
    } else {
        None
    }
}

fn date_of(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let named = found.day(0)?;
    if let Some(text) = nth_day(found, context) {
        return Some(text);
    }
    if matches!(named, day::Day::On(_) | day::Day::Yearly(..)) {
        return None;
    }
    let placed = matches!(
        named,
        day::Day::Meeting(..) | day::Day::Edge(..) | day::Day::Offset(2.. | ..=-2)
    );
    if placed || named.is_weekday() {
        let date = resolve(named, context, Lean::Next)?;
        return Some(format!("That is {}.", day::written(date)));
    }
    when(found, context)
}
