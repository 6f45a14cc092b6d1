//! Energy as a range: hides the hardware figures behind joules, and never says more than is known.
//!
//! The method, its sources and how it compares with measurements stand in `docs/cost-model.md`.

mod carbon;
mod hardware;

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

pub use self::carbon::{CarbonRange, GridIntensity};
pub use self::hardware::{ActiveShare, Hardware, HardwareClass, HardwareConfig, RangeConfig};

/// Watts that one busy core draws: 3.5 is the average of the AWS fleet for a vCPU at full load in
/// the coefficients of Cloud Carbon Footprint, and stands for the least; 15 is a desktop
/// processor's 120 W shared by eight cores, and stands for the most.
const CORE_WATTS: Range = Range {
    min: 3.5,
    max: 15.0,
};

/// Power usage effectiveness, what a building draws for each watt its computers draw: from 1.0
/// (no cooling of its own) to 1.56, the mean of the Uptime Institute's survey of 2024.
const ROUTER_PUE: Range = Range {
    min: 1.0,
    max: 1.56,
};

/// Energy in joules, as the range an estimate can vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct EnergyRange {
    /// The lower bound.
    pub min_joules: f64,
    /// The upper bound.
    pub max_joules: f64,
}

/// How an energy figure was arrived at. Every figure is an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnergyMethod {
    /// FLOPs ÷ (peak FLOP/s × utilisation) × watts × PUE, each factor a range; and for the router
    /// itself CPU seconds × watts per core × PUE.
    FlopsUtilisation,
}

/// A factor that is known to lie between two values, both above zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

// === impl EnergyRange ===

impl EnergyRange {
    /// No energy.
    pub const ZERO: Self = Self {
        min_joules: 0.0,
        max_joules: 0.0,
    };

    /// What a processor takes that computes for at least one, at most the other number of seconds.
    pub fn of_cpu_seconds(seconds: Range) -> Self {
        Self {
            min_joules: seconds.min * CORE_WATTS.min * ROUTER_PUE.min,
            max_joules: seconds.max * CORE_WATTS.max * ROUTER_PUE.max,
        }
    }

    /// The sum of ranges; `None` when one is unknown.
    pub fn sum(ranges: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        ranges
            .into_iter()
            .try_fold(Self::ZERO, |sum, range| Some(sum + range?))
    }
}

impl Add for EnergyRange {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            min_joules: self.min_joules + other.min_joules,
            max_joules: self.max_joules + other.max_joules,
        }
    }
}

impl AddAssign for EnergyRange {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// `0.42-13`: joules, each bound to three significant digits.
impl fmt::Display for EnergyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}",
            Significant(self.min_joules),
            Significant(self.max_joules)
        )
    }
}

/// A number of three significant digits, without an exponent.
struct Significant(f64);

impl fmt::Display for Significant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0.0 || !self.0.is_finite() {
            return write!(f, "{}", self.0);
        }
        let magnitude = self.0.abs().log10().floor();
        let decimals = (2.0 - magnitude).clamp(0.0, 300.0);
        // Bounded just above, so the cast keeps the value.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=300"
        )]
        let text = format!("{:.*}", decimals as usize, self.0);
        let trimmed = if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        };
        f.write_str(trimmed)
    }
}

// === impl EnergyMethod ===

impl EnergyMethod {
    /// Its name in rows and headers.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FlopsUtilisation => "flops_utilisation",
        }
    }
}

#[cfg(test)]
mod tests;
