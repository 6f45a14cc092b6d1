use std::sync::Arc;
use std::time::Instant;

use downshift_wire::Usage;

use super::*;
use crate::entry::AttemptOutcome;
use crate::ledger::{Closing, Ledger, Opening};
use crate::model::ModelCost;
use crate::price::PriceConfig;
use crate::rung::Rung;

/// An entry of a model that costs 1/2, asked once and ended so.
fn entry(model: &str, usage: Option<Usage>, outcome: Outcome) -> Arc<Entry> {
    let price: PriceConfig = serde_json::from_str(r#"{"input": 1, "output": 2}"#).unwrap();
    let known = ModelCost {
        price: Some(price.into()),
        active_parameters: Some(1e9),
        ..ModelCost::named("known")
    };
    let ledger = Ledger::new([known], "known", []);
    let open = ledger.open(Opening {
        id: String::new(),
        started: jiff::Timestamp::UNIX_EPOCH,
        arrived: Instant::now(),
        requested_model: String::new(),
        stream: true,
    });
    let attempt = open.tab().attempt(Rung::Llm, model);
    if let Some(usage) = usage {
        attempt.usage(usage);
    }
    attempt.finish(AttemptOutcome::Ok);
    open.close(Closing {
        rung: Some(Rung::Llm),
        ..Closing::with(outcome)
    })
}

#[test]
fn what_is_known_is_summed_and_what_is_not_is_counted() {
    let usage = Usage {
        input: 100,
        cached_input: 40,
        output: 10,
        reasoning: 5,
        ..Usage::default()
    };
    let entries = [
        entry("known", Some(usage), Outcome::Ok),
        entry("known", Some(usage), Outcome::UpstreamError),
        entry("known", None, Outcome::Ok),
        entry("stranger", Some(usage), Outcome::Ok),
    ];
    let totals: Totals = entries.iter().map(|entry| &**entry).collect();
    assert_eq!((totals.requests, totals.ok, totals.attempts), (4, 3, 4));
    assert_eq!(
        (
            totals.input_tokens,
            totals.cached_input_tokens,
            totals.output_tokens
        ),
        (300, 120, 30)
    );
    assert_eq!(totals.tokens_unknown, 1);
    assert_eq!(
        (totals.cost.usd_string().as_str(), totals.cost_unknown),
        ("0.00024", 2)
    );
    assert_eq!(
        (
            totals.baseline.usd_string().as_str(),
            totals.baseline_unknown
        ),
        ("0.00012", 2)
    );
    assert_eq!((totals.saving, totals.saving_unknown), (Money::ZERO, 2));
    assert_eq!(
        (totals.flops, totals.flops_unknown, totals.energy_unknown),
        (2.0 * 1.4e11, 2, 2)
    );
    assert!(totals.energy_min_joules > 0.0 && totals.energy_max_joules > totals.energy_min_joules);
}

#[test]
fn a_sum_too_large_to_hold_counts_as_unknown() {
    let most = Money::from_picodollars(i128::MAX);
    let mut entry = (*entry("known", None, Outcome::Ok)).clone();
    (entry.cost, entry.baseline, entry.saving) = (Some(most), Some(most), Some(Money::ZERO));
    let totals: Totals = [&entry, &entry].into_iter().collect();
    assert_eq!((totals.cost, totals.cost_unknown), (most, 1));
    assert_eq!((totals.baseline, totals.baseline_unknown), (most, 1));
    assert_eq!(totals.saving_unknown, 0);
}

#[test]
fn totals_round_trip() {
    let totals: Totals = [&*entry("known", None, Outcome::Ok)].into_iter().collect();
    let json = serde_json::to_string(&totals).unwrap();
    assert!(json.contains(r#""cost_usd":"0""#), "{json}");
    assert_eq!(serde_json::from_str::<Totals>(&json).unwrap(), totals);
}
