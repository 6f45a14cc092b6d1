//! Content-blind layers over HTTP, outside the ladder.

pub mod request_id;
