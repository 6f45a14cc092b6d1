//! What serving a model takes on one kind of hardware: hides the published figures, and how an operator's
//! own take their place.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{EnergyRange, Range};

/// The largest share of the peak that output is taken to achieve, however many requests there are:
/// an assumption, twice what has been measured at large batches.
const MOST_OUTPUT_UTILISATION: f64 = 0.33;

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
    /// The same while it is written for one request alone: what the memory's speed allows, since each
    /// token reads all weights once.
    pub output_alone: Range,
    /// The fewest requests at a time for which `output_utilisation` stands.
    pub requests: f64,
    /// Watts of one accelerator and its share of the server.
    pub watts: Range,
    /// Power usage effectiveness of the building.
    pub pue: Range,
}

/// The share of a model's parameters that take part in computing one token: above 0, 1 for a dense model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActiveShare(f64);

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

/// Hardware as an operator writes it: the name of a class, or a class with factors of one's own, each a
/// number or a `[least, most]`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HardwareConfig {
    /// What factors that are left out are taken from.
    pub class: HardwareClass,
    /// Requests served at a time.
    pub batch: Option<RangeConfig>,
    /// Power usage effectiveness of the building.
    pub pue: Option<RangeConfig>,
    /// Watts of one accelerator and its share of the server.
    pub watts: Option<RangeConfig>,
    /// Dense TFLOP/s of one accelerator.
    pub peak_tflops: Option<RangeConfig>,
    /// Share of the peak that is achieved while input is read.
    pub input_utilisation: Option<RangeConfig>,
    /// The same while output is written; goes before `batch`.
    pub output_utilisation: Option<RangeConfig>,
}

/// A factor as an operator writes it: a number above zero, or the least and the most of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeConfig(Range);

/// [`HardwareConfig`] as a mapping.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    class: HardwareClass,
    #[serde(default, deserialize_with = "at_least_one")]
    batch: Option<RangeConfig>,
    #[serde(default, deserialize_with = "at_least_one")]
    pue: Option<RangeConfig>,
    #[serde(default)]
    watts: Option<RangeConfig>,
    #[serde(default)]
    peak_tflops: Option<RangeConfig>,
    #[serde(default, deserialize_with = "share")]
    input_utilisation: Option<RangeConfig>,
    #[serde(default, deserialize_with = "share")]
    output_utilisation: Option<RangeConfig>,
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
    /// - Output, alone: 3.35 TB/s (the same data sheet) × 2 FLOPs ÷ the bytes of a weight: 0.68 % of
    ///   the FP8 peak at four bits, 0.34 % of the bf16 peak at sixteen; the lower bound allows for
    ///   reaching half of that. Fifteen requests that achieve the mean of it make 0.05 together.
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
            max: MOST_OUTPUT_UTILISATION,
        },
        output_alone: Range {
            min: 0.0017,
            max: 0.0068,
        },
        requests: 15.0,
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
        output_alone: Range {
            min: 0.003,
            max: 0.024,
        },
        requests: 1.0,
        watts: Range {
            min: 300.0,
            max: 650.0,
        },
        pue: Range { min: 1.0, max: 1.0 },
    };

    /// The same hardware when so many requests are served at a time. Each weight that is read serves
    /// them all, so the share of the peak that output achieves grows with their number until the
    /// arithmetic, and no longer the memory, is the bound (Williams et al. 2009, "Roofline"; Pope et
    /// al. 2022, §2).
    #[must_use]
    pub fn at_batch(self, batch: Range, active: ActiveShare) -> Self {
        let utilisation = |alone: f64, batch: f64| {
            (alone * batch / active.reads(batch)).min(MOST_OUTPUT_UTILISATION)
        };
        Self {
            output_utilisation: Range {
                min: utilisation(self.output_alone.min, batch.min),
                max: utilisation(self.output_alone.max, batch.max),
            },
            ..self
        }
    }

    /// The same hardware when it serves a mixture of experts to nobody knows how many: to the fewest,
    /// at worst.
    fn at_any_batch(self, active: ActiveShare) -> Self {
        let Range { min, max } = self.output_utilisation;
        Self {
            output_utilisation: Range {
                min: min / active.reads(self.requests),
                max,
            },
            ..self
        }
    }

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

// === impl ActiveShare ===

impl ActiveShare {
    /// All of them: a dense model.
    pub const ALL: Self = Self(1.0);

    /// The share of a mixture's parameters that take part in a token; `None` where there are no such
    /// numbers.
    pub fn new(active: f64, total: f64) -> Option<Self> {
        let sound = 0.0 < active && active <= total && total.is_finite();
        sound.then(|| Self(active / total))
    }

