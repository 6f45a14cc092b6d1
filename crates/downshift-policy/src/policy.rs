//! The running form of a policy. It never changes; a reload makes another.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::WhenConfig;
use crate::facts::Facts;
use crate::glob::Glob;
use crate::judging::Judging;
use crate::plan::Why;

/// The answerer that fetches a fact over HTTP: not one of the catalogue's, for it is not computed.
pub const GET: &str = "get";
/// How sure the classifier must be where the policy does not say.
pub(crate) const CONFIDENCE: f32 = 0.6;
/// The least probability at which an intent's grammar may read the query beside more probable ones.
pub(crate) const CANDIDATE_FLOOR: f32 = 0.002;

/// Each known intent and what takes it.
pub(crate) type Intents = BTreeMap<Arc<str>, Binding>;

/// A compiled policy.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) llm: Arc<str>,
    pub(crate) route: Vec<Glob>,
    pub(crate) models: BTreeMap<Arc<str>, Limits>,
    pub(crate) intents: Intents,
    pub(crate) rules: Vec<Rule>,
    /// How replies are judged where the policy says nothing of it.
    pub(crate) unsaid: Arc<Judging>,
}

/// What takes an intent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Binding {
    pub(crate) answer: Option<AnswerBinding>,
    pub(crate) specialist: Option<Arc<str>>,
    pub(crate) threshold: f32,
    pub(crate) escalate_below: Option<f32>,
    pub(crate) judging: Option<Arc<Judging>>,
    pub(crate) shadow: bool,
}

/// Who computes the answer, and from which tables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AnswerBinding {
    pub(crate) answerer: Arc<str>,
    pub(crate) tables: Arc<[Arc<str>]>,
}

/// What a model can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) context: Option<u64>,
    pub(crate) images: bool,
    pub(crate) audio: bool,
    pub(crate) files: bool,
}

/// Where requests go that fit `when`.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) when: WhenConfig,
    pub(crate) target: Target,
}

/// What a rule says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// The LLM takes it.
    Llm,
    /// This model takes it.
    Model(Arc<str>),
    /// It has this intent.
    Intent(Arc<str>),
}

impl Policy {
    /// Whether a request for this model name climbs the ladder. A configured model's
    /// own name does not, even where a wildcard of `route` fits it.
    pub fn routes(&self, requested: &str) -> bool {
        let literal = self.route.iter().any(|route| route.as_str() == requested);
        let configured = self.models.contains_key(requested);
        literal || (!configured && self.route.iter().any(|route| route.matches(requested)))
    }

    /// The name of every known intent, in order: the classifier's labels and those the policy adds.
    pub fn intents(&self) -> impl Iterator<Item = &str> {
        self.intents.keys().map(|name| &**name)
    }

    /// Whether queries of this intent are answered by the LLM, and the ladder only watched.
    pub fn shadows(&self, intent: &str) -> bool {
        self.intents
            .get(intent)
            .is_some_and(|binding| binding.shadow)
    }

    /// The top rung, by the model's name.
    pub fn llm(&self) -> &Arc<str> {
        &self.llm
    }
}

impl Default for Binding {
    /// Nothing takes it.
    fn default() -> Self {
        Self {
            answer: None,
            specialist: None,
            threshold: CONFIDENCE,
            escalate_below: None,
            judging: None,
            shadow: false,
        }
    }
}

impl Limits {
    /// Whether a model with these limits can take the request.
    pub(crate) fn admit(self, facts: &Facts) -> Result<(), Why> {
        let unreadable = (facts.images && !self.images)
            || (facts.audio && !self.audio)
            || (facts.files && !self.files);
        let tokens = facts.tokens.saturating_add(facts.reply_tokens);
        if unreadable {
            Err(Why::Modality)
        } else if self.context.is_some_and(|context| tokens > context) {
            Err(Why::TooLong)
        } else {
            Ok(())
        }
    }
}
