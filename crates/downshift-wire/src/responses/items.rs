//! Hides how a flat list of items becomes messages: calls and reasoning stand apart in it, and within a message in the chat API.

use serde_json::{Map, Value, json};

use super::tools::{self, Calls};
use super::{ENCRYPTED, REDACTED, SIGNED, UNSIGNED};
use crate::Lost;
use crate::json::{Fault, Object, items, kind, shortened};

/// Makes chat messages of items, in order.
pub(super) struct Items<'a> {
    lost: &'a mut Vec<Lost>,
    messages: Vec<Value>,
    /// Reasoning whose message is still to come.
    thinking: Vec<Value>,
    /// How many items were read.
    item: usize,
}

impl<'a> Items<'a> {
    pub(super) fn new(lost: &'a mut Vec<Lost>) -> Self {
        Self {
            lost,
            messages: Vec::new(),
            thinking: Vec::new(),
            item: 0,
        }
    }

    pub(super) fn instructions(&mut self, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.messages
                .push(json!({ "role": "system", "content": text }));
        }
    }

    pub(super) fn finish(self) -> Vec<Value> {
        self.messages
    }

    /// The whole `input`.
    pub(super) fn read(&mut self, input: &Value) -> Result<(), Fault> {
        match input {
            Value::String(text) => self
                .messages
                .push(json!({ "role": "user", "content": text })),
            Value::Array(_) => {
                items(input, &mut |item| self.read_item(Object::of(item)?))?;
            }
            other => return Err(Fault::kind("a string or an array of items", kind(other))),
        }
        Ok(())
    }

    fn read_item(&mut self, item: Object<'_>) -> Result<(), Fault> {
        match item.text("type")?.unwrap_or("message") {
            "message" => self.message(item)?,
            "function_call" => self.call(item, tools::FUNCTION, Some("{}"))?,
            "custom_tool_call" => self.call(item, tools::CUSTOM, None)?,
            "function_call_output" | "custom_tool_call_output" => self.output(item)?,
            "reasoning" => {
                let thought = thought(item);
                if thought.is_none() {
                    self.lost.push(Lost::spare("input[].summary"));
                }
                self.thinking.extend(thought);
            }
            _ => {
                self.lost
                    .push(Lost::needed(format!("input[{}]", self.item)));
                // So that a policy still sees that somebody spoke here.
                self.messages
                    .push(json!({ "role": "tool", "tool_call_id": "", "content": "" }));
            }
        }
        self.item += 1;
        Ok(())
    }

    fn message(&mut self, item: Object<'_>) -> Result<(), Fault> {
        let hint = "use one of `user`, `assistant`, `system`, `developer`";
        let role = item.needed_text("role", hint)?;
        if !["user", "assistant", "system", "developer"].contains(&role) {
            let role = shortened(role);
            return Err(
                Fault::value(format!("is `{role}`, which is not a role; {hint}")).in_field("role"),
            );
        }
        let Some(content) = item.get("content") else {
            return Err(Fault::missing(
                "content",
                "a message holds a string or an array of parts",
            ));
        };
        let content = if content.is_string() {
            content.clone()
        } else {
            let place = format!("input[{}]", self.item);
            let parts = parts(content, &place, self.lost);
            let parts = parts.map_err(|fault| fault.in_field("content"))?;
            // An assistant's parts are its one text; servers take no others from it.
            if role == "assistant" {
                joined(&parts)
            } else {
                plain(parts)
            }
        };
        if item.get("phase").is_some() {
            self.lost.push(Lost::spare("input[].phase"));
        }
        if role == "assistant" {
            self.assistant()["content"] = content;
        } else {
            self.messages
                .push(json!({ "role": role, "content": content }));
        }
        Ok(())
    }

    /// A call, which may lack what the tool is given if there is an `otherwise`.
    fn call(
        &mut self,
        item: Object<'_>,
        calls: Calls,
        otherwise: Option<&str>,
    ) -> Result<(), Fault> {
        let id = item.needed_text("call_id", "a call has an id")?;
        let name = item.needed_text("name", "a call names its tool")?;
        let given = item.text(calls.given)?.or(otherwise);
        let given =
            given.ok_or_else(|| Fault::missing(calls.given, "what the tool was given, as text"))?;
        let call = calls.chat(&id.into(), &name.into(), &given.into());
        let said_already = self
            .messages
            .last()
            .is_some_and(|last| last["role"] == "assistant");
        let message = if said_already && self.thinking.is_empty() {
            self.messages.last_mut()
        } else {
            self.assistant();
            self.messages.last_mut()
        };
        if let Some(Value::Object(message)) = message {
            let calls = message.entry("tool_calls").or_insert_with(|| json!([]));
            if let Value::Array(calls) = calls {
                calls.push(call);
            }
        }
        Ok(())
    }

    fn output(&mut self, item: Object<'_>) -> Result<(), Fault> {
        let id = item.needed_text("call_id", "an output names the call it answers")?;
        let mut shown = Vec::new();
        let text = match item.get("output") {
            Some(Value::String(text)) => text.clone(),
            Some(parts_of @ Value::Array(_)) => {
                let place = format!("input[{}]", self.item);
                let (texts, others): (Vec<_>, Vec<_>) = parts(parts_of, &place, self.lost)?
                    .into_iter()
                    .partition(|part| part["type"] == "text");
                shown = others;
                let texts: Vec<&str> = texts
                    .iter()
                    .filter_map(|part| part["text"].as_str())
                    .collect();
                texts.join("\n")
            }
            Some(other) => other.to_string(),
            None => return Err(Fault::missing("output", "what the tool gave, as text")),
        };
        self.messages
            .push(json!({ "role": "tool", "tool_call_id": id, "content": text }));
        // A tool's message holds text alone in the chat API; the rest is shown by the user after it.
        if !shown.is_empty() {
            self.messages
                .push(json!({ "role": "user", "content": shown }));
        }
        Ok(())
    }

    /// A new assistant's message, with what was thought before it.
    fn assistant(&mut self) -> &mut Value {
        let mut message = Map::new();
        message.insert("role".into(), "assistant".into());
        message.insert("content".into(), Value::Null);
        if !self.thinking.is_empty() {
            message.insert(
                "thinking_blocks".into(),
                std::mem::take(&mut self.thinking).into(),
            );
        }
        let at = self.messages.len();
        self.messages.push(Value::Object(message));
        &mut self.messages[at]
    }
}

