//! What is charged for: machines by the hour, images, cache writes, and the air.

use super::*;
use crate::energy::{CarbonRange, GridIntensity};
use crate::recent::Recent;
use crate::report::Window;

fn priced(json: &str) -> ModelCost {
    let config: PriceConfig = serde_json::from_str(json).unwrap();
    ModelCost {
        price: Some(config.into()),
        active_parameters: Some(1e9),
        ..ModelCost::named("m")
    }
}

fn grid(json: &str) -> GridIntensity {
    serde_json::from_str(json).unwrap()
}

fn close(open: OpenEntry) -> Arc<Entry> {
    open.close(Closing {
        rung: Some(Rung::Llm),
        model: Some("m".into()),
        ..Closing::with(Outcome::Ok)
    })
}

#[test]
fn a_machines_call_costs_its_share_of_the_time_whatever_is_said_of_tokens() {
    #[track_caller]
    fn check(entry: &Entry) {
        let [attempt] = entry.attempts.as_slice() else {
            panic!("one attempt: {entry:?}");
        };
        let (cost, seconds) = (attempt.cost.unwrap(), attempt.machine_seconds.unwrap());
        assert!(
            (cost.approximate_usd() - seconds).abs() < 1e-9,
            "{attempt:?}"
        );
        assert!(
            0.0 < seconds && seconds <= attempt.seconds + 1e-9,
            "{attempt:?}"
        );
        assert_eq!((entry.cost, entry.unknown_costs), (Some(cost), 0));
    }
    // A dollar a second.
    let ledger = Ledger::new([priced(r#"{"per_hour": 3600}"#)], "m", []);
    for outcome in [
        AttemptOutcome::Ok,
        AttemptOutcome::Failed,
        AttemptOutcome::Abandoned,
    ] {
        let open = ledger.open(opening("1"));
        let attempt = open.tab().attempt(Rung::Llm, "m");
        let spent = attempt.finish(outcome);
        assert!(spent.cost.is_some_and(|cost| cost > Money::ZERO));
        check(&close(open));
    }
    // One whose end nobody booked takes what it took until the entry was closed.
    let open = ledger.open(opening("2"));
    let attempt = open.tab().attempt(Rung::Llm, "m");
    check(&close(open));
    drop(attempt);
    // One that was never sent takes nothing.
    let open = ledger.open(opening("3"));
    open.tab()
        .attempt(Rung::Llm, "m")
        .finish(AttemptOutcome::NotSent);
    let entry = close(open);
    assert_eq!(entry.cost, Some(Money::ZERO));
    assert_eq!(entry.attempts[0].machine_seconds, None);
    // Nobody is on the machine any more.
    let busy = ledger.machines()["m"].busy;
    std::thread::sleep(std::time::Duration::from_millis(2));
    assert_eq!(ledger.machines()["m"].busy, busy);
}

#[test]
fn images_and_cache_writes_are_charged_as_they_were_sent_and_counted() {
    let price =
        r#"{"input": 4, "cache_write": 5, "cache_write_1h": 8, "output": 0, "image": 0.001}"#;
    let ledger = Ledger::new([priced(price)], "m", []);
    let open = ledger.open(opening("1"));
    let attempt = open.tab().attempt(Rung::Llm, "m");
    attempt.images(2);
    attempt.usage(Usage {
        cache_write: 6,
        cache_write_1h: 4,
        ..usage(10, 0, 1)
    });
    attempt.finish(AttemptOutcome::Ok);
    let entry = close(open);
    // Four anew, two for minutes, four for an hour; two images.
    assert_eq!(entry.cost.unwrap().usd_string(), "0.002058");
    let usage = entry.usage.unwrap();
    assert_eq!(
        (usage.images, usage.cache_write, usage.cache_write_1h),
        (2, 6, 4)
    );
}

#[test]
fn greenhouse_gases_are_those_of_every_grid_or_unknown() {
    #[track_caller]
    fn check(own: Option<GridIntensity>, of_model: Option<GridIntensity>, known: bool) {
        let model = ModelCost {
            grid: of_model,
            ..priced(r#"{"input": 1, "output": 1}"#)
        };
        let ledger = Ledger::on_grid([model], "m", [], own);
        let open = ledger.open(opening("1"));
        let attempt = open.tab().attempt(Rung::Llm, "m");
        attempt.usage(usage(1000, 0, 1000));
        attempt.finish(AttemptOutcome::Ok);
        let entry = close(open);
        let expected = own.zip(of_model).map(|(own, of_model)| {
            own.of(entry.own_energy) + of_model.of(entry.attempts[0].energy.unwrap())
        });
        assert_eq!(entry.co2e.is_some(), known);
        let sum = |range: Option<CarbonRange>| range.map(|range| range.min_grams + range.max_grams);
        let (found, expected) = (sum(entry.co2e), sum(expected));
        let differ = found.zip(expected).map(|(one, other)| (one - other).abs());
        assert!(differ.unwrap_or_default() < 1e-12, "{found:?} {expected:?}");
        assert_eq!(entry.baseline_co2e, entry.attempts[0].co2e);
    }
    check(Some(grid("[50, 480]")), Some(grid("380")), true);
    check(None, Some(grid("380")), false);
    check(Some(grid("380")), None, false);
    // No model was asked: the router's own is all of it.
    let ledger = Ledger::on_grid([], "m", [], Some(grid("380")));
    let entry = ledger.open(opening("1")).close(Closing::with(Outcome::Ok));
    assert_eq!(entry.co2e, Some(grid("380").of(entry.own_energy)));
}

#[test]
fn an_entry_keeps_what_it_was_priced_at() {
    let recent = Arc::new(Recent::new(8));
    let mut costs = Vec::new();
    for (id, price) in [
        ("before", r#"{"input": 1, "output": 1}"#),
        ("after", r#"{"input": 3, "output": 1}"#),
        ("free", r#"{"input": 0, "output": 0}"#),
    ] {
        let ledger = Ledger::new([priced(price)], "m", [recent.clone() as Arc<dyn Sink>]);
        let open = ledger.open(opening(id));
        let attempt = open.tab().attempt(Rung::Llm, "m");
        attempt.usage(usage(1_000_000, 0, 0));
        attempt.finish(AttemptOutcome::Ok);
        close(open);
        costs = ["before", "after", "free"]
            .into_iter()
            .filter_map(|id| recent.get(id)?.cost)
            .map(Money::usd_string)
            .collect();
    }
    assert_eq!(costs, ["1", "3", "0"]);
    let report = recent.report(Window::default(), None);
    let totals = report.total().totals;
    assert_eq!(totals.cost.usd_string(), "4");
    assert_eq!(totals.cost_unknown, 0);
}
