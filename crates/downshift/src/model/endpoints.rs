//! The servers of one model: hides which of them is asked, and which is left in peace.
//!
//! Of two servers chosen at random the less loaded is asked ("power of two choices"); a server's
//! load is its peak latency times what is under way there. A server whose circuit is open, or
//! that asked for a pause, is not asked; one that may be probed is asked first. All this is kept
//! per model: another model on the same host has circuits of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use downshift_upstream::{self as upstream, Admission, Breaker, BreakerConfig, Circuit};
use downshift_upstream::{ErrorKind, PeakAverage, Upstream};
use tokio::time::Instant;
use tower::util::rng::{HasherRng, Rng};

use super::health::{Health, LastError};
use crate::clock;

/// A pause is not taken longer than this at its word: then somebody asks again.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// A failure weighs on a server's load as a call that took this much longer than usual.
const FAILURE_WEIGHS: u32 = 2;

/// The servers of one model.
#[derive(Debug)]
pub(crate) struct Endpoints {
    all: Vec<Arc<Server>>,
}

#[derive(Debug)]
struct Server {
    upstream: Upstream,
    /// Its scheme, host and port.
    origin: Arc<str>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    breaker: Breaker,
    average: PeakAverage,
    /// Of calls that were replied to alone, to be shown: `average` has failures' weight in it.
    measured: PeakAverage,
    pending: u32,
    opened: u64,
    /// What the server said when it asked for a pause, to be told to those who cannot wait.
    paused_by: Option<upstream::Error>,
    last_error: Option<LastError>,
}

/// Which servers one request has been sent to, by their place in the list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tried(Arc<AtomicU64>);

/// A call that is under way at a server. Dropped without having ended, it tells nothing of the
/// server but how long it took at least.
#[derive(Debug)]
pub(crate) struct Permit {
    server: Arc<Server>,
    admission: Admission,
    started: Instant,
    begun: bool,
    ended: bool,
}

// === impl Endpoints ===

impl Endpoints {
    pub(super) fn new(upstreams: Vec<Upstream>, breaker: BreakerConfig) -> Self {
        let server = |upstream: Upstream| {
            let state = State {
                breaker: Breaker::new(breaker),
                average: PeakAverage::unknown(),
                measured: PeakAverage::unknown(),
                pending: 0,
                opened: 0,
                paused_by: None,
                last_error: None,
            };
            Arc::new(Server {
                origin: upstream.origin().into(),
                upstream,
                state: Mutex::new(state),
            })
        };
        Self {
            all: upstreams.into_iter().map(server).collect(),
        }
    }

    /// The server to ask now, one that this request has not tried if there is one. Who insists
    /// has nowhere else to go, and is let through an open circuit.
    pub(super) fn choose(&self, tried: &Tried, insists: bool) -> Result<Permit, upstream::Error> {
        let now = Instant::now();
        let mut open: Vec<usize> = Vec::with_capacity(self.all.len());
        let mut resting = None;
        let mut broken: Vec<usize> = Vec::new();
        for (index, server) in self.all.iter().enumerate() {
            // The lock is let go before `admit` takes it.
            let circuit = server.state().breaker.circuit(now);
            match circuit {
                Circuit::Closed => open.push(index),
                Circuit::HalfOpen => {
                    // What it is like now, nobody knows until it is asked.
                    if let Ok(permit) = self.admit(index, tried, false) {
                        return Ok(permit);
                    }
                }
                closed => {
                    resting = sooner(resting, (closed, index));
                    if matches!(closed, Circuit::Open { .. }) {
                        broken.push(index);
                    }
                }
            }
        }
        if open.is_empty() && insists {
            open = broken;
        }
        let fresh: Vec<usize> = open
            .iter()
            .copied()
            .filter(|index| !tried.holds(*index))
            .collect();
        let from = if fresh.is_empty() { &open } else { &fresh };
        let Some(index) = self.less_loaded(from) else {
            return Err(self.rest(resting));
        };
        self.admit(index, tried, insists)
            .map_err(|circuit| self.rest(Some((circuit, index))))
    }

    fn admit(&self, index: usize, tried: &Tried, insists: bool) -> Result<Permit, Circuit> {
        let now = Instant::now();
        let server = &self.all[index];
        let mut state = server.state();
        let admission = if insists {
            state.breaker.insist(now)?
        } else {
            state.breaker.admit(now)?
        };
        state.pending += 1;
        drop(state);
        tried.add(index);
        Ok(Permit {
            server: server.clone(),
            admission,
            started: now,
            begun: false,
            ended: false,
        })
    }

    /// Of two chosen at random the less loaded.
    fn less_loaded(&self, from: &[usize]) -> Option<usize> {
        if from.len() < 2 {
            return from.first().copied();
        }
        let mut random = HasherRng::default();
        let count = from.len() as u64;
        let one = random.next_range(0..count);
        let other = (one + 1 + random.next_range(0..count - 1)) % count;
        let [one, other] = [one, other].map(|place| from[usize::try_from(place).unwrap_or(0)]);
        let load = |index: usize| self.all[index].state().load();
        Some(if load(other) < load(one) { other } else { one })
    }

