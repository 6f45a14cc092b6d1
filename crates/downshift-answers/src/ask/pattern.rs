//! Hides how a pattern is written: its text becomes steps, or an error that says what is wrong.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

use regex_lite::{Regex, RegexBuilder};

use crate::reading::{self, Kind, Token};

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 2_000;
/// How deep alternatives may lie within one another.
const MAX_DEPTH: usize = 8;
/// The largest compiled expression, in bytes.
const MAX_EXPRESSION: usize = 16 * 1024;

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It holds nothing to match.
    #[error("the pattern is empty; write the words of a question, such as `order {{id:\\d+}}`")]
    Empty,
    /// It can be nothing but a capture, so it would take every question.
    #[error(
        "some way of reading this pattern has no word of its own, so it would take questions about anything; write at least one word"
    )]
    NoWord,
    /// It is longer than any question.
    #[error("the pattern is longer than {MAX_PATTERN} bytes")]
    TooLong,
    /// Alternatives lie too deep within one another.
    #[error("alternatives lie more than {MAX_DEPTH} deep within one another")]
    TooDeep,
    /// A bracket is open at the end.
    #[error("`{0}` is never closed")]
    Unclosed(char),
    /// A bracket closes what was not opened.
    #[error("`{0}` closes nothing")]
    Unopened(char),
    /// Alternatives outside of brackets.
    #[error("`|` stands outside of brackets; write `(one|or the other)`, or two patterns")]
    Loose,
    /// A capture without an expression.
    #[error(
        "`{{{0}}}` says not what it captures; write `{{name:expression}}`, such as `{{id:\\d+}}`"
    )]
    NoExpression(String),
    /// A capture whose name is none.
    #[error("`{0}` is no name for a capture; write letters, digits and `_`, a letter first")]
    Name(String),
    /// Two captures of one name.
    #[error("`{{{0}}}` is captured twice")]
    Twice(String),
    /// A capture whose expression does not compile.
    #[error("the expression of `{{{name}}}` is wrong: {message}")]
    Expression {
        /// The capture.
        name: String,
        /// What the compiler says.
        message: String,
    },
}

/// A compiled pattern; it is over after its last step.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) steps: Vec<Step>,
    pub(super) captures: Vec<Capture>,
    /// The names captured whichever way the pattern is taken.
    pub(super) always: BTreeSet<String>,
}

#[derive(Debug)]
pub(super) enum Step {
    Word(Word),
    /// Which capture.
    Capture(usize),
    /// All ways are tried.
    Fork(Vec<usize>),
    Jump(usize),
}

/// A word, number or symbol that must stand there.
#[derive(Debug)]
pub(super) struct Word {
    number: bool,
    text: String,
    meant: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Capture {
    pub(super) name: String,
    expression: Regex,
}

/// What a sequence is sure of, whichever way it is taken.
#[derive(Debug, Default)]
struct Sure {
    captures: BTreeSet<String>,
    word: bool,
}

// === impl Pattern ===

impl Pattern {
    pub(super) fn compile(written: &str) -> Result<Self, PatternError> {
        if written.len() > MAX_PATTERN {
            return Err(PatternError::TooLong);
        }
        let mut compiler = Compiler {
            rest: written.chars().peekable(),
            steps: Vec::new(),
            captures: Vec::new(),
        };
        let sure = compiler.sequence(0)?;
        match compiler.rest.next() {
            Some('|') => return Err(PatternError::Loose),
            Some(closing) => return Err(PatternError::Unopened(closing)),
            None if compiler.steps.is_empty() => return Err(PatternError::Empty),
            None if !sure.word => return Err(PatternError::NoWord),
            None => {}
        }
        Ok(Self {
            steps: compiler.steps,
            captures: compiler.captures,
            always: sure.captures,
        })
    }
}

// === impl Word ===

impl Word {
    fn of(token: Token) -> Self {
        Self {
            number: token.kind == Kind::Number,
            text: token.text,
            meant: token.meant,
        }
    }

    /// Whether the token is this word, or a slip for it.
    pub(super) fn is(&self, token: &Token) -> bool {
        if self.number {
            return token.kind == Kind::Number && token.text == self.text;
        }
        token.is(&self.text) || self.meant.is_some_and(|meant| token.is(meant))
    }
}

// === impl Capture ===

impl Capture {
    fn compile(name: &str, written: &str) -> Result<Self, PatternError> {
        let wrong = |error: regex_lite::Error| PatternError::Expression {
            name: name.to_owned(),
            message: error.to_string(),
        };
        // By itself first: brackets that only balance within the anchors are not balanced.
        build(written).map_err(wrong)?;
        let expression = build(&format!("^(?:{written})$")).map_err(wrong)?;
        Ok(Self {
            name: name.to_owned(),
            expression,
        })
    }

