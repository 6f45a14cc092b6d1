//! Shadow mode: the client gets the large model's answer, and what the ladder would have said is recorded.

use downshift_tests::{Fault, Policy, Router, Script, Upstream};
use serde_json::Value;

/// A query that the shipped classifier takes for code, whose answer is a number.
const QUESTION: &str = "write a python program and tell me how many lines it has, as a number";

async fn started(small: Script, intent: &str, top: &str) -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::says("The answer is 12.")).await;
    let small = Upstream::start(small).await;
    let policy = Policy::text(
        "models:
  big: { api: openai, base_url: \"${BIG}\", model: big-1, price: { input: 2.5, output: 10 } }
  small: { api: openai, base_url: \"${SMALL}\", model: small-1, price: { input: 0.1, output: 0.3 } }
llm: big
intents:
  code: { specialist: small, confidence: 0.2, INTENT }",
    );
    let policy = policy
        .set("BIG", &big.base_url())
        .set("SMALL", &small.base_url())
        .replaced("INTENT", intent)
        .and(top);
    let router = Router::start(&policy).await;
    (big, small, router)
}

/// Asks, whole or streamed: the client gets the large model's answer. Gives the entry.
async fn shadowed(router: &Router, stream: bool) -> Value {
    let client = router.client();
    let response = if stream {
        client.ask_stream("auto", QUESTION).await
    } else {
        client.ask("auto", QUESTION).await
    };
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    let escalated = response.header("x-downshift-escalated").unwrap_or_default();
    assert!(escalated.contains("specialist:shadow"), "{escalated}");
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let answer = if stream {
        response.stream().answer().await
    } else {
        response.answer().await
    };
    assert_eq!(answer, "The answer is 12.");
    router.entry(&id).await
}

#[tokio::test]
async fn the_ladders_own_answer_is_laid_beside_the_large_models() {
    let (big, small, router) = started(Script::says("\\boxed{12}"), "mode: shadow", "").await;
    for stream in [false, true] {
        let entry = shadowed(&router, stream).await;
        let shadow = &entry["shadow"];
        assert_eq!(shadow["outcome"], "answered", "{entry:#}");
        assert_eq!(shadow["model"], "small");
        assert_eq!(shadow["agreement"], 1.0);
        assert_eq!(shadow["live_cost_usd"], shadow["cost_usd"]);
        let attempts = entry["attempts"].as_array().expect("attempts");
        assert_eq!(attempts.len(), 1, "the run is booked apart: {entry:#}");
    }
    assert_eq!((big.counted().calls, small.counted().calls), (2, 2));
    let metrics = router.metrics().await;
    let answered = [("outcome", "answered")];
    assert_eq!(metrics.count("downshift_shadow_total", &answered), 2);
}

#[tokio::test]
async fn what_would_have_gone_up_is_told() {
    let refusal = Script::says("I'm sorry, but I can't help with that.");
    let (_big, _small, router) = started(refusal, "mode: live", "mode: shadow").await;
    let entry = shadowed(&router, false).await;
    let shadow = &entry["shadow"];
    assert_eq!(shadow["outcome"], "escalated", "{entry:#}");
    assert_eq!(shadow["agreement"], Value::Null);
    let trail = shadow["trail"].as_array().expect("a trail");
    let mut reasons = trail.iter().map(|step| &step["reason"]);
    assert!(reasons.any(|reason| reason == "refused_reply"), "{entry:#}");
    assert_ne!(shadow["live_cost_usd"], shadow["cost_usd"]);
}

#[tokio::test]
async fn a_run_that_hangs_delays_nobody_and_one_too_many_is_dropped() {
    let hangs = Script::default().fault(Fault::Hang);
    let bounds = "shadow: { share: 1, in_flight: 1, deadline: 300ms }";
    let (_big, _small, router) = started(hangs, "mode: live", bounds).await;
    let client = router.client();
    let slow = client.ask("auto", QUESTION).await;
    let dropped = client.ask("auto", QUESTION).await;
    for (response, outcome) in [(dropped, "dropped"), (slow, "timed_out")] {
        let id = response.header("x-downshift-id").expect("an id").to_owned();
        assert_eq!(response.answer().await, "The answer is 12.");
        let entry = router.entry(&id).await;
        assert_eq!(entry["shadow"]["outcome"], outcome, "{entry:#}");
    }
}

#[tokio::test]
async fn a_model_that_cannot_pay_is_not_asked() {
    let expected =
        "judge: { calibration: { judges: { checks: {} }, expected: { small: 0.1, llm: 0.9 } } }";
    let (_big, small, router) = started(Script::default(), expected, "").await;
    let response = router.client().ask("auto", QUESTION).await;
    let escalated = response.header("x-downshift-escalated").unwrap_or_default();
    assert!(
        escalated.contains("specialist:not_worthwhile"),
        "{escalated}"
    );
    assert_eq!(response.answer().await, "The answer is 12.");
    assert_eq!(small.counted().calls, 0);
}
