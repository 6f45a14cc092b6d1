//! Where closed entries go, and the one place that remembers the newest of them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::entry::Entry;
use crate::filter::Filter;
use crate::report::{By, Report, Window};

/// Takes every closed entry, once. Called on the request's own path: hand it on, and do not wait.
pub trait Sink: std::fmt::Debug + Send + Sync {
    /// Takes a closed entry.
    fn record(&self, entry: &Arc<Entry>);
}

/// The newest entries, by id; as many as it was told to keep.
#[derive(Debug)]
pub struct Recent {
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_age: VecDeque<Arc<Entry>>,
    by_id: HashMap<String, Arc<Entry>>,
}

// === impl Recent ===

impl Recent {
    /// Keeps the newest `capacity` entries.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: Mutex::default(),
        }
    }

    /// The entry with this id, the newest if there are several.
    pub fn get(&self, id: &str) -> Option<Arc<Entry>> {
        self.entries().by_id.get(id).cloned()
    }

    /// The newest entries, the newest first, at most `count`.
    pub fn newest(&self, count: usize) -> Vec<Arc<Entry>> {
        self.entries()
            .by_age
            .iter()
            .rev()
            .take(count)
            .cloned()
            .collect()
    }

    /// The entries a filter holds, the newest first.
    pub fn list(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        let mut found: Vec<_> = self.entries().by_age.iter().cloned().collect();
        found.retain(|entry| filter.holds(entry));
        found.sort_by(|one, other| (other.started, &other.id).cmp(&(one.started, &one.id)));
        found.truncate(filter.limit);
        found
    }

    /// What the entries that are remembered came to.
    pub fn report(&self, window: Window, by: Option<By>) -> Report {
        let entries: Vec<_> = self.entries().by_age.iter().cloned().collect();
        let mut report = Report::new(window, by);
        for entry in &entries {
            report.add(entry);
        }
        report
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Recent {
    fn record(&self, entry: &Arc<Entry>) {
        let mut entries = self.entries();
        entries.by_age.push_back(entry.clone());
        entries.by_id.insert(entry.id.clone(), entry.clone());
        if entries.by_age.len() <= self.capacity {
            return;
        }
        let Some(oldest) = entries.by_age.pop_front() else {
            return;
        };
        // A newer entry may have taken the same id.
        if entries
            .by_id
            .get(&oldest.id)
            .is_some_and(|kept| Arc::ptr_eq(kept, &oldest))
        {
            entries.by_id.remove(&oldest.id);
        }
    }
}

#[cfg(test)]
mod tests;
