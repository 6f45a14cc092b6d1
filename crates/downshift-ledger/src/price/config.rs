//! Prices as an operator writes them: hides which of their fields go together.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rate::{Rate, UnitPrice};

/// What one model costs: tokens in USD per million, or a machine by the hour; as numbers or strings.
///
/// ```
/// use downshift_ledger::PriceConfig;
///
/// let tokens: PriceConfig =
///     serde_json::from_str(r#"{ "input": 2.5, "cached_input": "0.25", "output": 15 }"#)?;
/// let machine: PriceConfig = serde_json::from_str(r#"{ "per_hour": 2.49 }"#)?;
/// assert!(matches!(tokens, PriceConfig::Token(tokens) if tokens.output.to_string() == "15"));
/// assert!(matches!(machine, PriceConfig::Hour(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", untagged)]
pub enum PriceConfig {
    /// By the token.
    Token(TokenPriceConfig),
    /// By the hour.
    Hour(HourPriceConfig),
}

/// Prices in USD per million tokens, and per image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenPriceConfig {
    /// Input tokens.
    pub input: Rate,
    /// Input tokens that were read from the provider's cache; as `input` when left out.
    pub cached_input: Option<Rate>,
    /// Input tokens that were written to the provider's cache, to be kept for minutes; as `input`
    /// when left out.
    pub cache_write: Option<Rate>,
    /// Input tokens that were written to be kept for an hour. Left out, they cost what `input` does
    /// if `cache_write` is left out too, and twice as much if it is not.
    pub cache_write_1h: Option<Rate>,
    /// Output tokens.
    pub output: Rate,
    /// Output tokens that were thought and not shown; as `output` when left out.
    pub reasoning: Option<Rate>,
    /// Input tokens that are audio; unknown when left out.
    pub audio_input: Option<Rate>,
    /// Output tokens that are audio; unknown when left out.
    pub audio_output: Option<Rate>,
    /// Input tokens that are images, where a server counts them apart; unknown when left out.
    pub image_input: Option<Rate>,
    /// Each image of the prompt, in USD, beside its tokens; nothing when left out.
    pub image: Option<UnitPrice>,
    /// Other prices for requests with a long input.
    pub long_input: LongInputs,
}

/// Prices of whole requests by the length of their input, the shortest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LongInputs(pub Vec<LongInputConfig>);

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
    /// Input tokens that were written to the provider's cache. Left out, they cost what `input` does
    /// if writing has no price of its own at shorter inputs either, and are unknown if it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Rate>,
    /// The same to be kept for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Rate>,
    /// Output tokens.
    pub output: Rate,
    /// Output tokens that were thought and not shown; as `output` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Rate>,
}

/// The price of a machine, in USD per hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HourPriceConfig {
    /// An hour of all the hardware that serves the model.
    pub per_hour: UnitPrice,
    /// Who pays for the time in which nobody asks.
    pub idle: Idle,
}

/// Who pays for the time in which nobody asks a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idle {
    /// No request: each costs its part of the busy time.
    #[default]
    Apart,
    /// The requests: what each costs is divided by the share of time in which the machine was busy.
    Charged,
}

/// [`PriceConfig`] as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    input: Option<Rate>,
    #[serde(default)]
    cached_input: Option<Rate>,
    #[serde(default)]
    cache_write: Option<Rate>,
    #[serde(default)]
    cache_write_1h: Option<Rate>,
    #[serde(default)]
    output: Option<Rate>,
    #[serde(default)]
    reasoning: Option<Rate>,
    #[serde(default)]
    audio_input: Option<Rate>,
    #[serde(default)]
    audio_output: Option<Rate>,
    #[serde(default)]
    image_input: Option<Rate>,
    #[serde(default)]
    image: Option<UnitPrice>,
    #[serde(default)]
    long_input: LongInputs,
    #[serde(default)]
    per_hour: Option<UnitPrice>,
    #[serde(default)]
    idle: Option<Idle>,
}

// === impl PriceConfig ===

impl TryFrom<Written> for PriceConfig {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let of_tokens = written.cached_input.is_some()
            || written.cache_write.is_some()
            || written.cache_write_1h.is_some()
            || written.reasoning.is_some()
            || written.audio_input.is_some()
            || written.audio_output.is_some()
            || written.image_input.is_some()
            || written.image.is_some()
            || !written.long_input.0.is_empty();
        match (written.input, written.output, written.per_hour) {
            (None, None, Some(per_hour)) if !of_tokens => Ok(Self::Hour(HourPriceConfig {
                per_hour,
                idle: written.idle.unwrap_or_default(),
            })),
            (_, _, Some(_)) => Err(
                "`per_hour` is the price of a machine, the others are prices of tokens; write one or the other",
            ),
            (_, _, None) if written.idle.is_some() => {
                Err("`idle` goes with `per_hour`, the price of a machine")
            }
            (Some(input), Some(output), None) => Ok(Self::Token(TokenPriceConfig {
                input,
                cached_input: written.cached_input,
                cache_write: written.cache_write,
                cache_write_1h: written.cache_write_1h,
                output,
                reasoning: written.reasoning,
                audio_input: written.audio_input,
                audio_output: written.audio_output,
                image_input: written.image_input,
                image: written.image,
                long_input: written.long_input,
            })),
            (_, _, None) => Err(
                "a price has both `input` and `output`, in USD per million tokens; or `per_hour` alone, in USD",
            ),
        }
    }
}

// === impl LongInputs ===

impl LongInputs {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One as an object, several as an array.
impl Serialize for LongInputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &*self.0 {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LongInputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = deserializer.deserialize_any(LongInputsVisitor)?;
        all.sort_by_key(|long| long.above);
        if let Some(twice) = all.windows(2).find(|pair| pair[0].above == pair[1].above) {
            return Err(serde::de::Error::custom(format_args!(
                "two prices for inputs above {} tokens; keep one",
                twice[0].above
            )));
        }
        Ok(Self(all))
    }
}

struct LongInputsVisitor;

impl<'de> Visitor<'de> for LongInputsVisitor {
    type Value = Vec<LongInputConfig>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("prices of a long input, such as { above: 200000, input: 5, output: 22.5 }, or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        LongInputConfig::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list))
    }
}
