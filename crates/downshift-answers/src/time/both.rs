//! The time now on the clock that a question names: told on both, so that the one asked for is there.
//!
//! "in 12 hr" may be the clock of twelve hours, or twelve hours from now: it is neither's.

use jiff::ZonedDateTime;

use super::{at, now_at, to_minute};
use crate::{
    Context, clock,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "clock",
        "([in|using|as|on] [a|the] ({face} [-] (hour|hr|h)|military|am pm) (time|clock|format|notation|clock format|time format)|[in|using|as|on] (military|am pm)|[in|using|as|on] {face} [-] hour|(using|as|on|) {face} [-] (hr|h))",
    ),
    ("either", "in {face} [-] (hr|h)"),
];

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
    Rule {
        pattern: "(what time is it|[<say>] <thetime> [is it]) <here> <now> <either>",
        say: |_, _| None,
    },
    Rule {
        pattern: "(what time is it|[<say>] <thetime> [is it]) <now> <in> {place} <now> <either>",
        say: |_, _| None,
    },
];

/// "what's the time in 24 hour format": on both clocks, so that the one asked for is there.
fn here_on_both_clocks(_: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let now = context.now.to_zoned_datetime(context.zone?.clone());
    Some(on_both_clocks(&now, &now_at(&now, None)))
}

fn there_on_both_clocks(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let now = at(place, context)?;
    Some(on_both_clocks(&now, &now_at(&now, Some(place))))
}

/// "It is 18:44 (6:44 PM) on …".
fn on_both_clocks(now: &ZonedDateTime, sentence: &str) -> String {
    let time = to_minute(now);
    let halves = clock::written(time);
    let both = format!("{:02}:{:02} ({halves})", time.hour(), time.minute());
    sentence.replacen(&halves, &both, 1)
}
