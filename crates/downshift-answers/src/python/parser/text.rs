//! Strings and f-strings.

use super::Parser;
use crate::python::lexer::{Token, unescape};
use crate::python::syntax::{Expression, Piece};

impl Parser {
    /// Strings beside one another are one.
    pub(super) fn text(&mut self, first: Token) -> Option<Expression> {
        let mut pieces = Vec::new();
        let mut next = first;
        loop {
            match next {
                Token::Str(text) => pieces.push(Piece::Text(text)),
                Token::Format(text, raw) => self.format(&text, raw, &mut pieces)?,
                _ => return None,
            }
            if !matches!(self.peek(), Token::Str(_) | Token::Format(..)) {
                break;
            }
            next = self.advance();
        }
        let mut whole = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => whole.push_str(text),
                Piece::Value(..) => return Some(Expression::Format(pieces)),
            }
        }
        Some(Expression::Str(whole.into()))
    }

    /// The pieces of an f-string; a quote, a brace or a backslash within a field is refused.
    fn format(&mut self, text: &str, raw: bool, pieces: &mut Vec<Piece>) -> Option<()> {
        let mut rest = text;
        let mut literal = String::new();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            literal.push_str(before);
            if brace.starts_with("{{") || brace.starts_with("}}") {
                literal.push_str(&brace[..1]);
                rest = &brace[2..];
                continue;
            }
            let end = brace.find('}').filter(|_| brace.starts_with('{'))?;
            let field = &brace[1..end];
            rest = &brace[end + 1..];
            if field.contains(['{', '\\', '"', '\'', '=']) {
                return None;
            }
            pieces.push(Piece::Text(finished(&mut literal, raw)?));
            pieces.push(self.field(field)?);
        }
        literal.push_str(rest);
        pieces.push(Piece::Text(finished(&mut literal, raw)?));
        Some(())
    }

    fn field(&mut self, field: &str) -> Option<Piece> {
        // A colon within brackets belongs to the value: a slice.
        let mut nesting = 0_i32;
        let colon = field.find(|sign: char| {
            match sign {
                '[' | '(' => nesting += 1,
                ']' | ')' => nesting -= 1,
                _ => {}
            }
            sign == ':' && nesting == 0
        });
        let (value, format) = colon.map_or((field, ""), |at| (&field[..at], &field[at + 1..]));
        let (value, conversion) = match value.split_once('!') {
            Some((value, "r")) => (value, Some('r')),
            Some((value, "s")) => (value, Some('s')),
            Some(_) => return None,
            None => (value, None),
        };
        let value = self.deeper(|parser| {
            let mut inner = Self::of(value.trim())?;
            inner.depth = parser.depth;
            let value = inner.expressions()?;
            inner.take(&Token::Newline);
            inner.peek_is(&Token::End).then_some(value)
        })?;
        Some(Piece::Value(value, conversion, format.to_owned()))
    }
}

/// The text gathered so far, with its escapes resolved.
fn finished(literal: &mut String, raw: bool) -> Option<String> {
    let text = std::mem::take(literal);
    if raw { Some(text) } else { unescape(&text) }
}
