//! Everything a test needs to see the router from outside: models that do as they are told, and a client.
//!
//! - [`Upstream`] is a server on a free port, of any API a model may have, whose every call follows a [`Script`].
//! - [`Raw`] is a server that sends bytes, for what no HTTP library would send.
//! - [`Router`] is the real router, started in this process from a [`Policy`].
//! - [`Client`] speaks plain HTTP to either; its SSE reader is strict and shares no code with the router's.
//! - [`Metrics`] reads what Prometheus would.
//! - [`Expectation`] judges a computed answer.
//!
//! Everything listens on port 0, so tests run in parallel. A helper that finds
//! something wrong panics: that is how a test fails.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a harness reports what it finds wrong by failing the test"
)]

mod client;
mod collector;
mod expectation;
mod metrics;
mod money;
mod policy;
mod raw;
mod router;
mod script;
mod sse;
mod upstream;

pub use self::client::{Client, Response};
pub use self::collector::{Collector, Spanned};
pub use self::expectation::Expectation;
pub use self::metrics::Metrics;
pub use self::money::Dollars;
pub use self::policy::Policy;
pub use self::raw::Raw;
pub use self::router::Router;
pub use self::script::{Called, Fault, Script, Spoken, Thought, Tokens};
pub use self::sse::{Event, Stream};
pub use self::upstream::{Counted, Recorded, Upstream};
