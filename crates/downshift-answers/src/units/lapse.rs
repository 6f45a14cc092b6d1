//! Sums and differences of lengths of time: "2h 45m + 1h 30m".

use num_rational::BigRational;
use num_traits::Signed;

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
    span::{self, Part},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} {span} (+|plus|and) {span} {filler} [equal|equals|=]",
        say: sum,
    },
    Rule {
        pattern: "{filler} add {span} (and|to|plus) {span}",
        say: sum,
    },
    Rule {
        pattern: "{filler} {span} (-|minus) {span} {filler} [equal|equals|=]",
        say: difference,
    },
    Rule {
        pattern: "{filler} subtract {span} from {span}",
        say: difference_second,
    },
];

fn sum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second) = (found.span(0)?, found.span(1)?);
    said(first, "+", second, |a, b| a + b)
}

fn difference(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second) = (found.span(0)?, found.span(1)?);
    said(first, "-", second, |a, b| a - b)
}

fn difference_second(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second) = (found.span(1)?, found.span(0)?);
    said(first, "-", second, |a, b| a - b)
}

fn said(
    first: &span::Length,
    sign: &str,
    second: &span::Length,
    of: fn(BigRational, BigRational) -> BigRational,
) -> Option<String> {
    let total = of(span::seconds(first)?, span::seconds(second)?);
    if total.is_negative() || !total.is_integer() {
        return None;
    }
    let smallest = [first, second]
        .iter()
        .filter_map(|length| length.last())
        .map(|(_, part)| *part)
        .max()?;
    let total = number::integer_in(&total, 0..=3_155_760_000)?;
    Some(format!(
        "{} {sign} {} = {}.",
        span::written(first)?,
        span::written(second)?,
        parts(total, smallest)
    ))
}

/// Days are counted apart only where no hours were said.
fn parts(total: i64, smallest: Part) -> String {
    let mut rest = total;
    let units: &[(i64, &str)] = if smallest <= Part::Day {
        &[(604_800, "week"), (86_400, "day")]
    } else {
        &[(3_600, "hour"), (60, "minute"), (1, "second")]
    };
    let mut texts = Vec::new();
    for (size, name) in units {
        if rest >= *size {
            texts.push(figures::count(rest / size, name));
            rest %= size;
        }
    }
    if texts.is_empty() {
        texts.push(figures::count(0, smallest.word()));
    }
    figures::listed(&texts)
}
