//! Hides how a question is read by an operator's own patterns: which parts of it are captured.
//!
//! A pattern is words, `[optional|or this]`, `(one|or the other)` and `{name:regex}`, nested as
//! needed. It must account for every token of the question once politeness is taken off; a
//! capture's expression must match the whole of what it captures, as it was typed.

mod pattern;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::reading::{Framed, Token};

pub use self::pattern::PatternError;
use self::pattern::{Pattern, Step};

/// The longest capture, in characters.
const MAX_CAPTURE: usize = 128;
/// More steps than this for one question is a refusal.
const MAX_STEPS: usize = 20_000;
/// How many steps it counts as to try an expression on a text.
const EXPRESSION_STEPS: usize = 10;

/// Patterns, each of which may take the whole question.
#[derive(Debug)]
pub struct Ask {
    patterns: Vec<Pattern>,
}

/// What was captured, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captures(BTreeMap<String, String>);

/// Why a question gave no captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// No pattern takes the whole question.
    NotUnderstood,
    /// It can be taken in two ways that capture different things.
    Ambiguous,
}

// === impl Ask ===

impl Ask {
    /// Compiles patterns, or says of each wrong one, by its place, what is wrong with it.
    pub fn compile(patterns: &[String]) -> Result<Self, Vec<(usize, PatternError)>> {
        let mut compiled = Vec::with_capacity(patterns.len());
        let mut wrong = Vec::new();
        for (index, written) in patterns.iter().enumerate() {
            match Pattern::compile(written) {
                Ok(pattern) => compiled.push(pattern),
                Err(error) => wrong.push((index, error)),
            }
        }
        if wrong.is_empty() {
            Ok(Self { patterns: compiled })
        } else {
            Err(wrong)
        }
    }

    /// The names that each pattern captures whichever way it is taken.
    pub fn always(&self) -> BTreeSet<&str> {
        let mut sets = self.patterns.iter().map(|pattern| &pattern.always);
        let first = sets.next().into_iter().flatten().map(String::as_str);
        let mut always: BTreeSet<&str> = first.collect();
        for set in sets {
            always.retain(|name| set.contains(*name));
        }
        always
    }

    /// All names that some pattern captures.
    pub fn names(&self) -> BTreeSet<&str> {
        let all = self.patterns.iter().flat_map(|pattern| &pattern.captures);
        all.map(|capture| capture.name.as_str()).collect()
    }

    /// Reads a question: what the patterns capture, if all that take it agree.
    pub fn read(&self, question: &str) -> Result<Captures, Misread> {
        let framed = Framed::of(question).ok_or(Misread::NotUnderstood)?;
        let mut steps = 0;
        for part in &framed.parts {
            let tokens = framed.tokens.get(part.clone()).unwrap_or_default();
            let mut found = Vec::new();
            for pattern in &self.patterns {
                let mut walk = Walk {
                    pattern,
                    tokens,
                    question,
                    taken: Vec::new(),
                    found: &mut found,
                    steps: &mut steps,
                };
                walk.step(0, 0).ok_or(Misread::NotUnderstood)?;
            }
            match found.as_slice() {
                [] => {}
                [captures] => return Ok(captures.clone()),
                _ => return Err(Misread::Ambiguous),
            }
        }
        Err(Misread::NotUnderstood)
    }
}

// === impl Captures ===

impl Captures {
    /// What was captured under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Captures {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(captures: I) -> Self {
        let owned = captures
            .into_iter()
            .map(|(name, text)| (name.into(), text.into()));
        Self(owned.collect())
    }
}

/// Whether a character may stand in a capture or in what is said: no control characters, no line
/// ends, nothing that turns the direction of the text around it.
pub(crate) fn is_plain(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

struct Walk<'a> {
    pattern: &'a Pattern,
    tokens: &'a [Token],
    question: &'a str,
    /// Captures by their place in the pattern, and where they stand in the question.
    taken: Vec<(usize, Range<usize>)>,
    found: &'a mut Vec<Captures>,
    steps: &'a mut usize,
}

impl Walk<'_> {
    /// Follows all ways from here; `None` when that takes too long.
    fn step(&mut self, mut at: usize, mut token: usize) -> Option<()> {
        loop {
            *self.steps += 1;
            if *self.steps > MAX_STEPS {
                return None;
            }
            match self.pattern.steps.get(at) {
                Some(Step::Word(word)) => {
                    if !self.tokens.get(token).is_some_and(|token| word.is(token)) {
                        return Some(());
                    }
                    at += 1;
                    token += 1;
                }
                Some(Step::Jump(to)) => at = *to,
                Some(Step::Fork(ways)) => {
                    for way in ways {
                        self.step(*way, token)?;
                    }
                    return Some(());
                }
                Some(Step::Capture(capture)) => return self.capture(*capture, at, token),
                None => {
                    if token == self.tokens.len() {
                        self.note();
                    }
                    return Some(());
                }
            }
        }
    }

    /// Follows all ways in which the capture takes one token or several.
    fn capture(&mut self, capture: usize, at: usize, token: usize) -> Option<()> {
        let pattern = self.pattern.captures.get(capture)?;
        let start = self.tokens.get(token).map_or(0, |first| first.start);
        for last in token..self.tokens.len() {
            *self.steps += EXPRESSION_STEPS;
            if *self.steps > MAX_STEPS {
                return None;
            }
            let Some(range) = self.tokens.get(last).map(|last| start..last.end) else {
                break;
            };
            let text = self.question.get(range.clone()).unwrap_or_default();
            if text.chars().count() > MAX_CAPTURE {
                break;
            }
            if text.chars().all(is_plain) && pattern.takes(text) {
                self.taken.push((capture, range));
                self.step(at + 1, last + 1)?;
                self.taken.pop();
            }
        }
        Some(())
    }

    fn note(&mut self) {
        let captures = self.taken.iter().filter_map(|(capture, range)| {
            let name = &self.pattern.captures.get(*capture)?.name;
            Some((name.clone(), self.question.get(range.clone())?))
        });
        let captures: Captures = captures.collect();
        if !self.found.contains(&captures) {
            self.found.push(captures);
        }
    }
}

#[cfg(test)]
mod tests;
