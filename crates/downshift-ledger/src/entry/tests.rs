use serde_json::Value;

use super::*;
use crate::reason::Reason;
use crate::trace::Sent;
use crate::trail::{Spent, Step};

fn energy(min_joules: f64, max_joules: f64) -> EnergyRange {
    EnergyRange {
        min_joules,
        max_joules,
    }
}

fn grams(min_grams: f64, max_grams: f64) -> CarbonRange {
    CarbonRange {
        min_grams,
        max_grams,
    }
}

fn usd(text: &str) -> Option<Money> {
    Money::from_usd(text).ok()
}

fn step() -> Step {
    let spent = Spent {
        cost: usd("0.01"),
        flops: Some(1e9),
        energy: Some(energy(1.0, 2.0)),
        seconds: 0.5,
    };
    Step {
        rung: Rung::Specialist,
        reason: Reason::WeakReply,
        confidence: Some(0.5),
        detail: Some("coder".to_owned()),
        spent: Some(spent),
    }
}

/// Ten numbers that follow each other.
fn usage(first: u64) -> Usage {
    Usage {
        input: first,
        cached_input: first + 1,
        output: first + 2,
        reasoning: first + 3,
        cache_write: first + 4,
        cache_write_1h: first + 5,
        images: first + 6,
        audio_input: first + 7,
        image_input: first + 8,
        audio_output: first + 9,
    }
}

fn attempt() -> AttemptEntry {
    AttemptEntry {
        rung: Rung::Specialist,
        model: "coder".into(),
        judging: true,
        outcome: AttemptOutcome::Ok,
        usage: Some(usage(1)),
        cost: usd("0.01"),
        cost_unknown: None,
        flops: Some(1e9),
        energy: Some(energy(1.0, 2.0)),
        co2e: Some(grams(0.5, 1.5)),
        machine_seconds: Some(0.375),
        seconds: 0.5,
        first_token_seconds: Some(0.25),
        sent: Sent {
            after_seconds: 0.125,
            server: Some("http://127.0.0.1:9".into()),
            response_model: Some("coder-7b".into()),
            finish_reason: Some("stop".into()),
            span_id: Some("00f067aa0ba902b7".into()),
        },
    }
}

/// An entry in which everything is known, and every number another.
fn full() -> Entry {
    Entry {
        id: "req_1".to_owned(),
        started: "2026-01-02T03:04:05.678Z".parse().unwrap(),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".into()),
        span_id: Some("b7ad6b7169203331".into()),
        key: Some("team".into()),
        requested_model: "auto".to_owned(),
        stream: true,
        rung: Some(Rung::Llm),
        intent: Some("code".into()),
        confidence: Some(0.75),
        model: Some("frontier".into()),
        outcome: Outcome::Ok,
        prompt_tokens_estimate: Some(10),
        usage: Some(usage(11)),
        usage_estimated: false,
        cost: usd("0.03"),
        known_cost: Money::from_usd("0.03").unwrap(),
        unknown_costs: 0,
        baseline: usd("0.02"),
        saving: usd("-0.01"),
        baseline_method: Some(BaselineMethod::OwnCost),
        flops: Some(3e9),
        baseline_flops: Some(2e9),
        energy: Some(energy(3.0, 6.0)),
        baseline_energy: Some(energy(2.0, 4.0)),
        co2e: Some(grams(2.5, 3.5)),
        baseline_co2e: Some(grams(4.5, 5.5)),
        energy_method: EnergyMethod::FlopsUtilisation,
        own_seconds: 0.001,
        classify_seconds: 0.0005,
        own_flops: 15,
        own_energy: energy(0.125, 0.25),
        seconds: 1.5,
        upstream_seconds: 1.499,
        first_token_seconds: Some(1.0),
        trail: [step()].into_iter().collect(),
        attempts: vec![attempt()],
        judged: vec![Judgement {
            model: "coder".into(),
            probability: 0.5,
            threshold: 0.75,
            released: false,
            scores: vec![crate::Score {
                judge: crate::Judge::Agreement,
                probability: Some(0.5),
                evidence: "381 vs 391".to_owned(),
            }],
        }],
        shadow: None,
    }
}

