//! `tokens: "<2000"`: the size of the prompt lies within bounds.

use serde::Deserialize;

use super::Condition;
use crate::comparison::Comparison;
use crate::facts::Facts;

/// Bounds on the size of the prompt, in tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Tokens(Comparison);

impl Condition for Tokens {
    fn holds(&self, facts: &Facts) -> bool {
        self.0.holds(facts.tokens)
    }
}
