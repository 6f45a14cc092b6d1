//! Which of two numbers is larger.

use num_rational::BigRational;

use crate::{
    Context,
    expression::{Expression, Operator},
    figures,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    (
        "largest",
        "(bigger|larger|greater|higher|biggest|largest|greatest|highest)",
    ),
    (
        "smallest",
        "(smaller|lower|less|lesser|smallest|lowest|least)",
    ),
    ("thing", "[number|value|one|decimal]"),
    ("pair", "{number} [,] (or|and|vs|versus) {number}"),
    ("among", "[between|among|out of|of|from]"),
    (
        "values",
        "[the|these] [two|actual|following|given] [numbers|values|decimals] [:|,]",
    ),
    (
        "which",
        "(which|which one|which number|which value|which real number|which of them|which of these|which of the two|which of the following|which [one] of (these|the) [two] (numbers|values|decimals)|what)",
    ),
    (
        "find",
        "[numerically|as numbers|in numerical value|in terms of numerical value] [,] (<which> is|what s|whats|find|identify|choose|select|pick|determine|name|state|tell me|[please] (determine|identify|find|decide|evaluate|indicate|say|state|tell me) <which> is)",
    ),
    (
        "given",
        "[between|among|out of|of|for|given|from|with|compare|comparing|when comparing|if you compare|consider|considering|take|treating|two numbers are given :|here are two numbers :]",
    ),
    (
        "taken",
        "[,] [both] [are|when] [numbers|as numbers|as decimals|considering (them|these) as numbers|considering (them|these) as actual numbers|when they represent numbers|they represent numbers]",
    ),
];

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
        pattern: "<find> [the] <largest> <thing> [:|,] <among> <values> <pair> <taken>",
        say: larger,
    },
    Rule {
        pattern: "<find> [the] <smallest> <thing> [:|,] <among> <values> <pair> <taken>",
        say: smaller,
    },
    Rule {
        pattern: "<given> <values> <pair> [are compared] <taken> [.|,|:|;|-] <which> is [the] <largest> <thing> <taken>",
        say: larger,
    },
    Rule {
        pattern: "<given> <values> <pair> [are compared] <taken> [.|,|:|;|-] <which> is [the] <smallest> <thing> <taken>",
        say: smaller,
    },
    Rule {
        pattern: "<which> (between|of|among|out of) <values> <pair> is [the] <largest> <thing> <taken>",
        say: larger,
    },
    Rule {
        pattern: "<which> (between|of|among|out of) <values> <pair> is [the] <smallest> <thing> <taken>",
        say: smaller,
    },
    Rule {
        pattern: "<which> has [the] <largest> value [:|,] <pair> <taken>",
        say: larger,
    },
    Rule {
        pattern: "<which> has [the] <smallest> value [:|,] <pair> <taken>",
        say: smaller,
    },
    Rule {
        pattern: "[tell me|say|state] whether <pair> is [the] <largest> <thing> <taken>",
        say: larger,
    },
    Rule {
        pattern: "[tell me|say|state] whether <pair> is [the] <smallest> <thing> <taken>",
        say: smaller,
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
    let texts = (typed(found, &a)?, typed(found, &b)?);
    Some((a, b, texts.0, texts.1))
}

/// A number as it was typed, its last zeros included and no commas added; else in figures.
fn typed(found: &Match<'_>, value: &BigRational) -> Option<String> {
    let mut typed = found.reading.tokens.iter().filter(|token| {
        let plain = token
            .text
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign == '.');
        plain && !token.grouped && token.value().as_ref() == Some(value)
    });
    match typed.next() {
        Some(token) if is_written_out(&token.text) => Some(token.text.clone()),
        _ => figures_of(value),
    }
}

/// Whether digits begin as a number in full does: neither with a point nor with a zero too many.
fn is_written_out(digits: &str) -> bool {
    let whole = digits.split('.').next().unwrap_or_default();
    !whole.is_empty() && (whole == "0" || !whole.starts_with('0'))
}

/// The question without brackets around what only says that numbers are numbers, and with a comma for a dash.
pub(super) fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    const REMARKS: &[&str] = &["number", "decimal"];
    let dashed = text.contains(" --- ") || text.contains(" -- ");
    let remark = text.find('(').zip(text.find(')')).filter(|(open, close)| {
        let inner = text.get(open + 1..*close).unwrap_or_default();
        let worded = inner
            .chars()
            .all(|sign| sign.is_ascii_alphabetic() || sign == ' ');
        worded && REMARKS.iter().any(|remark| inner.contains(remark))
    });
    if !dashed && remark.is_none() {
        return text.into();
    }
    let mut plain = text.replace(" --- ", ", ").replace(" -- ", ", ");
    if remark.is_some() {
        plain = plain.replace(['(', ')'], " ");
    }
    plain.into()
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
        if !side.computes() {
            return typed(found, value);
        }
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
        if !side.computes() {
            return typed(found, value);
        }
        let (value, written) = (figures_of(value)?, side.written()?);
        Some(if written == value {
            value
        } else {
            format!("{written} ({value})")
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
