//! Hides how tools, calls of them and the choice among them are written: flat in a response, and within a field that is named after their kind in the chat API.

use serde_json::{Map, Value, json};

use crate::Lost;
use crate::json::{Fault, Object};

/// The kinds of tools that both APIs have, and what both can say of each.
const SHARED: &[(&str, &[&str])] = &[
    ("function", &["name", "description", "parameters", "strict"]),
    ("custom", &["name", "description", "format"]),
];

/// How a call of each kind is written: in the chat API, in a response, and what the tool is given in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Calls {
    /// The kind of tool, and the field of the chat API that holds the call.
    pub(super) kind: &'static str,
    /// The type of the item that is a call.
    pub(super) item: &'static str,
    /// The field that holds what the tool is given.
    pub(super) given: &'static str,
    /// The event that goes on with it.
    pub(super) delta: &'static str,
    /// The event that ends it.
    pub(super) done: &'static str,
    /// How an item's id begins.
    pub(super) prefix: &'static str,
    /// The type of the item that brings what the tool gave.
    pub(super) output: &'static str,
}

/// Calls of functions, whose arguments are JSON.
pub(super) const FUNCTION: Calls = Calls {
    kind: "function",
    item: "function_call",
    given: "arguments",
    delta: "response.function_call_arguments.delta",
    done: "response.function_call_arguments.done",
    prefix: "fc_",
    output: "function_call_output",
};

/// Calls of custom tools, whose input is text.
pub(super) const CUSTOM: Calls = Calls {
    kind: "custom",
    item: "custom_tool_call",
    given: "input",
    delta: "response.custom_tool_call_input.delta",
    done: "response.custom_tool_call_input.done",
    prefix: "ctc_",
    output: "custom_tool_call_output",
};

// === impl Calls ===

impl Calls {
    /// The kind of call that an item of this type is.
    pub(super) fn of_item(item: &Value) -> Option<Self> {
        [FUNCTION, CUSTOM]
            .into_iter()
            .find(|calls| item["type"] == calls.item)
    }

    /// The kind of call, or of a piece of one, that the chat API's is.
    pub(super) fn of_call(call: &Value) -> Self {
        if call["custom"].is_object() {
            CUSTOM
        } else {
            FUNCTION
        }
    }

    /// A call as the chat API has it.
    pub(super) fn chat(self, id: &Value, name: &Value, given: &Value) -> Value {
        json!({ "id": id, "type": self.kind, self.kind: { "name": name, self.given: given } })
    }
}

/// A tool as the chat API has it; `None` if it has none of its kind.
pub(super) fn nested(tool: Object<'_>, lost: &mut Vec<Lost>) -> Result<Option<Value>, Fault> {
    let kind = tool.needed_text("type", "a tool says what it is, such as `function`")?;
    let Some((kind, fields)) = SHARED.iter().find(|(shared, _)| *shared == kind) else {
        return Ok(None);
    };
    tool.needed_text("name", "a tool has a name")?;
    let known = [&["type"], *fields].concat();
    lost.extend(Lost::others(tool, "tools[]", &known));
    let said = fields.iter().filter_map(|name| {
        let value = tool.get(name)?;
        let value = if *name == "format" {
            nested_format(value)
        } else {
            value.clone()
        };
        Some(((*name).to_owned(), value))
    });
    let said: Map<String, Value> = said.collect();
    Ok(Some(json!({ "type": kind, *kind: said })))
}

/// A tool as a response has it; `None` if it has none of its kind. Functions are strict unless said
/// otherwise there, and the other way round in the chat API.
pub(super) fn flat(tool: Object<'_>) -> Result<Option<Value>, Fault> {
    if let Some(function) = tool.object("function")? {
        let mut written = json!({ "type": "function", "strict": false, "parameters": null });
        if let Value::Object(written) = &mut written {
            written.extend(function.0.clone());
        }
        return Ok(Some(written));
    }
    let Some(custom) = tool.object("custom")? else {
        return Ok(None);
    };
    let mut written = custom.0.clone();
    written.insert("type".into(), "custom".into());
    if let Some(format) = custom.get("format") {
        written.insert("format".into(), flat_format(format));
    }
    Ok(Some(Value::Object(written)))
}

/// Which tools are to be called, as the chat API says it; `None` if it cannot.
pub(super) fn nested_choice(choice: &Value) -> Option<Value> {
    if choice.is_string() {
        return Some(choice.clone());
    }
    if choice["type"] != "allowed_tools" {
        return nested_name(choice);
    }
    let tools = choice["tools"].as_array()?.iter().map(nested_name);
    let tools = tools.collect::<Option<Vec<Value>>>()?;
    let allowed = json!({ "mode": choice["mode"], "tools": tools });
    Some(json!({ "type": "allowed_tools", "allowed_tools": allowed }))
}

/// Which tools are to be called, as a response says it; `None` if it cannot.
pub(super) fn flat_choice(choice: &Value) -> Option<Value> {
    if choice.is_string() {
        return Some(choice.clone());
    }
    if choice["type"] != "allowed_tools" {
        return flat_name(choice);
    }
    let allowed = &choice["allowed_tools"];
    let tools = allowed["tools"].as_array()?.iter().map(flat_name);
    let tools = tools.collect::<Option<Vec<Value>>>()?;
    Some(json!({ "type": "allowed_tools", "mode": allowed["mode"], "tools": tools }))
}

fn nested_name(tool: &Value) -> Option<Value> {
    let (kind, _) = SHARED.iter().find(|(kind, _)| tool["type"] == *kind)?;
    let name = tool["name"].as_str()?;
    Some(json!({ "type": kind, *kind: { "name": name } }))
}

fn flat_name(tool: &Value) -> Option<Value> {
    let (kind, _) = SHARED.iter().find(|(kind, _)| tool[*kind].is_object())?;
    let name = tool[*kind]["name"].as_str()?;
    Some(json!({ "type": kind, "name": name }))
}

/// A grammar stands within a field of its own in the chat API.
fn nested_format(format: &Value) -> Value {
    let Some(fields) = format.as_object().filter(|_| format["type"] == "grammar") else {
        return format.clone();
    };
    let mut grammar = fields.clone();
    grammar.remove("type");
    json!({ "type": "grammar", "grammar": grammar })
}

fn flat_format(format: &Value) -> Value {
    let Some(grammar) = format["grammar"].as_object() else {
        return format.clone();
    };
    let mut flat = Map::new();
    flat.insert("type".into(), format["type"].clone());
    flat.extend(grammar.clone());
    Value::Object(flat)
}
