//! `downshift tune`: thresholds that keep a promise, found in data and written into the policy.

mod cascade;
mod intents;
mod written;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use downshift_policy::FittedConfig;
use serde::Serialize;

use super::{PolicyArgs, whole};
use crate::replay::guarantee::Threshold;

/// Fit judges to data, and find thresholds that keep to a stated quality or risk with a stated confidence.
#[derive(Debug, Args)]
pub(super) struct Tune {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Recorded requests with each model's graded reply: tunes when a specialist's reply goes up.
    #[arg(value_name = "LOG.jsonl", required_unless_present = "intents")]
    log: Option<PathBuf>,
    /// Labelled queries, one `{"text", "label"}` per line: tunes how sure the classifier must be.
    #[arg(long, value_name = "DATA.jsonl", conflicts_with = "log")]
    intents: Option<PathBuf>,
    /// The share of the LLM's quality that each intent's specialist must keep.
    #[arg(long, default_value_t = 0.99, value_parser = share)]
    quality: f64,
    /// The share of errors among accepted queries that each intent may have.
    #[arg(long, default_value_t = 0.02, value_parser = share)]
    risk: f64,
    /// How sure that must be.
    #[arg(long, default_value_t = 0.95, value_parser = share)]
    confidence: f64,
    /// Change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What was found for one intent.
#[derive(Debug, Serialize)]
struct Found {
    intent: String,
    /// The field of the policy.
    field: &'static str,
    /// What is to be written there; `None` if the data show no threshold that keeps the promise.
    value: Option<f64>,
    /// Why.
    evidence: String,
    /// What the intent's judges are worth; `None` if that was not fitted, or there is no threshold to go with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<FittedConfig>,
    /// What was fitted by, or why nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    fit: Option<String>,
}

impl Tune {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("error")?;
        let loaded = self.policy.load()?;
        let promise = cascade::Promise {
            quality: self.quality,
            confidence: self.confidence,
        };
        let found = match (&self.log, &self.intents) {
            (Some(log), _) => cascade::found(self.policy.load()?, log, promise)?,
            (None, Some(data)) => intents::found(&loaded, data, self.risk, self.confidence)?,
            (None, None) => Vec::new(),
        };
        if found.is_empty() {
            bail!(
                "nothing to tune: no intent of the policy occurs in the data with something to decide"
            );
        }
        self.print(&found)?;
        if self.dry_run {
            return Ok(());
        }
        let (file, written) = (&loaded.file, written::written(&loaded, &found)?);
        if written != loaded.text {
            whole::replace(Path::new(file), &written)
                .with_context(|| format!("cannot write {file}"))?;
        }
        Ok(())
    }

    fn print(&self, found: &[Found]) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        if self.json {
            return Ok(writeln!(out, "{}", serde_json::to_string(found)?)?);
        }
        for found in found {
            let value = found
                .value
                .map_or("unchanged".to_owned(), |value| format!("{value:.4}"));
            let Found {
                intent,
                field,
                evidence,
                ..
            } = found;
            writeln!(out, "{intent:<20} {field}: {value:<10} {evidence}")?;
            if let Some(fit) = &found.fit {
                writeln!(out, "{:<20} {fit}", "")?;
            }
        }
        Ok(())
    }
}

/// The evidence for a threshold, in words.
fn evidence(threshold: &Threshold, of: usize, promise: &str, confidence: f64) -> String {
    format!(
        "{} of {of} accepted, {} wrong, at most {:.2} % with {:.0} % confidence ({promise})",
        threshold.accepted,
        threshold.wrong,
        threshold.bound * 100.0,
        confidence * 100.0
    )
}

fn share(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if number > 0.0 && number < 1.0 {
        Ok(number)
    } else {
        Err("expected a number between 0 and 1, such as 0.99".to_owned())
    }
}
