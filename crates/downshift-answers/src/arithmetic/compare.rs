//! Which of two numbers is larger.

use num_rational::BigRational;

use crate::{
    Context,
    expression::{Expression, Operator},
    figures,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "is {number} <more> {number}",
        say: is_more,
    },
    Rule {
        pattern: "is {number} <less> {number}",
        say: is_less,
    },
    Rule {
        pattern: "is {expression} (<more>|<less>) {expression}",
        say: computed,
    },
    Rule {
        pattern: "is {number} (equal to|the same as) {number}",
        say: is_equal,
    },
    Rule {
        pattern: "(which is|what is|which number is|whats|which one is|which of these is) [the] (bigger|larger|greater|higher|more|biggest|largest|greatest|highest) [number|one|:|,] {number} [,] (or|and|vs|versus) {number}",
        say: larger,
    },
    Rule {
        pattern: "(which is|what is|which number is|whats|which one is|which of these is) [the] (smaller|lower|less|lesser|smallest|lowest|least) [number|one|:|,] {number} [,] (or|and|vs|versus) {number}",
        say: smaller,
    },
    Rule {
        pattern: "compare {number} (and|to|with|vs) {number}",
        say: larger,
    },
    Rule {
        pattern: "{number} or {number} which is (bigger|larger|greater|higher)",
        say: larger,
    },
    Rule {
        pattern: "{number} (or|vs|and) {number} [,] which [one|number] is (bigger|larger|greater|higher)",
        say: larger,
    },
    Rule {
        pattern: "is {number} (bigger|larger|greater|higher) or (smaller|less|lower) than {number}",
        say: larger_or_smaller,
    },
];

fn figures_of(value: &BigRational) -> Option<String> {
    figures::exact(value).or_else(|| figures::fraction(value))
}

fn both(found: &Match<'_>) -> Option<(BigRational, BigRational, String, String)> {
    let (a, b) = (found.number(0)?.clone(), found.number(1)?.clone());
    let texts = (figures_of(&a)?, figures_of(&b)?);
    Some((a, b, texts.0, texts.1))
}

fn relation(a: &BigRational, b: &BigRational) -> &'static str {
    match a.cmp(b) {
        std::cmp::Ordering::Less => "less than",
        std::cmp::Ordering::Equal => "equal to",
        std::cmp::Ordering::Greater => "greater than",
    }
}

fn yes(agrees: bool) -> &'static str {
    if agrees { "Yes" } else { "No" }
}

/// "is 2^10 more than 1000": what is computed is said.
fn computed(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (left, right) = (found.expression(0)?, found.expression(1)?);
    let less = found.reading.tokens.iter().any(|token| {
        ["less", "smaller", "lower", "fewer", "below", "under"]
            .iter()
            .any(|word| token.is(word))
    });
    // "3/4" is a number, and said as one.
    let is_number = |side: &Expression| match side {
        Expression::Binary(Operator::Divide, top, bottom) => !top.computes() && !bottom.computes(),
        side => !side.computes(),
    };
    let (a, b) = (left.evaluate()?, right.evaluate()?);
    if !a.exact || !b.exact {
        return None;
    }
    let said = |side: &Expression, value: &BigRational| {
        let value = figures_of(value)?;
        Some(if is_number(side) {
            value
        } else {
            format!("{} ({value})", side.written()?)
        })
    };
    Some(format!(
        "{}, {} is {} {}.",
        yes(if less {
            a.value < b.value
        } else {
            a.value > b.value
        }),
        said(left, &a.value)?,
        relation(&a.value, &b.value),
        said(right, &b.value)?
    ))
}

/// "which is bigger, 2^10 or 10^3".
pub(super) fn computed_larger(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (left, right) = (found.expression(0)?, found.expression(1)?);
    let (a, b) = (left.evaluate()?, right.evaluate()?);
    if !a.exact || !b.exact || found.has(&["how", "much", "many"]) {
        return None;
    }
    let said = |side: &Expression, value: &BigRational| {
        let value = figures_of(value)?;
        let written = side.written()?;
        Some(if side.computes() && written != value {
            format!("{written} ({value})")
        } else {
            value
        })
    };
    let (left, right) = (said(left, &a.value)?, said(right, &b.value)?);
    Some(match a.value.cmp(&b.value) {
        std::cmp::Ordering::Greater => format!("{left} is larger than {right}."),
        std::cmp::Ordering::Less => format!("{right} is larger than {left}."),
        std::cmp::Ordering::Equal => format!("{left} is equal to {right}."),
    })
}

fn is_more(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(format!(
        "{}, {first} is {} {second}.",
        yes(a > b),
        relation(&a, &b)
    ))
}

fn is_less(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(format!(
        "{}, {first} is {} {second}.",
        yes(a < b),
        relation(&a, &b)
    ))
}

fn is_equal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(format!(
        "{}, {first} is {} {second}.",
        yes(a == b),
        relation(&a, &b)
    ))
}

fn larger(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(match a.cmp(&b) {
        std::cmp::Ordering::Less => format!("{second} is larger than {first}."),
        std::cmp::Ordering::Equal => format!("{first} and {second} are equal."),
        std::cmp::Ordering::Greater => format!("{first} is larger than {second}."),
    })
}

fn smaller(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(match a.cmp(&b) {
        std::cmp::Ordering::Less => format!("{first} is smaller than {second}."),
        std::cmp::Ordering::Equal => format!("{first} and {second} are equal."),
        std::cmp::Ordering::Greater => format!("{second} is smaller than {first}."),
    })
}

fn larger_or_smaller(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b, first, second) = both(found)?;
    Some(format!("{first} is {} {second}.", relation(&a, &b)))
}
