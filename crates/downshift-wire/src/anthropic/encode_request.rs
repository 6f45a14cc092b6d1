//! A chat request, as an upstream that speaks Anthropic's messages reads it.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::blocks;
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
];

/// The signature of thinking that another API's model did; Anthropic would refuse it.
const FOREIGN: &str = "responses:";

/// A request in Anthropic's words, for this model.
pub fn encode_request(request: &ChatRequest, model: &str) -> Result<Translated, Error> {
    let tree = tree("request body", request.body())?;
    let mut writing = Writing {
        lost: Vec::new(),
        body: Map::new(),
        effort: None,
    };
    if let Some(original) = &request.original {
        writing.lost.extend(original.lost.iter().cloned());
    }
    writing.set("model", model);
    let body = understood("request body", || {
        writing.request(Object::of(&tree)?, request.max_tokens)
    })?;
    let dropped = Lost::settle(&writing.lost, TARGET)?;
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

    fn tools(&mut self, value: &Value) -> Result<(), Fault> {
        let mut at = 0;
        let tools = crate::json::items(value, &mut |tool| {
            let tool = Object::of(tool)?;
            at += 1;
            let Some(function) = tool
                .object("function")?
                .filter(|_| tool.get("type").is_none_or(|kind| kind == "function"))
            else {
                self.lost.push(Lost::needed(format!("tools[{}]", at - 1)));
                return Ok(Value::Null);
            };
            let mut written = Map::new();
            written.insert(
                "name".into(),
                function
                    .needed_text("name", "a function has a name")?
                    .into(),
            );
            if let Some(description) = function.get("description") {
                written.insert("description".into(), description.clone());
            }
            let schema = function
                .get("parameters")
                .filter(|schema| schema.get("type").is_some())
                .cloned();
            let schema = schema.unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
            written.insert("input_schema".into(), schema);
            if function.get("strict") == Some(&Value::Bool(true)) {
                written.insert("strict".into(), true.into());
            }
            if let Some(cache) = tool.get("cache_control") {
                written.insert("cache_control".into(), cache.clone());
            }
            Ok(Value::Object(written))
        })?;
        if !tools.is_empty() {
            self.set("tools", tools);
        }
        Ok(())
    }

    fn tool_choice(&mut self, value: &Value) {
        let chosen = match (value.as_str(), value["function"]["name"].as_str()) {
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

/// Turns as Anthropic wants them: the system prompt apart, no two of one speaker in a row.
#[derive(Default)]
struct Conversation {
    system: Vec<Value>,
    turns: Vec<Turn>,
}

struct Turn {
    role: &'static str,
    blocks: VecDeque<Value>,
}

impl Conversation {
    fn message(
        &mut self,
        message: Object<'_>,
        at: usize,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Fault> {
        let content = message.get("content").unwrap_or(&Value::Null);
        let mut blocks = Vec::new();
        match content {
            Value::String(text) if !text.is_empty() => blocks.push(text_block(text, message)),
            Value::Array(parts) => {
                for (part_at, part) in parts.iter().enumerate() {
                    match blocks::block(Object::of(part)?) {
                        Some(block) if block["text"] == "" => {}
                        Some(block) => blocks.push(block),
                        None => {
                            lost.push(Lost::needed(format!("messages[{at}].content[{part_at}]")));
                        }
                    }
                }
            }
            _ => {}
        }
        match message.text("role")?.unwrap_or_default() {
            "system" | "developer" => self.system.extend(blocks),
            "assistant" => self.assistant(message, blocks, at, lost)?,
            "tool" => self.result(message, blocks)?,
            "function" => lost.push(Lost::needed(format!("messages[{at}].role"))),
            _ => self.say("user", blocks),
        }
        Ok(())
    }

    fn assistant(
        &mut self,
        message: Object<'_>,
        blocks: Vec<Value>,
        at: usize,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Fault> {
        let mut said = Vec::new();
        for block in message.items("thinking_blocks", |block| Ok(block.clone()))? {
            if block["signature"]
                .as_str()
                .is_some_and(|signature| signature.starts_with(FOREIGN))
            {
                lost.push(Lost::spare("thinking_blocks"));
            } else {
                said.push(block);
            }
        }
        if let Some(refusal) = message.text("refusal")?.filter(|_| blocks.is_empty()) {
            said.push(json!({ "type": "text", "text": refusal }));
        }
        said.extend(blocks);
        said.extend(message.items("tool_calls", |call| call_block(Object::of(call)?))?);
        if message.get("function_call").is_some() {
            lost.push(Lost::needed(format!("messages[{at}].function_call")));
        }
        self.say("assistant", said);
        Ok(())
    }

    fn result(&mut self, message: Object<'_>, blocks: Vec<Value>) -> Result<(), Fault> {
        let id = message.needed_text("tool_call_id", "a tool message names the call it answers")?;
        let mut result =
            json!({ "type": "tool_result", "tool_use_id": named(id), "content": plain(blocks) });
        if message.flag("is_error")? == Some(true) {
            result["is_error"] = true.into();
        }
        self.say("user", vec![result]);
        Ok(())
    }

    /// Anthropic refuses a message without content; nothing said is nothing sent.
    fn say(&mut self, role: &'static str, blocks: Vec<Value>) {
        if blocks.is_empty() {
            return;
        }
        match self.turns.last_mut() {
            Some(turn) if turn.role == role => turn.blocks.extend(blocks),
            _ => self.turns.push(Turn {
                role,
                blocks: blocks.into(),
            }),
        }
    }

    /// Whether the newest assistant's turn calls tools and does not open with thinking.
    fn calls_without_thinking(&self) -> bool {
        let last = self.turns.iter().rfind(|turn| turn.role == "assistant");
        last.is_some_and(|turn| {
            let thinks = turn.blocks.front().is_some_and(|block| {
                block["type"] == "thinking" || block["type"] == "redacted_thinking"
            });
            !thinks && turn.blocks.iter().any(|block| block["type"] == "tool_use")
        })
    }
}

impl Turn {
    fn written(self) -> Value {
        json!({ "role": self.role, "content": plain(self.blocks.into()) })
    }
}

/// A message's text with the cache mark that some clients put beside it.
fn text_block(text: &str, message: Object<'_>) -> Value {
    let mut block = json!({ "type": "text", "text": text });
    if let Some(cache) = message.get("cache_control") {
        block["cache_control"] = cache.clone();
    }
    block
}

/// Content of one bare text block is written as text.
fn plain(mut blocks: Vec<Value>) -> Value {
    match blocks.as_mut_slice() {
        [] => "".into(),
        [only]
            if only["type"] == "text" && only.as_object().is_some_and(|block| block.len() == 2) =>
        {
            only["text"].take()
        }
        _ => Value::Array(blocks),
    }
}

/// Arguments that are no JSON object, as models write them at times, are handed on as text.
fn call_block(call: Object<'_>) -> Result<Value, Fault> {
    let id = call.needed_text("id", "a tool call has an id")?;
    let function = call.object("function")?.ok_or_else(|| {
        Fault::missing(
            "function",
            "only calls of functions can be put into Anthropic's messages API",
        )
    })?;
    let name = function.needed_text("name", "a call names its function")?;
    let written = function.text("arguments")?.unwrap_or_default();
    let input = match serde_json::from_str(written) {
        Ok(Value::Object(input)) => Value::Object(input),
        _ if written.trim().is_empty() => json!({}),
        _ => json!({ "arguments": written }),
    };
    Ok(json!({ "type": "tool_use", "id": named(id), "name": name, "input": input }))
}

/// An id in the letters that Anthropic takes.
fn named(id: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            c
        } else {
            '_'
        }
    };
    id.chars().map(letter).collect()
}

fn listed(value: &Value) -> Value {
    match value {
        Value::Array(_) => value.clone(),
        one => json!([one]),
    }
}
