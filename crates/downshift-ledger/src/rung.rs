//! The three rungs of the ladder, as the ledger names them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A rung of the ladder, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rung {
    /// A computed answer; no model is called.
    Answer,
    /// A small model that is good at one domain.
    Specialist,
    /// The large model that can do everything.
    Llm,
}

impl Rung {
    /// All rungs, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Specialist, Self::Llm];

    /// Its name in headers, metrics and rows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Specialist => "specialist",
            Self::Llm => "llm",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}
