//! What a token costs: hides the scale of prices and the rule by which a usage is charged.

use std::fmt;

use downshift_wire::Usage;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;
use crate::money::{Money, decimal};

/// Decimals of a price in USD per million tokens: the last one is a picodollar per token.
const DECIMALS: u32 = 6;

/// The largest price that is taken for one, in picodollars per token: a billion dollars per million tokens.
const HIGHEST: i128 = 1_000_000_000_000_000;

/// A price in USD per million tokens; that is, micro-dollars per token. Exact to six decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate {
    picodollars_per_token: u64,
}

/// Prices of one model as an operator writes them: USD per million tokens, as numbers or strings.
///
/// ```
/// let config: downshift_ledger::PriceConfig =
///     serde_json::from_str(r#"{ "input": 2.5, "cached_input": "0.25", "output": 15 }"#)?;
/// assert_eq!(config.output.to_string(), "15");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceConfig {
    /// Input tokens.
    pub input: Rate,
    /// Input tokens that were read from the provider's cache; as `input` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Rate>,
    /// Input tokens that were written to the provider's cache; as `input` when left out. Those
    /// that are kept for an hour cost twice as much as `input`, as at Anthropic
    /// (<https://docs.claude.com/en/docs/build-with-claude/prompt-caching>).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Rate>,
    /// Output tokens, reasoning included.
    pub output: Rate,
    /// Other prices for requests with a long input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_input: Option<LongInputConfig>,
}

/// Prices of a whole request whose input is longer than a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongInputConfig {
    /// The longest input, in tokens, that is still charged at the ordinary prices.
    pub above: u64,
    /// Input tokens.
    pub input: Rate,
    /// Input tokens that were read from the provider's cache; as `input` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Rate>,
    /// Output tokens, reasoning included.
    pub output: Rate,
}

/// The running form of a [`PriceConfig`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    rates: Rates,
    long_input: Option<(u64, Rates)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rates {
    input: Rate,
    cached_input: Rate,
    cache_write: Option<Rate>,
    output: Rate,
}

// === impl Rate ===

impl Rate {
    /// Reads USD per million tokens from plain decimal text, exactly.
    pub fn from_usd_per_million(text: &str) -> Result<Self, Error> {
        let picodollars = decimal(text, DECIMALS)?;
        if !(0..=HIGHEST).contains(&picodollars) {
            return Err(Error::PriceOutOfRange(text.to_owned()));
        }
        let picodollars_per_token =
            u64::try_from(picodollars).map_err(|_| Error::PriceOutOfRange(text.to_owned()))?;
        Ok(Self {
            picodollars_per_token,
        })
    }

    /// What `tokens` cost; `None` when that is too large to hold.
    fn charge(self, tokens: u64) -> Option<Money> {
        i128::from(self.picodollars_per_token)
            .checked_mul(i128::from(tokens))
            .map(Money::from_picodollars)
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
        deserializer.deserialize_any(RateVisitor)
    }
}

struct RateVisitor;

impl Visitor<'_> for RateVisitor {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price in USD per million tokens such as 2.50")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Rate, E> {
        Rate::from_usd_per_million(text.trim()).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Rate, E> {
        self.visit_str(&whole.to_string())
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Rate, E> {
        self.visit_str(&whole.to_string())
    }

    /// Rust writes a float as the shortest decimal that reads back as the same float,
    /// which is the decimal that was in the file.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Rate, E> {
        self.visit_str(&number.to_string())
    }
}

// === impl Price ===

impl Price {
    /// What a usage costs; `None` when that is too large to hold.
    ///
    /// Cached and written tokens are part of the input, reasoning tokens part of the output. A reply that
    /// claims more cached tokens than input is charged for its input, all of it cached.
    pub fn cost(&self, usage: &Usage) -> Option<Money> {
        let cached = usage.cached_input.min(usage.input);
        let written = usage.cache_write.min(usage.input - cached);
        let rates = match &self.long_input {
            Some((above, rates)) if usage.input > *above => rates,
            _ => &self.rates,
        };
        Money::sum([
            rates.input.charge(usage.input - cached - written),
            rates.cached_input.charge(cached),
            rates.written(written, usage.cache_write_1h.min(written)),
            rates.output.charge(usage.output),
        ])
    }
}

impl Rates {
    /// What it costs to write these tokens to the cache, of which so many are kept for an hour.
    fn written(&self, tokens: u64, for_an_hour: u64) -> Option<Money> {
        let Some(rate) = self.cache_write else {
            return self.input.charge(tokens);
        };
        let hour = self.input.charge(for_an_hour)?;
        Money::sum([rate.charge(tokens - for_an_hour), Some(hour), Some(hour)])
    }
}

impl From<PriceConfig> for Price {
    fn from(config: PriceConfig) -> Self {
        let rates = |input, cached_input: Option<Rate>, output| Rates {
            input,
            cached_input: cached_input.unwrap_or(input),
            cache_write: config.cache_write,
            output,
        };
        Self {
            rates: rates(config.input, config.cached_input, config.output),
            long_input: config.long_input.map(|long| {
                let rates = rates(long.input, long.cached_input, long.output);
                // The file has no price for what a long input writes.
                let rates = Rates {
                    cache_write: None,
                    ..rates
                };
                (long.above, rates)
            }),
        }
    }
}

#[cfg(test)]
mod tests;
