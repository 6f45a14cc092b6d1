//! Hides the orders in which people put the same few words of a conversion.
//!
//! The quantity and the unit stand in each pattern; words of asking may stand around them, as many
//! as there are. Nothing else may.

use std::sync::LazyLock;

use super::{compare, compound, lapse, one_of};
use crate::{
    Context,
    pattern::{Fragment, Grammar, Match, Rule},
    unit,
};

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules = [RULES, lapse::RULES].concat();
    Grammar::new(&rules, FRAGMENTS)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "make",
        "(in|into|per|to|equal to|equal|equals|make|makes|make up|make up in|equivalent to|go into|fit in|from|is|=|weigh|comprise)",
    ),
    (
        "to",
        "(in|to|into|as|equals|equal|equal to|make|makes|expressed in|converted to|equivalent to|in terms of|=|worth of)",
    ),
    (
        "conv",
        "[convert|change|translate|turn|switch|express|conversion|the equivalent of|equivalent of]",
    ),
    (
        "more",
        "(longer|bigger|larger|greater|more|heavier|taller|faster|hotter|warmer|higher|farther|further)",
    ),
    (
        "less",
        "(shorter|smaller|less|lighter|slower|colder|cooler|lower)",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} <conv> {filler} {quantity} {filler} <to> {filler} {unit} {filler}",
        say: converted,
    },
    Rule {
        pattern: "{filler} {unit} {filler} <make> {filler} {quantity} {filler} [make|equal|contain]",
        say: converted,
    },
    Rule {
        pattern: "how many {unit} is {quantity}",
        say: converted,
    },
    Rule {
        pattern: "{filler} amount {filler} {unit} {filler} <make> {filler} {quantity}",
        say: converted,
    },
    Rule {
        pattern: "{filler} conversion {filler} [between|from] {unit} (and|to|into) {unit}",
        say: one_of,
    },
    Rule {
        pattern: "{filler} <conv> {filler} {quantity} (in|to|into|as) {unit} [,] {unit} [,] [and|&] {unit}",
        say: in_three,
    },
    Rule {
        pattern: "{filler} <conv> {filler} {quantity} {filler} (in|to|into|as) {unit} (and|&|,) {unit}",
        say: compound,
    },
    Rule {
        pattern: "{filler} <more> [,|:] {filler} {quantity} [,] (or|vs|versus) {quantity}",
        say: compare::larger,
    },
    Rule {
        pattern: "{quantity} (or|vs|versus) {quantity} [,] {filler} [one] {filler} <more>",
        say: compare::larger,
    },
    Rule {
        pattern: "{filler} <more> [,|:] {quantity} [,] (or|vs|versus) {quantity}",
        say: compare::larger,
    },
    Rule {
        pattern: "{filler} <less> [,|:] {quantity} [,] (or|vs|versus) {quantity}",
        say: compare::smaller,
    },
    Rule {
        pattern: "{filler} <less> [,|:] {filler} {quantity} [,] (or|vs|versus) {quantity}",
        say: compare::smaller,
    },
];

/// "what day will it be in 10 days" does not convert days to days, nor "what day is it in 2 weeks" weeks.
fn converted(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let target = found.unit(0)?;
    let same = found
        .quantity(0)?
        .parts
        .iter()
        .all(|(_, unit)| unit == target);
    let asks_a_date = found.has(&["it"]) && found.has(&["day", "month", "year"]);
    let counts = found.has(&["many"]);
    (!same && (counts || !asks_a_date))
        .then(|| super::plain(found, context))
        .flatten()
}

/// "10000 seconds in hours, minutes and seconds".
fn in_three(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    unit::in_parts(
        found.quantity(0)?,
        &[*found.unit(0)?, *found.unit(1)?, *found.unit(2)?],
    )
}
