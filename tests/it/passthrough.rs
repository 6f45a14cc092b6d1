//! Between a client and an upstream of the same dialect, nothing changes but what must.

use downshift_tests::{Policy, Router, Script, Upstream};
use serde_json::json;

async fn started() -> (Upstream, Router) {
    let big = Upstream::start(Script::default()).await;
    // `CARGO_PKG_NAME` is a variable that every test run has; it serves as the router's key.
    let policy = format!(
        "
models:
  big: {{ api: openai, base_url: \"{}\", model: big-1, key: \"${{KEY}}\", account_headers: true }}
llm: big
route: [auto, \"gpt-*\"]
",
        big.base_url()
    );
    let policy = Policy::text(&policy).set("KEY", "${CARGO_PKG_NAME}");
    let router = Router::start(&policy).await;
    (big, router)
}

#[tokio::test]
async fn a_request_arrives_byte_for_byte_but_for_its_model() {
    let (big, router) = started().await;
    let sent = r#"{ "seed" : 1e2,"model":"gpt-4o",  "temperature":0.70,
 "messages":[{"role":"user","content":"h\u00e9llo \ud83d\ude00"}], "made_up":{"z":1,"a":[1.0,2.50]},"user":"u" }"#;
    router
        .client()
        .post("/v1/chat/completions", sent)
        .await
        .expect(200)
        .await;
    let arrived = big.only_call();
    let arrived = std::str::from_utf8(&arrived.body).expect("UTF-8");
    assert_eq!(arrived, sent.replace("\"gpt-4o\"", "\"big-1\""));
}

#[tokio::test]
async fn a_reply_arrives_byte_for_byte() {
    let (big, router) = started().await;
    let reply = r#"{"id":"x","object":"chat.completion","created":1.7e9, "model":"big-1-2026", "choices":[{"index":0,"message":{"role":"assistant","content":"h\u00e9"},"finish_reason":"stop"}],"made_up":[1.00,{"b":2,"a":1}]}"#;
    big.then(Script::sends("application/json", reply));
    let response = router.client().ask("auto", "hello").await.expect(200).await;
    assert_eq!(response.text().await, reply);
}

#[tokio::test]
async fn keys_stay_on_their_side() {
    let (big, router) = started().await;
    let client = router
        .client()
        .with_header("authorization", "Bearer sk-of-the-client")
        .with_header("cookie", "session=of-the-client")
        .with_header("x-api-key", "sk-of-the-client")
        .with_header("x-downshift-timezone", "Europe/Paris")
        .with_header("x-forwarded-for", "10.1.2.3")
        .with_header("openai-organization", "org-1");
    client.ask("auto", "hello").await.expect(200).await;
    let call = big.only_call();
    assert_eq!(call.path, "/v1/chat/completions");
    assert_eq!(call.header("authorization"), Some("Bearer downshift-tests"));
    assert_eq!(
        call.header("openai-organization"),
        Some("org-1"),
        "what means something upstream passes"
    );
    let told = format!("{:?}", call.headers);
    assert!(!told.contains("of-the-client"), "{told}");
    assert!(!told.contains("x-downshift-"), "{told}");
    assert!(!told.contains("10.1.2.3"), "{told}");
}

#[tokio::test]
async fn the_upstreams_limits_are_passed_on_and_its_cookies_are_not() {
    let (big, router) = started().await;
    let script = Script::default()
        .header("openai-processing-ms", "41")
        .header("x-ratelimit-remaining-tokens", "9000")
        .header("set-cookie", "a=b")
        .header("server", "secret-gateway/1.0");
    big.then(script);
    let response = router.client().ask("auto", "hello").await.expect(200).await;
    assert_eq!(response.header("openai-processing-ms"), Some("41"));
    assert_eq!(
        response.header("x-ratelimit-remaining-tokens"),
        Some("9000")
    );
    assert_eq!(response.header("set-cookie"), None);
    assert_ne!(response.header("server"), Some("secret-gateway/1.0"));
}

#[tokio::test]
async fn echo_model_restamps_the_requested_name() {
    let big = Upstream::start(Script::default()).await;
    let policy =
        Policy::two_models(&big.base_url(), &Upstream::nowhere().await).and("echo_model: true");
    let router = Router::start(&policy).await;
    let reply = router
        .client()
        .ask("gpt-4o", "hello")
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert_eq!(reply["model"], "gpt-4o");
    let stream = router
        .client()
        .ask_stream("gpt-4o", "hello")
        .await
        .expect(200)
        .await
        .stream();
    assert!(
        stream
            .chunks()
            .await
            .iter()
            .all(|chunk| chunk["model"] == "gpt-4o")
    );
}

#[tokio::test]
async fn content_in_parts_tools_and_images_pass_through() {
    let (big, router) = started().await;
    let body = json!({
        "model": "auto",
        "messages": [
            { "role": "system", "content": [{ "type": "text", "text": "be brief" }] },
            { "role": "user", "content": [
                { "type": "text", "text": "what is this?" },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } },
            ] },
            { "role": "assistant", "content": null, "tool_calls": [
                { "id": "c1", "type": "function", "function": { "name": "look", "arguments": "{}" } },
            ] },
            { "role": "tool", "tool_call_id": "c1", "content": "a cat" },
        ],
        "tools": [{ "type": "function", "function": { "name": "look", "parameters": {} } }],
    });
    let response = router.client().chat(&body).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    let mut wanted = body;
    wanted["model"] = json!("big-1");
    assert_eq!(big.only_call().json(), wanted);
}
