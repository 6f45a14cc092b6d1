//! Whether others say the same. Two replies are compared by the kind of answer they are.
//!
//! The kind is found out from the question and all replies together, conservatively: a kind
//! is only taken if every reply can be read as one. What is of no known kind is free text, and
//! that two free texts are alike says little.
//!
//! A new kind of answer is a file here and a line in [`KINDS`], above what it is a case of.

mod choice;
mod code;
pub(super) mod conclusion;
mod free;
mod number;
mod short;

use std::borrow::Cow;
use std::fmt;

use downshift_ledger::Judge as Name;

use super::{Answer, BEGINNING, Exhibit, Finding, Judge};

/// Every kind of answer, the most particular first; free text, which anything is, last.
const KINDS: &[&dyn Kind] = &[
    &choice::Choice,
    &code::CodeOutput,
    &number::Number,
    &short::Short,
    &free::Free,
];

/// The judge.
#[derive(Debug)]
pub(super) struct Agreement;

/// A kind of answer: how it is read, and what it is worth that two are the same.
trait Kind: fmt::Debug + Sync {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// The answer in its one normal form; `None` if the reply is no answer of this kind to this question.
    fn read(&self, question: &str, reply: &str) -> Option<String>;

    /// How far two answers in normal form are the same, 0 to 1.
    fn same(&self, one: &str, other: &str) -> f64 {
        f64::from(u8::from(one == other))
    }

    /// Whether the normal form may be shown: it is a value, not the reply's words.
    fn may_be_shown(&self) -> bool {
        true
    }

    /// What agreement of this kind is worth.
    fn worth(&self) -> Worth;
}

/// How probable it is that a reply is right with which all others agree, or none does.
/// See docs/judge.md for what the figures were measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Worth {
    /// None agrees.
    none: f64,
    /// The only other one agrees.
    one: f64,
    /// All of two or more agree.
    several: f64,
}

/// Two or more replies, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The kind of answer they are.
    pub kind: &'static str,
    /// How far the others agree with the first, 0 to 1, on the average.
    pub agreement: f64,
    /// The answers in normal form, where that may be shown.
    shown: Option<Vec<String>>,
    /// How many there are beside the first.
    others: usize,
    worth: Worth,
}

// === impl Agreement ===

impl Judge for Agreement {
    fn name(&self) -> Name {
        Name::Agreement
    }

    fn judge(&self, exhibit: &Exhibit<'_>) -> Option<Finding> {
        let judging = exhibit.judging;
        if judging.agreement.is_empty() && judging.samples == 0 {
            return None;
        }
        if !exhibit.answer.complete {
            return Some(Finding::silent(false, BEGINNING));
        }
        let others = exhibit.others.iter().flatten().collect::<Vec<_>>();
        if others.is_empty() {
            let why = if exhibit.others.is_empty() {
                "not asked"
            } else {
                "none of the others replied"
            };
            return Some(Finding::silent(true, why));
        }
        let others = others.into_iter().map(Answer::said);
        let compared = compare(exhibit.question, exhibit.answer.said(), others);
        Some(Finding::of(compared.probability(), compared.to_string()))
    }
}

/// Whether a question lists options by letters, a line each.
pub fn lists_options(question: &str) -> bool {
    choice::options(question).is_some()
}

/// Compares a reply with others to the same question; there must be others.
pub fn compare<'a>(
    question: &str,
    reply: &'a str,
    others: impl Iterator<Item = &'a str>,
) -> Comparison {
    let replies = std::iter::once(reply).chain(others).collect::<Vec<_>>();
    let read = |kind: &&'static dyn Kind| {
        let answers = replies.iter().map(|reply| kind.read(question, reply));
        Some((*kind, answers.collect::<Option<Vec<_>>>()?))
    };
    let (kind, answers) = KINDS
        .iter()
        .find_map(read)
        .unwrap_or_else(|| (&free::Free, vec![String::new()]));
    let (first, rest) = answers
        .split_first()
        .map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    let alike = rest
        .iter()
        .map(|other| kind.same(first, other))
        .sum::<f64>();
    let agreement = if rest.is_empty() {
        0.0
    } else {
        alike / rest.len() as f64
    };
    Comparison {
        kind: kind.name(),
        agreement,
        others: rest.len(),
        worth: kind.worth(),
        shown: kind.may_be_shown().then_some(answers),
    }
}

// === impl Comparison ===

impl Comparison {
    /// How far the others agree with the first, 0 to 1.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a share, told to a few digits"
    )]
    pub fn share(&self) -> f32 {
        self.agreement as f32
    }

    /// Whether all say the same, and that is more than a likeness of words.
    pub fn is_unanimous(&self) -> bool {
        self.agreement >= 1.0 && self.shown.is_some()
    }

    /// How probable it is that the first reply is right: between what it is worth that none
    /// agrees and that all do, in proportion.
    fn probability(&self) -> f64 {
        let several = self.others > 1;
        let all = if several {
            self.worth.several
        } else {
            self.worth.one
        };
        self.worth.none + (all - self.worth.none) * self.agreement
    }
}

impl fmt::Display for Comparison {
    /// `381 vs 391`, or `text, 0.42 alike`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(shown) = &self.shown else {
            return write!(f, "{}, {:.2} alike", self.kind, self.agreement);
        };
        let mut distinct: Vec<&str> = Vec::new();
        for answer in shown {
            if !distinct.contains(&answer.as_str()) {
                distinct.push(answer);
            }
        }
        for (at, answer) in distinct.iter().enumerate() {
            let versus = if at == 0 { "" } else { " vs " };
            write!(f, "{versus}{}", shortened(answer))?;
        }
        if distinct.len() == 1 {
            write!(f, " from all {}", shown.len())?;
        }
        Ok(())
    }
}

/// A value of at most 24 characters; a longer one would be a passage of the reply.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.chars().count() {
        0..=24 => Cow::Borrowed(text),
        count => Cow::Owned(format!("{count} characters")),
    }
}

#[cfg(test)]
mod tests;
