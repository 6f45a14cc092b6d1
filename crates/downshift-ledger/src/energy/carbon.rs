//! Greenhouse gases as a range: hides how joules become grams.

use std::ops::Add;

use serde::{Deserialize, Serialize};

use super::{EnergyRange, Range, RangeConfig};

/// Joules of a kilowatt-hour.
const KILOWATT_HOUR: f64 = 3.6e6;

/// The most that is taken for a grid's intensity, in grams a kilowatt-hour: twice what burning lignite
/// gives off.
const HIGHEST: f64 = 2_500.0;

/// What a grid gives off for a kilowatt-hour that is drawn from it, in grams of CO₂ equivalent.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "RangeConfig")]
pub struct GridIntensity(Range);

/// Grams of CO₂ equivalent, as the range an estimate can vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CarbonRange {
    /// The lower bound.
    pub min_grams: f64,
    /// The upper bound.
    pub max_grams: f64,
}

// === impl GridIntensity ===

impl GridIntensity {
    /// What drawing so much energy from the grid gives off.
    pub fn of(self, energy: EnergyRange) -> CarbonRange {
        CarbonRange {
            min_grams: energy.min_joules / KILOWATT_HOUR * self.0.min,
            max_grams: energy.max_joules / KILOWATT_HOUR * self.0.max,
        }
    }
}

impl TryFrom<RangeConfig> for GridIntensity {
    type Error = String;

    fn try_from(written: RangeConfig) -> Result<Self, String> {
        let range = Range::from(written);
        if range.max > HIGHEST {
            return Err(format!(
                "a grid that gives off {} g of CO₂ a kWh is not of this earth; write grams a kilowatt-hour, at most {HIGHEST}",
                range.max
            ));
        }
        Ok(Self(range))
    }
}

// === impl CarbonRange ===

impl CarbonRange {
    /// The sum of ranges; `None` when one is unknown.
    pub fn sum(ranges: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        ranges
            .into_iter()
            .try_fold(Self::default(), |sum, range| Some(sum + range?))
    }
}

impl Add for CarbonRange {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            min_grams: self.min_grams + other.min_grams,
            max_grams: self.max_grams + other.max_grams,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(intensity: &str, joules: (f64, f64), expected: (f64, f64)) {
        let grid: GridIntensity = serde_json::from_str(intensity).unwrap();
        let grams = grid.of(EnergyRange {
            min_joules: joules.0,
            max_joules: joules.1,
        });
        assert!((grams.min_grams - expected.0).abs() < 1e-12, "{grams:?}");
        assert!((grams.max_grams - expected.1).abs() < 1e-12, "{grams:?}");
    }

    #[test]
    fn a_kilowatt_hour_gives_off_the_grids_grams() {
        check("380", (3.6e6, 7.2e6), (380.0, 760.0));
        check("[20, 40]", (3.6e6, 3.6e6), (20.0, 40.0));
        check("0.5", (0.0, 3.6e3), (0.0, 0.0005));
    }

    #[test]
    fn what_no_grid_gives_off_is_refused() {
        for (json, reason) in [
            ("0", "above 0"),
            ("-3", "above 0"),
            ("38000", "at most 2500"),
            ("[500, 100]", "no range"),
            (r#""green""#, "[least, most]"),
        ] {
            let error = serde_json::from_str::<GridIntensity>(json).unwrap_err();
            assert!(error.to_string().contains(reason), "{json}: {error}");
        }
    }
}
