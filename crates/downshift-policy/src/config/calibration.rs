//! What was fitted from data, as it is written: in a file of its own, or in the policy.
//!
//! A judge's probability `p` is first taken through its own curve (`points`), then the
//! judges' log-odds are added up with weights that are never negative, and the sum is
//! taken through the intent's curve:
//!
//! `P = curve(σ(bias + Σ weight · logit(curve_judge(p))))`
//!
//! so more evidence never makes a reply look worse. Curves are the corners of a
//! non-decreasing, piecewise linear function, as isotonic regression gives them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// Every judge, by its name in a policy.
pub const JUDGES: &[&str] = &["checks", "logprobs", "agreement", "verifier"];

/// A file of fitted judges; JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationFile {
    /// The version of this format: 1.
    pub version: u32,
    /// What was fitted, by intent.
    #[serde(default)]
    pub intents: BTreeMap<String, FittedConfig>,
    /// For intents that are not named; if absent, they go by the defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<FittedConfig>,
}

/// What was fitted for one intent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FittedConfig {
    /// Added to the weighted log-odds.
    pub bias: f64,
    /// Each judge that counts, by name: `checks`, `logprobs`, `agreement` or `verifier`.
    pub judges: BTreeMap<String, FittedJudgeConfig>,
    /// The corners `[x, y]` of the last curve; the identity if there are none.
    pub points: Vec<[f64; 2]>,
    /// What is known of this intent before any call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<ExpectedConfig>,
    /// From how much data, by which method and when: for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What one judge's word is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FittedJudgeConfig {
    /// The factor of its log-odds, not negative; 1 if absent.
    pub weight: f64,
    /// The corners `[x, y]` of its curve; the identity if there are none.
    pub points: Vec<[f64; 2]>,
    /// The probability, 0 to 1, that stands in where it says nothing; 0.5 if absent.
    pub missing: f64,
}

/// What is known of an intent before any call: shares of its queries, 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedConfig {
    /// How often the specialist is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small: Option<f64>,
    /// How often the LLM is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub llm: Option<f64>,
    /// How often the specialist's reply is released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<f64>,
    /// The gain, `llm − small`, above which the specialist is not asked; 0.6 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_gain: Option<f64>,
}

/// Where what was fitted is: `FILE`, `{ file: FILE }`, or the thing itself.
#[derive(Debug, Clone, PartialEq)]
pub enum CalibrationConfig {
    /// In this file.
    File(String),
    /// Here.
    Fitted(Box<FittedConfig>),
}

impl Default for FittedJudgeConfig {
    fn default() -> Self {
        Self {
            weight: 1.0,
            points: Vec::new(),
            missing: 0.5,
        }
    }
}

// === impl FittedConfig ===

impl FittedConfig {
    /// All that is wrong with it: where, below the place it stands at, and what.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if !self.bias.is_finite() {
            found.push(("bias".to_owned(), "is no number".to_owned()));
        }
        curve("points", &self.points, &mut found);
        for (name, judge) in &self.judges {
            let at = |field: &str| format!("judges.{name}.{field}");
            if !JUDGES.contains(&name.as_str()) {
                let message = format!("is no judge; the judges are `{}`", JUDGES.join("`, `"));
                found.push((format!("judges.{name}"), message));
            }
            if !(judge.weight.is_finite() && judge.weight >= 0.0) {
                found.push((at("weight"), "must be a number of at least 0: more evidence must not make a reply look worse".to_owned()));
            }
            share(&at("missing"), Some(judge.missing), &mut found);
            curve(&at("points"), &judge.points, &mut found);
        }
        if let Some(expected) = &self.expected {
            share("expected.small", expected.small, &mut found);
            share("expected.llm", expected.llm, &mut found);
            share("expected.accepted", expected.accepted, &mut found);
            share("expected.most_gain", expected.most_gain, &mut found);
        }
        found
    }
}

fn share(at: &str, number: Option<f64>, found: &mut Vec<(String, String)>) {
    if number.is_some_and(|number| !(0.0..=1.0).contains(&number)) {
        found.push((at.to_owned(), "must be a number from 0 to 1".to_owned()));
    }
}

/// Corners from left to right, from 0 to 1 both ways, and never downwards.
fn curve(at: &str, points: &[[f64; 2]], found: &mut Vec<(String, String)>) {
    let inside = points
        .iter()
        .flatten()
        .all(|number| (0.0..=1.0).contains(number));
    let rising = points
        .windows(2)
        .all(|pair| pair[0][0] < pair[1][0] && pair[0][1] <= pair[1][1]);
    if !inside || !rising {
        let message = "must be pairs `[x, y]` of numbers from 0 to 1, x rising and y never falling";
        found.push((at.to_owned(), message.to_owned()));
    }
}

impl<'de> Deserialize<'de> for CalibrationConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written {
            file: Option<String>,
            #[serde(default)]
            bias: f64,
            #[serde(default)]
            judges: BTreeMap<String, FittedJudgeConfig>,
            #[serde(default)]
            points: Vec<[f64; 2]>,
            expected: Option<ExpectedConfig>,
            evidence: Option<String>,
        }
        struct Place;
        impl<'de> Visitor<'de> for Place {
            type Value = CalibrationConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the path of a calibration file, `{ file: FILE }`, or what was fitted")
            }

            fn visit_str<E: de::Error>(self, path: &str) -> Result<CalibrationConfig, E> {
                Ok(CalibrationConfig::File(path.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CalibrationConfig, A::Error> {
                let written = Written::deserialize(MapAccessDeserializer::new(map))?;
                Ok(match written.file {
                    Some(file) => CalibrationConfig::File(file),
                    None => CalibrationConfig::Fitted(Box::new(FittedConfig {
                        bias: written.bias,
                        judges: written.judges,
                        points: written.points,
                        expected: written.expected,
                        evidence: written.evidence,
                    })),
                })
            }
        }
        deserializer.deserialize_any(Place)
    }
}
