use proptest::prelude::*;

use super::*;

#[track_caller]
fn decode(data: &str) -> ChatChunk {
    ChatChunk::decode(data.to_owned().into()).unwrap()
}

/// A chunk whose one choice is this.
#[track_caller]
fn of(choice: &str) -> ChatChunk {
    decode(&format!(r#"{{"choices":[{choice}]}}"#))
}

#[test]
fn reads_what_holding_back_and_booking_need() {
    let data = r#"{"id":"i","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a\u00e9"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"xyz"}"#;
    let chunk = decode(data);
    assert_eq!(
        (chunk.text.as_str(), chunk.model.as_deref(), chunk.choices),
        ("aé", Some("m"), 1)
    );
    assert_eq!(
        (chunk.usage, &chunk.finish_reason, chunk.is_usage_only()),
        (None, &None, false)
    );
    assert_eq!(chunk.data(), data);
    let last = of(r#"{"index":0,"delta":{},"finish_reason":"tool_calls"}"#);
    assert_eq!(last.finish_reason.as_deref(), Some("tool_calls"));
    assert!(of(r#"{"delta":{"tool_calls":[{"index":0}]}}"#).tool_calls);
    assert!(of(r#"{"delta":{"refusal":"no"}}"#).refusal);
    assert_eq!(
        of(r#"{"index":1,"delta":{"content":"b"},"finish_reason":"stop"}"#).text,
        ""
    );
    assert_eq!(
        of(r#"{"index":1,"delta":{"content":"b"},"finish_reason":"stop"}"#).finish_reason,
        None
    );
}

#[test]
fn knows_the_usage_at_the_end() {
    let usage = r#""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#;
    assert!(decode(&format!(r#"{{"choices":[],{usage}}}"#)).is_usage_only());
    assert!(decode(&format!("{{{usage}}}")).is_usage_only());
    let mixed = decode(&format!(r#"{{"choices":[{{"delta":{{}}}}],{usage}}}"#));
    assert!(mixed.usage.is_some() && !mixed.is_usage_only());
    // Azure begins with a piece that has neither choices nor usage.
    assert!(!decode(r#"{"choices":[],"prompt_filter_results":[]}"#).is_usage_only());
}

#[test]
fn sees_errors_in_mid_stream() {
    let error = decode(r#"{"error":{"message":"m","type":"t","code":500}}"#)
        .error
        .unwrap();
    assert_eq!(
        (error.message.as_str(), error.code.as_deref()),
        ("m", Some("500"))
    );
    assert!(decode(r#"{"error":null,"choices":[]}"#).error.is_none());
}

#[test]
fn is_no_chunk_without_choices() {
    for data in [
        "",
        "{}",
        "[DONE]",
        "null",
        r#"{"choices":7}"#,
        r#"{"type":"ping"}"#,
        r#"{"choices":[1]}"#,
    ] {
        assert!(ChatChunk::decode(data.into()).is_err(), "{data}");
    }
}

#[test]
fn takes_what_odd_servers_send() {
    assert_eq!(
        of(r#"{"delta":null,"finish_reason":"stop"}"#)
            .finish_reason
            .as_deref(),
        Some("stop")
    );
    assert_eq!(
        of(r#"{"index":null,"delta":{"content":[{"type":"text","text":"a"}]}}"#).text,
        "a"
    );
    assert_eq!(of(r#"{"text":"legacy"}"#).text, "");
    assert_eq!(
        of(r#"{"index":-5,"delta":{"content":"a"},"finish_reason":7}"#).finish_reason,
        None
    );
}

#[test]
fn changes_one_field_and_nothing_else() {
    let data = r#"{ "model":"m", "choices":[], "usage":null, "x":1.0 }"#;
    let chunk = decode(data);
    assert_eq!(
        chunk.with_model("n").data(),
        &data.replace("\"m\"", "\"n\"")
    );
    assert_eq!(
        chunk.with_field("downshift", r#"{"a":1}"#).data(),
        &data.replace("1.0", r#"1.0,"downshift":{"a":1}"#)
    );
    assert_eq!(
        chunk.without_field("usage").data(),
        &data.replace(r#", "usage":null"#, "")
    );
}

#[test]
fn is_without_usage_as_if_the_field_were_removed() {
    let choices = r#""choices":[{"index":0,"delta":{"content":"\"usage\":1"}}]"#;
    for data in [
        format!(r#"{{"model":"m",{choices},"usage":null,"x":1.0}}"#),
        format!(r#"{{ "usage" : {{"prompt_tokens":1}} , {choices} }}"#),
        format!("{{ {choices} ,\n \"us\\u0061ge\" : null\n}}"),
        format!(r#"{{{choices},"usage":null,"usage":{{"prompt_tokens":1}},"x":1}}"#),
        format!(r#"{{"usage":null,{choices},"usage":null}}"#),
        format!("{{{choices}}}"),
    ] {
        let removed = decode(&data).without_field("usage");
        let without = decode(&data).without_usage();
        assert_eq!(without.data(), removed.data(), "{data}");
        let renamed = decode(&data).with_model("longer").without_usage();
        assert_eq!(
            renamed.data(),
            removed.with_model("longer").data(),
            "{data}"
        );
    }
}

#[test]
fn counts_choices_that_have_ended() {
    let piece = |index: i64, end: &str| {
        of(&format!(
            r#"{{"index":{index},"delta":{{}},"finish_reason":{end}}}"#
        ))
        .progress
    };
    let mut all = Choices::default();
    assert!(!all.all_ended());
    all.merge(piece(0, "null"));
    assert!(!all.all_ended());
    all.merge(piece(0, "\"stop\""));
    assert!(all.all_ended());
    all.merge(piece(127, "null"));
    assert!(!all.all_ended());
    all.merge(piece(5000, "\"stop\""));
    assert!(all.all_ended());
    assert_eq!(all.begun(), 2);
}

proptest! {
    #[test]
    fn returns_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let json = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok();
        prop_assert!(ChatChunk::decode(bytes.into()).is_err() || json);
    }
}
