//! How a model's servers are, as operators and dashboards read it.

use downshift_upstream::Circuit;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// One server of a model.
#[derive(Debug, Clone)]
pub(crate) struct Health {
    /// Where it is: scheme, host and port.
    pub(super) base_url: String,
    /// Whether it is asked.
    pub(super) circuit: Circuit,
    /// Calls under way.
    pub(super) pending: u32,
    /// The peak average of seconds to its first token, over calls that had one.
    pub(super) seconds: Option<f64>,
    /// How often its circuit has opened.
    pub(super) opened: u64,
    /// The newest call that failed.
    pub(super) last_error: Option<LastError>,
}

/// A call that failed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LastError {
    /// When.
    pub(super) at: Timestamp,
    /// What happened, out of a closed set.
    pub(super) kind: &'static str,
    /// What happened, for people.
    pub(super) message: String,
}

// === impl Health ===

impl Health {
    /// For `GET /models` on the admin port.
    pub(super) fn json(&self) -> Value {
        let (state, left) = match self.circuit {
            Circuit::Closed => ("closed", None),
            Circuit::HalfOpen => ("half_open", None),
            Circuit::Open { left } => ("open", Some(left)),
            Circuit::Paused { left } => ("paused", Some(left)),
        };
        json!({
            "server": self.base_url,
            "circuit": state,
            "rests_seconds": left.map(|left| left.as_secs_f64()),
            "times_opened": self.opened,
            "pending": self.pending,
            "first_token_seconds": self.seconds,
            "last_error": self.last_error,
        })
    }

    /// For the gauge: 0 closed, 1 half open, 2 open or paused.
    pub(super) fn level(&self) -> i64 {
        match self.circuit {
            Circuit::Closed => 0,
            Circuit::HalfOpen => 1,
            Circuit::Open { .. } | Circuit::Paused { .. } => 2,
        }
    }
}
