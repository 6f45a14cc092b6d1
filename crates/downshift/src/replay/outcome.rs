//! What became of one recorded request.

use std::sync::Arc;

use downshift_ledger::{EnergyRange, Entry, Judgement, Money, Rung};
use serde::Serialize;

/// What became of one recorded request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The record's id.
    pub id: String,
    /// How much it counts.
    pub weight: f64,
    /// The rung that replied; `None` if none did.
    pub rung: Option<Rung>,
    /// The intent it was given.
    pub intent: Option<Arc<str>>,
    /// The model that replied.
    pub model: Option<Arc<str>>,
    /// What it cost, all tries together; `None` if a price is unknown.
    pub cost: Option<Money>,
    /// The estimated energy of all calls to models. The router's own is measured in time, and no two runs take the same.
    pub energy: Option<EnergyRange>,
    /// How good the reply is, 0 to 1; `None` if nobody can tell.
    pub score: Option<f64>,
    /// What the LLM's recorded reply cost; `None` if it was not recorded or has no price.
    pub llm_cost: Option<Money>,
    /// How good the LLM's recorded reply is.
    pub llm_score: Option<f64>,
    /// What judges said on the way.
    #[serde(skip)]
    pub judged: Vec<Judgement>,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

impl Outcome {
    /// What the ledger says of it; grades are still to come.
    pub(super) fn of(id: &str, weight: f64, entry: &Entry) -> Self {
        let costs = entry.costs();
        Self {
            id: id.to_owned(),
            weight,
            rung: entry.rung,
            intent: entry.intent.clone(),
            model: entry.model.clone(),
            cost: costs.cost,
            energy: EnergyRange::sum(entry.attempts.iter().map(|attempt| attempt.energy)),
            score: None,
            llm_cost: None,
            llm_score: None,
            judged: entry.judged.clone(),
            error: None,
        }
    }

    /// Who replied: the model, or nobody.
    pub fn route(&self) -> &str {
        self.model.as_deref().unwrap_or("nobody")
    }
}
