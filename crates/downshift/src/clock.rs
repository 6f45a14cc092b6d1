//! The wall clock, read in one place and passed on from there.

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the place that reads the wall clock"
)]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
