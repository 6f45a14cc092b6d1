//! What is remembered of past requests: hides whether it lies in memory or in the store.

use std::path::PathBuf;
use std::sync::Arc;

use crate::entry::Entry;
use crate::filter::Filter;
use crate::recent::Recent;
use crate::report::{By, Report, Window};
use crate::store::Store;

/// Past requests, to be listed and summed: those in the store if there is one, else the newest.
#[derive(Debug, Clone)]
pub struct History {
    recent: Arc<Recent>,
    store: Option<Arc<Store>>,
}

/// Why the store could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What should say where it lies does not.
    #[error(
        "that is no store; write `sqlite:PATH`, `sqlite:` for the usual place, \
         `postgres://USER:PASSWORD@HOST/DATABASE`, or `off`"
    )]
    Address,
    /// `sqlite:` alone, and no home to put the file into.
    #[error("there is no usual place without $HOME; write `sqlite:PATH`")]
    NoFolder,
    /// There is no such file.
    #[error("there is no ledger at {} yet; `downshift serve` makes one", .0.display())]
    Missing(PathBuf),
    /// The file's folder cannot be made.
    #[error("cannot make the folder {}", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// Its tables are not ours.
    #[error("the store's tables cannot be brought up to date")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// Its tables are of a later version.
    #[error("the store was written by a newer downshift; use that, or another store")]
    Newer,
    /// It does not answer, or answers with an error.
    #[error("the store is not available")]
    Unavailable(#[from] sqlx::Error),
    /// It does not answer in time.
    #[error("the store does not answer in time")]
    Slow,
    /// What it holds is no entry.
    #[error("an entry in the store cannot be read")]
    Entry(#[from] serde_json::Error),
}

// === impl History ===

impl History {
    /// What is remembered in `recent`, and in the store if there is one.
    pub fn new(recent: Arc<Recent>, store: Option<Arc<Store>>) -> Self {
        Self { recent, store }
    }

    /// The entry with this id.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Entry>>, StoreError> {
        match (self.recent.get(id), &self.store) {
            (None, Some(store)) => store.get(id).await,
            (found, _) => Ok(found),
        }
    }

    /// The entries a filter holds, the newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Arc<Entry>>, StoreError> {
        match &self.store {
            Some(store) => store.list(filter).await,
            None => Ok(self.recent.list(filter)),
        }
    }

    /// What the entries of a window came to.
    pub async fn report(&self, window: Window, by: Option<By>) -> Result<Report, StoreError> {
        match &self.store {
            Some(store) => store.report(window, by).await,
            None => Ok(self.recent.report(window, by)),
        }
    }
}
