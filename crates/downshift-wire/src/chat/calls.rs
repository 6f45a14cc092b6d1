//! Hides where the ids of tool calls stand: in replies that call, and in requests that bring results.

use super::reply::text;
use super::{ChatChunk, ChatReply, ChatRequest};
use crate::json::{self, Cursor, Fault, Key, Kind};

impl ChatReply {
    /// The ids of the tool calls it makes, in all choices.
    pub fn call_ids(&self) -> Vec<String> {
        if self.tool_calls {
            ids(self.body(), "message")
        } else {
            Vec::new()
        }
    }
}

impl ChatChunk {
    /// The ids of the tool calls that it begins: a call's first piece names it.
    pub fn call_ids(&self) -> Vec<String> {
        if self.tool_calls {
            ids(self.data(), "delta")
        } else {
            Vec::new()
        }
    }
}

impl ChatRequest {
    /// The ids of the calls whose results it brings: those behind the last assistant's message.
    pub fn result_ids(&self) -> Vec<String> {
        let messages = self.field("messages").unwrap_or_default();
        let mut ids = Vec::new();
        let read = json::read("messages", messages, |cursor| {
            cursor.items(|cursor| {
                let (mut role, mut id) = (None, None);
                cursor.fields(|cursor, Key { name, .. }| {
                    match &**name {
                        "role" => role = text(cursor)?,
                        "tool_call_id" => id = text(cursor)?,
                        _ => cursor.skip()?,
                    }
                    Ok(())
                })?;
                if role.as_deref() == Some("assistant") {
                    ids.clear();
                }
                ids.extend(id);
                Ok(())
            })
        });
        read.map_or_else(|_| Vec::new(), |_| ids)
    }
}

/// The ids in `choices[*].<part>.tool_calls[*].id`.
fn ids(body: &[u8], part: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let read = json::read("reply", body, |cursor| {
        in_field(cursor, "choices", &mut |cursor| {
            each(cursor, &mut |cursor| {
                in_field(cursor, part, &mut |cursor| {
                    in_field(cursor, "tool_calls", &mut |cursor| {
                        each(cursor, &mut |cursor| {
                            in_field(cursor, "id", &mut |cursor| {
                                ids.extend(text(cursor)?);
                                Ok(())
                            })
                        })
                    })
                })
            })
        })
    });
    read.map_or_else(|_| Vec::new(), |()| ids)
}

type Visit<'v> = &'v mut dyn FnMut(&mut Cursor<'_>) -> Result<(), Fault>;

/// Visits one field of an object; anything else is left behind.
fn in_field(cursor: &mut Cursor<'_>, wanted: &str, visit: Visit<'_>) -> Result<(), Fault> {
    let read = cursor.if_kind(Kind::Object, |cursor| {
        cursor.fields(|cursor, Key { name, .. }| {
            if **name == *wanted {
                visit(cursor)
            } else {
                cursor.skip()
            }
        })
    });
    read.map(|_| ())
}

/// Visits each item of an array; anything else is left behind.
fn each(cursor: &mut Cursor<'_>, visit: Visit<'_>) -> Result<(), Fault> {
    let read = cursor.if_kind(Kind::Array, |cursor| cursor.items(visit));
    read.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_and_chunks_name_the_calls_they_make() {
        let calls = r#"[{"index":0,"id":"c\u0031","function":{"name":"a"}},{"id":7},{"id":"c2"}]"#;
        let body = format!(
            r#"{{"choices":[{{"message":{{"tool_calls":{calls}}}}},{{"message":{{"content":"a"}}}}]}}"#
        );
        let reply = ChatReply::decode(body.into()).unwrap();
        assert_eq!(reply.call_ids(), ["c1", "c2"]);
        let data = format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":{calls}}}}}]}}"#);
        let chunk = ChatChunk::decode(data.into()).unwrap();
        assert_eq!(chunk.call_ids(), ["c1", "c2"]);
        let data = r#"{"choices":[{"index":0,"delta":{"content":"a","tool_calls":null}}]}"#;
        assert!(
            ChatChunk::decode(data.into())
                .unwrap()
                .call_ids()
                .is_empty()
        );
    }

    #[test]
    fn requests_name_the_calls_whose_results_they_bring() {
        let body = r#"{"model":"auto","messages":[
            {"role":"user","content":"a"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"old"}]},
            {"role":"tool","tool_call_id":"old","content":"x"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1"},{"id":"c2"}]},
            {"role":"tool","tool_call_id":"c1","content":"x"},
            {"role":"tool","tool_call_id":"c2","content":"y"},
            {"role":"user","content":"<system-reminder>z</system-reminder>"}]}"#;
        let request = ChatRequest::decode(body.into()).unwrap();
        assert_eq!(request.result_ids(), ["c1", "c2"]);
        assert!(
            ChatRequest::from_text("auto", "hello")
                .result_ids()
                .is_empty()
        );
    }
}
