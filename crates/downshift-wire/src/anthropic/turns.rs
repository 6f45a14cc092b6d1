//! Hides how turns made of blocks become messages: calls and results of tools stand apart in the chat API.

use serde_json::{Map, Value, json};

use super::blocks;
use crate::Lost;
use crate::json::{Fault, Object, items, kind, shortened};

/// Makes chat messages of turns, in order.
pub(super) struct Turns<'a> {
    lost: &'a mut Vec<Lost>,
    messages: Vec<Value>,
    /// How many turns were read.
    turn: usize,
}

/// One assistant's turn.
#[derive(Default)]
struct Spoken {
    text: String,
    calls: Vec<Value>,
    thinking: Vec<Value>,
}

impl<'a> Turns<'a> {
    pub(super) fn new(lost: &'a mut Vec<Lost>) -> Self {
        Self {
            lost,
            messages: Vec::new(),
            turn: 0,
        }
    }

    pub(super) fn finish(self) -> Vec<Value> {
        self.messages
    }

    /// The system prompt: text, or blocks of text.
    pub(super) fn system(&mut self, system: &Value) -> Result<(), Fault> {
        let text = match system {
            Value::String(text) => text.clone(),
            Value::Array(_) => self.texts(system)?.join("\n\n"),
            other => {
                return Err(Fault::kind(
                    "a string or an array of text blocks",
                    kind(other),
                ));
            }
        };
        if !text.is_empty() {
            self.messages
                .push(json!({ "role": "system", "content": text }));
        }
        Ok(())
    }

    /// One turn.
    pub(super) fn message(&mut self, message: Object<'_>) -> Result<(), Fault> {
        let hint = "use one of `user`, `assistant`";
        let role = message.needed_text("role", hint)?;
        let Some(content) = message.get("content") else {
            return Err(Fault::missing(
                "content",
                "a message holds a string or an array of blocks",
            ));
        };
        let read = match role {
            "system" => self.system(content),
            "user" => self.user(content),
            "assistant" => self.assistant(content),
            other => {
                let other = shortened(other);
                return Err(
                    Fault::value(format!("is `{other}`, which is not a role; {hint}"))
                        .in_field("role"),
                );
            }
        };
        read.map_err(|fault| fault.in_field("content"))?;
        self.turn += 1;
        Ok(())
    }

    fn user(&mut self, content: &Value) -> Result<(), Fault> {
        if let Value::String(text) = content {
            self.messages
                .push(json!({ "role": "user", "content": text }));
            return Ok(());
        }
        let mut parts = Vec::new();
        let mut at = 0;
        self.blocks(content, |turns, block, kind| {
            if kind == "tool_result" {
                turns.result(block, &mut parts)?;
            } else {
                let place = turns.place(at);
                parts.extend(blocks::part(block, kind, &place, turns.lost)?);
            }
            at += 1;
            Ok(())
        })?;
        if at == 0 {
            return Err(Fault::value(
                "is an empty array; send at least one block, or a string",
            ));
        }
        if !parts.is_empty() {
            self.messages
                .push(json!({ "role": "user", "content": blocks::content(parts) }));
        }
        Ok(())
    }

    /// A tool's result holds text alone in the chat API; what it shows beside that is shown by the user after it.
    fn result(&mut self, block: Object<'_>, shown: &mut Vec<Value>) -> Result<(), Fault> {
        let id = block.needed_text("tool_use_id", "a tool result names the call it answers")?;
        blocks::note_spare(block, &["cache_control"], self.lost);
        let mut texts = Vec::new();
        match block.get("content") {
            None => {}
            Some(Value::String(text)) => texts.push(text.clone()),
            Some(content) => {
                let mut at = 0;
                let place = self.place(0);
                self.blocks(content, |turns, inner, kind| {
                    let place = format!("{place}.content[{at}]");
                    match blocks::part(inner, kind, &place, turns.lost)? {
                        Some(part) if kind == "text" => {
                            texts.extend(part["text"].as_str().map(str::to_owned));
                        }
                        part => shown.extend(part),
                    }
                    at += 1;
                    Ok(())
                })
                .map_err(|fault| fault.in_field("content"))?;
            }
        }
        if block.flag("is_error")? == Some(true) {
            self.lost.push(Lost::spare("messages[].content[].is_error"));
        }
        self.messages
            .push(json!({ "role": "tool", "tool_call_id": id, "content": texts.join("\n") }));
        Ok(())
    }

    fn assistant(&mut self, content: &Value) -> Result<(), Fault> {
        if let Value::String(text) = content {
            self.messages
                .push(json!({ "role": "assistant", "content": text }));
            return Ok(());
        }
        let mut spoken = Spoken::default();
        let mut at = 0;
        self.blocks(content, |turns, block, kind| {
            match kind {
                "text" => {
                    blocks::note_spare(block, &["cache_control", "citations"], turns.lost);
                    spoken
                        .text
                        .push_str(block.needed_text("text", "a text block holds a string there")?);
                }
                "thinking" | "redacted_thinking" => {
                    spoken.thinking.push(Value::Object(block.0.clone()));
                }
                "tool_use" => {
                    blocks::note_spare(block, &["cache_control"], turns.lost);
                    spoken.calls.push(call(block)?);
                }
                _ => turns.lost.push(Lost::needed(turns.place(at))),
            }
            at += 1;
            Ok(())
        })?;
        self.messages.push(spoken.message());
        Ok(())
    }

    fn texts(&mut self, value: &Value) -> Result<Vec<String>, Fault> {
        let mut texts = Vec::new();
        self.blocks(value, |turns, block, kind| {
            if kind != "text" {
                return Err(Fault::value("must be `text`").in_field("type"));
            }
            blocks::note_spare(block, &["cache_control", "citations"], turns.lost);
            texts.push(
                block
                    .needed_text("text", "a text block holds a string there")?
                    .to_owned(),
            );
            Ok(())
        })?;
        Ok(texts)
    }

    fn blocks(
        &mut self,
        value: &Value,
        mut each: impl FnMut(&mut Self, Object<'_>, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        items(value, &mut |block| {
            let block = Object::of(block)?;
            let kind = block.needed_text("type", "a block says what it is, such as `text`")?;
            each(self, block, kind)
        })
        .map(|_| ())
    }

    fn place(&self, block: usize) -> String {
        format!("messages[{}].content[{block}]", self.turn)
    }
}

impl Spoken {
    fn message(self) -> Value {
        let mut message = Map::new();
        message.insert("role".into(), "assistant".into());
        let silent = self.text.is_empty() && !self.calls.is_empty();
        message.insert(
            "content".into(),
            if silent {
                Value::Null
            } else {
                self.text.into()
            },
        );
        if !self.calls.is_empty() {
            message.insert("tool_calls".into(), self.calls.into());
        }
        if !self.thinking.is_empty() {
            message.insert("thinking_blocks".into(), self.thinking.into());
        }
        Value::Object(message)
    }
}

fn call(block: Object<'_>) -> Result<Value, Fault> {
    let id = block.needed_text("id", "a tool call has an id")?;
    let name = block.needed_text("name", "a tool call names its tool")?;
    let input = block
        .get("input")
        .map_or_else(|| "{}".to_owned(), Value::to_string);
    Ok(json!({ "id": id, "type": "function", "function": { "name": name, "arguments": input } }))
}
