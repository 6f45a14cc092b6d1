//! Hides that a text which was embedded for an earlier start is not embedded again.
//!
//! What examples become is kept in one file, called by the hash of the examples, of the tokenizer and its limit, and of
//! what the model makes of a few texts: another model, encoder or backend gives other numbers there, and another file is
//! meant.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::examples::{BACKGROUND, Examples};
use crate::kept;

/// What each file begins with; another way to keep vectors has another.
const MAGIC: &[u8; 16] = b"downshift text 1";
const PREFIX: &str = "texts-";

/// By what it makes of these a model is known.
pub(crate) const PROBES: [&str; 3] = [
    "what time is it in paris",
    "I want my money back for order 4711",
    "summarise the report that John sent on Monday",
];

/// What a model made of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(crate) token_ids: Vec<u32>,
    /// Of length 1; `None` of a text without words.
    pub(crate) vector: Option<Vec<f32>>,
}

/// What a model is known by.
#[derive(Debug)]
pub(crate) struct Maker {
    /// Its tokenizer's [mark](crate::tokens::Tokenizer::mark).
    pub(crate) tokenizer: Vec<u8>,
    /// What it makes of the [`PROBES`].
    pub(crate) probes: Vec<Known>,
}

/// Texts and what they became, in their order in the alphabet.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    known: BTreeMap<String, Known>,
    /// Whether there is more than was read.
    grown: bool,
}

impl Remembered {
    pub(crate) fn get(&self, text: &str) -> Option<&Known> {
        self.known.get(text)
    }

    pub(crate) fn add(&mut self, text: &str, known: Known) {
        self.known.insert(text.to_owned(), known);
        self.grown = true;
    }

    /// What was kept of these examples for this model; nothing where there is no such file, or a broken one.
    pub(crate) fn recall(folder: &Path, maker: &Maker, examples: &Examples) -> Self {
        let read = fs::read(place(folder, maker, examples)).ok();
        let body = read.as_deref().and_then(|bytes| kept::opened(bytes, MAGIC));
        Self {
            known: body.and_then(decode).unwrap_or_default(),
            grown: false,
        }
    }

    /// Keeps it for the next start, if there is more than was read.
    pub(crate) fn keep(&self, folder: &Path, maker: &Maker, examples: &Examples) -> io::Result<()> {
        if !self.grown {
            return Ok(());
        }
        let mut body = Vec::new();
        for (text, Known { token_ids, vector }) in &self.known {
            put(&mut body, text.len());
            body.extend_from_slice(text.as_bytes());
            put(&mut body, token_ids.len());
            body.extend(token_ids.iter().flat_map(|id| id.to_le_bytes()));
            let values = vector.as_deref().unwrap_or_default();
            put(&mut body, values.len());
            body.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        let path = place(folder, maker, examples);
        kept::write(folder, &path, MAGIC, &body)?;
        kept::forget(folder, PREFIX)
    }
}

fn place(folder: &Path, maker: &Maker, examples: &Examples) -> PathBuf {
    let mut hash = Sha256::new();
    hash.update(MAGIC);
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(BACKGROUND);
    hash.update(&maker.tokenizer);
    for Known { token_ids, vector } in &maker.probes {
        for id in token_ids {
            hash.update(id.to_le_bytes());
        }
        for value in vector.iter().flatten() {
            hash.update(value.to_le_bytes());
        }
    }
    let mut text = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    for (intent, utterances) in examples {
        text(intent);
        for of in [&utterances.examples, &utterances.counter_examples] {
            text(&of.len().to_string());
            for example in of {
                text(example);
            }
        }
    }
    folder.join(kept::name(PREFIX, hash))
}

fn put(body: &mut Vec<u8>, count: usize) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    body.extend(count.to_le_bytes());
}

/// What [`Remembered::keep`] wrote; `None` if it is cut off.
fn decode(mut body: &[u8]) -> Option<BTreeMap<String, Known>> {
    let mut known = BTreeMap::new();
    while !body.is_empty() {
        let text = str::from_utf8(take(&mut body, 1)?).ok()?.to_owned();
        let ids = take(&mut body, 4)?.as_chunks::<4>().0;
        let token_ids = ids.iter().map(|four| u32::from_le_bytes(*four));
        let token_ids = token_ids.collect();
        let values = take(&mut body, 4)?.as_chunks::<4>().0;
        let values: Vec<_> = values
            .iter()
            .map(|four| f32::from_le_bytes(*four))
            .collect();
        let vector = (!values.is_empty()).then_some(values);
        known.insert(text, Known { token_ids, vector });
    }
    Some(known)
}

/// The next list of a body, of items so many bytes long.
fn take<'a>(body: &mut &'a [u8], size: usize) -> Option<&'a [u8]> {
    let (count, rest) = body.split_at_checked(4)?;
    let count = u32::from_le_bytes(count.try_into().ok()?);
    let length = usize::try_from(count).ok()?.checked_mul(size)?;
    let (list, rest) = rest.split_at_checked(length)?;
    *body = rest;
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(first: f32) -> Known {
        Known {
            token_ids: vec![7, 8],
            vector: Some(vec![first, 0.5]),
        }
    }

    fn maker(tokenizer: u8, first: f32) -> Maker {
        Maker {
            tokenizer: vec![tokenizer],
            probes: vec![known(first)],
        }
    }

    #[test]
    fn what_was_kept_is_read_again_for_the_same_model_and_examples_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let (folder, same) = (folder.path(), maker(1, 1.0));
        let examples = Examples::from([("refund".to_owned(), crate::Utterances::default())]);
        let mut remembered = Remembered::default();
        remembered.add("money back", known(0.25));
        let wordless = Known {
            token_ids: Vec::new(),
            vector: None,
        };
        remembered.add("", wordless);
        remembered
            .keep(folder, &same, &examples)
            .expect("it can be written");

        let again = Remembered::recall(folder, &same, &examples);
        assert_eq!(again.known, remembered.known);
        for other in [maker(1, 1.5), maker(2, 1.0)] {
            let others = Remembered::recall(folder, &other, &examples);
            assert!(others.known.is_empty(), "{other:?}");
        }
        let others = Remembered::recall(folder, &same, &Examples::new());
        assert!(others.known.is_empty());

        let path = place(folder, &same, &examples);
        let mut bytes = fs::read(&path).expect("it was written");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("it can be written");
        assert!(
            Remembered::recall(folder, &same, &examples)
                .known
                .is_empty()
        );
    }

    #[test]
    fn a_body_that_is_cut_off_is_none() {
        let mut body = Vec::new();
        put(&mut body, 3);
        body.extend(b"abc\x01\0\0\0");
        assert_eq!(decode(&body), None);
    }
}
