//! `intent: code`: the classifier is sure that the query is of such an intent.
//!
//! Sure means what it means elsewhere in the policy: the intent is the most
//! probable, its probability reaches its own `confidence`, and the query is not
//! more probably of no intent at all.

use std::sync::Arc;

use serde::Deserialize;

use super::patterns::Patterns;
use super::{Condition, Names};
use crate::facts::Facts;
use crate::problem::Problems;

/// Intents, any of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Patterns")]
pub(super) struct Intent {
    written: Patterns,
    /// Each intent that the patterns stand for, with the confidence it takes.
    resolved: Vec<(Arc<str>, f32)>,
}

impl From<Patterns> for Intent {
    fn from(written: Patterns) -> Self {
        Self { written, resolved: Vec::new() }
    }
}

impl Condition for Intent {
    fn holds(&self, facts: &Facts) -> bool {
        let Some((top, probability)) = facts.top() else {
            return false;
        };
        let threshold = self.resolved.iter().find(|(intent, _)| intent == top);
        let sure = threshold.is_some_and(|(_, threshold)| probability >= *threshold);
        sure && facts.in_scope() && !facts.unreadable
    }

    fn resolve(&mut self, names: &Names<'_>, path: &str, problems: &mut Problems) {
        for (path, pattern) in self.written.with_paths(path, problems) {
            let before = self.resolved.len();
            let found = names.intents.iter().filter(|(name, _)| pattern.matches(name));
            self.resolved.extend(found.map(|(name, binding)| (name.clone(), binding.threshold)));
            if self.resolved.len() == before {
                let known = names.intents.keys().map(|name| &**name);
                problems.unknown(path, "intent", pattern.as_str(), known);
            }
        }
    }
}
