//! The time so long from now, or so long ago.

use super::{to_minute, zone_note};
use crate::{
    Context, clock, day, number,
    pattern::{Match, Rule},
    place::Place,
    span,
};

pub(super) const RULES: &[Rule] = &[
    // From now.
    Rule {
        pattern: "what time will it be in {span} [from now]",
        say: later,
    },
    Rule {
        pattern: "what time is it in {span} [from now]",
        say: later,
    },
    Rule {
        pattern: "what time is {span} from now",
        say: later,
    },
    Rule {
        pattern: "what will the time be in {span} [from now]",
        say: later,
    },
    Rule {
        pattern: "what time (will it be|is it) {span} from now",
        say: later,
    },
    Rule {
        pattern: "what will the time be {span} from now",
        say: later,
    },
    Rule {
        pattern: "what time was it {span} ago",
        say: earlier,
    },
];

pub(super) fn later(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    shifted(found, context, false, None)
}

/// "what time will it be in rome in 3 hours".
pub(super) fn later_there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    shifted(found, context, false, Some(found.place(0)?))
}

pub(super) fn earlier(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    shifted(found, context, true, None)
}

fn shifted(
    found: &Match<'_>,
    context: &Context<'_>,
    back: bool,
    place: Option<&Place>,
) -> Option<String> {
    let length = found.span(0)?;
    if length.iter().any(|(_, part)| *part < span::Part::Day) {
        return None;
    }
    let seconds = number::integer_in(&span::seconds(length)?, 1..=400 * 86_400)?;
    let start = match place {
        Some(place) => super::at(place, context)?,
        None => context.now.to_zoned_datetime(context.zone?.clone()),
    };
    let step = jiff::SignedDuration::from_secs(seconds);
    let then = if back {
        start.checked_sub(step)
    } else {
        start.checked_add(step)
    }
    .ok()?;
    let (was, when) = if back {
        ("was", "ago")
    } else {
        ("will be", "from now")
    };
    Some(format!(
        "It {was} {} on {} {}, {} {when}.",
        clock::written(to_minute(&then)),
        day::written(then.date()),
        match place {
            Some(place) => super::located(place, &then),
            None => format!("({})", zone_note(&then)),
        },
        span::written(length)?,
    ))
}
