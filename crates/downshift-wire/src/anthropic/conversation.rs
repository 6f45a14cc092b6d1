//! Hides how a chat's messages become turns: results of tools are the user's, the system's words stand apart.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::blocks;
use crate::Lost;
use crate::json::{Fault, Object};
use crate::wordless::note_message;

/// The signature of thinking that another API's model did; Anthropic would refuse it.
const FOREIGN: &str = "responses:";

/// Turns as Anthropic wants them: the system prompt apart, no two of one speaker in a row.
#[derive(Default)]
pub(super) struct Conversation {
    pub(super) system: Vec<Value>,
    pub(super) turns: Vec<Turn>,
}

pub(super) struct Turn {
    role: &'static str,
    blocks: VecDeque<Value>,
}

/// Whether a model of Anthropic's thought this, as its signature says.
pub(super) fn is_own(thinking: &Value) -> bool {
    let signature = thinking["signature"].as_str().unwrap_or_default();
    !signature.is_empty() && !signature.starts_with(FOREIGN)
}

/// Whether a turn of these blocks calls tools and does not open with thinking.
pub(super) fn calls_unthinking<'a>(blocks: impl IntoIterator<Item = &'a Value>) -> bool {
    let mut kinds = blocks.into_iter().map(|block| &block["type"]).peekable();
    let opens = kinds.peek().copied();
    let thinks = opens.is_some_and(|kind| kind == "thinking" || kind == "redacted_thinking");
    !thinks && kinds.any(|kind| kind == "tool_use")
}

impl Conversation {
    /// One message of a chat.
    pub(super) fn message(
        &mut self,
        message: Object<'_>,
        at: usize,
        lost: &mut Vec<Lost>,
    ) -> Result<(), Fault> {
        let content = message.get("content").unwrap_or(&Value::Null);
        note_message(message, at, lost);
        note_details(message, lost);
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
            if block["type"] == "thinking" && !is_own(&block) {
                lost.push(Lost::spare("thinking_blocks"));
            } else {
                said.push(block);
            }
        }
        if let Some(refusal) = message.text("refusal")?.filter(|_| blocks.is_empty()) {
            said.push(json!({ "type": "text", "text": refusal }));
        }
        said.extend(blocks);
        for block in message.items("tool_calls", |call| call_block(Object::of(call)?))? {
            match block {
                Some(block) => said.push(block),
                None => lost.push(Lost::needed(format!("messages[{at}].tool_calls"))),
            }
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
    pub(super) fn calls_without_thinking(&self) -> bool {
        let last = self.turns.iter().rfind(|turn| turn.role == "assistant");
        last.is_some_and(|turn| calls_unthinking(&turn.blocks))
    }
}

/// Notes how closely images are to be looked at, which no turn can say.
fn note_details(message: Object<'_>, lost: &mut Vec<Lost>) {
    let parts = message.get("content").and_then(Value::as_array);
    let detailed = |part: &&Value| {
        let detail = &part["image_url"]["detail"];
        !detail.is_null() && detail != "auto"
    };
    if parts.into_iter().flatten().any(|part| detailed(&part)) {
        lost.push(Lost::spare("messages[].content[].image_url.detail"));
    }
}

impl Turn {
    pub(super) fn written(self) -> Value {
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
pub(super) fn plain(mut blocks: Vec<Value>) -> Value {
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

/// A call of a function; `None` for calls of other tools. Arguments that are no JSON object, as models
/// write them at times, are handed on as text.
fn call_block(call: Object<'_>) -> Result<Option<Value>, Fault> {
    let id = call.needed_text("id", "a tool call has an id")?;
    let Some(function) = call.object("function")? else {
        return Ok(None);
    };
    let name = function.needed_text("name", "a call names its function")?;
    let written = function.text("arguments")?.unwrap_or_default();
    let input = match serde_json::from_str(written) {
        Ok(Value::Object(input)) => Value::Object(input),
        _ if written.trim().is_empty() => json!({}),
        _ => json!({ "arguments": written }),
    };
    let block = json!({ "type": "tool_use", "id": named(id), "name": name, "input": input });
    Ok(Some(block))
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
