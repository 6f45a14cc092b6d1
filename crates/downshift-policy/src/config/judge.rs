//! How a specialist's reply is judged, as an operator writes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::calibration::CalibrationConfig;
use super::strings;

/// Every check that needs no model, by its name in a policy.
pub const CHECKS: &[&str] = &[
    "refusal",
    "empty",
    "length",
    "repetition",
    "json",
    "tools",
    "arithmetic",
];

/// Which judges look at a specialist's reply: `none`, a name, a list of names, or a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JudgeConfig {
    /// Nobody judges; what the specialist says is released.
    pub none: bool,
    /// The checks that need no model; all of them if absent.
    pub checks: ChecksConfig,
    /// Token log-probabilities; asked for where `escalate_below` is set, if absent.
    pub logprobs: Option<LogprobsConfig>,
    /// Other models, or more samples of the same one, that must say the same.
    pub agreement: Option<AgreementConfig>,
    /// A model that is asked whether the reply is right.
    pub verifier: Option<String>,
    /// Added to `escalate_below`, 0 to 1: what a threshold loses when it meets new traffic.
    pub margin: Option<f32>,
    /// What is judged of a stream: `whole` or `held`.
    pub stream: Option<StreamConfig>,
    /// What was fitted from data, in place of the defaults.
    pub calibration: Option<CalibrationConfig>,
}

/// Which checks are made: `true`, `false`, a list of names, or a map of names to true or false.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChecksConfig {
    /// Each check that is named, and whether it is made.
    pub named: BTreeMap<String, bool>,
    /// Whether those that are not named are left out.
    pub others_off: bool,
}

/// Which tokens' log-probabilities count: `true`, `false`, `answer` or `whole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogprobsConfig {
    /// None.
    Off,
    /// Those of the final answer, where it can be found in the reply.
    Answer,
    /// All of them.
    Whole,
}

/// Who must say the same: a model, a list of models, or `{ models, samples }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgreementMapConfig {
    /// Other models, best of another family.
    #[serde(deserialize_with = "strings")]
    pub models: Vec<String>,
    /// More replies of the specialist itself, at a temperature.
    pub samples: u32,
    /// One is asked after the other, and only as long as the reply may still be released: slower,
    /// and cheaper. All are asked at once if absent.
    pub in_turn: bool,
}

/// Who must say the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgreementConfig(pub AgreementMapConfig);

/// What is judged of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamConfig {
    /// The whole reply, which is held until then.
    Whole,
    /// What is held back anyway; judges that need the whole reply are left out.
    Held,
}

/// The map form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JudgeMapConfig {
    #[serde(default)]
    checks: ChecksConfig,
    #[serde(default)]
    logprobs: Option<LogprobsConfig>,
    #[serde(default)]
    agreement: Option<AgreementConfig>,
    #[serde(default)]
    verifier: Option<String>,
    #[serde(default)]
    margin: Option<f32>,
    #[serde(default)]
    stream: Option<StreamConfig>,
    #[serde(default)]
    calibration: Option<CalibrationConfig>,
}

// === impl JudgeConfig ===

impl JudgeConfig {
    fn enable<E: de::Error>(&mut self, name: &str) -> Result<(), E> {
        match name {
            // Checks are made in any case.
            "checks" => {}
            "logprobs" => self.logprobs = Some(LogprobsConfig::Answer),
            "agreement" | "verifier" => {
                return Err(E::custom(format_args!(
                    "`{name}` needs to know which model; write `judge: {{ {name}: MODEL }}`"
                )));
            }
            _ => {
                return Err(E::custom(format_args!(
                    "`{name}` is no judge; write `none`, `checks`, `logprobs`, or a map with `agreement` or `verifier`"
                )));
            }
        }
        Ok(())
    }
}

// Untagged enums would say no more than "no variant matched", and lose the place of a wrong field.
impl<'de> Deserialize<'de> for JudgeConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = JudgeConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`none`, the name of a judge, a list of names, or a map of judges")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<JudgeConfig, E> {
                let mut judge = JudgeConfig {
                    none: name == "none",
                    ..JudgeConfig::default()
                };
                if !judge.none {
                    judge.enable(name)?;
                }
                Ok(judge)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<JudgeConfig, A::Error> {
                let names = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
                let mut judge = JudgeConfig::default();
                names.iter().try_for_each(|name| judge.enable(name))?;
                Ok(judge)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JudgeConfig, A::Error> {
                let map = JudgeMapConfig::deserialize(MapAccessDeserializer::new(map))?;
                Ok(JudgeConfig {
                    none: false,
                    checks: map.checks,
                    logprobs: map.logprobs,
                    agreement: map.agreement,
                    verifier: map.verifier,
                    margin: map.margin,
                    stream: map.stream,
                    calibration: map.calibration,
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl<'de> Deserialize<'de> for ChecksConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = ChecksConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, a list of checks, or a map of checks to true or false")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<ChecksConfig, E> {
                Ok(ChecksConfig {
                    named: BTreeMap::new(),
                    others_off: !on,
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ChecksConfig, A::Error> {
                let names = Vec::<String>::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(ChecksConfig {
                    named: names.into_iter().map(|name| (name, true)).collect(),
                    others_off: true,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ChecksConfig, A::Error> {
                Ok(ChecksConfig {
                    named: BTreeMap::deserialize(MapAccessDeserializer::new(map))?,
                    others_off: false,
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl<'de> Deserialize<'de> for LogprobsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = LogprobsConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, `answer` or `whole`")
            }

            fn visit_bool<E: de::Error>(self, on: bool) -> Result<LogprobsConfig, E> {
                Ok(if on {
                    LogprobsConfig::Answer
                } else {
                    LogprobsConfig::Off
                })
            }

            fn visit_str<E: de::Error>(self, span: &str) -> Result<LogprobsConfig, E> {
                match span {
                    "answer" => Ok(LogprobsConfig::Answer),
                    "whole" => Ok(LogprobsConfig::Whole),
                    _ => Err(E::invalid_value(de::Unexpected::Str(span), &self)),
                }
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl<'de> Deserialize<'de> for AgreementConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = AgreementMapConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a model, a list of models, or `{ models: …, samples: … }`")
            }

            fn visit_str<E: de::Error>(self, model: &str) -> Result<AgreementMapConfig, E> {
                Ok(AgreementMapConfig {
                    models: vec![model.to_owned()],
                    samples: 0,
                    in_turn: false,
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<AgreementMapConfig, A::Error> {
                Ok(AgreementMapConfig {
                    models: Vec::deserialize(SeqAccessDeserializer::new(list))?,
                    samples: 0,
                    in_turn: false,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AgreementMapConfig, A::Error> {
                AgreementMapConfig::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_any(Written).map(Self)
    }
}
