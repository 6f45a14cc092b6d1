//! The policy as its operator writes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::condition::WhenConfig;

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
    /// Utterances that teach the classifier this intent.
    pub examples: Vec<String>,
}

/// The answerer that may compute the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerConfig {
    /// One by name: `time`.
    Name(String),
    /// The table lookup, with its table or tables: `{ lookup: config/countries.csv }`.
    Lookup {
        /// The paths of the tables.
        lookup: Vec<String>,
    },
}

/// Where requests go that fit a condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// What must hold: all of it. An empty `when` always holds.
    pub when: WhenConfig,
    /// `llm`, or the name of a model.
    #[serde(rename = "use")]
    pub use_: String,
}

// An untagged enum would say no more than "no variant matched", and lose the place of a wrong field.
impl<'de> Deserialize<'de> for AnswerConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookupConfig {
    #[serde(deserialize_with = "paths")]
    lookup: Vec<String>,
}

/// One path, or a list of them.
fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    deserializer.deserialize_any(PathsVisitor)
}

struct PathsVisitor;

impl<'de> Visitor<'de> for PathsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path of a table, or a list of them")
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<Vec<String>, E> {
        Ok(vec![path.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = list.next_element()? {
            paths.push(path);
        }
        Ok(paths)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = AnswerConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an answerer, or `{ lookup: FILE }`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<AnswerConfig, E> {
        Ok(AnswerConfig::Name(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnswerConfig, A::Error> {
        let LookupConfig { lookup } = LookupConfig::deserialize(MapAccessDeserializer::new(map))?;
        Ok(AnswerConfig::Lookup { lookup })
    }
}
