use proptest::prelude::*;

use super::*;

fn decode(body: &str) -> Result<ChatReply, Error> {
    ChatReply::decode(body.to_owned().into())
}

/// A reply whose one choice holds this message.
#[track_caller]
fn of(message: &str) -> ChatReply {
    decode(&format!(
        r#"{{"choices":[{{"message":{message},"finish_reason":"stop"}}]}}"#
    ))
    .unwrap()
}

#[test]
fn reads_what_judging_and_booking_need() {
    let body = r#"{"id":"i","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a\u00e9"},"finish_reason":"length"},{"index":1,"message":{"content":"b"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"unknown":{"a":[1.0]}}"#;
    let reply = decode(body).unwrap();
    assert_eq!(
        (reply.id.as_str(), reply.model.as_str(), reply.text.as_str()),
        ("i", "m", "aé")
    );
    assert_eq!(reply.finish_reason.as_deref(), Some("length"));
    assert_eq!(reply.usage.map(|usage| usage.total()), Some(3));
    assert_eq!((reply.tool_calls, reply.refusal), (false, false));
    assert_eq!(reply.body(), body);
}

#[test]
fn sees_tools_and_refusals() {
    assert!(of(r#"{"content":null,"tool_calls":[{"id":"1"}]}"#).tool_calls);
    assert!(of(r#"{"function_call":{"name":"f"}}"#).tool_calls);
    assert!(!of(r#"{"content":"a","tool_calls":[],"function_call":null}"#).tool_calls);
    assert!(of(r#"{"content":null,"refusal":"I cannot"}"#).refusal);
    assert!(of(r#"{"content":[{"type":"refusal","refusal":"I cannot"}]}"#).refusal);
    assert!(!of(r#"{"content":"a","refusal":null}"#).refusal);
    assert!(!of(r#"{"content":"a","refusal":""}"#).refusal);
}

#[test]
fn takes_what_odd_servers_send() {
    assert_eq!(
        of(r#"{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"}]}"#).text,
        "a"
    );
    assert_eq!(of(r#"{"content":7}"#).text, "");
    let odd = decode(
        r#" {"id":7,"model":null,"usage":"none","error":null,"choices":[{"finish_reason":null,"message":{}}]} "#,
    );
    let odd = odd.unwrap();
    assert_eq!(
        (
            odd.id.as_str(),
            odd.model.as_str(),
            odd.usage,
            odd.finish_reason
        ),
        ("", "", None, None)
    );
}

#[test]
fn is_no_reply_without_a_choice() {
    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(decode(body).unwrap_err().message, expected, "{body}");
    }
    let none = "the reply holds no `choices`; is this a chat completions server?";
    check("{}", none);
    check(r#"{"choices":[]}"#, none);
    check(r#"{"choices":null}"#, none);
    check(
        r#"{"choices":{}}"#,
        "`choices` must be an array, not an object",
    );
    check(
        r#"{"choices":["a"]}"#,
        "`choices[0]` must be an object, not a string",
    );
    check(
        r#"{"choices":[{"message":"a"}]}"#,
        "`choices[0].message` must be an object, not a string",
    );
    check(
        r#"{"error":{"message":"no"},"choices":[]}"#,
        "the reply is an error: no",
    );
    check(
        "<html>",
        "the reply is not valid JSON at line 1, column 1: expected a value",
    );
    check("", "the reply is empty; a JSON object is expected");
    check(
        r#"{"choices":[{"message":{"content":"a"#,
        "the reply is cut off at line 1, column 37: expected a closing quote",
    );
}

#[test]
fn changes_one_field_and_nothing_else() {
    let body = r#"{ "model" : "m" , "choices":[{"message":{"content":"a"}}], "x":1.0 }"#;
    let reply = decode(body).unwrap();
    let renamed = reply.with_model("n\"");
    assert_eq!(
        (renamed.model.as_str(), renamed.text.as_str()),
        ("n\"", "a")
    );
    assert_eq!(renamed.body(), &body.replace("\"m\"", "\"n\\\"\""));
    assert_eq!(
        reply.with_field("x", "[2]").body(),
        &body.replace("1.0", "[2]")
    );
    assert_eq!(reply.with_field("x", "oops").body(), body);
    let nameless = decode(r#"{"choices":[{"message":{"content":"a"}}]}"#).unwrap();
    assert_eq!(
        nameless.with_model("n").body(),
        r#"{"choices":[{"message":{"content":"a"}}],"model":"n"}"#
    );
}

proptest! {
    #[test]
    fn returns_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        prop_assert!(ChatReply::decode(bytes.into()).is_err() || json);
    }
}
