//! Bad input gets a clear refusal in OpenAI's shape, nothing of it reaches a model, and nothing breaks.

use std::time::Duration;

use downshift_tests::{Policy, Router, Script, Upstream};
use serde_json::{Value, json};

async fn started() -> (Upstream, Router) {
    let big = Upstream::start(Script::says("fine")).await;
    let router = Router::start(&Policy::two_models(
        &big.base_url(),
        &Upstream::nowhere().await,
    ))
    .await;
    (big, router)
}

/// Posts each body, sees it refused with `param`, and sees that the router still answers.
async fn refused(cases: &[(Vec<u8>, Option<&str>)]) {
    let (big, router) = started().await;
    for (body, param) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let response = router
            .client()
            .post("/v1/chat/completions", body.clone())
            .await;
        assert_eq!(response.status, 400, "{shown}");
        assert_eq!(response.header("x-should-retry"), Some("false"), "{shown}");
        assert!(response.header("x-downshift-id").is_some(), "{shown}");
        let error = response.error(400).await;
        assert_eq!(error["type"], "invalid_request_error", "{shown}");
        assert_eq!(error["param"].as_str(), *param, "{shown}: {error}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| message.len() < 600),
            "{shown}: {error}"
        );
    }
    assert_eq!(big.counted().calls, 0, "nothing of it reached the model");
    assert_eq!(
        router.client().ask("auto", "hello").await.answer().await,
        "fine"
    );
}

fn chat(messages: &Value) -> Vec<u8> {
    json!({ "model": "auto", "messages": messages })
        .to_string()
        .into_bytes()
}

fn with(field: &str, value: Value) -> Vec<u8> {
    let mut body = json!({ "model": "auto", "messages": [{ "role": "user", "content": "hello" }] });
    body[field] = value;
    body.to_string().into_bytes()
}

#[tokio::test]
async fn bodies_that_are_no_json() {
    let nothing_named = [
        &b""[..],
        b" ",
        b"hello",
        b"{",
        b"{\"model\":",
        b"\xff\xfe\x00",
        b"{}x",
        b"\x1f\x8b\x08\x00",
        b"[]",
        b"null",
        b"1",
        b"\"auto\"",
        b"{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"\xc3\x28\"}]}",
    ];
    let (big, router) = started().await;
    for body in nothing_named {
        let response = router.client().post("/v1/chat/completions", body).await;
        let error = response.error(400).await;
        assert_eq!(error["type"], "invalid_request_error", "{body:?}");
    }
    assert_eq!(big.counted().calls, 0);
}

#[tokio::test]
async fn half_a_surrogate_pair_is_json_and_passes_as_it_came() {
    let (big, router) = started().await;
    let body = r#"{"model":"big","messages":[{"role":"user","content":"\ud800 and \udc00"}]}"#;
    router
        .client()
        .post("/v1/chat/completions", body)
        .await
        .expect(200)
        .await;
    let sent = String::from_utf8(big.only_call().body.to_vec()).expect("UTF-8");
    assert_eq!(sent, body.replace("\"big\"", "\"big-1\""));
}

