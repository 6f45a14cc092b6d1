//! A chat completion, as a client of the legacy completions reads it.

use serde_json::{Value, json};

use super::logprobs;
use crate::json::tree;
use crate::wordless::note_others;
use crate::{ChatReply, ChatRequest, Protocol, Translated};

/// All of a message that a completion has words for.
pub(super) const SAID: &[&str] = &["role", "content", "refusal"];

/// What of the request shows in a reply to it.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The prompt, if the reply is to repeat it.
    pub(super) echo: Option<String>,
    /// How many characters the prompt has.
    pub(super) characters: usize,
}

/// A whole completion; `created` in Unix seconds.
pub fn encode_reply(request: &ChatRequest, reply: &ChatReply, created: i64) -> Translated {
    let body = tree("reply", reply.body()).unwrap_or_default();
    let asked = Asked::of(request);
    let mut dropped = Vec::new();
    let choices = body["choices"].as_array().into_iter().flatten();
    let choices: Vec<Value> = choices
        .enumerate()
        .map(|(at, choice)| {
            note_others(&choice["message"], SAID, &mut dropped);
            let (text, refused) = said(&choice["message"]);
            let echo = asked.echo.as_deref().unwrap_or_default();
            json!({
                "text": format!("{echo}{text}"),
                "index": choice["index"].as_u64().unwrap_or(at as u64),
                "logprobs": logprobs::legacy(&choice["logprobs"], asked.characters),
                "finish_reason": finish_reason(choice["finish_reason"].as_str(), refused),
            })
        })
        .collect();
    let mut completion = json!({
        "id": id(&reply.id),
        "object": "text_completion",
        "created": moment(&body["created"], created),
        "model": reply.model,
        "choices": choices,
    });
    for name in ["usage", "system_fingerprint"] {
        if !body[name].is_null() {
            completion[name] = body[name].clone();
        }
    }
    Translated {
        body: completion.to_string().into(),
        dropped,
    }
}

/// What a message says, and whether that is a refusal.
pub(super) fn said(message: &Value) -> (String, bool) {
    let text = match &message["content"] {
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str().or_else(|| part["refusal"].as_str()))
            .collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let refusal = message["refusal"].as_str().unwrap_or_default();
    (text + refusal, !refusal.is_empty())
}

/// Why a choice ended; a completion knows three reasons.
pub(super) fn finish_reason(reason: Option<&str>, refused: bool) -> Value {
    match reason {
        None => Value::Null,
        Some("length") => "length".into(),
        Some("content_filter") => "content_filter".into(),
        Some(_) if refused => "content_filter".into(),
        Some(_) => "stop".into(),
    }
}

/// The server's moment, or ours where its API tells none.
pub(super) fn moment(said: &Value, created: i64) -> i64 {
    said.as_i64().filter(|&said| said > 0).unwrap_or(created)
}

/// A completion's id begins with `cmpl-`.
pub(super) fn id(chat: &str) -> String {
    let bare = ["chatcmpl-", "cmpl-", "msg_", "resp_"]
        .iter()
        .find_map(|prefix| chat.strip_prefix(prefix));
    format!("cmpl-{}", bare.unwrap_or(chat))
}

// === impl Asked ===

impl Asked {
    pub(super) fn of(request: &ChatRequest) -> Self {
        let original = request.said_in(Protocol::Completions);
        let asked = original.and_then(|original| tree("request", &original.body).ok());
        let asked = asked.unwrap_or_default();
        let prompt = asked["prompt"]
            .as_str()
            .or_else(|| asked["prompt"][0].as_str());
        let prompt = prompt.unwrap_or_default();
        Self {
            characters: prompt.chars().count(),
            echo: (asked["echo"] == true).then(|| prompt.to_owned()),
        }
    }
}
