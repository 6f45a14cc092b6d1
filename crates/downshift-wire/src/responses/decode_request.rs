//! A client's request for a response, as a chat request.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::items::Items;
use super::tools::{nested, nested_choice};
use crate::json::{Fault, Object, boolean, items, tree, understood};
use crate::{ChatRequest, Error, Lost, Original, Protocol};

/// Fields that need a provider who remembers, or whose tools and prompts are its own.
const NEEDED: &[&str] = &["previous_response_id", "conversation", "prompt"];

/// Fields that mean the same in the chat API.
const SAME: &[&str] = &[
    "temperature",
    "top_p",
    "parallel_tool_calls",
    "user",
    "safety_identifier",
    "prompt_cache_key",
    "service_tier",
    "metadata",
];

/// Reads a request body.
pub fn decode_request(body: Bytes) -> Result<ChatRequest, Error> {
    let tree = tree("request body", &body)?;
    let mut reading = Reading::default();
    let chat = understood("request body", || reading.request(Object::of(&tree)?))?;
    let mut request = ChatRequest::decode(chat.to_string().into())?;
    request.tools |= reading.offers && tree["tool_choice"] != "none";
    let lost = reading.lost;
    Ok(request.translated_from(Original {
        protocol: Protocol::Responses,
        body,
        lost,
    }))
}

#[derive(Default)]
struct Reading {
    chat: Map<String, Value>,
    lost: Vec<Lost>,
    /// Tools are offered that have no counterpart.
    offers: bool,
}

impl Reading {
    fn request(&mut self, request: Object<'_>) -> Result<Value, Fault> {
        self.set("model", request.model()?);
        let Some(input) = request.get("input") else {
            return Err(Fault::missing(
                "input",
                "send a string or an array of items",
            ));
        };
        let mut messages = Items::new(&mut self.lost);
        messages.instructions(request.text("instructions")?);
        messages
            .read(input)
            .map_err(|fault| fault.in_field("input"))?;
        let messages = messages.finish();
        if messages.iter().all(|message| message["role"] == "system") {
            return Err(Fault::value("is empty; send at least one item").in_field("input"));
        }
        self.set("messages", messages);
        for (name, value) in request.0.iter().filter(|(_, value)| !value.is_null()) {
            self.field(name, value)
                .map_err(|fault| fault.in_field(name))?;
        }
        Ok(Value::Object(std::mem::take(&mut self.chat)))
    }

    fn field(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        match name {
            "model" | "input" | "instructions" | "stream_options" => {}
            "max_output_tokens" => self.set("max_completion_tokens", value.clone()),
            "stream" => {
                let stream = boolean(value)?;
                self.set("stream", stream);
                if stream {
                    self.set("stream_options", json!({ "include_usage": true }));
                }
            }
            "tools" => self.tools(value)?,
            "tool_choice" => self.tool_choice(value),
            "text" => self.text(Object::of(value)?)?,
            "reasoning" => self.reasoning(Object::of(value)?)?,
            "include" => self.include(value)?,
            "top_logprobs" if value.as_u64() == Some(0) => {}
            "top_logprobs" => {
                self.set("logprobs", true);
                self.set("top_logprobs", value.clone());
            }
            "store" | "background" if *value == false => {}
            "store" | "background" => self.lost.push(Lost::needed(name)),
            "truncation" if *value == "disabled" => {}
            _ if SAME.contains(&name) => self.set(name, value.clone()),
            _ if NEEDED.contains(&name) => self.lost.push(Lost::needed(name)),
            _ => self.lost.push(Lost::spare(name)),
        }
        Ok(())
    }

    fn tools(&mut self, value: &Value) -> Result<(), Fault> {
        let mut at = 0;
        let mut tools = Vec::new();
        items(value, &mut |tool| {
            if let Some(tool) = nested(Object::of(tool)?, &mut self.lost)? {
                tools.push(tool);
            } else {
                self.offers = true;
                self.lost.push(Lost::needed(format!("tools[{at}]")));
            }
            at += 1;
            Ok(())
        })?;
        if !tools.is_empty() {
            self.set("tools", tools);
        }
        Ok(())
    }

    fn tool_choice(&mut self, value: &Value) {
        match nested_choice(value) {
            Some(choice) => self.set("tool_choice", choice),
            None => self.lost.push(Lost::needed("tool_choice")),
        }
    }

    fn text(&mut self, text: Object<'_>) -> Result<(), Fault> {
        if let Some(verbosity) = text.get("verbosity") {
            self.set("verbosity", verbosity.clone());
        }
        self.lost
            .extend(Lost::others(text, "text", &["format", "verbosity"]));
        let Some(format) = text.object("format")? else {
            return Ok(());
        };
        let kind = format.text("type")?.unwrap_or("text");
        let mut written = json!({ "type": kind });
        if kind == "json_schema" {
            let mut schema = format.0.clone();
            schema.remove("type");
            written["json_schema"] = Value::Object(schema);
        }
        self.set("response_format", written);
        Ok(())
    }

    fn reasoning(&mut self, reasoning: Object<'_>) -> Result<(), Fault> {
        if let Some(effort) = reasoning.text("effort")? {
            self.set("reasoning_effort", effort);
        }
        self.lost
            .extend(Lost::others(reasoning, "reasoning", &["effort"]));
        Ok(())
    }

    fn include(&mut self, value: &Value) -> Result<(), Fault> {
        for included in items(value, &mut |item| Ok(item.as_str().unwrap_or_default()))? {
            match included {
                "reasoning.encrypted_content" => {}
                "message.output_text.logprobs" => self.set("logprobs", true),
                _ => self.lost.push(Lost::spare("include")),
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.chat.insert(name.to_owned(), value.into());
    }
}
