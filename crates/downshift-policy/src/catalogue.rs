//! The names a policy may use, told by those who own them, so that this crate stays a leaf.

use std::sync::Arc;

/// Every name that exists outside the policy.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue<'a> {
    /// The labels of the classifier.
    pub intents: &'a [Arc<str>],
    /// The names of the deterministic answerers.
    pub answerers: &'a [&'a str],
    /// The configured models.
    pub models: &'a [ModelFacts<'a>],
}

/// What a policy must know of a model to send it nothing it cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFacts<'a> {
    /// Its name in the policy.
    pub name: &'a str,
    /// The longest prompt and reply together, in tokens; `None` if not known.
    pub context: Option<u64>,
    /// It reads images.
    pub images: bool,
    /// It hears or speaks.
    pub audio: bool,
    /// It reads documents sent as files.
    pub files: bool,
}

impl<'a> ModelFacts<'a> {
    /// A model that reads text alone and whose context is not known.
    pub fn text(name: &'a str) -> Self {
        Self {
            name,
            context: None,
            images: false,
            audio: false,
            files: false,
        }
    }
}
