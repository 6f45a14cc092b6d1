//! Calls a named specialist or LLM: dialects, transport, streaming, timeouts.
//!
//! Sockets open outward here and nowhere else. An [`Upstream`] takes a request in the
//! client's dialect and gives a [`Reply`]; a stream is given only once its first event
//! has been seen, so a caller can still turn to another model until then. Dropping a call
//! or a stream closes the upstream's connection. Every failure is an [`Error`] that says
//! what happened, where, who is at fault and whether trying again may help.

mod address;
mod breaker;
mod chunks;
mod client;
mod collector;
mod complaint;
mod dialect;
mod error;
mod exchange;
mod fetcher;
mod forward;
mod headers;
mod hedge;
mod hold_back;
mod latency;
mod leash;
mod refusal;
mod retries;
mod retry_after;
mod secret;
mod timeouts;
mod upstream;

pub use breaker::{Admission, Breaker, BreakerConfig, Circuit};
pub use chunks::Chunks;
pub use client::{Client, ClientConfig};
pub use collector::{Collector, CollectorConfig};
pub use dialect::Api;
pub use error::{Error, ErrorKind, Fault};
pub use fetcher::{FetchConfig, Fetcher};
pub use forward::{BoxError, Download, Forward, Forwarded, Pieces, Upload};
pub use headers::{DROPPED, note_dropped};
pub use hedge::{HedgeConfig, Patience};
pub use hold_back::HoldBack;
pub use latency::{PeakAverage, Times};
pub use refusal::Refusal;
pub use retries::{Retries, RetriesConfig};
pub use secret::Secret;
pub use timeouts::{Timeouts, TimeoutsConfig};
pub use upstream::{Call, Endpoint, Reply, Streaming, Upstream, Whole};