const ROW: &str = r#"{
    "id": "req_1", "started": "2026-01-02T03:04:05.678Z",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "b7ad6b7169203331", "key": "team",
    "requested_model": "auto", "stream": true,
    "rung": "llm", "intent": "code", "confidence": 0.75, "model": "frontier", "outcome": "ok",
    "prompt_tokens_estimate": 10, "input_tokens": 11, "cached_input_tokens": 12,
    "output_tokens": 13, "reasoning_tokens": 14,
    "cache_write_tokens": 15, "cache_write_1h_tokens": 16, "input_images": 17,
    "audio_input_tokens": 18, "image_input_tokens": 19, "audio_output_tokens": 20, "tokens_estimated": false,
    "cost_usd": "0.03", "known_cost_usd": "0.03", "unknown_costs": 0, "baseline_usd": "0.02", "saving_usd": "-0.01", "baseline_method": "own_cost",
    "flops": 3e9, "baseline_flops": 2e9, "energy_min_joules": 3.0, "energy_max_joules": 6.0,
    "baseline_energy_min_joules": 2.0, "baseline_energy_max_joules": 4.0,
    "co2e_min_grams": 2.5, "co2e_max_grams": 3.5,
    "baseline_co2e_min_grams": 4.5, "baseline_co2e_max_grams": 5.5,
    "energy_method": "flops_utilisation", "own_seconds": 0.001, "classify_seconds": 0.0005,
    "own_flops": 15, "own_energy_min_joules": 0.125, "own_energy_max_joules": 0.25,
    "seconds": 1.5, "upstream_seconds": 1.499, "first_token_seconds": 1.0,
    "trail": [{
        "rung": "specialist", "reason": "weak_reply", "confidence": 0.5, "detail": "coder",
        "spent": {
            "cost_usd": "0.01", "flops": 1e9, "seconds": 0.5,
            "energy": {"min_joules": 1.0, "max_joules": 2.0}
        }
    }],
    "attempts": [{
        "rung": "specialist", "model": "coder", "judging": true, "outcome": "ok", "input_tokens": 1,
        "cached_input_tokens": 2, "output_tokens": 3, "reasoning_tokens": 4,
        "cache_write_tokens": 5, "cache_write_1h_tokens": 6, "input_images": 7,
        "audio_input_tokens": 8, "image_input_tokens": 9, "audio_output_tokens": 10, "cost_usd": "0.01",
        "cost_unknown": null, "flops": 1e9, "energy_min_joules": 1.0, "energy_max_joules": 2.0,
        "co2e_min_grams": 0.5, "co2e_max_grams": 1.5, "machine_seconds": 0.375,
        "seconds": 0.5, "first_token_seconds": 0.25, "after_seconds": 0.125,
        "server": "http://127.0.0.1:9", "response_model": "coder-7b", "finish_reason": "stop",
        "span_id": "00f067aa0ba902b7"
    }],
    "judged": [{
        "model": "coder", "probability": 0.5, "threshold": 0.75, "released": false,
        "scores": [{ "judge": "agreement", "probability": 0.5, "evidence": "381 vs 391" }]
    }],
    "shadow": null
}"#;

/// The names are a table's columns and a public interface: a change here breaks readers.
#[test]
fn it_is_one_flat_row_with_stable_names() {
    let expected: Value = serde_json::from_str(ROW).unwrap();
    assert_eq!(serde_json::to_value(full()).unwrap(), expected);
}

/// What an earlier version wrote is read, and what it did not know is not known.
#[test]
fn a_row_without_later_columns_is_read() {
    let Value::Object(mut row) = serde_json::to_value(full()).unwrap() else {
        panic!("an entry is an object");
    };
    row.retain(|name, _| !name.contains("co2e") && !name.starts_with("cache_write"));
    for later in [
        "input_images",
        "audio_input_tokens",
        "image_input_tokens",
        "audio_output_tokens",
    ] {
        row.remove(later);
    }
    let entry: Entry = serde_json::from_value(Value::Object(row)).unwrap();
    let full = full();
    let usage = full.usage.map(|usage| Usage {
        cache_write: 0,
        cache_write_1h: 0,
        images: 0,
        audio_input: 0,
        image_input: 0,
        audio_output: 0,
        ..usage
    });
    let expected = Entry {
        usage,
        co2e: None,
        baseline_co2e: None,
        ..full
    };
    assert_eq!(entry, expected);
}

#[track_caller]
fn check_round_trip(entry: &Entry) {
    let json = serde_json::to_string(entry).unwrap();
    assert_eq!(
        &serde_json::from_str::<Entry>(&json).unwrap(),
        entry,
        "{json}"
    );
    let costs = entry.costs();
    let json = serde_json::to_string(&costs).unwrap();
    assert_eq!(
        serde_json::from_str::<Costs>(&json).unwrap(),
        costs,
        "{json}"
    );
}

#[test]
fn what_is_unknown_is_null_and_round_trips_as_unknown() {
    check_round_trip(&full());
    let mut entry = full();
    (entry.rung, entry.intent, entry.confidence, entry.model) = (None, None, None, None);
    (
        entry.prompt_tokens_estimate,
        entry.usage,
        entry.first_token_seconds,
    ) = (None, None, None);
    (
        entry.cost,
        entry.baseline,
        entry.saving,
        entry.baseline_method,
    ) = (None, None, None, None);
    (
        entry.flops,
        entry.energy,
        entry.baseline_flops,
        entry.baseline_energy,
    ) = (None, None, None, None);
    check_round_trip(&entry);
    let Value::Object(row) = serde_json::to_value(&entry).unwrap() else {
        panic!("an entry is an object");
    };
    let Value::Object(known) = serde_json::to_value(full()).unwrap() else {
        panic!("an entry is an object");
    };
    assert!(
        row.keys().eq(known.keys()),
        "every column is there, known or not"
    );
    assert!(row["cost_usd"].is_null() && row["energy_min_joules"].is_null());
}

#[track_caller]
fn check_label(value: impl Serialize, label: &str) {
    assert_eq!(serde_json::to_value(value).unwrap(), label);
}

#[test]
fn labels_are_what_is_written() {
    for outcome in Outcome::ALL {
        check_label(outcome, outcome.label());
    }
    for outcome in AttemptOutcome::ALL {
        check_label(outcome, outcome.label());
    }
    for rung in Rung::ALL {
        check_label(rung, rung.label());
    }
    for method in [
        BaselineMethod::OwnCost,
        BaselineMethod::SameTokens,
        BaselineMethod::EstimatedTokens,
    ] {
        check_label(method, method.label());
    }
    for why in [
        CostUnknown::Price,
        CostUnknown::Usage,
        CostUnknown::Overflow,
    ] {
        check_label(why, why.label());
    }
    check_label(
        EnergyMethod::FlopsUtilisation,
        EnergyMethod::FlopsUtilisation.label(),
    );
}
