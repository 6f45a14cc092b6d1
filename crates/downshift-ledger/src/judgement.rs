//! What judges said of a reply, and what a shadow run came to: the evidence on an entry.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::energy::EnergyRange;
use crate::entry::AttemptEntry;
use crate::money::Money;
use crate::rung::Rung;
use crate::trail::Trail;

/// Who judges a reply: a closed set, so that it can be a metric's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judge {
    /// Defects that can be found without a model.
    Checks,
    /// The probabilities that the model gave its own tokens.
    Logprobs,
    /// Whether others say the same.
    Agreement,
    /// A model that was asked whether the reply is right.
    Verifier,
}

/// What one judge said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Who.
    pub judge: Judge,
    /// How probable it is that the reply is good, 0 to 1; `null` if the judge has nothing to go by.
    pub probability: Option<f32>,
    /// Why, in a few words for people. Holds numbers and choices of the replies, never their text.
    pub evidence: String,
}

/// What became of a reply that was judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The model whose reply it is, by its name in the policy.
    pub model: Arc<str>,
    /// How probable it is that the reply is good, all judges together, 0 to 1.
    pub probability: f32,
    /// What that had to reach.
    pub threshold: f32,
    /// Whether the caller got the reply.
    pub released: bool,
    /// What each judge said.
    pub scores: Vec<Score>,
}

/// What the ladder would have done for a request that the LLM answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowEntry {
    /// How it ended.
    pub outcome: ShadowOutcome,
    /// The rung that would have replied.
    pub rung: Option<Rung>,
    /// The model that would have replied.
    pub model: Option<Arc<str>>,
    /// How far its answer and the LLM's say the same, 0 to 1; `null` where they could not be compared.
    pub agreement: Option<f32>,
    /// Money that was spent on finding out. Not part of the request's own cost.
    #[serde(rename = "cost_usd")]
    pub cost: Option<Money>,
    /// What the request would have cost with the ladder live.
    #[serde(rename = "live_cost_usd")]
    pub live_cost: Option<Money>,
    /// FLOPs of finding out.
    pub flops: Option<f64>,
    /// Energy of finding out, estimated.
    pub energy: Option<EnergyRange>,
    /// Seconds from the decision to the ladder's own answer.
    pub seconds: f64,
    /// What the judges said.
    pub judged: Vec<Judgement>,
    /// Why each rung that would not have replied passed on.
    pub trail: Trail,
    /// Every call to an upstream that finding out took.
    pub attempts: Vec<AttemptEntry>,
}

/// How a shadow run ended: a closed set, so that it can be a metric's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShadowOutcome {
    /// The ladder would have answered below the LLM.
    Answered,
    /// The ladder would have asked the LLM as well.
    Escalated,
    /// Too many others were under way; nothing was tried.
    Dropped,
    /// It took longer than it may.
    TimedOut,
    /// The request or the process ended first.
    Abandoned,
}

// === impl Judge ===

impl Judge {
    /// Every judge.
    pub const ALL: [Self; 4] = [
        Self::Checks,
        Self::Logprobs,
        Self::Agreement,
        Self::Verifier,
    ];

    /// Its name in policies, metrics and rows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Checks => "checks",
            Self::Logprobs => "logprobs",
            Self::Agreement => "agreement",
            Self::Verifier => "verifier",
        }
    }
}

// === impl Judgement ===

impl fmt::Display for Judgement {
    /// In words: `coder: 0.62 < 0.70: agreement 0.40 (381 vs 391), checks ok`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.released { "≥" } else { "<" };
        let Self {
            model,
            probability,
            threshold,
            ..
        } = self;
        write!(f, "{model}: {probability:.2} {sign} {threshold:.2}: ")?;
        for (at, score) in self.scores.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{score}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.judge.label())?;
        match (self.probability, self.evidence.as_str()) {
            (Some(probability), "") => write!(f, " {probability:.2}"),
            (Some(probability), why) => write!(f, " {probability:.2} ({why})"),
            (None, why) => write!(f, " {why}"),
        }
    }
}

// === impl ShadowOutcome ===

impl ShadowOutcome {
    /// Its name in metrics and rows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Escalated => "escalated",
            Self::Dropped => "dropped",
            Self::TimedOut => "timed_out",
            Self::Abandoned => "abandoned",
        }
    }
}

// === impl ShadowEntry ===

impl ShadowEntry {
    /// A run that came to nothing and cost nothing.
    pub fn without_result(outcome: ShadowOutcome) -> Self {
        Self {
            outcome,
            rung: None,
            model: None,
            agreement: None,
            cost: Some(Money::ZERO),
            live_cost: None,
            flops: Some(0.0),
            energy: Some(EnergyRange::default()),
            seconds: 0.0,
            judged: Vec::new(),
            trail: Trail::default(),
            attempts: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_reads_as_a_sentence() {
        let score = |judge, probability, evidence: &str| Score {
            judge,
            probability,
            evidence: evidence.to_owned(),
        };
        let judgement = Judgement {
            model: "coder".into(),
            probability: 0.4,
            threshold: 0.7,
            released: false,
            scores: vec![
                score(Judge::Agreement, Some(0.4), "381 vs 391"),
                score(Judge::Checks, None, "ok"),
            ],
        };
        assert_eq!(
            judgement.to_string(),
            "coder: 0.40 < 0.70: agreement 0.40 (381 vs 391), checks ok"
        );
    }
}
