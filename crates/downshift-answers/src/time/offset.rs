//! Offsets from UTC: what zone a place keeps, and how far places are apart.

use jiff::ZonedDateTime;

use super::{at, zone_note};
use crate::{
    Context, figures,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(what|which) (timezone|time zone) would {place} be [in|on]",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) is {place} located [in]",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) (does|do) {place} (reside in|lie in|fall in|fall under|have)",
        say: zone,
    },
    Rule {
        pattern: "{place} is in (what|which) (timezone|time zone)",
        say: zone,
    },
    Rule {
        pattern: "in (what|which) (timezone|time zone) (is|does) {place} (located|lie|fall|reside|sit)",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) {place} (uses|is in|is on|has|is)",
        say: zone,
    },
    Rule {
        pattern: "[the] (timezone|time zone) [that|which] {place} is in",
        say: zone,
    },
    Rule {
        pattern: "[what is] [the] [current] (timezone|time zone) (in|for|of|at) {place} <now>",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) do (they|people) use in {place}",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) (contains|covers|includes) [the city of] {place}",
        say: zone,
    },
    Rule {
        pattern: "if (i am|i m|im|you are|you re|you 're) in {place} [,] what (timezone|time zone) (am i|are you) in",
        say: zone,
    },
    Rule {
        pattern: "(what|which) time zone is {place} [in|on|using] <now>",
        say: zone,
    },
    Rule {
        pattern: "(what|which) timezone is {place} [in|on|using] <now>",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) (does|do) {place} (use|have|follow|observe|fall in|belong to|lie in)",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) is (used|observed|it|followed) in {place}",
        say: zone,
    },
    Rule {
        pattern: "(what|which) (timezone|time zone) are they (in|on) in {place}",
        say: zone,
    },
    Rule {
        pattern: "[what is|give me] [the] (timezone|time zone) (for|of|in) {place}",
        say: zone,
    },
    Rule {
        pattern: "[what is] {place} ['s] (timezone|time zone)",
        say: zone,
    },
    Rule {
        pattern: "[what is] [the] {place} (timezone|time zone)",
        say: zone,
    },
    Rule {
        pattern: "in (what|which) (timezone|time zone) is {place}",
        say: zone,
    },
    Rule {
        pattern: "(timezone|time zone) {place}",
        say: zone,
    },
    Rule {
        pattern: "[what is] [the] [current] (utc|gmt) offset (of|for|in) {place} <now>",
        say: zone,
    },
    Rule {
        pattern: "[what is] {place} ['s] [current] (utc|gmt) offset",
        say: zone,
    },
    Rule {
        pattern: "[what is|calculate|find|give me] [the] [current|hour] (time difference|difference in time|time zone difference|timezone difference|hour difference|difference in hours|hours difference) (between|from|of) {zone} [time] (and|to|vs|versus|&|or) {zone} [time] <now>",
        say: between,
    },
    Rule {
        pattern: "[what is] {place} (and|to|vs|versus|-) {place} time difference",
        say: between,
    },
    Rule {
        pattern: "how many hours (ahead|behind|different|apart) (is|are) {place} (of|from|and|than|compared to|to|vs|versus) {place} <now>",
        say: between,
    },
    Rule {
        pattern: "how many hours (are|is) [there] [between] {place} (and|ahead of|behind|from) {place} [apart] <now>",
        say: between,
    },
    Rule {
        pattern: "how (far|much) (ahead|behind) (is|of) {place} (of|from|is|compared to) {place} [in time|in hours] <now>",
        say: between,
    },
    Rule {
        pattern: "is {place} ahead of or behind {place} [in time] [and by how much]",
        say: between,
    },
    Rule {
        pattern: "how many hours (difference|of difference|apart) (is there|are there|is it|is|) between {place} and {place}",
        say: between,
    },
    Rule {
        pattern: "how many hours (ahead|behind) [of] {place} is {place} <now>",
        say: second_first,
    },
    Rule {
        pattern: "[what is] [the] [current] time (difference|diff) [between] {place} [and|to|vs|-|/] {place}",
        say: between,
    },
    Rule {
        pattern: "is there (a|any) time [zone] difference between {place} and {place}",
        say: whether,
    },
    Rule {
        pattern: "how (far|many hours) (ahead|behind) {place} is {place}",
        say: second_first,
    },
    Rule {
        pattern: "is {place} (ahead of|behind) {place}",
        say: between,
    },
    Rule {
        pattern: "[what is] [the] hours (between|difference between) {place} and {place} [time zones|timezones]",
        say: between,
    },
    Rule {
        pattern: "[what is] [the] time difference (with|from here to|between here and|between me and|between us and|from me to|to) {place}",
        say: from_here,
    },
    Rule {
        pattern: "how many hours (ahead|behind) [of me|of us|of here] is {place}",
        say: from_here,
    },
    Rule {
        pattern: "how (far|many hours) (ahead|behind) (is|are) {place} [from (here|me|us)]",
        say: from_here,
    },
];

