//! When a specialist's reply goes up: tuned on recorded traffic.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::{Found, evidence};
use crate::cli::replay::replayed;
use crate::cli::runtime;
use crate::config::Loaded;
use crate::replay::guarantee::{
    Scored, fewest_cases, highest_rate, lowest_rate, lowest_threshold_of_all,
};
use crate::replay::{Log, Outcome};

/// What is known of one intent's specialist.
#[derive(Default)]
struct Cases {
    scored: Vec<Scored>,
    /// How often the LLM is right.
    llm_right: usize,
}

/// The threshold of each intent whose specialist is judged. Every reply is let pass to see what it is worth.
pub(super) fn found(
    mut loaded: Loaded,
    log: &Path,
    quality: f64,
    confidence: f64,
) -> anyhow::Result<Vec<Found>> {
    let log = Arc::new(Log::read(log)?);
    for intent in loaded.config.intents.values_mut() {
        if intent.specialist.is_some() {
            intent.escalate_below = Some(0.0);
        }
        if let Some(judge) = &mut intent.judge {
            judge.margin = None;
        }
    }
    let outcomes = runtime()?.block_on(replayed(loaded, &log))?.outcomes;
    let mut intents: BTreeMap<String, Cases> = BTreeMap::new();
    for outcome in &outcomes {
        if let Some((intent, scored, llm)) = case(outcome) {
            let cases = intents.entry(intent).or_default();
            cases.scored.push(scored);
            cases.llm_right += usize::from(llm);
        }
    }
    let tuned = intents.into_iter();
    Ok(tuned
        .map(|(intent, cases)| threshold(intent, &cases, quality, confidence))
        .collect())
}

/// A judged reply: wrong where the LLM would have been better.
fn case(outcome: &Outcome) -> Option<(String, Scored, bool)> {
    let judgement = outcome
        .judged
        .last()
        .filter(|judgement| judgement.released)?;
    let (score, llm) = outcome.score.zip(outcome.llm_score)?;
    let scored = Scored {
        score: f64::from(judgement.probability),
        wrong: score < llm,
    };
    Some((outcome.intent.as_ref()?.to_string(), scored, llm >= 0.5))
}

/// Quality lost is at most the share of cases that are released and worse; half of what may be wrong with that
/// is spent on it, half on how good the LLM is.
fn threshold(intent: String, cases: &Cases, quality: f64, confidence: f64) -> Found {
    let all = cases.scored.len();
    let each = f64::midpoint(confidence, 1.0);
    let risk = (1.0 - quality) * lowest_rate(cases.llm_right, all, each);
    let promise = format!("{:.1} % of the llm's quality", quality * 100.0);
    let threshold = lowest_threshold_of_all(&cases.scored, risk, each);
    let evidence = match &threshold {
        Some(threshold) => evidence(threshold, all, &promise, confidence),
        None if highest_rate(0, all, each) > risk => {
            let needed = fewest_cases(risk, each).map_or("more".to_owned(), |few| few.to_string());
            format!(
                "too few data: {all} judged replies, {needed} are needed at least for {promise}"
            )
        }
        None => {
            format!("no threshold keeps {promise}: the surest of {all} replies are wrong too often")
        }
    };
    Found {
        intent,
        field: "escalate_below",
        value: threshold.map(|threshold| rounded_down(threshold.at)),
        evidence,
    }
}

/// Four digits, and no higher than it was.
fn rounded_down(threshold: f64) -> f64 {
    (threshold * 1e4).floor() / 1e4
}
