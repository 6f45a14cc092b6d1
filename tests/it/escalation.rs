//! Going up: a specialist that cannot be had hands the query to the large model, and says why.

use std::time::Duration;

use downshift_tests::{Fault, Policy, Router, Script, Upstream};

/// Asks a query that `small` should take, and sees it go up for `reason`.
#[track_caller]
fn check(escalated: Option<&str>, reason: &str) {
    let wanted = format!("specialist:{reason}");
    let steps = escalated.unwrap_or_default().split(',').map(str::trim);
    assert!(
        steps.into_iter().any(|step| step == wanted),
        "{wanted} is not in {escalated:?}"
    );
}

async fn goes_up(small_url: &str, reason: &str) {
    let big = Upstream::start(Script::says("the large model")).await;
    let router = Router::start(&Policy::two_models(&big.base_url(), small_url)).await;
    let response = router
        .client()
        .ask("small-first", "hello")
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    assert_eq!(response.header("x-downshift-model"), Some("big"));
    check(response.header("x-downshift-escalated"), reason);
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(response.answer().await, "the large model");
    let entry = router.entry(&id).await;
    let trail = entry["trail"].as_array().expect("a trail");
    let step = trail.iter().find(|step| step["rung"] == "specialist");
    let step = step.unwrap_or_else(|| panic!("no specialist on {entry:#}"));
    assert_eq!(step["reason"], reason, "{step}");
    let metrics = router.metrics().await;
    let labels = [("from", "specialist"), ("reason", reason)];
    assert_eq!(
        metrics.count("downshift_escalations_total", &labels),
        1,
        "counted by reason"
    );

    let streamed = router
        .client()
        .ask_stream("small-first", "hello")
        .await
        .expect(200)
        .await;
    check(streamed.header("x-downshift-escalated"), reason);
    assert_eq!(streamed.stream().answer().await, "the large model");
}

#[tokio::test]
async fn from_a_server_that_is_not_there() {
    goes_up(&Upstream::nowhere().await, "unreachable").await;
}

async fn goes_up_from(script: Script, reason: &str) {
    let small = Upstream::start(script).await;
    goes_up(&small.base_url(), reason).await;
    assert_eq!(small.counted().calls, 2, "asked once each time");
}

#[tokio::test]
async fn from_a_server_that_fails() {
    goes_up_from(
        Script::refuses(500, "server_error", "out of memory"),
        "upstream_status",
    )
    .await;
    goes_up_from(
        Script::refuses(404, "invalid_request_error", "model not pulled"),
        "upstream_status",
    )
    .await;
}

#[tokio::test]
async fn from_a_server_that_never_answers() {
    goes_up_from(Script::default().fault(Fault::Hang), "timeout").await;
}

#[tokio::test]
async fn from_a_server_that_answers_with_a_web_page() {
    let page = Script::sends("text/html", "<html><body>Welcome to nginx!</body></html>");
    goes_up_from(page, "bad_reply").await;
}

#[tokio::test]
async fn from_a_server_whose_reply_is_no_reply() {
    goes_up_from(
        Script::sends("application/json", "{\"ok\": true}"),
        "bad_reply",
    )
    .await;
    goes_up_from(Script::sends("application/json", ""), "bad_reply").await;
}

#[tokio::test]
async fn a_client_waits_no_longer_than_the_specialist_may_take() {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(Script::default().first(Duration::from_secs(20))).await;
    let router = Router::start(&Policy::two_models(&big.base_url(), &small.base_url())).await;
    let asked = std::time::Instant::now();
    let answer = router
        .client()
        .ask("small-first", "hello")
        .await
        .answer()
        .await;
    assert_eq!(answer, "the large model");
    assert!(
        asked.elapsed() < Duration::from_secs(6),
        "{:?}",
        asked.elapsed()
    );
    small.left().await;
}

#[tokio::test]
async fn a_specialist_that_is_well_is_not_passed_over() {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(Script::says("the small model")).await;
    let router = Router::start(&Policy::two_models(&big.base_url(), &small.base_url())).await;
    let response = router
        .client()
        .ask("small-first", "hello")
        .await
        .expect(200)
        .await;
    assert_eq!(response.header("x-downshift-rung"), Some("specialist"));
    assert_eq!(response.answer().await, "the small model");
    assert_eq!(big.counted().calls, 0);
}

#[tokio::test]
async fn from_a_model_whose_api_cannot_express_the_request() {
    let big = Upstream::start(Script::says("the large model")).await;
    let small = Upstream::start(Script::says("the small model")).await;
    let policy = Policy::text(
        "
models:
  big: { api: openai, base_url: \"${BIG}\", model: big-1, price: { input: 2, output: 8 } }
  small: { api: responses, base_url: \"${SMALL}\", model: small-1, price: { input: 1, output: 1 } }
llm: big
route: [auto]
rules:
  - { when: { model: auto }, use: small }
",
    )
    .set("BIG", &big.base_url())
    .set("SMALL", &small.base_url());
    let router = Router::start(&policy).await;
    let body = r#"{"model":"auto","stop":["END"],"messages":[{"role":"user","content":"Tell me a story."}]}"#;
    let response = router
        .client()
        .post("/v1/chat/completions", body)
        .await
        .expect(200)
        .await;
    check(response.header("x-downshift-escalated"), "unsupported");
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(response.answer().await, "the large model");
    assert_eq!(small.counted().calls, 0);
    let entry = router.entry(&id).await;
    let trail = entry["trail"].as_array().expect("a trail");
    let step = trail.iter().find(|step| step["rung"] == "specialist");
    assert!(
        step.expect("a step")["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("`stop`")),
        "{entry:#}"
    );
}
