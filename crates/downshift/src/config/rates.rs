//! Exchange rates as YAML: `base:`, `date:` and `rates:` by currency.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::yaml::{self, Problem, Written};

/// A table of rates as written; numbers keep the digits that they were written with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatesConfig {
    /// The currency that one unit of each rate is of.
    pub(crate) base: String,
    /// The day of the rates, such as 2026-11-24.
    pub(crate) date: Written,
    /// Units of each currency for one of the base.
    rates: BTreeMap<String, Written>,
}

impl RatesConfig {
    /// The rates by currency, as text.
    pub(crate) fn listed(&self) -> Vec<(String, String)> {
        let rates = self.rates.iter();
        rates
            .map(|(currency, rate)| (currency.clone(), rate.0.clone()))
            .collect()
    }
}

/// Reads a table of rates, or tells all that keeps it from being one.
pub(crate) fn read(text: &str) -> Result<RatesConfig, String> {
    let read = yaml::parse(text, &|_| None).and_then(|document| document.read());
    read.map_err(|problems| {
        let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
        told.join("; ")
    })
}
