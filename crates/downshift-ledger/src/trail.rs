//! The trail of a request: why each rung that did not reply passed on, and what its try cost.

use serde::{Deserialize, Serialize};

use crate::energy::EnergyRange;
use crate::money::Money;
use crate::reason::Reason;
use crate::rung::Rung;

/// One rung that passed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The rung.
    pub rung: Rung,
    /// Why it did not reply.
    pub reason: Reason,
    /// How sure the classifier, or the judge, was: 0 to 1.
    pub confidence: Option<f32>,
    /// More for people: the model's name, the missing variable.
    pub detail: Option<String>,
    /// What the abandoned try cost; `null` when nothing was tried.
    pub spent: Option<Spent>,
}

/// What a try cost. `null` is unknown, not nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Money.
    #[serde(rename = "cost_usd")]
    pub cost: Option<Money>,
    /// Floating-point operations.
    pub flops: Option<f64>,
    /// Energy, as an estimate.
    pub energy: Option<EnergyRange>,
    /// Seconds from asking the upstream to being done with it.
    pub seconds: f64,
}

/// Why each rung that did not reply passed on, in the order they were asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trail(Vec<Step>);

// === impl Spent ===

impl Spent {
    /// Both together; what is unknown of one is unknown of both. They ran at the same time, or are
    /// told as if they had: the longer time counts.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            cost: self
                .cost
                .zip(other.cost)
                .and_then(|(one, other)| one.checked_add(other)),
            flops: self.flops.zip(other.flops).map(|(one, other)| one + other),
            energy: self
                .energy
                .zip(other.energy)
                .map(|(one, other)| one + other),
            seconds: self.seconds.max(other.seconds),
        }
    }
}

// === impl Trail ===

impl Trail {
    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Step by step, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Step> {
        self.0.iter()
    }

    /// The steps, in order, for keeps.
    pub fn into_steps(self) -> Vec<Step> {
        self.0
    }

    /// Whether no rung passed on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The trail in one line for a header: `answer:not_understood, specialist:unreachable`.
    pub fn summary(&self) -> String {
        let steps: Vec<String> = self
            .iter()
            .map(|step| format!("{}:{}", step.rung, step.reason))
            .collect();
        steps.join(", ")
    }

    pub(crate) fn push(&mut self, step: Step) {
        self.0.push(step);
    }
}

impl FromIterator<Step> for Trail {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Trail {
    type Item = &'a Step;
    type IntoIter = std::slice::Iter<'a, Step>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
