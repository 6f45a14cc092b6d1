//! `images: true`: images are in the conversation, or not.

use serde::Deserialize;

use super::Condition;
use crate::facts::Facts;

/// Images are in the conversation, or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Images(bool);

impl Condition for Images {
    fn holds(&self, facts: &Facts) -> bool {
        facts.images == self.0
    }
}
