mod charges;
mod endings;
mod sequences;

use std::sync::Mutex;

use super::*;
use crate::entry::{AttemptOutcome, BaselineMethod};
use crate::price::{Price, PriceConfig};
use crate::reason::Reason;
use crate::trail::Step;

/// Keeps every entry.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Arc<Entry>>>);

impl Sink for Kept {
    fn record(&self, entry: &Arc<Entry>) {
        self.0.lock().unwrap().push(entry.clone());
    }
}

impl Kept {
    fn entries(&self) -> Vec<Arc<Entry>> {
        self.0.lock().unwrap().clone()
    }
}

fn price(input: u32, cached: u32, output: u32) -> Price {
    let json = format!(r#"{{"input": {input}, "cached_input": {cached}, "output": {output}}}"#);
    serde_json::from_str::<PriceConfig>(&json).unwrap().into()
}

/// `frontier` costs 10/1/30 and is of unknown size; `small` 1/1/2 and has a billion parameters;
/// `unpriced` has no price, and two billion.
fn ledger() -> (Ledger, Arc<Kept>) {
    let kept = Arc::new(Kept::default());
    let models = [
        ModelCost {
            price: Some(price(10, 1, 30)),
            ..ModelCost::named("frontier")
        },
        ModelCost {
            price: Some(price(1, 1, 2)),
            active_parameters: Some(1e9),
            ..ModelCost::named("small")
        },
        ModelCost {
            active_parameters: Some(2e9),
            ..ModelCost::named("unpriced")
        },
    ];
    (
        Ledger::new(models, "frontier", [kept.clone() as Arc<dyn Sink>]),
        kept,
    )
}

fn opening(id: &str) -> Opening {
    Opening {
        id: id.to_owned(),
        started: Timestamp::UNIX_EPOCH,
        arrived: Instant::now(),
        requested_model: "auto".to_owned(),
        stream: false,
    }
}

fn usage(input: u64, cached_input: u64, output: u64) -> Usage {
    Usage {
        input,
        cached_input,
        output,
        ..Usage::default()
    }
}

fn ended(rung: Rung, outcome: Outcome) -> Closing {
    Closing {
        rung: Some(rung),
        ..Closing::with(outcome)
    }
}

fn step(rung: Rung, reason: Reason) -> Step {
    Step {
        rung,
        reason,
        confidence: None,
        detail: None,
        spent: None,
    }
}

/// What a request comes to whose rungs do `book` and that ends like `closing`: cost, baseline,
/// saving in USD, and how the baseline was arrived at.
#[track_caller]
fn check(
    book: impl FnOnce(&Tab),
    closing: Closing,
    expected: (
        Option<&str>,
        Option<&str>,
        Option<&str>,
        Option<BaselineMethod>,
    ),
) -> Arc<Entry> {
    let (ledger, kept) = ledger();
    let open = ledger.open(opening("1"));
    book(&open.tab());
    let preview = open.preview(&closing);
    let entry = open.close(closing);
    let usd = |money: Option<crate::Money>| money.map(crate::Money::usd_string);
    let (cost, baseline, saving, method) = expected;
    assert_eq!(usd(entry.cost).as_deref(), cost, "cost");
    assert_eq!(usd(entry.baseline).as_deref(), baseline, "baseline");
    assert_eq!(usd(entry.saving).as_deref(), saving, "saving");
    assert_eq!(entry.baseline_method, method);
    assert_eq!(
        (preview.cost, preview.saving),
        (entry.cost, entry.saving),
        "a preview tells the same"
    );
    assert_eq!(kept.entries(), std::slice::from_ref(&entry));
    entry
}

#[test]
fn a_computed_answer_costs_nothing_and_saves_an_estimate() {
    let closing = Closing {
        usage: Some(usage(7, 0, 5)),
        ..ended(Rung::Answer, Outcome::Ok)
    };
    let expected = (
        Some("0"),
        Some("0.00022"),
        Some("0.00022"),
        Some(BaselineMethod::EstimatedTokens),
    );
    let entry = check(|tab| tab.prompt_tokens(7), closing, expected);
    assert!(entry.usage_estimated);
    assert_eq!(entry.flops, Some(0.0));
    assert_eq!(entry.energy, Some(entry.own_energy));
    assert_eq!(
        entry.baseline_energy, None,
        "nobody knows how large frontier is"
    );
}

#[test]
fn a_specialists_reply_is_compared_on_the_same_tokens_uncached() {
    let book = |tab: &Tab| {
        let attempt = tab.attempt(Rung::Specialist, "small");
        attempt.first_token();
        attempt.usage(usage(1000, 600, 100));
        attempt.finish(AttemptOutcome::Ok);
    };
    let expected = (
        Some("0.0012"),
        Some("0.013"),
        Some("0.0118"),
        Some(BaselineMethod::SameTokens),
    );
    let entry = check(book, ended(Rung::Specialist, Outcome::Ok), expected);
    assert_eq!(entry.flops, Some(1e12));
    assert!(entry.energy.is_some_and(|energy| energy.min_joules > 0.0));
    assert!(entry.first_token_seconds.is_some());
    assert!(!entry.usage_estimated);
}

#[test]
fn a_climb_to_the_top_loses_what_the_tries_below_cost() {
    let book = |tab: &Tab| {
        tab.pass_on(step(Rung::Answer, Reason::NotUnderstood));
        let attempt = tab.attempt(Rung::Specialist, "small");
        attempt.usage(usage(1000, 0, 10));
        let spent = attempt.finish(AttemptOutcome::Ok);
        assert_eq!(
            spent.cost.map(crate::Money::usd_string).as_deref(),
            Some("0.00102")
        );
        tab.pass_on(Step {
            spent: Some(spent),
            ..step(Rung::Specialist, Reason::WeakReply)
        });
        let attempt = tab.attempt(Rung::Llm, "frontier");
        attempt.usage(usage(1000, 500, 100));
        attempt.finish(AttemptOutcome::Ok);
    };
    let expected = (
        Some("0.00952"),
        Some("0.0085"),
        Some("-0.00102"),
        Some(BaselineMethod::OwnCost),
    );
    let entry = check(book, ended(Rung::Llm, Outcome::Ok), expected);
    assert_eq!(
        entry.trail.summary(),
        "answer:not_understood, specialist:weak_reply"
    );
    assert_eq!(
        entry.usage,
        Some(usage(1000, 500, 100)),
        "the tokens are those of the reply"
    );
    assert_eq!(entry.flops, None, "nobody knows how large frontier is");
}

#[test]
fn a_model_asked_for_by_name_saves_nothing() {
    let book = |tab: &Tab| {
        tab.pass_on(step(Rung::Answer, Reason::RequestedModel));
        let attempt = tab.attempt(Rung::Specialist, "small");
        attempt.usage(usage(1000, 0, 0));
        attempt.finish(AttemptOutcome::Ok);
    };
    let expected = (
        Some("0.001"),
        Some("0.001"),
        Some("0"),
        Some(BaselineMethod::OwnCost),
    );
    check(book, ended(Rung::Specialist, Outcome::Ok), expected);
}

#[test]
fn a_model_that_never_got_the_request_costs_nothing() {
    let book = |tab: &Tab| {
        tab.attempt(Rung::Specialist, "unpriced")
            .finish(AttemptOutcome::NotSent);
        tab.attempt(Rung::Llm, "frontier")
            .finish(AttemptOutcome::Rejected);
    };
    check(
        book,
        ended(Rung::Llm, Outcome::UpstreamError),
        (Some("0"), None, None, None),
    );
}

#[test]
fn one_unknown_makes_the_sum_unknown_and_says_why() {
    let book = |tab: &Tab| {
        let attempt = tab.attempt(Rung::Specialist, "unpriced");
        attempt.usage(usage(10, 0, 10));
        attempt.finish(AttemptOutcome::Ok);
        tab.attempt(Rung::Llm, "frontier")
            .finish(AttemptOutcome::Failed);
    };
    let entry = check(
        book,
        ended(Rung::Llm, Outcome::UpstreamError),
        (None, None, None, None),
    );
    let why: Vec<_> = entry
        .attempts
        .iter()
        .map(|attempt| attempt.cost_unknown)
        .collect();
    assert_eq!(why, [Some(CostUnknown::Price), Some(CostUnknown::Usage)]);
}

#[test]
fn a_usage_that_only_the_reply_tells_is_the_replying_attempts() {
    let book = |tab: &Tab| {
        tab.attempt(Rung::Llm, "frontier")
            .finish(AttemptOutcome::Ok);
    };
    let closing = Closing {
        usage: Some(usage(100, 0, 0)),
        ..ended(Rung::Llm, Outcome::Ok)
    };
    check(
        book,
        closing,
        (
            Some("0.001"),
            Some("0.001"),
            Some("0"),
            Some(BaselineMethod::OwnCost),
        ),
    );
}

#[test]
fn a_usage_too_large_to_charge_is_unknown() {
    let kept = Arc::new(Kept::default());
    let dear = ModelCost {
        price: Some(price(1_000_000_000, 0, 1_000_000_000)),
        ..ModelCost::named("dear")
    };
    let ledger = Ledger::new([dear], "dear", [kept.clone() as Arc<dyn Sink>]);
    let open = ledger.open(opening("1"));
    for _ in 0..9000 {
        let attempt = open.tab().attempt(Rung::Llm, "dear");
        attempt.usage(usage(u64::MAX, 0, u64::MAX));
        attempt.finish(AttemptOutcome::Ok);
    }
    let entry = open.close(ended(Rung::Llm, Outcome::Ok));
    assert_eq!(entry.cost, None);
    assert_eq!(entry.saving, None);
    assert!(entry.baseline.is_some());
}

#[test]
fn unknown_costs_are_counted_by_model_and_strangers_together() {
    let (ledger, _) = ledger();
    let open = ledger.open(opening("1"));
    for model in ["unpriced", "unpriced", "a", "b"] {
        let attempt = open.tab().attempt(Rung::Llm, model);
        attempt.usage(usage(1, 0, 0));
    }
    drop(open.tab().attempt(Rung::Llm, "small"));
    drop(open);
    let counts = |why| -> Vec<(String, u64)> {
        ledger
            .unknown_costs(why)
            .into_iter()
            .map(|(model, count)| (model.to_string(), count))
            .collect()
    };
    assert_eq!(
        counts(CostUnknown::Price),
        [("other".to_owned(), 2), ("unpriced".to_owned(), 2)]
    );
    assert_eq!(counts(CostUnknown::Usage), [("small".to_owned(), 1)]);
    assert_eq!(counts(CostUnknown::Overflow), []);
}
