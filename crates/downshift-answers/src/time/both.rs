//! The time now on the clock that a question names: told on both, so that the one asked for is there.

use jiff::ZonedDateTime;

use super::{at, now_at, to_minute};
use crate::{
    Context, clock, number,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[(
    "clock",
    "[in|using|as|on] [a|the] ({count} [-] (hour|hr|h)|military|am pm) [time|clock|format|notation|clock format|time format]",
)];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<say>] <thetime> [is it] <here> <now> <clock>",
        say: here_on_both_clocks,
    },
    Rule {
        pattern: "what time is it <here> <now> <clock>",
        say: here_on_both_clocks,
    },
    Rule {
        pattern: "[<say>] <thetime> [is it] <now> <in> {place} <now> <clock>",
        say: there_on_both_clocks,
    },
    Rule {
        pattern: "what time is it <now> <in> {place} <now> <clock>",
        say: there_on_both_clocks,
    },
];

/// "what's the time in 24 hour format": on both clocks, so that the one asked for is there.
fn here_on_both_clocks(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    is_clock(found)?;
    let now = context.now.to_zoned_datetime(context.zone?.clone());
    Some(on_both_clocks(&now, &now_at(&now, None)))
}

fn there_on_both_clocks(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    is_clock(found)?;
    let place = found.place(0)?;
    let now = at(place, context)?;
    Some(on_both_clocks(&now, &now_at(&now, Some(place))))
}

/// There are clocks of twelve hours, and of twenty-four.
fn is_clock(found: &Match<'_>) -> Option<()> {
    let hours = found.number(0);
    hours
        .is_none_or(|hours| [12, 24].iter().any(|known| *hours == number::whole(*known)))
        .then_some(())
}

/// "It is 18:44 (6:44 PM) on …".
fn on_both_clocks(now: &ZonedDateTime, sentence: &str) -> String {
    let time = to_minute(now);
    let halves = clock::written(time);
    let both = format!("{:02}:{:02} ({halves})", time.hour(), time.minute());
    sentence.replacen(&halves, &both, 1)
}
