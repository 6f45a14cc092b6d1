use super::*;
use crate::json::read;

#[track_caller]
fn check(json: &str, expected: Option<(u64, u64, u64, u64)>) {
    let usage = read("usage", json.as_bytes(), Usage::read).unwrap();
    let found = usage.map(|usage| {
        (
            usage.input,
            usage.cached_input,
            usage.output,
            usage.reasoning,
        )
    });
    assert_eq!(found, expected, "{json}");
}

#[test]
fn reads_openais_counts() {
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}}"#,
        Some((10, 4, 5, 3)),
    );
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5.0,"prompt_tokens_details":null}"#,
        Some((10, 0, 5, 0)),
    );
}

#[test]
fn reads_other_servers_counts_in_openais_sense() {
    // DeepSeek and Moonshot name cached tokens in their own way.
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":6}"#,
        Some((10, 6, 5, 0)),
    );
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"cached_tokens":6}"#,
        Some((10, 6, 5, 0)),
    );
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"cached_tokens":6,"prompt_tokens_details":{"cached_tokens":7}}"#,
        Some((10, 7, 5, 0)),
    );
    // xAI counts reasoning beside the completion.
    let xai = r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,"completion_tokens_details":{"reasoning_tokens":7}}"#;
    check(xai, Some((10, 0, 12, 7)));
}

#[test]
fn what_is_not_said_is_unknown_and_not_zero() {
    for json in [
        "null",
        "[]",
        "{}",
        r#"{"prompt_tokens":1}"#,
        r#"{"completion_tokens":1}"#,
        r#"{"prompt_tokens":"1","completion_tokens":1}"#,
        r#"{"prompt_tokens":-1,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1.5,"completion_tokens":1}"#,
        r#"{"prompt_tokens":1e300,"completion_tokens":1}"#,
    ] {
        check(json, None);
    }
}

#[test]
fn audio_and_images_are_counted_apart() {
    #[track_caller]
    fn check(json: &str, expected: (u64, u64, u64)) {
        let usage = read("usage", json.as_bytes(), Usage::read_any).unwrap();
        let usage = usage.expect("both counts");
        let found = (usage.audio_input, usage.image_input, usage.audio_output);
        assert_eq!(found, expected, "{json}");
    }
    // A transcription, an image made from another, a spoken chat.
    check(
        r#"{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":45,"total_tokens":59}"#,
        (10, 0, 0),
    );
    check(
        r#"{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}"#,
        (0, 40, 0),
    );
    let spoken = r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":6},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":4}}"#;
    check(spoken, (6, 0, 4));
    let usage = read("usage", spoken.as_bytes(), Usage::read).unwrap();
    let written = serde_json::to_string(&usage).unwrap();
    let again = read("usage", written.as_bytes(), Usage::read).unwrap();
    assert_eq!(again, usage, "what the router writes it reads again");
    // An image's tokens in a chat are charged as any others.
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"text_tokens":4,"image_tokens":6}}"#,
        (0, 0, 0),
    );
    let seconds = r#"{"type":"duration","seconds":9}"#;
    let usage = read("usage", seconds.as_bytes(), Usage::read_any).unwrap();
    assert_eq!(usage, None, "seconds are no tokens");
}

#[test]
fn parts_are_never_more_than_the_whole() {
    check(
        r#"{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":9},"completion_tokens_details":{"reasoning_tokens":9}}"#,
        Some((1, 1, 2, 2)),
    );
    let huge = Usage {
        input: u64::MAX,
        output: 1,
        ..Usage::default()
    };
    assert_eq!(huge.total(), u64::MAX);
}

#[test]
fn what_is_written_to_a_cache_is_counted_apart() {
    #[track_caller]
    fn check(json: &str, expected: (u64, u64, u64, u64)) {
        let usage = read("usage", json.as_bytes(), Usage::read)
            .unwrap()
            .unwrap();
        let found = (
            usage.input,
            usage.cached_input,
            usage.cache_write,
            usage.cache_write_1h,
        );
        assert_eq!(found, expected, "{json}");
        // What the router writes it reads again.
        let written = serde_json::to_string(&usage).unwrap();
        let again = read("usage", written.as_bytes(), Usage::read).unwrap();
        assert_eq!(again, Some(usage), "{written}");
    }
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":6,"cache_write_1h_tokens":4}}"#,
        (10, 2, 6, 4),
    );
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"cache_creation_input_tokens":3}"#,
        (10, 0, 3, 0),
    );
    // Parts are never more than the whole.
    check(
        r#"{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":6,"cache_write_1h_tokens":9}}"#,
        (10, 8, 2, 2),
    );
}

#[test]
fn is_written_as_openai_does() {
    let usage = Usage {
        input: 10,
        cached_input: 4,
        output: 5,
        reasoning: 3,
        ..Usage::default()
    };
    let written = serde_json::to_string(&usage).unwrap();
    insta::assert_snapshot!(written, @r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#);
    check(&written, Some((10, 4, 5, 3)));
}
