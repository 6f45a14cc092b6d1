//! Content-blind layers over HTTP, outside the ladder.

pub mod error_dialect;
pub mod refusals;
pub mod request_id;
pub mod trace;
