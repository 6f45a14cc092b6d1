//! A reply that is not the JSON that was asked for.

use downshift_ledger::Reason;
use serde_json::Value;

use super::{Defect, schema};
use crate::judge::Exhibit;

/// No JSON, or JSON that does not fit the schema.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let wanted = exhibit.request.structured && exhibit.answer.complete;
    if !wanted || !exhibit.answer.calls.is_empty() {
        return None;
    }
    let request: Value = serde_json::from_slice(exhibit.request.body()).ok()?;
    let format = &request["response_format"];
    let malformed = |evidence: String| Some(Defect::new(Reason::MalformedReply, evidence));
    let reply = match format["type"].as_str()? {
        "json_object" | "json_schema" => serde_json::from_str::<Value>(exhibit.answer.text.trim()),
        _ => return None,
    };
    let reply = match reply {
        Ok(reply) if reply.is_object() || format["type"] == "json_schema" => reply,
        Ok(_) => return malformed("JSON, but no object".to_owned()),
        Err(error) => return malformed(format!("no JSON from line {} on", error.line())),
    };
    let schema = format.pointer("/json_schema/schema")?;
    schema::misfit(schema, &reply)
        .and_then(|misfit| malformed(format!("no fit to the schema: {misfit}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::defect;
    use crate::judge::Answer;

    #[track_caller]
    fn check(format: &serde_json::Value, reply: &str, expected: Option<&str>) {
        let request = json!({"model":"auto","messages":[{"role":"user","content":"hi"}],"response_format":format});
        let got = defect(super::check, &request.to_string(), &Answer::of_text(reply));
        assert_eq!(got.as_deref(), expected, "{reply}");
    }

    #[test]
    fn json_is_json() {
        let object = json!({"type": "json_object"});
        check(&object, " {\"a\": 1}\n", None);
        check(&object, "[1]", Some("malformed_reply: JSON, but no object"));
        check(
            &object,
            "```json\n{}\n```",
            Some("malformed_reply: no JSON from line 1 on"),
        );
        check(
            &object,
            "{\n\"a\": }",
            Some("malformed_reply: no JSON from line 2 on"),
        );
        check(&json!({"type": "text"}), "plain", None);
    }

    #[test]
    fn a_schema_is_kept_to() {
        let schema = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": {
            "type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"], "additionalProperties": false,
        }}});
        check(&schema, r#"{"age": 3}"#, None);
        check(
            &schema,
            r#"{"age": "3"}"#,
            Some("malformed_reply: no fit to the schema: /age is no integer"),
        );
        check(
            &schema,
            "{}",
            Some("malformed_reply: no fit to the schema: `age` is missing"),
        );
    }
}
