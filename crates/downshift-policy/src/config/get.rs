//! A lookup over HTTP as its operator writes it; its patterns, address and sentence are compiled elsewhere.

use serde::Deserialize;

use super::strings;

/// A fact that is fetched: which questions ask for it, where it is, and how it is said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetConfig {
    /// Patterns of whole questions: words, `[optional|or this]`, `(one|or the other)` and
    /// `{name:regex}`.
    #[serde(deserialize_with = "strings")]
    pub ask: Vec<String>,
    /// The address, with `{name}` of a capture in its path or query.
    pub url: String,
    /// The sentence, with `{name}` of a capture or of a field of the reply, or `{/path/of/a/field}`.
    pub say: String,
    /// Sent as `authorization: Bearer …`: a reference to an environment variable.
    #[serde(default)]
    pub key: Option<KeyConfig>,
    /// For the whole exchange, such as `800ms`; `2s` if absent, `30s` at most.
    #[serde(default)]
    pub timeout: Option<String>,
    /// The largest reply, in bytes; 65536 if absent.
    #[serde(default)]
    pub max_bytes: Option<u64>,
}

/// A key as it stands in the file, its `${…}` reference kept: whoever sends it looks it up.
///
/// The name given to serde is the one under which the reader of router.yaml keeps references.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename = "$written")]
pub struct KeyConfig(pub String);
