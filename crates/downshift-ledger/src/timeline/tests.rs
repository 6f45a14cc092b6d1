use std::time::Instant;

use super::*;
use crate::entry::Outcome;
use crate::ledger::{Closing, Ledger, Opening};

/// A timeline of entries that arrived at these seconds.
fn timeline(seconds: &[i64]) -> Timeline {
    let timeline = Timeline::default();
    let ledger = Ledger::new([], "large", []);
    for second in seconds {
        let open = ledger.open(Opening {
            id: String::new(),
            started: Timestamp::from_second(*second).unwrap(),
            arrived: Instant::now(),
            requested_model: String::new(),
            stream: false,
        });
        timeline.record(&open.close(Closing::with(Outcome::Ok)));
    }
    timeline
}

#[track_caller]
fn check(seconds: &[i64], (span, now): (Span, i64), expected: &[(i64, u64)]) {
    let points = timeline(seconds).points(span, Timestamp::from_second(now).unwrap());
    let points: Vec<_> = points
        .iter()
        .map(|point| (point.at, point.requests))
        .collect();
    assert_eq!(points, expected);
}

#[test]
fn requests_are_counted_in_the_step_they_arrived_in() {
    check(
        &[1000, 1009, 1010, 1025],
        (Span::Hour, 1030),
        &[(1000, 2), (1010, 1), (1020, 1)],
    );
    check(
        &[1000, 1199, 1200],
        (Span::Day, 1300),
        &[(900, 2), (1200, 1)],
    );
    check(&[-1, 0], (Span::Hour, 5), &[(-10, 1), (0, 1)]);
}

#[test]
fn what_is_older_than_the_span_is_not_shown() {
    check(&[1000, 5000], (Span::Hour, 5000), &[(5000, 1)]);
    check(&[5000, 1000], (Span::Hour, 5000), &[(5000, 1)]);
    check(&[1000], (Span::Hour, 4599), &[(1000, 1)]);
    check(&[1000], (Span::Hour, 4600), &[]);
}

#[test]
fn no_more_steps_are_kept_than_are_shown() {
    let seconds: Vec<i64> = (0..2000).map(|step| step * 10).collect();
    let timeline = timeline(&seconds);
    let kept = timeline.hour.lock().unwrap().len();
    assert_eq!(i64::try_from(kept).unwrap(), Span::Hour.steps());
}