    /// What so many tokens, one of each request, have read between them, in the weights of one. Tokens
    /// choose their experts each for itself, so that all but `(1 - share) ^ batch` of them are read.
    fn reads(self, batch: f64) -> f64 {
        (1.0 - (1.0 - self.0).powf(batch)) / self.0
    }
}

// === impl HardwareConfig ===

impl HardwareConfig {
    /// The hardware as it serves a model, so much of whose parameters take part in a token.
    pub fn serving(self, active: ActiveShare) -> Hardware {
        let class = Hardware::from(self.class);
        let or = |given: Option<RangeConfig>, known: Range| given.map_or(known, Range::from);
        let scaled = self
            .peak_tflops
            .map(|RangeConfig(Range { min, max })| Range {
                min: min * 1e12,
                max: max * 1e12,
            });
        let hardware = Hardware {
            peak: scaled.unwrap_or(class.peak),
            input_utilisation: or(self.input_utilisation, class.input_utilisation),
            watts: or(self.watts, class.watts),
            pue: or(self.pue, class.pue),
            ..class
        };
        match (self.output_utilisation, self.batch) {
            (Some(RangeConfig(output_utilisation)), _) => Hardware {
                output_utilisation,
                ..hardware
            },
            (None, Some(RangeConfig(batch))) => hardware.at_batch(batch, active),
            (None, None) => hardware.at_any_batch(active),
        }
    }
}

impl<'de> Deserialize<'de> for HardwareConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HardwareVisitor)
    }
}

struct HardwareVisitor;

impl<'de> Visitor<'de> for HardwareVisitor {
    type Value = HardwareConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`datacentre`, `workstation`, or { class: …, batch: …, pue: …, watts: … }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<HardwareConfig, E> {
        let class = HardwareClass::deserialize(de::value::StrDeserializer::<E>::new(name))?;
        Ok(HardwareConfig {
            class,
            ..HardwareConfig::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HardwareConfig, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        Ok(HardwareConfig {
            class: written.class,
            batch: written.batch,
            pue: written.pue,
            watts: written.watts,
            peak_tflops: written.peak_tflops,
            input_utilisation: written.input_utilisation,
            output_utilisation: written.output_utilisation,
        })
    }
}

// === impl RangeConfig ===

impl RangeConfig {
    fn new(min: f64, max: f64) -> Result<Self, String> {
        let sound = min > 0.0 && min <= max && max.is_finite();
        sound.then_some(Self(Range { min, max })).ok_or_else(|| {
            format!("[{min}, {max}] is no range; write a number above 0, or [least, most]")
        })
    }

    /// The range, if all of it lies between two values.
    fn within<E: de::Error>(self, least: f64, most: f64) -> Result<Self, E> {
        let Range { min, max } = self.0;
        if least <= min && max <= most {
            return Ok(self);
        }
        let bounds = if most.is_finite() {
            format!("from {least} to {most}")
        } else {
            format!("of at least {least}")
        };
        Err(E::custom(format_args!(
            "[{min}, {max}] is out of range; write a number {bounds}"
        )))
    }
}

impl From<RangeConfig> for Range {
    fn from(config: RangeConfig) -> Self {
        config.0
    }
}

impl<'de> Deserialize<'de> for RangeConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RangeVisitor)
    }
}

struct RangeVisitor;

impl<'de> Visitor<'de> for RangeVisitor {
    type Value = RangeConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number above 0, or [least, most]")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<RangeConfig, E> {
        RangeConfig::new(number, number).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, whole: u64) -> Result<RangeConfig, E> {
        self.visit_f64(whole as f64)
    }

    fn visit_i64<E: de::Error>(self, whole: i64) -> Result<RangeConfig, E> {
        self.visit_f64(whole as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RangeConfig, A::Error> {
        let (min, max) = (list.next_element()?, list.next_element()?);
        match (min, max, list.next_element::<de::IgnoredAny>()?) {
            (Some(min), Some(max), None) => RangeConfig::new(min, max).map_err(de::Error::custom),
            _ => Err(de::Error::custom("write two numbers, [least, most]")),
        }
    }
}

fn at_least_one<'de, D: Deserializer<'de>>(d: D) -> Result<Option<RangeConfig>, D::Error> {
    RangeConfig::deserialize(d)?
        .within(1.0, f64::INFINITY)
        .map(Some)
}

fn share<'de, D: Deserializer<'de>>(d: D) -> Result<Option<RangeConfig>, D::Error> {
    RangeConfig::deserialize(d)?.within(0.0, 1.0).map(Some)
}

#[cfg(test)]
mod tests;
