//! Holding the beginning of a stream: what breaks while it is held is taken over, what was released never is.

use std::time::Duration;

use downshift_tests::{Event, Fault, Policy, Router, Script, Upstream};

/// Sixty words, a chunk each.
fn sixty() -> Script {
    let words: Vec<String> = (0..60).map(|word| format!("{word} ")).collect();
    Script {
        pieces: words,
        ..Script::default()
    }
}

/// A router whose `small` is asked first, with this written for it.
async fn started(script: Script, written: &str) -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(script).await;
    let policy = Policy::text(&format!(
        r#"
models:
  big: {{ api: openai, base_url: "${{BIG}}", model: big-1 }}
  small:
    api: openai
    base_url: "${{SMALL}}"
    model: small-1
    timeouts: {{ connect: 1s, first_token: 2s, between_tokens: 1s, total: 15s }}
    {written}
llm: big
route: [auto]
rules: [{{ when: {{ model: "*" }}, use: small }}]
"#
    ));
    let policy = policy
        .set("BIG", &big.base_url())
        .set("SMALL", &small.base_url());
    let router = Router::start(&policy).await;
    (big, small, router)
}

/// What became of a stream: the text of its chunks, and whether it ended well.
async fn streamed(router: &Router) -> (String, bool) {
    let response = router.client().ask_stream("auto", "hello").await;
    let events = response.expect(200).await.stream().all().await;
    let mut text = String::new();
    let mut well = false;
    for event in &events {
        match event {
            Event::Chunk(chunk) => {
                let piece = &chunk["choices"][0]["delta"]["content"];
                text.push_str(piece.as_str().unwrap_or_default());
            }
            Event::Done => well = true,
            Event::Error(_) | Event::End { .. } => {}
        }
    }
    (text, well)
}

async fn taken_over(script: Script, written: &str, reason: &str) {
    let (big, small, router) = started(script, written).await;
    let response = router.client().ask_stream("auto", "hello").await;
    let response = response.expect(200).await;
    assert_eq!(response.header("x-downshift-model"), Some("big"));
    let escalated = response.header("x-downshift-escalated").unwrap_or_default();
    assert!(
        escalated.contains(&format!("specialist:{reason}")),
        "{escalated}"
    );
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(response.stream().answer().await, "the large model");
    let entry = router.entry(&id).await;
    assert_eq!(entry["attempts"][0]["model"], "small", "{entry:#}");
    assert_eq!(entry["attempts"][0]["outcome"], "failed", "{entry:#}");
    assert_eq!(entry["attempts"][1]["outcome"], "ok", "{entry:#}");
    assert_eq!(big.counted().calls, 1);
    assert_eq!(small.counted().calls, 1);
}

#[tokio::test]
async fn what_breaks_while_it_is_held_is_taken_over() {
    taken_over(sixty().fault(Fault::CutAfter(20)), "", "cut").await;
    taken_over(sixty().fault(Fault::EndAfter(20)), "", "cut").await;
    taken_over(sixty().fault(Fault::MalformedAfter(9)), "", "bad_reply").await;
    taken_over(sixty().fault(Fault::ErrorAfter(9)), "", "bad_reply").await;
}

#[tokio::test]
async fn a_stream_that_is_held_whole_never_breaks_off() {
    let whole = "hold_back: whole";
    taken_over(sixty().fault(Fault::CutAfter(40)), whole, "cut").await;
    taken_over(sixty().fault(Fault::HangAfter(60)), whole, "timeout").await;
    let (_big, _small, router) = started(sixty(), whole).await;
    let (text, well) = streamed(&router).await;
    assert!(well && text.ends_with("58 59 "), "{text}");
}

#[tokio::test]
async fn what_was_released_is_never_spliced() {
    for written in [
        "hold_back: none",
        "hold_back: { tokens: 5 }",
        "hold_back: { tokens: 1000, time: 1ms }",
        "",
    ] {
        let slow = sixty().between(Duration::from_millis(2));
        let (big, _small, router) = started(slow.fault(Fault::CutAfter(40)), written).await;
        let response = router.client().ask_stream("auto", "hello").await;
        let response = response.expect(200).await;
        assert_eq!(response.header("x-downshift-model"), Some("small"));
        let id = response.header("x-downshift-id").expect("an id").to_owned();
        let events = response.stream().all().await;
        let Some(Event::Error(error)) = events.last() else {
            panic!("{written}: no error event at the end: {:?}", events.last());
        };
        assert_eq!(error["code"], "cut", "{written}");
        assert_eq!(big.counted().calls, 0, "{written}");
        let entry = router.entry(&id).await;
        assert_eq!(entry["outcome"], "upstream_error", "{written}");
    }
}

#[tokio::test]
async fn a_slow_stream_is_held_no_longer_than_its_time() {
    let silent = sixty().fault(Fault::HangAfter(10));
    let (big, _small, router) = started(silent, "hold_back: { tokens: 1000, time: 300ms }").await;
    let (text, well) = streamed(&router).await;
    assert_eq!((text.as_str(), well), ("0 1 2 3 4 5 6 7 8 ", false));
    assert_eq!(big.counted().calls, 0, "it had been released");
}

#[tokio::test]
async fn a_client_that_leaves_while_a_stream_is_held_stops_the_model() {
    let slow = sixty().between(Duration::from_millis(50));
    let (_big, small, router) = started(slow, "hold_back: whole").await;
    let client = router.client().clone();
    let asking = tokio::spawn(async move { client.ask_stream("auto", "hello").await });
    small.called(1).await;
    asking.abort();
    small.left().await;
}

/// A stream that is held for longer than a client should hear nothing.
fn long() -> Script {
    sixty().between(Duration::from_millis(110))
}

#[tokio::test]
async fn comments_keep_a_connection_alive_while_a_stream_is_held() {
    let (_big, _small, router) = started(long(), "hold_back: whole").await;
    let text = slow(&router).await;
    assert!(text.starts_with(": held back\n\n"), "{text}");
    assert!(text.contains("59 "), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
}

#[tokio::test]
async fn what_fails_after_that_is_taken_over_or_is_an_error_event() {
    let (_big, _small, router) =
        started(long().fault(Fault::CutAfter(58)), "hold_back: whole").await;
    let text = slow(&router).await;
    assert!(text.contains("large "), "{text}");
    assert!(!text.contains("57 "), "nothing of what was dropped: {text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");

    let small = Upstream::start(long().fault(Fault::CutAfter(58))).await;
    let policy = Policy::text(&format!(
        "models:\n  small: {{ api: openai, base_url: \"{}\", model: s, hold_back: whole }}\nllm: small",
        small.base_url()
    ));
    let router = Router::start(&policy).await;
    let text = slow(&router).await;
    assert!(text.contains("\"code\":\"bad_upstream_reply\""), "{text}");
    assert!(!text.contains("[DONE]"), "{text}");
}

/// The body of a stream, comments and all.
async fn slow(router: &Router) -> String {
    let response = router.client().ask_stream("auto", "hello").await;
    response.expect(200).await.text().await
}
