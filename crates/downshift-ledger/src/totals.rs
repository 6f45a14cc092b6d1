//! Sums over entries, exact in money and honest about what is unknown.

use serde::{Deserialize, Serialize};

use crate::energy::EnergyRange;
use crate::entry::{Entry, Outcome};
use crate::money::Money;

/// Sums over entries. Each sum is over those entries whose figure is known; beside it stands how
/// many were unknown.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Entries.
    pub requests: u64,
    /// Entries that ended with a whole reply.
    pub ok: u64,
    /// Calls to upstreams.
    pub attempts: u64,
    /// Input tokens of all calls, cached ones included.
    pub input_tokens: u64,
    /// Input tokens of all calls that came from the provider's cache.
    pub cached_input_tokens: u64,
    /// Input tokens of all calls that were written to the provider's cache.
    pub cache_write_tokens: u64,
    /// Output tokens of all calls, reasoning included.
    pub output_tokens: u64,
    /// Output tokens of all calls that were thought and not shown.
    pub reasoning_tokens: u64,
    /// Calls whose tokens are unknown.
    pub tokens_unknown: u64,
    /// Money that went to upstreams.
    #[serde(rename = "cost_usd")]
    pub cost: Money,
    /// Entries whose cost is unknown.
    pub cost_unknown: u64,
    /// Money of all calls whose cost is known: exactly what `downshift_cost_usd_total` counts. More
    /// than `cost_usd` where an entry has calls of known and of unknown cost.
    #[serde(rename = "known_cost_usd")]
    pub known_cost: Money,
    /// Calls whose cost is unknown.
    pub unknown_costs: u64,
    /// What the top model alone would have cost.
    #[serde(rename = "baseline_usd")]
    pub baseline: Money,
    /// Entries with a whole reply whose baseline is unknown.
    pub baseline_unknown: u64,
    /// Baseline less cost, of the entries where both are known.
    #[serde(rename = "saving_usd")]
    pub saving: Money,
    /// Entries with a whole reply whose saving is unknown.
    pub saving_unknown: u64,
    /// Floating-point operations.
    pub flops: f64,
    /// Entries whose FLOPs are unknown.
    pub flops_unknown: u64,
    /// Energy, lower bound.
    pub energy_min_joules: f64,
    /// Energy, upper bound.
    pub energy_max_joules: f64,
    /// Entries whose energy is unknown.
    pub energy_unknown: u64,
    /// Energy the top model alone would have taken, lower bound.
    pub baseline_energy_min_joules: f64,
    /// Energy the top model alone would have taken, upper bound.
    pub baseline_energy_max_joules: f64,
    /// Entries with a whole reply whose baseline energy is unknown.
    pub baseline_energy_unknown: u64,
    /// Greenhouse gases, in grams of CO₂ equivalent, lower bound.
    pub co2e_min_grams: f64,
    /// Greenhouse gases, upper bound.
    pub co2e_max_grams: f64,
    /// Entries whose greenhouse gases are unknown: all, where no grid is.
    pub co2e_unknown: u64,
    /// Greenhouse gases the top model alone would have stood for, lower bound.
    pub baseline_co2e_min_grams: f64,
    /// Greenhouse gases the top model alone would have stood for, upper bound.
    pub baseline_co2e_max_grams: f64,
    /// Entries with a whole reply whose baseline's greenhouse gases are unknown.
    pub baseline_co2e_unknown: u64,
    /// The router's own time.
    pub own_seconds: f64,
    /// The router's own energy, lower bound.
    pub own_energy_min_joules: f64,
    /// The router's own energy, upper bound.
    pub own_energy_max_joules: f64,
}

// === impl Totals ===

impl Totals {
    /// Adds one entry.
    pub fn add(&mut self, entry: &Entry) {
        let ok = entry.outcome == Outcome::Ok;
        self.requests += 1;
        self.ok += u64::from(ok);
        self.add_tokens(entry);
        add_money(&mut self.cost, entry.cost, &mut self.cost_unknown);
        self.unknown_costs += entry.unknown_costs;
        let known = Some(entry.known_cost);
        add_money(&mut self.known_cost, known, &mut self.unknown_costs);
        // An entry without a whole reply has no baseline, which is not the same as an unknown one.
        if ok {
            add_money(
                &mut self.baseline,
                entry.baseline,
                &mut self.baseline_unknown,
            );
            add_money(&mut self.saving, entry.saving, &mut self.saving_unknown);
        }
        self.add_energy(entry, ok);
        self.add_carbon(entry, ok);
        self.own_seconds += entry.own_seconds;
        self.own_energy_min_joules += entry.own_energy.min_joules;
        self.own_energy_max_joules += entry.own_energy.max_joules;
    }

