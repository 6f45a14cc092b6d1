//! Energy as a range: hides the hardware figures behind joules, and never says more than is known.
//!
//! The method, its sources and how it compares with measurements stand in `docs/cost-model.md`.

use std::fmt;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

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

/// What serving a model takes on one class of hardware, with all factors as ranges.
///
/// The time an accelerator spends on a model is its FLOPs divided by what the accelerator
/// really achieves, and the energy that time multiplied by what it draws: the method of Epoch AI,
/// <https://epoch.ai/gradient-updates/how-much-energy-does-chatgpt-use> (2025). Input tokens are read in parallel and use an
/// accelerator well; output tokens are written one by one and use it badly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hardware {
    /// Dense FLOP/s of one accelerator.
    pub peak: Range,
    /// Share of `peak` that is achieved while input is read, 0 to 1.
    pub input_utilisation: Range,
    /// Share of `peak` that is achieved while output is written, 0 to 1.
    pub output_utilisation: Range,
    /// Watts of one accelerator and its share of the server.
    pub watts: Range,
    /// Power usage effectiveness of the building.
    pub pue: Range,
}

/// A class of hardware that a policy can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HardwareClass {
    /// Shared accelerators of a provider, many requests at a time.
    #[default]
    #[serde(alias = "datacenter")]
    Datacentre,
    /// One machine with a graphics card, one request at a time.
    Workstation,
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

// === impl Hardware ===

impl Hardware {
    /// Accelerators of the NVIDIA H100 kind, shared by many requests.
    ///
    /// - Peak: 989 TFLOP/s in bf16 to 1979 in FP8, dense (NVIDIA, H100 SXM data sheet).
    /// - Input: 0.30 to 0.76. The upper is the best published (Pope et al. 2022, "Efficiently
    ///   Scaling Transformer Inference"); the lower is an assumption.
    /// - Output: 0.05 to 0.33. The lower is Epoch AI's pessimistic case (2025); the upper is an
    ///   assumption, twice what has been measured at large batches.
    /// - Watts: 700, the card alone, to 1275, an eighth of a DGX H100's 10.2 kW (NVIDIA).
    /// - PUE: 1.09 (Google's fleet, 2024) to 1.56 (Uptime Institute's survey, 2024).
    pub const DATACENTRE: Self = Self {
        peak: Range {
            min: 989e12,
            max: 1979e12,
        },
        input_utilisation: Range {
            min: 0.30,
            max: 0.76,
        },
        output_utilisation: Range {
            min: 0.05,
            max: 0.33,
        },
        watts: Range {
            min: 700.0,
            max: 1275.0,
        },
        pue: Range {
            min: 1.09,
            max: 1.56,
        },
    };

    /// One graphics card of the NVIDIA RTX 4090 kind, one request at a time.
    ///
    /// - Peak: 165 TFLOP/s in fp16, dense, accumulating in fp32 (NVIDIA, Ada architecture white paper).
    /// - Output: each token reads all weights once, so the card achieves its memory's 1008 GB/s ×
    ///   2 FLOPs ÷ the bytes of a weight: 2.4 % of the peak at four bits, 0.6 % at sixteen; the
    ///   lower bound allows for reaching half of that.
    /// - Input: 0.10 to 0.50, an assumption.
    /// - Watts: 300, a card that waits for its memory, to 650, the card's limit of 450 and 200 for
    ///   the rest of the machine.
    /// - PUE: 1; nobody cools a desk.
    pub const WORKSTATION: Self = Self {
        peak: Range {
            min: 165e12,
            max: 165e12,
        },
        input_utilisation: Range {
            min: 0.10,
            max: 0.50,
        },
        output_utilisation: Range {
            min: 0.003,
            max: 0.024,
        },
        watts: Range {
            min: 300.0,
            max: 650.0,
        },
        pue: Range { min: 1.0, max: 1.0 },
    };

    /// The energy of so many FLOPs spent on reading input and on writing output.
    pub fn energy(&self, input_flops: f64, output_flops: f64) -> EnergyRange {
        let seconds = |peak: f64, input: f64, output: f64| {
            input_flops / (peak * input) + output_flops / (peak * output)
        };
        let least = seconds(
            self.peak.max,
            self.input_utilisation.max,
            self.output_utilisation.max,
        );
        let most = seconds(
            self.peak.min,
            self.input_utilisation.min,
            self.output_utilisation.min,
        );
        EnergyRange {
            min_joules: least * self.watts.min * self.pue.min,
            max_joules: most * self.watts.max * self.pue.max,
        }
    }
}

impl From<HardwareClass> for Hardware {
    fn from(class: HardwareClass) -> Self {
        match class {
            HardwareClass::Datacentre => Self::DATACENTRE,
            HardwareClass::Workstation => Self::WORKSTATION,
        }
    }
}

#[cfg(test)]
mod tests;