#[tokio::test]
async fn fields_that_are_missing_or_of_another_kind() {
    let body = |text: &str| text.as_bytes().to_vec();
    refused(&[
        (body("{}"), Some("model")),
        (body(r#"{"model":"auto"}"#), Some("messages")),
        (
            body(r#"{"messages":[{"role":"user","content":"x"}]}"#),
            Some("model"),
        ),
        (with("model", json!(null)), Some("model")),
        (with("model", json!(4)), Some("model")),
        (with("messages", json!(null)), Some("messages")),
        (with("messages", json!("hello")), Some("messages")),
        (with("messages", json!({})), Some("messages")),
        (with("messages", json!([])), Some("messages")),
        (with("stream", json!("yes")), Some("stream")),
        (with("n", json!(0)), Some("n")),
        (with("n", json!(-1)), Some("n")),
    ])
    .await;
}

#[tokio::test]
async fn messages_that_are_none() {
    refused(&[
        (chat(&json!(["hello"])), Some("messages[0]")),
        (chat(&json!([null])), Some("messages[0]")),
        (chat(&json!([{}])), Some("messages[0].role")),
        (
            chat(&json!([{ "content": "hello" }])),
            Some("messages[0].role"),
        ),
        (
            chat(&json!([{ "role": 1, "content": "hello" }])),
            Some("messages[0].role"),
        ),
        (
            chat(
                &json!([{ "role": "user", "content": "x" }, { "role": "wizard", "content": "x" }]),
            ),
            Some("messages[1].role"),
        ),
        (
            chat(&json!([{ "role": "User", "content": "hello" }])),
            Some("messages[0].role"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn content_that_is_none() {
    refused(&[
        (
            chat(&json!([{ "role": "user" }])),
            Some("messages[0].content"),
        ),
        (
            chat(&json!([{ "role": "user", "content": null }])),
            Some("messages[0].content"),
        ),
        (
            chat(&json!([{ "role": "user", "content": 7 }])),
            Some("messages[0].content"),
        ),
        (
            chat(&json!([{ "role": "user", "content": {} }])),
            Some("messages[0].content"),
        ),
        (
            chat(&json!([{ "role": "user", "content": [] }])),
            Some("messages[0].content"),
        ),
        (
            chat(&json!([{ "role": "user", "content": ["hello"] }])),
            Some("messages[0].content[0]"),
        ),
        (
            chat(&json!([{ "role": "user", "content": [{ "text": "hello" }] }])),
            Some("messages[0].content[0].type"),
        ),
        (
            chat(&json!([{ "role": "user", "content": [{ "type": "text" }] }])),
            Some("messages[0].content[0].text"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_unknown_role_is_told_the_known_ones() {
    let (_big, router) = started().await;
    let body = chat(&json!([{ "role": "wizard", "content": "x" }]));
    let error = router
        .client()
        .post("/v1/chat/completions", body)
        .await
        .error(400)
        .await;
    let message = error["message"].as_str().expect("a message");
    for role in ["wizard", "system", "developer", "user", "assistant", "tool"] {
        assert!(message.contains(role), "no {role} in {message}");
    }
}

#[tokio::test]
async fn odd_content_that_is_valid_reaches_the_model() {
    let (big, router) = started().await;
    for content in [
        json!(""),
        json!(" \n\t "),
        json!([{ "type": "text", "text": "" }]),
        json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]),
        json!([{ "type": "hologram", "hologram": { "depth": 3 } }]),
        json!("\u{0}\u{1}\u{200b}\u{202e}\u{10ffff}"),
        json!("🏳️‍🌈".repeat(1000)),
    ] {
        let body = chat(&json!([{ "role": "user", "content": content }]));
        let response = router
            .client()
            .post("/v1/chat/completions", body)
            .await
            .expect(200)
            .await;
        assert_eq!(
            response.header("x-downshift-rung"),
            Some("llm"),
            "{content}"
        );
        let sent = big.calls().pop().expect("a call").json();
        assert_eq!(sent["messages"][0]["content"], content);
    }
    for message in [
        json!({ "role": "assistant", "content": null }),
        json!({ "role": "assistant", "content": "unfinished" }),
        json!({ "role": "developer", "content": "be brief" }),
        json!({ "role": "function", "name": "f", "content": "1" }),
        json!({ "role": "user", "content": "x", "name": "n", "made_up": [[[]]] }),
    ] {
        let body = chat(&json!([message.clone()]));
        router
            .client()
            .post("/v1/chat/completions", body)
            .await
            .expect(200)
            .await;
        assert_eq!(
            big.calls().pop().expect("a call").json()["messages"][0],
            message
        );
    }
}

#[tokio::test]
async fn ten_megabytes_of_text_reach_the_model() {
    let (big, router) = started().await;
    let content = "lorem ipsum ".repeat(10 * 1024 * 1024 / 12);
    let body = chat(&json!([{ "role": "user", "content": content }]));
    let response = router
        .client()
        .post("/v1/chat/completions", body.clone())
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    assert_eq!(
        big.only_call().body.len(),
        body.len() - "auto".len() + "big-1".len()
    );
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_its_header() {
    let (upstream, router) = started().await;
    let body = chat(&json!([{ "role": "user", "content": "hello" }]));
    for (encoding, status) in [("gzip", 400), ("br", 400), ("Identity", 200)] {
        let client = router.client().with_header("content-encoding", encoding);
        let response = client.post("/v1/chat/completions", body.clone()).await;
        if status == 200 {
            response.expect(200).await;
            continue;
        }
        let error = response.error(status).await;
        assert_eq!(error["code"], "invalid_header", "{error}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|told| told.contains("content-encoding")),
            "{error}"
        );
    }
    assert_eq!(upstream.counted().calls, 1);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let big = Upstream::start(Script::default()).await;
    let policy = Policy::two_models(&big.base_url(), &Upstream::nowhere().await)
        .and("limits: { body_bytes: 4096 }");
    let router = Router::start(&policy).await;
    let fits = chat(&json!([{ "role": "user", "content": "x".repeat(3000) }]));
    router
        .client()
        .post("/v1/chat/completions", fits)
        .await
        .expect(200)
        .await;
    let over = chat(&json!([{ "role": "user", "content": "x".repeat(5000) }]));
    let error = router
        .client()
        .post("/v1/chat/completions", over)
        .await
        .error(413)
        .await;
    assert_eq!(error["code"], "request_too_large");
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|message| message.contains("4096")),
        "{error}"
    );
    assert_eq!(big.counted().calls, 1);
    // What lies beyond the limit is not waited for.
    let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 99999999\r\n\r\n";
    let some_of_it = format!("{head}{}", " ".repeat(8192));
    let told = router
        .client()
        .raw(some_of_it.as_bytes(), Duration::from_secs(3))
        .await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
}

#[tokio::test]
async fn json_of_any_depth_is_survived() {
    let deep = |depth: usize| {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!(
            r#"{{"model":"auto","messages":[{{"role":"user","content":"hi"}}],"made_up":{nested}}}"#
        )
    };
    let (big, router) = started().await;
    for depth in [1000, 100_000, 1_000_000] {
        let error = router
            .client()
            .post("/v1/chat/completions", deep(depth))
            .await
            .error(400)
            .await;
        assert_eq!(error["type"], "invalid_request_error", "{depth}");
    }
    let objects = format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    let body = format!(r#"{{"model":"auto","messages":[{{"role":"user","content":{objects}}}]}}"#);
    router
        .client()
        .post("/v1/chat/completions", body)
        .await
        .error(400)
        .await;
    assert_eq!(big.counted().calls, 0);
    router
        .client()
        .post("/v1/chat/completions", deep(20))
        .await
        .expect(200)
        .await;
}

#[tokio::test]
async fn repeated_keys_cannot_smuggle_a_model() {
    let (big, router) = started().await;
    let body = r#"{"model":"auto","model":"auto","messages":[{"role":"user","content":"a"}],"messages":[{"role":"user","content":"b"}]}"#;
    let response = router.client().post("/v1/chat/completions", body).await;
    if response.status == 200 {
        let sent = big.only_call();
        let sent = String::from_utf8_lossy(&sent.body).into_owned();
        assert!(
            !sent.contains("auto"),
            "no copy of the name survives: {sent}"
        );
    } else {
        response.error(400).await;
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_served() {
    let (_big, router) = started().await;
    let error = router
        .client()
        .post("/nothing", "{}")
        .await
        .error(404)
        .await;
    assert_eq!(error["code"], "not_found");
    router.client().get("/").await.error(404).await;
    router.client().get("/metrics").await.error(404).await;
    router
        .client()
        .get("/explain?query=hello")
        .await
        .error(404)
        .await;
    let error = router
        .client()
        .get("/v1/chat/completions")
        .await
        .error(405)
        .await;
    assert_eq!(error["code"], "method_not_allowed");
    router
        .client()
        .post("/v1/models", "{}")
        .await
        .error(405)
        .await;
}

#[tokio::test]
async fn bytes_that_are_no_http() {
    let (_big, router) = started().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"hello\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
    ] {
        let told = router.client().raw(bytes, Duration::from_millis(500)).await;
        assert!(
            told.is_empty() || told.starts_with("HTTP/1.1 400"),
            "{told}"
        );
    }
    let many = "x-many: y\r\n".repeat(20_000);
    let request = format!("GET /v1/models HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    let told = router
        .client()
        .raw(request.as_bytes(), Duration::from_secs(2))
        .await;
    assert!(
        told.is_empty() || told.starts_with("HTTP/1.1 431"),
        "{told}"
    );
    assert_eq!(
        router.client().ask("auto", "hello").await.answer().await,
        "fine"
    );
}

#[tokio::test]
async fn header_values_that_mean_nothing() {
    let (_big, router) = started().await;
    for zone in ["Mars/Olympus", "", "Europe", "../../etc/passwd", "+25:00"] {
        let client = router.client().with_header("x-downshift-timezone", zone);
        let error = client.ask("auto", "hello").await.error(400).await;
        assert_eq!(error["code"], "invalid_header", "{zone}");
    }
}
