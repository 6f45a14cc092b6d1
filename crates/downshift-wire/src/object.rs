//! Hides a request or reply of an endpoint that is only passed on: a field or two is read or changed, the rest keeps its bytes.

use bytes::Bytes;

use crate::Error;
use crate::chat::Usage;
use crate::json::{self, Cursor, Edit, Fault, Key, Kind, Layout};

/// A JSON object, and the bytes it came in.
#[derive(Debug, Clone)]
pub struct JsonObject {
    body: Bytes,
    layout: Layout,
}

// === impl JsonObject ===

impl JsonObject {
    /// Reads a request body. A field that stands there twice is refused: two readers could see
    /// two requests.
    pub fn decode(body: Bytes) -> Result<Self, Error> {
        let layout = json::read("request body", &body, |cursor| {
            let layout = Layout::record(cursor, |cursor, _| cursor.skip())?;
            match layout.duplicate() {
                Some(name) => Err(Fault::duplicate().in_field(name)),
                None => Ok(layout),
            }
        })?;
        Ok(Self { body, layout })
    }

    /// Exactly what was sent.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether a field is there.
    pub fn has(&self, field: &str) -> bool {
        self.layout.value(&self.body, field).is_some()
    }

    /// A field's text; `None` if it is not there, or no string.
    pub fn text(&self, field: &str) -> Option<String> {
        let value = self.layout.value(&self.body, field)?;
        json::read(field, value, |cursor| {
            cursor.if_kind(Kind::String, Cursor::text)
        })
        .ok()
        .flatten()
        .map(Into::into)
    }

    /// The body with these edits made and every other byte as it came.
    pub fn rewritten(&self, edits: &[Edit<'_>]) -> Result<Bytes, Error> {
        let spliced = self.layout.splice(&self.body, edits)?;
        Ok(spliced.map_or_else(|| self.body.clone(), Bytes::from))
    }
}

impl Usage {
    /// What a reply of any endpoint says it used: its `usage`, or that of the `response` in an
    /// event. Beside chat's names, `input_tokens` and `output_tokens` are read; where only a total
    /// is given, as for embeddings, the output is what the prompt leaves of it.
    pub fn of_reply(body: &[u8]) -> Option<Self> {
        json::read("reply", body, |cursor| {
            let (mut own, mut nested) = (None, None);
            cursor.fields(|cursor, Key { name, .. }| {
                match &**name {
                    "usage" => own = Self::read_any(cursor)?,
                    "response" => {
                        cursor.if_kind(Kind::Object, |cursor| {
                            cursor.fields(|cursor, Key { name, .. }| match &**name {
                                "usage" => {
                                    nested = Self::read_any(cursor)?;
                                    Ok(())
                                }
                                _ => cursor.skip(),
                            })
                        })?;
                    }
                    _ => cursor.skip()?,
                }
                Ok(())
            })?;
            Ok(own.or(nested))
        })
        .ok()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<(u64, u64, u64)>) {
        let usage = Usage::of_reply(body.as_bytes());
        let usage = usage.map(|usage| (usage.input, usage.cached_input, usage.output));
        assert_eq!(usage, expected, "{body}");
    }

    #[test]
    fn usage_is_read_under_each_endpoints_names() {
        check(
            r#"{"data":[],"usage":{"prompt_tokens":8,"total_tokens":8}}"#,
            Some((8, 0, 0)),
        );
        check(
            r#"{"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}}"#,
            Some((8, 0, 2)),
        );
        check(
            r#"{"usage":{"input_tokens":9,"output_tokens":4,"input_tokens_details":{"cached_tokens":3}}}"#,
            Some((9, 3, 4)),
        );
        check(
            r#"{"type":"response.completed","response":{"usage":{"input_tokens":9,"output_tokens":4}}}"#,
            Some((9, 0, 4)),
        );
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"usage":null}"#,
            r#"{"usage":{"type":"duration","seconds":3}}"#,
            r#"{"usage":{"prompt_tokens":8}}"#,
            r#"{"usage":{"prompt_tokens":-8,"total_tokens":8}}"#,
            r#"{"usage":{"prompt_tokens":8,"total_tokens":3}}"#,
            "not json",
        ] {
            check(body, None);
        }
    }

    #[test]
    fn a_field_is_read_and_changed_and_the_rest_is_as_it_came() {
        let body = r#"{ "input":["\u00e9"], "model":"a\"b", "x":1.0 }"#;
        let object = JsonObject::decode(body.into()).unwrap();
        assert_eq!(object.text("model").as_deref(), Some("a\"b"));
        assert_eq!(object.text("input"), None);
        let rewritten = object.rewritten(&[Edit::string("model", "m")]).unwrap();
        assert_eq!(rewritten, body.replace(r#""a\"b""#, "\"m\""));
        assert!(JsonObject::decode("[1]".into()).is_err());
        assert!(JsonObject::decode(r#"{"model":"a","model":"b"}"#.into()).is_err());
    }
}
