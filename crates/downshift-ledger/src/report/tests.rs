use std::sync::Arc;
use std::time::Instant;

use super::*;
use crate::entry::Outcome;
use crate::ledger::{Closing, Ledger, Opening};
use crate::reason::Reason;
use crate::trail::Step;

fn entry(started: &str, rung: Option<Rung>, model: &str) -> Arc<Entry> {
    let ledger = Ledger::new([], "", []);
    let open = ledger.open(Opening {
        id: started.to_owned(),
        started: started.parse().unwrap(),
        arrived: Instant::now(),
        requested_model: String::new(),
        stream: false,
    });
    open.tab().pass_on(Step {
        rung: Rung::Answer,
        reason: Reason::NotUnderstood,
        confidence: None,
        detail: None,
        spent: None,
    });
    open.close(Closing {
        rung,
        model: Some(model.into()),
        ..Closing::with(Outcome::Ok)
    })
}

fn entries() -> Vec<Arc<Entry>> {
    vec![
        entry("2026-01-01T23:59:59.999Z", Some(Rung::Llm), "big"),
        entry("2026-01-02T00:00:00Z", Some(Rung::Llm), "big"),
        entry("2026-01-02T12:00:00Z", Some(Rung::Specialist), "small"),
        entry("2026-01-03T00:00:00Z", None, "big"),
    ]
}

#[track_caller]
fn check(window: Window, by: Option<By>, total: u64, groups: &[(&str, u64)]) {
    let mut report = Report::new(window, by);
    for entry in entries() {
        report.add(&entry);
    }
    let lines = report.lines();
    let found: Vec<_> = lines
        .iter()
        .map(|line| (line.name.unwrap(), line.totals.requests))
        .collect();
    assert_eq!((report.total.totals.requests, &*found), (total, groups));
    let shares: f64 = lines.iter().map(|line| line.share).sum();
    assert!(by.is_none() || (shares - 1.0).abs() < 1e-9, "{shares}");
}

fn window(since: &str, until: &str) -> Window {
    Window {
        since: since.parse().ok(),
        until: until.parse().ok(),
    }
}

#[test]
fn entries_are_grouped() {
    let all = Window::default();
    check(all, None, 4, &[]);
    check(all, Some(By::Model), 4, &[("big", 3), ("small", 1)]);
    check(
        all,
        Some(By::Rung),
        4,
        &[("llm", 2), ("none", 1), ("specialist", 1)],
    );
    check(all, Some(By::Key), 4, &[("none", 4)]);
    check(
        all,
        Some(By::Day),
        4,
        &[("2026-01-01", 1), ("2026-01-02", 2), ("2026-01-03", 1)],
    );
}

#[test]
fn a_window_holds_its_start_and_not_its_end() {
    let second = window("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z");
    check(second, Some(By::Day), 2, &[("2026-01-02", 2)]);
    check(window("2026-01-03T00:00:00Z", ""), None, 1, &[]);
    check(window("", "2026-01-02T00:00:00Z"), None, 1, &[]);
}

#[test]
fn merged_figures_are_those_of_all_entries() {
    let mut whole = Report::new(Window::default(), Some(By::Model));
    let mut merged = whole.clone();
    for entry in entries() {
        whole.add(&entry);
        let mut figures = Figures::default();
        figures.add(&entry);
        merged.merge(&Group::of(&entry), entry.started, &figures);
    }
    assert_eq!(merged, whole);
    assert_eq!(whole.total.escalations["answer:not_understood"], 4);
}

#[test]
fn it_is_written_flat() {
    let mut report = Report::new(Window::default(), Some(By::Rung));
    report.add(&entries()[0]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["by"], "rung");
    assert_eq!(json["total"]["requests"], 1);
    assert_eq!(json["total"]["cost_usd"], "0");
    assert_eq!(json["groups"][0]["name"], "llm");
    assert_eq!(json["groups"][0]["share"], 1.0);
    assert!(json["groups"][0]["seconds_p50"].is_number());
}
