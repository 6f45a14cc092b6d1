//! Whether a value fits a JSON schema: hides the keywords that are understood.
//!
//! Understood is what OpenAI's structured outputs accept, and a little more: `type`, `enum`,
//! `const`, `properties`, `required`, `additionalProperties`, `items`, `prefixItems`,
//! `minItems`, `maxItems`, `minLength`, `maxLength`, `minimum`, `maximum`, `exclusiveMinimum`,
//! `exclusiveMaximum`, `anyOf`, `oneOf`, `allOf` and `$ref` within the schema. A keyword that
//! is not understood forbids nothing, so a reply is never refuted by what we cannot read.

use serde_json::{Map, Value};

/// References and values within one another; deeper ones are taken to fit.
const DEPTH: usize = 64;

/// The first way in which `value` does not fit `schema`: where, and what was expected.
pub(super) fn misfit(schema: &Value, value: &Value) -> Option<String> {
    let fit = Fit { root: schema };
    fit.misfit(schema, value, &Place::default())
}

struct Fit<'a> {
    root: &'a Value,
}

/// Where in the value, as a JSON pointer; and how deep.
#[derive(Default, Clone)]
struct Place {
    pointer: String,
    depth: usize,
}

impl Place {
    fn below(&self, name: &str) -> Self {
        Self {
            pointer: format!("{}/{name}", self.pointer),
            depth: self.depth + 1,
        }
    }

    fn here(&self) -> Self {
        Self {
            pointer: self.pointer.clone(),
            depth: self.depth + 1,
        }
    }

    fn says(&self, what: impl std::fmt::Display) -> String {
        let place = match self.pointer.as_str() {
            "" => "it",
            pointer => pointer,
        };
        format!("{place} {what}")
    }
}

impl Fit<'_> {
    fn misfit(&self, schema: &Value, value: &Value, at: &Place) -> Option<String> {
        if at.depth > DEPTH {
            return None;
        }
        let schema = match schema {
            Value::Bool(false) => return Some(at.says("must not be there")),
            Value::Object(schema) => schema,
            _ => return None,
        };
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = target
                .strip_prefix('#')
                .and_then(|path| self.root.pointer(path))?;
            return self.misfit(target, value, &at.here());
        }
        kind(schema, value, at)
            .or_else(|| listed(schema, value, at))
            .or_else(|| self.combined(schema, value, at))
            .or_else(|| bounds(schema, value, at))
            .or_else(|| self.object(schema, value, at))
            .or_else(|| self.array(schema, value, at))
    }

    fn combined(&self, schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
        let list = |name: &str| schema.get(name).and_then(Value::as_array);
        let fits = |one: &&Value| self.misfit(one, value, &at.here()).is_none();
        if list("anyOf").is_some_and(|all| !all.iter().any(|one| fits(&one))) {
            return Some(at.says("fits none of `anyOf`"));
        }
        if list("oneOf").is_some_and(|all| all.iter().filter(fits).count() != 1) {
            return Some(at.says("does not fit exactly one of `oneOf`"));
        }
        list("allOf")?
            .iter()
            .find_map(|one| self.misfit(one, value, &at.here()))
    }

    fn object(&self, schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
        let value = value.as_object()?;
        let required = schema.get("required").and_then(Value::as_array);
        let names = required.into_iter().flatten().filter_map(Value::as_str);
        if let Some(missing) = names.into_iter().find(|name| !value.contains_key(*name)) {
            return Some(format!("`{missing}` is missing"));
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        value.iter().find_map(|(name, value)| {
            let below = at.below(name);
            match properties.and_then(|properties| properties.get(name)) {
                Some(property) => self.misfit(property, value, &below),
                None => self.misfit(others?, value, &below),
            }
        })
    }

    fn array(&self, schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
        let value = value.as_array()?;
        let first = schema.get("prefixItems").and_then(Value::as_array);
        let first = first.map_or([].as_slice(), Vec::as_slice);
        value.iter().enumerate().find_map(|(index, value)| {
            let item = first.get(index).or_else(|| schema.get("items"))?;
            self.misfit(item, value, &at.below(&index.to_string()))
        })
    }
}

