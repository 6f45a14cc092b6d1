//! The time of day: now, here and elsewhere, and between places.

mod both;
mod convert;
mod lapse;
mod later;
mod offset;
mod people;
mod unix;
pub(crate) mod variants;

use std::sync::LazyLock;

use jiff::ZonedDateTime;

use crate::{
    Answer, Answerer, Context, Example, Question, clock, day,
    pattern::{Fragment, Grammar, Match, Rule},
    place::{Place, Zone},
    reading::Reading,
};

/// Answers what time it is, anywhere, and what a stated time is elsewhere.
#[derive(Debug)]
pub(crate) struct Time;

impl Answerer for Time {
    fn name(&self) -> &'static str {
        "time"
    }

    fn about(&self) -> &'static str {
        "the time now, here or in any city, country or zone; differences and conversions between places; Unix time"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "what time is it in Tokyo?",
                answer_contains: "in Tokyo, Japan (JST, UTC+9)",
            },
            Example {
                query: "hey, could you tell me the time in new york please",
                answer_contains: "in New York",
            },
            Example {
                query: "current time in portland, oregon",
                answer_contains: "in Portland, Oregon",
            },
            Example {
                query: "what time zone is Mumbai in",
                answer_contains: "UTC+5:30",
            },
            Example {
                query: "time difference between London and Tokyo",
                answer_contains: "9 hours behind Tokyo",
            },
            Example {
                query: "what is 3pm UTC in Tokyo",
                answer_contains: "12:00 AM",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = Reading::of(question.text)?;
        GRAMMAR
            .say_or(&variants::GRAMMAR, &reading, context)
            .or_else(|| follow_up(&reading, question, context))
            .map(|text| Answer { text })
    }
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [
        RULES,
        both::RULES,
        people::RULES,
        later::RULES,
        offset::RULES,
        convert::RULES,
        unix::RULES,
    ]
    .concat();
    let fragments = [
        FRAGMENTS,
        both::FRAGMENTS,
        people::FRAGMENTS,
        unix::FRAGMENTS,
    ]
    .concat();
    Grammar::new(&rules, &fragments)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "now",
        "[right now|now|currently|at the moment|at this moment|at present|presently|right this moment|at this very moment|this very moment|this minute|today|exactly|rn|atm|at this time]",
    ),
    (
        "current",
        "[current|local|exact|present|correct|right|actual|current local|local current|exact current|accurate]",
    ),
    ("whatis", "(what is|whats|what|what s|wut is)"),
    (
        "thetime",
        "[the] <current> (time|clock time|time of day|hour)",
    ),
    (
        "in",
        "(in|for|at|on|over in|in the city of|out in|down in|up in|back in|across in)",
    ),
    (
        "here",
        "[here|where i am|for me|in my location|in my area|at my location|in my time zone|in my timezone|my time|locally|over here|around here]",
    ),
    (
        "conv",
        "(convert|what is|what s|whats|what time is|change|translate|turn|how much is|calculate)",
    ),
    (
        "say",
        "(what is|what would|what s|report|mention|say|give me|show me|get me|get|check|find|display|see|i need|need|i want|look up|read me|what)",
    ),
];

