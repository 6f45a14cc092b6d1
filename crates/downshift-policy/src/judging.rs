//! How a specialist's reply is judged, once every name in it is known.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::StreamConfig;

/// The confidence below which a judged reply goes up where the policy does not say.
pub(crate) const ESCALATE_BELOW: f32 = 0.5;

/// How a reply is judged. The default makes the checks that need no model.
#[derive(Debug, Clone, PartialEq)]
pub struct Judging {
    /// The checks that are not made, by name.
    pub left_out: BTreeSet<Arc<str>>,
    /// Whether token log-probabilities are asked for.
    pub logprobs: Logprobs,
    /// The other models that must say the same.
    pub agreement: Vec<Arc<str>>,
    /// How many more replies of the specialist itself are asked for.
    pub samples: u32,
    /// Those are asked one after the other, and only as long as that may matter.
    pub in_turn: bool,
    /// The model that is asked whether the reply is right.
    pub verifier: Option<Arc<str>>,
    /// The confidence below which the query goes up, its margin included, 0 to 1.
    pub threshold: f32,
    /// What is judged of a stream, where the policy says so.
    pub stream: Option<StreamConfig>,
}

/// Whether token log-probabilities are asked for, and of which tokens they count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Logprobs {
    /// They are not.
    #[default]
    Unasked,
    /// They are; where the server gives none, the others judge alone.
    IfGiven,
    /// They are; where the server gives none, that counts against the reply.
    Answer,
    /// The same, and all tokens count.
    Whole,
}

impl Default for Judging {
    fn default() -> Self {
        Self {
            left_out: BTreeSet::new(),
            logprobs: Logprobs::Unasked,
            agreement: Vec::new(),
            samples: 0,
            in_turn: false,
            verifier: None,
            threshold: ESCALATE_BELOW,
            stream: None,
        }
    }
}

impl Judging {
    /// Whether only a whole reply can be judged.
    pub fn needs_whole(&self) -> bool {
        let others = !self.agreement.is_empty() || self.samples > 0 || self.verifier.is_some();
        let spans = matches!(self.logprobs, Logprobs::Answer | Logprobs::Whole);
        match self.stream {
            Some(StreamConfig::Whole) => true,
            Some(StreamConfig::Held) => false,
            None => others || spans,
        }
    }

    /// Whether only what is held back of a stream anyway may be judged.
    pub fn held_only(&self) -> bool {
        self.stream == Some(StreamConfig::Held)
    }
}
