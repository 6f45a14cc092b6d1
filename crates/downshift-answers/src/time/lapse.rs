//! Times of day by themselves: how long from one to another, one so much later, on another clock.

use jiff::civil::Time;

use crate::{
    Context, clock, figures, number,
    pattern::{Match, Rule},
    span,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} (hours|minutes|hours and minutes|time|duration|mins|hrs|) {filler} (between|from) {clock} (to|and|until|till|-) {clock} {filler}",
        say: between,
    },
    Rule {
        pattern: "{filler} (hours|minutes|mins|hrs|time|) {filler} (until|before|to) {filler} {clock} {filler}",
        say: until,
    },
    Rule {
        pattern: "{filler} [time] {filler} {clock} (plus|+) {span} {filler}",
        say: plus,
    },
    Rule {
        pattern: "add {span} to {clock}",
        say: plus,
    },
    Rule {
        pattern: "{filler} [time] {filler} {span} (after|past|from) {clock} {filler}",
        say: plus,
    },
    Rule {
        pattern: "{filler} [time] {filler} {clock} (minus|-) {span} {filler}",
        say: minus,
    },
    Rule {
        pattern: "subtract {span} from {clock}",
        say: minus,
    },
    Rule {
        pattern: "{filler} [time] {filler} {span} before {clock} {filler}",
        say: minus,
    },
    Rule {
        pattern: "[convert|change] {filler} {clock} [time] {filler} (in|to|into|as|on) {filler} (military|civilian|standard|regular|normal) <clockform>",
        say: other_clock,
    },
    Rule {
        pattern: "[convert|change] {filler} [military] {count} [military time|in military time|military] (in|to|into|as) {filler} (civilian|standard|regular|normal|12 - hour|12 hour|am pm) <clockform>",
        say: from_military,
    },
    Rule {
        pattern: "[convert|change] {filler} {clock} [time] {filler} (in|to|into|as|on) {filler} {count} [-] (hour|hr|h) [time|clock|format|notation]",
        say: counted_clock,
    },
];

/// A length in hours and minutes.
fn written(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let parts: Vec<String> = [(hours, "hour"), (minutes, "minute"), (seconds, "second")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| figures::count(*count, name))
        .collect();
    figures::listed(&parts)
}

fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// The length in the unit that was asked for, beside hours and minutes where they differ.
fn asked(found: &Match<'_>, length: i64) -> Option<String> {
    let plain = written(length);
    let in_minutes = figures::counted(&number::ratio(length, 60), "minute", "minutes")?;
    let minutes = found.has(&["minutes", "mins"]) && !found.has(&["hours"]);
    Some(if minutes && in_minutes != plain {
        format!("{in_minutes} ({plain})")
    } else {
        plain
    })
}

fn counts(found: &Match<'_>) -> bool {
    found.has(&[
        "how", "hours", "minutes", "mins", "hrs", "duration", "time", "long",
    ])
}

/// From one time of day to the next other one; a later start means the next day.
fn between(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (from, to) = (*found.clock(0)?, *found.clock(1)?);
    if !counts(found) || from == to {
        return None;
    }
    let length = (seconds(to) - seconds(from)).rem_euclid(86_400);
    let next = if seconds(to) < seconds(from) {
        " the next day"
    } else {
        ""
    };
    Some(format!(
        "{} from {} to {}{next}.",
        asked(found, length)?,
        clock::written(from),
        clock::written(to)
    ))
}

/// Until the next such time where the caller is; a change of clocks on the way is counted.
fn until(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks = found.has(&["how", "hours", "minutes", "mins", "hrs", "long"]);
    let time = *found.clock(0)?;
    let now = context.now.to_zoned_datetime(context.zone?.clone());
    // Within that minute it is now, or tomorrow.
    if time == super::to_minute(&now) {
        return None;
    }
    let mut date = now.date();
    if time <= now.time() {
        date = date.tomorrow().ok()?;
    }
    let then = now
        .time_zone()
        .to_ambiguous_zoned_datetime(date.to_datetime(time));
    let then = then.unambiguous().ok().filter(|_| asks)?;
    let length = then.timestamp().as_second() - now.timestamp().as_second();
    let length = (length + 59) / 60 * 60;
    Some(format!(
        "{} until {} ({}).",
        asked(found, length)?,
        clock::written(time),
        super::own_zone_note(&now)
    ))
}

fn plus(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    moved(found, 1)
}

fn minus(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    moved(found, -1)
}

/// On the face of a clock, without a date or a place.
fn moved(found: &Match<'_>, sign: i64) -> Option<String> {
    let length = found.span(0)?;
    if length.iter().any(|(_, part)| *part < span::Part::Hour) {
        return None;
    }
    let step = number::integer_in(&span::seconds(length)?, 1..=86_400 * 7)?;
    let start = *found.clock(0)?;
    let total = seconds(start) + sign * step;
    let days = total.div_euclid(86_400);
    let rest = total.rem_euclid(86_400);
    let part = |value: i64| i8::try_from(value).ok();
    let time = Time::new(
        part(rest / 3_600)?,
        part(rest / 60 % 60)?,
        part(rest % 60)?,
        0,
    )
    .ok()?;
    let on = match days {
        0 => String::new(),
        1 => " the next day".to_owned(),
        -1 => " the day before".to_owned(),
        _ => return None,
    };
    Some(format!(
        "{} {} {} is {}{on}.",
        span::written(length)?,
        if sign > 0 { "after" } else { "before" },
        clock::written(start),
        clock::written(time)
    ))
}

/// "16:45 in 12 hour format".
fn counted_clock(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let hours = number::integer_in(found.number(0)?, 12..=24)?;
    match hours {
        12 => Some(said_clock(*found.clock(0)?, true)),
        24 => Some(said_clock(*found.clock(0)?, false)),
        _ => None,
    }
}

/// "2130": four digits that are a time of day, where the question says that they are.
fn from_military(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let says_time = found.has(&["time", "clock", "military"]);
    let mut tokens = found.reading.tokens.iter();
    let four = tokens.find(|token| token.text.len() == 4 && token.integer().is_some())?;
    let value = four.integer().filter(|_| says_time && !four.ordinal)?;
    let part = |value: i64| i8::try_from(value).ok();
    let time = Time::new(part(value / 100)?, part(value % 100)?, 0, 0).ok()?;
    Some(said_clock(time, true))
}

/// "16:45 is 4:45 PM."
fn other_clock(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let time = *found.clock(0)?;
    Some(said_clock(time, !found.has(&["military"])))
}

fn said_clock(time: Time, twelve: bool) -> String {
    let halves = clock::written(time);
    let whole = if time.second() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        format!(
            "{:02}:{:02}:{:02}",
            time.hour(),
            time.minute(),
            time.second()
        )
    };
    if twelve {
        format!("{whole} is {halves}.")
    } else {
        format!("{halves} is {whole}.")
    }
}