const RULES: &[Rule] = &[
    // Here.
    Rule {
        pattern: "[<say>] <thetime> [is it] <now> <in> [the] {place} (time zone|timezone) <now>",
        say: there,
    },
    Rule {
        pattern: "what time is it <now> <in> [the] {place} (time zone|timezone) <now>",
        say: there,
    },
    Rule {
        pattern: "<in> [the] {place} [time zone|timezone] , what time is it <now>",
        say: there,
    },
    Rule {
        pattern: "what time (would|might) it be <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what time is it <now> {zone}",
        say: zone_now,
    },
    Rule {
        pattern: "(show|report|mention) [the] [current|local] time in {place} <now>",
        say: there,
    },
    Rule {
        pattern: "(do you have|have you got) the time <in> {place}",
        say: there,
    },
    Rule {
        pattern: "what hour and minute is it",
        say: here,
    },
    Rule {
        pattern: "what does (it say on the clock|the clock read)",
        say: here,
    },
    Rule {
        pattern: "what time is it <here> <now>",
        say: here,
    },
    Rule {
        pattern: "what time it is <here> <now>",
        say: here,
    },
    Rule {
        pattern: "[<say>] <thetime> [is it] <here> <now>",
        say: here_if_clear,
    },
    Rule {
        pattern: "(what|say what|what exactly) is <thetime> <here> <now>",
        say: here_if_clear,
    },
    Rule {
        pattern: "what <thetime> is <here> <now>",
        say: here,
    },
    Rule {
        pattern: "(whats|what is) my <current> time <now>",
        say: here,
    },
    Rule {
        pattern: "(do|have) you (have|got) the [exact|correct|right|current] time",
        say: here,
    },
    Rule {
        pattern: "(got the|have you the|you have the) time",
        say: here,
    },
    Rule {
        pattern: "what is <thetime> [over] here",
        say: here,
    },
    Rule {
        pattern: "[<say>] [the] current [local] {place} time <now>",
        say: there,
    },
    Rule {
        pattern: "what is [the] {place} time <now>",
        say: there,
    },
    Rule {
        pattern: "{place} time [is] <now>",
        say: there,
    },
    Rule {
        pattern: "what is the time <now> and date <in> {place}",
        say: there,
    },
    Rule {
        pattern: "what (time zone|timezone) (am i in|are we in|is this|is it here)",
        say: own_zone,
    },
    Rule {
        pattern: "what is my (time zone|timezone)",
        say: own_zone,
    },
    Rule {
        pattern: "[<say>] <thetime> <now> : {place}",
        say: there,
    },
    Rule {
        pattern: "what time do (they|you) have <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what time is it <now> [over] there <in> {place}",
        say: there,
    },
    Rule {
        pattern: "what time is it <now> {place} <now>",
        say: zone_time,
    },
    Rule {
        pattern: "what time is it by {place} <now>",
        say: zone_time,
    },
    Rule {
        pattern: "how late is it <here> <now>",
        say: here,
    },
    Rule {
        pattern: "what hour is it <here> <now>",
        say: here,
    },
    Rule {
        pattern: "what does the clock say <now>",
        say: here,
    },
    Rule {
        pattern: "what time is it <now> <here>",
        say: here,
    },
    Rule {
        pattern: "what time do you (have|got) <now>",
        say: here,
    },
    Rule {
        pattern: "(check|see|look up|find out|figure out|work out) what time it is <here> <now>",
        say: here,
    },
    // Elsewhere.
    Rule {
        pattern: "what time is it <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what time it is <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "[<say>] <thetime> [is it] <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "[<say>] <thetime> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "[<say>] [the] [current] [exact] {place} <now>",
        say: zone_time,
    },
    Rule {
        pattern: "what <thetime> is <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "<in> {place} what time is it <now>",
        say: there,
    },
    Rule {
        pattern: "<in> {place} [,] what is <thetime> <now>",
        say: there,
    },
    Rule {
        pattern: "{place} [,] what time is it [there] <now>",
        say: there,
    },
    Rule {
        pattern: "[<say>] [the] <current> {place} ['s] [current|local] time <now>",
        say: there,
    },
    Rule {
        pattern: "[<say>] [the] <current> time <in> {place} time <now>",
        say: there,
    },
    Rule {
        pattern: "how late is it <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what hour is it <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what (hour|time) of [the] day is it <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "time now <in> {place}",
        say: there,
    },
    Rule {
        pattern: "<say> [the] time {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what is it o clock <in> {place}",
        say: there,
    },
    Rule {
        pattern: "what is the (date and time|time and date|day and time|time and day) <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "(date and time|time and date) <now> <in> {place} <now>",
        say: there,
    },
    Rule {
        pattern: "[what is] the [current] (date and time|time and date|day and time) <now> <here>",
        say: here,
    },
];

/// "and in london?" directly after a question for the time now.
fn follow_up(reading: &Reading, question: &Question<'_>, context: &Context<'_>) -> Option<String> {
    let last = question.earlier.last()?;
    NOW.say(&Reading::of(last.question)?, context)
        .filter(|_| last.answer.starts_with("It is "))?;
    let place = FOLLOW_UP.values(reading, |found| found.place(0).copied())?;
    Some(now_at(&at(&place, context)?, Some(&place)))
}

