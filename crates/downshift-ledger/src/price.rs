//! What a call costs: hides the rule by which a usage, or the time of a machine, is charged.

mod config;
mod rate;

use std::time::Duration;

use downshift_wire::Usage;

pub use self::config::{HourPriceConfig, LongInputConfig, LongInputs, PriceConfig};
pub use self::config::{Idle, TokenPriceConfig};
pub use self::rate::{Rate, UnitPrice};
use crate::model::CostUnknown;
use crate::money::Money;

/// Nanoseconds of an hour.
const HOUR: i128 = 3_600_000_000_000;

/// The running form of a [`PriceConfig`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Price {
    /// By the token, as providers charge.
    Token(TokenPrice),
    /// By the hour, as a machine of one's own costs.
    Hour(HourPrice),
}

/// Prices of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPrice {
    rates: Rates,
    audio_input: Option<Rate>,
    audio_output: Option<Rate>,
    image_input: Option<Rate>,
    image: Option<UnitPrice>,
    /// By the longest input that is still charged otherwise, the shortest first.
    long_inputs: Vec<(u64, Rates)>,
}

/// The price of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourPrice {
    per_hour: UnitPrice,
    idle: Idle,
}

/// What a call took of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Occupancy {
    /// Its part of the time in which the machine was busy.
    pub share: Duration,
    /// The time in which the machine was busy, so far.
    pub busy: Duration,
    /// The time there was in all, so far.
    pub elapsed: Duration,
}

/// Rates of one usage; `None` is a price that the provider has and nobody wrote down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rates {
    input: Rate,
    cached_input: Rate,
    cache_write: Option<Rate>,
    cache_write_1h: Option<Rate>,
    output: Rate,
    reasoning: Rate,
}

// === impl Price ===

impl Price {
    /// What a usage costs; `None` when that is unknown or too large to hold. A machine's hour has
    /// no price by the token.
    pub fn cost(&self, usage: &Usage) -> Option<Money> {
        match self {
            Self::Token(price) => price.cost(usage).ok(),
            Self::Hour(_) => None,
        }
    }
}

impl From<PriceConfig> for Price {
    fn from(config: PriceConfig) -> Self {
        match config {
            PriceConfig::Token(config) => Self::Token(config.into()),
            PriceConfig::Hour(HourPriceConfig { per_hour, idle }) => {
                Self::Hour(HourPrice { per_hour, idle })
            }
        }
    }
}

// === impl TokenPrice ===

impl TokenPrice {
    /// What a usage costs, or why that is unknown.
    ///
    /// Cached tokens and tokens written to a cache are part of the input, reasoning tokens part of
    /// the output; so are those of audio and images, of which nobody says whether they were cached, or
    /// thought. A reply that claims more cached tokens than input is charged for its input, all of it cached.
    pub(crate) fn cost(&self, usage: &Usage) -> Result<Money, CostUnknown> {
        let mut long = self.long_inputs.iter().rev();
        let rates = long
            .find(|(above, _)| usage.input > *above)
            .map_or(&self.rates, |(_, rates)| rates);
        let cached = usage.cached_input.min(usage.input);
        let written = usage.cache_write.min(usage.input - cached);
        let written_1h = usage.cache_write_1h.min(written);
        let reasoning = usage.reasoning.min(usage.output);
        let apart = usage.audio_input.saturating_add(usage.image_input);
        let plain = (usage.input - cached - written).checked_sub(apart);
        let written_out = (usage.output - reasoning).checked_sub(usage.audio_output);
        let (Some(plain), Some(written_out)) = (plain, written_out) else {
            return Err(CostUnknown::Price);
        };
        if (apart > 0 && cached + written > 0) || (usage.audio_output > 0 && reasoning > 0) {
            return Err(CostUnknown::Price);
        }
        let amounts = [
            charge(rates.input, plain)?,
            charge_known(self.audio_input, usage.audio_input)?,
            charge_known(self.image_input, usage.image_input)?,
            charge(rates.cached_input, cached)?,
            charge_known(rates.cache_write, written - written_1h)?,
            charge_known(rates.cache_write_1h, written_1h)?,
            charge(rates.output, written_out)?,
            charge_known(self.audio_output, usage.audio_output)?,
            charge(rates.reasoning, reasoning)?,
            self.images(usage.images)?,
        ];
        Money::sum(amounts.map(Some)).ok_or(CostUnknown::Overflow)
    }

