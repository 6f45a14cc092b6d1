//! A question as tokens: Unicode forms folded, politeness and framing taken off, nothing else lost.
//!
//! Every character of the question is part of a token, is white space, or is punctuation that
//! framing accounts for. What a grammar gets to see is all that is left, and it must consume it all.

mod fold;
mod frame;
mod framed;
mod scan;
mod typo;

use num_rational::BigRational;

pub(crate) use self::framed::{Framed, tokens};

/// Questions longer than this many bytes are nobody's here.
const MAX_BYTES: usize = 700;
/// Questions of more tokens than this are nobody's here.
const MAX_TOKENS: usize = 90;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, or letters and digits after a letter; lower case, without accents.
    Word,
    /// Digits with their separators taken out.
    Number,
    /// One character that is neither.
    Symbol,
}

/// A piece of the question.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// The folded text.
    pub(crate) text: String,
    /// The text as it was typed.
    pub(crate) typed: String,
    /// The function word that this is a slip for.
    pub(crate) meant: Option<&'static str>,
    /// White space stands before it.
    pub(crate) spaced: bool,
    /// A number written with thousands separators.
    pub(crate) grouped: bool,
    /// A number written as an ordinal ("3rd").
    pub(crate) ordinal: bool,
    /// Where it starts in the question as typed, in bytes.
    pub(crate) start: usize,
    /// Where it ends in the question as typed, in bytes.
    pub(crate) end: usize,
}

impl Token {
    /// Whether this is the word or symbol `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Number && (self.text == text || self.meant == Some(text))
    }

    /// The exact value of a number token.
    pub(crate) fn value(&self) -> Option<BigRational> {
        (self.kind == Kind::Number && !self.ordinal)
            .then(|| crate::number::decimal(&self.text))
            .flatten()
    }

    /// The value of a number token of digits only, ordinal or not.
    pub(crate) fn integer(&self) -> Option<i64> {
        (self.kind == Kind::Number && !self.grouped && self.text.len() <= 15)
            .then(|| self.text.parse().ok())
            .flatten()
    }

    /// Whether this is punctuation that only ends or separates.
    fn is_stop(&self) -> bool {
        self.kind == Kind::Symbol
            && matches!(
                self.text.as_str(),
                "?" | "." | "," | ";" | ":" | "!" | "…" | "¿" | "¡"
            )
    }
}

/// The question without its framing.
#[derive(Debug)]
pub(crate) struct Reading {
    /// What a grammar must account for.
    pub(crate) tokens: Vec<Token>,
    /// The question as it was typed.
    pub(crate) source: String,
    /// How many exclamation marks ended the question; one may have been a factorial.
    pub(crate) exclamations: usize,
}

impl Reading {
    /// Reads a question; `None` when it is empty or too long to be trivial.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let mut tokens = scan::scan(text, MAX_TOKENS)?;
        let exclamations = frame::strip(&mut tokens);
        (!tokens.is_empty()).then(|| Self {
            tokens,
            source: text.to_owned(),
            exclamations,
        })
    }

    /// The direct question behind "what 30% off 279 is" and "the date tomorrow is what".
    pub(crate) fn direct(&self) -> Option<Self> {
        let tokens = &self.tokens;
        let last = tokens.len().checked_sub(1)?;
        let (is, middle) = if self.is(0, "what") && self.is(last, "is") && !self.is(1, "is") {
            (last, 1..last)
        } else if self.is(last, "what") && last > 1 && self.is(last - 1, "is") {
            (last - 1, 0..last - 1)
        } else {
            return None;
        };
        let what = if middle.start == 1 { 0 } else { last };
        let order = [what, is].into_iter().chain(middle);
        let tokens = order.filter_map(|at| tokens.get(at).cloned()).collect();
        Some(Self {
            tokens,
            source: String::new(),
            exclamations: self.exclamations,
        })
    }

    /// Whether a number such as "1.500" may be one and a half or, written on the continent, fifteen hundred.
    pub(crate) fn has_continental(&self) -> bool {
        self.tokens.iter().any(|token| {
            token.kind == Kind::Number
                && !token.grouped
                && token.text.split_once('.').is_some_and(|(whole, rest)| {
                    rest.len() == 3 && rest.ends_with("00") && whole.len() <= 3 && whole != "0"
                })
        })
    }

    /// The token at `at`, if there is one.
    pub(crate) fn get(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// Reads a text with nothing taken off.
    #[cfg(test)]
    pub(crate) fn bare(text: &str) -> Self {
        let tokens = scan::scan(text, MAX_TOKENS).unwrap_or_default();
        Self {
            tokens,
            source: text.to_owned(),
            exclamations: 0,
        }
    }

    /// What was typed between two tokens, the second excluded.
    pub(crate) fn typed(&self, from: usize, to: usize) -> Option<&str> {
        let (first, last) = (self.get(from)?, self.get(to.checked_sub(1)?)?);
        self.source.get(first.start..last.end)
    }

    /// Whether the token at `at` is the word or symbol `text`.
    pub(crate) fn is(&self, at: usize, text: &str) -> bool {
        self.get(at).is_some_and(|token| token.is(text))
    }

    /// Whether the tokens from `at` are the words of `phrase`; gives their number.
    pub(crate) fn phrase(&self, at: usize, phrase: &str) -> Option<usize> {
        let mut next = at;
        for word in phrase.split(' ') {
            if !self.is(next, word) {
                return None;
            }
            next += 1;
        }
        Some(next - at)
    }
}

/// The text folded for comparison: lower case, no accents, one space between words, framing kept.
pub(crate) fn fold_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for token in scan::scan(text, usize::MAX).unwrap_or_default() {
        if token.is_stop() {
            continue;
        }
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&token.text);
    }
    key
}

#[cfg(test)]
mod tests;
