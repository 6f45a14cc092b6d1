//! Times, and the table in which they are shown beside what they are measured against.

use std::fmt;
use std::time::Duration;

/// Times of one thing, measured over and over.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

/// Rows of times, each against the first.
#[derive(Debug)]
pub struct Table {
    title: String,
    rows: Vec<(String, Times)>,
}

// === impl Times ===

impl Times {
    /// Adds one.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time under which this share of them lies; the share is 0 to 1.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and last"
        )]
        let index = (share.clamp(0.0, 1.0) * last as f64).round() as usize;
        sorted.get(index).copied().unwrap_or_default()
    }
}

// === impl Table ===

impl Table {
    /// An empty table.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; the first is what the others are measured against.
    #[must_use]
    pub fn row(mut self, name: &str, times: Times) -> Self {
        self.rows.push((name.to_owned(), times));
        self
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        writeln!(
            f,
            "{:<38}{:>9}{:>11}{:>11}{:>9}{:>11}",
            self.title, "n", "p50 µs", "p99 µs", "ratio", "added µs"
        )?;
        let base = self
            .rows
            .first()
            .map_or(Duration::ZERO, |(_, times)| times.quantile(0.5));
        for (name, times) in &self.rows {
            let (p50, p99) = (micros(times.quantile(0.5)), micros(times.quantile(0.99)));
            let ratio = p50 / micros(base);
            let added = p50 - micros(base);
            writeln!(
                f,
                "  {name:<36}{:>9}{p50:>11.1}{p99:>11.1}{ratio:>8.2}×{added:>+11.1}",
                times.0.len()
            )?;
        }
        Ok(())
    }
}
