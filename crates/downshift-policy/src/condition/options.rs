//! `options: true`: the question lists options by letters, or not.

use serde::Deserialize;

use super::Condition;
use crate::facts::Facts;

/// The question lists options by letters, or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Options(bool);

impl Condition for Options {
    fn holds(&self, facts: &Facts) -> bool {
        facts.options == self.0
    }
}
