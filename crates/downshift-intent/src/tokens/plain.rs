//! Hides a quick way to the ids of a text in ASCII, as most are: the same ids as the library's, in a tenth of the time.
//!
//! The library keeps track of where in the text each token stands and allocates at every step. For BERT's way of cutting
//! (lower case, words and signs apart, the longest known pieces first) over ASCII, a pass over the bytes will do. A file
//! that cuts otherwise has no quick way, and neither has a text that spells out a token which the file adds.

use std::collections::HashMap;

use serde_json::{Value, json};
use tokenizers::{ModelWrapper, Tokenizer as Inner};

/// What begins a piece that continues a word.
const CONTINUED: &str = "##";

/// `WordPiece` over ASCII.
#[derive(Debug)]
pub(super) struct Plain {
    /// Ids of pieces that begin a word, and of those that continue one.
    first: HashMap<Box<[u8]>, u32>,
    next: HashMap<Box<[u8]>, u32>,
    unknown: u32,
    /// No piece is longer.
    longest_piece: usize,
    /// A word that is longer is unknown.
    longest_word: usize,
    /// Whether every digit is read as `0`.
    zeros: bool,
    /// Tokens besides the vocabulary, as they stand in texts.
    added: Vec<String>,
}

impl Plain {
    /// The quick way that gives what `inner` gives, if there is one.
    pub(super) fn of(inner: &Inner, vocabulary: HashMap<String, u32>) -> Option<Self> {
        let ModelWrapper::WordPiece(model) = inner.get_model() else {
            return None;
        };
        if model.continuing_subword_prefix != CONTINUED {
            return None;
        }
        let cut = serde_json::to_value(inner.get_pre_tokenizer()).ok()?;
        if cut != json!({ "type": "BertPreTokenizer" }) {
            return None;
        }
        let zeros = zeros(&serde_json::to_value(inner.get_normalizer()).ok()?)?;
        let added = inner.get_added_tokens_decoder();
        // Such a token is met as the normalizer leaves it, which is more than one spelling.
        if added.values().any(|token| token.normalized) {
            return None;
        }
        let mut plain = Self {
            unknown: *vocabulary.get(&model.unk_token)?,
            first: HashMap::with_capacity(vocabulary.len()),
            next: HashMap::new(),
            longest_piece: 1,
            longest_word: model.max_input_chars_per_word,
            zeros,
            added: added.into_values().map(|token| token.content).collect(),
        };
        for (piece, id) in vocabulary {
            if !piece.is_ascii() {
                continue;
            }
            // What only stands in the list of added tokens is no piece of a word.
            if plain.added.contains(&piece) {
                continue;
            }
            let (pieces, piece) = match piece.strip_prefix(CONTINUED) {
                Some(rest) if !rest.is_empty() => (&mut plain.next, rest),
                _ => (&mut plain.first, piece.as_str()),
            };
            plain.longest_piece = plain.longest_piece.max(piece.len());
            pieces.insert(piece.as_bytes().into(), id);
        }
        Some(plain)
    }

    /// The ids of a text; `None` if it has to go the long way.
    pub(super) fn ids(&self, text: &str) -> Option<Vec<u32>> {
        let spelled = |token: &String| text.contains(token.as_str());
        if !text.is_ascii() || self.added.iter().any(spelled) {
            return None;
        }
        let mut ids = Vec::with_capacity(text.len() / 4 + 2);
        let mut word = Vec::with_capacity(32);
        for byte in text.bytes() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.cut(&mut word, &mut ids),
                _ if byte.is_ascii_control() => {}
                _ if byte.is_ascii_punctuation() => {
                    self.cut(&mut word, &mut ids);
                    word.push(byte);
                    self.cut(&mut word, &mut ids);
                }
                _ if self.zeros && byte.is_ascii_digit() => word.push(b'0'),
                _ => word.push(byte.to_ascii_lowercase()),
            }
        }
        self.cut(&mut word, &mut ids);
        Some(ids)
    }

    /// Adds the ids of a word's pieces, the longest first, or that of the unknown; leaves no word.
    fn cut(&self, word: &mut Vec<u8>, ids: &mut Vec<u32>) {
        if word.is_empty() {
            return;
        }
        let before = ids.len();
        let (mut start, mut known) = (0, word.len() <= self.longest_word);
        while known && start < word.len() {
            let pieces = if start == 0 { &self.first } else { &self.next };
            let most = word.len().min(start + self.longest_piece);
            let longest = (start + 1..=most)
                .rev()
                .find_map(|end| Some((end, *pieces.get(&word[start..end])?)));
            match longest {
                Some((end, id)) => {
                    ids.push(id);
                    start = end;
                }
                None => known = false,
            }
        }
        if !known {
            ids.truncate(before);
            ids.push(self.unknown);
        }
        word.clear();
    }
}

/// Whether a normalizer of BERT's reads every digit as `0`; `None` if it is another.
fn zeros(normalizer: &Value) -> Option<bool> {
    let bert = |normalizer: &Value| {
        let is = |field: &str| normalizer[field] == true;
        normalizer["type"] == "BertNormalizer" && is("clean_text") && is("lowercase")
    };
    if bert(normalizer) {
        return Some(false);
    }
    let digits = json!({ "type": "Replace", "pattern": { "Regex": "[0-9]" }, "content": "0" });
    let steps = normalizer["normalizers"].as_array()?;
    match steps.as_slice() {
        [first, second] if bert(first) && *second == digits => Some(true),
        _ => None,
    }
}
