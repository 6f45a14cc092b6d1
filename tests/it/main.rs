//! The router as its callers see it: over real HTTP, with upstreams that do as they are told.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test finds wrong is a panic"
)]

mod adds_up;
mod admin;
mod any_path;
mod bad_input;
mod close;
mod demo;
mod dialects;
mod disconnect;
mod embeddings;
mod errors;
mod escalation;
mod faults;
mod get_lookup;
mod harness;
mod history;
mod hold_back;
mod judge;
mod language;
mod ledger;
mod lifecycle;
mod models;
mod outage;
mod passthrough;
mod policies;
mod shadow;
mod small_print;
mod sticky;
mod story;
mod stream;
mod telemetry;
mod tidy;
mod trivial;
mod unread;
