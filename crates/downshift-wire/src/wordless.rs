//! Hides when a part of a reply says something, so that a client whose API has no words for it is told.

use serde_json::Value;

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
