//! The operator's port: metrics, health, explanations, and one request's account.

use downshift_tests::{Policy, Router, Script, Upstream};
use serde_json::json;

async fn started() -> (Upstream, Router) {
    let big = Upstream::start(Script::default()).await;
    let policy = Policy::shipped()
        .set("OPENAI_BASE_URL", &big.base_url())
        .set("OLLAMA_URL", &Upstream::nowhere().await);
    let router = Router::start(&policy).await;
    (big, router)
}

#[tokio::test]
async fn metrics_can_be_scraped() {
    let (_big, router) = started().await;
    router
        .client()
        .ask("auto", "what is 2+2?")
        .await
        .expect(200)
        .await;
    router
        .client()
        .ask("auto", "tell me a bedtime story about a dragon")
        .await
        .expect(200)
        .await;
    let scrape = router.admin().get("/metrics").await.expect(200).await;
    let content_type = scrape.header("content-type").unwrap_or_default();
    assert!(
        content_type.starts_with("text/plain; version=0.0.4"),
        "{content_type}"
    );
    let metrics = router.metrics().await;
    for name in [
        "downshift_requests_total",
        "downshift_escalations_total",
        "downshift_cost_usd_total",
        "downshift_baseline_usd_total",
        "downshift_energy_joules_total",
        "downshift_flops_total",
        "downshift_tokens_total",
        "downshift_classify_seconds_count",
        "downshift_overhead_seconds_count",
        "downshift_request_seconds_count",
        "downshift_first_token_seconds_count",
        "downshift_build_info",
    ] {
        assert!(metrics.has(name), "no {name}");
    }
    assert!(
        metrics.names().all(|name| name.starts_with("downshift_")),
        "one prefix"
    );
    assert_eq!(
        metrics.count(
            "downshift_requests_total",
            &[("rung", "answer"), ("outcome", "ok")]
        ),
        1
    );
    assert_eq!(
        metrics.count(
            "downshift_requests_total",
            &[("rung", "llm"), ("outcome", "ok")]
        ),
        1
    );
    assert_eq!(metrics.count("downshift_request_seconds_count", &[]), 2);
}

#[tokio::test]
async fn callers_cannot_make_labels() {
    let (_big, router) = started().await;
    for index in 0..20 {
        router
            .client()
            .ask(&format!("gpt-{index}"), "hello there")
            .await
            .expect(200)
            .await;
        router
            .client()
            .ask(&format!("nothing-{index}"), "hello there")
            .await
            .error(404)
            .await;
        let client = router
            .client()
            .with_header("x-downshift-session", &format!("s{index}"));
        client.ask("auto", "hello there").await.expect(200).await;
    }
    let metrics = router.metrics().await;
    let models = metrics.values("model");
    assert!(
        models
            .iter()
            .all(|model| !model.starts_with("gpt-") && !model.starts_with("nothing")),
        "{models:?}"
    );
}

#[tokio::test]
async fn health_is_told_to_who_asks() {
    let (_big, router) = started().await;
    router.admin().get("/healthz").await.expect(200).await;
    router.admin().get("/readyz").await.expect(200).await;
    router.admin().get("/nothing").await.error(404).await;
}

#[tokio::test]
async fn explain_decides_and_asks_nobody() {
    let (big, router) = started().await;
    let explained = router
        .admin()
        .get("/explain?query=what%20is%202%2B2%3F")
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert_eq!(explained["query"], "what is 2+2?");
    assert_eq!(explained["rung"], "answer");
    assert_eq!(explained["intent"], "arithmetic");
    assert!(
        explained["answer"]
            .as_str()
            .is_some_and(|answer| answer.contains('4')),
        "{explained}"
    );
    assert!(
        explained["confidence"]
            .as_f64()
            .is_some_and(|confidence| (0.0..=1.0).contains(&confidence))
    );

    let body = json!({ "model": "auto", "messages": [
        { "role": "user", "content": "tell me a bedtime story about a dragon" },
    ] });
    let explained = router
        .admin()
        .post("/explain", body.to_string())
        .await
        .expect(200)
        .await
        .json()
        .await;
    assert_eq!(explained["rung"], "llm");
    assert!(explained["answer"].is_null(), "{explained}");
    assert!(
        explained["trail"]
            .as_array()
            .is_some_and(|trail| !trail.is_empty()),
        "says why: {explained}"
    );
    assert_eq!(big.counted().calls, 0, "nobody was asked");
    assert_eq!(
        router
            .metrics()
            .await
            .count("downshift_requests_total", &[]),
        0,
        "and nothing was booked"
    );

    router.admin().get("/explain").await.error(400).await;
    router
        .admin()
        .get("/explain?query=x&timezone=Mars")
        .await
        .error(400)
        .await;
    router.admin().post("/explain", "{").await.error(400).await;
}

#[tokio::test]
async fn what_explain_says_is_what_happens() {
    let (_big, router) = started().await;
    for query in [
        "what is 7 times 8?",
        "what is the capital of Peru?",
        "write me a haiku about rain",
    ] {
        let encoded = query.replace(' ', "%20").replace('?', "%3F");
        let explained = router
            .admin()
            .get(&format!("/explain?query={encoded}"))
            .await
            .expect(200)
            .await
            .json()
            .await;
        let response = router.client().ask("auto", query).await.expect(200).await;
        assert_eq!(
            response.header("x-downshift-rung"),
            explained["rung"].as_str(),
            "{query}"
        );
        if explained["rung"] == "answer" {
            assert_eq!(
                Some(response.answer().await.as_str()),
                explained["answer"].as_str(),
                "{query}"
            );
        }
    }
}

#[tokio::test]
async fn one_requests_account_can_be_looked_up() {
    let (_big, router) = started().await;
    let response = router
        .client()
        .ask("auto", "what is 2+2?")
        .await
        .expect(200)
        .await;
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let entry = router.entry(&id).await;
    assert_eq!(entry["id"], id.as_str());
    assert_eq!(entry["rung"], "answer");
    assert_eq!(entry["outcome"], "ok");
    let error = router
        .admin()
        .get("/requests/nobody")
        .await
        .error(404)
        .await;
    assert_eq!(error["code"], "not_found");
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own() {
    let (_big, router) = started().await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let response = router.client().ask("auto", "what is 2+2?").await;
        ids.insert(response.header("x-downshift-id").expect("an id").to_owned());
    }
    assert_eq!(ids.len(), 20);
}
