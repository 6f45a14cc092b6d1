//! Simple and compound interest.

use num_rational::BigRational;

use crate::{
    Context, expression, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<calc>] [the] simple interest (on|for|of) {money} (at|with|of) [a] [rate of] {number} <pct> [per year|per annum|annually|a year|interest] (for|over|after) {number} <years>",
        say: simple,
    },
    Rule {
        pattern: "[<calc>] [the] simple interest (on|for) {money} (for|over) {number} <years> at {number} <pct> [per year|per annum|annually|a year]",
        say: simple_years_first,
    },
    Rule {
        pattern: "[<calc>] [the] compound interest (on|for|of) {money} (at|with|of) [a] [rate of] {number} <pct> [per year|per annum|a year|interest] (for|over|after) {number} <years> [,] compounded <often>",
        say: compound,
    },
    Rule {
        pattern: "[<calc>] [the] compound interest (on|for|of) {money} (at|with|of) {number} <pct> compounded <often> (for|over|after) {number} <years>",
        say: compound,
    },
    Rule {
        pattern: "[<calc>] {money} (at|with) {number} <pct> [interest|annual interest] compounded <often> (for|over|after) {number} <years>",
        say: compound,
    },
    Rule {
        pattern: "[<calc>] {money} invested at {number} <pct> compounded <often> (for|over|after) {number} <years>",
        say: compound,
    },
    Rule {
        pattern: "how much (will|would) {money} (be worth|grow to|become) (after|in) {number} <years> at {number} <pct> [interest] compounded <often>",
        say: compound_years_first,
    },
];

pub(super) fn simple(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_simple(found, found.number(0)?, found.number(1)?)
}

fn simple_years_first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_simple(found, found.number(1)?, found.number(0)?)
}

fn said_simple(found: &Match<'_>, rate: &BigRational, years: &BigRational) -> Option<String> {
    let principal = found.money(0)?;
    let interest = &principal.amount * rate / number::whole(100) * years;
    let total = &principal.amount + &interest;
    let sign = principal.sign;
    Some(format!(
        "The simple interest is {sign}{}, for a total of {sign}{}.",
        figures::money(&interest)?,
        figures::money(&total)?
    ))
}

pub(super) fn compound(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_compound(found, found.number(0)?, found.number(1)?)
}

fn compound_years_first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_compound(found, found.number(1)?, found.number(0)?)
}

/// Principal × (1 + rate / times)^(times × years), in exact arithmetic, rounded to the cent once.
fn said_compound(found: &Match<'_>, rate: &BigRational, years: &BigRational) -> Option<String> {
    let principal = found.money(0)?;
    let has = |word: &str| found.reading.tokens.iter().any(|token| token.is(word));
    let (times, often) = if has("monthly") {
        (12, "monthly")
    } else if has("quarterly") {
        (4, "quarterly")
    } else if has("semiannually") || has("semi") {
        (2, "twice a year")
    } else {
        (1, "yearly")
    };
    let years = number::integer_in(years, 1..=60)?;
    let step = number::whole(1) + rate / number::whole(100 * times);
    let growth = expression::rounded_power(&step, years * times)?;
    let total = &principal.amount * growth;
    let interest = &total - &principal.amount;
    let sign = principal.sign;
    Some(format!(
        "{sign}{} at {}% compounded {often} for {} grows to {sign}{}, of which {sign}{} is interest.",
        figures::money(&principal.amount)?,
        figures::exact(rate)?,
        figures::count(years, "year"),
        figures::money(&total)?,
        figures::money(&interest)?
    ))
}
