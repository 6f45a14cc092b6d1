//! Several servers of one model, and second tries beside slow first ones.

use downshift_tests::{Fault, Policy, Router, Script, Upstream};

use super::{complete, streamed, well};

/// A model with two servers, and this written for it.
async fn started(one: &Upstream, other: &Upstream, written: &str) -> Router {
    let policy = Policy::text(&format!(
        r#"
models:
  primary:
    api: openai
    base_url: ["{}", "{}"]
    model: primary-1
    timeouts: {{ first_token: 8s }}
    retries: {{ backoff: 10ms }}
    {written}
llm: primary
"#,
        one.base_url(),
        other.base_url()
    ));
    Router::start(&policy).await
}

#[tokio::test]
async fn all_servers_of_a_model_are_asked() {
    let (one, other) = (Upstream::start(well()).await, Upstream::start(well()).await);
    let router = started(&one, &other, "").await;
    for _ in 0..30 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    let asked = (one.counted().calls, other.counted().calls);
    assert_eq!(asked.0 + asked.1, 30);
    assert!(asked.0 > 0 && asked.1 > 0, "{asked:?}");
}

#[tokio::test]
async fn a_server_that_fails_is_left_out_and_nobody_notices() {
    let down = Script::refuses(503, "server_error", "down");
    let (one, other) = (Upstream::start(down).await, Upstream::start(well()).await);
    let router = started(&one, &other, "breaker: { failures: 3, open: 1m }").await;
    for _ in 0..30 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    let failed = one.counted().calls;
    assert!(failed <= 3, "its circuit opened after {failed}");
}

#[tokio::test]
async fn a_second_try_goes_beside_a_slow_first_one() {
    let silent = well().fault(Fault::Hang);
    let (one, other) = (Upstream::start(silent).await, Upstream::start(well()).await);
    let router = started(&one, &other, "hedge: { after: 100ms }").await;
    for _ in 0..4 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    let asked = one.counted();
    let metrics = router.metrics().await;
    let hedges = metrics.count("downshift_upstream_hedges_total", &[]);
    assert_eq!(hedges, asked.calls, "each silent call was hedged");
    let labels = [("model", "primary"), ("outcome", "abandoned")];
    let abandoned = metrics.count("downshift_upstream_attempts_total", &labels);
    assert_eq!(abandoned, asked.calls, "who lost is booked");
    if asked.calls > 0 {
        one.left().await;
    }
}

#[tokio::test]
async fn a_call_slower_than_nearly_all_before_it_is_asked_again() {
    let (one, other) = (Upstream::start(well()).await, Upstream::start(well()).await);
    let router = started(&one, &other, "hedge: { after: p95 }").await;
    // What is usual must be seen first: until then nobody is asked twice.
    for _ in 0..24 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    one.always(well().fault(Fault::Hang));
    let before = one.counted().calls;
    for _ in 0..6 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    let silent = one.counted().calls - before;
    let hedges = router
        .metrics()
        .await
        .count("downshift_upstream_hedges_total", &[]);
    assert!(
        hedges >= silent,
        "{hedges} second tries for {silent} silent first ones"
    );
}

#[tokio::test]
async fn a_quick_model_is_not_asked_twice() {
    let (one, other) = (Upstream::start(well()).await, Upstream::start(well()).await);
    let router = started(&one, &other, "hedge: { after: 5s }").await;
    for _ in 0..5 {
        assert_eq!(streamed(&router).await, complete("primary"));
    }
    assert_eq!(one.counted().calls + other.counted().calls, 5);
}

#[tokio::test]
async fn a_fallback_that_nobody_has_or_that_leads_back_is_refused() {
    let model = |name: &str, fallback: &str| {
        format!(
            "  {name}: {{ api: openai, base_url: \"http://127.0.0.1:9/v1\", model: m, fallback: [{fallback}] }}\n"
        )
    };
    let check = async |a: &str, b: &str| {
        let models = [model("alpha", a), model("beta", b)].concat();
        let policy = Policy::text(&format!("models:\n{models}llm: alpha\n"));
        Router::try_start(&policy).await.expect_err("it is refused")
    };
    let told = check("bet", "").await;
    assert!(
        told.contains("models.alpha.fallback[0]: unknown model `bet`"),
        "{told}"
    );
    assert!(told.contains("did you mean `beta`?"), "{told}");
    let told = check("beta", "alpha").await;
    assert!(told.contains("alpha → beta → alpha"), "{told}");
    let told = check("alpha", "").await;
    assert!(told.contains("alpha → alpha"), "{told}");
}
