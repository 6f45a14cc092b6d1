//! Dollars as a reader of headers adds them up: exact, and with no code of the router's.

use std::iter::Sum;
use std::ops::Add;

/// Digits after the point that a sum keeps.
const DIGITS: usize = 18;
/// One dollar in units of the last digit.
const ONE: f64 = 1e18;

/// An exact amount of US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Dollars(i128);

// === impl Dollars ===

impl Dollars {
    /// Reads a plain decimal such as `0.00001234`.
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        let (sign, digits) = text
            .strip_prefix('-')
            .map_or((1, text), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = !whole.is_empty()
            && [whole, fraction]
                .iter()
                .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(
            plain && fraction.len() <= DIGITS,
            "not a plain decimal: {text:?}"
        );
        let padded = format!("{whole}{fraction:0<DIGITS$}");
        Self(sign * padded.parse::<i128>().expect("digits are a number"))
    }

    /// The nearest number a gauge can hold.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / ONE
    }
}

impl Add for Dollars {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for Dollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}
