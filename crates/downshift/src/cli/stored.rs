//! The ledger as commands read it: hides where it lies and how a span of time is written.

use anyhow::Context;
use clap::Args;
use downshift_ledger::{Store, StoreConfig, Window};

use super::{Failed, PolicyArgs};
use crate::config::store;
use crate::{clock, moment};

/// Which entries of which store.
#[derive(Debug, Clone, Args)]
pub(super) struct StoredArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// The store, in place of the policy's: sqlite:PATH or postgres://….
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Only requests since then: 24h (ago), 7d, 2026-11-01 (midnight UTC), 2026-11-01T18:30:00Z.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only requests before then.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

// === impl StoredArgs ===

impl StoredArgs {
    /// The store, for reading.
    pub(super) fn open(&self) -> anyhow::Result<Store> {
        let loaded = self.policy.load()?;
        let named = loaded.config.store.as_ref().map(|store| &*store.url.0);
        let address = match self.store.as_deref().or(named) {
            Some(url) => {
                store::address(url, &loaded).map_err(|error| wrong(&format!("store: {error}")))?
            }
            None => None,
        };
        let Some(address) = address else {
            let message = format!(
                "{} keeps no store: name one there (`store: {{ url: \"sqlite:\" }}`), or say --store URL",
                loaded.file
            );
            return Err(wrong(&message));
        };
        Ok(Store::new(StoreConfig::reading(address, clock::now)))
    }

    /// The span of time.
    pub(super) fn window(&self) -> anyhow::Result<Window> {
        let read = |flag: &str, text: &Option<String>| {
            let text = text.as_deref();
            text.map(|text| {
                moment::parse(text, clock::now())
                    .map_err(|message| wrong(&format!("--{flag}: {message}")))
            })
            .transpose()
        };
        Ok(Window {
            since: read("since", &self.since)?,
            until: read("until", &self.until)?,
        })
    }
}

/// The command line, or the policy, is wrong.
fn wrong(message: &str) -> anyhow::Error {
    Failed {
        message: message.to_owned(),
        code: 2,
    }
    .into()
}

/// What to say when the store cannot be read.
pub(super) fn read<T>(
    store: &Store,
    result: Result<T, downshift_ledger::StoreError>,
) -> anyhow::Result<T> {
    result.with_context(|| format!("cannot read the ledger at {}", store.address()))
}