    /// Adds sums of other entries.
    pub fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.ok += other.ok;
        self.attempts += other.attempts;
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.cached_input_tokens = self
            .cached_input_tokens
            .saturating_add(other.cached_input_tokens);
        self.cache_write_tokens = self
            .cache_write_tokens
            .saturating_add(other.cache_write_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.reasoning_tokens = self.reasoning_tokens.saturating_add(other.reasoning_tokens);
        self.tokens_unknown += other.tokens_unknown;
        add_money(&mut self.cost, Some(other.cost), &mut self.cost_unknown);
        self.cost_unknown += other.cost_unknown;
        let known = Some(other.known_cost);
        add_money(&mut self.known_cost, known, &mut self.unknown_costs);
        self.unknown_costs += other.unknown_costs;
        let baseline = Some(other.baseline);
        add_money(&mut self.baseline, baseline, &mut self.baseline_unknown);
        self.baseline_unknown += other.baseline_unknown;
        add_money(
            &mut self.saving,
            Some(other.saving),
            &mut self.saving_unknown,
        );
        self.saving_unknown += other.saving_unknown;
        self.flops += other.flops;
        self.flops_unknown += other.flops_unknown;
        self.energy_min_joules += other.energy_min_joules;
        self.energy_max_joules += other.energy_max_joules;
        self.energy_unknown += other.energy_unknown;
        self.baseline_energy_min_joules += other.baseline_energy_min_joules;
        self.baseline_energy_max_joules += other.baseline_energy_max_joules;
        self.baseline_energy_unknown += other.baseline_energy_unknown;
        self.co2e_min_grams += other.co2e_min_grams;
        self.co2e_max_grams += other.co2e_max_grams;
        self.co2e_unknown += other.co2e_unknown;
        self.baseline_co2e_min_grams += other.baseline_co2e_min_grams;
        self.baseline_co2e_max_grams += other.baseline_co2e_max_grams;
        self.baseline_co2e_unknown += other.baseline_co2e_unknown;
        self.own_seconds += other.own_seconds;
        self.own_energy_min_joules += other.own_energy_min_joules;
        self.own_energy_max_joules += other.own_energy_max_joules;
    }

    fn add_energy(&mut self, entry: &Entry, ok: bool) {
        match entry.flops {
            Some(flops) => self.flops += flops,
            None => self.flops_unknown += 1,
        }
        match entry.energy {
            Some(EnergyRange {
                min_joules,
                max_joules,
            }) => {
                self.energy_min_joules += min_joules;
                self.energy_max_joules += max_joules;
            }
            None => self.energy_unknown += 1,
        }
        match entry.baseline_energy {
            Some(baseline) => {
                self.baseline_energy_min_joules += baseline.min_joules;
                self.baseline_energy_max_joules += baseline.max_joules;
            }
            None => self.baseline_energy_unknown += u64::from(ok),
        }
    }

    fn add_carbon(&mut self, entry: &Entry, ok: bool) {
        match entry.co2e {
            Some(co2e) => {
                self.co2e_min_grams += co2e.min_grams;
                self.co2e_max_grams += co2e.max_grams;
            }
            None => self.co2e_unknown += 1,
        }
        match entry.baseline_co2e {
            Some(baseline) => {
                self.baseline_co2e_min_grams += baseline.min_grams;
                self.baseline_co2e_max_grams += baseline.max_grams;
            }
            None => self.baseline_co2e_unknown += u64::from(ok),
        }
    }

    fn add_tokens(&mut self, entry: &Entry) {
        for attempt in &entry.attempts {
            self.attempts += 1;
            let Some(usage) = &attempt.usage else {
                self.tokens_unknown += 1;
                continue;
            };
            self.input_tokens = self.input_tokens.saturating_add(usage.input);
            self.cached_input_tokens = self.cached_input_tokens.saturating_add(usage.cached_input);
            self.cache_write_tokens = self.cache_write_tokens.saturating_add(usage.cache_write);
            self.output_tokens = self.output_tokens.saturating_add(usage.output);
            self.reasoning_tokens = self.reasoning_tokens.saturating_add(usage.reasoning);
        }
    }
}

impl<'a> FromIterator<&'a Entry> for Totals {
    fn from_iter<I: IntoIterator<Item = &'a Entry>>(entries: I) -> Self {
        let mut totals = Self::default();
        entries.into_iter().for_each(|entry| totals.add(entry));
        totals
    }
}

/// Adds what is known and what can be held, and counts the rest.
fn add_money(sum: &mut Money, amount: Option<Money>, unknown: &mut u64) {
    match amount.and_then(|amount| sum.checked_add(amount)) {
        Some(total) => *sum = total,
        None => *unknown += 1,
    }
}

#[cfg(test)]
mod tests;
