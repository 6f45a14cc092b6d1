//! How much of a smaller unit a year has; it depends on the year, and both are said.

use num_traits::One;

use crate::{
    Context,
    pattern::{Match, Rule},
    unit::{Quantity, Unit},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "how many {unit} (are|is|) [there] in (a|one|1) (calendar|normal|regular|common|non leap) year",
        say: in_a_year,
    },
    Rule {
        pattern: "how many {unit} (a year has|make a year)",
        say: in_a_year,
    },
];

fn in_a_year(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    named(found.unit(0)?)
}

/// The sentence for one year in a unit of the clock or the week.
pub(super) fn said(quantity: &Quantity, unit: &Unit) -> Option<String> {
    match quantity.parts.as_slice() {
        [(count, year)] if count.is_one() && year.one == "year" => named(unit),
        _ => None,
    }
}

fn named(unit: &Unit) -> Option<String> {
    let text = match unit.one {
        "day" => "A year has 365 days, or 366 in a leap year.",
        "week" => "A year has 52 weeks and 1 day, or 52 weeks and 2 days in a leap year.",
        "hour" => "A year has 8,760 hours, or 8,784 in a leap year.",
        "minute" => "A year has 525,600 minutes, or 527,040 in a leap year.",
        "second" => "A year has 31,536,000 seconds, or 31,622,400 in a leap year.",
        _ => return None,
    };
    Some(text.to_owned())
}
