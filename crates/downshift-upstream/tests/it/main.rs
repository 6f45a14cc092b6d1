//! An upstream against a server that does exactly what a script says, on a port of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod cancel;
mod cut;
mod faults;
mod server;
mod stream;
mod timeouts;
mod whole;
