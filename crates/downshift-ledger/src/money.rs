//! Exact money: hides the unit and the scale, and never rounds.
//!
//! An amount is a whole number of picodollars (10⁻¹² USD). A price of one dollar
//! per million tokens is a million picodollars per token, so a price with up to
//! six decimals charges each token exactly, and sums of charges are exact too.

use std::fmt;
use std::iter;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Error;

/// Decimals of a dollar that an amount keeps.
const DECIMALS: u32 = 12;

/// The largest exponent that is read, up or down: no amount of money has more digits.
const LONGEST_SHIFT: i64 = 64;

/// An amount of money in picodollars; negative when it is a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

// === impl Money ===

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many picodollars (10⁻¹² USD).
    pub const fn from_picodollars(picodollars: i128) -> Self {
        Self(picodollars)
    }

    /// The amount in picodollars (10⁻¹² USD).
    pub const fn picodollars(self) -> i128 {
        self.0
    }

    /// Reads dollars from plain decimal text such as `0.0125`, exactly.
    ///
    /// An error when the text is not a decimal number or has more than twelve decimals.
    pub fn from_usd(text: &str) -> Result<Self, Error> {
        decimal(text, DECIMALS).map(Self)
    }

    /// The amount in dollars as a plain decimal without a sign of currency: `0.00001234`.
    pub fn usd_string(self) -> String {
        let digits = self.0.unsigned_abs();
        let one = 10_u128.pow(DECIMALS);
        let sign = if self.0 < 0 { "-" } else { "" };
        let decimals = format!("{:012}", digits % one);
        match decimals.trim_end_matches('0') {
            "" => format!("{sign}{}", digits / one),
            decimals => format!("{sign}{}.{decimals}", digits / one),
        }
    }

    /// The nearest floating-point number of dollars, for readers that know no other, such as
    /// Prometheus. Sum first, convert last.
    pub fn approximate_usd(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// The sum, or `None` when it is too large to hold.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it is too large to hold.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum of amounts; `None` when one is unknown or the sum is too large to hold.
    pub fn sum(amounts: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        amounts
            .into_iter()
            .try_fold(Self::ZERO, |sum, amount| sum.checked_add(amount?))
    }
}

/// `$0.00001234`, `-$3`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.usd_string();
        match text.strip_prefix('-') {
            Some(loss) => write!(f, "-${loss}"),
            None => write!(f, "${text}"),
        }
    }
}

/// As dollars in a string, so that no reader turns it into a float by accident.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.usd_string())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_usd(&text).map_err(de::Error::custom)
    }
}

/// Reads `[+-]digits[.digits]` as a whole number of 10^-`scale`.
pub(crate) fn decimal(text: &str, scale: u32) -> Result<i128, Error> {
    shifted(text, text, 0, scale)
}

/// Reads the same, or one with an exponent such as `2.5e-06`. The exponent moves the point among
/// the digits: nothing is rounded.
pub(crate) fn scientific(text: &str, scale: u32) -> Result<i128, Error> {
    let Some((number, exponent)) = text.split_once(['e', 'E']) else {
        return decimal(text, scale);
    };
    let exponent = exponent.parse().ok();
    let exponent = exponent.filter(|exponent| (-LONGEST_SHIFT..=LONGEST_SHIFT).contains(exponent));
    shifted(
        text,
        number,
        exponent.ok_or_else(|| unreadable(text))?,
        scale,
    )
}

/// `number` times ten to the `exponent`, as a whole number of 10^-`scale`; `text` is both, for messages.
fn shifted(text: &str, number: &str, exponent: i64, scale: u32) -> Result<i128, Error> {
    let (negative, digits) = match number.as_bytes() {
        [b'-', ..] => (true, &number[1..]),
        [b'+', ..] => (false, &number[1..]),
        _ => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return Err(unreadable(text));
    }
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_end_matches('0');
    let dropped = digits.len() - kept.len();
    // What is left to the digits' right once they are whole numbers of 10^-scale.
    let zeros = (|| {
        let decimals = i64::try_from(fraction.len()).ok()?;
        let dropped = i64::try_from(dropped).ok()?;
        Some(i64::from(scale) - decimals + exponent + dropped)
    })();
    let zeros = zeros.ok_or_else(|| unreadable(text))?;
    if kept.is_empty() {
        return Ok(0);
    }
    let Ok(zeros) = usize::try_from(zeros) else {
        return Err(Error::TooManyDecimals {
            number: text.chars().take(40).collect(),
            decimals: scale,
        });
    };
    let padded = kept.bytes().chain(iter::repeat_n(b'0', zeros));
    let sum = padded.into_iter().try_fold(0_i128, |sum, byte| {
        let digit = i128::from(byte - b'0');
        sum.checked_mul(10)?.checked_add(digit)
    });
    let value = sum.ok_or_else(|| unreadable(text))?;
    Ok(if negative { -value } else { value })
}

fn unreadable(text: &str) -> Error {
    Error::NotDecimal(text.chars().take(40).collect())
}

#[cfg(test)]
mod tests;
