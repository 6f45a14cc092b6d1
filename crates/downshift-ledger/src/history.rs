//! What is remembered of past requests: hides whether it lies in memory or in the store.

use std::sync::Arc;

use crate::entry::Entry;
use crate::filter::Filter;
use crate::recent::Recent;
use crate::report::{By, Report, Window};

/// Past requests, to be listed and summed.
#[derive(Debug, Clone)]
pub struct History {
    recent: Arc<Recent>,
}

/// Why the store could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It does not answer.
    #[error("the store cannot be read at present")]
    Unavailable,
}

// === impl History ===

#[expect(clippy::unused_async, reason = "a store is waited for")]
impl History {
    /// What is remembered in memory.
    pub fn new(recent: Arc<Recent>) -> Self {
        Self { recent }
    }

    /// The entry with this id.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Entry>>, StoreError> {
        Ok(self.recent.get(id))
    }

    /// The entries a filter holds, the newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Arc<Entry>>, StoreError> {
        Ok(self.recent.list(filter))
    }

    /// What the entries of a window came to.
    pub async fn report(&self, window: Window, by: Option<By>) -> Result<Report, StoreError> {
        Ok(self.recent.report(window, by))
    }
}
