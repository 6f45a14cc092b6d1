//! A client's request for a completion, as a chat request.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::json::{Fault, Object, boolean, items, kind, tree, understood};
use crate::{ChatRequest, Error, Lost, Original, Protocol};

/// Fields of the chat API: a completion takes none of them, and has no words for what they lead to.
const OF_CHATS: &[&str] = &[
    "audio",
    "function_call",
    "functions",
    "messages",
    "modalities",
    "tool_choice",
    "tools",
    "web_search_options",
];

/// Reads a request body.
pub fn decode_request(body: Bytes) -> Result<ChatRequest, Error> {
    let tree = tree("request body", &body)?;
    let mut reading = Reading::default();
    let chat = understood("request body", || reading.request(Object::of(&tree)?))?;
    let mut request = ChatRequest::decode(chat.to_string().into())?;
    request.n = request.n.saturating_mul(reading.prompts);
    request.structured |= reading.fitted;
    // Of a stream the usage is always asked for; who did not ask is not told.
    request.include_usage &= reading.asks_usage;
    let lost = reading.lost;
    Ok(request.translated_from(Original {
        protocol: Protocol::Completions,
        body,
        lost,
    }))
}

#[derive(Default)]
struct Reading {
    chat: Map<String, Value>,
    lost: Vec<Lost>,
    /// How many prompts there are, each with as many choices as `n` says.
    prompts: u32,
    /// The completion must fit what comes after it.
    fitted: bool,
    /// The client wants to be told the usage of a stream.
    asks_usage: bool,
}

impl Reading {
    fn request(&mut self, request: Object<'_>) -> Result<Value, Fault> {
        self.set("model", request.model()?);
        let Some(prompt) = request.get("prompt") else {
            return Err(Fault::missing(
                "prompt",
                "send a string, or an array with one",
            ));
        };
        let content = self
            .prompt(prompt)
            .map_err(|fault| fault.in_field("prompt"))?;
        self.set("messages", json!([{ "role": "user", "content": content }]));
        for (name, value) in request.0.iter().filter(|(_, value)| !value.is_null()) {
            self.field(name, value, request)
                .map_err(|fault| fault.in_field(name))?;
        }
        Ok(Value::Object(std::mem::take(&mut self.chat)))
    }

    /// One text is a message. What a chat cannot be asked is put so that a policy sees that it is there.
    fn prompt(&mut self, prompt: &Value) -> Result<Value, Fault> {
        self.prompts = 1;
        let Value::Array(prompts) = prompt else {
            let expected = "a string, an array of strings, or tokens";
            return match prompt {
                Value::String(_) => Ok(prompt.clone()),
                other => Err(Fault::kind(expected, kind(other))),
            };
        };
        if let [Value::String(only)] = prompts.as_slice() {
            return Ok(only.as_str().into());
        }
        self.lost.push(Lost::needed("prompt"));
        let numbers = |value: &Value| value.as_u64().is_some();
        if prompts.is_empty() {
            return Err(Fault::value("is an empty array; send at least one prompt"));
        }
        if prompts.iter().all(numbers) {
            return Ok(json!([{ "type": "tokens" }]));
        }
        self.prompts = u32::try_from(prompts.len()).unwrap_or(u32::MAX);
        let parts = items(prompt, &mut |prompt| match prompt {
            Value::String(text) => Ok(json!({ "type": "text", "text": text })),
            Value::Array(tokens) if tokens.iter().all(numbers) => Ok(json!({ "type": "tokens" })),
            other => Err(Fault::kind("a string or an array of tokens", kind(other))),
        })?;
        Ok(Value::Array(parts))
    }

    fn field(&mut self, name: &str, value: &Value, request: Object<'_>) -> Result<(), Fault> {
        match name {
            "model" | "prompt" => {}
            "max_tokens" if value.as_u64() == Some(0) => self.lost.push(Lost::needed(name)),
            "max_tokens" => self.set("max_completion_tokens", value.clone()),
            "stream" => self.stream(value)?,
            "stream_options" => self.asks_usage = value["include_usage"] == true,
            "logprobs" => self.logprobs(value)?,
            "echo" => {
                // Of the prompt's own tokens a chat tells no probabilities.
                if boolean(value)? && request.get("logprobs").is_some() {
                    self.lost.push(Lost::needed(name));
                }
            }
            "suffix" => {
                let suffix = value.as_str();
                let suffix = suffix.ok_or_else(|| Fault::kind("a string", kind(value)))?;
                if !suffix.is_empty() {
                    self.fitted = true;
                    self.lost.push(Lost::needed(name));
                }
            }
            "best_of" => {
                let choices = request.get("n").and_then(Value::as_u64).unwrap_or(1);
                if value.as_u64() != Some(choices) {
                    self.lost.push(Lost::needed(name));
                }
            }
            _ if OF_CHATS.contains(&name) => self.lost.push(Lost::needed(name)),
            _ => self.set(name, value.clone()),
        }
        Ok(())
    }

    fn stream(&mut self, value: &Value) -> Result<(), Fault> {
        let stream = boolean(value)?;
        self.set("stream", stream);
        if stream {
            self.set("stream_options", json!({ "include_usage": true }));
        }
        Ok(())
    }

    /// A number here: how many of the likeliest tokens are told beside the one that was taken.
    fn logprobs(&mut self, value: &Value) -> Result<(), Fault> {
        let top = value.as_u64();
        let top = top.ok_or_else(|| Fault::kind("a whole number", kind(value)))?;
        self.set("logprobs", true);
        if top > 0 {
            self.set("top_logprobs", top);
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.chat.insert(name.to_owned(), value.into());
    }
}