fn parts(content: &Value, place: &str, lost: &mut Vec<Lost>) -> Result<Vec<Value>, Fault> {
    let mut at = 0;
    items(content, &mut |part| {
        let part = Object::of(part)?;
        let kind = part.needed_text("type", "a part says what it is, such as `input_text`")?;
        let place = format!("{place}.content[{at}]");
        at += 1;
        Ok(match kind {
            "input_text" | "output_text" | "text" => {
                json!({ "type": "text", "text": part.needed_text("text", "a string is expected there")? })
            }
            "refusal" => {
                json!({ "type": "text", "text": part.needed_text("refusal", "a string is expected there")? })
            }
            "input_image" => {
                let url = part.text("image_url")?;
                if url.is_none() {
                    lost.push(Lost::needed(format!("{place}.file_id")));
                }
                let mut image = json!({ "url": url.unwrap_or_default() });
                if let Some(detail) = part.get("detail") {
                    image["detail"] = detail.clone();
                }
                json!({ "type": "image_url", "image_url": image })
            }
            "input_file" => {
                let fields = ["filename", "file_data", "file_id", "file_url"];
                if fields[1..].iter().all(|name| part.get(name).is_none()) {
                    lost.push(Lost::needed(place));
                }
                let fields = fields
                    .into_iter()
                    .filter_map(|name| Some((name.to_owned(), part.get(name)?.clone())));
                json!({ "type": "file", "file": fields.collect::<Map<_, _>>() })
            }
            other => {
                lost.push(Lost::needed(place));
                json!({ "type": other })
            }
        })
    })
}

fn joined(parts: &[Value]) -> Value {
    parts
        .iter()
        .filter_map(|part| part["text"].as_str())
        .collect::<String>()
        .into()
}

fn plain(mut parts: Vec<Value>) -> Value {
    match parts.as_mut_slice() {
        [only] if only["type"] == "text" => only["text"].take(),
        _ => Value::Array(parts),
    }
}

/// A reasoning item as thinking; its encrypted content is either another API's signature, or this one's own.
pub(super) fn thought(item: Object<'_>) -> Option<Value> {
    let encrypted = item.get("encrypted_content").and_then(Value::as_str)?;
    if encrypted == UNSIGNED {
        return None;
    }
    if let Some(data) = encrypted.strip_prefix(REDACTED) {
        return Some(json!({ "type": "redacted_thinking", "data": data }));
    }
    let texts = |field: &str| {
        item.get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let thinking: Vec<&str> = texts("summary")
        .chain(texts("content"))
        .filter_map(|part| part["text"].as_str())
        .collect();
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    let signature = match encrypted.strip_prefix(SIGNED) {
        Some(signature) => signature.to_owned(),
        None => format!("{ENCRYPTED}{id}:{encrypted}"),
    };
    Some(json!({ "type": "thinking", "thinking": thinking.join("\n\n"), "signature": signature }))
}

/// Thinking as a reasoning item; of another API's only its signature is carried.
pub(super) fn reasoning(block: &Value, id: &str, text: &str) -> Value {
    let signature = block["signature"].as_str().unwrap_or_default();
    let own = signature
        .strip_prefix(ENCRYPTED)
        .and_then(|own| own.split_once(':'));
    let encrypted = match own {
        Some((_, encrypted)) => Value::from(encrypted),
        None if block["type"] == "redacted_thinking" => {
            let data = block["data"].as_str().unwrap_or_default();
            format!("{REDACTED}{data}").into()
        }
        None if signature.is_empty() => UNSIGNED.into(),
        None => format!("{SIGNED}{signature}").into(),
    };
    let summary = if text.is_empty() {
        json!([])
    } else {
        json!([{ "type": "summary_text", "text": text }])
    };
    json!({
        "id": own.map_or(id, |(id, _)| id), "type": "reasoning",
        "summary": summary, "encrypted_content": encrypted,
    })
}
