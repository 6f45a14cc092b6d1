//! `language: de`: the newest human turn is surely in such a language.
//!
//! What may be English, and what says nothing of its language (numbers, names, a word or two), is `en`. `foreign` is
//! every language but that.

use serde::Deserialize;

use super::patterns::Patterns;
use super::{Condition, Names};
use crate::facts::{ENGLISH, Facts};
use crate::glob::Glob;
use crate::problem::Problems;

/// Every language but English.
const FOREIGN: &str = "foreign";

/// What a language may be called: codes of ISO 639-1, and `other` for one that is none of these.
pub const LANGUAGES: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it",
    "ja", "ko", "nl", "no", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh", "other",
];

/// Languages, any of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Language(Patterns);

impl Condition for Language {
    fn holds(&self, facts: &Facts) -> bool {
        let foreign = facts.language != ENGLISH;
        let is = |glob: &Glob| glob.as_str() == FOREIGN && foreign || glob.matches(facts.language);
        !facts.language.is_empty() && self.0.iter().any(is)
    }

    fn resolve(&mut self, _: &Names<'_>, path: &str, problems: &mut Problems) {
        for (path, glob) in self.0.with_paths(path, problems) {
            let known = || LANGUAGES.iter().copied().chain([FOREIGN]);
            if !known().any(|name| glob.matches(name)) {
                problems.unknown(path, "language", glob.as_str(), known());
            }
        }
    }
}
