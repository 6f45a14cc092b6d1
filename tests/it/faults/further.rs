//! What else servers do: bytes split anywhere, lengths that are wrong, replies nobody asked for.

use std::time::Duration;

use bytes::Bytes;
use downshift_tests::{Fault, Policy, Raw, Router, Script, Upstream};
use serde_json::{Value, json};

use super::{Ending, answer, complete, ending, started, streamed, well};

/// The head of a stream that ends when the connection does.
const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

/// A whole stream, event by event.
fn events(model: &str, line_end: &str) -> String {
    let chunk = |delta: Value, end: Value| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": end });
        let object = "chat.completion.chunk";
        json!({ "id": "x", "object": object, "model": model, "choices": [choice] }).to_string()
    };
    let words = answer();
    let words = words
        .split_inclusive(' ')
        .map(|word| json!({ "content": word }));
    let deltas = std::iter::once(json!({ "role": "assistant", "content": "" })).chain(words);
    let mut all: Vec<String> = deltas.map(|delta| chunk(delta, Value::Null)).collect();
    all.push(chunk(json!({}), json!("stop")));
    all.push("[DONE]".to_owned());
    let event = |data: &String| format!("data: {data}{line_end}{line_end}");
    all.iter().map(event).collect::<Vec<_>>().concat()
}

/// Asks a primary that sends these bytes for a stream.
async fn check(pieces: Vec<Bytes>, wait: Duration, expected: Ending) {
    let primary = Raw::start(pieces, wait).await;
    let healthy = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), "hold_back: whole").await;
    assert_eq!(streamed(&router).await, expected);
    assert!(primary.calls() <= 3, "{} calls", primary.calls());
}

#[tokio::test]
async fn bytes_split_anywhere() {
    let all = [HEAD, &events("primary-1", "\n")].concat();
    let pieces: Vec<_> = all
        .into_bytes()
        .chunks(7)
        .map(Bytes::copy_from_slice)
        .collect();
    check(pieces, Duration::ZERO, complete("primary")).await;
}

#[tokio::test]
async fn a_character_split_between_two_packets() {
    let chunk = json!({ "model": "primary-1", "choices": [{
        "index": 0, "delta": { "content": "é€𝄞" }, "finish_reason": "stop",
    }]});
    let event = format!("data: {chunk}\n\ndata: [DONE]\n\n");
    let bytes = [HEAD, &event].concat().into_bytes();
    let pieces = bytes.chunks(1).map(Bytes::copy_from_slice).collect();
    let primary = Raw::start(pieces, Duration::from_micros(100)).await;
    let router = started(&primary.base_url(), "http://127.0.0.1:9", "").await;
    let response = router.client().ask_stream("auto", "hello").await;
    let events = response.expect(200).await.stream().all().await;
    assert!(format!("{events:?}").contains("é€𝄞"), "{events:?}");
}

#[tokio::test]
async fn other_line_ends_and_comments() {
    for line_end in ["\r\n", "\r"] {
        let comments = format!(": ping{line_end}{line_end}").repeat(3);
        let all = [HEAD, &comments, &events("primary-1", line_end), &comments].concat();
        check(vec![all.into()], Duration::ZERO, complete("primary")).await;
    }
}

#[tokio::test]
async fn comments_are_no_tokens() {
    let pings = std::iter::repeat_n(Bytes::from_static(b": ping\n\n"), 60);
    let pieces = std::iter::once(Bytes::from(HEAD)).chain(pings).collect();
    check(pieces, Duration::from_millis(100), complete("healthy")).await;
}

#[tokio::test]
async fn a_web_page() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html>Welcome</html>";
    check(vec![page.into()], Duration::ZERO, complete("healthy")).await;
}

#[tokio::test]
async fn headers_that_drip() {
    let drops = HEAD.as_bytes().chunks(1).map(Bytes::copy_from_slice);
    check(
        drops.collect(),
        Duration::from_millis(40),
        complete("healthy"),
    )
    .await;
}

#[tokio::test]
async fn a_length_that_is_wrong() {
    let body = events("primary-1", "\n");
    for length in [body.len() - 400, body.len() + 400] {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {length}\r\n\r\n"
        );
        let all = [head.as_str(), &body].concat();
        let complete_all_the_same = length > body.len();
        let expected = if complete_all_the_same {
            "primary"
        } else {
            "healthy"
        };
        check(vec![all.into()], Duration::ZERO, complete(expected)).await;
    }
}

