//! Whether a small model's reply is good enough to be released.
//!
//! Judging is pure: an [`Exhibit`] holds all that is known of a reply, each [`Judge`] reads
//! it and gives a [`Score`], and a [`Calibration`] makes one probability of the scores.
//! Who is asked what, so that there is something to read, is the panel's.
//!
//! A new judge is a file here and a line in [`JUDGES`]. `docs/judge.md` states every formula.

mod agreement;
pub mod answer;
pub mod calibration;
mod checks;
pub mod fit;
mod logprobs;

pub(crate) mod verifier;

use std::fmt;
use std::sync::Arc;

use downshift_ledger::{Judge as Name, Judgement, Reason, Score};
use downshift_policy::Judging;
use downshift_wire::ChatRequest;

pub use self::agreement::{Comparison, compare, lists_options};
pub use self::answer::Answer;
pub use self::calibration::{Calibration, Calibrations};

/// Why a judge of whole replies says nothing of a stream that is released before its end.
const BEGINNING: &str = "not asked: only the beginning is held";

/// Every judge, in the order in which they are told.
pub const JUDGES: &[&dyn Judge] = &[
    &agreement::Agreement,
    &logprobs::Logprobs,
    &verifier::Verifier,
    &checks::Checks,
];

/// Somebody who looks at a reply.
pub trait Judge: fmt::Debug + Sync {
    /// Its name.
    fn name(&self) -> Name;

    /// What it thinks; `None` where the policy does not want it.
    fn judge(&self, exhibit: &Exhibit<'_>) -> Option<Finding>;
}

/// All that is known of a reply.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit<'a> {
    /// How the policy wants it judged.
    pub judging: &'a Judging,
    /// What was asked.
    pub request: &'a ChatRequest,
    /// The newest human turn, without what a harness put into it.
    pub question: &'a str,
    /// The reply.
    pub answer: &'a Answer,
    /// What others replied; `None` for one that failed.
    pub others: &'a [Option<Answer>],
    /// How probable a verifier thinks it that the reply is right, if one was asked and answered.
    pub verified: Option<f64>,
}

/// What one judge thinks.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How probable it is that the reply is good, 0 to 1; `None` if there is nothing to go by.
    pub probability: Option<f64>,
    /// Whether having nothing to go by counts against the reply.
    pub required: bool,
    /// A defect that no other evidence can make good.
    pub defect: Option<Reason>,
    /// Why, in a few words.
    pub evidence: String,
}

/// What all judges together think.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// For the ledger.
    pub judgement: Judgement,
    /// Why the reply goes up; `None` if it is released.
    pub reason: Option<Reason>,
}

/// Hears every judge and decides.
pub fn rule(exhibit: &Exhibit<'_>, calibration: &Calibration, model: &Arc<str>) -> Ruling {
    let heard = JUDGES
        .iter()
        .filter_map(|judge| Some((judge.name(), judge.judge(exhibit)?)));
    let findings = heard.collect::<Vec<_>>();
    let probability = calibration.combine(&findings);
    let threshold = exhibit.judging.threshold;
    let defect = findings.iter().find_map(|(_, finding)| finding.defect);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a probability, told to a few digits"
    )]
    let probability = probability as f32;
    let released = probability >= threshold;
    let score = |(judge, finding): (Name, Finding)| Score {
        judge,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a probability, told to a few digits"
        )]
        probability: finding.probability.map(|probability| probability as f32),
        evidence: finding.evidence,
    };
    Ruling {
        judgement: Judgement {
            model: model.clone(),
            probability,
            threshold,
            released,
            scores: findings.into_iter().map(score).collect(),
        },
        reason: (!released).then_some(defect.unwrap_or(Reason::WeakReply)),
    }
}

// === impl Finding ===

impl Finding {
    /// A probability and its evidence.
    pub fn of(probability: f64, evidence: impl Into<String>) -> Self {
        Self {
            probability: Some(probability.clamp(0.0, 1.0)),
            required: true,
            defect: None,
            evidence: evidence.into(),
        }
    }

    /// Nothing to go by.
    pub fn silent(required: bool, evidence: impl Into<String>) -> Self {
        Self {
            probability: None,
            required,
            defect: None,
            evidence: evidence.into(),
        }
    }
}

#[cfg(test)]
mod tests;
