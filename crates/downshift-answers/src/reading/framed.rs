//! Hides where a question's framing ends: patterns of an operator's own may begin with words that
//! are framing elsewhere ("show me order 12").

use std::ops::Range;

use super::{MAX_BYTES, MAX_TOKENS, Token, frame, scan};

/// Framing of more tokens than this is taken off as a whole or not at all.
const MAX_FRAMING: usize = 12;

/// A question, and each part of it that is left when framing is taken off its ends.
#[derive(Debug)]
pub(crate) struct Framed {
    /// All tokens.
    pub(crate) tokens: Vec<Token>,
    /// What may be the question proper, the shortest part first.
    pub(crate) parts: Vec<Range<usize>>,
}

impl Framed {
    /// Reads a question; `None` when it is empty or too long to be trivial.
    pub(crate) fn of(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let tokens = scan::scan(text, MAX_TOKENS)?;
        let mut core = tokens.clone();
        frame::strip(&mut core);
        let opening = core.first()?.start;
        let from = tokens.iter().position(|token| token.start == opening)?;
        let to = from + core.len();
        let is_framing = |before: &[Token], after: &[Token]| {
            let mut rest = [before, &core, after].concat();
            frame::strip(&mut rest);
            rest.len() == core.len() && rest.first().is_some_and(|token| token.start == opening)
        };
        let starts = from.saturating_sub(MAX_FRAMING)..=from;
        let starts = starts.filter(|start| {
            *start == from || is_framing(tokens.get(..*start).unwrap_or_default(), &[])
        });
        let ends = to..=tokens.len().min(to + MAX_FRAMING);
        let ends = ends
            .filter(|end| *end == to || is_framing(&[], tokens.get(*end..).unwrap_or_default()));
        let ends: Vec<usize> = ends.collect();
        let mut parts: Vec<Range<usize>> = starts
            .flat_map(|start| ends.iter().map(move |end| start..*end))
            .collect();
        parts.sort_by_key(|part| (part.len(), part.start));
        Some(Self { tokens, parts })
    }
}

/// The tokens of a text with nothing taken off.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    scan::scan(text, usize::MAX).unwrap_or_default()
}
