//! A client that leaves stops the model at once, and what was spent is booked.

use std::time::{Duration, Instant};

use downshift_tests::{Event, Fault, Policy, Router, Script, Upstream};
use serde_json::json;

/// How soon an upstream must notice.
const SOON: Duration = Duration::from_secs(1);

async fn started(script: Script) -> (Upstream, Router) {
    let big = Upstream::start(script).await;
    let router = Router::start(&Policy::two_models(
        &big.base_url(),
        &Upstream::nowhere().await,
    ))
    .await;
    (big, router)
}

async fn check_left(upstream: &Upstream, router: &Router, since: Instant) {
    let left = upstream.left().await;
    let took = left.saturating_duration_since(since);
    assert!(took < SOON, "the upstream noticed after {took:?}");
    for _ in 0..200 {
        let metrics = router.metrics().await;
        if metrics.count("downshift_requests_total", &[("outcome", "abandoned")]) > 0 {
            assert_eq!(
                metrics.count("downshift_requests_total", &[]),
                1,
                "one entry for one request"
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the request was not booked as abandoned");
}

/// Sends `body`, waits until the upstream has it, and leaves before any response.
async fn leaves_before_a_response(body: serde_json::Value) {
    let (big, router) = started(Script::default().fault(Fault::Hang)).await;
    let client = router.client().clone();
    let asking = tokio::spawn(async move { client.chat(&body).await });
    big.called(1).await;
    let since = Instant::now();
    asking.abort();
    check_left(&big, &router, since).await;
}

#[tokio::test]
async fn while_a_whole_reply_is_awaited() {
    leaves_before_a_response(json!({
        "model": "auto", "messages": [{ "role": "user", "content": "hello" }],
    }))
    .await;
}

#[tokio::test]
async fn before_the_first_token_of_a_stream() {
    leaves_before_a_response(json!({
        "model": "auto", "stream": true, "messages": [{ "role": "user", "content": "hello" }],
    }))
    .await;
}

#[tokio::test]
async fn in_the_middle_of_a_stream() {
    let (big, router) = started(Script::default().fault(Fault::HangAfter(2))).await;
    let mut stream = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await
        .stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    let since = Instant::now();
    drop(stream);
    check_left(&big, &router, since).await;
}

#[tokio::test]
async fn between_quick_chunks_of_a_stream() {
    let words = "word ".repeat(500);
    let slow = Script::says(&words).between(Duration::from_millis(20));
    let (big, router) = started(slow).await;
    let mut stream = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await
        .stream();
    for _ in 0..5 {
        assert!(matches!(stream.next().await, Event::Chunk(_)));
    }
    let since = Instant::now();
    drop(stream);
    check_left(&big, &router, since).await;
}
