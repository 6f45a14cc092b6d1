//! The book of all requests: hides when an entry is settled and that it is settled once.

mod machine;
mod settle;
mod shadow;
mod tab;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use downshift_wire::Usage;
use jiff::Timestamp;

pub use self::machine::MachineTime;
use self::machine::Machines;
pub use self::shadow::ShadowRun;
pub use self::tab::{Attempt, Classified, Tab};
use crate::energy::GridIntensity;
use crate::entry::{Costs, Entry, Outcome};
use crate::model::{CostUnknown, ModelCost};
use crate::money::Money;
use crate::recent::Sink;
use crate::rung::Rung;

/// The name under which calls to models that the ledger was not told of are counted, so that
/// counters stay few whatever callers name.
const OTHER: &str = "other";

/// Opens entries, and sends each one that is closed to all sinks.
#[derive(Debug, Clone)]
pub struct Ledger {
    book: Arc<Book>,
}

/// What all entries share.
#[derive(Debug)]
struct Book {
    models: BTreeMap<Arc<str>, ModelCost>,
    baseline: ModelCost,
    /// What the router itself draws its power from.
    grid: Option<GridIntensity>,
    machines: Machines,
    sinks: Vec<Arc<dyn Sink>>,
    unknown: Mutex<BTreeMap<(CostUnknown, Arc<str>), u64>>,
    sink_panics: AtomicU64,
}

/// What is known of a request when it arrives.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: String,
    /// When it arrived, by the wall clock.
    pub started: Timestamp,
    /// When it arrived, by the steady clock: what all its durations are counted from.
    pub arrived: Instant,
    /// The model the caller named.
    pub requested_model: String,
    /// Whether the caller asked for a stream.
    pub stream: bool,
}

/// What is known of a request when it has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The rung that replied, or failed to.
    pub rung: Option<Rung>,
    /// The model that replied.
    pub model: Option<Arc<str>>,
    /// The intent, where it is another than the classifier's first.
    pub intent: Option<Arc<str>>,
    /// How it ended.
    pub outcome: Outcome,
    /// The reply's tokens. On the first rung an estimate; on the others what the model's own
    /// count, booked with its attempt, goes before.
    pub usage: Option<Usage>,
}

/// An open entry. Closed exactly once: by [`OpenEntry::close`], or as abandoned when dropped.
#[derive(Debug)]
pub struct OpenEntry {
    tab: Tab,
    if_dropped: Option<Closing>,
}

// === impl Ledger ===

impl Ledger {
    /// A ledger that knows these models, compares with the one named `baseline`, and sends closed
    /// entries to `sinks`. If none of the models has that name, baselines are unknown.
    pub fn new(
        models: impl IntoIterator<Item = ModelCost>,
        baseline: &str,
        sinks: impl IntoIterator<Item = Arc<dyn Sink>>,
    ) -> Self {
        Self::on_grid(models, baseline, sinks, None)
    }

    /// The same for a router that draws its power from this grid.
    pub fn on_grid(
        models: impl IntoIterator<Item = ModelCost>,
        baseline: &str,
        sinks: impl IntoIterator<Item = Arc<dyn Sink>>,
        grid: Option<GridIntensity>,
    ) -> Self {
        let models: BTreeMap<_, _> = models
            .into_iter()
            .map(|model| (model.name.clone(), model))
            .collect();
        let baseline = models
            .get(baseline)
            .cloned()
            .unwrap_or_else(|| ModelCost::named(baseline));
        Self {
            book: Arc::new(Book {
                grid,
                machines: machine::machines(models.values()),
                models,
                baseline,
                sinks: sinks.into_iter().collect(),
                unknown: Mutex::default(),
                sink_panics: AtomicU64::new(0),
            }),
        }
    }

    /// Opens the entry of a request that has just arrived.
    pub fn open(&self, opening: Opening) -> OpenEntry {
        OpenEntry {
            tab: Tab::new(self.book.clone(), opening),
            if_dropped: None,
        }
    }

