use super::*;
use crate::entry::Outcome;
use crate::ledger::{Closing, Ledger, Opening};

/// Records these ids in turn; what is remembered afterwards, the newest first.
#[track_caller]
fn check(capacity: usize, ids: &[&str], expected: &[&str]) {
    let recent = Arc::new(Recent::new(capacity));
    let ledger = Ledger::new([], "", [recent.clone() as Arc<dyn Sink>]);
    let mut closed = HashMap::new();
    for id in ids {
        let opening = Opening {
            id: (*id).to_owned(),
            started: jiff::Timestamp::UNIX_EPOCH,
            arrived: std::time::Instant::now(),
            requested_model: String::new(),
            stream: false,
        };
        closed.insert(*id, ledger.open(opening).close(Closing::with(Outcome::Ok)));
    }
    let newest: Vec<String> = recent
        .newest(usize::MAX)
        .iter()
        .map(|entry| entry.id.clone())
        .collect();
    assert_eq!(newest, expected);
    for (id, entry) in closed {
        let kept = recent
            .get(id)
            .is_some_and(|kept| Arc::ptr_eq(&kept, &entry));
        assert_eq!(kept, expected.contains(&id), "{id}");
    }
    assert!(
        recent.entries().by_id.len() <= capacity,
        "nothing is kept that cannot be dropped"
    );
}

#[test]
fn the_oldest_goes_first() {
    check(2, &["a", "b", "c"], &["c", "b"]);
    check(5, &["a", "b"], &["b", "a"]);
    check(1, &["a", "b"], &["b"]);
    check(0, &["a"], &[]);
    check(3, &[], &[]);
}

#[test]
fn an_id_used_twice_finds_the_newer() {
    check(2, &["a", "a"], &["a", "a"]);
    check(2, &["a", "b", "a"], &["a", "b"]);
    check(1, &["a", "a", "a"], &["a"]);
    check(2, &["a", "a", "b"], &["b", "a"]);
}
