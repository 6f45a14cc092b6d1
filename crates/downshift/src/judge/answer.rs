//! A reply as judges read it: hides whether it came in one piece or in many, and where in it things stand.

use downshift_wire::{ChatChunk, ChatReply};
use serde::Deserialize;

/// The first choice of a reply.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Why it ended, such as `stop` or `length`; `None` where it has not, or did not say.
    pub finish_reason: Option<String>,
    /// Whether the model says itself that it refuses.
    pub refusal: bool,
    /// The tools it calls.
    pub calls: Vec<Call>,
    /// Each token of the text with its log-probability, in order; empty where the server gave none.
    pub tokens: Vec<Token>,
    /// Tokens of the reply, as the server counted them.
    pub output_tokens: Option<u64>,
    /// Whether this is all of it.
    pub complete: bool,
}

/// A tool that is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments, which should be JSON.
    pub arguments: String,
    /// Whether it is a custom tool, which is given any text.
    pub custom: bool,
}

/// A token of the text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Token {
    /// As the server spells it.
    #[serde(default)]
    pub token: String,
    /// The natural logarithm of its probability.
    pub logprob: f64,
    /// Its bytes: a token may be a part of a character.
    #[serde(default)]
    pub bytes: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: Option<i64>,
    #[serde(default)]
    message: Option<Message>,
    #[serde(default)]
    delta: Option<Message>,
    #[serde(default)]
    logprobs: Option<Logprobs>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
    #[serde(default)]
    function_call: Option<Function>,
}

#[derive(Deserialize)]
struct ToolCall {
    #[serde(default)]
    index: Option<usize>,
    #[serde(default)]
    function: Option<Function>,
    #[serde(default)]
    custom: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, alias = "input")]
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Logprobs {
    #[serde(default)]
    content: Option<Vec<Token>>,
}

// === impl Answer ===

impl Answer {
    /// A reply in one piece.
    pub fn of_reply(reply: &ChatReply) -> Self {
        let mut answer = Self {
            text: reply.text.clone(),
            finish_reason: reply.finish_reason.clone(),
            refusal: reply.refusal,
            output_tokens: reply.usage.map(|usage| usage.output),
            complete: true,
            ..Self::default()
        };
        answer.read(reply.body());
        answer
    }

    /// A stream, as far as it has come.
    pub fn of_chunks(chunks: &[ChatChunk], complete: bool) -> Self {
        let mut answer = Self {
            complete,
            ..Self::default()
        };
        for chunk in chunks {
            answer.text.push_str(&chunk.text);
            answer.refusal |= chunk.refusal;
            if let Some(reason) = &chunk.finish_reason {
                answer.finish_reason = Some(reason.clone());
            }
            if let Some(usage) = chunk.usage {
                answer.output_tokens = Some(usage.output);
            }
            if chunk.choices > 0 {
                answer.read(chunk.data());
            }
        }
        answer
    }

    /// A text, for those who have nothing else.
    pub fn of_text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            finish_reason: Some("stop".to_owned()),
            complete: true,
            ..Self::default()
        }
    }

    /// What the text is without what a reasoning model thought aloud before it.
    pub fn said(&self) -> &str {
        let text = self.text.as_str();
        match text.trim_start().strip_prefix("<think>") {
            Some(thought) => thought.split_once("</think>").map_or("", |(_, said)| said),
            None => text,
        }
    }

    /// Calls and log-probabilities, which nobody but a judge reads. What is odd is left out.
    fn read(&mut self, json: &[u8]) {
        let Ok(body) = serde_json::from_slice::<Body>(json) else {
            return;
        };
        let first = |choice: &Choice| choice.index.unwrap_or(0) == 0;
        for choice in body.choices.into_iter().filter(first) {
            for message in [choice.message, choice.delta].into_iter().flatten() {
                self.call(message);
            }
            let logprobs = choice.logprobs.and_then(|logprobs| logprobs.content);
            self.tokens.extend(logprobs.unwrap_or_default());
        }
    }

    fn call(&mut self, message: Message) {
        let older = message.function_call.map(|function| ToolCall {
            index: Some(0),
            function: Some(function),
            custom: None,
        });
        let calls = message.tool_calls.unwrap_or_default();
        let streamed = calls.iter().any(|call| call.index.is_some());
        for (at, call) in calls.into_iter().chain(older).enumerate() {
            let custom = call.custom.is_some();
            let Some(function) = call.function.or(call.custom) else {
                continue;
            };
            // A piece of a stream goes on with the call of its index; no reply has hundreds.
            let index = call.index.unwrap_or(if streamed { 0 } else { at });
            if index >= 256 {
                continue;
            }
            if self.calls.len() <= index {
                self.calls.resize(index + 1, Call::default());
            }
            let slot = &mut self.calls[index];
            slot.custom |= custom;
            slot.name.push_str(&function.name.unwrap_or_default());
            slot.arguments
                .push_str(&function.arguments.unwrap_or_default());
        }
    }
}

// === impl Token ===

impl Token {
    /// How many bytes of the text it is.
    pub fn len(&self) -> usize {
        self.bytes.as_ref().map_or(self.token.len(), Vec::len)
    }

    /// Whether it adds nothing to the text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(json: &str) -> ChatChunk {
        ChatChunk::decode(json.to_owned().into()).unwrap()
    }

    #[test]
    fn a_stream_reads_as_the_reply_in_one_piece() {
        let whole = r#"{"choices":[{"index":0,"finish_reason":"tool_calls","message":{"content":"Hi","tool_calls":[
            {"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
            "logprobs":{"content":[{"token":"Hi","logprob":-0.5}]}}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#;
        let whole = Answer::of_reply(&ChatReply::decode(whole.into()).unwrap());
        let chunks = [
            r#"{"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":{"content":[{"token":"Hi","logprob":-0.5}]}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a\""}}]}}]}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
            r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
        ];
        let streamed = Answer::of_chunks(&chunks.map(chunk), true);
        assert_eq!(streamed, whole);
        assert_eq!(whole.calls[0].arguments, r#"{"a":1}"#);
    }

    #[test]
    fn what_a_model_thought_aloud_is_not_what_it_said() {
        let said = |text: &str| Answer::of_text(text).said().trim().to_owned();
        assert_eq!(said("<think>2+2 is 5? no</think>\n4"), "4");
        assert_eq!(said("<think>never ending"), "");
        assert_eq!(said("plain"), "plain");
    }
}
