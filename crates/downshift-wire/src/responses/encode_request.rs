//! A chat request, as an upstream that speaks OpenAI's responses reads it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::tools::{self, Calls, flat, flat_choice};
use super::{ENCRYPTED, items};
use crate::json::{Fault, Object, tree, understood};
use crate::wordless::note_message;
use crate::{ChatRequest, Error, Lost, Translated};

/// How the API is called in messages.
const TARGET: &str = "OpenAI's responses API";

/// Fields that mean the same.
const SAME: &[&str] = &[
    "stream",
    "temperature",
    "top_p",
    "parallel_tool_calls",
    "user",
    "safety_identifier",
    "prompt_cache_key",
    "service_tier",
    "metadata",
    "store",
];

/// Fields that change what is asked, and that a response cannot express.
const NEEDED: &[&str] = &[
    "n",
    "stop",
    "modalities",
    "audio",
    "functions",
    "function_call",
    "web_search_options",
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "structured_outputs",
];

/// A request in the words of the responses API, for this model. Nothing is stored unless the client says so.
pub(super) fn encode_request(request: &ChatRequest, model: &str) -> Result<Translated, Error> {
    let tree = tree("request body", request.body())?;
    let lost = request
        .original
        .as_ref()
        .map_or_else(Vec::new, |original| original.lost.clone());
    let mut writing = Writing {
        lost,
        body: Map::new(),
        include: Vec::new(),
        called: HashMap::new(),
    };
    writing.set("model", model);
    let body = understood("request body", || writing.request(Object::of(&tree)?))?;
    let dropped = Lost::settle(&writing.lost, TARGET, request.protocol())?;
    Ok(Translated {
        body: body.to_string().into(),
        dropped,
    })
}

struct Writing {
    lost: Vec<Lost>,
    body: Map<String, Value>,
    include: Vec<&'static str>,
    /// The kind of each call so far, by its id.
    called: HashMap<String, Calls>,
}

impl Writing {
    fn request(&mut self, request: Object<'_>) -> Result<Value, Fault> {
        let mut input = Vec::new();
        let mut at = 0;
        request.items("messages", |message| {
            at += 1;
            self.message(Object::of(message)?, at - 1, &mut input)
        })?;
        self.set("input", input);
        self.set("store", false);
        // Some servers stream unless they are told not to.
        self.set("stream", false);
        for (name, value) in request.0.iter().filter(|(_, value)| !value.is_null()) {
            self.field(name, value)
                .map_err(|fault| fault.in_field(name))?;
        }
        if !self.include.is_empty() {
            let include = std::mem::take(&mut self.include);
            self.set("include", include);
        }
        Ok(Value::Object(std::mem::take(&mut self.body)))
    }

    fn field(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        match name {
            "model" | "messages" | "stream_options" => {}
            "max_tokens" | "max_completion_tokens" => self.set("max_output_tokens", value.clone()),
            "tools" => self.tools(value)?,
            "tool_choice" => match flat_choice(value) {
                Some(choice) => self.set(name, choice),
                None => self.lost.push(Lost::needed(name)),
            },
            "response_format" => {
                let mut format = json!({ "type": value["type"] });
                if let (Value::Object(format), Value::Object(schema)) =
                    (&mut format, &value["json_schema"])
                {
                    format.extend(schema.clone());
                }
                self.text("format", format);
            }
            "verbosity" => self.text("verbosity", value.clone()),
            "reasoning_effort" => {
                self.set("reasoning", json!({ "effort": value, "summary": "auto" }));
                self.keep_reasoning();
            }
            "logprobs" if *value == false => {}
            "logprobs" => self.include.push("message.output_text.logprobs"),
            "top_logprobs" => self.set(name, value.clone()),
            "n" if value.as_u64() == Some(1) => {}
            "modalities" if *value == json!(["text"]) => {}
            _ if SAME.contains(&name) => self.set(name, value.clone()),
            _ if NEEDED.contains(&name) => self.lost.push(Lost::needed(name)),
            _ => self.lost.push(Lost::spare(name)),
        }
        Ok(())
    }

    fn text(&mut self, name: &str, value: Value) {
        let text = self.body.entry("text").or_insert_with(|| json!({}));
        text[name] = value;
    }

    fn keep_reasoning(&mut self) {
        let name = "reasoning.encrypted_content";
        if !self.include.contains(&name) {
            self.include.push(name);
        }
    }

    fn tools(&mut self, value: &Value) -> Result<(), Fault> {
        let mut at = 0;
        let tools = crate::json::items(value, &mut |tool| {
            at += 1;
            let Some(written) = flat(Object::of(tool)?)? else {
                self.lost.push(Lost::needed(format!("tools[{}]", at - 1)));
                return Ok(Value::Null);
            };
            if tool.get("cache_control").is_some() {
                self.lost.push(Lost::spare("cache_control"));
            }
            Ok(written)
        })?;
        self.set("tools", tools);
        Ok(())
    }

