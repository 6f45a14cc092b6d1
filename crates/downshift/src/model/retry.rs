//! Tries a model again that may do better in a moment: hides who may, how often, and how long to wait.
//!
//! Whether and when is [`Retries::wait`]'s to say. Retries of one model come out of one budget,
//! a fifth of its calls and one a second besides: when all calls fail, retries must not be what
//! keeps the server down.

use std::sync::Arc;
use std::time::Duration;

use downshift_upstream::{ErrorKind, Retries, RetriesConfig};
use tokio::time::{Instant, Sleep, sleep};
use tower::retry::Policy;
use tower::retry::budget::{Budget, TpsBudget};
use tower::util::rng::{HasherRng, Rng};

use super::Help;
use super::attempt::{Failed, Opened, Try};
use crate::metrics::UpstreamMetrics;

/// The time over which the share of retries is taken.
const BUDGET_WINDOW: Duration = Duration::from_secs(10);

/// Retries that are free in each second of it.
const BUDGET_RESERVE: u32 = 1;

/// Retries per call.
const BUDGET_SHARE: f32 = 0.2;

/// What one model may spend on second tries.
#[derive(Clone)]
pub(super) struct Allowance(Arc<TpsBudget>);

/// The policy of one model, and of one request once it is under way.
#[derive(Debug, Clone)]
pub(super) struct Retrying {
    retries: RetriesConfig,
    allowance: Allowance,
    help: Arc<Help>,
    metrics: UpstreamMetrics,
    /// Tries of this request that have failed.
    tried: u32,
}

// === impl Allowance ===

impl Allowance {
    pub(super) fn new() -> Self {
        let budget = TpsBudget::new(BUDGET_WINDOW, BUDGET_RESERVE, BUDGET_SHARE);
        Self(Arc::new(budget))
    }

    /// Takes one second try, if there is one left.
    pub(super) fn take(&self) -> bool {
        self.0.withdraw()
    }
}

impl std::fmt::Debug for Allowance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Allowance")
    }
}

// === impl Retrying ===

impl Retrying {
    pub(super) fn new(
        retries: RetriesConfig,
        allowance: Allowance,
        help: Arc<Help>,
        metrics: UpstreamMetrics,
    ) -> Self {
        Self {
            retries,
            allowance,
            help,
            metrics,
            tried: 0,
        }
    }

    /// How long to wait before the next try, if there may be one.
    fn wait(&self, asked: &Try, failed: &Failed) -> Option<Duration> {
        let retries = self.retries.running(asked.above);
        let random = HasherRng::default().next_f64();
        let wait = match failed.error.kind {
            // Nothing was sent. Who can turn to somebody else does; who cannot waits, if it is
            // not for long.
            ErrorKind::Paused if !asked.rescued => paused(&retries, self.tried, failed, random),
            _ => retries.wait(self.tried, &failed.error, random),
        }?;
        (Instant::now() + wait < asked.end).then_some(wait)
    }
}

fn paused(retries: &Retries, tried: u32, failed: &Failed, random: f64) -> Option<Duration> {
    let left = failed.error.retry_after()?;
    let waits = tried < retries.attempts && left <= retries.retry_after_max;
    waits.then(|| left + left.mul_f64(random / 10.0))
}

impl Policy<Try, Opened, Failed> for Retrying {
    type Future = Sleep;

    fn retry(
        &mut self,
        asked: &mut Try,
        result: &mut Result<Opened, Failed>,
    ) -> Option<Self::Future> {
        let Err(failed) = result else {
            self.allowance.0.deposit();
            return None;
        };
        self.tried += 1;
        let wait = self.wait(asked, failed)?;
        if !self.allowance.take() {
            self.metrics.retry_refused(&self.help.name);
            return None;
        }
        asked.note(&self.help, failed);
        self.metrics.retried(&self.help.name);
        Some(sleep(wait))
    }

    fn clone_request(&mut self, asked: &Try) -> Option<Try> {
        Some(asked.clone())
    }
}
