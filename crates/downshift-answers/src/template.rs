//! Hides how a template is filled: an address from captures, a sentence from captures and a reply.
//!
//! A template is text with `{name}` in it; `{{` and `}}` stand for the braces themselves.

mod fields;
mod sentence;
mod url;

use std::collections::BTreeSet;

pub use self::sentence::{Sentence, Unfilled};
pub use self::url::{Target, UrlTemplate};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is nothing in it.
    #[error("the text is missing")]
    Empty,
    /// A brace is open at the end.
    #[error("`{{` is never closed; `{{{{` stands for the brace itself")]
    Unclosed,
    /// A brace closes what was not opened.
    #[error("`}}` closes nothing; `}}}}` stands for the brace itself")]
    Unopened,
    /// Braces around something that is neither a capture nor a field.
    #[error(
        "`{{{0}}}` names nothing; write a capture's name, a field of the reply, or a path such as `{{/delivery/date}}`"
    )]
    Name(String),
    /// A name that the patterns do not capture in every case.
    #[error(
        "`{{{name}}}` is not captured by every pattern of `ask`{}",
        captured(known)
    )]
    Unknown {
        /// The name.
        name: String,
        /// What they do capture.
        known: Vec<String>,
    },
    /// An address that cannot be asked, and why.
    #[error("{0}; write an address such as https://orders.example.com/v1/orders/{{id}}")]
    Address(&'static str),
}

fn captured(known: &[String]) -> String {
    match known {
        [] => ", which capture nothing for certain".to_owned(),
        known => format!("; they all capture `{{{}}}`", known.join("}`, `{")),
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name(String),
}

fn pieces(template: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '{' | '}' if rest.next_if_eq(&next).is_some() => text.push(next),
            '}' => return Err(TemplateError::Unopened),
            '{' => {
                let mut name = String::new();
                loop {
                    match rest.next() {
                        Some('}') => break,
                        Some(inner) => name.push(inner),
                        None => return Err(TemplateError::Unclosed),
                    }
                }
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Name(name));
            }
            _ => text.push(next),
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    if pieces.is_empty() {
        return Err(TemplateError::Empty);
    }
    Ok(pieces)
}

fn unknown(name: &str, always: &BTreeSet<&str>) -> TemplateError {
    TemplateError::Unknown {
        name: name.to_owned(),
        known: always.iter().map(|known| (*known).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests;
