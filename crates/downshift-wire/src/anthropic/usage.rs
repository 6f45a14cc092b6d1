//! Hides how Anthropic counts tokens: its input leaves out what was cached, OpenAI's includes it.

use serde_json::{Value, json};

use crate::Usage;

/// Tokens in Anthropic's sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    input: Option<u64>,
    cache_written: u64,
    cache_written_1h: u64,
    cache_read: u64,
    output: Option<u64>,
    thinking: u64,
}

impl Counts {
    /// Takes in what a `usage` says; what it leaves out stays as it was: a stream says the
    /// prompt's tokens at its start and the reply's at its end.
    pub(super) fn update(&mut self, usage: &Value) {
        let count = |name: &str| usage[name].as_u64();
        self.input = count("input_tokens").or(self.input);
        self.cache_written = count("cache_creation_input_tokens").unwrap_or(self.cache_written);
        self.cache_written_1h = usage["cache_creation"]["ephemeral_1h_input_tokens"]
            .as_u64()
            .unwrap_or(self.cache_written_1h);
        self.cache_read = count("cache_read_input_tokens").unwrap_or(self.cache_read);
        self.output = count("output_tokens").or(self.output);
        self.thinking = usage["output_tokens_details"]["thinking_tokens"]
            .as_u64()
            .unwrap_or(self.thinking);
    }

    /// The same in OpenAI's sense, if it is known.
    pub(super) fn usage(&self) -> Option<Usage> {
        let (fresh, output) = (self.input?, self.output?);
        Some(Usage {
            input: fresh
                .saturating_add(self.cache_written)
                .saturating_add(self.cache_read),
            cached_input: self.cache_read,
            cache_write: self.cache_written,
            cache_write_1h: self.cache_written_1h.min(self.cache_written),
            output,
            reasoning: self.thinking.min(output),
            ..Usage::default()
        })
    }

    /// OpenAI's `usage`, or null if it is not known.
    pub(super) fn chat(&self) -> Value {
        let Some(usage) = self.usage() else {
            return Value::Null;
        };
        let mut written = json!({
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.total(),
            "prompt_tokens_details": { "cached_tokens": usage.cached_input, "cache_write_tokens": self.cache_written },
            "completion_tokens_details": { "reasoning_tokens": usage.reasoning },
        });
        if usage.cache_write_1h > 0 {
            written["prompt_tokens_details"]["cache_write_1h_tokens"] = usage.cache_write_1h.into();
        }
        written
    }
}

/// Anthropic's `usage` of what a server counted in OpenAI's sense, every field that a message has
/// in it. The API knows no unknown count: what the server did not say is 0 here, and unknown in the
/// router's own accounts.
pub(super) fn written(usage: Option<Usage>) -> Value {
    let mut written = so_far(usage);
    for name in ["cache_creation", "inference_geo", "service_tier"] {
        written[name] = Value::Null;
    }
    written
}

/// The same, with the fields that the end of a stream has.
pub(super) fn so_far(usage: Option<Usage>) -> Value {
    let usage = usage.unwrap_or_default();
    let cached = usage.cached_input.saturating_add(usage.cache_write);
    let thought = (usage.reasoning > 0).then(|| json!({ "thinking_tokens": usage.reasoning }));
    json!({
        "input_tokens": usage.input.saturating_sub(cached),
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached_input,
        "output_tokens": usage.output,
        "output_tokens_details": thought,
        "server_tool_use": null,
    })
}
