//! A chat request, as an upstream that speaks Anthropic's messages reads it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::conversation::{Conversation, Turn, plain};
use crate::json::{Fault, Object, tree, understood};
use crate::{ChatRequest, Error, Lost, Translated};

/// The longest reply where the request names none: Anthropic demands a number, and every
/// model of theirs since Claude 3.5 takes this one.
pub const DEFAULT_MAX_TOKENS: u64 = 8192;

/// How the API is called in messages.
const TARGET: &str = "Anthropic's messages API";

/// Fields that change what is asked, and that messages cannot express.
const NEEDED: &[&str] = &[
    "audio",
    "functions",
    "function_call",
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "structured_outputs",
    "web_search_options",
];

/// Thinking tokens for each `reasoning_effort`; Anthropic takes no fewer than 1,024.
const EFFORTS: &[(&str, u64)] = &[
    ("low", 1024),
    ("medium", 4096),
    ("high", 16_384),
    ("xhigh", 32_768),
    ("max", 32_768),
];

/// A request in Anthropic's words, for this model.
pub(super) fn encode_request(request: &ChatRequest, model: &str) -> Result<Translated, Error> {
    let tree = tree("request body", request.body())?;
    let mut writing = Writing {
        lost: Vec::new(),
        body: Map::new(),
        effort: None,
        allowed: allowed(&tree["tool_choice"]),
    };
    if let Some(original) = &request.original {
        writing.lost.extend(original.lost.iter().cloned());
    }
    writing.set("model", model);
    let body = understood("request body", || {
        writing.request(Object::of(&tree)?, request.max_tokens)
    })?;
    let dropped = Lost::settle(&writing.lost, TARGET, request.protocol())?;
    Ok(Translated {
        body: body.to_string().into(),
        dropped,
    })
}

struct Writing {
    lost: Vec<Lost>,
    body: Map<String, Value>,
    /// Thinking tokens.
    effort: Option<u64>,
    /// The only tools that may be called, each by its kind and its name.
    allowed: Option<HashSet<(String, String)>>,
}

impl Writing {
    fn request(&mut self, request: Object<'_>, max_tokens: Option<u64>) -> Result<Value, Fault> {
        let mut conversation = Conversation::default();
        let mut at = 0;
        request.items("messages", |message| {
            at += 1;
            conversation.message(Object::of(message)?, at - 1, &mut self.lost)
        })?;
        self.set("max_tokens", max_tokens.unwrap_or(DEFAULT_MAX_TOKENS));
        for (name, value) in request.0.iter().filter(|(_, value)| !value.is_null()) {
            self.field(name, value)
                .map_err(|fault| fault.in_field(name))?;
        }
        if self.allowed.is_some() && !self.body.contains_key("tools") {
            self.lost.push(Lost::needed("tool_choice"));
        }
        self.think(&conversation, max_tokens);
        if !conversation.system.is_empty() {
            let system = std::mem::take(&mut conversation.system);
            self.set("system", plain(system));
        }
        self.set(
            "messages",
            conversation
                .turns
                .into_iter()
                .map(Turn::written)
                .collect::<Vec<_>>(),
        );
        Ok(Value::Object(std::mem::take(&mut self.body)))
    }

    fn field(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        match name {
            "model" | "messages" | "max_tokens" | "max_completion_tokens" | "stream_options" => {}
            "stream" | "top_p" | "top_k" => self.set(name, value.clone()),
            "temperature" => self.temperature(value),
            "stop" => self.set("stop_sequences", listed(value)),
            "tools" => self.tools(value)?,
            "tool_choice" => self.tool_choice(value),
            "parallel_tool_calls" if *value == true => {}
            "parallel_tool_calls" => self.one_call_at_a_time(),
            "response_format" => self.format(value),
            "reasoning_effort" => {
                let effort = value.as_str().unwrap_or_default();
                let known = EFFORTS.iter().find(|(name, _)| *name == effort);
                self.effort = known.map(|(_, tokens)| *tokens);
                if known.is_none() && !matches!(effort, "none" | "minimal") {
                    self.lost.push(Lost::spare(name));
                }
            }
            "n" if value.as_u64() == Some(1) => {}
            "modalities" if *value == json!(["text"]) => {}
            "logprobs" | "store" if *value == false => {}
            "n" | "modalities" => self.lost.push(Lost::needed(name)),
            _ if NEEDED.contains(&name) => self.lost.push(Lost::needed(name)),
            _ => self.lost.push(Lost::spare(name)),
        }
        Ok(())
    }

    /// Anthropic's scale ends at 1.
    fn temperature(&mut self, value: &Value) {
        let above = value.as_f64().is_some_and(|temperature| temperature > 1.0);
        if above {
            self.lost.push(Lost::spare("temperature>1"));
        }
        self.set(
            "temperature",
            if above { json!(1.0) } else { value.clone() },
        );
    }

