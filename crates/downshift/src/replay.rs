//! Recorded traffic through a policy: the real stack, with upstreams that say what was recorded.
//!
//! A [`Log`] holds requests and what each model replied to them, or what our own ledger exported. [`Recorded`] serves those replies
//! over HTTP on loopback and counts what it is asked. [`Replay`] sends every request up the ladder of
//! a policy whose models are such upstreams, and tells each [`Outcome`]; a [`Summary`] adds them up.

mod export;
mod grade;
pub mod guarantee;
mod log;
mod outcome;
mod recorded;
mod run;
mod summary;

pub use self::grade::states;
pub use self::log::{Error, LeftOut, Log, Record, RecordedReply};
pub use self::outcome::Outcome;
pub use self::recorded::{Counts, Recorded};
pub use self::run::Replay;
pub use self::summary::{Difference, Share, Summary};
