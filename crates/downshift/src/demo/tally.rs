//! What a run came to: the ledger's report of its entries, and what went wrong on the way.

use std::collections::BTreeMap;

use downshift_ledger::{By, Entry, Outcome, Report, Window};
use serde::Serialize;

/// Sums over a run's entries.
#[derive(Debug, Clone, Serialize)]
pub struct Tally {
    /// The same report that `GET /report?by=rung` gives.
    pub report: Report,
    /// How requests ended that got no whole reply.
    pub failed: BTreeMap<Outcome, u64>,
    /// Why rungs that had tried passed on, by rung and reason.
    pub went_up: BTreeMap<String, u64>,
}

// === impl Tally ===

impl Tally {
    /// Adds one entry.
    pub fn add(&mut self, entry: &Entry) {
        self.report.add(entry);
        if entry.outcome != Outcome::Ok {
            *self.failed.entry(entry.outcome).or_default() += 1;
        }
        for step in entry.trail.iter().filter(|step| step.spent.is_some()) {
            let reason = format!("{}:{}", step.rung, step.reason);
            *self.went_up.entry(reason).or_default() += 1;
        }
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            report: Report::new(Window::default(), Some(By::Rung)),
            failed: BTreeMap::new(),
            went_up: BTreeMap::new(),
        }
    }
}
