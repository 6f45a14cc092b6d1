//! Where the ledger is kept, as a policy says it: hides the usual place of the file.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use downshift_ledger::{Address, StoreConfig as Running, StoreError};
use serde::{Deserialize, Deserializer, de};

use super::{Loaded, variable};
use crate::duration::{self, Seconds};

/// What switches the store off.
const OFF: &str = "off";

/// Where the ledger is kept. Without it, the newest requests are remembered in memory alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:PATH`, `sqlite:` for downshift.db in the user's data folder, `postgres://…`, or `off`.
    pub url: StoreUrl,
    /// How long entries are kept, such as `90d`, or `forever`.
    #[serde(default)]
    pub retention: Retention,
    /// Entries that may wait to be written while the store is away; more are dropped and counted.
    #[serde(default = "queue")]
    pub queue: NonZeroUsize,
    /// Entries written in one transaction.
    #[serde(default = "batch")]
    pub batch: NonZeroUsize,
    /// How long an entry may wait to be written: what a killed process loses at most.
    #[serde(default = "flush_every")]
    pub flush_every: Seconds,
    /// Whether requests and replies are kept too, for `downshift replay`.
    #[serde(default)]
    pub bodies: bool,
    /// The longest request, and the longest reply, that is kept, in bytes.
    #[serde(default = "body_bytes")]
    pub body_bytes: usize,
}

/// A URL that may hold a password: never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct StoreUrl(pub String);

/// How long entries are kept; forever if `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(pub Option<Duration>);

// === impl StoreConfig ===

impl StoreConfig {
    /// The running form; `None` when the store is off, or left to a data folder where there is none: a policy that
    /// names no place of its own runs anywhere.
    pub fn running(&self, loaded: &Loaded) -> Result<Option<Running>, StoreError> {
        let address = match address(&self.url.0, loaded) {
            Err(error @ StoreError::NoFolder) => {
                tracing::warn!("the ledger is kept in memory alone: {error}");
                return Ok(None);
            }
            address => address?,
        };
        let Some(address) = address else {
            return Ok(None);
        };
        Ok(Some(Running {
            address,
            retention: self.retention.0,
            queue: self.queue.get(),
            batch: self.batch.get(),
            flush_every: self.flush_every.0,
            clock: crate::clock::now,
        }))
    }
}

/// The database that a URL names in a policy, or on the command line; `None` for `off`.
pub fn address(url: &str, loaded: &Loaded) -> Result<Option<Address>, StoreError> {
    if url == OFF {
        return Ok(None);
    }
    let usual = || data_folder().map(|folder| folder.join("downshift.db"));
    Address::parse(url, |path| loaded.resolve(path), usual).map(Some)
}

/// Where this user's programs keep their data: systemd's `StateDirectory`, else the folder the XDG
/// base directory specification names.
fn data_folder() -> Option<PathBuf> {
    let named = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    // A unit with several directories has them separated by colons: the first is taken.
    let state = variable("STATE_DIRECTORY");
    let state = state.and_then(|all| all.split(':').next().map(PathBuf::from));
    let of_user = || {
        let home = || named("HOME").map(|home| home.join(".local/share"));
        let data = named("XDG_DATA_HOME")
            .or_else(home)
            .or_else(|| named("LOCALAPPDATA"));
        data.map(|data| data.join("downshift"))
    };
    state.or_else(of_user)
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreUrl(…)")
    }
}

// === impl Retention ===

impl Default for Retention {
    fn default() -> Self {
        Self(Some(Duration::from_hours(90 * 24)))
    }
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "forever" {
            return Ok(Self(None));
        }
        let parsed = duration::parse(&text).filter(|length| !length.is_zero());
        parsed.map(|length| Self(Some(length))).ok_or_else(|| {
            de::Error::custom(format_args!(
                "`{text}` is no time to keep entries; write 90d, 12h or forever"
            ))
        })
    }
}

fn queue() -> NonZeroUsize {
    NonZeroUsize::MIN.saturating_add(16_383)
}

fn batch() -> NonZeroUsize {
    NonZeroUsize::MIN.saturating_add(255)
}

fn flush_every() -> Seconds {
    Seconds(Duration::from_millis(200))
}

fn body_bytes() -> usize {
    64 * 1024
}
