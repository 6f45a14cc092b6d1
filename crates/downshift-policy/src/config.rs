//! The policy as its operator writes it.

mod calibration;
mod close;
mod get;
mod judge;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::condition::WhenConfig;
pub use crate::config::calibration::{
    CalibrationConfig, CalibrationFile, ExpectedConfig, FittedConfig, FittedJudgeConfig, JUDGES,
};
pub use crate::config::close::CloseConfig;
pub use crate::config::get::{GetConfig, KeyConfig};
pub use crate::config::judge::{
    AgreementConfig, AgreementMapConfig, CHECKS, ChecksConfig, JudgeConfig, LogprobsConfig,
    StreamConfig,
};

/// The parts of router.yaml that decide.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyConfig {
    /// The top rung, by the model's name.
    pub llm: String,
    /// Which requested model names are routed; `*` and `?` are wildcards.
    pub route: Vec<String>,
    /// What may take each intent.
    #[serde(default)]
    pub intents: BTreeMap<String, IntentConfig>,
    /// Decided before the intents; the first that matches wins.
    #[serde(default)]
    pub rules: Vec<RuleConfig>,
}

/// What may take an intent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntentConfig {
    /// The answerer that may compute the answer.
    pub answer: Option<AnswerConfig>,
    /// The model that is good at it.
    pub specialist: Option<String>,
    /// How sure the classifier must be, 0 to 1; 0.6 if absent.
    pub confidence: Option<f32>,
    /// The confidence of the specialist's reply, 0 to 1, below which the LLM is asked after all.
    pub escalate_below: Option<f32>,
    /// How that confidence is arrived at.
    pub judge: Option<JudgeConfig>,
    /// `shadow`: the LLM replies, and the ladder's own answer is only recorded. `live` if absent.
    pub mode: Option<Mode>,
    /// Utterances that teach the classifier this intent.
    pub examples: Vec<String>,
    /// Utterances that are like those and not of this intent, whatever else they are.
    pub counter_examples: Vec<String>,
}

/// Whose answer a caller gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The ladder's.
    #[default]
    Live,
    /// The LLM's; the ladder's is produced beside it and recorded.
    Shadow,
}

/// The answerer that may compute the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerConfig {
    /// One by name: `time`.
    Name(String),
    /// The table lookup, with its table or tables: `{ lookup: config/countries.csv, close: true }`.
    Lookup {
        /// The paths of the tables.
        lookup: Vec<String>,
        /// Whether what is close to a row is answered too.
        close: CloseConfig,
    },
    /// Amounts in another currency: `{ currency: rates.csv, max_age: 2d }`.
    Currency {
        /// The path of the table of rates.
        currency: String,
        /// Rates older than so many days are not answered from; 7 if absent.
        max_age: Option<u16>,
    },
    /// A fact fetched over HTTP: `{ get: { ask: …, url: …, say: … } }`.
    Get(GetConfig),
}

/// Where requests go that fit a condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// What must hold: all of it. An empty `when` always holds.
    pub when: WhenConfig,
    /// `llm`, or the name of a model; this or `as`.
    #[serde(rename = "use", default)]
    pub use_: Option<String>,
    /// The intent that the request has, whatever the classifier says; this or `use`.
    #[serde(rename = "as", default)]
    pub as_: Option<String>,
}

// An untagged enum would say no more than "no variant matched", and lose the place of a wrong field.
impl<'de> Deserialize<'de> for AnswerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceConfig {
    #[serde(default, deserialize_with = "some_strings")]
    lookup: Option<Vec<String>>,
    #[serde(default)]
    close: Option<CloseConfig>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default, deserialize_with = "days")]
    max_age: Option<u16>,
    #[serde(default)]
    get: Option<GetConfig>,
}

/// "2d": whole days.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    days.map(Some).ok_or_else(|| {
        de::Error::custom(format!(
            "`{text}` is no age of rates; write whole days, such as `2d`"
        ))
    })
}

fn some_strings<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    strings(deserializer).map(Some)
}

/// One string, or a list of them.
fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(StringsVisitor)
}

struct StringsVisitor;

impl<'de> Visitor<'de> for StringsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one string, or a list of them")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut strings = Vec::new();
        while let Some(string) = list.next_element()? {
            strings.push(string);
        }
        Ok(strings)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = AnswerConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the name of an answerer, `{ lookup: FILE }`, `{ currency: FILE }` or `{ get: … }`",
        )
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<AnswerConfig, E> {
        Ok(AnswerConfig::Name(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnswerConfig, A::Error> {
        let SourceConfig {
            lookup,
            close,
            currency,
            max_age,
            get,
        } = SourceConfig::deserialize(MapAccessDeserializer::new(map))?;
        if max_age.is_some() && currency.is_none() {
            let message = "`max_age` is the age of rates, and there is no `currency`";
            return Err(de::Error::custom(message));
        }
        if close.is_some() && lookup.is_none() {
            let message = "`close` is for the rows of a table, and there is no `lookup`";
            return Err(de::Error::custom(message));
        }
        match (lookup, currency, get) {
            (Some(lookup), None, None) => Ok(AnswerConfig::Lookup {
                lookup,
                close: close.unwrap_or_default(),
            }),
            (None, Some(currency), None) => Ok(AnswerConfig::Currency { currency, max_age }),
            (None, None, Some(get)) => Ok(AnswerConfig::Get(get)),
            (None, None, None) => Err(de::Error::custom(
                "an answer needs its source; write `lookup: FILE`, `currency: FILE` or `get: …`",
            )),
            _ => Err(de::Error::custom(
                "an answer has one source; leave all but one of `lookup`, `currency` and `get` out",
            )),
        }
    }
}
