//! The last hour and the last day in even steps: hides how sums are kept by time in bounded memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::money::Money;
use crate::recent::Sink;

/// How much of the past is looked at, and in which steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    /// The last hour, in steps of ten seconds.
    Hour,
    /// The last day, in steps of five minutes.
    Day,
}

/// Requests by the time they arrived, since the process started.
#[derive(Debug, Default)]
pub struct Timeline {
    hour: Mutex<BTreeMap<i64, Point>>,
    day: Mutex<BTreeMap<i64, Point>>,
}

/// What the requests of one step came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Point {
    /// The step's beginning, in seconds since 1970.
    pub at: i64,
    /// Entries.
    pub requests: u64,
    /// Money that went to upstreams, of the calls whose cost is known.
    #[serde(rename = "cost_usd")]
    pub cost: Money,
    /// What the top model alone would have cost, of the entries where that is known.
    #[serde(rename = "baseline_usd")]
    pub baseline: Money,
}

// === impl Span ===

impl Span {
    /// A step, in seconds.
    pub const fn step(self) -> i64 {
        match self {
            Self::Hour => 10,
            Self::Day => 300,
        }
    }

    /// Steps in all.
    pub const fn steps(self) -> i64 {
        match self {
            Self::Hour => 360,
            Self::Day => 288,
        }
    }
}

// === impl Timeline ===

impl Timeline {
    /// The steps of the span that ends at `now` in which requests arrived, the oldest first.
    pub fn points(&self, span: Span, now: Timestamp) -> Vec<Point> {
        let first = now.as_second().div_euclid(span.step()) - span.steps() + 1;
        let steps = self.steps(span);
        let steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps
            .range(first..)
            .map(|(_, point)| point.clone())
            .collect()
    }

    fn steps(&self, span: Span) -> &Mutex<BTreeMap<i64, Point>> {
        match span {
            Span::Hour => &self.hour,
            Span::Day => &self.day,
        }
    }

    fn add(&self, span: Span, entry: &Entry) {
        let index = entry.started.as_second().div_euclid(span.step());
        let steps = self.steps(span);
        let mut steps = steps.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = steps.last_key_value().map_or(index, |(newest, _)| *newest);
        if index <= newest - span.steps() {
            return;
        }
        let point = steps.entry(index).or_default();
        point.at = index * span.step();
        point.requests += 1;
        point.cost = add(point.cost, entry.known_cost);
        point.baseline = add(point.baseline, entry.baseline.unwrap_or_default());
        let oldest = newest.max(index) - span.steps();
        while steps
            .first_key_value()
            .is_some_and(|(first, _)| *first <= oldest)
        {
            steps.pop_first();
        }
    }
}

impl Sink for Timeline {
    fn record(&self, entry: &std::sync::Arc<Entry>) {
        self.add(Span::Hour, entry);
        self.add(Span::Day, entry);
    }
}

fn add(sum: Money, amount: Money) -> Money {
    sum.checked_add(amount).unwrap_or(sum)
}

#[cfg(test)]
mod tests;
