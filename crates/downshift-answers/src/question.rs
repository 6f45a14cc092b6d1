//! What an answerer is given and what it gives back.

use jiff::{Timestamp, tz::TimeZone};

use crate::table::Table;

/// One question, with the exchanges that this crate itself answered directly before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// The newest human turn, as it was typed.
    pub text: &'a str,
    /// Earlier exchanges, oldest first; only those that were answered here, with nothing between them.
    pub earlier: &'a [Exchange<'a>],
}

impl<'a> Question<'a> {
    /// A question that stands alone.
    pub fn alone(text: &'a str) -> Self {
        Self { text, earlier: &[] }
    }
}

/// A question and the answer that was given to it.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The question as it was typed.
    pub question: &'a str,
    /// The answer as it was sent.
    pub answer: &'a str,
}

/// What the answer may depend on beside the question.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The instant of the request.
    pub now: Timestamp,
    /// The caller's time zone; without it, "what time is it" is passed on.
    pub zone: Option<&'a TimeZone>,
    /// The table that the policy bound to the intent; `lookup` answers from nothing else.
    pub table: Option<&'a Table>,
}

/// An answer that is sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// A short sentence, the fact first.
    pub text: String,
}

/// A question that an answerer answers, for tests, `downshift answers` and the documentation.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The question as a person types it.
    pub query: &'static str,
    /// A part of the answer that does not depend on the clock.
    pub answer_contains: &'static str,
}

/// A grammar and the engine behind it.
pub trait Answerer: Sync + std::fmt::Debug {
    /// The name by which a policy binds it.
    fn name(&self) -> &'static str;
    /// One sentence on what it answers.
    fn about(&self) -> &'static str;
    /// Questions it answers.
    fn examples(&self) -> &'static [Example];
    /// The answer, or `None` when the grammar does not account for the whole question.
    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer>;
}
