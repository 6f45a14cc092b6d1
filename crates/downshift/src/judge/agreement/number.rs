//! Answers that are a number: hides money signs, units, separators, percent, fractions and LaTeX.

use std::sync::LazyLock;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use regex_lite::Regex;

use super::{Kind, Worth, conclusion};

/// Longer numbers are no answers.
const MAX_DIGITS: usize = 60;

/// A number: sign, digits in groups or not, fraction, exponent.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[-−]?\s?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d{1,3})?")
        .ok()
});
/// A fraction in LaTeX.
static FRACTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\\[dt]?frac\s*\{?(-?\d+)\}?\s*\{?(-?\d+)\}?").ok());
/// A power of ten.
static POWER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\s*[×x*]\s*10\s*\^?\s*\{?\s*([-−]?\d{1,3})\s*\}?").ok());

/// An answer that is a number; its normal form is a reduced fraction, or a decimal where that is exact.
#[derive(Debug)]
pub(super) struct Number;

impl Kind for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn read(&self, _: &str, reply: &str) -> Option<String> {
        value(conclusion::of(reply)?).map(|value| written(&value))
    }

    /// Arithmetic in words: two models agree on half, and are then right in 96 to 98 of 100;
    /// in contest mathematics in 77 to 84.
    fn worth(&self) -> Worth {
        Worth {
            none: 0.15,
            one: 0.85,
            several: 0.95,
        }
    }
}

/// The one number that a conclusion states.
pub(super) fn value(text: &str) -> Option<BigRational> {
    let plain = plain(text);
    // "x = 18": what counts is what it equals.
    let (_, last) = plain.rsplit_once(['=', '≈']).unwrap_or(("", &plain));
    let found = numbers(last)?;
    let (first, rest) = found.split_first()?;
    rest.iter()
        .all(|other| other == first)
        .then(|| first.clone())
}

/// LaTeX, money and marks taken off.
fn plain(text: &str) -> String {
    let fractions = FRACTION.as_ref().map_or_else(
        || text.to_owned(),
        |fraction| fraction.replace_all(text, " $1/$2 ").into_owned(),
    );
    let words = [
        ("\\left", ""),
        ("\\right", ""),
        ("\\!", ""),
        ("\\,", ""),
        ("\\;", " "),
        ("\\ ", " "),
        ("\\times", "×"),
        ("\\cdot", "×"),
        ("\\%", "%"),
        ("\\$", "$"),
        ("{,}", ","),
        ("\\text", " "),
        ("\\mathrm", " "),
        ("^\\circ", " "),
        ("\\approx", "≈"),
        ("**", ""),
        ("\u{a0}", " "),
        ("\u{202f}", ""),
    ];
    let plain = words
        .iter()
        .fold(fractions, |text, (latex, sign)| text.replace(latex, sign));
    plain.replace(['$', '€', '£', '¥', '`', '*'], "")
}

/// Every number of a text; `None` if one is joined to letters, which makes it a name.
fn numbers(text: &str) -> Option<Vec<BigRational>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(hit) = NUMBER.as_ref()?.find(text.get(at..)?) {
        let (start, end) = (at + hit.start(), at + hit.end());
        let joined = text[..start]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphabetic() || before == '_' || before == '^');
        let mut value = decimal(hit.as_str())?;
        at = end;
        if joined {
            return None;
        }
        if let Some((length, bottom)) = over(text.get(end..)?) {
            value /= bottom;
            at += length;
        } else if let Some(power) = POWER.as_ref()?.captures(text.get(end..)?)
            && let Some(whole) = power.get(0).filter(|whole| whole.start() == 0)
        {
            value *= ten_to(power.get(1)?.as_str())?;
            at += whole.end();
        }
        found.push(value);
    }
    Some(found)
}

/// `/4` and what it divides by.
fn over(text: &str) -> Option<(usize, BigRational)> {
    let rest = text.trim_start().strip_prefix('/')?;
    let digits = rest.trim_start();
    let length = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    let bottom = decimal(&digits[..length]).filter(|bottom| !bottom.is_zero())?;
    Some((text.len() - digits.len() + length, bottom))
}

fn ten_to(exponent: &str) -> Option<BigRational> {
    let exponent = exponent.replace('−', "-").parse::<i32>().ok()?;
    let power = BigRational::from_integer(BigInt::from(10).pow(exponent.unsigned_abs().min(400)));
    Some(if exponent < 0 { power.recip() } else { power })
}

fn decimal(written: &str) -> Option<BigRational> {
    let plain = written
        .replace([',', ' '], "")
        .replace('−', "-")
        .to_lowercase();
    let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let digits = digits.parse::<BigInt>().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let shift = exponent.trim_start_matches('+').parse::<i32>().ok()? - places;
    Some(BigRational::from_integer(digits) * ten_to(&shift.to_string())?)
}

/// The shortest exact form: `18`, `0.75`, `1/3`.
fn written(value: &BigRational) -> String {
    let ten = BigInt::from(10);
    let places = (0..=12_u32)
        .find(|places| (value * BigRational::from_integer(ten.pow(*places))).is_integer());
    let Some(places) = places.filter(|places| *places > 0) else {
        return value.to_string();
    };
    let scaled = (value * BigRational::from_integer(ten.pow(places))).to_integer();
    let width = places as usize + 1;
    let digits = format!("{:0>width$}", scaled.magnitude().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - places as usize);
    let sign = if scaled < BigInt::from(0) { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expected: Option<&str>) {
        assert_eq!(Number.read("", reply).as_deref(), expected, "{reply}");
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for (reply, expected) in [
            ("18", "18"),
            ("$18", "18"),
            ("18.00", "18"),
            ("18 dollars", "18"),
            ("**18**", "18"),
            ("x = 18", "18"),
            ("The answer is 9 * 2 = 18.", "18"),
            ("1,234,567", "1234567"),
            ("\\boxed{1{,}234}", "1234"),
            ("\\boxed{\\frac{3}{4}}", "0.75"),
            ("\\boxed{\\dfrac{1}{3}}", "1/3"),
            ("1/3", "1/3"),
            ("2/6", "1/3"),
            ("0.750", "0.75"),
            ("\\boxed{-15}", "-15"),
            ("−15", "-15"),
            ("50%", "50"),
            ("\\boxed{50\\%}", "50"),
            ("1.5e3", "1500"),
            ("\\(1.5 \\times 10^{3}\\)", "1500"),
            ("#### 70,000", "70000"),
            ("{\"answer\": 3.5}", "3.5"),
            (".5", "0.5"),
            ("\\boxed{18\\text{ cm}}", "18"),
        ] {
            check(reply, Some(expected));
        }
    }

    #[test]
    fn what_is_not_one_number_is_none() {
        for reply in [
            "between 3 and 4",
            "Alice",
            "GPT4",
            "x^2 + 1",
            "The meeting is at 10:30 on 5 May.",
            "",
            "The answer is: it depends.",
        ] {
            check(reply, None);
        }
    }
}