    /// Whether nothing costs anything, whatever it is that was used.
    pub(crate) fn is_free(&self) -> bool {
        let rates = |rates: &Rates| {
            let known = [
                Some(rates.input),
                Some(rates.cached_input),
                rates.cache_write,
                rates.cache_write_1h,
                Some(rates.output),
                Some(rates.reasoning),
            ];
            known.iter().all(|rate| rate.is_some_and(Rate::is_zero))
        };
        let apart = [self.audio_input, self.audio_output, self.image_input];
        rates(&self.rates)
            && self.long_inputs.iter().all(|(_, long)| rates(long))
            && apart.iter().flatten().all(|rate| rate.is_zero())
            && self.image.unwrap_or_default() == UnitPrice::default()
    }

    /// Images cost nothing of their own where no price says so: their tokens are in the input.
    fn images(&self, count: u64) -> Result<Money, CostUnknown> {
        let price = self.image.unwrap_or_default();
        price.charge(count).ok_or(CostUnknown::Overflow)
    }
}

impl From<TokenPriceConfig> for TokenPrice {
    fn from(config: TokenPriceConfig) -> Self {
        let base = Rates {
            input: config.input,
            cached_input: config.cached_input.unwrap_or(config.input),
            cache_write: config.cache_write.or(Some(config.input)),
            cache_write_1h: for_an_hour(config.cache_write_1h, config.cache_write, config.input),
            output: config.output,
            reasoning: config.reasoning.unwrap_or(config.output),
        };
        // Where writing has a price of its own, a long input's is another and must be told.
        let apart = config.cache_write.is_some();
        let or_input = |written: Option<Rate>, input| written.or((!apart).then_some(input));
        let long_inputs = config.long_input.0.into_iter().map(|long| {
            let rates = Rates {
                input: long.input,
                cached_input: long.cached_input.unwrap_or(long.input),
                cache_write: or_input(long.cache_write, long.input),
                cache_write_1h: match (long.cache_write_1h, long.cache_write) {
                    (None, None) if apart => None,
                    (given, minutes) => for_an_hour(given, minutes, long.input),
                },
                output: long.output,
                reasoning: long.reasoning.unwrap_or(long.output),
            };
            (long.above, rates)
        });
        Self {
            rates: base,
            audio_input: config.audio_input,
            audio_output: config.audio_output,
            image_input: config.image_input,
            image: config.image,
            long_inputs: long_inputs.collect(),
        }
    }
}

// === impl HourPrice ===

impl HourPrice {
    /// What a call costs that occupied the machine so long, rounded down to a picodollar; `None` when
    /// that is too large to hold.
    pub(crate) fn cost(&self, occupancy: Occupancy) -> Option<Money> {
        let of_busy_time = self.of_time(occupancy.share)?;
        let busy = nanos(occupancy.busy)?;
        if self.idle == Idle::Apart || busy == 0 {
            return Some(of_busy_time);
        }
        let elapsed = nanos(occupancy.elapsed)?;
        let charged = of_busy_time.picodollars().checked_mul(elapsed)? / busy;
        Some(Money::from_picodollars(charged))
    }

    /// What so much time of the machine costs, whoever used it.
    pub fn of_time(&self, time: Duration) -> Option<Money> {
        let amount = self.per_hour.money().picodollars();
        let amount = amount.checked_mul(nanos(time)?)? / HOUR;
        Some(Money::from_picodollars(amount))
    }
}

fn nanos(time: Duration) -> Option<i128> {
    i128::try_from(time.as_nanos()).ok()
}

/// What is written to be kept for an hour: twice the input, as at Anthropic
/// (<https://docs.claude.com/en/docs/build-with-claude/prompt-caching>), unless another price is given, or
/// writing has none of its own.
fn for_an_hour(given: Option<Rate>, minutes: Option<Rate>, input: Rate) -> Option<Rate> {
    match (given, minutes) {
        (None, None) => Some(input),
        (None, Some(_)) => input.twice(),
        (given, _) => given,
    }
}

fn charge(rate: Rate, tokens: u64) -> Result<Money, CostUnknown> {
    rate.charge(tokens).ok_or(CostUnknown::Overflow)
}

/// No tokens cost nothing, also where nobody wrote the price down.
fn charge_known(rate: Option<Rate>, tokens: u64) -> Result<Money, CostUnknown> {
    match rate {
        None if tokens == 0 => Ok(Money::ZERO),
        None => Err(CostUnknown::Price),
        Some(rate) => charge(rate, tokens),
    }
}

#[cfg(test)]
mod tests;
