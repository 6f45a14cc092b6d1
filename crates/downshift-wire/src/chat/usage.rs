//! Hides how servers count tokens: one sense, OpenAI's, whatever the server's own.

use serde::{Serialize, Serializer};

use crate::json::{Cursor, Fault, Key, Kind};

/// Tokens in OpenAI's sense: `input` includes `cached_input`, `output` includes `reasoning`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Prompt tokens that were read from the server's cache.
    pub cached_input: u64,
    /// Prompt tokens that were written to it, beyond those read.
    pub cache_write: u64,
    /// Of these, those that are kept there for an hour, which costs more.
    pub cache_write_1h: u64,
    /// Images of the prompt, where they are counted: no server says, whoever asks it knows.
    pub images: u64,
    /// Prompt tokens that were audio.
    pub audio_input: u64,
    /// Prompt tokens that were images, where a server that charges them apart says so.
    pub image_input: u64,
    /// Reply tokens, reasoning included.
    pub output: u64,
    /// Reply tokens that were thought and not shown.
    pub reasoning: u64,
    /// Reply tokens that are audio.
    pub audio_output: u64,
}

/// What is read of the prompt's details. The third is this router's own: it tells an hour from
/// minutes, as Anthropic does, where the chat API has no word for it.
const PROMPT_DETAILS: [&str; 5] = [
    "cached_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "audio_tokens",
    "image_tokens",
];

/// As a server wrote it; what it did not write is unknown.
#[derive(Default)]
struct Counts {
    prompt: Option<u64>,
    completion: Option<u64>,
    /// By the names of the endpoints that came after chat.
    input: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
    cached: Option<u64>,
    written: Option<u64>,
    written_1h: Option<u64>,
    audio: Option<u64>,
    images: Option<u64>,
    reasoning: Option<u64>,
    audio_output: Option<u64>,
}

#[derive(Serialize)]
struct UsageBody {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Serialize)]
struct PromptDetails {
    #[serde(rename = "cached_tokens")]
    cached: u64,
    #[serde(rename = "audio_tokens")]
    audio: u64,
    #[serde(rename = "cache_write_tokens", skip_serializing_if = "is_none")]
    cache_write: u64,
    #[serde(rename = "cache_write_1h_tokens", skip_serializing_if = "is_none")]
    cache_write_1h: u64,
}

#[derive(Serialize)]
struct CompletionDetails {
    #[serde(rename = "reasoning_tokens")]
    reasoning: u64,
    #[serde(rename = "audio_tokens")]
    audio: u64,
    #[serde(rename = "accepted_prediction_tokens")]
    accepted_prediction: u64,
    #[serde(rename = "rejected_prediction_tokens")]
    rejected_prediction: u64,
}

// === impl Usage ===

impl Usage {
    /// Input and output together, saturating.
    pub fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Reads a `usage` object. `None` if it does not give both counts, or is not an object:
    /// an unknown usage is unknown, not an error of the reply and not zero.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Fault> {
        let counts = cursor.if_kind(Kind::Object, Counts::read)?;
        Ok(counts.and_then(Counts::usage))
    }

    /// The same under the names of any endpoint.
    pub(crate) fn read_any(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Fault> {
        let counts = cursor.if_kind(Kind::Object, Counts::read)?;
        Ok(counts.and_then(|counts| counts.under_any_name().usage()))
    }
}

/// OpenAI's `usage` object, with its details.
impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = UsageBody {
            prompt_tokens: self.input,
            completion_tokens: self.output,
            total_tokens: self.total(),
            prompt_tokens_details: PromptDetails {
                cached: self.cached_input,
                audio: self.audio_input,
                cache_write: self.cache_write,
                cache_write_1h: self.cache_write_1h,
            },
            completion_tokens_details: CompletionDetails {
                reasoning: self.reasoning,
                audio: self.audio_output,
                accepted_prediction: 0,
                rejected_prediction: 0,
            },
        };
        body.serialize(serializer)
    }
}

// === impl Counts ===

