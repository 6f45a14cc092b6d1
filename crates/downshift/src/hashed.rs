//! Hides what callers write: what is remembered of it are hashes, under keys that no caller knows.

use std::hash::{BuildHasher, Hash, RandomState};

use http::HeaderMap;

/// What tells callers apart.
const CREDENTIALS: &[&str] = &["authorization", "x-api-key", "api-key"];

/// A hash; by accident, none will ever be met twice.
pub(crate) type Hashed = [u64; 2];

/// The keys that things are hashed under, made anew with each memory.
#[derive(Debug, Default)]
pub(crate) struct Keys([RandomState; 2]);

impl Keys {
    /// The hash of a thing.
    pub(crate) fn hashed(&self, thing: &impl Hash) -> Hashed {
        self.0.each_ref().map(|key| key.hash_one(thing))
    }

    /// The hash of who sends these headers.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Hashed {
        let credentials = CREDENTIALS.iter().map(|name| headers.get(*name));
        let credentials = credentials.map(|value| value.map(AsRef::<[u8]>::as_ref));
        self.hashed(&credentials.collect::<Vec<_>>())
    }
}
