//! A key as the policy names it: the variable it lies in, and never the value in print.

use downshift_upstream::Secret;
use serde::Deserialize;

use super::variable;
use super::yaml::{Unresolved, Written, expand};

/// A key, written as a reference to an environment variable: `"${OPENAI_API_KEY}"`.
///
/// The reference is kept, so that the variable need not be set where the model is never asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretConfig(Written);

impl SecretConfig {
    /// The key, or why there is none: most often a variable that is not set.
    pub fn resolve(&self) -> Result<Secret, Unresolved> {
        expand(&self.0.0, &variable).map(Secret::new)
    }
}
