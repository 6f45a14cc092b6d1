//! Every client's dialect on every upstream's: golden pairs that a person can read, and properties.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "these are tests, which an environment variable has write their expectations again"
)]

mod golden;
mod matrix;
mod properties;
mod sides;
