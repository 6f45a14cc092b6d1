use super::*;

fn written() -> Written {
    Written {
        id: "chatcmpl-1".into(),
        created: 1_700_000_000,
        model: "downshift/time".into(),
        text: "It is \"12:00\".".into(),
        usage: Usage {
            input: 9,
            output: 4,
            ..Usage::default()
        },
    }
}

#[test]
fn a_whole_reply_is_in_openais_shape() {
    let reply = ChatReply::written(&written());
    insta::assert_snapshot!(String::from_utf8_lossy(reply.body()), @r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"downshift/time","choices":[{"index":0,"message":{"role":"assistant","content":"It is \"12:00\".","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}"#);
}

#[test]
fn a_stream_is_in_openais_shape() {
    let data = |include_usage| {
        let chunks = written_chunks(&written(), include_usage);
        let lines = chunks
            .iter()
            .map(|chunk| String::from_utf8_lossy(chunk.data()).into_owned());
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(data(false), @r#"
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{"content":"It is \"12:00\"."},"logprobs":null,"finish_reason":null}]}
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}
"#);
    insta::assert_snapshot!(data(true), @r#"
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{"content":"It is \"12:00\"."},"logprobs":null,"finish_reason":null}],"usage":null}
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}
{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"downshift/time","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}
"#);
}

#[test]
fn what_is_written_is_read_as_it_was_meant() {
    let reply = ChatReply::written(&written());
    let decoded = ChatReply::decode(reply.body().clone()).unwrap();
    assert_eq!(format!("{decoded:?}"), format!("{reply:?}"));
    for chunk in written_chunks(&written(), true) {
        let mut decoded = ChatChunk::decode(chunk.data().clone()).unwrap();
        // Where the usage stands is only known of what was read.
        decoded.usage_place.clone_from(&chunk.usage_place);
        assert_eq!(format!("{decoded:?}"), format!("{chunk:?}"));
    }
    let chunks = written_chunks(&written(), true);
    let text: String = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
    assert_eq!(text, written().text);
    assert!(chunks.last().unwrap().is_usage_only());
    assert!(!chunks.iter().take(3).any(ChatChunk::is_usage_only));
}
