//! Streams as a client sees them: what was asked for, as it comes, and `[DONE]` only after all of it.

use std::time::{Duration, Instant};

use downshift_tests::{Event, Fault, Policy, Router, Script, Upstream};
use serde_json::{Value, json};

async fn started(script: Script) -> (Upstream, Router) {
    let big = Upstream::start(script).await;
    let router = Router::start(&Policy::two_models(
        &big.base_url(),
        &Upstream::nowhere().await,
    ))
    .await;
    (big, router)
}

fn request(stream_options: Option<Value>) -> Value {
    let mut body = json!({
        "model": "auto", "stream": true,
        "messages": [{ "role": "user", "content": "hello" }],
    });
    if let Some(options) = stream_options {
        body["stream_options"] = options;
    }
    body
}

#[tokio::test]
async fn usage_is_asked_for_and_kept_from_those_who_did_not() {
    let (big, router) = started(Script::default()).await;
    for options in [
        None,
        Some(json!({})),
        Some(json!({ "include_usage": false })),
    ] {
        let response = router
            .client()
            .chat(&request(options.clone()))
            .await
            .expect(200)
            .await;
        let chunks = response.stream().chunks().await;
        let sent = big.calls().pop().expect("a call").json();
        assert_eq!(sent["stream_options"]["include_usage"], true, "{options:?}");
        for chunk in &chunks {
            assert_eq!(
                chunk["choices"].as_array().map(Vec::len),
                Some(1),
                "no usage chunk: {chunk}"
            );
        }
    }
}

#[tokio::test]
async fn other_stream_options_survive() {
    let (big, router) = started(Script::default()).await;
    let options = json!({ "include_obfuscation": false, "made_up": [1, 2] });
    let response = router
        .client()
        .chat(&request(Some(options)))
        .await
        .expect(200)
        .await;
    response.stream().chunks().await;
    let sent = big.only_call().json();
    assert_eq!(sent["stream_options"]["include_obfuscation"], false);
    assert_eq!(sent["stream_options"]["made_up"], json!([1, 2]));
}

#[tokio::test]
async fn usage_comes_last_to_those_who_asked() {
    let (_big, router) = started(Script::default()).await;
    let response = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await;
    let chunks = response.stream().chunks().await;
    let (last, before) = chunks.split_last().expect("chunks");
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["total_tokens"], 16);
    assert!(last["downshift"].is_object(), "{last}");
    assert!(
        before.iter().all(|chunk| chunk["usage"].is_null()),
        "{before:#?}"
    );
}

#[tokio::test]
async fn chunks_come_as_they_are_made() {
    let (_big, router) = started(Script::default().between(Duration::from_millis(300))).await;
    let asked = Instant::now();
    let mut stream = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await
        .stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    assert!(
        asked.elapsed() < Duration::from_millis(280),
        "held back for {:?}",
        asked.elapsed()
    );
    stream.chunks().await;
    assert!(
        asked.elapsed() > Duration::from_millis(1200),
        "came too soon: {:?}",
        asked.elapsed()
    );
}

#[tokio::test]
async fn fields_no_client_knows_pass_through() {
    let extra = json!({ "obfuscation": "aX9", "service_tier": "default", "made_up": { "a": [1.50, null] } });
    let (_big, router) = started(Script::default().extra(extra)).await;
    let response = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await;
    for chunk in response.stream().chunks().await {
        assert_eq!(chunk["obfuscation"], "aX9", "{chunk}");
        assert_eq!(chunk["made_up"], json!({ "a": [1.50, null] }), "{chunk}");
    }
}

#[tokio::test]
async fn a_server_without_done_is_complete_when_it_finished() {
    let (_big, router) = started(Script::default().fault(Fault::NoDone)).await;
    let response = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await;
    assert_eq!(response.stream().answer().await, "Hello, world.");
}

#[tokio::test]
async fn a_thousand_chunks_arrive_in_order() {
    let words: Vec<String> = (0..1000).map(|word| format!("{word} ")).collect();
    let (_big, router) = started(Script {
        pieces: words.clone(),
        ..Script::default()
    })
    .await;
    let response = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await;
    assert_eq!(response.stream().answer().await, words.concat());
}
