//! A stated time of day in one place, told in another.

use jiff::{
    ToSpan, ZonedDateTime,
    civil::{DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};

use super::{at, located, place_name};
use crate::{
    Context, clock, day,
    pattern::{Match, Rule},
    place::Place,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<conv>] {clock} [in|at] {zone} [time] (in|to|into|in terms of|=|is what in|for|as) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "[<conv>] {clock} [in|at] {zone} [time] (is what time|is what|equals what time|would be what time|will be what time) (in|at) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "what time is {clock} [in|at] {zone} [time] (in|to|for) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "what time (is it|will it be|would it be|is that) in {zone} [time] (when|if|at) [it is|its|it s|it 's] {clock} [in|at] {zone} [time]",
        say: asked,
    },
    Rule {
        pattern: "(when|if|at) [it is|its|it s|it 's|it] {clock} [in|at] {zone} [time] [,|then] [then] what time (is it|will it be|would it be|is that) (in|at|for) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "(when|if|at) [it is|its|it s|it 's|it] {clock} [in|at] {zone} [time] [,|then] [then] what is the time (in|at|for) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "(when|if) [it is|its|it s|it 's|it] {clock} [in|at] {zone} [time] what time in {zone}",
        say: stated,
    },
    Rule {
        pattern: "it is {clock} in {zone} [,|.|;] what time is it in {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "[<conv>] {clock} [from] {zone} [time] (to) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "convert {clock} from {zone} [time] (to|into) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "what is {clock} {zone} [time] in {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "what time is {clock} {zone} [time] in {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "{clock} {zone} [time] [in] {zone} time",
        say: stated,
    },
    Rule {
        pattern: "(what is|what time is|convert) {clock} (in|to) {zone} [time]",
        say: from_here,
    },
    Rule {
        pattern: "what time in {zone} [time] is {clock} [in|at] {zone} [time]",
        say: asked,
    },
    Rule {
        pattern: "{clock} [in|at] {zone} [time] (is|equals|=) what [time] (in|at) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "what is {clock} [in|at] {zone} [time] (in|to|for) {zone} [time]",
        say: stated,
    },
    Rule {
        pattern: "[<conv>|what time is] {clock} (my time|here|local time here|my local time) (in|to|is what time in|is what in) {zone} [time]",
        say: from_here,
    },
    Rule {
        pattern: "[<conv>|what time is] {clock} [in|at] {zone} [time] [on] {day} (in|to|into) {zone} [time]",
        say: dated,
    },
    Rule {
        pattern: "[<conv>|what time is] {clock} [on] {day} [in|at] {zone} [time] (in|to|into) {zone} [time]",
        say: dated,
    },
    Rule {
        pattern: "[<conv>|what time is] {clock} [in|at] {zone} [time] (in|to|into|for|=) (my time|local time|my local time|my timezone|my time zone|our time|my zone)",
        say: to_here,
    },
    Rule {
        pattern: "what time is it in {zone} when it is {clock} here",
        say: from_here,
    },
];

pub(super) fn stated(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    told(*found.clock(0)?, found.place(0)?, found.place(1)?, context)
}

/// The target is named first.
pub(super) fn asked(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    told(*found.clock(0)?, found.place(1)?, found.place(0)?, context)
}

/// "3pm in Tokyo" alone may mean from here or over there.
pub(super) fn from_here(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let explicit = found.reading.tokens.iter().any(|token| {
        ["my", "here", "our", "where"]
            .iter()
            .any(|word| token.is(word))
    });
    if !explicit {
        return None;
    }
    told(*found.clock(0)?, &HERE, found.place(0)?, context)
}

/// The caller's own zone, as a place.
const HERE: Place = Place {
    name: "your time zone",
    zone: crate::place::Zone::Here,
    is_zone: false,
};

/// "if it's 5am in berlin what time is it here".
pub(super) fn to_here(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    told(*found.clock(0)?, found.place(0)?, &HERE, context)
}

