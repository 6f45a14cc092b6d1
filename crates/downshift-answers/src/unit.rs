//! Units of measure: the table, quantities as people write them, and exact conversion.

mod convert;
mod table;

use num_rational::BigRational;
use num_traits::Signed;

use crate::{
    number,
    reading::{Kind, Reading},
};
pub(crate) use convert::convert;

/// A unit of the table.
#[derive(Debug, PartialEq)]
pub(crate) struct Unit {
    /// What one of it is called.
    pub(crate) one: &'static str,
    /// What several are called.
    pub(crate) many: &'static str,
    /// Units of one dimension convert into each other.
    pub(crate) dimension: &'static str,
    /// Base units in one of it.
    pub(crate) factor: BigRational,
    /// Added after scaling to get base units, for temperatures.
    pub(crate) offset: BigRational,
    /// Whether the factor is the definition, and not a rounding of it.
    pub(crate) exact: bool,
    /// The unit that the same word means to others (the imperial gallon for "gallon").
    pub(crate) twin: Option<&'static str>,
}

/// An amount of a unit, or of several that add up ("5 ft 11 in").
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    /// Amounts with their units, all of one dimension.
    pub(crate) parts: Vec<(BigRational, &'static Unit)>,
}

/// The longest name of a unit, in tokens.
const MAX_WORDS: usize = 4;

/// All units whose name starts at `at`.
pub(crate) fn parse(reading: &Reading, at: usize) -> Vec<(usize, &'static Unit)> {
    let mut found = Vec::new();
    let mut key = String::new();
    for end in at..(at + MAX_WORDS).min(reading.tokens.len()) {
        let token = &reading.tokens[end];
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&token.text);
        // "Mb" may be megabits or megabytes.
        if mixed_case_data(&token.typed) {
            continue;
        }
        if let Some(unit) = table::named(&key) {
            let end = if reading.is(end + 1, ".")
                && token.kind == Kind::Word
                && reading.get(end + 2).is_some()
            {
                end + 2
            } else {
                end + 1
            };
            found.push((end, unit));
        }
    }
    found.reverse();
    found
}

fn mixed_case_data(typed: &str) -> bool {
    matches!(typed, "Mb" | "Gb" | "Kb" | "Tb" | "kb" | "Mbs" | "Gbs")
}

/// The longest quantity that starts at `at`.
pub(crate) fn quantity(reading: &Reading, at: usize) -> Option<(usize, Quantity)> {
    let (mut end, first) = amount(reading, at)?;
    let mut parts = vec![first];
    loop {
        let comma = usize::from(reading.is(end, ","));
        let and = usize::from(reading.is(end + comma, "and"));
        let (_, last) = parts.last()?;
        if let Some((next, (value, unit))) = amount(reading, end + comma + and) {
            let descends = unit.dimension == last.dimension
                && unit.factor < last.factor
                && !value.is_negative();
            if !descends || last.dimension == "temperature" {
                break;
            }
            parts.push((value, unit));
            end = next;
        } else if let Some(inches) = bare_inches(reading, end, last) {
            parts.push(inches);
            end += 1;
            break;
        } else {
            break;
        }
    }
    Some((end, Quantity { parts }))
}

/// The inches of "6 foot 2" and "5'11".
fn bare_inches(reading: &Reading, at: usize, last: &Unit) -> Option<(BigRational, &'static Unit)> {
    let value = reading.get(at)?.value()?;
    let small = value < number::whole(12);
    (last.one == "foot" && small).then_some((value, table::named("inch")?))
}

fn amount(reading: &Reading, at: usize) -> Option<(usize, (BigRational, &'static Unit))> {
    let (next, value) = if reading.is(at, "a") || reading.is(at, "an") {
        (at + 1, number::whole(1))
    } else if let Some(count) = reading.phrase(at, "half a") {
        (at + count, number::ratio(1, 2))
    } else if let Some((end, share)) = share(reading, at) {
        (end, share)
    } else {
        number::signed(reading, at)?
    };
    let next = if reading.is(next, "-") && !reading.get(next)?.spaced {
        next + 1
    } else {
        next
    };
    let (end, unit) = longest(reading, next)?;
    let negative_length = value.is_negative() && unit.dimension != "temperature";
    (!negative_length).then_some((end, (value, unit)))
}

/// "1/2 cup", "half cup", "a quarter cup", "three quarters of a cup".
fn share(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    if let Some(found) = number::slashed(reading, at) {
        return Some(found);
    }
    const SHARES: &[(&str, i64, i64)] = &[
        ("a quarter of a", 1, 4),
        ("quarter of a", 1, 4),
        ("a quarter", 1, 4),
        ("quarter", 1, 4),
        ("half of a", 1, 2),
        ("half an", 1, 2),
        ("half", 1, 2),
        ("three quarters of a", 3, 4),
        ("three quarter", 3, 4),
        ("a third of a", 1, 3),
        ("a third", 1, 3),
        ("one third", 1, 3),
        ("two thirds of a", 2, 3),
        ("two thirds", 2, 3),
    ];
    let longest = SHARES
        .iter()
        .filter_map(|(phrase, top, bottom)| {
            Some((reading.phrase(at, phrase)?, number::ratio(*top, *bottom)))
        })
        .max_by_key(|(count, _)| *count)?;
    Some((at + longest.0, longest.1))
}

/// The longest name of a unit at `at`.
fn longest(reading: &Reading, at: usize) -> Option<(usize, &'static Unit)> {
    parse(reading, at).into_iter().next()
}

/// The unit by one of its names.
pub(crate) fn named(name: &str) -> Option<&'static Unit> {
    table::named(name)
}

impl Quantity {
    /// The amount in base units of its dimension.
    pub(crate) fn in_base(&self) -> BigRational {
        self.parts
            .iter()
            .fold(number::whole(0), |sum, (value, unit)| {
                sum + value * &unit.factor + &unit.offset
            })
    }

    /// The dimension of its parts.
    pub(crate) fn dimension(&self) -> &'static str {
        self.parts.first().map_or("", |(_, unit)| unit.dimension)
    }
}

#[cfg(test)]
mod tests;
