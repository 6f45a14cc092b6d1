//! Sums per minute, hour and day: hides how a window of time is put together from them.
//!
//! A report of a day in which a million requests came reads some thousand sums in place of the
//! million. Whole days, hours and minutes of a window come from sums; what is left at its ends,
//! less than a minute each, from the entries themselves, so a report is exact.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::entry::Entry;
use crate::report::{Figures, Group, Window};

/// The spans that are summed, in seconds, the longest first.
pub(super) const SPANS: [i64; 3] = [86_400, 3_600, 60];

/// What one sum is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    /// The length of time, in seconds.
    pub(super) span: i64,
    /// When it begins, in microseconds since 1970.
    pub(super) start: i64,
    /// The entries.
    pub(super) group: Group,
}

/// A part of a window, in microseconds since 1970; its end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment {
    /// Whole spans.
    Sums { span: i64, from: i64, to: i64 },
    /// Less than the shortest span.
    Entries { from: i64, to: i64 },
}

/// The sums that entries add to.
pub(super) fn cells<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> HashMap<Cell, Figures> {
    let mut cells: HashMap<Cell, Figures> = HashMap::new();
    for entry in entries {
        let group = Group::of(entry);
        for span in SPANS {
            let cell = Cell {
                span,
                start: floor(entry.started.as_microsecond(), span),
                group: group.clone(),
            };
            cells.entry(cell).or_default().add(entry);
        }
    }
    cells
}

/// The parts of a window.
pub(super) fn segments(window: Window) -> Vec<Segment> {
    let micros = |moment: Timestamp| moment.as_microsecond();
    // No entry lies beyond these, and they are where a day begins.
    let from = window
        .since
        .map_or(floor(micros(Timestamp::MIN), SPANS[0]), micros_up);
    let to = window
        .until
        .map_or(floor(micros(Timestamp::MAX), SPANS[0]), micros_up);
    let mut parts = Vec::new();
    cover(from, to, &SPANS, &mut parts);
    parts
}

fn cover(from: i64, to: i64, spans: &[i64], parts: &mut Vec<Segment>) {
    if from >= to {
        return;
    }
    let Some((span, finer)) = spans.split_first() else {
        parts.push(Segment::Entries { from, to });
        return;
    };
    let (first, last) = (-floor(-from, *span), floor(to, *span));
    if first >= last {
        return cover(from, to, finer, parts);
    }
    cover(from, first, finer, parts);
    parts.push(Segment::Sums {
        span: *span,
        from: first,
        to: last,
    });
    cover(last, to, finer, parts);
}

/// Entries keep microseconds, a window's end may be finer: the first microsecond not before it.
fn micros_up(moment: Timestamp) -> i64 {
    let micros = moment.as_nanosecond().div_euclid(1000)
        + i128::from(moment.as_nanosecond().rem_euclid(1000) > 0);
    i64::try_from(micros).unwrap_or(i64::MAX)
}

/// The beginning of the span that a moment lies in.
fn floor(micros: i64, span: i64) -> i64 {
    micros - micros.rem_euclid(span * 1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000_000;

    #[track_caller]
    fn check(since: &str, until: &str, expected: &[Segment]) {
        let window = Window {
            since: since.parse().ok(),
            until: until.parse().ok(),
        };
        let start = "2026-01-01T00:00:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .as_microsecond();
        let found: Vec<_> = segments(window)
            .into_iter()
            .map(|part| match part {
                Segment::Sums { span, from, to } => Segment::Sums {
                    span,
                    from: (from - start) / SECOND,
                    to: (to - start) / SECOND,
                },
                Segment::Entries { from, to } => Segment::Entries {
                    from: (from - start) / SECOND,
                    to: (to - start) / SECOND,
                },
            })
            .collect();
        assert_eq!(found, expected);
    }

    fn sums(span: i64, from: i64, to: i64) -> Segment {
        Segment::Sums { span, from, to }
    }

    #[test]
    fn a_window_is_put_together_from_whole_spans() {
        check(
            "2026-01-01T00:00:00Z",
            "2026-01-03T00:00:00Z",
            &[sums(86_400, 0, 172_800)],
        );
        check(
            "2026-01-01T01:00:00Z",
            "2026-01-01T02:00:00Z",
            &[sums(3600, 3600, 7200)],
        );
        check(
            "2026-01-01T00:58:30Z",
            "2026-01-01T02:01:01Z",
            &[
                Segment::Entries {
                    from: 3510,
                    to: 3540,
                },
                sums(60, 3540, 3600),
                sums(3600, 3600, 7200),
                sums(60, 7200, 7260),
                Segment::Entries {
                    from: 7260,
                    to: 7261,
                },
            ],
        );
        check(
            "2026-01-01T00:00:01Z",
            "2026-01-01T00:00:02Z",
            &[Segment::Entries { from: 1, to: 2 }],
        );
        check("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", &[]);
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_without_gap(since in 0_i64..10_000_000, length in 0_i64..10_000_000) {
            let moment = |seconds: i64| Timestamp::from_microsecond(seconds * 77_777).unwrap();
            let window = Window { since: Some(moment(since)), until: Some(moment(since + length)) };
            let mut at = moment(since).as_microsecond();
            for part in segments(window) {
                let (from, to) = match part {
                    Segment::Sums { span, from, to } => {
                        prop_assert_eq!((floor(from, span), floor(to, span)), (from, to));
                        (from, to)
                    }
                    Segment::Entries { from, to } => {
                        prop_assert!(to - from < 60 * SECOND * 2);
                        (from, to)
                    }
                };
                prop_assert_eq!(from, at);
                prop_assert!(to > from);
                at = to;
            }
            prop_assert_eq!(at, moment(since + length).as_microsecond());
        }
    }
}
