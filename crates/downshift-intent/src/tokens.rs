//! Hides the tokenizer, and how a text of any length becomes a bounded number of tokens in bounded time.
//!
//! This is the one file that knows `tokenizers`. Its 1.0 (a release candidate as this is written) is six times as
//! fast but reads another file format and says nothing of the ids beyond the text's; it would fit behind
//! [`Tokenizer`] as it is.

use sha2::{Digest, Sha256};
use tokenizers::Tokenizer as Inner;

use crate::Error;
use crate::folding::folded;
use crate::source::File;
use plain::Plain;

mod plain;

/// How much of each end of a long text is looked at, in bytes: the first of these that yields enough tokens, which
/// for prose is the first. The last bounds the work for any text, be it of one endless word.
const WINDOWS: [usize; 2] = [1024, LARGEST_WINDOW];
const LARGEST_WINDOW: usize = 8 * 1024;

/// Words to ids, without special tokens.
#[derive(Debug)]
pub(crate) struct Tokenizer {
    inner: Inner,
    /// The same for most texts, quicker.
    plain: Option<Plain>,
    /// One more than the largest id.
    vocabulary: u32,
    /// Tokens kept from the start of a text that has too many, and from its end.
    head: usize,
    tail: usize,
    /// Special tokens that stand before and after the text's own, where they are asked for.
    before: Vec<u32>,
    after: Vec<u32>,
    /// The hash of its file.
    hash: [u8; 32],
}

impl Tokenizer {
    /// Reads the file; texts will be cut to `max_tokens`.
    pub(crate) fn decode(file: &File, max_tokens: usize) -> Result<Self, Error> {
        let bad = |problem: String| Error::Tokenizer {
            file: file.name().to_owned(),
            problem,
        };
        let mut inner =
            Inner::from_bytes(file.bytes()).map_err(|problem| bad(problem.to_string()))?;
        // Cutting is ours to do, and what was never written must not count.
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .map_err(|problem| bad(problem.to_string()))?;
        let vocabulary = inner.get_vocab(true);
        let Some(largest) = vocabulary.values().max().copied() else {
            return Err(bad("its vocabulary is empty".to_owned()));
        };
        let head = max_tokens / 2;
        let tokenizer = Self {
            plain: Plain::of(&inner, vocabulary),
            inner,
            vocabulary: largest.saturating_add(1),
            head,
            tail: max_tokens - head,
            before: Vec::new(),
            after: Vec::new(),
            hash: Sha256::digest(file.bytes()).into(),
        };
        // A word that nothing matches: a vocabulary without its unknown token fails here, not on a query.
        tokenizer
            .ids("\u{29d6}")
            .map_err(|problem| bad(format!("it fails on an unknown word: {problem}")))?;
        Ok(tokenizer)
    }

    /// The same for a model that wants special tokens about the text, as the file says which; with them texts have at
    /// most `max_tokens`.
    pub(crate) fn framed(file: &File, max_tokens: usize) -> Result<Self, Error> {
        let mut tokenizer = Self::decode(file, max_tokens)?;
        let framed = tokenizer.inner.encode_fast("a", true);
        let framed = framed.map_err(|problem| Error::Tokenizer {
            file: file.name().to_owned(),
            problem: problem.to_string(),
        })?;
        let special = framed.get_special_tokens_mask();
        let first = special.iter().position(|mask| *mask == 0);
        let after = special.iter().rev().take_while(|mask| **mask != 0);
        let after = after.count();
        let ids = framed.get_ids();
        tokenizer.before = ids[..first.unwrap_or(0)].to_vec();
        tokenizer.after = ids[ids.len() - after..].to_vec();
        let room = max_tokens.saturating_sub(tokenizer.before.len() + after);
        tokenizer.head = room / 2;
        tokenizer.tail = room - tokenizer.head;
        Ok(tokenizer)
    }

    /// The special tokens that stand before and after the text's own.
    pub(crate) fn frame(&self) -> (&[u32], &[u32]) {
        (&self.before, &self.after)
    }

    /// What another file, or another limit of tokens, has not.
    pub(crate) fn mark(&self) -> Vec<u8> {
        let limit = [self.head, self.tail].map(|count| (count as u64).to_le_bytes());
        [&self.hash[..], limit.as_flattened()].concat()
    }

    /// One more than the largest id it can give.
    pub(crate) fn vocabulary(&self) -> u32 {
        self.vocabulary
    }

    /// Puts the ids of `text` into `token_ids`: all of them, or of too many the first half and the last half of what
    /// is allowed. A text over 16 KiB is judged by its two ends.
    pub(crate) fn encode(&self, text: &str, token_ids: &mut Vec<u32>) -> Result<(), Error> {
        token_ids.clear();
        for window in WINDOWS {
            let Some((start, end)) = ends(text, window) else {
                let ids = self.ids(text).map_err(Error::Tokenise)?;
                if ids.len() <= self.head + self.tail {
                    token_ids.extend_from_slice(&ids);
                } else {
                    self.join(&ids, &ids, token_ids);
                }
                return Ok(());
            };
            let head = self.ids(start).map_err(Error::Tokenise)?;
            let tail = self.ids(end).map_err(Error::Tokenise)?;
            let enough = head.len() >= self.head && tail.len() >= self.tail;
            if enough || window == LARGEST_WINDOW {
                self.join(&head, &tail, token_ids);
                return Ok(());
            }
        }
        Ok(())
    }

    /// The first of `head` and the last of `tail`.
    fn join(&self, head: &[u32], tail: &[u32], token_ids: &mut Vec<u32>) {
        token_ids.extend_from_slice(&head[..head.len().min(self.head)]);
        token_ids.extend_from_slice(&tail[tail.len().saturating_sub(self.tail)..]);
    }

    fn ids(&self, text: &str) -> tokenizers::Result<Vec<u32>> {
        let plain = self.plain.as_ref().and_then(|plain| plain.ids(text));
        plain.map_or_else(|| self.ids_the_long_way(text), Ok)
    }

    fn ids_the_long_way(&self, text: &str) -> tokenizers::Result<Vec<u32>> {
        self.inner
            .encode_fast(folded(text), false)
            .map(|encoding| encoding.get_ids().to_vec())
    }
}

/// At most the two ends of `text` that [`Tokenizer::encode`] looks at, so that what waits in a queue stays small.
pub(crate) fn bounded(text: String) -> String {
    match ends(&text, LARGEST_WINDOW) {
        Some((start, end)) => format!("{start}\n{end}"),
        None => text,
    }
}

/// The start and the end of a text longer than two windows, each at most one window long and cut between words where
/// there is a space to cut at, so that their tokens are the text's own.
fn ends(text: &str, window: usize) -> Option<(&str, &str)> {
    if text.len() <= 2 * window {
        return None;
    }
    let start = &text[..text.floor_char_boundary(window)];
    let end = &text[text.ceil_char_boundary(text.len() - window)..];
    let start = start
        .rfind(char::is_whitespace)
        .map_or(start, |cut| &start[..cut]);
    let end = end.find(char::is_whitespace).map_or(end, |cut| &end[cut..]);
    Some((start, end))
}

#[cfg(test)]
mod tests;