    fn message(
        &mut self,
        message: Object<'_>,
        at: usize,
        input: &mut Vec<Value>,
    ) -> Result<(), Fault> {
        let role = message.text("role")?.unwrap_or_default();
        let content = message.get("content").unwrap_or(&Value::Null);
        if role == "tool" {
            let id =
                message.needed_text("tool_call_id", "a tool message names the call it answers")?;
            let output = texts(content);
            let calls = self.called.get(id).unwrap_or(&tools::FUNCTION);
            input.push(json!({ "type": calls.output, "call_id": id, "output": output }));
            return Ok(());
        }
        if role == "function" {
            self.lost.push(Lost::needed(format!("messages[{at}].role")));
        }
        for block in message.items("thinking_blocks", |block| Ok(block.clone()))? {
            // Only what a response itself thought can be given back to one.
            if block["signature"]
                .as_str()
                .is_some_and(|signature| signature.starts_with(ENCRYPTED))
            {
                self.keep_reasoning();
                let text = block["thinking"].as_str().unwrap_or_default();
                input.push(items::reasoning(&block, "", text));
            } else {
                self.lost.push(Lost::spare("thinking_blocks"));
            }
        }
        note_message(message, at, &mut self.lost);
        if message.get("cache_control").is_some() {
            self.lost.push(Lost::spare("messages[].cache_control"));
        }
        let refusal = message.text("refusal")?.filter(|_| content.is_null());
        let content = match refusal {
            Some(refusal) => json!([{ "type": "refusal", "refusal": refusal }]),
            None => self.content(content, role, at)?,
        };
        if content != json!([]) && !content.is_null() {
            input.push(json!({ "type": "message", "role": role, "content": content }));
        }
        for call in message.items("tool_calls", |call| Ok(call.clone()))? {
            let calls = Calls::of_call(&call);
            let called = &call[calls.kind];
            if !called.is_object() {
                self.lost
                    .push(Lost::needed(format!("messages[{at}].tool_calls")));
            }
            let id = call["id"].as_str().map(str::to_owned);
            self.called.extend(id.map(|id| (id, calls)));
            input.push(json!({
                "type": calls.item, "call_id": call["id"],
                "name": called["name"], calls.given: called[calls.given],
            }));
        }
        Ok(())
    }

    fn content(&mut self, content: &Value, role: &str, at: usize) -> Result<Value, Fault> {
        let Value::Array(parts) = content else {
            return Ok(content.clone());
        };
        let mut written = Vec::new();
        for (part_at, part) in parts.iter().enumerate() {
            if part.get("cache_control").is_some() {
                self.lost.push(Lost::spare("cache_control"));
            }
            match part_of(Object::of(part)?, role) {
                Some(part) => written.push(part),
                None => self
                    .lost
                    .push(Lost::needed(format!("messages[{at}].content[{part_at}]"))),
            }
        }
        Ok(Value::Array(written))
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.body.insert(name.to_owned(), value.into());
    }
}

fn part_of(part: Object<'_>, role: &str) -> Option<Value> {
    let spoken = if role == "assistant" {
        "output_text"
    } else {
        "input_text"
    };
    Some(match part.text("type").ok()?? {
        "text" => json!({ "type": spoken, "text": part.text("text").ok()?? }),
        "refusal" => json!({ "type": "refusal", "refusal": part.text("refusal").ok()?? }),
        "image_url" => {
            let image = part.get("image_url")?;
            let url = image.as_str().or_else(|| image["url"].as_str())?;
            let detail = image["detail"].as_str().unwrap_or("auto");
            json!({ "type": "input_image", "image_url": url, "detail": detail })
        }
        "file" => {
            let mut file = part.object("file").ok()??.0.clone();
            file.insert("type".into(), "input_file".into());
            Value::Object(file)
        }
        _ => return None,
    })
}

fn texts(content: &Value) -> String {
    match content {
        Value::Array(parts) => {
            let texts: Vec<&str> = parts
                .iter()
                .filter_map(|part| part["text"].as_str())
                .collect();
            texts.join("\n")
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_of_a_call_is_of_the_calls_kind() {
        let call = json!({ "id": "c", "type": "custom", "custom": { "name": "f", "input": "x" } });
        let result = |id: &str| json!({ "role": "tool", "tool_call_id": id, "content": "y" });
        let messages = json!([
            { "role": "user", "content": "a" },
            { "role": "assistant", "content": null, "tool_calls": [call] },
            result("c"), result("c"), result("d"),
        ]);
        let body = json!({ "model": "m", "messages": messages }).to_string();
        let request = ChatRequest::decode(body.into()).unwrap();
        let written = encode_request(&request, "m").unwrap();
        let written: Value = serde_json::from_slice(&written.body).unwrap();
        let kinds = [2, 3, 4].map(|at| written["input"][at]["type"].as_str().unwrap());
        assert_eq!(
            kinds,
            [
                "custom_tool_call_output",
                "custom_tool_call_output",
                "function_call_output"
            ]
        );
    }
}
