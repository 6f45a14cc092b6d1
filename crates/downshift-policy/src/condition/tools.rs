//! `tools: true`: tools that may be called are there, or not.

use serde::Deserialize;

use super::Condition;
use crate::facts::Facts;

/// Tools that may be called are there, or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Tools(bool);

impl Condition for Tools {
    fn holds(&self, facts: &Facts) -> bool {
        facts.tools == self.0
    }
}
