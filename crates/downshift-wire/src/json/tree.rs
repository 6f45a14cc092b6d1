//! Hides how a whole body is read as a tree: with places in its errors, and nothing that two readers could read in two ways.

use serde_json::{Map, Number, Value};

use super::{Cursor, Fault, Key, Kind, read};
use crate::Error;

/// An object of a tree; its getters take `null` for a field that is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'a>(pub(crate) &'a Map<String, Value>);

/// All of `bytes` as a tree. A surrogate without its partner is read as U+FFFD, a field that
/// stands there twice is an error.
pub(crate) fn tree(subject: &str, bytes: &[u8]) -> Result<Value, Error> {
    read(subject, bytes, value)
}

/// What `decode` makes of a tree, its faults with their place.
pub(crate) fn understood<T>(
    subject: &str,
    decode: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Error> {
    decode().map_err(|fault| fault.into_error(subject, ""))
}

fn value(cursor: &mut Cursor<'_>) -> Result<Value, Fault> {
    Ok(match cursor.kind()? {
        Kind::Null => cursor.skip().map(|()| Value::Null)?,
        Kind::Boolean => cursor.boolean()?.into(),
        Kind::Number => number(cursor.raw()?),
        Kind::String => cursor.text()?.into(),
        Kind::Array => {
            let mut items = Vec::new();
            cursor.items(|cursor| {
                items.push(value(cursor)?);
                Ok(())
            })?;
            Value::Array(items)
        }
        Kind::Object => {
            let mut fields = Map::new();
            cursor.fields(|cursor, Key { name, .. }| {
                let value = value(cursor)?;
                match fields.insert(name.to_string(), value) {
                    None => Ok(()),
                    Some(_) => Err(Fault::duplicate()),
                }
            })?;
            Value::Object(fields)
        }
    })
}

/// A number beyond what a double holds is read as the largest that it does.
fn number(written: &str) -> Value {
    let exact: Option<Number> = serde_json::from_str(written).ok();
    let largest = || {
        Number::from_f64(if written.starts_with('-') {
            f64::MIN
        } else {
            f64::MAX
        })
    };
    exact.or_else(largest).map_or(Value::Null, Value::Number)
}

// === impl Object ===

impl<'a> Object<'a> {
    /// The value, if it is an object.
    pub(crate) fn of(value: &'a Value) -> Result<Self, Fault> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            other => Err(Fault::kind("an object", kind(other))),
        }
    }

    /// A field that is not null.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A field that holds a string.
    pub(crate) fn text(self, name: &str) -> Result<Option<&'a str>, Fault> {
        self.read(name, |value| match value {
            Value::String(text) => Ok(text.as_str()),
            other => Err(Fault::kind("a string", kind(other))),
        })
    }

    /// A string that must be there; `hint` says what it holds.
    pub(crate) fn needed_text(self, name: &str, hint: &str) -> Result<&'a str, Fault> {
        self.text(name)?.ok_or_else(|| Fault::missing(name, hint))
    }

    /// The model that a request names, in any API.
    pub(crate) fn model(self) -> Result<&'a str, Fault> {
        let model = self.needed_text("model", "name a model, such as `auto`")?;
        if model.trim().is_empty() {
            return Err(Fault::value("is empty; name a model, such as `auto`").in_field("model"));
        }
        Ok(model)
    }

    /// A field that holds a boolean.
    pub(crate) fn flag(self, name: &str) -> Result<Option<bool>, Fault> {
        self.read(name, boolean)
    }

    /// A field that holds an object.
    pub(crate) fn object(self, name: &str) -> Result<Option<Self>, Fault> {
        self.read(name, Object::of)
    }

    /// What `each` makes of a field's items; nothing if the field is not there.
    pub(crate) fn items<T>(
        self,
        name: &str,
        mut each: impl FnMut(&'a Value) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let items = self.read(name, |value| items(value, &mut each))?;
        Ok(items.unwrap_or_default())
    }

    /// What `decode` makes of a field, faults with the field's name.
    pub(crate) fn read<T>(
        self,
        name: &str,
        decode: impl FnOnce(&'a Value) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let decoded = self.get(name).map(decode).transpose();
        decoded.map_err(|fault| fault.in_field(name))
    }
}

/// The value, if it is a boolean.
pub(crate) fn boolean(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        other => Err(Fault::kind("a boolean", kind(other))),
    }
}

/// What `each` makes of an array's items, faults with the item's number.
pub(crate) fn items<'a, T>(
    value: &'a Value,
    each: &mut impl FnMut(&'a Value) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let Value::Array(items) = value else {
        return Err(Fault::kind("an array", kind(value)));
    };
    let read = items
        .iter()
        .enumerate()
        .map(|(at, item)| each(item).map_err(|fault| fault.in_item(at)));
    read.collect()
}

/// What kind of value it is, with its article.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Result<&str, &str>) {
        let read = tree("request body", body.as_bytes());
        let read = read.map(|value| value.to_string());
        let read = read.as_deref().map_err(|error| error.message.as_str());
        assert_eq!(read, expected);
    }

    #[test]
    fn reads_what_is_there_and_refuses_what_is_there_twice() {
        check(
            r#"{"a":[1,2.50,-3e2,null,true],"b":{"c":"\u00e9"}}"#,
            Ok(r#"{"a":[1,2.5,-300.0,null,true],"b":{"c":"é"}}"#),
        );
        check(r#"{"lone":"\ud800"}"#, Ok("{\"lone\":\"\u{fffd}\"}"));
        check(
            "[1e999,-1e999]",
            Ok("[1.7976931348623157e+308,-1.7976931348623157e+308]"),
        );
        check(
            r#"{"a":[{"b":1,"b":2}]}"#,
            Err("`a[0].b` is given twice; send it once"),
        );
        check(
            "{",
            Err(
                "the request body is cut off at line 1, column 2: expected a field name in double quotes",
            ),
        );
    }
}