/// On a stated day, with the clocks of that day.
pub(super) fn dated(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (source, target) = (found.place(0)?, found.place(1)?);
    let day::Day::On(date) = found.day(0)? else {
        return None;
    };
    let zone = source.zone.rules(context)?;
    let there = target.zone.rules(context)?;
    let local = date.to_datetime(*found.clock(0)?);
    let ambiguous = zone.to_ambiguous_zoned_datetime(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            let moment = ambiguous.unambiguous().ok()?;
            let (then, when) = elsewhere(&moment, target, &there);
            let source = located(source, &moment);
            let on = day::without_weekday(*date);
            let clock = clock::written(moment.time());
            Some(format!("{clock} {source} on {on} is {then}{when}."))
        }
        AmbiguousOffset::Gap { .. } => Some(skipped(local, source)),
        AmbiguousOffset::Fold { .. } => {
            let (first, second) = (ambiguous.clone().earlier().ok()?, ambiguous.later().ok()?);
            let told = [&first, &second].map(|moment| elsewhere(moment, target, &there));
            let note = |moment: &ZonedDateTime| super::zone_note(moment);
            Some(format!(
                "{} happens twice in {} on {}, as clocks go back: {}{} the first time ({}), {}{} the second ({}).",
                clock::written(local.time()),
                place_name(source, &first),
                day::without_weekday(*date),
                told[0].0,
                told[0].1,
                note(&first),
                told[1].0,
                told[1].1,
                note(&second),
            ))
        }
    }
}

/// The same moment elsewhere: time and place, and the date where it is another.
fn elsewhere(moment: &ZonedDateTime, target: &Place, zone: &TimeZone) -> (String, String) {
    let there = moment.with_time_zone(zone.clone());
    let shift = if there.date() == moment.date() {
        String::new()
    } else {
        format!(" on {}", day::without_weekday(there.date()))
    };
    let told = format!(
        "{} {}",
        clock::written(there.time()),
        located(target, &there)
    );
    (told, shift)
}

/// "2:30 AM does not exist in Los Angeles on 8 March 2026".
fn skipped(local: DateTime, source: &Place) -> String {
    format!(
        "{} does not exist in {} on {}: clocks go forward past it.",
        clock::written(local.time()),
        source.name,
        day::without_weekday(local.date()),
    )
}

fn told(time: Time, source: &Place, target: &Place, context: &Context<'_>) -> Option<String> {
    let from = at(source, context)?;
    let to = target.zone.rules(context)?;
    let moment = on_day(&from, time)?;
    let there = moment.with_time_zone(to.clone());
    let days = moment.date().until(there.date()).ok()?.get_days();
    let shift = match days {
        0 => String::new(),
        1 => " the next day".to_owned(),
        -1 => " the day before".to_owned(),
        _ => return None,
    };
    // A change of clocks within the day makes the answer depend on the date.
    let dated = if steady(&from, time, &to) {
        String::new()
    } else {
        format!(" on {}", day::without_weekday(moment.date()))
    };
    Some(format!(
        "{} {}{dated} is {} {}{shift}.",
        clock::written(time),
        located(source, &moment),
        clock::written(there.time()),
        located(target, &there),
    ))
}

/// Today's date at the source with that time of day; `None` when clocks skip or repeat it.
fn on_day(from: &ZonedDateTime, time: Time) -> Option<ZonedDateTime> {
    let local = from.date().to_datetime(time);
    let ambiguous = from.time_zone().to_ambiguous_zoned_datetime(local);
    matches!(ambiguous.offset(), AmbiguousOffset::Unambiguous { .. })
        .then(|| ambiguous.unambiguous().ok())
        .flatten()
}

/// Whether the answer is the same yesterday, today and tomorrow.
fn steady(from: &ZonedDateTime, time: Time, to: &jiff::tz::TimeZone) -> bool {
    let apart = |day: i32| -> Option<i32> {
        let date = from.date().checked_add(day.days()).ok()?;
        let moment = from
            .time_zone()
            .to_ambiguous_zoned_datetime(date.to_datetime(time))
            .compatible()
            .ok()?;
        Some(to.to_offset(moment.timestamp()).seconds() - moment.offset().seconds())
    };
    let today = apart(0);
    (-2..=2).all(|day| apart(day) == today)
}
