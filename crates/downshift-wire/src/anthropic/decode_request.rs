//! A client's request for a message, as a chat request.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::turns::Turns;
use crate::json::{Fault, Object, boolean, tree, understood};
use crate::{ChatRequest, Error, Lost, Original, Protocol};

/// Fields without a counterpart that change what is asked: tools that the provider runs,
/// where it may run, which files it sees.
const NEEDED: &[&str] = &["mcp_servers", "container", "inference_geo"];

/// Reads a request body.
pub fn decode_request(body: Bytes) -> Result<ChatRequest, Error> {
    let tree = tree("request body", &body)?;
    let mut reading = Reading::default();
    let chat = understood("request body", || reading.request(Object::of(&tree)?))?;
    let mut request = ChatRequest::decode(chat.to_string().into())?;
    request.tools |= reading.offers && !reading.forbids;
    Ok(request.translated_from(Original {
        protocol: Protocol::Messages,
        body,
        lost: reading.lost,
    }))
}

#[derive(Default)]
struct Reading {
    chat: Map<String, Value>,
    lost: Vec<Lost>,
    /// Tools are offered that have no counterpart.
    offers: bool,
    /// No tool may be called.
    forbids: bool,
    /// An effort says how much is to be thought.
    adapts: bool,
}

impl Reading {
    fn request(&mut self, request: Object<'_>) -> Result<Value, Fault> {
        self.set("model", request.model()?);
        self.adapts = request
            .get("thinking")
            .is_some_and(|thinking| thinking["type"] == "adaptive")
            && request
                .get("output_config")
                .is_some_and(|config| !config["effort"].is_null());
        let mut turns = Turns::new(&mut self.lost);
        request.read("system", |system| turns.system(system))?;
        if request.get("messages").is_none() {
            return Err(Fault::missing(
                "messages",
                "send an array with at least one message",
            ));
        }
        let count = request
            .items("messages", |message| turns.message(Object::of(message)?))?
            .len();
        if count == 0 {
            return Err(Fault::value("is empty; send at least one message").in_field("messages"));
        }
        let messages = turns.finish();
        self.set("messages", messages);
        for (name, value) in request.0.iter().filter(|(_, value)| !value.is_null()) {
            self.field(name, value)
                .map_err(|fault| fault.in_field(name))?;
        }
        Ok(Value::Object(std::mem::take(&mut self.chat)))
    }

    fn field(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        match name {
            "model" | "messages" | "system" => {}
            "max_tokens" => self.set("max_completion_tokens", value.clone()),
            "temperature" | "top_p" => self.set(name, value.clone()),
            "stop_sequences" => self.set("stop", value.clone()),
            "stream" => {
                let stream = boolean(value)?;
                self.set("stream", stream);
                if stream {
                    self.set("stream_options", json!({ "include_usage": true }));
                }
            }
            "tools" => self.tools(value)?,
            "tool_choice" => self.tool_choice(Object::of(value)?)?,
            "thinking" => self.thinking(Object::of(value)?)?,
            "output_config" => self.output_config(Object::of(value)?)?,
            "output_format" => self.format(Object::of(value)?)?,
            _ if NEEDED.contains(&name) => {
                self.offers |= name == "mcp_servers";
                self.lost.push(Lost::needed(name));
            }
            _ => self.lost.push(Lost::spare(name)),
        }
        Ok(())
    }

    fn tools(&mut self, value: &Value) -> Result<(), Fault> {
        let mut at = 0;
        let mut tools = Vec::new();
        crate::json::items(value, &mut |tool| {
            let tool = Object::of(tool)?;
            match tool.text("type")? {
                None | Some("custom") => tools.push(self.tool(tool)?),
                Some(_) => {
                    self.offers = true;
                    self.lost.push(Lost::needed(format!("tools[{at}]")));
                }
            }
            at += 1;
            Ok(())
        })?;
        if !tools.is_empty() {
            self.set("tools", tools);
        }
        Ok(())
    }

    fn tool(&mut self, tool: Object<'_>) -> Result<Value, Fault> {
        let name = tool.needed_text("name", "a tool has a name")?;
        let mut function = Map::new();
        function.insert("name".into(), name.into());
        for (theirs, ours) in [
            ("description", "description"),
            ("input_schema", "parameters"),
            ("strict", "strict"),
        ] {
            if let Some(value) = tool.get(theirs) {
                function.insert(ours.into(), value.clone());
            }
        }
        let known = ["type", "name", "description", "input_schema", "strict"];
        self.lost.extend(Lost::others(tool, "tools[]", &known));
        Ok(json!({ "type": "function", "function": function }))
    }

    fn tool_choice(&mut self, choice: Object<'_>) -> Result<(), Fault> {
        let hint = "use one of `auto`, `any`, `tool`, `none`";
        let chosen: Value = match choice.needed_text("type", hint)? {
            "auto" => "auto".into(),
            "any" => "required".into(),
            "none" => "none".into(),
            "tool" => {
                let name = choice.needed_text("name", "name the tool to call")?;
                json!({ "type": "function", "function": { "name": name } })
            }
            other => {
                let other = crate::json::shortened(other);
                return Err(Fault::value(format!("is `{other}`; {hint}")).in_field("type"));
            }
        };
        self.forbids = chosen == "none";
        self.set("tool_choice", chosen);
        if choice.flag("disable_parallel_tool_use")? == Some(true) {
            self.set("parallel_tool_calls", false);
        }
        Ok(())
    }

    /// An explicit effort, if there is one too, says more than a budget.
    fn thinking(&mut self, thinking: Object<'_>) -> Result<(), Fault> {
        let known = ["type", "budget_tokens"];
        self.lost.extend(Lost::others(thinking, "thinking", &known));
        if thinking.text("type")? != Some("enabled") {
            // How much is thought is then the effort's to say.
            if !self.adapts {
                self.lost.push(Lost::spare("thinking.type"));
            }
            return Ok(());
        }
        if self.chat.contains_key("reasoning_effort") {
            return Ok(());
        }
        let budget = thinking.get("budget_tokens").and_then(Value::as_u64);
        let effort = match budget.unwrap_or(0) {
            0..4096 => "low",
            4096..16384 => "medium",
            _ => "high",
        };
        self.set("reasoning_effort", effort);
        Ok(())
    }

    fn output_config(&mut self, config: Object<'_>) -> Result<(), Fault> {
        if let Some(effort) = config.text("effort")? {
            self.set("reasoning_effort", effort);
        }
        if let Some(format) = config.object("format")? {
            self.format(format)
                .map_err(|fault| fault.in_field("format"))?;
        }
        let known = ["effort", "format"];
        self.lost
            .extend(Lost::others(config, "output_config", &known));
        Ok(())
    }

    fn format(&mut self, format: Object<'_>) -> Result<(), Fault> {
        let schema = format
            .get("schema")
            .filter(|_| matches!(format.text("type"), Ok(Some("json_schema"))));
        let schema = schema
            .ok_or_else(|| Fault::value("must be {\"type\": \"json_schema\", \"schema\": …}"))?;
        let named = json!({ "name": "reply", "schema": schema, "strict": true });
        self.set(
            "response_format",
            json!({ "type": "json_schema", "json_schema": named }),
        );
        Ok(())
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.chat.insert(name.to_owned(), value.into());
    }
}
