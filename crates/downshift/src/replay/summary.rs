//! What a replay came to: weighted sums over its outcomes.

use std::collections::BTreeMap;

use downshift_ledger::{EnergyRange, Money, Rung};
use serde::Serialize;

use super::outcome::Outcome;

/// What a replay came to. Shares and means are weighted; money, energy and counts are not.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Requests.
    pub requests: u64,
    /// Requests to which nobody replied.
    pub failed: u64,
    /// What they cost; requests of unknown cost are left out and counted in `unpriced`.
    pub cost: Money,
    /// What the LLM's recorded replies cost.
    pub llm_cost: Money,
    /// Requests of which one of the two is unknown.
    pub unpriced: u64,
    /// The cost as a share of all-to-LLM; `None` if nothing can be compared.
    pub cost_share: Option<f64>,
    /// The mean score.
    pub quality: Option<f64>,
    /// The mean score of the LLM's recorded replies to the same requests.
    pub llm_quality: Option<f64>,
    /// `quality` over `llm_quality`.
    pub quality_kept: Option<f64>,
    /// Requests whose reply or whose LLM's reply nobody can grade.
    pub ungraded: u64,
    /// The estimated energy.
    pub energy: Option<EnergyRange>,
    /// Each rung, by its name.
    pub rungs: BTreeMap<&'static str, Share>,
}

/// A rung's part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Share {
    /// Requests it replied to.
    pub requests: u64,
    /// Its share of the requests.
    pub share: f64,
    /// The mean score of its replies; of the first rung, its precision.
    pub quality: Option<f64>,
}

/// What another policy makes of the same traffic.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Difference {
    /// Requests that another model or answerer replies to, by `from → to`.
    pub changed: BTreeMap<String, u64>,
    /// Money more than the other policy; negative when less.
    pub cost: Money,
    /// Joules more than the other policy, least and most; `None` where an energy is unknown.
    pub joules: Option<(f64, f64)>,
    /// Quality kept more than the other policy.
    pub quality_kept: Option<f64>,
}

/// A weighted mean.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

// === impl Summary ===

impl Summary {
    /// Adds outcomes up.
    pub fn of(outcomes: &[Outcome]) -> Self {
        let mut summary = Self::default();
        let (mut cost, mut llm_cost) = (Mean::default(), Mean::default());
        let (mut quality, mut llm_quality) = (Mean::default(), Mean::default());
        let mut rungs: BTreeMap<&'static str, (Mean, Mean, u64)> = BTreeMap::new();
        let mut all = Mean::default();
        for outcome in outcomes {
            let weight = outcome.weight;
            summary.requests += 1;
            summary.failed += u64::from(outcome.rung.is_none() || outcome.error.is_some());
            all.add(1.0, weight);
            match (outcome.cost, outcome.llm_cost) {
                (Some(spent), Some(llm)) => {
                    cost.add(spent.approximate_usd(), weight);
                    llm_cost.add(llm.approximate_usd(), weight);
                    summary.cost = total(summary.cost, spent);
                    summary.llm_cost = total(summary.llm_cost, llm);
                }
                _ => summary.unpriced += 1,
            }
            match (outcome.score, outcome.llm_score) {
                (Some(score), Some(llm)) => {
                    quality.add(score, weight);
                    llm_quality.add(llm, weight);
                }
                _ => summary.ungraded += 1,
            }
            let rung = rungs
                .entry(outcome.rung.map_or("none", Rung::label))
                .or_default();
            rung.0.add(1.0, weight);
            rung.2 += 1;
            if let Some(score) = outcome.score {
                rung.1.add(score, weight);
            }
        }
        summary.cost_share = ratio(cost.sum, llm_cost.sum);
        summary.quality = quality.mean();
        summary.llm_quality = llm_quality.mean();
        summary.quality_kept = ratio(quality.sum, llm_quality.sum);
        summary.energy = EnergyRange::sum(outcomes.iter().map(|outcome| outcome.energy));
        let share = |(part, quality, requests): (Mean, Mean, u64)| Share {
            requests,
            share: part.sum / all.sum,
            quality: quality.mean(),
        };
        summary.rungs = rungs
            .into_iter()
            .map(|(rung, sums)| (rung, share(sums)))
            .collect();
        summary
    }
}

// === impl Difference ===

impl Difference {
    /// What `outcomes` differ by from `others`, which are of the same log.
    pub fn between(outcomes: &[Outcome], others: &[Outcome]) -> Self {
        let (this, other) = (Summary::of(outcomes), Summary::of(others));
        let mut changed = BTreeMap::new();
        for (now, before) in outcomes.iter().zip(others) {
            if now.route() != before.route() {
                let key = format!("{} → {}", before.route(), now.route());
                *changed.entry(key).or_default() += 1;
            }
        }
        let kept = this.quality_kept.zip(other.quality_kept);
        let energies = this.energy.zip(other.energy);
        Self {
            changed,
            cost: this.cost.checked_sub(other.cost).unwrap_or_default(),
            joules: energies.map(|(now, before)| {
                (
                    now.min_joules - before.min_joules,
                    now.max_joules - before.max_joules,
                )
            }),
            quality_kept: kept.map(|(now, before)| now - before),
        }
    }
}

// === impl Mean ===

impl Mean {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn mean(self) -> Option<f64> {
        ratio(self.sum, self.weight)
    }
}

fn ratio(top: f64, bottom: f64) -> Option<f64> {
    (bottom > 0.0).then(|| top / bottom)
}

fn total(sum: Money, next: Money) -> Money {
    sum.checked_add(next).unwrap_or(sum)
}
