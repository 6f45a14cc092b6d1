use super::*;
use crate::json::read;

#[track_caller]
fn check(json: &str, role: Role, content: &Content) {
    let found = read("message", json.as_bytes(), Message::read).unwrap();
    assert_eq!((found.role, &found.content), (role, content), "{json}");
}

#[track_caller]
fn refuse(json: &str, expected: &str) {
    let error = read("message", json.as_bytes(), Message::read).unwrap_err();
    assert_eq!(error.message, expected, "{json}");
}

#[test]
fn reads_every_role() {
    for role in Role::ALL {
        let json = format!(r#"{{"content":"a","role":"{}","name":"n"}}"#, role.name());
        check(&json, role, &Content::Text("a".into()));
    }
}

#[test]
fn reads_text_parts_and_null() {
    check(
        r#"{"role":"user","content":""}"#,
        Role::User,
        &Content::Text(String::new()),
    );
    check(
        r#"{"role":"assistant","content":null}"#,
        Role::Assistant,
        &Content::Absent,
    );
    check(
        r#"{"role":"tool","content":[]}"#,
        Role::Tool,
        &Content::Parts(vec![]),
    );
    check(
        r#"{"role":"user","content":[{"text":"a\u00e9","type":"text"},{"type":"image_url","image_url":{"url":"u"}},{"type":"input_audio"},{"type":"file"},{"type":"video","x":1}]}"#,
        Role::User,
        &Content::Parts(vec![
            Part::Text("aé".into()),
            Part::Image,
            Part::Audio,
            Part::File,
            Part::Other("video".into()),
        ]),
    );
    check(
        r#"{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}"#,
        Role::Assistant,
        &Content::Parts(vec![Part::Refusal("no".into())]),
    );
}

#[test]
fn sees_calls_of_tools() {
    for (fields, expected) in [
        (r#""tool_calls":[{"id":"1"}]"#, true),
        (r#""function_call":{"name":"f"}"#, true),
        (r#""tool_calls":[],"function_call":null"#, false),
        (r#""tool_calls":null"#, false),
    ] {
        let json = format!(r#"{{"role":"assistant",{fields}}}"#);
        let found = read("message", json.as_bytes(), Message::read).unwrap();
        assert_eq!(
            (found.content, found.tool_calls),
            (Content::Absent, expected),
            "{json}"
        );
    }
}

#[test]
fn says_what_is_wrong() {
    refuse("\"hi\"", "the message must be an object, not a string");
    refuse(
        r#"{"content":"a"}"#,
        "`role` is missing; use one of `system`, `developer`, `user`, `assistant`, `tool`, `function`",
    );
    refuse(
        r#"{"role":"robot","content":"a"}"#,
        "`role` is `robot`, which is not a role; use one of `system`, `developer`, `user`, `assistant`, `tool`, `function`",
    );
    refuse(
        r#"{"role":null,"content":"a"}"#,
        "`role` must be a string, not null",
    );
    refuse(
        r#"{"role":"user","content":7}"#,
        "`content` must be a string or an array of parts, not a number",
    );
    refuse(
        r#"{"role":"user","content":{}}"#,
        "`content` must be a string or an array of parts, not an object",
    );
    for json in [r#"{"role":"user"}"#, r#"{"role":"user","content":null}"#] {
        refuse(
            json,
            "`content` is missing; a user message holds a string or an array of parts",
        );
    }
    refuse(
        r#"{"role":"system","content":[]}"#,
        "`content` is an empty array; send at least one part, or a string",
    );
    refuse(
        r#"{"role":"user","content":["a"]}"#,
        "`content[0]` must be an object, not a string",
    );
    refuse(
        r#"{"role":"user","content":[{"text":"a"}]}"#,
        "`content[0].type` is missing; a part says what it is, such as `text`",
    );
    refuse(
        r#"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":5}]}"#,
        "`content[1].text` is missing; a `text` part holds a string there",
    );
    refuse(
        r#"{"role":"user","content":"a","content":"b"}"#,
        "`content` is given twice; send it once",
    );
    refuse(
        r#"{"role":"user","role":"system","content":"b"}"#,
        "`role` is given twice; send it once",
    );
    refuse(
        r#"{"role":"user","tool_calls":{},"content":""}"#,
        "`tool_calls` must be an array, not an object",
    );
}

#[test]
fn joins_text_parts_by_lines() {
    let text = |parts: &[Part]| Content::Parts(parts.to_vec()).text().into_owned();
    let part = |text: &str| Part::Text(text.to_owned());
    assert_eq!(
        text(&[part("a"), Part::Image, part("b"), part("c")]),
        "a\nb\nc"
    );
    assert_eq!(text(&[Part::Image, part("a")]), "a");
    assert_eq!(text(&[Part::Image]), "");
    assert_eq!(Content::Absent.text(), "");
}
