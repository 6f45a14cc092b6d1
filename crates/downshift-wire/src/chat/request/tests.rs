use proptest::prelude::*;

use super::*;

const HELLO: &str = r#""messages":[{"role":"user","content":"hi"}]"#;

fn decode(body: impl Into<Bytes>) -> Result<ChatRequest, Error> {
    ChatRequest::decode(body.into())
}

/// A request with these fields beside a model and a message.
#[track_caller]
fn with(fields: &str) -> ChatRequest {
    decode(format!(r#"{{"model":"auto",{HELLO},{fields}}}"#)).unwrap()
}

#[test]
fn a_plain_request_asks_for_nothing_special() {
    let request = decode(format!(r#"{{"model":"auto",{HELLO}}}"#)).unwrap();
    assert_eq!(
        (request.model.as_str(), request.n, request.max_tokens),
        ("auto", 1, None)
    );
    assert_eq!(request.messages.len(), 1);
    let flags = [
        request.stream,
        request.include_usage,
        request.tools,
        request.structured,
        request.logprobs,
        request.audio_out,
    ];
    assert_eq!(flags, [false; 6]);
}

#[test]
fn null_is_as_good_as_not_there() {
    let all = [
        "stream",
        "stream_options",
        "tools",
        "functions",
        "tool_choice",
        "web_search_options",
        "response_format",
        "n",
        "logprobs",
        "top_logprobs",
        "max_tokens",
        "max_completion_tokens",
        "modalities",
        "guided_json",
    ];
    let fields: Vec<String> = all.iter().map(|name| format!(r#""{name}":null"#)).collect();
    let request = with(&fields.join(","));
    let flags = [
        request.stream,
        request.include_usage,
        request.tools,
        request.structured,
        request.logprobs,
        request.audio_out,
    ];
    assert_eq!(
        (flags, request.n, request.max_tokens),
        ([false; 6], 1, None)
    );
}

#[test]
fn sees_a_stream_and_its_usage() {
    assert!(with(r#""stream":true"#).stream);
    assert!(with(r#""stream":true,"stream_options":{"include_usage":true}"#).include_usage);
    assert!(!with(r#""stream":true,"stream_options":{"include_usage":null,"x":1}"#).include_usage);
    assert!(!with(r#""stream":false,"stream_options":{"include_usage":true}"#).include_usage);
}

#[test]
fn sees_tools_that_may_be_called() {
    let tool = r#"[{"type":"function","function":{"name":"f"}}]"#;
    for (fields, expected) in [
        (format!(r#""tools":{tool}"#), true),
        (format!(r#""functions":{tool}"#), true),
        (r#""tools":[]"#.to_owned(), false),
        (format!(r#""tools":{tool},"tool_choice":"none""#), false),
        (format!(r#""tool_choice":"none","tools":{tool}"#), false),
        (format!(r#""tools":{tool},"tool_choice":"auto""#), true),
        (
            format!(r#""tools":{tool},"tool_choice":{{"type":"function"}}"#),
            true,
        ),
        (
            format!(r#""functions":{tool},"function_call":"none""#),
            false,
        ),
        (r#""web_search_options":{}"#.to_owned(), true),
    ] {
        assert_eq!(with(&fields).tools, expected, "{fields}");
    }
}

#[test]
fn sees_a_prescribed_form() {
    for (fields, expected) in [
        (r#""response_format":{"type":"text"}"#, false),
        (r#""response_format":{"type":"json_object"}"#, true),
        (
            r#""response_format":{"json_schema":{"name":"n"},"type":"json_schema"}"#,
            true,
        ),
        (r#""response_format":{}"#, true),
        (r#""guided_regex":"a+""#, true),
        (r#""grammar":"root ::= \"a\"""#, true),
    ] {
        assert_eq!(with(fields).structured, expected, "{fields}");
    }
}

#[test]
fn sees_numbers_and_limits() {
    assert_eq!(with(r#""n":3.0"#).n, 3);
    assert_eq!(with(r#""max_tokens":7"#).max_tokens, Some(7));
    assert_eq!(
        with(r#""max_tokens":7,"max_completion_tokens":8"#).max_tokens,
        Some(8)
    );
    assert_eq!(with(r#""max_tokens":-1"#).max_tokens, None);
    assert!(with(r#""logprobs":true"#).logprobs);
    assert!(with(r#""top_logprobs":2"#).logprobs);
    assert!(!with(r#""logprobs":false,"top_logprobs":0"#).logprobs);
    assert!(with(r#""modalities":["text","audio"]"#).audio_out);
    assert!(!with(r#""modalities":["text"]"#).audio_out);
}

/// Every kind of bad body: its code, the field it is about, and what is said.
fn complaint(body: &[u8]) -> String {
    let error = decode(body.to_vec()).unwrap_err();
    format!(
        "{} | {} | {}",
        error.code,
        error.param.as_deref().unwrap_or("-"),
        error.message
    )
}

#[test]
fn says_what_is_wrong_and_where() {
    let bodies: &[&[u8]] = &[
        b"",
        b"hello",
        b"[]",
        b"\"model\"",
        b"\xef\xbb\xbf{}",
        b"{\"model\":\"\xff\"}",
        b"{\"model\":\"auto\",\n\"messages\":[{\"role\":\"user\"",
        br#"{"model":"auto","messages":[{"role":"user","content":"a"}]} {}"#,
        b"{}",
        br#"{"model":"auto"}"#,
        br#"{"model":null,"messages":[]}"#,
        br#"{"model":"  ","messages":[]}"#,
        br#"{"model":"auto","messages":[]}"#,
        br#"{"model":"auto","messages":"hi"}"#,
        br#"{"model":"auto","messages":["hi"]}"#,
        br#"{"model":"auto","messages":[{"role":"user","content":"a"},{"role":"usr","content":"a"}]}"#,
        br#"{"model":"auto","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":7}]}]}"#,
        br#"{"model":"a","model":"b","messages":[{"role":"user","content":"a"}]}"#,
        br#"{"model":"a","\u006dodel":"b","messages":[{"role":"user","content":"a"}]}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"stream":"yes"}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"n":0}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"n":1.5}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"max_tokens":"7"}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"stream_options":{"include_usage":1}}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"tools":{"name":"f"}}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"response_format":"json"}"#,
        br#"{"model":"a","messages":[{"role":"user","content":"a"}],"modalities":["text",7]}"#,
    ];
    let complaints: Vec<String> = bodies.iter().map(|body| complaint(body)).collect();
    insta::assert_snapshot!(complaints.join("\n"), @r"
invalid_json | - | the request body is empty; a JSON object is expected
invalid_json | - | the request body is not valid JSON at line 1, column 1: expected a value
invalid_type | - | the request body must be an object, not an array
invalid_type | - | the request body must be an object, not a string
invalid_json | - | the request body starts with a byte order mark; send JSON without it
invalid_json | - | the request body is not valid UTF-8 from byte 10 on; send UTF-8
invalid_json | - | the request body is cut off at line 2, column 27: expected `,` or `}`
invalid_json | - | the request body is not valid JSON at line 1, column 61: expected nothing more
missing_field | model | `model` is missing; name a model, such as `auto`
missing_field | messages | `messages` is missing; send an array with at least one message
invalid_type | model | `model` must be a string, not null
invalid_value | model | `model` is empty; name a model, such as `auto`
invalid_value | messages | `messages` is empty; send at least one message
invalid_type | messages | `messages` must be an array, not a string
invalid_type | messages[0] | `messages[0]` must be an object, not a string
invalid_value | messages[1].role | `messages[1].role` is `usr`, which is not a role; use one of `system`, `developer`, `user`, `assistant`, `tool`, `function`
invalid_type | messages[0].content[1].type | `messages[0].content[1].type` must be a string, not a number
duplicate_field | model | `model` is given twice; send it once
duplicate_field | model | `model` is given twice; send it once
invalid_type | stream | `stream` must be a boolean, not a string
invalid_value | n | `n` is 0; send a whole number of at least 1
invalid_value | n | `n` must be a whole number, not 1.5
invalid_type | max_tokens | `max_tokens` must be a whole number, not a string
invalid_type | stream_options.include_usage | `stream_options.include_usage` must be a boolean, not a number
invalid_type | tools | `tools` must be an array, not an object
invalid_type | response_format | `response_format` must be an object, not a string
invalid_type | modalities[1] | `modalities[1]` must be a string, not a number
");
}

#[test]
fn a_caller_cannot_make_a_message_long() {
    let role = "x".repeat(100_000);
    let error = decode(format!(
        r#"{{"model":"a","messages":[{{"role":"{role}"}}]}}"#
    ))
    .unwrap_err();
    assert!(error.message.len() < 300, "{}", error.message.len());
    let body = format!(r#"{{"model":"a",{HELLO},"{role}":1,"{role}":2}}"#);
    assert!(decode(body).unwrap_err().message.len() < 300);
}

#[test]
fn an_ask_of_one_text_is_a_request_like_any_other() {
    let request = ChatRequest::from_text("au\"to", "is 1 < 2?\n");
    insta::assert_snapshot!(String::from_utf8_lossy(request.body()), @r#"{"model":"au\"to","messages":[{"role":"user","content":"is 1 < 2?\n"}]}"#);
    let decoded = decode(request.body().clone()).unwrap();
    assert_eq!(decoded.messages, request.messages);
    assert_eq!(decoded.model, request.model);
    let edit = [Edit::string("model", "m"), Edit::json("stream", "true")];
    let rewritten = request.rewritten(&edit).unwrap();
    insta::assert_snapshot!(String::from_utf8_lossy(&rewritten), @r#"{"model":"m","messages":[{"role":"user","content":"is 1 < 2?\n"}],"stream":true}"#);
}

#[test]
fn stream_options_are_kept_when_usage_is_asked_for() {
    #[track_caller]
    fn check(options: &str, expected: &str) {
        let request = with(&format!(r#""stream_options":{options}"#));
        let rewritten = request
            .rewritten(&[request.with_stream_usage().unwrap()])
            .unwrap();
        let fields = format!(r#""stream_options":{expected}}}"#);
        assert!(rewritten.ends_with(fields.as_bytes()), "{rewritten:?}");
    }
    check("null", r#"{"include_usage":true}"#);
    check("{}", r#"{"include_usage":true}"#);
    check(r#"{ "a" : 1.0 }"#, r#"{ "a" : 1.0,"include_usage":true }"#);
    check(
        r#"{"include_usage":false,"a":1}"#,
        r#"{"include_usage":true,"a":1}"#,
    );
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

proptest! {
    #[test]
    fn returns_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode(bytes.clone()).is_err() || is_json(&bytes));
    }

    #[test]
    fn returns_for_any_damage(at in any::<prop::sample::Index>(), length in 0_usize..20, with in prop::collection::vec(any::<u8>(), 0..6)) {
        let body = r#"{"model":"auto","messages":[{"role":"user","content":[{"type":"text","text":"h\u00e9"},{"type":"image_url"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}],"stream":true,"stream_options":{"include_usage":true},"n":1,"tools":[]}"#;
        let mut bytes = body.as_bytes().to_vec();
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, with);
        if let Ok(request) = decode(bytes.clone()) {
            prop_assert_eq!(request.body().as_ref(), &bytes[..]);
            prop_assert!(request.rewritten(&[Edit::string("model", "m")]).is_ok());
        }
    }

    #[test]
    fn text_is_what_the_client_wrote(text in any::<String>()) {
        let request = ChatRequest::from_text("m", &text);
        let decoded = decode(request.body().clone()).unwrap();
        prop_assert_eq!(decoded.messages[0].content.text(), text);
    }
}