    /// The tools that may be called; where only some may, the others are not offered.
    fn tools(&mut self, value: &Value) -> Result<(), Fault> {
        let (mut at, mut tools) = (0, Vec::new());
        crate::json::items(value, &mut |tool| {
            at += 1;
            let allowed = self.allowed.as_ref();
            if allowed.is_some_and(|allowed| !allowed.contains(&named(tool))) {
                return Ok(());
            }
            match written(Object::of(tool)?)? {
                Some(tool) => tools.push(tool),
                None => self.lost.push(Lost::needed(format!("tools[{}]", at - 1))),
            }
            Ok(())
        })?;
        if !tools.is_empty() {
            self.set("tools", tools);
        }
        Ok(())
    }

    fn tool_choice(&mut self, value: &Value) {
        let mode = value
            .as_str()
            .or_else(|| value["allowed_tools"]["mode"].as_str());
        let chosen = match (mode, value["function"]["name"].as_str()) {
            (Some("auto"), _) => json!({ "type": "auto" }),
            (Some("required"), _) => json!({ "type": "any" }),
            (Some("none"), _) => json!({ "type": "none" }),
            (None, Some(name)) => json!({ "type": "tool", "name": name }),
            _ => return self.lost.push(Lost::needed("tool_choice")),
        };
        self.merge_choice(chosen);
    }

    fn one_call_at_a_time(&mut self) {
        self.merge_choice(json!({ "disable_parallel_tool_use": true }));
    }

    /// The two fields of a chat request that meet in one, whichever comes first.
    fn merge_choice(&mut self, more: Value) {
        let choice = self
            .body
            .entry("tool_choice")
            .or_insert_with(|| json!({ "type": "auto" }));
        if let (Value::Object(choice), Value::Object(more)) = (choice, more) {
            choice.extend(more);
        }
    }

    fn format(&mut self, value: &Value) {
        match value["type"].as_str() {
            Some("text") => {}
            Some("json_schema") if value["json_schema"]["schema"].is_object() => {
                let schema = &value["json_schema"]["schema"];
                self.set(
                    "output_config",
                    json!({ "format": { "type": "json_schema", "schema": schema } }),
                );
            }
            _ => self.lost.push(Lost::needed("response_format")),
        }
    }

    /// Thinking shares the reply's tokens, and excludes a temperature and a forced tool. A call
    /// whose thinking is not there any more cannot be gone on from with thinking.
    fn think(&mut self, conversation: &Conversation, max_tokens: Option<u64>) {
        let Some(budget) = self.effort else {
            return;
        };
        let budget = max_tokens.map_or(budget, |most| budget.min(most.saturating_sub(1)));
        let choice = self.body.get("tool_choice").map(|choice| &choice["type"]);
        let forced = choice.is_some_and(|choice| choice == "any" || choice == "tool");
        if budget < 1024 || forced || conversation.calls_without_thinking() {
            return self.lost.push(Lost::spare("reasoning_effort"));
        }
        for excluded in ["temperature", "top_k"] {
            if self.body.remove(excluded).is_some() {
                self.lost.push(Lost::spare(excluded));
            }
        }
        self.set(
            "thinking",
            json!({ "type": "enabled", "budget_tokens": budget }),
        );
        if max_tokens.is_none() {
            self.set("max_tokens", budget + DEFAULT_MAX_TOKENS);
        }
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.body.insert(name.to_owned(), value.into());
    }
}

/// The only tools that a choice allows; `None` if it allows all.
fn allowed(choice: &Value) -> Option<HashSet<(String, String)>> {
    let tools = choice["allowed_tools"]["tools"].as_array()?;
    Some(tools.iter().map(named).collect())
}

/// A tool's kind and its name.
fn named(tool: &Value) -> (String, String) {
    let kind = tool["type"].as_str().unwrap_or("function");
    let name = tool[kind]["name"].as_str().unwrap_or_default();
    (kind.to_owned(), name.to_owned())
}

/// A function as a tool of Anthropic's; `None` for tools of other kinds.
fn written(tool: Object<'_>) -> Result<Option<Value>, Fault> {
    let function = tool.object("function")?;
    let is_function = tool.get("type").is_none_or(|kind| kind == "function");
    let Some(function) = function.filter(|_| is_function) else {
        return Ok(None);
    };
    let mut written = Map::new();
    let name = function.needed_text("name", "a function has a name")?;
    written.insert("name".into(), name.into());
    if let Some(description) = function.get("description") {
        written.insert("description".into(), description.clone());
    }
    written.insert("input_schema".into(), schema(function.get("parameters")));
    if function.get("strict") == Some(&Value::Bool(true)) {
        written.insert("strict".into(), true.into());
    }
    if let Some(cache) = tool.get("cache_control") {
        written.insert("cache_control".into(), cache.clone());
    }
    Ok(Some(Value::Object(written)))
}

/// What a function takes, which Anthropic wants to be called an object.
fn schema(parameters: Option<&Value>) -> Value {
    let mut schema = match parameters {
        Some(Value::Object(schema)) => schema.clone(),
        _ => Map::new(),
    };
    if !schema.contains_key("type") {
        schema.insert("type".into(), "object".into());
    }
    if schema.len() == 1 {
        schema.insert("properties".into(), json!({}));
    }
    Value::Object(schema)
}

fn listed(value: &Value) -> Value {
    match value {
        Value::Array(_) => value.clone(),
        one => json!([one]),
    }
}
