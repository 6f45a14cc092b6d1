//! However a request ends: by whom it is closed, what comes too late, and whose the time was.

use std::thread;
use std::time::Duration;

use super::*;

/// Panics at every entry.
#[derive(Debug)]
struct Broken;

impl Sink for Broken {
    fn record(&self, _: &Arc<Entry>) {
        panic!("the sink is broken");
    }
}

#[test]
fn a_dropped_entry_is_abandoned_by_whoever_was_replying() {
    let (ledger, kept) = ledger();
    let open = ledger.open(opening("1"));
    let attempt = open.tab().attempt(Rung::Specialist, "small");
    drop(open);
    attempt.usage(usage(1, 0, 1));
    attempt.finish(AttemptOutcome::Ok);
    let [entry] = kept.entries().try_into().unwrap();
    assert_eq!(entry.outcome, Outcome::Abandoned);
    assert_eq!(
        (entry.rung, entry.model.as_deref()),
        (Some(Rung::Specialist), Some("small"))
    );
    assert_eq!(entry.attempts[0].outcome, AttemptOutcome::Abandoned);
    assert_eq!(
        entry.attempts[0].usage, None,
        "what comes after the end is too late"
    );
}

#[test]
fn a_dropped_entry_closes_as_it_was_told_to() {
    let (ledger, kept) = ledger();
    let mut open = ledger.open(opening("1"));
    open.if_dropped(Closing {
        model: Some("downshift/time".into()),
        ..ended(Rung::Answer, Outcome::Abandoned)
    });
    drop(open);
    assert_eq!(kept.entries()[0].model.as_deref(), Some("downshift/time"));
}

#[test]
fn a_broken_sink_costs_the_others_nothing() {
    let kept = Arc::new(Kept::default());
    let sinks: [Arc<dyn Sink>; 2] = [Arc::new(Broken), kept.clone()];
    let ledger = Ledger::new([], "frontier", sinks);
    ledger
        .open(opening("1"))
        .close(Closing::with(Outcome::Internal));
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _open = ledger.open(opening("2"));
        panic!("a rung is broken too");
    }));
    assert!(unwound.is_err());
    assert_eq!(kept.entries().len(), 2);
    assert_eq!(ledger.sink_panics(), 2);
}

#[test]
fn time_is_the_upstreams_or_our_own() {
    let (ledger, _) = ledger();
    let open = ledger.open(opening("1"));
    thread::sleep(Duration::from_millis(20));
    let first = open.tab().attempt(Rung::Specialist, "small");
    thread::sleep(Duration::from_millis(20));
    let second = open.tab().attempt(Rung::Llm, "small");
    first.finish(AttemptOutcome::Failed);
    thread::sleep(Duration::from_millis(20));
    second.finish(AttemptOutcome::Ok);
    let entry = open.close(ended(Rung::Llm, Outcome::Ok));
    assert!((entry.own_seconds + entry.upstream_seconds - entry.seconds).abs() < 1e-9);
    assert!(
        entry.own_seconds >= 0.02 && entry.upstream_seconds >= 0.04,
        "{entry:?}"
    );
    let apart: f64 = entry.attempts.iter().map(|attempt| attempt.seconds).sum();
    assert!(
        entry.upstream_seconds <= apart,
        "time in which two are asked counts once"
    );
}