pub(super) fn zone(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let now = at(place, context)?;
    if place.name.is_empty() {
        return None;
    }
    let note = zone_note(&now);
    let name = now
        .time_zone()
        .iana_name()
        .map(|name| format!("{name}: "))
        .unwrap_or_default();
    Some(format!(
        "{} is on {name}{note} at the moment.",
        figures::capitalised(place.name)
    ))
}

pub(super) fn between(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, second) = (found.place(0)?, found.place(1)?);
    Some(apart(
        (&at(first, context)?, first.name),
        (&at(second, context)?, second.name),
    ))
}

/// "is there a time difference between London and Paris".
fn whether(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, second) = (at(found.place(0)?, context)?, at(found.place(1)?, context)?);
    let same = first.offset() == second.offset();
    let said = between(found, context)?;
    Some(format!("{}: {said}", if same { "No" } else { "Yes" }))
}

/// "how many hours ahead of London is Tokyo": the second one is asked about.
fn second_first(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (first, second) = (found.place(1)?, found.place(0)?);
    Some(apart(
        (&at(first, context)?, first.name),
        (&at(second, context)?, second.name),
    ))
}

pub(super) fn from_here(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let here = context.now.to_zoned_datetime(context.zone?.clone());
    let name = super::own_zone_note(&here);
    Some(apart(
        (&at(place, context)?, place.name),
        (&here, &format!("you ({name})")),
    ))
}

/// How far the first is ahead of the second, in words.
fn apart(first: (&ZonedDateTime, &str), second: (&ZonedDateTime, &str)) -> String {
    let (named, other) = (label(first), label(second));
    let seconds = first.0.offset().seconds() - second.0.offset().seconds();
    let named = figures::capitalised(&named);
    if seconds == 0 {
        return format!(
            "{named} and {other} are at the same time right now ({}).",
            written(first.0)
        );
    }
    let minutes = i64::from(seconds.abs()) / 60;
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    let hours = match (minutes / 60, minutes % 60) {
        (0, minutes) => figures::count(minutes, "minute"),
        (hours, 0) => figures::count(hours, "hour"),
        (hours, minutes) => format!(
            "{} {}",
            figures::count(hours, "hour"),
            figures::count(minutes, "minute")
        ),
    };
    let notes = (written(first.0), written(second.0));
    format!(
        "{named} is {hours} {direction} {other} right now ({} and {}).",
        notes.0, notes.1
    )
}

fn label((time, name): (&ZonedDateTime, &str)) -> String {
    if name.is_empty() {
        written(time)
    } else {
        name.to_owned()
    }
}

/// "is it DST in Sydney": whether its clocks are forward now.
pub(super) fn summer_now(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks_why = found.has(&["when", "what", "many", "much", "long"]);
    let place = found.place(0).filter(|_| !asks_why)?;
    let now = at(place, context)?;
    let is = now
        .time_zone()
        .to_offset_info(now.timestamp())
        .dst()
        .is_dst();
    Some(format!(
        "{}, {} is {}on daylight saving time right now ({}).",
        if is { "Yes" } else { "No" },
        place.name,
        if is { "" } else { "not " },
        zone_note(&now)
    ))
}

/// "does Arizona observe daylight saving": whether its clocks change within a year.
pub(super) fn summer_ever(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let now = at(place, context)?;
    let year = now.checked_add(jiff::Span::new().years(1)).ok()?;
    let changes = now
        .time_zone()
        .following(context.now)
        .take_while(|change| change.timestamp() < year.timestamp())
        .any(|change| change.dst().is_dst());
    let (answer, does) = if changes {
        ("Yes", "observes")
    } else {
        ("No", "does not observe")
    };
    Some(format!(
        "{answer}, {} {does} daylight saving time.",
        place.name
    ))
}

/// "UTC+9", "UTC-3:30", "UTC".
pub(super) fn written(time: &ZonedDateTime) -> String {
    let seconds = time.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    match (seconds.abs() / 3_600, seconds.abs() / 60 % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}
