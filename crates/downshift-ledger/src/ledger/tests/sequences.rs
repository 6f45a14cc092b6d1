//! Whatever is booked in whatever order, and however it ends: one entry, and it adds up.

use std::thread;

use proptest::prelude::*;

use super::*;
use crate::money::Money;
use crate::totals::Totals;

const MODELS: [&str; 4] = ["frontier", "small", "unpriced", "stranger"];
#[derive(Debug, Clone)]
enum Op {
    Classify(f64),
    PassOn,
    Begin(Rung, usize),
    FirstToken(usize),
    Usage(usize, Usage),
    Finish(usize, AttemptOutcome),
    Drop(usize),
}

#[derive(Debug, Clone)]
enum End {
    Close(Closing),
    Drop,
    Panic,
    /// The entry goes first, the attempts after.
    DropWhileOpen,
}

fn any_rung() -> impl Strategy<Value = Rung> {
    prop::sample::select(&Rung::ALL[..])
}

fn any_usage() -> impl Strategy<Value = Usage> {
    let tokens = prop_oneof![0..5000_u64, any::<u64>()];
    [tokens.clone(), tokens.clone(), tokens]
        .prop_map(|[input, cached, output]| usage(input, cached, output))
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        any::<f64>().prop_map(Op::Classify),
        Just(Op::PassOn),
        (any_rung(), 0..MODELS.len()).prop_map(|(rung, model)| Op::Begin(rung, model)),
        (0..4_usize).prop_map(Op::FirstToken),
        (0..4_usize, any_usage()).prop_map(|(index, usage)| Op::Usage(index, usage)),
        (0..4_usize, prop::sample::select(&AttemptOutcome::ALL[..]))
            .prop_map(|(index, outcome)| Op::Finish(index, outcome)),
        (0..4_usize).prop_map(Op::Drop),
    ]
}

fn any_end() -> impl Strategy<Value = End> {
    let closing = (
        prop::option::of(any_rung()),
        prop::sample::select(&Outcome::ALL[..]),
        prop::option::of(any_usage()),
    );
    let closing = closing.prop_map(|(rung, outcome, usage)| Closing {
        rung,
        usage,
        ..Closing::with(outcome)
    });
    prop_oneof![4 => closing.prop_map(End::Close), 1 => Just(End::Drop), 1 => Just(End::Panic), 1 => Just(End::DropWhileOpen)]
}

/// Runs a request; the number of attempts that were begun.
fn run(open: OpenEntry, ops: &[Op], end: &End) -> usize {
    let tab = open.tab();
    let mut begun = 0;
    let mut attempts: Vec<Attempt> = Vec::new();
    for op in ops {
        match op.clone() {
            Op::Classify(seconds) => {
                tab.classified(Classified {
                    intent: None,
                    confidence: None,
                    seconds,
                    flops: 3,
                });
            }
            Op::PassOn => tab.pass_on(step(Rung::Answer, Reason::Unbound)),
            Op::Begin(rung, model) => {
                begun += 1;
                attempts.push(tab.attempt(rung, MODELS[model]));
            }
            Op::FirstToken(index) => attempts
                .get(index)
                .iter()
                .for_each(|attempt| attempt.first_token()),
            Op::Usage(index, usage) => attempts
                .get(index)
                .iter()
                .for_each(|attempt| attempt.usage(usage)),
            Op::Finish(index, outcome) if index < attempts.len() => {
                attempts.remove(index).finish(outcome);
            }
            Op::Drop(index) if index < attempts.len() => drop(attempts.remove(index)),
            Op::Finish(..) | Op::Drop(_) => {}
        }
    }
    match end {
        End::Close(closing) => drop(open.close(closing.clone())),
        End::Drop => drop((attempts, open)),
        End::DropWhileOpen => drop((open, attempts)),
        End::Panic => {
            let unwound = catch_unwind(AssertUnwindSafe(move || {
                let _held = (open, attempts);
                std::panic::resume_unwind(Box::new("a rung panicked"));
            }));
            assert!(unwound.is_err());
        }
    }
    begun
}

