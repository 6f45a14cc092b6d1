//! Hides when a server is left in peace: a circuit breaker as a state machine without clock or lock.
//!
//! Closed, every call passes. The circuit opens when calls fail in a row, or when half of the
//! newest twenty failed, and no call passes for a while. Then it is half open: one call passes,
//! the probe, and what becomes of it closes the circuit or opens it again. Beside that, a server
//! that says when to come back is paused until then.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::timeouts::period;

/// How many calls the rate of failures is taken over.
const WINDOW: u32 = 20;

/// A breaker as written: `{ failures: 5, open: 5s }`. What is not written has its default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakerConfig {
    /// Failures in a row that open the circuit; 5.
    #[serde(default)]
    pub failures: Option<u32>,
    /// How long no call passes before one is let through to see; 5s.
    #[serde(default, deserialize_with = "period")]
    pub open: Option<Duration>,
}

/// The circuit of one server.
#[derive(Debug, Clone)]
pub struct Breaker {
    failures: u32,
    open: Duration,
    state: State,
    paused: Option<Instant>,
    in_a_row: u32,
    /// The newest calls, a bit each: set if it failed.
    recent: u32,
    seen: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: Instant,
    },
    /// While `probing`, nobody else is let through.
    HalfOpen {
        probing: bool,
    },
}

/// How a circuit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// Calls pass.
    Closed,
    /// One call passes, to see.
    HalfOpen,
    /// No call passes: too many failed.
    Open {
        /// For so long.
        left: Duration,
    },
    /// No call passes: the server said when to come back.
    Paused {
        /// For so long.
        left: Duration,
    },
}

/// A call that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// Whether it is the one that finds out how the server is.
    pub probe: bool,
}

impl BreakerConfig {
    /// This, and for what is not written `otherwise`.
    #[must_use]
    pub fn or(self, otherwise: Self) -> Self {
        Self {
            failures: self.failures.or(otherwise.failures),
            open: self.open.or(otherwise.open),
        }
    }
}

// === impl Breaker ===

impl Breaker {
    /// A closed circuit.
    pub fn new(config: BreakerConfig) -> Self {
        Self {
            failures: config.failures.unwrap_or(5).max(1),
            open: config.open.unwrap_or(Duration::from_secs(5)),
            state: State::Closed,
            paused: None,
            in_a_row: 0,
            recent: 0,
            seen: 0,
        }
    }

    /// How the circuit stands.
    pub fn circuit(&self, now: Instant) -> Circuit {
        if let Some(until) = self.paused.filter(|until| *until > now) {
            return Circuit::Paused { left: until - now };
        }
        match self.state {
            State::Closed => Circuit::Closed,
            State::Open { until } if until > now => Circuit::Open { left: until - now },
            // Until the probe is back, nobody knows; the others come back in a moment.
            State::HalfOpen { probing: true } => Circuit::Open {
                left: self.open.min(Duration::from_secs(1)),
            },
            State::Open { .. } | State::HalfOpen { probing: false } => Circuit::HalfOpen,
        }
    }

    /// Lets a call pass, or says how long none does.
    pub fn admit(&mut self, now: Instant) -> Result<Admission, Circuit> {
        match self.circuit(now) {
            Circuit::Closed => Ok(Admission { probe: false }),
            Circuit::HalfOpen => {
                self.state = State::HalfOpen { probing: true };
                Ok(Admission { probe: true })
            }
            closed @ (Circuit::Open { .. } | Circuit::Paused { .. }) => Err(closed),
        }
    }

    /// Lets a call pass that has nowhere else to go, unless the server is paused. An open circuit
    /// takes it for a probe.
    pub fn insist(&mut self, now: Instant) -> Result<Admission, Circuit> {
        if let paused @ Circuit::Paused { .. } = self.circuit(now) {
            return Err(paused);
        }
        if self.state == State::Closed {
            return Ok(Admission { probe: false });
        }
        self.state = State::HalfOpen { probing: true };
        Ok(Admission { probe: true })
    }

    /// A call came back well.
    pub fn succeeded(&mut self) {
        if matches!(self.state, State::Open { .. }) {
            return; // It was sent before the circuit opened.
        }
        if self.state != State::Closed {
            (self.recent, self.seen) = (0, 0);
        }
        self.state = State::Closed;
        self.in_a_row = 0;
        self.note(false);
    }

    /// A call failed; whether that has opened the circuit.
    pub fn failed(&mut self, admission: Admission, now: Instant) -> bool {
        let probed = matches!(self.state, State::HalfOpen { .. }) && admission.probe;
        if self.state != State::Closed && !probed {
            return false; // It was sent before the circuit opened.
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.note(true);
        let half = self.seen >= WINDOW && self.recent.count_ones() * 2 >= WINDOW;
        let opens = probed || half || self.in_a_row >= self.failures;
        if opens {
            let until = now + self.open;
            self.state = State::Open { until };
            (self.in_a_row, self.recent, self.seen) = (0, 0, 0);
        }
        opens
    }

    /// The server said when to come back. It answers, so it is not down.
    pub fn pause(&mut self, until: Instant) {
        self.paused = self.paused.max(Some(until));
        if matches!(self.state, State::HalfOpen { .. }) {
            self.state = State::HalfOpen { probing: false };
        }
    }

    /// A call ended without telling how the server is.
    pub fn unknown(&mut self, admission: Admission) {
        if admission.probe && self.state == (State::HalfOpen { probing: true }) {
            self.state = State::HalfOpen { probing: false };
        }
    }

    fn note(&mut self, failed: bool) {
        self.recent = (self.recent << 1 | u32::from(failed)) & ((1 << WINDOW) - 1);
        self.seen = self.seen.saturating_add(1).min(WINDOW);
    }
}

#[cfg(test)]
mod tests;
