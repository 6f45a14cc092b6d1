//! Rounding, and the same number as a decimal or a fraction.

use num_rational::BigRational;
use num_traits::Signed;

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(round|what is) {number} [rounded] (to|off to) [the nearest] {count} (decimal places|decimal place|decimals|dp|places|decimal points)",
        say: round_places,
    },
    Rule {
        pattern: "(round|what is) {number} [rounded] [off] to the nearest {word} [number|place]",
        say: round_nearest,
    },
    Rule {
        pattern: "round {number} [up|down] [to] [the] [nearest] [integer|whole number]",
        say: round_whole,
    },
    Rule {
        pattern: "round {number} [up|down] to the nearest {word} [number|place]",
        say: round_nearest,
    },
    Rule {
        pattern: "[<calc>] [the] [value of] [first] (pi|π) (to|with|rounded to|correct to|up to) [the] [first] {count} (decimal places|decimal place|decimals|dp|places|decimal points|digits after the decimal point)",
        say: pi,
    },
    Rule {
        pattern: "(convert|what is|write|express|) {number} (as a|to a|to|as|in) decimal",
        say: as_decimal,
    },
    Rule {
        pattern: "(convert|what is|write|express|) {number} (as a|to a|to|as|into a) fraction",
        say: as_fraction,
    },
    Rule {
        pattern: "(simplify|reduce) [the fraction|fraction|this fraction] [:] {number} [to lowest terms|to simplest form|to its simplest form|to its lowest terms|in simplest form]",
        say: simplify,
    },
];

fn round_places(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    let places = number::integer_in(found.number(1)?, 0..=12)?;
    let text = figures::exact(value).or_else(|| figures::fraction(value))?;
    let rounded = figures::fixed(value, u32::try_from(places).ok()?)?;
    Some(format!(
        "{text} rounded to {} is {rounded}.",
        figures::count(places, "decimal place")
    ))
}

fn round_nearest(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (name, unit) = match found.word(0)?.as_str() {
        "whole" | "integer" | "one" | "unit" => ("whole number", number::whole(1)),
        "ten" | "10" | "tens" => ("ten", number::whole(10)),
        "hundred" | "100" | "hundreds" => ("hundred", number::whole(100)),
        "thousand" | "1000" | "thousands" => ("thousand", number::whole(1_000)),
        "million" => ("million", number::whole(1_000_000)),
        "tenth" => ("tenth", number::ratio(1, 10)),
        "hundredth" => ("hundredth", number::ratio(1, 100)),
        "cent" => ("cent", number::ratio(1, 100)),
        "thousandth" => ("thousandth", number::ratio(1, 1_000)),
        _ => return None,
    };
    said_rounded(found, name, &unit)
}

fn round_whole(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    // "round 2" is a bout.
    if found.number(0)?.is_integer() {
        return None;
    }
    said_rounded(found, "whole number", &number::whole(1))
}

fn said_rounded(found: &Match<'_>, name: &str, unit: &BigRational) -> Option<String> {
    let value = found.number(0)?;
    let scaled = value / unit;
    let has = |word: &str| found.reading.tokens.iter().any(|token| token.is(word));
    let (rounded, direction) = if has("up") {
        (scaled.ceil(), " up")
    } else if has("down") {
        (scaled.floor(), " down")
    } else {
        // Half way below zero is rounded away from zero by some, and up by others.
        if scaled.is_negative() && (&scaled * number::whole(2)).is_integer() && !scaled.is_integer()
        {
            return None;
        }
        (scaled.round(), "")
    };
    let (value, rounded) = (figures::exact(value)?, figures::exact(&(rounded * unit))?);
    Some(format!(
        "{value} rounded{direction} to the nearest {name} is {rounded}."
    ))
}

/// The first decimals of π, more than which are not a short answer (OEIS A000796).
const PI: &str = "31415926535897932384626433832795028841971693993751058209749445923";

/// Rounded, as any other number; where cutting gives another last digit the sentence still says which it is.
fn pi(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let places = number::integer_in(found.number(0)?, 1..=50)?;
    let scale = BigRational::from_integer(number::power_of_ten(u32::try_from(PI.len() - 1).ok()?));
    let pi = number::decimal(PI)? / scale;
    let rounded = figures::fixed(&pi, u32::try_from(places).ok()?)?;
    Some(format!(
        "π rounded to {} is {rounded}.",
        figures::count(places, "decimal place")
    ))
}

fn as_decimal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    let fraction = figures::fraction(value)?;
    let (text, exact) = figures::short(value, 10)?;
    Some(format!(
        "{fraction} is {}{text} as a decimal.",
        if exact { "" } else { "about " }
    ))
}

fn as_fraction(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    Some(format!(
        "{} is {} as a fraction.",
        figures::exact(value)?,
        figures::fraction(value)?
    ))
}

fn simplify(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let slash = found
        .reading
        .tokens
        .iter()
        .position(|token| token.is("/"))?;
    let (top, bottom) = (found.reading.get(slash - 1)?, found.reading.get(slash + 1)?);
    let value = found.number(0)?;
    let text = figures::fraction(value).or_else(|| figures::exact(value))?;
    Some(format!(
        "{}/{} simplifies to {text}.",
        top.text, bottom.text
    ))
}
