//! `turns: 1`: the number of user turns lies within bounds.

use serde::Deserialize;

use super::Condition;
use crate::comparison::Comparison;
use crate::facts::Facts;

/// Bounds on the number of user turns so far, the newest included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Turns(Comparison);

impl Condition for Turns {
    fn holds(&self, facts: &Facts) -> bool {
        self.0.holds(u64::from(facts.turns))
    }
}
