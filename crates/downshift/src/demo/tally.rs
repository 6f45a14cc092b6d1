//! What a run came to: sums over its entries, rung by rung.

use std::collections::BTreeMap;

use downshift_ledger::{Entry, Outcome, Rung, Totals};
use serde::Serialize;

/// Sums over a run's entries.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    /// All of them.
    pub all: Share,
    /// Those that got a whole reply, by the rung that gave it.
    pub rungs: BTreeMap<Rung, Share>,
    /// Those that got none, by how they ended.
    pub failed: BTreeMap<Outcome, u64>,
    /// Why rungs that had tried passed on.
    pub went_up: BTreeMap<String, u64>,
    /// The router's own time of each request, in seconds.
    #[serde(skip)]
    pub own_seconds: Vec<f64>,
}

/// A run, or one rung's part of it.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Share {
    /// Sums over its entries.
    #[serde(flatten)]
    pub totals: Totals,
    /// What the llm alone would have taken, where that and the energy spent are known.
    pub baseline_energy_min_joules: f64,
    /// The upper bound of the same.
    pub baseline_energy_max_joules: f64,
}

// === impl Tally ===

impl Tally {
    /// Adds one entry.
    pub fn add(&mut self, entry: &Entry) {
        self.all.add(entry);
        self.own_seconds.push(entry.own_seconds);
        match entry.rung {
            Some(rung) if entry.outcome == Outcome::Ok => {
                self.rungs.entry(rung).or_default().add(entry);
            }
            _ => *self.failed.entry(entry.outcome).or_default() += 1,
        }
        for step in entry
            .trail
            .steps()
            .iter()
            .filter(|step| step.spent.is_some())
        {
            let reason = format!("{}:{}", step.rung, step.reason);
            *self.went_up.entry(reason).or_default() += 1;
        }
    }

    /// The share of all requests that a rung replied to, 0 to 1.
    pub fn share(&self, rung: Rung) -> f64 {
        let requests = self
            .rungs
            .get(&rung)
            .map_or(0, |share| share.totals.requests);
        requests as f64 / self.all.totals.requests.max(1) as f64
    }

    /// The middle one of the requests' own times, in seconds.
    pub fn median_own_seconds(&self) -> Option<f64> {
        let mut times = self.own_seconds.clone();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied()
    }
}

// === impl Share ===

impl Share {
    fn add(&mut self, entry: &Entry) {
        self.totals.add(entry);
        if let (Some(energy), Some(_)) = (entry.baseline_energy, entry.energy) {
            self.baseline_energy_min_joules += energy.min_joules;
            self.baseline_energy_max_joules += energy.max_joules;
        }
    }
}
