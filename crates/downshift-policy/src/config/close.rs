//! Whether a lookup also answers what is only close to one of its rows, as it is written.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

/// The share of false matches that is allowed where the policy does not say.
const RISK: f32 = 0.05;

/// `close:` of a lookup: `true`, `{ risk: 0.05 }` or `{ similarity: 0.9 }`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum CloseConfig {
    /// Only what a row says, and no match that is merely close.
    #[default]
    Off,
    /// The threshold is found from the table, so that at most this share of questions that the table does
    /// not answer is matched to a row of it; above 0, at most 0.5.
    Risk(f32),
    /// The threshold itself, a cosine above 0 and at most 1; how often it errs is not known.
    Similarity(f32),
}

impl CloseConfig {
    /// What is out of range, and in which field.
    pub fn problem(self) -> Option<(&'static str, String)> {
        match self {
            Self::Risk(risk) if !(risk > 0.0 && risk <= 0.5) => {
                let message = format!("{risk} is no risk; expected a number above 0, at most 0.5");
                Some(("risk", message))
            }
            Self::Similarity(cosine) if !(cosine > 0.0 && cosine <= 1.0) => {
                let message =
                    format!("{cosine} is no similarity; expected a number above 0, at most 1");
                Some(("similarity", message))
            }
            _ => None,
        }
    }
}

// An untagged enum would say no more than "no variant matched".
impl<'de> Deserialize<'de> for CloseConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CloseVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default)]
    risk: Option<f32>,
    #[serde(default)]
    similarity: Option<f32>,
}

struct CloseVisitor;

impl<'de> Visitor<'de> for CloseVisitor {
    type Value = CloseConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true`, `false`, `{ risk: 0.05 }` or `{ similarity: 0.9 }`")
    }

    fn visit_bool<E: de::Error>(self, allowed: bool) -> Result<CloseConfig, E> {
        Ok(if allowed {
            CloseConfig::Risk(RISK)
        } else {
            CloseConfig::Off
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CloseConfig, A::Error> {
        let Fields { risk, similarity } = Fields::deserialize(MapAccessDeserializer::new(map))?;
        match (risk, similarity) {
            (Some(risk), None) => Ok(CloseConfig::Risk(risk)),
            (None, Some(similarity)) => Ok(CloseConfig::Similarity(similarity)),
            (None, None) => Err(de::Error::custom(
                "close matches need a bound; write `risk: 0.05`, or `true`",
            )),
            (Some(_), Some(_)) => Err(de::Error::custom(
                "the threshold is either found by `risk` or given by `similarity`; leave one out",
            )),
        }
    }
}
