//! An upstream's completion, as a chat completion.

use bytes::Bytes;
use serde_json::{Value, json};

use super::logprobs;
use crate::json::tree;
use crate::{ChatReply, Error, Native, Protocol};

/// Reads a whole completion.
pub fn decode_reply(body: Bytes) -> Result<ChatReply, Error> {
    let completion = tree("reply", &body)?;
    let choices = completion["choices"].as_array().filter(|choices| {
        let said = choices.first().map(|choice| &choice["text"]);
        said.is_some_and(Value::is_string)
    });
    let Some(choices) = choices else {
        let told =
            "the reply holds no `choices` with a `text`; does this server have `/v1/completions`?";
        return Err(Error {
            code: Error::MISSING_FIELD,
            message: told.into(),
            param: Some("choices".into()),
        });
    };
    let choices = choices.iter().map(|choice| {
        let message = json!({ "role": "assistant", "content": choice["text"], "refusal": null });
        json!({
            "index": choice["index"], "message": message,
            "logprobs": logprobs::chat(&choice["logprobs"]),
            "finish_reason": choice["finish_reason"],
        })
    });
    let chat = json!({
        "id": completion["id"],
        "object": "chat.completion",
        "created": completion["created"],
        "model": completion["model"],
        "choices": choices.collect::<Vec<_>>(),
        "usage": completion["usage"],
    });
    ChatReply::translated(chat.to_string(), Native::whole(Protocol::Completions, body))
}
