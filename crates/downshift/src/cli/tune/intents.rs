//! How sure the classifier must be: tuned on labelled queries.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use downshift_intent::Error;

use super::{Found, evidence};
use crate::cli::{labelled, progress};
use crate::config::Loaded;
use crate::replay::guarantee::{Scored, fewest_cases, lowest_threshold};

/// The threshold of each intent that the policy binds.
pub(super) fn found(
    loaded: &Loaded,
    data: &Path,
    risk: f64,
    confidence: f64,
) -> anyhow::Result<Vec<Found>> {
    let rows = labelled::read(data)?;
    let mut model = loaded.classifier()?;
    let mut intents: BTreeMap<Arc<str>, Vec<Scored>> = BTreeMap::new();
    let mut progress = progress::Progress::over(rows.len(), "queries");
    for row in rows {
        progress.one_more();
        let verdict = match model.classify(&row.text) {
            Ok(verdict) => verdict,
            Err(Error::Empty) => continue,
            Err(error) => return Err(error).with_context(|| format!("line {}", row.line)),
        };
        let Some((intent, probability)) = verdict.top() else {
            continue;
        };
        if loaded.config.intents.contains_key(&**intent) {
            intents.entry(intent.clone()).or_default().push(Scored {
                score: f64::from(probability),
                wrong: row.label.as_ref() != Some(intent),
            });
        }
    }
    let tuned = intents.into_iter();
    Ok(tuned
        .map(|(intent, cases)| threshold(&intent, &cases, risk, confidence))
        .collect())
}

fn threshold(intent: &str, cases: &[Scored], risk: f64, confidence: f64) -> Found {
    let promise = format!("at most {:.1} % wrong", risk * 100.0);
    let threshold = lowest_threshold(cases, risk, confidence);
    let needed = fewest_cases(risk, confidence).unwrap_or(usize::MAX);
    let evidence = match &threshold {
        Some(threshold) => evidence(threshold, cases.len(), &promise, confidence),
        None if cases.len() < needed => {
            format!(
                "too few data: {} queries; to show {promise} takes {needed} at least",
                cases.len()
            )
        }
        None => format!("no threshold of {} queries shows {promise}", cases.len()),
    };
    Found {
        intent: intent.to_owned(),
        field: "confidence",
        value: threshold.map(|threshold| (threshold.at * 1e4).floor() / 1e4),
        evidence,
        calibration: None,
        fit: None,
    }
}