fn kind(schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
    let names = match schema.get("type")? {
        Value::String(name) => vec![name.as_str()],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let fits = names.iter().any(|name| is(name));
    (!fits).then(|| at.says(format_args!("is no {}", names.join(" or "))))
}

fn listed(schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
    let listed = schema.get("enum").and_then(Value::as_array);
    if listed.is_some_and(|listed| !listed.contains(value)) {
        return Some(at.says("is none of the values of `enum`"));
    }
    let fixed = schema.get("const")?;
    (fixed != value).then(|| at.says("is not the value of `const`"))
}

fn bounds(schema: &Map<String, Value>, value: &Value, at: &Place) -> Option<String> {
    let (size, least, most) = match value {
        Value::String(text) => (text.chars().count() as f64, "minLength", "maxLength"),
        Value::Array(items) => (items.len() as f64, "minItems", "maxItems"),
        Value::Number(number) => (number.as_f64()?, "minimum", "maximum"),
        _ => return None,
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let strict = value.is_number();
    let low = bound(least).is_some_and(|bound| size < bound)
        || (strict && bound("exclusiveMinimum").is_some_and(|bound| size <= bound));
    let high = bound(most).is_some_and(|bound| size > bound)
        || (strict && bound("exclusiveMaximum").is_some_and(|bound| size >= bound));
    if low || high {
        let misfit = if low { "is too small" } else { "is too large" };
        return Some(at.says(misfit));
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "written in place by each case"
    )]
    fn check(schema: Value, value: Value, expected: Option<&str>) {
        assert_eq!(
            misfit(&schema, &value).as_deref(),
            expected,
            "{schema} {value}"
        );
    }

    #[test]
    fn each_keyword_that_is_understood() {
        check(json!({"type": "integer"}), json!(2.0), None);
        check(
            json!({"type": "integer"}),
            json!(2.5),
            Some("it is no integer"),
        );
        check(
            json!({"type": ["string", "null"]}),
            json!(1),
            Some("it is no string or null"),
        );
        check(
            json!({"enum": ["a", "b"]}),
            json!("c"),
            Some("it is none of the values of `enum`"),
        );
        check(
            json!({"const": 1}),
            json!(2),
            Some("it is not the value of `const`"),
        );
        check(
            json!({"items": {"type": "string"}}),
            json!(["a", 1]),
            Some("/1 is no string"),
        );
        check(
            json!({"prefixItems": [{"type": "string"}], "items": false}),
            json!(["a", 1]),
            Some("/1 must not be there"),
        );
        check(json!({"minItems": 2}), json!([1]), Some("it is too small"));
        check(
            json!({"maxLength": 2}),
            json!("äöü"),
            Some("it is too large"),
        );
        check(
            json!({"exclusiveMinimum": 0}),
            json!(0),
            Some("it is too small"),
        );
    }

    #[test]
    fn objects_and_combinations() {
        check(
            json!({"additionalProperties": false, "properties": {"a": {}}}),
            json!({"a": 1, "b": 2}),
            Some("/b must not be there"),
        );
        check(
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!(1),
            Some("it fits none of `anyOf`"),
        );
        check(
            json!({"oneOf": [{"type": "number"}, {"type": "integer"}]}),
            json!(1),
            Some("it does not fit exactly one of `oneOf`"),
        );
        check(
            json!({"allOf": [{"type": "number"}, {"minimum": 3}]}),
            json!(1),
            Some("it is too small"),
        );
    }

    #[test]
    fn references_are_followed_and_never_for_ever() {
        let list = json!({"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["next"],
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}}}});
        check(list.clone(), json!({"next": {"next": null}}), None);
        check(
            list,
            json!({"next": {}}),
            Some("/next fits none of `anyOf`"),
        );
        check(json!({"$ref": "#"}), json!(1), None);
        check(
            json!({"$ref": "https://elsewhere.example/schema"}),
            json!(1),
            None,
        );
    }

    #[test]
    fn what_is_not_understood_forbids_nothing() {
        check(
            json!({"format": "date", "pattern": "^x", "not": {}}),
            json!("y"),
            None,
        );
        check(json!("nonsense"), json!(1), None);
        check(json!({"type": "unheard"}), json!(1), None);
    }
}
