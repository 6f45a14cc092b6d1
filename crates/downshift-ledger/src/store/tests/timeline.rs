//! Cost by time: from the store as from memory, and again after a restart.

use super::*;
use crate::timeline::{Span, Timeline};

#[test]
fn cost_by_time_is_the_same_from_the_store_as_from_memory() {
    let own = Own::new();
    let now = 1_700_100_000;
    // Some within the last minutes, some hours ago, some too long ago.
    let seconds = [
        now - 90_000,
        now - 80_000,
        now - 7_200,
        now - 3_500,
        now - 1_300,
        now - 30,
        now,
    ];
    let entries: Vec<_> = (0..210)
        .map(|id| entry(id, &Asked::at(seconds[id % seconds.len()])))
        .collect();
    let remembered = Timeline::default();
    runtime().block_on(async {
        let (before, after) = entries.split_at(150);
        for (part, later) in [(before, 0), (after, 5)] {
            // A process of its own for each part: the timeline goes on over a restart.
            let store = own.store();
            written(&store, part).await;
            for entry in part {
                remembered.record(entry);
            }
            let now = Timestamp::from_second(now + later).unwrap();
            for span in [Span::Hour, Span::Day] {
                let points = store.timeline(span, now).await.unwrap();
                assert_eq!(points, remembered.points(span, now), "{span:?}");
                assert!(points.len() > 2, "{points:?}");
            }
            store.close(Duration::from_secs(5)).await;
        }
    });
}

#[test]
fn a_clock_that_is_set_back_hides_nothing() {
    let own = Own::new();
    let start = 1_700_100_000;
    runtime().block_on(async {
        let store = own.store();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        written(&store, &[entry(1, &Asked::at(start - 80_000))]).await;
        assert_eq!(store.timeline(Span::Day, at(start)).await.unwrap().len(), 1);
        let back = start - 7_200;
        written(&store, &[entry(2, &Asked::at(back))]).await;
        assert_eq!(store.timeline(Span::Day, at(back)).await.unwrap().len(), 2);
        store.close(Duration::from_secs(5)).await;
    });
}

#[test]
fn a_step_that_is_not_over_is_asked_for_again() {
    let own = Own::new();
    let start = 1_700_100_000;
    runtime().block_on(async {
        let store = own.store();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        written(&store, &[entry(1, &Asked::at(start))]).await;
        assert_eq!(
            store.timeline(Span::Hour, at(start)).await.unwrap()[0].requests,
            1
        );
        written(&store, &[entry(2, &Asked::at(start))]).await;
        assert_eq!(
            store.timeline(Span::Hour, at(start + 60)).await.unwrap()[0].requests,
            2
        );
        // Once it is over, and was asked for since, it is remembered.
        let over = at(start + 1_500);
        assert_eq!(
            store.timeline(Span::Hour, over).await.unwrap()[0].requests,
            2
        );
        assert_eq!(
            store.timeline(Span::Hour, over).await.unwrap()[0].requests,
            2
        );
        assert_eq!(
            store.timeline(Span::Hour, at(start + 3_610)).await.unwrap(),
            []
        );
        store.close(Duration::from_secs(5)).await;
    });
}
