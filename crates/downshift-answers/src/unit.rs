//! Units of measure: the table, quantities as people write them, and exact conversion.

mod convert;
mod table;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::{
    number,
    reading::{Kind, Reading},
};
pub(crate) use convert::{compound, convert, in_parts, written};

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
    /// It counts the other way round: less of it is more ("l/100 km").
    pub(crate) inverse: bool,
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
const MAX_WORDS: usize = 5;

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
        // "Mb" may be megabits or megabytes, "mj" milli- or megajoules.
        if has_two_readings(&token.typed) {
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

fn has_two_readings(typed: &str) -> bool {
    matches!(
        typed,
        "Mb" | "Gb" | "Kb" | "Tb" | "Mbs" | "Gbs" | "mJ" | "mj" | "mPa" | "mpa" | "mHz" | "mWh"
    )
}

/// The longest quantity that starts at `at`.
pub(crate) fn quantity(reading: &Reading, at: usize) -> Option<(usize, Quantity)> {
    let (mut end, first) = amount(reading, at)?;
    let mut parts = vec![first];
    loop {
        let comma = usize::from(reading.is(end, ","));
        let and = usize::from(reading.is(end + comma, "and"));
        let (_, last) = parts.last()?;
        let next = amount(reading, end + comma + and).filter(|(_, (value, unit))| {
            unit.dimension == last.dimension
                && unit.factor < last.factor
                && !value.is_negative()
                && last.dimension != "temperature"
        });
        if let Some((next, part)) = next {
            parts.push(part);
            end = next;
        } else {
            if let Some(rest) = bare_rest(reading, end, last) {
                parts.push(rest);
                end += 1;
            }
            break;
        }
    }
    Some((end, Quantity { parts }))
}

/// The quantities that start at `at`: the longest, and where its last word is an "in" that may
/// belong to what follows, also the one without it.
pub(crate) fn quantities(reading: &Reading, at: usize) -> Vec<(usize, Quantity)> {
    let mut found: Vec<_> = quantity(reading, at).into_iter().collect();
    if let Some((end, longest)) = found.first().cloned() {
        let (last, others) = match longest.parts.split_last() {
            Some((last, others)) if !others.is_empty() => (last, others),
            _ => return found,
        };
        let bare =
            others.last().is_some_and(|(_, unit)| unit.one == "foot") && last.1.one == "inch";
        if reading.is(end - 1, "in") && bare {
            found.push((end - 1, longest));
        } else if reading.is(end - 1, "in") {
            found.push((
                end - 2,
                Quantity {
                    parts: others.to_vec(),
                },
            ));
        }
    }
    found
}

/// The inches of "6 foot 2" and "5'11", the pounds of "11 stone 4".
fn bare_rest(reading: &Reading, at: usize, last: &Unit) -> Option<(BigRational, &'static Unit)> {
    let value = reading.get(at)?.value()?;
    let (limit, name) = match last.one {
        "foot" => (12, "inch"),
        "stone" => (14, "pound"),
        _ => return None,
    };
    (value < number::whole(limit)).then_some((value, table::named(name)?))
}

fn amount(reading: &Reading, at: usize) -> Option<(usize, (BigRational, &'static Unit))> {
    // "half a million miles" is so many miles.
    let part = share(reading, at).filter(|(end, _)| !number::is_scale(reading, *end));
    let (next, value) = if let Some(part) = part {
        part
    } else if reading.is(at, "a") || reading.is(at, "an") {
        (at + 1, number::whole(1))
    } else {
        number::signed(reading, at)?
    };
    let next = if reading.is(next, "-") && !reading.get(next)?.spaced {
        next + 1
    } else {
        next
    };
    let (end, unit) = longest(reading, next)?;
    let temperature = unit.dimension == "temperature";
    let negative_length = value.is_negative() && !temperature;
    let (end, value) = match more(reading, end) {
        Some((end, share)) if value.is_integer() && !temperature => (end, value + share),
        _ => (end, value),
    };
    (!negative_length).then_some((end, (value, unit)))
}

/// Shares of one thing, as people say them.
const SHARES: &[(&str, i64, i64)] = &[
    ("half", 1, 2),
    ("a half", 1, 2),
    ("one half", 1, 2),
    ("a third", 1, 3),
    ("one third", 1, 3),
    ("two thirds", 2, 3),
    ("quarter", 1, 4),
    ("a quarter", 1, 4),
    ("one quarter", 1, 4),
    ("three quarter", 3, 4),
    ("three quarters", 3, 4),
    ("an eighth", 1, 8),
    ("one eighth", 1, 8),
    ("three eighths", 3, 8),
    ("five eighths", 5, 8),
    ("seven eighths", 7, 8),
];

/// "1/2 cup", "half cup", "a quarter cup", "5/16 of an inch", "three quarters of a cup", "half an hour".
fn share(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let spoken = || {
        SHARES
            .iter()
            .filter_map(|(phrase, top, bottom)| {
                let end = at + reading.phrase(at, phrase)?;
                Some((end, number::ratio(*top, *bottom)))
            })
            .max_by_key(|(end, _)| *end)
    };
    let (end, share) = number::slashed(reading, at).or_else(spoken)?;
    let joint = ["of a", "of an", "a", "an"]
        .iter()
        .find_map(|joint| reading.phrase(end, joint));
    Some((end + joint.unwrap_or(0), share))
}

/// "and a half" after "a mile", where no other unit follows.
fn more(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let (end, share) = number::and_part(reading, at)?;
    let preposition = reading.is(end, "in") && reading.get(end + 1).is_some();
    (preposition || longest(reading, end).is_none()).then_some((end, share))
}

/// The longest name of a unit at `at`.
fn longest(reading: &Reading, at: usize) -> Option<(usize, &'static Unit)> {
    parse(reading, at).into_iter().next()
}

/// The unit by one of its names.
pub(crate) fn named(name: &str) -> Option<&'static Unit> {
    table::named(name)
}

impl Unit {
    /// Base units in so many of it.
    fn to_base(&self, value: &BigRational) -> BigRational {
        if self.inverse {
            return if value.is_zero() {
                number::whole(0)
            } else {
                &self.factor / value
            };
        }
        value * &self.factor + &self.offset
    }

    /// How many of it are so many base units.
    fn of_base(&self, base: &BigRational) -> BigRational {
        if self.inverse {
            return if base.is_zero() {
                number::whole(0)
            } else {
                &self.factor / base
            };
        }
        (base - &self.offset) / &self.factor
    }
}

impl Quantity {
    /// The amount in base units of its dimension.
    pub(crate) fn in_base(&self) -> BigRational {
        self.parts
            .iter()
            .fold(number::whole(0), |sum, (value, unit)| {
                sum + unit.to_base(value)
            })
    }

    /// The dimension of its parts.
    pub(crate) fn dimension(&self) -> &'static str {
        self.parts.first().map_or("", |(_, unit)| unit.dimension)
    }
}
