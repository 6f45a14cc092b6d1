//! Hides how fast servers are thought to be: a peak average for choosing one, a quantile for losing patience.

use std::time::Duration;

use tokio::time::Instant;

/// How fast a peak is forgotten: after so long about a third of it is left.
const DECAY: Duration = Duration::from_secs(10);

/// How many of the newest times a quantile is taken over.
const KEPT: usize = 128;

/// With fewer times than this there is no quantile.
const LEAST: usize = 20;

/// A moving average that rises to a peak at once and sinks slowly: the load metric of Finagle's
/// balancer, <https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-least-loaded>.
#[derive(Debug, Clone, Copy)]
pub struct PeakAverage {
    seconds: f64,
    at: Option<Instant>,
}

/// The newest times that calls took.
#[derive(Debug, Clone, Default)]
pub struct Times {
    newest: Vec<Duration>,
    next: usize,
}

// === impl PeakAverage ===

impl PeakAverage {
    /// Nothing is known yet: as good as any, so that it is tried.
    pub const fn unknown() -> Self {
        Self {
            seconds: 0.0,
            at: None,
        }
    }

    /// A call took so long.
    pub fn observe(&mut self, took: Duration, now: Instant) {
        let took = took.as_secs_f64();
        let since = self.at.map(|at| now.saturating_duration_since(at));
        self.seconds = match since {
            Some(since) if took < self.seconds => {
                let kept = (-since.as_secs_f64() / DECAY.as_secs_f64()).exp();
                self.seconds * kept + took * (1.0 - kept)
            }
            _ => took,
        };
        self.at = Some(now);
    }

    /// What one more call would wait behind `pending` others, in seconds.
    pub fn load(&self, pending: u32) -> f64 {
        self.seconds * (f64::from(pending) + 1.0)
    }

    /// The average, if there is one.
    pub fn seconds(&self) -> Option<f64> {
        self.at.map(|_| self.seconds)
    }
}

// === impl Times ===

impl Times {
    /// A call took so long.
    pub fn observe(&mut self, took: Duration) {
        if self.newest.len() < KEPT {
            self.newest.push(took);
        } else if let Some(oldest) = self.newest.get_mut(self.next) {
            *oldest = took;
        }
        self.next = (self.next + 1) % KEPT;
    }

    /// The time within which this share of calls is done; `None` while there are too few.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        if self.newest.len() < LEAST {
            return None;
        }
        let mut sorted = self.newest.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of at most 128"
        )]
        let rank = (sorted.len() as f64 * share.clamp(0.0, 1.0)).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_peak_counts_at_once_and_fades() {
        let start = Instant::now();
        let mut average = PeakAverage::unknown();
        assert_eq!((average.seconds(), average.load(9)), (None, 0.0));
        average.observe(secs(1), start);
        average.observe(secs(8), start);
        assert_eq!(average.seconds(), Some(8.0));
        assert!((average.load(1) - 16.0).abs() < 1e-9);
        average.observe(secs(1), start);
        assert_eq!(average.seconds(), Some(8.0), "no time has passed");
        average.observe(secs(1), start + secs(10));
        let faded = average.seconds().unwrap();
        assert!((3.5..3.7).contains(&faded), "{faded}");
        average.observe(secs(1), start + secs(1000));
        assert!(average.seconds().unwrap() < 1.001);
    }

    #[test]
    fn a_quantile_is_of_the_newest() {
        let mut times = Times::default();
        for second in 1..=19 {
            times.observe(secs(second));
        }
        assert_eq!(times.quantile(0.5), None, "too few");
        times.observe(secs(20));
        assert_eq!(times.quantile(0.95), Some(secs(19)));
        assert_eq!(times.quantile(0.0), Some(secs(1)));
        assert_eq!(times.quantile(1.0), Some(secs(20)));
        for _ in 0..KEPT {
            times.observe(secs(3));
        }
        assert_eq!(times.quantile(1.0), Some(secs(3)));
    }
}
