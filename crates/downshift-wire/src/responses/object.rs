//! Hides the response object: what of it repeats the request, and what says how far it is.

use serde_json::{Map, Value, json};

use crate::{ChatRequest, Protocol, Usage};

/// What of a response is known before its output.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) model: String,
    /// The request's fields that a response repeats.
    pub(super) echo: Map<String, Value>,
}

/// The request's fields that a response repeats, with what they are if the request says nothing.
const ECHOED: &[(&str, &str)] = &[
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("reasoning", r#"{"effort":null,"summary":null}"#),
    ("temperature", "1.0"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", r#""auto""#),
    ("tools", "[]"),
    ("top_p", "1.0"),
    ("truncation", r#""disabled""#),
];

/// Those that a response has only if the request says them.
const ECHOED_IF_SAID: &[&str] = &["user"];

/// What of the request a response to it repeats.
pub(super) fn echo(request: &ChatRequest) -> Map<String, Value> {
    let original = request.said_in(Protocol::Responses);
    let asked: Value = original
        .and_then(|original| serde_json::from_slice(&original.body).ok())
        .unwrap_or_default();
    let echoed = ECHOED.iter().map(|(name, default)| {
        let asked = asked.get(*name).filter(|value| !value.is_null()).cloned();
        let value = asked.unwrap_or_else(|| serde_json::from_str(default).unwrap_or_default());
        ((*name).to_owned(), value)
    });
    let said = ECHOED_IF_SAID.iter().filter_map(|name| {
        let said = asked.get(*name).filter(|value| value.is_string())?;
        Some(((*name).to_owned(), said.clone()))
    });
    echoed.chain(said).collect()
}

impl Head {
    /// The response with this much of its output.
    pub(super) fn object(&self, status: &str, output: &[Value]) -> Value {
        let mut object = json!({
            "id": id("resp_", &self.id), "object": "response", "created_at": self.created,
            "status": status, "background": false, "error": null, "incomplete_details": null,
            "model": self.model, "output": output, "store": false,
        });
        if let Value::Object(object) = &mut object {
            object.extend(self.echo.clone());
        }
        object
    }

    /// The complete response.
    pub(super) fn ended(
        &self,
        finish_reason: Option<&str>,
        output: &[Value],
        usage: Option<Usage>,
    ) -> Value {
        let reason = match finish_reason {
            Some("length") => Some("max_output_tokens"),
            Some("content_filter") => Some("content_filter"),
            _ => None,
        };
        let status = if reason.is_some() {
            "incomplete"
        } else {
            "completed"
        };
        let mut object = self.object(status, output);
        if let Some(reason) = reason {
            object["incomplete_details"] = json!({ "reason": reason });
        }
        if let Some(usage) = usage {
            object["usage"] = written(usage);
        }
        object
    }
}

/// An id of this kind made of a reply's id.
pub(super) fn id(kind: &str, reply: &str) -> String {
    let bare = ["chatcmpl-", "msg_", "resp_"]
        .iter()
        .find_map(|prefix| reply.strip_prefix(prefix));
    format!("{kind}{}", bare.unwrap_or(reply))
}

fn written(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "input_tokens_details": { "cached_tokens": usage.cached_input, "cache_write_tokens": usage.cache_write },
        "output_tokens": usage.output,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.total(),
    })
}
