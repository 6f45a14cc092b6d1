//! Hides how what is said is put together, whole or not at all.

use std::collections::BTreeSet;

use super::fields::Reply;
use super::{Piece, TemplateError, pieces, unknown};
use crate::ask::{Captures, is_plain};

/// The longest value of a field, in characters.
const MAX_VALUE: usize = 256;

/// A sentence with captures and fields of a reply in it.
#[derive(Debug)]
pub struct Sentence {
    pieces: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Capture(String),
    Field(String),
}

/// Why there is nothing to say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfilled {
    /// The reply is no JSON.
    #[error("the reply is no JSON")]
    NotJson,
    /// The reply has no such field, or it is empty or null.
    #[error("the reply has no field `{0}`")]
    Missing(String),
    /// The field is a list or an object.
    #[error("the field `{0}` of the reply is no text, number or truth value")]
    NotScalar(String),
    /// The field holds what cannot stand in a sentence.
    #[error(
        "the field `{0}` of the reply holds control characters, or more than {MAX_VALUE} characters"
    )]
    Unfit(String),
}

// === impl Sentence ===

impl Sentence {
    /// Compiles a sentence. A name in `names` is a capture, and must be in `always`; any other
    /// is a field of the reply, at its top or at a path such as `/delivery/date`.
    pub fn compile(
        template: &str,
        names: &BTreeSet<&str>,
        always: &BTreeSet<&str>,
    ) -> Result<Self, TemplateError> {
        if template.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        let part = |piece| match piece {
            Piece::Text(text) => Ok(Part::Text(text)),
            Piece::Name(name) if always.contains(name.as_str()) => Ok(Part::Capture(name)),
            Piece::Name(name) if names.contains(name.as_str()) => Err(unknown(&name, always)),
            Piece::Name(name) if is_field(&name) => Ok(Part::Field(name)),
            Piece::Name(name) => Err(TemplateError::Name(name)),
        };
        let pieces = pieces(template.trim())?.into_iter().map(part);
        Ok(Self {
            pieces: pieces.collect::<Result<_, _>>()?,
        })
    }

    /// The sentence about a reply in JSON.
    pub fn fill(&self, captures: &Captures, reply: &[u8]) -> Result<String, Unfilled> {
        let reply = Reply::read(reply).ok_or(Unfilled::NotJson)?;
        let mut filled = String::new();
        for part in &self.pieces {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Capture(name) => {
                    let text = captures.get(name);
                    filled.push_str(text.ok_or_else(|| Unfilled::Missing(name.clone()))?);
                }
                Part::Field(name) => filled.push_str(&value(&reply, name)?),
            }
        }
        Ok(filled)
    }
}

/// A field's value as it is said.
fn value(reply: &Reply<'_>, name: &str) -> Result<String, Unfilled> {
    let missing = || Unfilled::Missing(name.to_owned());
    let field = reply.field(name).ok_or_else(missing)?;
    if field.is_null() {
        return Err(missing());
    }
    let text = field
        .scalar()
        .ok_or_else(|| Unfilled::NotScalar(name.to_owned()))?;
    if text.trim().is_empty() {
        return Err(missing());
    }
    if text.chars().count() > MAX_VALUE || !text.chars().all(is_plain) {
        return Err(Unfilled::Unfit(name.to_owned()));
    }
    Ok(text)
}

/// A key at the top, or a path as of RFC 6901.
fn is_field(name: &str) -> bool {
    let path = name.strip_prefix('/').unwrap_or(name);
    !path.is_empty()
        && name
            .chars()
            .all(|character| is_plain(character) && !character.is_whitespace())
}
