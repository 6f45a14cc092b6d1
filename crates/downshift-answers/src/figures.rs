//! Numbers written for people: exact where that is short, rounded and said so where it is not.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::number::power_of_ten;

/// Longer exact results than this are not a short answer.
const MAX_DIGITS: usize = 400;
/// Exact decimals have at most this many places.
const MAX_PLACES: u32 = 12;

/// A whole number with thousands separators.
pub(crate) fn integer(value: &BigInt) -> Option<String> {
    let digits = value.magnitude().to_string();
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let sign = if value.sign() == Sign::Minus { "-" } else { "" };
    Some(format!("{sign}{}", grouped(&digits)))
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The exact decimal, when it ends within a few places.
pub(crate) fn exact(value: &BigRational) -> Option<String> {
    let places = places(value)?;
    fixed(value, places)
}

/// How many decimal places write the value exactly.
fn places(value: &BigRational) -> Option<u32> {
    (0..=MAX_PLACES)
        .find(|places| (value * BigRational::from_integer(power_of_ten(*places))).is_integer())
}

/// The value rounded half away from zero to that many places, all of them written.
pub(crate) fn fixed(value: &BigRational, places: u32) -> Option<String> {
    let scaled = (value * BigRational::from_integer(power_of_ten(places)))
        .round()
        .to_integer();
    let digits = scaled.magnitude().to_string();
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let width = places as usize + 1;
    let digits = format!("{digits:0>width$}");
    let (whole, fraction) = digits.split_at(digits.len() - places as usize);
    let sign = if scaled.sign() == Sign::Minus {
        "-"
    } else {
        ""
    };
    let point = if places == 0 { "" } else { "." };
    Some(format!("{sign}{}{point}{fraction}", grouped(whole)))
}

/// The value to so many significant digits, without trailing zeros; very large and very small
/// values as a power of ten.
pub(crate) fn rounded(value: &BigRational, significant: u32) -> Option<String> {
    if value.is_zero() {
        return Some("0".to_owned());
    }
    let magnitude = magnitude(value)?;
    let precision = i32::try_from(significant).ok()? - 1;
    if (-6..=15).contains(&magnitude) {
        let places = precision - magnitude;
        return trimmed(value, places);
    }
    let scale = power(magnitude);
    let mantissa = trimmed(&(value / scale), precision)?;
    if mantissa.trim_start_matches('-') == "10" {
        let sign = if value.is_negative() { "-" } else { "" };
        return Some(format!("{sign}1 × 10^{}", magnitude + 1));
    }
    Some(format!("{mantissa} × 10^{magnitude}"))
}

/// Ten to a power of either sign.
fn power(exponent: i32) -> BigRational {
    let power = BigRational::from_integer(power_of_ten(exponent.unsigned_abs()));
    if exponent < 0 { power.recip() } else { power }
}

fn trimmed(value: &BigRational, places: i32) -> Option<String> {
    if places <= 0 {
        let unit = power(-places);
        let rounded = (value / &unit).round() * unit;
        return integer(&rounded.to_integer());
    }
    let text = fixed(value, places.unsigned_abs())?;
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// The power of ten of the first significant digit.
fn magnitude(value: &BigRational) -> Option<i32> {
    let top = i64::try_from(value.numer().magnitude().to_string().len()).ok()?;
    let bottom = i64::try_from(value.denom().magnitude().to_string().len()).ok()?;
    let guess = i32::try_from(top - bottom).ok()?;
    let absolute = value.abs();
    Some(if absolute < power(guess) {
        guess - 1
    } else {
        guess
    })
}

/// The value and whether it is exact: an exact decimal if short, else so many significant digits.
pub(crate) fn short(value: &BigRational, significant: u32) -> Option<(String, bool)> {
    let is_short = |text: &String| text.chars().filter(char::is_ascii_digit).count() <= 17;
    if let Some(text) = exact(value).filter(|text| value.is_integer() || is_short(text)) {
        return Some((text, true));
    }
    Some((rounded(value, significant)?, false))
}

/// "1 1/3" for a fraction with a small denominator, `None` for others.
pub(crate) fn fraction(value: &BigRational) -> Option<String> {
    if value.is_integer()
        || *value.denom() > BigInt::from(100_000)
        || value.numer().magnitude().bits() > 40
    {
        return None;
    }
    let sign = if value.is_negative() { "-" } else { "" };
    let (whole, rest) = value.numer().abs().div_rem(value.denom());
    Some(if whole.is_zero() {
        format!("{sign}{rest}/{}", value.denom())
    } else {
        format!("{sign}{} {rest}/{}", integer(&whole)?, value.denom())
    })
}

/// An amount of money: two places, or none when it is whole.
pub(crate) fn money(value: &BigRational) -> Option<String> {
    if value.is_integer() {
        fixed(value, 0)
    } else {
        fixed(value, 2)
    }
}

/// "1 day", "2 days", "1.5 days".
pub(crate) fn counted(value: &BigRational, one: &str, many: &str) -> Option<String> {
    let (text, _) = short(value, 8)?;
    Some(format!(
        "{text} {}",
        if value.abs() == BigRational::one() {
            one
        } else {
            many
        }
    ))
}

/// "1 day", "2,340 days".
pub(crate) fn count(value: i64, one: &str) -> String {
    let digits = grouped(&value.unsigned_abs().to_string());
    let sign = if value < 0 { "-" } else { "" };
    let plural = if value.abs() == 1 { "" } else { "s" };
    format!("{sign}{digits} {one}{plural}")
}

/// "4th", "21st", "12th".
pub(crate) fn ordinal(value: u32) -> String {
    let ending = match (value % 10, value % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{value}{ending}")
}

/// The rational nearest to a finite float.
pub(crate) fn from_float(value: f64) -> Option<BigRational> {
    BigRational::from_float(value)
}

/// The float nearest to a rational, when it is finite.
pub(crate) fn to_float(value: &BigRational) -> Option<f64> {
    value.to_f64().filter(|float| float.is_finite())
}

/// The text with its first letter large.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// "A", "A and B", "A, B and C".
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
