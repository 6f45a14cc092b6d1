//! One name or a list of them, with wildcards: `code`, `[code, "math.*"]`.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::glob::Glob;
use crate::problem::Problems;

/// Names with wildcards, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patterns {
    globs: Vec<Glob>,
    /// It was written as a list, which its places in the file tell.
    list: bool,
}

impl Patterns {
    /// The patterns in the order written.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Glob> {
        self.globs.iter()
    }

    /// Each pattern with its place in the file; notes an empty list, which would never hold.
    pub(super) fn with_paths(&self, path: &str, problems: &mut Problems) -> Vec<(String, &Glob)> {
        if self.globs.is_empty() {
            problems.add(path, "an empty list never holds; name at least one");
        }
        let place = |index: usize| {
            if self.list {
                format!("{path}[{index}]")
            } else {
                path.to_owned()
            }
        };
        self.globs
            .iter()
            .enumerate()
            .map(|(index, glob)| (place(index), glob))
            .collect()
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PatternsVisitor)
    }
}

struct PatternsVisitor;

impl<'de> Visitor<'de> for PatternsVisitor {
    type Value = Patterns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a list of names")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Patterns, E> {
        Ok(Patterns {
            globs: vec![Glob::new(name)],
            list: false,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Patterns, A::Error> {
        let mut globs = Vec::new();
        while let Some(name) = names.next_element()? {
            globs.push(name);
        }
        Ok(Patterns { globs, list: true })
    }
}
