//! The sixteenth fault: what failed is on the books, and is not billed as a reply.

use downshift_tests::{Fault, Router, Script, Upstream};
use serde_json::json;

use super::{started, well};

async fn failed_over(script: Script) -> (Router, serde_json::Value, String) {
    let primary = Upstream::start(script).await;
    let healthy = Upstream::start(well()).await;
    let written = "hold_back: whole";
    let router = started(&primary.base_url(), &healthy.base_url(), written).await;
    let response = router.client().ask_stream("auto", "count").await;
    let response = response.expect(200).await;
    let escalated = response.header("x-downshift-escalated").unwrap_or_default();
    let escalated = escalated.to_owned();
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(response.header("x-downshift-model"), Some("healthy"));
    let chunks = response.stream().chunks().await;
    let usage = chunks.last().expect("a usage chunk");
    assert_eq!(usage["usage"]["completion_tokens"], 60, "{usage}");
    assert_eq!(usage["model"], "healthy-1", "{usage}");
    let entry = router.entry(&id).await;
    assert_eq!(entry["cost_usd"], usage["downshift"]["cost_usd"], "{usage}");
    (router, entry, escalated)
}

#[tokio::test]
async fn f16_accounts_under_fail_over() {
    let down = Script::refuses(503, "server_error", "overloaded");
    let (router, entry, escalated) = failed_over(down).await;
    assert_eq!(entry["model"], "healthy");
    assert_eq!(entry["cost_usd"], "0.00031", "ten in at 1, sixty out at 5");
    let attempts = entry["attempts"].as_array().expect("attempts");
    let told: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt["model"].as_str(), attempt["outcome"].as_str()))
        .collect();
    let rejected = (Some("primary"), Some("rejected"));
    let answered = (Some("healthy"), Some("ok"));
    assert_eq!(told, [rejected, rejected, rejected, answered], "{entry:#}");
    assert_eq!(attempts[0]["cost_usd"], "0", "a refusal costs nothing");
    assert_eq!(
        escalated.matches("llm:upstream_status").count(),
        3,
        "{escalated}"
    );
    let metrics = router.metrics().await;
    let count = |name: &str, labels: &[(&str, &str)]| metrics.count(name, labels);
    let attempts = "downshift_upstream_attempts_total";
    let primary = ("model", "primary");
    assert_eq!(count(attempts, &[primary, ("outcome", "rejected")]), 3);
    assert_eq!(
        count(attempts, &[("model", "healthy"), ("outcome", "ok")]),
        1
    );
    assert_eq!(count("downshift_upstream_retries_total", &[primary]), 2);
    let fallbacks = "downshift_upstream_fallbacks_total";
    let why = ("reason", "upstream_status");
    assert_eq!(count(fallbacks, &[primary, why]), 1);
    assert_eq!(count("downshift_requests_total", &[]), 1);
}

#[tokio::test]
async fn what_was_begun_and_dropped_is_not_taken_for_free() {
    let (_router, entry, escalated) = failed_over(well().fault(Fault::CutAfter(41))).await;
    let attempts = entry["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "{entry:#}");
    assert_eq!(attempts[0]["outcome"], "failed");
    assert_eq!(attempts[0]["cost_usd"], json!(null), "nobody said");
    assert_eq!(entry["cost_usd"], json!(null));
    assert!(escalated.contains("llm:cut"), "{escalated}");
}

#[tokio::test]
async fn a_model_that_fails_does_not_stop_another_on_the_same_host() {
    let host = Upstream::start(well()).await;
    host.for_model("bad-1", Script::refuses(503, "server_error", "down"));
    let policy = downshift_tests::Policy::text(&format!(
        r#"
models:
  bad: {{ api: openai, base_url: "{host}", model: bad-1, fallback: [good] }}
  good: {{ api: openai, base_url: "{host}", model: good-1 }}
breaker: {{ failures: 2, open: 1m }}
llm: good
"#,
        host = host.base_url()
    ));
    let router = Router::start(&policy).await;
    for _ in 0..4 {
        let response = router.client().ask("bad", "count").await;
        let response = response.expect(200).await;
        assert_eq!(response.header("x-downshift-model"), Some("good"));
    }
    let calls = host.calls();
    let bad = calls.iter().filter(|call| call.json()["model"] == "bad-1");
    assert_eq!(bad.count(), 2, "the circuit opened after two");
    let models = router.admin().get("/models").await.expect(200).await;
    let models = models.json().await;
    let by_name = |name: &str| {
        let mut all = models["models"].as_array().expect("models").iter();
        let model = all.find(|model| model["name"] == name);
        model.expect("a model of that name").clone()
    };
    let (bad, good) = (by_name("bad"), by_name("good"));
    assert_eq!(bad["available"], false, "{bad}");
    assert_eq!(bad["servers"][0]["circuit"], "open", "{bad}");
    assert_eq!(bad["servers"][0]["last_error"]["kind"], "status", "{bad}");
    assert_eq!(good["available"], true, "{good}");
    assert_eq!(good["servers"][0]["circuit"], "closed", "{good}");
    let metrics = router.metrics().await;
    let state = "downshift_upstream_breaker_state";
    assert_eq!(metrics.count(state, &[("model", "bad")]), 2);
    assert_eq!(metrics.count(state, &[("model", "good")]), 0);
}
