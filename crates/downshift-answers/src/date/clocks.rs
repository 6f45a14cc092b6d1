//! When clocks are put forward and back.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::today_here;
use crate::{
    Context, clock, day, number,
    pattern::{Fragment, Match, Rule},
    place::Zone,
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "turn",
        "(when do [the] clocks (go forward|go back|spring forward|fall back|go ahead)|when does (daylight saving time|daylight savings time|daylight savings|daylight saving|dst|summer time) (start|begin|end))",
    ),
    (
        "change",
        "(when do [the] clocks (change|go forward and back)|when does [the] time change|when is [the] time change|when are the clock changes)",
    ),
    ("year", "([in] {count}|this year|next year)"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "<change> in {place} <year>",
        say: both_there,
    },
    Rule {
        pattern: "<change> in {count} in {place}",
        say: both_there,
    },
    Rule {
        pattern: "<turn> <year>",
        say: here,
    },
    Rule {
        pattern: "<turn> in {place} <year>",
        say: there,
    },
    Rule {
        pattern: "<turn> in {count} in {place}",
        say: there,
    },
];

fn here(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let zone = context.zone?;
    said(
        found,
        context,
        zone,
        &format!("in your time zone ({})", zone.iana_name()?),
    )
}

fn there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    // Morocco's clocks follow the moon, which no rule gives.
    if matches!(
        place.zone,
        Zone::Named("Africa/Casablanca" | "Africa/El_Aaiun")
    ) || place.is_zone
    {
        return None;
    }
    if place.zone == Zone::Unsure
        && found.reading.tokens.iter().any(|token| {
            ["us", "usa", "america", "states"]
                .iter()
                .any(|name| token.is(name))
        })
    {
        return in_america(found, context);
    }
    let zone = place.zone.rules(context)?;
    said(found, context, &zone, &format!("in {}", place.name))
}

/// Forward and back, in the order of the year.
fn both_there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    if place.is_zone || place.zone == Zone::Unsure {
        return None;
    }
    let zone = place.zone.rules(context)?;
    let today = today_here(context)?;
    let year = match found.number(0) {
        Some(year) => number::integer_in(year, 1990..=i64::from(today.year()) + 5)?,
        None => i64::from(today.year()) + i64::from(found.has(&["next"])),
    };
    let year = i16::try_from(year).ok()?;
    let (forward, back) = (
        change_in(&zone, year, true)?,
        change_in(&zone, year, false)?,
    );
    let said = |way: &str, change: &Change| format!("{way} on {}", day::written(change.date));
    let (forward_said, back_said) = (said("forward", &forward), said("back", &back));
    let (first, second) = if forward.date < back.date {
        (forward_said, back_said)
    } else {
        (back_said, forward_said)
    };
    Some(format!("Clocks in {} go {first} and {second}.", place.name))
}

/// One rule for the whole country, at two o'clock everywhere, but for those who keep none.
fn in_america(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let zone = TimeZone::get("America/New_York").ok()?;
    said(
        found,
        context,
        &zone,
        "in the US (except Hawaii and most of Arizona)",
    )
}

fn said(
    found: &Match<'_>,
    context: &Context<'_>,
    zone: &TimeZone,
    whereabouts: &str,
) -> Option<String> {
    let has = |words: &[&str]| {
        let mut tokens = found.reading.tokens.iter();
        tokens.any(|token| words.iter().any(|word| token.is(word)))
    };
    let forward = has(&["forward", "ahead", "start", "begin"]);
    let today = today_here(context)?;
    let change = match found.number(0) {
        Some(year) => {
            // Farther off, the rules may have changed by then.
            let last = i64::from(today.year()) + 5;
            change_in(
                zone,
                i16::try_from(number::integer_in(year, 1990..=last)?).ok()?,
                forward,
            )?
        }
        None if has(&["next"]) => change_in(zone, today.year() + 1, forward)?,
        None if has(&["this"]) => change_in(zone, today.year(), forward)?,
        None => return None,
    };
    let verb = match (change.date < today, forward) {
        (true, _) => "went",
        (false, _) => "go",
    };
    Some(format!(
        "Clocks {verb} {} {whereabouts} on {}, from {} to {}.",
        if forward { "forward" } else { "back" },
        day::written(change.date),
        clock::written(change.from),
        clock::written(change.to),
    ))
}

struct Change {
    date: Date,
    from: jiff::civil::Time,
    to: jiff::civil::Time,
}

/// The change in that direction, in a year that has one each way.
fn change_in(zone: &TimeZone, year: i16, forward: bool) -> Option<Change> {
    let start = Date::new(year, 1, 1)
        .ok()?
        .to_zoned_datetime(TimeZone::UTC)
        .ok()?;
    let changes: Vec<(bool, Timestamp)> = zone
        .following(start.timestamp())
        .take_while(|change| change.timestamp().to_zoned_datetime(TimeZone::UTC).year() == year)
        .filter_map(|change| {
            let before = change
                .timestamp()
                .checked_sub(jiff::SignedDuration::from_secs(1))
                .ok()?;
            let step = change.offset().seconds() - zone.to_offset(before).seconds();
            (step != 0).then_some((step > 0, change.timestamp()))
        })
        .collect();
    let one_each = changes.len() == 2 && changes.first()?.0 != changes.get(1)?.0;
    let (_, instant) = changes
        .iter()
        .find(|(ahead, _)| one_each && *ahead == forward)?;
    let before = instant
        .checked_sub(jiff::SignedDuration::from_secs(1))
        .ok()?;
    let old = zone.to_offset(before).to_datetime(*instant);
    let new = zone.to_offset(*instant).to_datetime(*instant);
    Some(Change {
        date: old.date(),
        from: old.time(),
        to: new.time(),
    })
}
