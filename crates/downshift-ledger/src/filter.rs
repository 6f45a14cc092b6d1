//! Which requests a list shows: hides how a filter and a page's end are held against entries.

use jiff::Timestamp;

use crate::entry::{Entry, Outcome};
use crate::report::Group;

/// Entries a page holds at most.
pub const LONGEST_PAGE: usize = 1000;

/// Which entries to list, the newest first. A name matches itself alone; `none` what has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// At most so many, 1 to [`LONGEST_PAGE`].
    pub limit: usize,
    /// Only those older than this place.
    pub before: Option<Place>,
    /// Only those that arrived at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those of this rung.
    pub rung: Option<String>,
    /// Only those of this intent.
    pub intent: Option<String>,
    /// Only those this model replied to.
    pub model: Option<String>,
    /// Only those of this key.
    pub key: Option<String>,
    /// Only those that ended like this.
    pub outcome: Option<Outcome>,
}

/// A place in the list of all entries, which are in the order of their arrival, then of their id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When the entry there arrived.
    pub started: Timestamp,
    /// Its id.
    pub id: String,
}

// === impl Filter ===

impl Filter {
    /// The newest entries, whatever they are.
    pub fn newest(limit: usize) -> Self {
        Self {
            limit: limit.clamp(1, LONGEST_PAGE),
            before: None,
            since: None,
            rung: None,
            intent: None,
            model: None,
            key: None,
            outcome: None,
        }
    }

    /// Whether an entry is to be listed.
    pub fn holds(&self, entry: &Entry) -> bool {
        let group = Group::of(entry);
        let is = |wanted: &Option<String>, name: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == name)
        };
        let older = |before: &Place| {
            (entry.started, entry.id.as_str()) < (before.started, before.id.as_str())
        };
        self.before.as_ref().is_none_or(older)
            && self.since.is_none_or(|since| since <= entry.started)
            && is(&self.rung, &group.rung)
            && is(&self.intent, &group.intent)
            && is(&self.model, &group.model)
            && is(&self.key, &group.key)
            && self.outcome.is_none_or(|outcome| outcome == entry.outcome)
    }
}

// === impl Place ===

impl Place {
    /// The place of an entry.
    pub fn of(entry: &Entry) -> Self {
        Self {
            started: entry.started,
            id: entry.id.clone(),
        }
    }

    /// Before all entries that arrived at this moment.
    pub const fn at(started: Timestamp) -> Self {
        Self {
            started,
            id: String::new(),
        }
    }
}
