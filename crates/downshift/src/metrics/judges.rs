//! What judges said, read off closed entries.

use downshift_ledger::{Judgement, ShadowEntry};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounterVec, Registry};

use super::money::MoneyCounter;
use super::{histogram, int_counter};

/// Probabilities, finer where thresholds lie.
const PROBABILITIES: &[f64] = &[
    0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0,
];

/// Judges and shadow runs.
#[derive(Debug)]
pub(super) struct JudgeMetrics {
    scores: HistogramVec,
    judged: IntCounterVec,
    shadows: IntCounterVec,
    agreement: Histogram,
    shadow_cost: MoneyCounter,
}

// === impl JudgeMetrics ===

impl JudgeMetrics {
    pub(super) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let scores = HistogramVec::new(
            HistogramOpts::new(
                "downshift_judge_score",
                "How probable each judge thinks it that a specialist's reply is good.",
            )
            .buckets(PROBABILITIES.to_vec()),
            &["judge"],
        )?;
        registry.register(Box::new(scores.clone()))?;
        Ok(Self {
            scores,
            judged: int_counter(
                registry,
                (
                    "downshift_judged_total",
                    "Replies a judge looked at, by whether it alone would release them; `all`: what became of them.",
                ),
                &["judge", "verdict"],
            )?,
            shadows: int_counter(
                registry,
                (
                    "downshift_shadow_total",
                    "Requests the llm answered while the ladder's own answer was only recorded, by how that ended.",
                ),
                &["outcome"],
            )?,
            agreement: histogram(
                registry,
                (
                    "downshift_shadow_agreement",
                    "How far the ladder's own answer and the llm's say the same, where both answered.",
                ),
                PROBABILITIES,
            )?,
            shadow_cost: MoneyCounter::register(
                registry,
                (
                    "downshift_shadow_cost_usd_total",
                    "What shadow runs cost, in USD; no part of downshift_cost_usd_total.",
                ),
                &["model"],
            )?,
        })
    }

    pub(super) fn judged(&self, judgement: &Judgement) {
        let threshold = judgement.threshold;
        for score in &judgement.scores {
            let judge = score.judge.label();
            let verdict = match score.probability {
                Some(probability) if probability >= threshold => "release",
                Some(_) => "escalate",
                None => "silent",
            };
            self.judged.with_label_values(&[judge, verdict]).inc();
            if let Some(probability) = score.probability {
                let scores = self.scores.with_label_values(&[judge]);
                scores.observe(probability.into());
            }
        }
        let verdict = if judgement.released {
            "release"
        } else {
            "escalate"
        };
        self.judged.with_label_values(&["all", verdict]).inc();
    }

    pub(super) fn shadow(&self, shadow: &ShadowEntry) {
        self.shadows
            .with_label_values(&[shadow.outcome.label()])
            .inc();
        if let Some(agreement) = shadow.agreement {
            self.agreement.observe(agreement.into());
        }
        for attempt in &shadow.attempts {
            if let Some(cost) = attempt.cost {
                self.shadow_cost.add(&[&attempt.model], cost);
            }
        }
    }
}