/// The questions for the time now alone.
static NOW: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(RULES, FRAGMENTS));

static FOLLOW_UP: LazyLock<Grammar> = LazyLock::new(|| {
    let pattern = "[what about|how about|and|or] [in|for] {place} [now]";
    Grammar::new(
        &[Rule {
            pattern,
            say: |_, _| None,
        }],
        &[],
    )
});

fn here(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let zone = context.zone?;
    Some(now_at(&context.now.to_zoned_datetime(zone.clone()), None))
}

/// "time" and "my time" alone say too little.
fn here_if_clear(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let reading = found.reading;
    let one = reading.tokens.len() == 1;
    let polite = crate::reading::tokens(&reading.source)
        .iter()
        .any(|token| token.is("please"));
    // "what is time" asks a philosopher.
    let wonders = reading.tokens.len() == 3 && reading.is(1, "is") && reading.is(2, "time");
    let enough = (!one || polite) && !wonders && !reading.is(0, "need") && !reading.is(0, "i");
    if enough { here(found, context) } else { None }
}

fn there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let now = at(place, context)?;
    Some(now_at(&now, Some(place)))
}

/// "utc time", "what is eastern time": the name of a zone, with "time" in it.
fn zone_time(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let says_time = found
        .reading
        .tokens
        .iter()
        .any(|token| token.is("time") || token.is("now"));
    let defines = found.reading.tokens.iter().any(|token| token.is("zone"));
    if place.is_zone && says_time && !defines {
        there(found, context)
    } else {
        None
    }
}

/// "what time is it eastern".
fn zone_now(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    if found.place(0)?.is_zone {
        there(found, context)
    } else {
        None
    }
}

fn own_zone(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let now = context.now.to_zoned_datetime(context.zone?.clone());
    Some(format!("Your time zone is {}.", own_zone_note(&now)))
}

/// The time now at a place.
fn at(place: &Place, context: &Context<'_>) -> Option<ZonedDateTime> {
    Some(context.now.to_zoned_datetime(place.zone.rules(context)?))
}

fn to_minute(time: &ZonedDateTime) -> jiff::civil::Time {
    jiff::civil::Time::new(time.hour(), time.minute(), 0, 0).unwrap_or_default()
}

fn now_at(now: &ZonedDateTime, place: Option<&Place>) -> String {
    let clock = clock::written(to_minute(now));
    let date = day::written(now.date());
    match place {
        Some(place) if place.is_zone => {
            format!("It is {clock} on {date}, {}.", located(place, now))
        }
        Some(place) => format!("It is {clock} on {date} {}.", located(place, now)),
        None => format!("It is {clock} on {date} ({}).", own_zone_note(now)),
    }
}

/// "in Tokyo, Japan (JST, UTC+9)", "US Eastern Time (EST, UTC-5)", "UTC".
fn located(place: &Place, now: &ZonedDateTime) -> String {
    let name = place_name(place, now);
    match place.zone {
        Zone::Fixed(_) => name,
        _ if place.is_zone => format!("{name} ({})", zone_note(now)),
        _ => format!("in {name} ({})", zone_note(now)),
    }
}

/// The name of a place; a bare offset is named by itself.
pub(crate) fn place_name(place: &Place, now: &ZonedDateTime) -> String {
    if place.name.is_empty() {
        offset::written(now)
    } else {
        place.name.to_owned()
    }
}

/// "JST, UTC+9"; only the offset where the zone has no letters.
fn zone_note(now: &ZonedDateTime) -> String {
    let info = now.time_zone().to_offset_info(now.timestamp());
    let letters = info.abbreviation();
    let offset = offset::written(now);
    if letters.chars().all(|letter| letter.is_ascii_alphabetic()) && letters != "UTC" {
        format!("{letters}, {offset}")
    } else {
        offset
    }
}

/// The caller's zone by name.
fn own_zone_note(now: &ZonedDateTime) -> String {
    match now.time_zone().iana_name() {
        Some(name) if name != "UTC" => format!("{name}, {}", offset::written(now)),
        _ => offset::written(now),
    }
}
