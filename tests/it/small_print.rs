//! What few look at and somebody needs: ids, stop sequences, usage nobody asked for, readers that stop reading.

use std::time::Duration;

use downshift_tests::{Policy, Router, Script, Upstream};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

async fn started() -> (Upstream, Router) {
    let big = Upstream::start(Script::default()).await;
    let nowhere = Upstream::nowhere().await;
    let router = Router::start(&Policy::two_models(&big.base_url(), &nowhere)).await;
    (big, router)
}

fn asked(more: &Value) -> String {
    let mut body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "hello" }] });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more.clone()) {
        body.extend(more);
    }
    body.to_string()
}

#[tokio::test]
async fn every_reply_has_the_id_that_clients_look_for() {
    let (big, router) = started().await;
    let computed = Router::start(&Policy::shipped()).await;
    let answered = computed
        .client()
        .ask("auto", "what is 2+2?")
        .await
        .expect(200)
        .await;
    let refused = router
        .client()
        .ask("nobody", "hello")
        .await
        .expect(404)
        .await;
    for response in [answered, refused] {
        let id = response.header("x-request-id");
        assert!(
            id.is_some() && id == response.header("x-downshift-id"),
            "{response:#?}"
        );
    }
    big.then(Script::default().header("x-request-id", "req-of-the-server"));
    let passed = router.client().ask("auto", "hello").await.expect(200).await;
    assert_eq!(passed.header("x-request-id"), Some("req-of-the-server"));
}

#[tokio::test]
async fn requests_refused_before_the_ladder_are_counted_by_their_code() {
    let (_big, router) = started().await;
    let client = router.client();
    client.ask("nobody", "hello").await.error(404).await;
    client
        .post("/v1/chat/completions", "{")
        .await
        .error(400)
        .await;
    client
        .with_header("x-downshift-rung", "moon")
        .ask("auto", "hello")
        .await
        .error(400)
        .await;
    client.get("/nothing").await.error(404).await;
    client.ask("small", "hello").await.error(503).await;
    let metrics = router.metrics().await;
    for code in [
        "model_not_found",
        "invalid_request",
        "invalid_header",
        "not_found",
    ] {
        assert_eq!(
            metrics.count("downshift_refused_total", &[("code", code)]),
            1,
            "{code}"
        );
    }
    assert_eq!(metrics.count("downshift_refused_total", &[]), 4);
    assert_eq!(metrics.count("downshift_requests_total", &[]), 1);
}

#[tokio::test]
async fn a_path_that_cannot_be_read_is_refused_in_json() {
    let (_big, router) = started().await;
    router.admin().get("/requests/%ff").await.error(400).await;
    router.client().get("/v1/models/%ff").await.error(400).await;
}

#[tokio::test]
async fn a_callers_account_goes_to_whom_it_means_something() {
    let (big, router) = started().await;
    let client = router
        .client()
        .with_header("openai-organization", "org-1")
        .with_header("openai-project", "proj-1");
    client.ask("auto", "hello").await.expect(200).await;
    client.get("/v1/files").await.expect(200).await;
    for call in big.calls() {
        assert_eq!(call.header("openai-organization"), None);
        assert_eq!(call.header("openai-project"), None);
    }
}

#[tokio::test]
async fn an_answer_that_would_break_off_at_a_stop_sequence_is_a_models() {
    let router = Router::start(&Policy::shipped()).await;
    let asked = async |stop: Value| {
        let body = json!({ "model": "auto", "stop": stop,
            "messages": [{ "role": "user", "content": "what is 21+21?" }] });
        let response = router.client().chat(&body).await;
        response
            .header("x-downshift-escalated")
            .unwrap_or_default()
            .to_owned()
    };
    for stop in [json!("42"), json!(["\n\n", "2"])] {
        let told = asked(stop).await;
        assert!(told.starts_with("answer:stop_sequence"), "{told}");
    }
    for stop in [json!("\n"), json!(["END"]), json!(null), json!([])] {
        assert_eq!(asked(stop).await, "");
    }
}

#[tokio::test]
async fn usage_that_the_router_alone_asked_for_is_not_seen() {
    let (big, router) = started().await;
    let head = r#"{"id":"x", "object":"chat.completion.chunk","created":1.0,"model":"big-1","#;
    let chunk = |choices: &str, usage: &str| {
        format!(r#"{head}"choices":[{choices}]{usage},"z":"\u00e9 \"usage\""}}"#)
    };
    let first = r#"{"index":0,"delta":{"content":"a"},"finish_reason":null}"#;
    let last = r#"{"index":0,"delta":{},"finish_reason":"stop"}"#;
    let null = r#","usage":null"#;
    let used = r#", "usage": {"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}"#;
    let send = |chunks: &[String]| {
        let events: Vec<String> = chunks
            .iter()
            .map(|chunk| format!("data: {chunk}\n\n"))
            .collect();
        Script::sends("text/event-stream", &(events.concat() + "data: [DONE]\n\n"))
    };
    let expected = format!(
        "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
        chunk(first, ""),
        chunk(last, "")
    );
    for chunks in [
        [chunk(first, null), chunk(last, null), chunk("", used)].as_slice(),
        &[chunk(first, null), chunk(last, used)],
        &[chunk(first, ""), chunk(last, "")],
    ] {
        big.then(send(chunks));
        let body = asked(&json!({ "stream": true }));
        let response = router
            .client()
            .post("/v1/chat/completions", body)
            .await
            .expect(200)
            .await;
        assert_eq!(response.text().await, expected);
    }
    // A client that did ask sees each, and on the one with the figures what it cost.
    big.then(send(&[chunk(first, null), chunk(last, used)]));
    let body = asked(&json!({ "stream": true, "stream_options": { "include_usage": true } }));
    let response = router
        .client()
        .post("/v1/chat/completions", body)
        .await
        .expect(200)
        .await;
    let chunks = response.stream().chunks().await;
    assert_eq!(chunks[0].get("usage"), Some(&Value::Null));
    assert_eq!(chunks[1]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[1]["downshift"]["cost_usd"], "0.004", "{}", chunks[1]);
}

/// Sends a request, reads nothing of the endless reply, and sees that its model is let go all the same.
async fn lets_go_of(path: &str, body: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base_url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let router = Router::start(&Policy::two_models(&base_url, &base_url)).await;
    let mut client = TcpStream::connect(router.address())
        .await
        .expect("the router accepts");
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    client
        .write_all((head + body).as_bytes())
        .await
        .expect("the router reads");
    let (mut server, _) = listener.accept().await.expect("the router connects");
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    server.write_all(head).await.expect("the router reads");
    let words = "word ".repeat(4000);
    let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": words } }] });
    let event = format!("data: {chunk}\n\n");
    let sending = async { while server.write_all(event.as_bytes()).await.is_ok() {} };
    // `timeouts.total` is 5s.
    let ended = tokio::time::timeout(Duration::from_secs(20), sending).await;
    assert!(ended.is_ok(), "the model is still held");
    drop(client);
}

#[tokio::test]
async fn a_client_that_stops_reading_does_not_hold_its_model() {
    lets_go_of("/v1/chat/completions", &asked(&json!({ "stream": true }))).await;
}

#[tokio::test]
async fn nor_where_its_request_was_only_passed_on() {
    lets_go_of("/v1/anything", r#"{"model":"auto","stream":true}"#).await;
}
