//! Hides what a chat request that is a translation loses before a server of the chat API sees it.

use serde_json::{Map, Value};

use super::ChatRequest;
use crate::json::tree;
use crate::{Error, Lost, Translated};

/// How the API is called in messages.
const TARGET: &str = "OpenAI's chat API";

/// How a server of the chat API wants to be asked.
#[derive(Debug, Clone, Copy)]
pub struct ChatTarget<'a> {
    /// The model's name there.
    pub model: &'a str,
    /// Whether it can be asked for the usage of a stream.
    pub include_usage: bool,
    /// Whether it calls the longest reply `max_completion_tokens`, as OpenAI does, or
    /// `max_tokens`, the older name, which other servers read.
    pub max_completion_tokens: bool,
}

impl ChatRequest {
    /// A translation as servers of the chat API read it, who are not to see fields of ours.
    pub fn encode_translated(&self, target: ChatTarget<'_>) -> Result<Translated, Error> {
        let Value::Object(mut body) = tree("request body", self.body())? else {
            return Err(Error::whole(
                Error::INVALID_TYPE,
                "the request body must be an object",
            ));
        };
        let original = self.original.as_ref();
        let mut lost = original.map_or_else(Vec::new, |original| original.lost.clone());
        body.insert("model".into(), target.model.into());
        if !target.include_usage {
            body.remove("stream_options");
        }
        if !target.max_completion_tokens
            && let Some(most) = body.remove("max_completion_tokens")
        {
            body.insert("max_tokens".into(), most);
        }
        let messages = body.get_mut("messages").and_then(Value::as_array_mut);
        let messages = messages.into_iter().flatten();
        for (at, message) in messages.filter_map(Value::as_object_mut).enumerate() {
            strip(message, at, &mut lost);
        }
        let dropped = Lost::settle(&lost, TARGET, self.protocol())?;
        Ok(Translated {
            body: Value::Object(body).to_string().into(),
            dropped,
        })
    }
}

fn strip(message: &mut Map<String, Value>, at: usize, lost: &mut Vec<Lost>) {
    let parts = message.get("content").and_then(Value::as_array);
    for (part_at, part) in parts.into_iter().flatten().enumerate() {
        if part["file"].get("file_url").is_some() {
            lost.push(Lost::needed(format!("messages[{at}].content[{part_at}]")));
        }
    }
    if message.remove("thinking_blocks").is_some() {
        lost.push(Lost::spare("thinking_blocks"));
    }
}
