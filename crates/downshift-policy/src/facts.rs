//! All that a policy decides on: what is known of a request before any model is asked.

use std::sync::Arc;

use crate::plan::Why;

/// How probable "no intent at all" must be to keep specialists out.
const OUT_OF_SCOPE: f32 = 0.5;

/// The language of what may be English.
pub(crate) const ENGLISH: &str = "en";

/// A rung of the ladder, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Computed here; no model.
    Answer,
    /// A small model that is good at one domain.
    Specialist,
    /// The large model.
    Llm,
}

/// What is known of a request. The default is a request of which nothing is known:
/// no rung below the LLM takes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// Each intent with its calibrated probability, 0 to 1; the order does not matter.
    pub intents: Vec<(Arc<str>, f32)>,
    /// How probable it is that the query belongs to no intent, 0 to 1.
    pub out_of_scope: f32,
    /// The language of the newest human turn, as its ISO 639-1 code; `en` unless it is surely another, empty where it
    /// was not looked at.
    pub language: &'static str,
    /// That language is none of those which the classifier can read.
    pub unreadable: bool,
    /// The classifier failed, so `intents` says nothing.
    pub classifier_failed: bool,
    /// The newest human turn holds no words.
    pub nothing_asked: bool,
    /// Rough size of the whole prompt, in tokens.
    pub tokens: u64,
    /// The most tokens that the reply may take, as the caller bounds it; 0 if unbounded.
    pub reply_tokens: u64,
    /// There are tools that may be called.
    pub tools: bool,
    /// The last message is a tool's result.
    pub tool_result: bool,
    /// The conversation holds images.
    pub images: bool,
    /// Sound is sent or asked for.
    pub audio: bool,
    /// The conversation holds documents sent as files.
    pub files: bool,
    /// The reply must be JSON, or fit a schema.
    pub structured: bool,
    /// More than one choice is asked for.
    pub several_choices: bool,
    /// The newest human turn lists options to choose from, by letters.
    pub options: bool,
    /// Token log-probabilities are asked for.
    pub logprobs: bool,
    /// The last message is an assistant's, to be continued.
    pub unfinished_turn: bool,
    /// No system prompt demands a form, language or persona.
    pub neutral_system_prompt: bool,
    /// An earlier turn may bind the answer: a premise, a wish for its form, a place.
    pub bound_by_earlier_turns: bool,
    /// A stream is asked for.
    pub stream: bool,
    /// User turns so far, the newest included.
    pub turns: u32,
    /// The model name in the request.
    pub requested_model: String,
    /// The model that the conversation is with, and stays on unless it must go up.
    pub stays_on: Option<Arc<str>>,
    /// The rung the caller insists on.
    pub forced: Option<Rung>,
    /// The requested name is one that is routed; `false`: it is a configured model's.
    pub routed: bool,
}

impl Facts {
    /// Whether a computed answer can honour the form of the request: plain text, once,
    /// as a turn of its own, and nothing that a model would be bound to obey.
    /// No rule and no force overrides this.
    pub fn answerable(&self) -> Result<(), Why> {
        let obstacles = [
            (self.tools || self.tool_result, Why::Tools),
            (self.images, Why::Images),
            (self.audio, Why::Audio),
            (self.files, Why::Modality),
            (self.structured, Why::StructuredOutput),
            (self.several_choices, Why::SeveralChoices),
            (self.logprobs, Why::Logprobs),
            (self.unfinished_turn, Why::UnfinishedTurn),
            (!self.neutral_system_prompt, Why::SystemPrompt),
            (self.bound_by_earlier_turns, Why::Conversation),
            (self.nothing_asked, Why::NoIntent),
        ];
        match obstacles.into_iter().find(|(stands, _)| *stands) {
            Some((_, why)) => Err(why),
            None => Ok(()),
        }
    }

    /// The same facts with the intent that a rule gives.
    pub(crate) fn said_to_be(&self, intent: &Arc<str>) -> Self {
        Self {
            intents: vec![(intent.clone(), 1.0)],
            out_of_scope: 0.0,
            classifier_failed: false,
            unreadable: false,
            ..self.clone()
        }
    }

    /// The query belongs to some intent rather than to none.
    pub fn in_scope(&self) -> bool {
        // What is not a number is in no scope.
        self.out_of_scope <= OUT_OF_SCOPE
    }

    /// The most probable intent, the first of equals; `None` where the query was not classified.
    pub fn top(&self) -> Option<(&Arc<str>, f32)> {
        let mut top: Option<(&Arc<str>, f32)> = None;
        if self.classifier_failed {
            return None;
        }
        for (intent, probability) in &self.intents {
            let probability = probability_of(*probability);
            if top.is_none_or(|(_, highest)| probability > highest) {
                top = Some((intent, probability));
            }
        }
        top
    }
}

/// A probability that can be compared: what is not a number counts as zero.
pub(crate) fn probability_of(number: f32) -> f32 {
    if number.is_nan() {
        0.0
    } else {
        number.clamp(0.0, 1.0)
    }
}
