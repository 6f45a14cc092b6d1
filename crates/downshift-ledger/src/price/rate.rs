//! A price as it is written: hides the scale, and that no digit of it is lost.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;
use crate::money::{Money, decimal, scientific};

/// Decimals of a price in USD per million tokens: the last one is a picodollar per token.
const DECIMALS: u32 = 6;

/// The largest price that is taken for one, in picodollars per token: a billion dollars per million tokens.
const HIGHEST: i128 = 1_000_000_000_000_000;

/// A price in USD per million tokens; that is, micro-dollars per token. Exact to six decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate {
    pub(super) picodollars_per_token: u64,
}

/// A price in USD of something that is counted by the piece: an image, an hour. Exact to twelve
/// decimals, at most a billion dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnitPrice(Money);

// === impl Rate ===

impl Rate {
    /// Reads USD per million tokens from plain decimal text, exactly.
    pub fn from_usd_per_million(text: &str) -> Result<Self, Error> {
        Self::new(decimal(text, DECIMALS)?, text)
    }

    /// Reads USD per token, with or without an exponent such as `2.5e-06`, exactly.
    pub fn from_usd_per_token(text: &str) -> Result<Self, Error> {
        Self::new(scientific(text, 2 * DECIMALS)?, text)
    }

    fn new(picodollars: i128, text: &str) -> Result<Self, Error> {
        let in_range = Some(picodollars).filter(|amount| (0..=HIGHEST).contains(amount));
        let picodollars_per_token = in_range
            .and_then(|amount| u64::try_from(amount).ok())
            .ok_or_else(|| Error::PriceOutOfRange(text.chars().take(40).collect()))?;
        Ok(Self {
            picodollars_per_token,
        })
    }

    /// What `tokens` cost; `None` when that is too large to hold.
    pub(super) fn charge(self, tokens: u64) -> Option<Money> {
        i128::from(self.picodollars_per_token)
            .checked_mul(i128::from(tokens))
            .map(Money::from_picodollars)
    }

    /// Twice as much; `None` when that is too large to hold.
    pub(super) fn twice(self) -> Option<Self> {
        let picodollars_per_token = self.picodollars_per_token.checked_mul(2)?;
        Some(Self {
            picodollars_per_token,
        })
    }

    /// Whether it is a price of nothing.
    pub fn is_zero(self) -> bool {
        self.picodollars_per_token == 0
    }
}

/// USD per million tokens: `2.5`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_million = i128::from(self.picodollars_per_token) * 1_000_000;
        f.write_str(&Money::from_picodollars(per_million).usd_string())
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${self}/M")
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PriceVisitor {
            expected: "a price in USD per million tokens such as 2.50",
            read: Self::from_usd_per_million,
        })
    }
}

// === impl UnitPrice ===

impl UnitPrice {
    /// Reads USD from decimal text, with or without an exponent, exactly.
    pub fn from_usd(text: &str) -> Result<Self, Error> {
        let amount = scientific(text, 2 * DECIMALS)?;
        if !(0..=HIGHEST * 1_000_000).contains(&amount) {
            return Err(Error::UnitPriceOutOfRange(text.chars().take(40).collect()));
        }
        Ok(Self(Money::from_picodollars(amount)))
    }

    /// The price of one.
    pub const fn money(self) -> Money {
        self.0
    }

    /// What `count` cost; `None` when that is too large to hold.
    pub(super) fn charge(self, count: u64) -> Option<Money> {
        let amount = self.0.picodollars().checked_mul(i128::from(count));
        amount.map(Money::from_picodollars)
    }
}

/// USD: `0.0048`.
impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.usd_string())
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PriceVisitor {
            expected: "a price in USD such as 0.0048",
            read: Self::from_usd,
        })
    }
}

/// Reads a price from a number or from text.
struct PriceVisitor<T> {
    expected: &'static str,
    read: fn(&str) -> Result<T, Error>,
}

impl<T> Visitor<'_> for PriceVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text.trim()).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<T, E> {
        self.visit_str(&whole.to_string())
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<T, E> {
        self.visit_str(&whole.to_string())
    }

    /// Rust writes a float as the shortest decimal that reads back as the same float,
    /// which is the decimal that was in the file.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}
