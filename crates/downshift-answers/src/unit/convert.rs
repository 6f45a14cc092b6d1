//! Conversion, and the sentence that says it.

use num_rational::BigRational;
use num_traits::{One, Signed};

use super::{Quantity, Unit, named};
use crate::{figures, number};

/// Significant digits of a result that is not short.
const SIGNIFICANT: u32 = 6;

/// The sentence for a quantity in another unit; `None` where the units do not convert.
pub(crate) fn convert(quantity: &Quantity, target: &'static Unit) -> Option<String> {
    let (quantity, target) = fluid(quantity, target)?;
    if quantity.dimension() != target.dimension {
        return None;
    }
    let mut readings = vec![(quantity, target)];
    while let Some(other) = readings
        .last()
        .and_then(|(quantity, target)| other_reading(quantity, target))
    {
        readings.push(other);
    }
    let (first, target) = readings.first()?;
    let same = readings
        .iter()
        .all(|(other, unit)| value(other, unit) == value(first, target));
    let said: Option<Vec<String>> = readings
        .iter()
        .map(|(quantity, target)| sentence(quantity, target))
        .collect();
    let said = said?;
    if same && said.len() > 1 {
        // The same in all systems: no need to say which.
        return Some(format!(
            "{}.",
            said.first()?.replace("US (short) ", "").replace("US ", "")
        ));
    }
    Some(format!("{}.", said.join("; ")))
}

/// The sentence for a quantity in two units, whole numbers of the larger: "5 feet 10.9 inches".
pub(crate) fn compound(
    quantity: &Quantity,
    large: &'static Unit,
    small: &'static Unit,
) -> Option<String> {
    let fits = quantity.dimension() == large.dimension
        && large.dimension == small.dimension
        && large.factor > small.factor
        && large.dimension != "temperature"
        && !large.inverse
        && [large, small].iter().all(|unit| unit.twin.is_none())
        && quantity.parts.iter().all(|(_, unit)| unit.twin.is_none());
    if !fits {
        return None;
    }
    // Rounded to a tenth of the smaller before it is split, so that no "5 feet 12 inches" comes out.
    let tenths = number::whole(10);
    let in_small = quantity.in_base() / &small.factor;
    let rounded = (&in_small * &tenths).round() / &tenths;
    let ratio = &large.factor / &small.factor;
    let whole = (&rounded / &ratio).floor();
    let rest = &rounded - &whole * ratio;
    let about = if rounded == in_small { "" } else { "about " };
    let part = |value: &BigRational, unit: &Unit| {
        let name = if value.is_one() { unit.one } else { unit.many };
        Some(format!("{} {name}", figures::exact(value)?))
    };
    Some(format!(
        "{} is {about}{} {}.",
        written(quantity)?,
        part(&whole, large)?,
        part(&rest, small)?
    ))
}

/// The sentence for a quantity in several units, whole numbers of all but the last.
pub(crate) fn in_parts(quantity: &Quantity, units: &[&'static Unit]) -> Option<String> {
    let single = |unit: &Unit| {
        unit.dimension == quantity.dimension()
            && unit.dimension != "temperature"
            && unit.twin.is_none()
            && !unit.inverse
    };
    let falling = units
        .windows(2)
        .all(|pair| matches!(pair, [large, small] if large.factor > small.factor));
    let plain = quantity.parts.iter().all(|(_, unit)| single(unit));
    if !falling || !plain || !units.iter().all(|unit| single(unit)) {
        return None;
    }
    let (last, _) = units.split_last()?;
    let mut rest = quantity.in_base();
    let mut texts = Vec::new();
    for unit in units {
        let count = &rest / &unit.factor;
        let count = if std::ptr::eq(*unit, *last) {
            count
        } else {
            count.floor()
        };
        rest -= &count * &unit.factor;
        let name = if count.is_one() { unit.one } else { unit.many };
        texts.push(format!("{} {name}", figures::exact(&count)?));
    }
    Some(format!(
        "{} is {}.",
        written(quantity)?,
        figures::listed(&texts)
    ))
}

/// Ounces measured against a volume are fluid ounces.
fn fluid(quantity: &Quantity, target: &'static Unit) -> Option<(Quantity, &'static Unit)> {
    let fluid_ounce = named("fl oz")?;
    let mut quantity = quantity.clone();
    let mut target = target;
    if target.dimension == "volume" {
        for (_, unit) in &mut quantity.parts {
            if unit.one == "ounce" {
                *unit = fluid_ounce;
            }
        }
    } else if target.one == "ounce" && quantity.dimension() == "volume" {
        target = fluid_ounce;
    }
    Some((quantity, target))
}

/// The same question with every word that has a twin meaning the twin.
fn other_reading(quantity: &Quantity, target: &'static Unit) -> Option<(Quantity, &'static Unit)> {
    let twin = |unit: &'static Unit| unit.twin.and_then(named).unwrap_or(unit);
    let other = Quantity {
        parts: quantity
            .parts
            .iter()
            .map(|(value, unit)| (value.clone(), twin(unit)))
            .collect(),
    };
    let other_target = twin(target);
    let changed = other != *quantity || other_target != target;
    changed.then_some((other, other_target))
}

fn value(quantity: &Quantity, target: &Unit) -> BigRational {
    target.of_base(&quantity.in_base())
}

fn sentence(quantity: &Quantity, target: &Unit) -> Option<String> {
    let value = value(quantity, target);
    let nothing = num_traits::Zero::is_zero(&value)
        && (target.inverse || quantity.parts.iter().any(|(_, unit)| unit.inverse));
    if nothing || quantity.parts.len() > 1 && target.inverse {
        return None;
    }
    if target.dimension == "temperature" && quantity.in_base().is_negative() {
        return None;
    }
    let exact_factors = target.exact
        && quantity.parts.iter().all(|(_, unit)| {
            unit.exact || quantity.parts.len() == 1 && std::ptr::eq(*unit, target)
        });
    let exact = figures::exact(&value).filter(|text| {
        exact_factors && (digits(text) <= SIGNIFICANT as usize + 1 || value.is_integer())
    });
    let (about, text) = match exact {
        Some(text) => ("", text),
        None => ("about ", figures::rounded(&value, SIGNIFICANT)?),
    };
    let name = if text == "1" || text == "-1" {
        target.one
    } else {
        target.many
    };
    Some(format!("{} is {about}{text} {name}", written(quantity)?))
}

fn digits(text: &str) -> usize {
    text.chars()
        .filter(char::is_ascii_digit)
        .collect::<String>()
        .trim_start_matches('0')
        .len()
}

/// "5 feet 11 inches".
pub(crate) fn written(quantity: &Quantity) -> Option<String> {
    let parts: Option<Vec<String>> = quantity
        .parts
        .iter()
        .map(|(value, unit)| {
            let (text, exact) = figures::short(value, 8)?;
            let text = if exact {
                text
            } else {
                figures::fraction(value).unwrap_or(text)
            };
            Some(format!(
                "{text} {}",
                if value.abs() == BigRational::one() {
                    unit.one
                } else {
                    unit.many
                }
            ))
        })
        .collect();
    Some(parts?.join(" "))
}