    fn rest(&self, circuit: Option<(Circuit, usize)>) -> upstream::Error {
        let (left, why) = match circuit {
            Some((Circuit::Paused { left }, _)) => (left, "asked to be left in peace"),
            Some((Circuit::Open { left }, _)) => (left, "failed too often"),
            _ => (Duration::ZERO, "is being looked at"),
        };
        let servers = match self.all.as_slice() {
            [_] => "its server".to_owned(),
            all => format!("each of its {} servers", all.len()),
        };
        let left_for = Duration::from_millis(u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
        let message = format!("{servers} {why}; the next try is in {left_for:?}");
        if let Some((Circuit::Paused { .. }, index)) = circuit {
            let state = self.all[index].state();
            return match &state.paused_by {
                Some(by) => by.told_again(left, message),
                None => upstream::Error::resting(ErrorKind::Paused, left, message),
            };
        }
        upstream::Error::resting(ErrorKind::CircuitOpen, left, message)
    }

    /// How each server is.
    pub(super) fn health(&self) -> Vec<Health> {
        let now = Instant::now();
        let of = |server: &Arc<Server>| {
            let state = server.state();
            Health {
                base_url: server.origin.to_string(),
                circuit: state.breaker.circuit(now),
                pending: state.pending,
                seconds: state.measured.seconds(),
                opened: state.opened,
                last_error: state.last_error.clone(),
            }
        };
        self.all.iter().map(of).collect()
    }
}

/// The one of two servers that rest which may be asked sooner.
fn sooner(one: Option<(Circuit, usize)>, other: (Circuit, usize)) -> Option<(Circuit, usize)> {
    let left = |(circuit, _): &(Circuit, usize)| match circuit {
        Circuit::Open { left } | Circuit::Paused { left } => *left,
        Circuit::Closed | Circuit::HalfOpen => Duration::ZERO,
    };
    one.into_iter().chain([other]).min_by_key(left)
}

// === impl Server ===

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        // What is done under the lock is arithmetic: a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl State ===

impl State {
    fn load(&self) -> f64 {
        self.average.load(self.pending)
    }
}

// === impl Tried ===

impl Tried {
    fn holds(&self, index: usize) -> bool {
        index < 64 && self.0.load(Ordering::Relaxed) & (1 << index) != 0
    }

    fn add(&self, index: usize) {
        if index < 64 {
            self.0.fetch_or(1 << index, Ordering::Relaxed);
        }
    }
}

// === impl Permit ===

impl Permit {
    /// The server.
    pub(super) fn upstream(&self) -> &Upstream {
        &self.server.upstream
    }

    /// The server's scheme, host and port.
    pub(super) fn origin(&self) -> &Arc<str> {
        &self.server.origin
    }

    /// The server has begun to reply.
    pub(super) fn begun(&mut self) {
        self.begun = true;
        let now = Instant::now();
        let mut state = self.server.state();
        state.average.observe(now - self.started, now);
        state.measured.observe(now - self.started, now);
        if self.admission.probe {
            // A long reply keeps nobody waiting for what the probe found out.
            state.breaker.succeeded();
            self.admission.probe = false;
        }
    }

    /// The call has ended.
    pub(super) fn ended(mut self, ended: Result<(), &upstream::Error>) {
        self.ended = true;
        let now = Instant::now();
        let mut state = self.server.state();
        let Err(error) = ended else {
            state.breaker.succeeded();
            return;
        };
        let pause = error.retry_after().filter(|pause| !pause.is_zero());
        match weigh(error) {
            Weight::Nothing => state.breaker.unknown(self.admission),
            Weight::Alive => state.breaker.succeeded(),
            Weight::Busy if pause.is_some() => state.breaker.unknown(self.admission),
            Weight::Busy | Weight::Failed => {
                let took = (now - self.started) * FAILURE_WEIGHS;
                state.average.observe(took, now);
                if state.breaker.failed(self.admission, now) {
                    state.opened += 1;
                    let model = self.server.upstream.name();
                    tracing::warn!(%model, %error, "a circuit opened");
                }
            }
        }
        if let Some(pause) = pause {
            let pause = pause.min(LONGEST_PAUSE);
            state.breaker.pause(now + pause);
            state.paused_by = Some(error.told_again(pause, ""));
        }
        state.last_error = Some(LastError {
            at: clock::now(),
            message: error.to_string(),
            kind: error.kind.label(),
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = Instant::now();
        let mut state = self.server.state();
        state.pending = state.pending.saturating_sub(1);
        if self.ended {
            return;
        }
        if self.begun {
            state.breaker.succeeded();
            return;
        }
        state.breaker.unknown(self.admission);
        let took = now - self.started;
        if state.average.seconds().unwrap_or(0.0) < took.as_secs_f64() {
            state.average.observe(took, now);
        }
    }
}

/// What a failure says of a server.
enum Weight {
    /// Nothing.
    Nothing,
    /// It answers, and does not like the question.
    Alive,
    /// It answers, and has too much to do.
    Busy,
    /// It is down, or as good as.
    Failed,
}

fn weigh(error: &upstream::Error) -> Weight {
    match error.kind {
        ErrorKind::Config
        | ErrorKind::Unconfigured
        | ErrorKind::Encode
        | ErrorKind::TooLarge
        | ErrorKind::CircuitOpen
        | ErrorKind::Paused => Weight::Nothing,
        _ if error.refusal().is_some() => Weight::Alive,
        ErrorKind::Status(429) => Weight::Busy,
        ErrorKind::Status(408 | 500..) => Weight::Failed,
        ErrorKind::Status(_) => Weight::Alive,
        _ => Weight::Failed,
    }
}

#[cfg(test)]
mod tests;
