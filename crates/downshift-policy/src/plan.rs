//! What a policy decided: which rungs may try, and why the others may not.

use std::sync::Arc;

use crate::facts::Rung;
use crate::judging::Judging;

/// Which rungs may try a query. A rung has its step here or its reason in `skipped`, never both.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The most probable intent, if the query was classified.
    pub intent: Option<Arc<str>>,
    /// The probability of that intent, 0 to 1.
    pub confidence: Option<f32>,
    /// What rung 1 may try.
    pub answer: Option<AnswerStep>,
    /// Whom rung 2 may ask.
    pub specialist: Option<SpecialistStep>,
    /// Whom rung 3 may ask; `None` only if the caller forces another rung.
    pub llm: Option<Arc<str>>,
    /// The LLM replies, and what the rungs below would have replied is only recorded.
    pub shadow: bool,
    /// Why each of the others may not try, lowest rung first.
    pub skipped: Vec<Skip>,
}

/// What rung 1 may try: the first key has turned, the grammars hold the second.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerStep {
    /// The intents whose grammars may read the query, most probable first; never empty.
    pub candidates: Vec<Candidate>,
    /// The probability that the query belongs to some intent that can be answered, 0 to 1.
    pub confidence: f32,
    /// What `confidence` had to reach.
    pub threshold: f32,
}

/// An intent that may be answered, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The intent.
    pub intent: Arc<str>,
    /// The answerer's name.
    pub answerer: Arc<str>,
    /// The lookup's tables, by the paths that the policy gives; none for other answerers.
    pub tables: Arc<[Arc<str>]>,
    /// The probability of this intent, 0 to 1.
    pub probability: f32,
}

/// Whom rung 2 may ask.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecialistStep {
    /// The model, by its name in the policy.
    pub model: Arc<str>,
    /// What the intent's probability had to reach, 0 to 1; 0 where the intent did not matter.
    pub threshold: f32,
    /// The reply's own confidence, 0 to 1, below which the query goes up after all.
    pub escalate_below: Option<f32>,
    /// How the reply is judged; `None`: it is released as it comes.
    pub judging: Option<Arc<Judging>>,
}

/// A rung that may not try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skip {
    /// The rung.
    pub rung: Rung,
    /// Why.
    pub why: Why,
}

/// Why a rung may not try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// There was nothing to classify.
    NoIntent,
    /// The classifier failed.
    ClassifierFailed,
    /// The classifier was not sure enough.
    LowConfidence,
    /// The query probably belongs to no intent.
    OutOfScope,
    /// The query is in a language that the classifier cannot read, so its verdict says nothing.
    Language,
    /// The policy binds nothing on this rung to the intent.
    Unbound,
    /// A rule sends the query elsewhere.
    Rule,
    /// The caller forces another rung.
    Forced,
    /// The caller names a model.
    RequestedModel,
    /// The conversation stays on the model it is with.
    Sticky,
    /// There is a tool's result, and it is not known which model called the tool.
    ToolResult,
    /// There are tools that may be called, or a tool's result to go on from.
    Tools,
    /// There are images.
    Images,
    /// Sound is sent or asked for.
    Audio,
    /// The reply must be JSON, or fit a schema.
    StructuredOutput,
    /// More than one choice is asked for.
    SeveralChoices,
    /// Token log-probabilities are asked for.
    Logprobs,
    /// An assistant's turn is to be continued.
    UnfinishedTurn,
    /// A system prompt makes demands.
    SystemPrompt,
    /// The answer may depend on earlier turns.
    Conversation,
    /// The model's context is too small.
    TooLong,
    /// The model cannot read or write what the request holds.
    Modality,
}

impl Plan {
    /// Why `rung` may not try; `None` if it may.
    pub fn why_not(&self, rung: Rung) -> Option<Why> {
        self.skipped
            .iter()
            .find(|skip| skip.rung == rung)
            .map(|skip| skip.why)
    }
}