    /// Whether this is, from start to end, what the capture takes.
    pub(super) fn takes(&self, text: &str) -> bool {
        self.expression.is_match(text)
    }
}

fn build(expression: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(expression)
        .size_limit(MAX_EXPRESSION)
        .build()
}

struct Compiler<'a> {
    rest: Peekable<Chars<'a>>,
    steps: Vec<Step>,
    captures: Vec<Capture>,
}

impl Compiler<'_> {
    /// Up to a `|`, a closing bracket or the end, which is left standing.
    fn sequence(&mut self, depth: usize) -> Result<Sure, PatternError> {
        let mut sure = Sure::default();
        let mut words = String::new();
        loop {
            let next = self.rest.peek().copied();
            if !matches!(next, Some('[' | '(' | '{' | '|' | ']' | ')' | '}') | None) {
                words.extend(self.rest.next());
                continue;
            }
            for token in reading::tokens(&std::mem::take(&mut words)) {
                sure.word |= token.kind != Kind::Symbol;
                self.steps.push(Step::Word(Word::of(token)));
            }
            match next {
                Some('[') => drop(self.choice(']', depth + 1)?),
                Some('(') => {
                    let inner = self.choice(')', depth + 1)?;
                    sure.word |= inner.word;
                    sure.captures.extend(inner.captures);
                }
                Some('{') => {
                    sure.captures.insert(self.capture()?);
                }
                _ => return Ok(sure),
            }
        }
    }

    /// Alternatives up to `closing`, which for `]` are all optional.
    fn choice(&mut self, closing: char, depth: usize) -> Result<Sure, PatternError> {
        if depth > MAX_DEPTH {
            return Err(PatternError::TooDeep);
        }
        let opening = self.rest.next().unwrap_or(closing);
        let fork = self.steps.len();
        self.steps.push(Step::Fork(Vec::new()));
        let mut ways = Vec::new();
        let mut jumps = Vec::new();
        let mut sure: Option<Sure> = None;
        loop {
            ways.push(self.steps.len());
            let way = self.sequence(depth)?;
            sure = Some(match sure {
                None => way,
                Some(known) => Sure {
                    word: known.word && way.word,
                    captures: &known.captures & &way.captures,
                },
            });
            jumps.push(self.steps.len());
            self.steps.push(Step::Jump(0));
            match self.rest.next() {
                Some('|') => {}
                Some(found) if found == closing => break,
                Some(other) => return Err(PatternError::Unopened(other)),
                None => return Err(PatternError::Unclosed(opening)),
            }
        }
        let end = self.steps.len();
        if closing == ']' {
            ways.push(end);
        }
        for jump in jumps {
            self.set(jump, Step::Jump(end));
        }
        self.set(fork, Step::Fork(ways));
        Ok(sure.unwrap_or_default())
    }

    /// `{name:expression}`; braces within the expression balance, are escaped, or stand in a class.
    fn capture(&mut self) -> Result<String, PatternError> {
        self.rest.next();
        let mut written = String::new();
        let (mut depth, mut class, mut escaped) = (0, false, false);
        loop {
            let next = self.rest.next().ok_or(PatternError::Unclosed('{'))?;
            match next {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '{' if !class => depth += 1,
                '}' if !class && depth == 0 => break,
                '}' if !class => depth -= 1,
                _ => {}
            }
            written.push(next);
        }
        let Some((name, expression)) = written.split_once(':') else {
            return Err(PatternError::NoExpression(written));
        };
        if !is_name(name) {
            return Err(PatternError::Name(name.to_owned()));
        }
        if self.captures.iter().any(|capture| capture.name == name) {
            return Err(PatternError::Twice(name.to_owned()));
        }
        self.steps.push(Step::Capture(self.captures.len()));
        self.captures.push(Capture::compile(name, expression)?);
        Ok(name.to_owned())
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(place) = self.steps.get_mut(at) {
            *place = step;
        }
    }
}

/// Letters, digits and `_`, a letter first.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '_')
}
