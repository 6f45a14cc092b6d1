//! Which of two quantities is more.

use std::cmp::Ordering;

use crate::{
    Context,
    pattern::{Match, Rule},
    unit,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "is {quantity} (more than|longer than|greater than|bigger than|larger than|heavier than|taller than|faster than|further than|farther than|hotter than|warmer than|higher than) {quantity}",
        say: is_more,
    },
    Rule {
        pattern: "is {quantity} (less than|shorter than|smaller than|lighter than|slower than|colder than|cooler than|lower than|fewer than) {quantity}",
        say: is_less,
    },
];

fn is_more(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said(found, Ordering::Greater)
}

fn is_less(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said(found, Ordering::Less)
}

pub(super) fn larger(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    which(found, Ordering::Greater)
}

pub(super) fn smaller(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    which(found, Ordering::Less)
}

/// "which is longer, 1 mile or 1.5 km": the one, and what it is in the other's unit.
fn which(found: &Match<'_>, asked: Ordering) -> Option<String> {
    let (left, right) = (found.quantity(0)?, found.quantity(1)?);
    let ([(_, first)], [(_, second)]) = (left.parts.as_slice(), right.parts.as_slice()) else {
        return None;
    };
    let plain = |unit: &unit::Unit| unit.twin.is_none() && !unit.inverse;
    if !plain(first) || !plain(second) || first == second || found.has(&["how", "much", "many"]) {
        return None;
    }
    let converted = unit::convert(left, second)?;
    let order = left.in_base().cmp(&right.in_base());
    if order == Ordering::Equal {
        return Some(format!("They are the same: {converted}"));
    }
    let (named, other) = if order == asked {
        (left, right)
    } else {
        (right, left)
    };
    let than = if asked == Ordering::Greater {
        "more"
    } else {
        "less"
    };
    Some(format!(
        "{} is {than} than {}: {converted}",
        unit::written(named)?,
        unit::written(other)?
    ))
}

/// "Yes: 5 miles is 8.04672 kilometres." Two readings of a unit are none.
fn said(found: &Match<'_>, asked: Ordering) -> Option<String> {
    let (left, right) = (found.quantity(0)?, found.quantity(1)?);
    let ([(_, first)], [(_, target)]) = (left.parts.as_slice(), right.parts.as_slice()) else {
        return None;
    };
    let plain = |unit: &unit::Unit| unit.twin.is_none() && !unit.inverse;
    if !plain(first) || !plain(target) || first == target {
        return None;
    }
    let converted = unit::convert(left, target)?;
    let answer = if left.in_base().cmp(&right.in_base()) == asked {
        "Yes"
    } else {
        "No"
    };
    Some(format!("{answer}: {converted}"))
}
