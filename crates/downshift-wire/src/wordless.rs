//! Hides when a part of a reply says something, so that a client whose API has no words for it is told.

use serde_json::Value;

use crate::Lost;
use crate::json::Object;

/// What a message may hold that every API has words for, in some form.
pub(crate) const SPOKEN: &[&str] = &[
    "role",
    "content",
    "refusal",
    "annotations",
    "tool_calls",
    "reasoning",
    "reasoning_content",
    "thinking_blocks",
];

/// Notes which fields beside these say anything.
pub(crate) fn note_others(of: &Value, known: &[&str], dropped: &mut Vec<String>) {
    let fields = of.as_object().into_iter().flatten();
    for (name, value) in fields {
        if !known.contains(&name.as_str()) && says_something(value) {
            note(name, dropped);
        }
    }
}

/// Notes which of these fields say anything.
pub(crate) fn note_fields(of: &Value, names: &[&str], dropped: &mut Vec<String>) {
    for name in names.iter().filter(|name| says_something(&of[**name])) {
        note(name, dropped);
    }
}

/// Notes what a message of a chat says beside its content that no other API can.
pub(crate) fn note_message(message: Object<'_>, at: usize, lost: &mut Vec<Lost>) {
    let said = |name: &str| message.get(name).is_some_and(says_something);
    for name in ["name", "annotations"] {
        if said(name) {
            lost.push(Lost::spare(format!("messages[].{name}")));
        }
    }
    if said("reasoning_content") && !said("thinking_blocks") {
        lost.push(Lost::spare("messages[].reasoning_content"));
    }
    for name in ["function_call", "audio"] {
        if message.get(name).is_some() {
            lost.push(Lost::needed(format!("messages[{at}].{name}")));
        }
    }
}

/// Notes a name, once.
pub(crate) fn note(name: &str, dropped: &mut Vec<String>) {
    if !dropped.iter().any(|dropped| dropped == name) {
        dropped.push(name.to_owned());
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.values().any(says_something),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
