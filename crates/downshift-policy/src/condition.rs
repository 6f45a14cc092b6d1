//! What a rule's `when` may ask of a request: one file per condition, one line in the table.

mod patterns;

use crate::facts::Facts;
use crate::glob::Glob;
use crate::policy::Intents;
use crate::problem::Problems;

/// A condition: how it is written is its `Deserialize`, what it asks is `holds`.
trait Condition {
    /// Whether the request fits.
    fn holds(&self, facts: &Facts) -> bool;

    /// Resolves the names it holds, and notes those that nothing has.
    fn resolve(&mut self, _names: &Names<'_>, _path: &str, _problems: &mut Problems) {}
}

/// The names that conditions may use.
pub(crate) struct Names<'a> {
    pub(crate) intents: &'a Intents,
    pub(crate) route: &'a [Glob],
}

/// Makes, of a table `name: Type`, the struct an operator writes, and what is asked of it.
/// Each `Type` lies in the file of its name.
macro_rules! conditions {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ident,)+) => {
        $(mod $name;)+

        /// What must hold of a request for a rule to match: all of it.
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct WhenConfig {
            $($(#[doc = $doc])+ $name: Option<$name::$type>,)+
        }

        impl WhenConfig {
            /// The names of all conditions.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// No condition is set, so it holds for every request.
            pub(crate) fn is_empty(&self) -> bool {
                true $(&& self.$name.is_none())+
            }

            /// Whether all that is set holds.
            pub(crate) fn holds(&self, facts: &Facts) -> bool {
                true $(&& self.$name.as_ref().is_none_or(|condition| condition.holds(facts)))+
            }

            /// Resolves the names in it; `path` is where it stands in the file.
            pub(crate) fn resolve(&mut self, names: &Names<'_>, path: &str, problems: &mut Problems) {
                $(if let Some(condition) = &mut self.$name {
                    let path = format!(concat!("{}.", stringify!($name)), path);
                    condition.resolve(names, &path, problems);
                })+
            }
        }
    };
}

conditions! {
    /// Tools that may be called are there, or not.
    tools: Tools,
    /// Images are there, or not.
    images: Images,
    /// The question lists options by letters (`A. …`), or not.
    options: Options,
    /// The reply must be JSON or fit a schema, or not.
    structured: Structured,
    /// A stream is asked for, or not.
    stream: Stream,
    /// The size of the prompt in tokens: `"<2000"`, `">=100"`, `"100..2000"`.
    tokens: Tokens,
    /// The number of user turns so far, the newest included: `1`, `">3"`.
    turns: Turns,
    /// The requested model's name, or several; `*` and `?` are wildcards.
    model: Model,
    /// The intent, or several, that the classifier is sure of; `*` and `?` are wildcards.
    intent: Intent,
    /// The language, or several, that the newest human turn is surely in: `de`, `[fr, es]`; `en` unless something
    /// else is sure, and `foreign` for all but that.
    language: Language,
}

pub use language::LANGUAGES;

#[cfg(test)]
mod tests;