#[tokio::test]
async fn a_packed_reply_nobody_asked_for() {
    let packed = well().header("content-encoding", "gzip");
    let primary = Upstream::start(packed).await;
    let healthy = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), "").await;
    assert_eq!(streamed(&router).await, complete("healthy"));
    assert_eq!(primary.counted().calls, 1, "paid for, not asked again");
}

#[tokio::test]
async fn an_event_of_eight_megabytes() {
    let chunk = json!({
        "model": "primary-1", "padding": "x".repeat(8 * 1024 * 1024),
        "choices": [{ "index": 0, "delta": { "content": answer() }, "finish_reason": "stop" }],
    });
    let all = format!("{HEAD}data: {chunk}\n\ndata: [DONE]\n\n");
    let primary = Raw::start(vec![all.into()], Duration::ZERO).await;
    let policy = Policy::text(&format!(
        "models: {{ primary: {{ api: openai, base_url: \"{}\", model: primary-1 }} }}\nllm: primary",
        primary.base_url()
    ));
    let router = Router::start(&policy).await;
    assert_eq!(streamed(&router).await, complete("primary"));
}

#[tokio::test]
async fn a_connection_that_went_stale() {
    let healthy = Upstream::start(well()).await;
    let primary = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), "").await;
    assert_eq!(streamed(&router).await, complete("primary"));
    // The connection that is kept is closed as it is used again.
    primary.then(well().fault(Fault::Reset));
    assert_eq!(streamed(&router).await, complete("primary"));
    assert_eq!(healthy.counted().calls, 0);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = Upstream::start(well()).await;
    let healthy = Upstream::start(well()).await;
    for status in [301, 302, 307, 308] {
        let target = format!("{}/chat/completions", elsewhere.base_url());
        let script = Script {
            status,
            ..Script::sends("text/plain", "moved").header("location", &target)
        };
        let primary = Upstream::start(script).await;
        let written = "key: secret-of-the-router";
        let router = started(&primary.base_url(), &healthy.base_url(), written).await;
        assert_eq!(streamed(&router).await, complete("healthy"));
        assert_eq!(primary.counted().calls, 1);
    }
    assert_eq!(elsewhere.counted().calls, 0, "the key does not follow");
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_token() {
    let primary = Upstream::start(well().fault(Fault::Hang)).await;
    let healthy = Upstream::start(well()).await;
    let router = started(&primary.base_url(), &healthy.base_url(), "").await;
    let client = router.client().clone();
    let asking = tokio::spawn(async move { client.ask_stream("auto", "hello").await });
    primary.called(1).await;
    asking.abort();
    primary.left().await;
    for _ in 0..400 {
        let metrics = router.metrics().await;
        if metrics.count("downshift_requests_total", &[("outcome", "abandoned")]) == 1 {
            assert_eq!(healthy.counted().calls, 0, "nobody waits for it");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the request was not booked as abandoned");
}

#[tokio::test]
async fn the_callers_own_fault_stays_with_the_caller() {
    for status in [400, 413, 422] {
        let primary = Upstream::start(Script::refuses(
            status,
            "invalid_request_error",
            "temperature must be a number",
        ))
        .await;
        let healthy = Upstream::start(well()).await;
        let router = started(&primary.base_url(), &healthy.base_url(), "").await;
        let refused = Ending::Refused(status, Value::Null);
        assert_eq!(streamed(&router).await, refused);
        assert_eq!(primary.counted().calls, 1);
        assert_eq!(healthy.counted().calls, 0);
    }
}

#[tokio::test]
async fn whole_replies_are_rescued_too() {
    let body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "count" }] });
    let whole = |router: Router, body: Value| async move { ending(&router, &body).await };
    for (script, calls) in [
        (Script::refuses(503, "server_error", "down"), 3),
        (well().fault(Fault::Reset), 3),
        (Script::sends("application/json", "{}"), 1),
        (Script::sends("text/html", "<html>"), 1),
        (well().fault(Fault::Hang), 1),
    ] {
        let primary = Upstream::start(script).await;
        let healthy = Upstream::start(well()).await;
        let router = started(&primary.base_url(), &healthy.base_url(), "").await;
        assert_eq!(whole(router, body.clone()).await, complete("healthy"));
        assert_eq!(primary.counted().calls, calls);
    }
}
