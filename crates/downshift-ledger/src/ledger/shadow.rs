//! What goes on beside a request and outlives it: hides that the entry is recorded only when both are over.

use std::sync::Arc;

use super::tab::Tab;
use crate::entry::Entry;
use crate::judgement::{ShadowEntry, ShadowOutcome};

/// Whether something goes on beside the request.
#[derive(Debug, Default)]
pub(super) enum Shadow {
    /// Nothing does.
    #[default]
    None,
    /// Something does; the entry is not closed yet, or waits here for it.
    Running(Option<Arc<Entry>>),
    /// It is over; the entry is not closed yet.
    Done(Box<ShadowEntry>),
}

/// A run beside a request. The request's entry is recorded when it is over as well:
/// by [`ShadowRun::finish`], or as abandoned when dropped.
#[derive(Debug)]
pub struct ShadowRun {
    tab: Tab,
}

// === impl Tab ===

impl Tab {
    /// Books that something goes on beside the request. One run a request: a second one replaces the first.
    pub fn shadow(&self) -> ShadowRun {
        let mut state = self.state();
        if !state.closed {
            state.shadow = Shadow::Running(None);
        }
        drop(state);
        ShadowRun { tab: self.clone() }
    }

    /// The closed entry if it may be recorded now; else it is kept for the run beside it.
    pub(super) fn unless_shadowed(&self, entry: &Arc<Entry>) -> Option<Arc<Entry>> {
        let mut state = self.state();
        match std::mem::take(&mut state.shadow) {
            Shadow::None => Some(entry.clone()),
            Shadow::Running(_) => {
                state.shadow = Shadow::Running(Some(entry.clone()));
                None
            }
            Shadow::Done(shadow) => Some(with(entry, shadow)),
        }
    }
}

// === impl ShadowRun ===

impl ShadowRun {
    /// Books what it came to.
    pub fn finish(self, shadow: ShadowEntry) {
        self.end(shadow);
    }

    fn end(&self, shadow: ShadowEntry) {
        let mut state = self.tab.state();
        let shadow = Box::new(shadow);
        let recorded = match std::mem::take(&mut state.shadow) {
            Shadow::Running(Some(entry)) => Some(with(&entry, shadow)),
            Shadow::Running(None) => {
                state.shadow = Shadow::Done(shadow);
                None
            }
            over => {
                state.shadow = over;
                None
            }
        };
        drop(state);
        if let Some(entry) = recorded {
            self.tab.record(&entry);
        }
    }
}

impl Drop for ShadowRun {
    fn drop(&mut self) {
        // Does nothing after `finish`.
        self.end(ShadowEntry::without_result(ShadowOutcome::Abandoned));
    }
}

/// Live, the request would have cost what the run did, and the LLM's answer where that was needed.
fn with(entry: &Entry, mut shadow: Box<ShadowEntry>) -> Arc<Entry> {
    shadow.live_cost = match shadow.outcome {
        ShadowOutcome::Answered => shadow.cost,
        ShadowOutcome::Escalated => shadow
            .cost
            .zip(entry.cost)
            .and_then(|(run, llm)| run.checked_add(llm)),
        _ => None,
    };
    Arc::new(Entry {
        shadow: Some(shadow),
        ..entry.clone()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::{Closing, Ledger, OpenEntry, Opening};
    use super::*;
    use crate::entry::Outcome;
    use crate::recent::{Recent, Sink};

    fn open() -> (Arc<Recent>, OpenEntry) {
        let recent = Arc::new(Recent::new(4));
        let ledger = Ledger::new([], "none", [recent.clone() as Arc<dyn Sink>]);
        let entry = ledger.open(Opening {
            id: "1".to_owned(),
            started: "2026-01-01T00:00:00Z".parse().unwrap(),
            arrived: Instant::now(),
            requested_model: "auto".to_owned(),
            stream: false,
        });
        (recent, entry)
    }

    #[track_caller]
    fn check(recent: &Recent, expected: Option<ShadowOutcome>) {
        let entry = recent.get("1");
        let shadow = entry.map(|entry| entry.shadow.as_ref().unwrap().outcome);
        assert_eq!(shadow, expected);
    }

    #[test]
    fn the_entry_waits_for_the_run_beside_it() {
        let (recent, entry) = open();
        let run = entry.tab().shadow();
        entry.close(Closing::with(Outcome::Ok));
        check(&recent, None);
        run.finish(ShadowEntry::without_result(ShadowOutcome::Answered));
        check(&recent, Some(ShadowOutcome::Answered));
    }

    #[test]
    fn a_run_that_is_over_first_waits_for_the_entry() {
        let (recent, entry) = open();
        let run = entry.tab().shadow();
        run.finish(ShadowEntry::without_result(ShadowOutcome::Escalated));
        check(&recent, None);
        entry.close(Closing::with(Outcome::Ok));
        check(&recent, Some(ShadowOutcome::Escalated));
    }

    #[test]
    fn a_run_that_is_dropped_does_not_lose_the_entry() {
        let (recent, entry) = open();
        let run = entry.tab().shadow();
        drop(entry);
        check(&recent, None);
        drop(run);
        check(&recent, Some(ShadowOutcome::Abandoned));
    }
}
