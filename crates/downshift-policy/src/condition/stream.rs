//! `stream: true`: a stream is asked for, or not.

use serde::Deserialize;

use super::Condition;
use crate::facts::Facts;

/// A stream is asked for, or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Stream(bool);

impl Condition for Stream {
    fn holds(&self, facts: &Facts) -> bool {
        facts.stream == self.0
    }
}
