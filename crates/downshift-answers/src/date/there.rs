//! The date somewhere else.

use crate::{
    Context, day,
    pattern::{Match, Rule},
    time,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(what|which) (day|date|day of the week) is it <now> (in|at|over in) {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what (day|date) it is <now> in {place} <now>",
        say: there,
    },
    Rule {
        pattern: "what is [the|today 's] [current] date <now> in {place} <now>",
        say: there,
    },
    Rule {
        pattern: "(date|current date|the date|the current date|today 's date|todays date) <now> in {place} <now>",
        say: there,
    },
];

fn there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let place = found.place(0)?;
    let now = context.now.to_zoned_datetime(place.zone.rules(context)?);
    Some(format!(
        "It is {} in {}.",
        day::written(now.date()),
        time::place_name(place, &now)
    ))
}