/// The charge of an attempt, worked out another way: picodollars by hand.
fn charge(model: &str, usage: &Usage) -> Option<i128> {
    let (input, cached, output) = match model {
        _ if usage.input == 0 && usage.output == 0 => return Some(0),
        "frontier" => (10_000_000, 1_000_000, 30_000_000),
        "small" => (1_000_000, 1_000_000, 2_000_000),
        _ => return None,
    };
    let hits = i128::from(usage.cached_input.min(usage.input));
    Some(
        (i128::from(usage.input) - hits) * input
            + hits * cached
            + i128::from(usage.output) * output,
    )
}

fn check_adds_up(entry: &Entry) -> Result<(), TestCaseError> {
    let mut cost = Some(0);
    for attempt in &entry.attempts {
        let expected = attempt
            .usage
            .as_ref()
            .and_then(|usage| charge(&attempt.model, usage));
        prop_assert_eq!(attempt.cost.map(Money::picodollars), expected);
        prop_assert_eq!(attempt.cost.is_none(), attempt.cost_unknown.is_some());
        cost = cost.zip(expected).map(|(sum, charge)| sum + charge);
    }
    prop_assert_eq!(entry.cost.map(Money::picodollars), cost);
    let saving = entry
        .baseline
        .zip(entry.cost)
        .map(|(baseline, cost)| baseline.picodollars() - cost.picodollars());
    prop_assert_eq!(entry.saving.map(Money::picodollars), saving);
    if let Some(energy) = entry.energy {
        prop_assert!(
            energy.min_joules <= energy.max_joules
                && energy.min_joules >= entry.own_energy.min_joules
        );
    }
    prop_assert!((entry.own_seconds + entry.upstream_seconds - entry.seconds).abs() < 1e-6);
    prop_assert!(entry.own_seconds >= 0.0 && entry.own_energy.max_joules.is_finite());
    let json = serde_json::to_string(entry).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Entry>(&json).unwrap(), entry);
    Ok(())
}

proptest! {
    #[test]
    fn each_request_makes_one_entry_that_adds_up(
        requests in prop::collection::vec((prop::collection::vec(any_op(), 0..12), any_end()), 1..8)
    ) {
        let (ledger, kept) = ledger();
        let mut begun = 0;
        for (index, (ops, end)) in requests.iter().enumerate() {
            begun += run(ledger.open(opening(&index.to_string())), ops, end);
        }
        let entries = kept.entries();
        let ids: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
        prop_assert_eq!(ids, (0..requests.len()).map(|index| index.to_string()).collect::<Vec<_>>());
        for entry in &entries {
            check_adds_up(entry)?;
        }
        let totals: Totals = entries.iter().map(|entry| &**entry).collect();
        let known = entries.iter().filter_map(|entry| entry.cost).map(Money::picodollars);
        prop_assert_eq!(totals.cost.picodollars(), known.sum::<i128>());
        prop_assert_eq!(totals.requests, requests.len() as u64);
        prop_assert_eq!(totals.attempts, begun as u64);
        let unknown: u64 = [CostUnknown::Price, CostUnknown::Usage, CostUnknown::Overflow]
            .into_iter().flat_map(|why| ledger.unknown_costs(why).into_values()).sum();
        let without = entries.iter().flat_map(|entry| &entry.attempts).filter(|attempt| attempt.cost.is_none());
        prop_assert_eq!(unknown, without.count() as u64);
    }
}

#[test]
fn many_threads_on_one_tab_still_make_one_entry() {
    let (ledger, kept) = ledger();
    for _ in 0..50 {
        let open = ledger.open(opening("1"));
        let tab = open.tab();
        thread::scope(|scope| {
            for _ in 0..4 {
                let tab = tab.clone();
                scope.spawn(move || {
                    for _ in 0..20 {
                        let attempt = tab.attempt(Rung::Llm, "small");
                        attempt.usage(usage(1, 0, 0));
                        attempt.finish(AttemptOutcome::Ok);
                    }
                });
            }
            scope.spawn(move || open.close(ended(Rung::Llm, Outcome::Ok)));
        });
    }
    let entries = kept.entries();
    assert_eq!(entries.len(), 50);
    for entry in entries {
        assert!(
            entry
                .attempts
                .iter()
                .all(|attempt| attempt.usage.is_none_or(|usage| usage.input == 1))
        );
    }
}
