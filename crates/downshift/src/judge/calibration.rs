//! One probability out of what the judges say: hides how it is fitted, and what stands in until it is.
//!
//! **Fitted** (`judge.calibration`): the formula of [`FittedConfig`], which is monotone:
//! a judge that thinks better of a reply never makes it look worse.
//!
//! **Without data** the most doubtful judge decides: the probability is the least of what
//! the judges say. That asks for no assumption about how judges depend on one another,
//! and errs towards going up. A judge that was asked for and had nothing to go by counts
//! as [`SILENT`]; where nobody had anything to say against or for a reply, [`UNOPPOSED`] is what it gets.
//!
//! In both, a defect that a check found caps the probability at [`DEFECTIVE`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use downshift_ledger::{Judge, Score};
use downshift_policy::{
    CalibrationConfig, CalibrationFile, ExpectedConfig, FittedConfig, FittedJudgeConfig,
};

use super::Finding;
use crate::config::{Loaded, Problem};

/// What a judge counts as who was asked for and had nothing to go by. Below every sensible threshold.
pub const SILENT: f64 = 0.4;
/// What a reply gets of which nothing is known but that no check found a defect: the operator's
/// word that this model is good at this intent.
pub const UNOPPOSED: f64 = 0.7;
/// The most that a reply with a defect can get.
pub const DEFECTIVE: f64 = 0.02;
/// Log-odds beyond this are no longer told apart: one judge's certainty outweighs no other's.
const CLAMP: f64 = 0.001;

/// The version of calibration files that is read.
const VERSION: u32 = 1;

/// How each intent's scores become one probability; the default where it is not named.
pub type Calibrations = BTreeMap<Arc<str>, Calibration>;

/// How scores become one probability.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    fitted: Option<FittedConfig>,
}

// === impl Calibration ===

impl Calibration {
    /// By what was fitted from data.
    pub fn fitted(config: FittedConfig) -> Self {
        Self {
            fitted: Some(config),
        }
    }

    /// What is known of the intent before any call.
    pub fn expected(&self) -> Option<&ExpectedConfig> {
        self.fitted.as_ref()?.expected.as_ref()
    }

    /// How probable it is that the reply is good, 0 to 1.
    pub fn combine(&self, findings: &[(Judge, Finding)]) -> f64 {
        let said = |judge: &str| {
            let found = findings.iter().find(|(said, _)| said.label() == judge);
            found.and_then(|(_, finding)| finding.probability)
        };
        let probability = match &self.fitted {
            Some(fitted) => by_fit(fitted, said),
            None => by_default(findings),
        };
        let defective = findings.iter().any(|(_, finding)| finding.defect.is_some());
        capped(probability, defective)
    }

    /// What was fitted makes of scores as the ledger keeps them; [`UNOPPOSED`] if nothing was fitted.
    pub fn of_scores(&self, scores: &[Score]) -> f64 {
        let said = |judge: &str| {
            let found = scores.iter().find(|score| score.judge.label() == judge);
            found.and_then(|score| score.probability).map(f64::from)
        };
        let fitted = self.fitted.as_ref();
        let probability = fitted.map_or(UNOPPOSED, |fitted| by_fit(fitted, said));
        capped(probability, defective(scores))
    }
}

/// Whether a check found a defect: it says nothing otherwise.
pub(super) fn defective(scores: &[Score]) -> bool {
    let checks = scores.iter().find(|score| score.judge == Judge::Checks);
    checks.is_some_and(|score| score.probability.is_some())
}

fn capped(probability: f64, defective: bool) -> f64 {
    if defective {
        probability.min(DEFECTIVE)
    } else {
        probability
    }
}

/// Reads what the policy says was fitted; a file that cannot be read is a problem at its place.
pub fn load(loaded: &Loaded, problems: &mut Vec<Problem>) -> Calibrations {
    let mut calibrations = Calibrations::new();
    for (intent, config) in &loaded.config.intents {
        let written = config
            .judge
            .as_ref()
            .and_then(|judge| judge.calibration.as_ref());
        let fitted = match written {
            None => continue,
            Some(CalibrationConfig::Fitted(fitted)) => Ok(Some((**fitted).clone())),
            Some(CalibrationConfig::File(path)) => file(loaded, path, intent),
        };
        match fitted {
            Ok(fitted) => {
                let fitted = fitted.map_or_else(Calibration::default, Calibration::fitted);
                calibrations.insert(intent.as_str().into(), fitted);
            }
            Err(message) => {
                let place = format!("intents.{intent}.judge.calibration");
                problems.push(Problem::at(place, message));
            }
        }
    }
    calibrations
}

/// What a file says of an intent.
fn file(loaded: &Loaded, path: &str, intent: &str) -> Result<Option<FittedConfig>, String> {
    let shown = loaded.resolve(Path::new(path));
    let text = std::fs::read_to_string(&shown)
        .map_err(|error| format!("cannot read {}: {error}", shown.display()))?;
    let file: CalibrationFile =
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    if file.version != VERSION {
        let version = file.version;
        return Err(format!(
            "{path}: version {version} is not known here; {VERSION} is"
        ));
    }
    let named = file
        .intents
        .iter()
        .map(|(name, fitted)| (format!("intents.{name}."), fitted));
    let all = named.chain(
        file.default
            .iter()
            .map(|fitted| ("default.".to_owned(), fitted)),
    );
    for (place, fitted) in all {
        if let Some((field, message)) = fitted.problems().into_iter().next() {
            return Err(format!("{path}: `{place}{field}` {message}"));
        }
    }
    Ok(file.intents.get(intent).cloned().or(file.default))
}

fn by_default(findings: &[(Judge, Finding)]) -> f64 {
    let said = findings
        .iter()
        .filter_map(|(_, finding)| match finding.probability {
            Some(probability) => Some(probability),
            None => finding.required.then_some(SILENT),
        });
    said.min_by(f64::total_cmp).unwrap_or(UNOPPOSED)
}

/// `said` is what the judge of that name said.
fn by_fit(fitted: &FittedConfig, said: impl Fn(&str) -> Option<f64>) -> f64 {
    let terms = fitted
        .judges
        .iter()
        .map(|(name, judge)| judge.weight * log_odds(judge, said(name)));
    curve(&fitted.points, sigmoid(terms.sum::<f64>() + fitted.bias))
}

/// What a judge's word comes to by its curve, in log-odds.
pub(super) fn log_odds(judge: &FittedJudgeConfig, said: Option<f64>) -> f64 {
    logit(said.map_or(judge.missing, |said| curve(&judge.points, said)))
}

/// A non-decreasing, piecewise linear function by its corners; level outside them.
fn curve(points: &[[f64; 2]], x: f64) -> f64 {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return x;
    };
    let right = points.partition_point(|point| point[0] < x);
    let (Some(left), Some(right)) = (
        right.checked_sub(1).and_then(|left| points.get(left)),
        points.get(right),
    ) else {
        return if x <= first[0] { first[1] } else { last[1] };
    };
    let share = (x - left[0]) / (right[0] - left[0]);
    left[1] + share * (right[1] - left[1])
}

fn logit(probability: f64) -> f64 {
    let probability = probability.clamp(CLAMP, 1.0 - CLAMP);
    (probability / (1.0 - probability)).ln()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests;
