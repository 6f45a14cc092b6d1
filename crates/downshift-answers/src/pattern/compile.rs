//! Pattern text into steps.

use super::{Fragment, Step};
use crate::slot;

/// The steps of a pattern, or `None` when it is malformed or names what does not exist.
pub(super) fn compile(pattern: &str, fragments: &[Fragment]) -> Option<Vec<Step>> {
    let pattern = expand(pattern, fragments, 0)?;
    let mut compiler = Compiler {
        rest: &pattern,
        steps: Vec::new(),
    };
    compiler.alternatives()?;
    if !compiler.rest.trim().is_empty() {
        return None;
    }
    compiler.steps.push(Step::Done);
    Some(compiler.steps)
}

/// Puts fragments in their places, also inside fragments.
fn expand(pattern: &str, fragments: &[Fragment], depth: usize) -> Option<String> {
    let Some((before, rest)) = pattern.split_once('<') else {
        return Some(pattern.to_owned());
    };
    let (name, after) = rest.split_once('>')?;
    let (_, text) = fragments.iter().find(|(known, _)| *known == name)?;
    if depth > 4 {
        return None;
    }
    let inner = expand(text, fragments, depth + 1)?;
    Some(format!(
        "{before} {inner} {}",
        expand(after, fragments, depth)?
    ))
}

struct Compiler<'a> {
    rest: &'a str,
    steps: Vec<Step>,
}

impl<'a> Compiler<'a> {
    fn next_is(&mut self, character: char) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.starts_with(character)
    }

    fn take(&mut self, character: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(character)?;
        Some(())
    }

    /// Sequences separated by `|`, up to a closing bracket or the end.
    fn alternatives(&mut self) -> Option<()> {
        let mut jumps = Vec::new();
        loop {
            let split = self.steps.len();
            self.steps.push(Step::Jump(split + 1));
            self.sequence()?;
            if !self.next_is('|') {
                break;
            }
            self.take('|')?;
            jumps.push(self.steps.len());
            self.steps.push(Step::Done);
            let next = self.steps.len();
            self.steps[split] = Step::Split(split + 1, next);
        }
        let end = self.steps.len();
        for jump in jumps {
            self.steps[jump] = Step::Jump(end);
        }
        Some(())
    }

    fn sequence(&mut self) -> Option<()> {
        loop {
            if self.next_is('[') {
                self.take('[')?;
                let split = self.steps.len();
                self.steps.push(Step::Done);
                self.alternatives()?;
                self.take(']')?;
                self.steps[split] = Step::Split(split + 1, self.steps.len());
            } else if self.next_is('(') {
                self.take('(')?;
                self.alternatives()?;
                self.take(')')?;
            } else if self.next_is('{') {
                self.take('{')?;
                let (name, rest) = self.rest.split_once('}')?;
                self.rest = rest;
                self.steps.push(Step::Slot(slot::named(name)?));
            } else {
                let word = self.word();
                if word.is_empty() {
                    return Some(());
                }
                self.steps.push(Step::Word(word.to_owned()));
            }
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest
            .find(|character: char| character.is_whitespace() || "[](){}|".contains(character))
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        word
    }
}
