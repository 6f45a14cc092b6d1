//! Hides who takes a model's place after which failure.
//!
//! Nobody does where the request itself is at fault: another model would be asked in vain, or,
//! after a content filter, asked to say what this one must not. A request that is too long goes
//! to a model with a longer context. A model that takes another's place and cannot go on with an
//! unfinished turn is passed over, since the one it stands in for could. Everything else, from
//! no connection to a stream that broke while it was held, the next in line takes over.

use downshift_upstream::{self as upstream, ErrorKind, Refusal};

use crate::model::{Failed, Model};

/// Those who are yet to be asked.
#[derive(Debug)]
pub(super) struct Line<'m> {
    rest: &'m [Model],
    /// Whether the first model was asked already.
    begun: bool,
    /// A context that was too short.
    too_short: Option<u64>,
}

// === impl Line ===

impl<'m> Line<'m> {
    /// All that take this model's place.
    pub(super) fn of(model: &'m Model) -> Self {
        Self {
            rest: &model.fallbacks,
            begun: false,
            too_short: None,
        }
    }

    /// Nobody.
    pub(super) fn alone() -> Self {
        Self {
            rest: &[],
            begun: false,
            too_short: None,
        }
    }

    /// Whether there may be another.
    pub(super) fn goes_on(&self) -> bool {
        self.rest.iter().any(|model| self.suits(model.context))
    }

    /// Who is asked after this model failed like this; nobody, if that would not help.
    pub(super) fn next(&mut self, failed: &Model, error: &upstream::Error) -> Option<&'m Model> {
        let stands_in = std::mem::replace(&mut self.begun, true);
        match error.refusal() {
            Some(Refusal::ContextLength) => self.too_short = self.too_short.max(failed.context),
            Some(Refusal::Prefill) if stands_in => {}
            Some(Refusal::Prefill | Refusal::ContentFilter) => return None,
            None if error.is_callers_fault() || error.kind == ErrorKind::Config => return None,
            None => {}
        }
        let suits = |model: &Model| self.suits(model.context);
        let index = self.rest.iter().position(suits)?;
        let (next, rest) = self.rest[index..].split_first()?;
        self.rest = rest;
        Some(next)
    }

    /// Whether a request that was too long before may fit; what is not known may.
    fn suits(&self, context: Option<u64>) -> bool {
        let (Some(too_short), Some(context)) = (self.too_short, context) else {
            return true;
        };
        context > too_short
    }
}

/// What a caller is told when all fail: what happened to the model that was meant to reply,
/// unless one of the others says what is wrong with the request.
pub(super) fn told(first: Option<Failed>, last: Failed) -> Failed {
    match first {
        Some(first) if last.error.refusal().is_some() || !last.error.is_callers_fault() => first,
        _ => last,
    }
}
