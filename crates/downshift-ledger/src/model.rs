//! What a model costs to ask: hides the formulas for money, FLOPs and energy behind one usage.

use std::sync::Arc;

use downshift_wire::Usage;

use crate::energy::{CarbonRange, EnergyRange, GridIntensity, Hardware};
use crate::money::Money;
use crate::price::{Occupancy, Price};

/// One model, with what is known of its costs. What is not known stays unknown in every sum.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCost {
    /// Its name in the policy.
    pub name: Arc<str>,
    /// What its tokens cost.
    pub price: Option<Price>,
    /// Parameters that take part in computing one token: all of a dense model, the chosen experts
    /// of a mixture.
    pub active_parameters: Option<f64>,
    /// The model's shape, for the FLOPs of attention.
    pub shape: Option<Shape>,
    /// What it runs on.
    pub hardware: Hardware,
    /// What that draws its power from.
    pub grid: Option<GridIntensity>,
}

/// The shape of a transformer, as far as attention's FLOPs need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Layers.
    pub layers: u32,
    /// Width of attention: heads × size of a head.
    pub width: u32,
}

/// What one call computes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Flops {
    /// While reading the input.
    pub(crate) input: f64,
    /// While writing the output.
    pub(crate) output: f64,
}

/// Why the money that a call cost is unknown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CostUnknown {
    /// The model has no price.
    Price,
    /// The upstream did not say how many tokens it took.
    Usage,
    /// The amount is too large to hold.
    Overflow,
}

// === impl ModelCost ===

impl ModelCost {
    /// A model of which only the name is known.
    pub fn named(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            price: None,
            active_parameters: None,
            shape: None,
            hardware: Hardware::DATACENTRE,
            grid: None,
        }
    }

    /// What a call costs, or why that is unknown. No tokens cost nothing at any price, and at a price of
    /// nothing it does not matter how many they were; a machine's time costs what it does, whatever the machine says of tokens.
    pub(crate) fn cost(
        &self,
        usage: Option<&Usage>,
        occupancy: Option<Occupancy>,
    ) -> Result<Money, CostUnknown> {
        if let (Some(Price::Hour(price)), Some(occupancy)) = (&self.price, occupancy) {
            return price.cost(occupancy).ok_or(CostUnknown::Overflow);
        }
        if matches!(&self.price, Some(Price::Token(price)) if price.is_free()) {
            return Ok(Money::ZERO);
        }
        let usage = usage.ok_or(CostUnknown::Usage)?;
        if usage.input == 0 && usage.output == 0 && usage.images == 0 {
            return Ok(Money::ZERO);
        }
        match self.price.as_ref().ok_or(CostUnknown::Price)? {
            Price::Token(price) => price.cost(usage),
            Price::Hour(_) => Err(CostUnknown::Price),
        }
    }

    /// Floating-point operations of a usage: 2 × active parameters for each token (Kaplan et al.
    /// 2020, "Scaling Laws for Neural Language Models", §2.1), and 4 × layers × width for each
    /// token that attention looks back at, where the shape is known. Tokens read from a cache are
    /// not computed again, but looked back at.
    pub(crate) fn flops(&self, usage: &Usage) -> Option<Flops> {
        if usage.input == 0 && usage.output == 0 {
            return Some(Flops {
                input: 0.0,
                output: 0.0,
            });
        }
        let parameters = self
            .active_parameters
            .filter(|count| count.is_finite() && *count > 0.0)?;
        let cached = usage.cached_input.min(usage.input) as f64;
        let input = usage.input as f64;
        let end = input + usage.output as f64;
        let flops = Flops {
            input: 2.0 * parameters * (input - cached) + self.attention(cached, input),
            output: 2.0 * parameters * (end - input) + self.attention(input, end),
        };
        flops.total().is_finite().then_some(flops)
    }

    /// FLOPs of attention for the tokens from one position to another: each token at position `p`
    /// takes 4 × layers × width × `p`, 2 for its scores and 2 for the sum they weigh.
    fn attention(&self, from: f64, to: f64) -> f64 {
        let per_pair = self.shape.map_or(0.0, |shape| {
            4.0 * f64::from(shape.layers) * f64::from(shape.width)
        });
        per_pair * (to * to - from * from) / 2.0
    }

    /// Energy of so many FLOPs on the model's hardware; `None` when its figures make no sense.
    pub(crate) fn energy(&self, flops: Flops) -> Option<EnergyRange> {
        let energy = self.hardware.energy(flops.input, flops.output);
        let sensible = 0.0 <= energy.min_joules && energy.min_joules <= energy.max_joules;
        (sensible && energy.max_joules.is_finite()).then_some(energy)
    }

    /// What so much energy of the model's grid gives off, where that grid is known. No energy gives
    /// off nothing on any grid.
    pub(crate) fn co2e(&self, energy: EnergyRange) -> Option<CarbonRange> {
        if energy == EnergyRange::ZERO {
            return Some(CarbonRange::default());
        }
        self.grid.map(|grid| grid.of(energy))
    }
}

