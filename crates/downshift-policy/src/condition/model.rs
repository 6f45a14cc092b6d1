//! `model: "gpt-*-mini"`: the request names such a model.
//!
//! Rules see routed requests only, so a name that is not routed is a mistake.

use serde::Deserialize;

use super::{Condition, Names};
use crate::facts::Facts;
use crate::glob::Glob;
use crate::problem::Problems;

use super::patterns::Patterns;

/// Requested model names, any of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Model(Patterns);

impl Condition for Model {
    fn holds(&self, facts: &Facts) -> bool {
        self.0.iter().any(|pattern| pattern.matches(&facts.requested_model))
    }

    fn resolve(&mut self, names: &Names<'_>, path: &str, problems: &mut Problems) {
        for (path, pattern) in self.0.with_paths(path, problems) {
            if pattern.is_literal() && !names.route.iter().any(|route| route.matches(pattern.as_str())) {
                let name = pattern.as_str();
                let message = format!("`{name}` is not routed, so no rule ever sees it");
                let routed = names.route.iter().map(Glob::as_str).collect::<Vec<_>>().join("`, `");
                problems.add_with_hint(path, message, format!("`route` holds `{routed}`"));
            }
        }
    }
}
