//! Embeddings go to the model that is named, under the name its provider knows, and are booked at its price.

use downshift_tests::{Policy, Router, Script, Upstream};
use serde_json::json;

const REPLY: &str = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2e-3]}],"model":"embed-3-0125","usage":{"prompt_tokens":1000,"total_tokens":1000}}"#;

async fn started() -> (Upstream, Router) {
    let server = Upstream::start(Script::sends("application/json", REPLY)).await;
    let policy = format!(
        "
models:
  big: {{ api: openai, base_url: \"{0}\", model: big-1 }}
  vectors: {{ api: openai, base_url: \"{0}\", model: embed-3, key: \"${{KEY}}\", price: {{ input: 0.02, output: 0 }} }}
llm: big
route: [auto]
",
        server.base_url()
    );
    let policy = Policy::text(&policy).set("KEY", "${CARGO_PKG_NAME}");
    (server, Router::start(&policy).await)
}

#[tokio::test]
async fn a_request_changes_its_model_and_a_reply_nothing() {
    let (server, router) = started().await;
    for name in ["vectors", "embed-3"] {
        let sent = format!(r#"{{ "input":["\u00e9", "b"],"model":"{name}",  "dimensions":2e0 }}"#);
        let response = router.client().post("/v1/embeddings", sent.clone()).await;
        let response = response.expect(200).await;
        assert_eq!(response.header("x-downshift-model"), Some("vectors"));
        assert_eq!(response.header("x-downshift-rung"), Some("llm"));
        assert_eq!(response.header("x-downshift-cost-usd"), Some("0.00002"));
        let id = response.header("x-downshift-id").expect("an id").to_owned();
        assert_eq!(response.text().await, REPLY);
        let call = server.calls().pop().expect("a call");
        assert_eq!(call.path, "/v1/embeddings");
        assert_eq!(call.body, sent.replace(name, "embed-3"));
        assert_eq!(call.header("authorization"), Some("Bearer downshift-tests"));
        let entry = router.entry(&id).await;
        assert_eq!(entry["cost_usd"], "0.00002", "{entry}");
        assert_eq!(entry["outcome"], "ok");
    }
    let metrics = router.metrics().await;
    let tokens = metrics.count(
        "downshift_tokens_total",
        &[("model", "vectors"), ("direction", "input")],
    );
    assert_eq!(tokens, 2000);
}

#[tokio::test]
async fn a_model_that_there_is_not_is_a_404() {
    let (server, router) = started().await;
    let body = json!({ "model": "nobody", "input": "a" }).to_string();
    let error = router
        .client()
        .post("/v1/embeddings", body)
        .await
        .error(404)
        .await;
    assert_eq!(error["code"], "model_not_found");
    assert_eq!(error["param"], "model");
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"model":1}"#,
        r#"{"model":"a","model":"b"}"#,
    ] {
        router
            .client()
            .post("/v1/embeddings", body)
            .await
            .error(400)
            .await;
    }
    assert_eq!(server.counted().calls, 0);
}

#[tokio::test]
async fn a_refusal_comes_back_as_it_was_sent() {
    let (server, router) = started().await;
    server.then(Script::refuses(
        400,
        "invalid_request_error",
        "too many inputs",
    ));
    let body = json!({ "model": "vectors", "input": "a" }).to_string();
    let error = router
        .client()
        .post("/v1/embeddings", body)
        .await
        .error(400)
        .await;
    assert_eq!(error["message"], "too many inputs");
}