// === impl Flops ===

impl Flops {
    /// All of them.
    pub(crate) fn total(self) -> f64 {
        self.input + self.output
    }
}

// === impl CostUnknown ===

impl CostUnknown {
    /// Its name in rows and metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Usage => "usage",
            Self::Overflow => "overflow",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input: u64, cached_input: u64, output: u64) -> Usage {
        Usage {
            input,
            cached_input,
            output,
            ..Usage::default()
        }
    }

    #[track_caller]
    fn check(shape: Option<Shape>, usage: Usage, expected: f64) {
        let model = ModelCost {
            active_parameters: Some(1e9),
            shape,
            ..ModelCost::named("m")
        };
        let total = model.flops(&usage).unwrap().total();
        assert!(
            (total - expected).abs() <= expected * 1e-12,
            "{total} is not {expected}"
        );
    }

    #[test]
    fn two_flops_per_parameter_and_token() {
        check(None, usage(100, 0, 50), 3e11);
        check(None, usage(100, 60, 50), 1.8e11);
        check(None, usage(100, 900, 50), 1e11);
        check(None, usage(0, 0, 0), 0.0);
    }

    #[test]
    fn attention_grows_with_the_square_of_the_context() {
        let shape = Some(Shape {
            layers: 10,
            width: 1000,
        });
        check(shape, usage(1000, 0, 0), 2e12 + 2e10);
        check(shape, usage(1000, 500, 0), 1e12 + 1.5e10);
        check(shape, usage(0, 0, 1000), 2e12 + 2e10);
    }

    #[test]
    fn unknown_parameters_make_unknown_flops() {
        for parameters in [
            None,
            Some(0.0),
            Some(-1.0),
            Some(f64::NAN),
            Some(f64::INFINITY),
        ] {
            let model = ModelCost {
                active_parameters: parameters,
                ..ModelCost::named("m")
            };
            assert_eq!(model.flops(&usage(1, 0, 0)), None, "{parameters:?}");
        }
    }

    #[test]
    fn hardware_that_makes_no_sense_has_no_energy() {
        let sound = ModelCost {
            active_parameters: Some(1e9),
            ..ModelCost::named("m")
        };
        let flops = sound.flops(&usage(1, 0, 1)).unwrap();
        assert!(sound.energy(flops).is_some());
        for peak in [0.0, -1.0, f64::NAN] {
            let peak = crate::energy::Range {
                min: peak,
                max: peak,
            };
            let model = ModelCost {
                hardware: Hardware {
                    peak,
                    ..Hardware::DATACENTRE
                },
                ..sound.clone()
            };
            assert_eq!(model.energy(flops), None, "{peak:?}");
        }
        let vast = ModelCost {
            active_parameters: Some(f64::MAX),
            ..sound
        };
        assert_eq!(vast.flops(&usage(1, 0, 1)), None);
    }

    #[test]
    fn what_is_free_costs_nothing_whatever_was_used() {
        let priced = |price: &str| ModelCost {
            price: Some(Price::from(
                serde_json::from_str::<crate::PriceConfig>(price).unwrap(),
            )),
            ..ModelCost::named("m")
        };
        let audio = Usage {
            audio_input: 1,
            ..usage(1, 0, 0)
        };
        let free = priced(r#"{ "input": 0, "output": 0 }"#);
        assert_eq!(free.cost(None, None), Ok(Money::ZERO));
        assert_eq!(free.cost(Some(&audio), None), Ok(Money::ZERO));
        for price in [
            r#"{ "input": 0, "output": 1 }"#,
            r#"{ "input": 0, "output": 0, "image": 1 }"#,
            r#"{ "input": 0, "output": 0, "audio_input": 1 }"#,
            r#"{ "input": 0, "output": 0, "long_input": { "above": 9, "input": 1, "output": 0 } }"#,
        ] {
            assert_eq!(priced(price).cost(None, None), Err(CostUnknown::Usage));
        }
    }

    #[test]
    fn an_unknown_cost_says_why() {
        let free = ModelCost::named("m");
        assert_eq!(free.cost(None, None), Err(CostUnknown::Usage));
        assert_eq!(
            free.cost(Some(&usage(1, 0, 0)), None),
            Err(CostUnknown::Price)
        );
        assert_eq!(free.cost(Some(&usage(0, 0, 0)), None), Ok(Money::ZERO));
    }
}