    /// A ledger of the same models whose entries go nowhere: for finding out what something costs.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self {
            book: Arc::new(Book {
                models: self.book.models.clone(),
                baseline: self.book.baseline.clone(),
                grid: self.book.grid,
                machines: self.book.machines.clone(),
                sinks: Vec::new(),
                unknown: Mutex::default(),
                sink_panics: AtomicU64::new(0),
            }),
        }
    }

    /// What so many tokens of a model cost; `None` where that is not known.
    pub fn price(&self, model: &str, usage: Usage) -> Option<Money> {
        self.book.model(model)?.cost(Some(&usage), None).ok()
    }

    /// By model, how the machines that are paid by the hour were used so far.
    pub fn machines(&self) -> BTreeMap<Arc<str>, MachineTime> {
        let now = Instant::now();
        let machines = self.book.machines.iter();
        machines
            .map(|(model, machine)| (model.clone(), machine.time(now)))
            .collect()
    }

    /// By model, how many closed attempts have an unknown cost for this reason. Models the ledger
    /// was not told of are counted together as `other`.
    pub fn unknown_costs(&self, why: CostUnknown) -> BTreeMap<Arc<str>, u64> {
        let counts = self
            .book
            .unknown
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_this = counts.iter().filter(|((reason, _), _)| *reason == why);
        of_this
            .map(|((_, model), count)| (model.clone(), *count))
            .collect()
    }

    /// How often a sink has panicked; each time its own copy of an entry was lost, and no other.
    pub fn sink_panics(&self) -> u64 {
        self.book.sink_panics.load(Ordering::Relaxed)
    }
}

// === impl Book ===

impl Book {
    /// What is known of a model's costs.
    fn model(&self, name: &str) -> Option<&ModelCost> {
        self.models.get(name)
    }

    fn record(&self, entry: &Arc<Entry>) {
        self.count_unknown(entry);
        for sink in &self.sinks {
            self.tell(&**sink, entry);
        }
    }

    fn tell(&self, sink: &dyn Sink, entry: &Arc<Entry>) {
        // An entry may be closed while a panic unwinds; a second one would end the process.
        if catch_unwind(AssertUnwindSafe(|| sink.record(entry))).is_err() {
            self.sink_panics.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn count_unknown(&self, entry: &Entry) {
        let unknown = entry
            .attempts
            .iter()
            .filter_map(|attempt| Some((attempt.cost_unknown?, &attempt.model)));
        for (why, model) in unknown {
            let model = if self.models.contains_key(model) {
                model.clone()
            } else {
                OTHER.into()
            };
            let mut counts = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
            *counts.entry((why, model)).or_default() += 1;
        }
    }
}

// === impl Closing ===

impl Closing {
    /// An ending of which only the outcome is known.
    pub const fn with(outcome: Outcome) -> Self {
        Self {
            rung: None,
            model: None,
            intent: None,
            outcome,
            usage: None,
        }
    }
}

// === impl OpenEntry ===

impl OpenEntry {
    /// The handle that rungs write to.
    pub fn tab(&self) -> Tab {
        self.tab.clone()
    }

    /// What the request has cost so far, were it to end like this now.
    pub fn preview(&self, closing: &Closing) -> Costs {
        self.tab.settled(closing).costs()
    }

    /// What to close with should the entry be dropped; without it, what the attempts tell.
    pub fn if_dropped(&mut self, closing: Closing) {
        self.if_dropped = Some(closing);
    }

    /// Closes the entry and sends it to all sinks.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the ending is spent: nobody may close with it twice"
    )]
    pub fn close(self, closing: Closing) -> Arc<Entry> {
        // `Drop` finds the tab closed, and does nothing.
        self.settle(&closing)
    }

    fn settle(&self, closing: &Closing) -> Arc<Entry> {
        let entry = Arc::new(self.tab.close(closing));
        if let Some(entry) = self.tab.unless_shadowed(&entry) {
            self.tab.record(&entry);
        }
        entry
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        if self.tab.is_open() {
            let closing = self
                .if_dropped
                .take()
                .unwrap_or_else(|| self.tab.abandoned());
            self.settle(&closing);
        }
    }
}

#[cfg(test)]
mod tests;
