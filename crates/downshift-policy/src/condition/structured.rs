//! `structured: true`: the reply must be JSON or fit a schema, or not.

use serde::Deserialize;

use super::Condition;
use crate::facts::Facts;

/// The reply must be JSON or fit a schema, or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Structured(bool);

impl Condition for Structured {
    fn holds(&self, facts: &Facts) -> bool {
        facts.structured == self.0
    }
}