impl Counts {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut counts = Self::default();
        cursor.fields(|cursor, Key { name, .. }| {
            match &**name {
                "prompt_tokens" => counts.prompt = count(cursor)?,
                "completion_tokens" => counts.completion = count(cursor)?,
                "input_tokens" => counts.input = count(cursor)?,
                "output_tokens" => counts.output = count(cursor)?,
                "total_tokens" => counts.total = count(cursor)?,
                // The third is the name that transcriptions have.
                "prompt_tokens_details" | "input_tokens_details" | "input_token_details" => {
                    let found = nested(cursor, PROMPT_DETAILS)?;
                    let [cached, written, written_1h, audio, images] = found;
                    counts.cached = cached.or(counts.cached);
                    counts.written = written.or(counts.written);
                    counts.written_1h = written_1h.or(counts.written_1h);
                    counts.audio = audio.or(counts.audio);
                    // Chats count an image's tokens as any others.
                    let images = images.filter(|_| !name.starts_with("prompt"));
                    counts.images = images.or(counts.images);
                }
                "completion_tokens_details" | "output_tokens_details" => {
                    let [reasoning, audio] = nested(cursor, ["reasoning_tokens", "audio_tokens"])?;
                    counts.reasoning = reasoning.or(counts.reasoning);
                    counts.audio_output = audio.or(counts.audio_output);
                }
                // DeepSeek's and Moonshot's names for cached prompt tokens.
                "prompt_cache_hit_tokens" | "cached_tokens" => {
                    counts.cached = counts.cached.or(count(cursor)?);
                }
                // The name gateways keep of Anthropic's, beside counts in OpenAI's sense.
                "cache_creation_input_tokens" => {
                    counts.written = counts.written.or(count(cursor)?);
                }
                _ => cursor.skip()?,
            }
            Ok(())
        })?;
        Ok(counts)
    }

    fn under_any_name(self) -> Self {
        let prompt = self.prompt.or(self.input);
        let left = prompt.and_then(|prompt| self.total?.checked_sub(prompt));
        Self {
            prompt,
            completion: self.completion.or(self.output).or(left),
            ..self
        }
    }

    fn usage(self) -> Option<Usage> {
        let input = self.prompt?;
        let mut output = self.completion?;
        let reasoning = self.reasoning.unwrap_or(0);
        // xAI counts reasoning beside `completion_tokens`; its total gives that away.
        if reasoning > 0 && self.total == input.checked_add(output)?.checked_add(reasoning) {
            output += reasoning;
        }
        let cached_input = self.cached.unwrap_or(0).min(input);
        let cache_write = self.written.unwrap_or(0).min(input - cached_input);
        Some(Usage {
            input,
            cached_input,
            cache_write,
            cache_write_1h: self.written_1h.unwrap_or(0).min(cache_write),
            images: 0,
            audio_input: self.audio.unwrap_or(0).min(input),
            image_input: self.images.unwrap_or(0).min(input),
            output,
            reasoning: reasoning.min(output),
            audio_output: self.audio_output.unwrap_or(0).min(output),
        })
    }
}

/// What an object says under these names.
fn nested<const N: usize>(
    cursor: &mut Cursor<'_>,
    wanted: [&str; N],
) -> Result<[Option<u64>; N], Fault> {
    let mut found = [None; N];
    cursor.if_kind(Kind::Object, |cursor| {
        cursor.fields(|cursor, Key { name, .. }| {
            match wanted.iter().position(|wanted| **name == **wanted) {
                Some(at) => found[at] = count(cursor)?,
                None => cursor.skip()?,
            }
            Ok(())
        })
    })?;
    Ok(found)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what serde hands to such a function"
)]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A count; `None` if it is not a whole number from 0.
fn count(cursor: &mut Cursor<'_>) -> Result<Option<u64>, Fault> {
    if cursor.kind()? != Kind::Number {
        return cursor.skip().map(|()| None);
    }
    let number = cursor.lenient_whole_number()?;
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}

#[cfg(test)]
mod tests;
