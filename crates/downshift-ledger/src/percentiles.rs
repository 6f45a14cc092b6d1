//! Percentiles of many durations in little space: hides the buckets.
//!
//! Buckets grow by an eighth of an octave (9 %), so a percentile is off by less than 5 %. Sketches
//! of any two sets of durations add up to the sketch of both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Buckets to a doubling.
const PER_OCTAVE: f64 = 8.0;

/// The least duration that is told apart from none, in seconds.
const LEAST: f64 = 1e-6;

/// The last bucket, of all that took longer than some nineteen hours.
const LAST: u16 = 288;

/// A sketch of durations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percentiles {
    counts: BTreeMap<u16, u64>,
}

// === impl Percentiles ===

impl Percentiles {
    /// Adds one duration, in seconds.
    pub fn add(&mut self, seconds: f64) {
        *self.counts.entry(bucket(seconds)).or_default() += 1;
    }

    /// Adds another sketch.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.counts {
            *self.counts.entry(*bucket).or_default() += count;
        }
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The duration in seconds that so many percent do not exceed, to three digits; `None` when
    /// there are no durations.
    pub fn at(&self, percent: u64) -> Option<f64> {
        let count = self.count();
        let wanted = count.checked_mul(percent)?.div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in &self.counts {
            seen += count;
            if seen >= wanted {
                return Some(middle(*bucket));
            }
        }
        None
    }
}

fn bucket(seconds: f64) -> u16 {
    let octaves = (seconds / LEAST).log2();
    // Not a number falls to the first bucket, as does what is too short.
    let bucket = (octaves * PER_OCTAVE).floor() + 1.0;
    if bucket >= f64::from(LAST) {
        return LAST;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and LAST"
    )]
    let bucket = bucket.max(0.0) as u16;
    bucket
}

/// The geometric middle of a bucket, to three digits.
fn middle(bucket: u16) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let exact = LEAST * ((f64::from(bucket) - 0.5) / PER_OCTAVE).exp2();
    let scale = 10_f64.powf(2.0 - exact.log10().floor());
    (exact * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: &[f64], percent: u64, expected: f64) {
        let mut sketch = Percentiles::default();
        for seconds in seconds {
            sketch.add(*seconds);
        }
        let found = sketch.at(percent).unwrap();
        assert!(
            (found - expected).abs() <= expected * 0.05,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn a_percentile_is_within_five_percent() {
        let hundred: Vec<f64> = (1..=100).map(|tenth| f64::from(tenth) / 10.0).collect();
        check(&hundred, 50, 5.0);
        check(&hundred, 95, 9.5);
        check(&hundred, 100, 10.0);
        check(&[0.000_02; 3], 50, 0.000_02);
        check(&[700.0], 1, 700.0);
        check(&[1e-9, 0.0, -1.0, f64::NAN], 99, 0.0);
        check(&[1e12], 50, 67_000.0);
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(Percentiles::default().at(50), None);
    }

    #[test]
    fn sketches_add_up() {
        let (mut one, mut other, mut both) = Default::default();
        for tenth in 1..50 {
            let seconds = f64::from(tenth) / 10.0;
            let half: &mut Percentiles = if tenth % 3 == 0 { &mut one } else { &mut other };
            half.add(seconds);
            Percentiles::add(&mut both, seconds);
        }
        one.merge(&other);
        assert_eq!(one, both);
        let json = serde_json::to_string(&both).unwrap();
        assert_eq!(serde_json::from_str::<Percentiles>(&json).unwrap(), both);
    }
}
