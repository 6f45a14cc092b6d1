//! The ledger adds up: entries, counters, headers, usage chunks and the upstream's own count agree.

use downshift_tests::{
    Counted, Dollars, Event, Fault, Metrics, Policy, Response, Router, Script, Tokens, Upstream,
};
use serde_json::Value;

/// What one client was told a request cost.
#[derive(Debug, Default)]
struct Told {
    ids: Vec<String>,
    cost: Vec<Dollars>,
    baseline: Vec<Dollars>,
}

impl Told {
    async fn whole(&mut self, response: Response) {
        let response = response.expect(200).await;
        self.ids
            .push(response.header("x-downshift-id").expect("an id").to_owned());
        self.cost
            .push(response.dollars("x-downshift-cost-usd").expect("a cost"));
        self.baseline.push(
            response
                .dollars("x-downshift-baseline-usd")
                .expect("a baseline"),
        );
        response.bytes().await;
    }

    async fn streamed(&mut self, response: Response) {
        let response = response.expect(200).await;
        self.ids
            .push(response.header("x-downshift-id").expect("an id").to_owned());
        let chunks = response.stream().chunks().await;
        let costs = &chunks.last().expect("chunks")["downshift"];
        self.cost.push(dollars(&costs["cost_usd"]).expect("a cost"));
        self.baseline
            .push(dollars(&costs["baseline_usd"]).expect("a baseline"));
    }
}

fn dollars(value: &Value) -> Option<Dollars> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Dollars::parse(text)),
        other => Some(Dollars::parse(&other.to_string())),
    }
}

#[track_caller]
fn close(counter: f64, sum: Dollars) {
    let sum = sum.to_f64();
    assert!(
        (counter - sum).abs() <= 1e-12_f64.max(sum.abs() * 1e-9),
        "{counter} is not {sum}"
    );
}

/// A policy whose every rung has a price.
async fn started() -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::default().used(Tokens {
        input: 1003,
        cached: 512,
        output: 77,
    }))
    .await;
    let small = Upstream::start(Script::default().used(Tokens {
        input: 19,
        cached: 0,
        output: 7,
    }))
    .await;
    let policy = Policy::two_models(&big.base_url(), &small.base_url())
        .and("intents:\n  arithmetic: { answer: arithmetic }\n")
        .without_rule("*");
    let router = Router::start(&policy).await;
    (big, small, router)
}

#[tokio::test]
async fn a_price_is_exact() {
    let (_big, _small, router) = started().await;
    let response = router.client().ask("big", "hello").await.expect(200).await;
    // 491 × 2.5 + 512 × 0.25 + 77 × 15 USD per million tokens.
    assert_eq!(response.header("x-downshift-cost-usd"), Some("0.0025105"));
    let response = router
        .client()
        .ask("small-first", "hello")
        .await
        .expect(200)
        .await;
    // 19 × 0.1 + 7 × 0.3, and at the large model 19 × 2.5 + 7 × 15.
    assert_eq!(response.header("x-downshift-cost-usd"), Some("0.000004"));
    assert_eq!(
        response.header("x-downshift-baseline-usd"),
        Some("0.0001525")
    );
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let entry = router.entry(&id).await;
    assert_eq!(
        dollars(&entry["saving_usd"]),
        Some(Dollars::parse("0.0001485")),
        "{entry:#}"
    );
}

#[tokio::test]
async fn everything_adds_up() {
    let (big, small, router) = started().await;
    let client = router.client();
    let mut told = Told::default();
    for _ in 0..3 {
        told.whole(client.ask("auto", "what is 17 * 23?").await)
            .await;
        told.streamed(client.ask_stream("auto", "what is 17 * 23?").await)
            .await;
        told.whole(client.ask("big", "hello").await).await;
        told.streamed(client.ask_stream("big", "hello").await).await;
        told.whole(client.ask("small-first", "hello").await).await;
        told.streamed(client.ask_stream("small-first", "hello").await)
            .await;
        small.then(Script::refuses(500, "server_error", "out of memory"));
        told.whole(client.ask("small-first", "hello").await).await;
    }
    big.then(Script::refuses(
        400,
        "invalid_request_error",
        "max_tokens is too large",
    ));
    client.ask("big", "hello").await.error(400).await;
    client.ask("nobody", "hello").await.error(404).await;

    let mut cost = Vec::new();
    let mut baseline = Vec::new();
    for id in &told.ids {
        let entry = router.entry(id).await;
        cost.push(dollars(&entry["cost_usd"]).expect("every rung has a price"));
        baseline.push(dollars(&entry["baseline_usd"]).expect("the large model has a price"));
    }
    assert_eq!(cost, told.cost, "entries and replies");
    assert_eq!(baseline, told.baseline, "entries and replies");

    let metrics = router.metrics().await;
    close(
        metrics.sum("downshift_cost_usd_total", &[]),
        cost.into_iter().sum(),
    );
    close(
        metrics.sum("downshift_baseline_usd_total", &[]),
        baseline.into_iter().sum(),
    );
    assert_eq!(
        metrics.count("downshift_requests_total", &[]),
        22,
        "one entry per request that was decoded"
    );
    check_tokens(&metrics, "big", big.counted());
    check_tokens(&metrics, "small", small.counted());
}

/// The counters hold what the upstream itself says it reported.
#[track_caller]
fn check_tokens(metrics: &Metrics, model: &str, counted: Counted) {
    let tokens = |direction| {
        let labels = [("direction", direction), ("model", model)];
        metrics.count("downshift_tokens_total", &labels)
    };
    assert_eq!(tokens("input"), counted.input, "{model}: input");
    assert_eq!(tokens("cached_input"), counted.cached, "{model}: cached");
    assert_eq!(tokens("output"), counted.output, "{model}: output");
}

#[tokio::test]
async fn an_unknown_price_is_null_and_counted() {
    let big = Upstream::start(Script::default()).await;
    let policy = format!(
        "
models:
  big: {{ api: openai, base_url: \"{}\", model: nobody-sells-this }}
llm: big
",
        big.base_url()
    );
    let router = Router::start(&Policy::text(&policy)).await;
    let response = router.client().ask("auto", "hello").await.expect(200).await;
    assert_eq!(
        response.header("x-downshift-cost-usd"),
        None,
        "unknown is not said, and never 0"
    );
    assert_eq!(response.header("x-downshift-baseline-usd"), None);
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let entry = router.entry(&id).await;
    for field in ["cost_usd", "baseline_usd", "saving_usd"] {
        assert_eq!(entry.get(field), Some(&Value::Null), "{field} of {entry:#}");
    }
    let metrics = router.metrics().await;
    assert_eq!(
        metrics.count("downshift_unknown_price_total", &[("model", "big")]),
        1
    );
    assert_eq!(metrics.count("downshift_cost_usd_total", &[]), 0);
    assert_eq!(
        metrics.count(
            "downshift_tokens_total",
            &[("direction", "input"), ("model", "big")]
        ),
        11,
        "tokens are known"
    );
    let chunks = router
        .client()
        .ask_stream("auto", "hello")
        .await
        .expect(200)
        .await
        .stream()
        .chunks()
        .await;
    assert_eq!(
        chunks.last().expect("chunks")["downshift"]["cost_usd"],
        Value::Null
    );
}

#[tokio::test]
async fn a_reply_without_usage_is_null_and_counted() {
    let (big, _small, router) = started().await;
    big.then(Script::default().used(None));
    let response = router.client().ask("big", "hello").await.expect(200).await;
    assert_eq!(response.header("x-downshift-cost-usd"), None);
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(router.entry(&id).await.get("cost_usd"), Some(&Value::Null));
    assert_eq!(
        router
            .metrics()
            .await
            .count("downshift_missing_usage_total", &[("model", "big")]),
        1
    );
}

#[tokio::test]
async fn whatever_happens_there_is_one_entry() {
    let (big, small, router) = started().await;
    let client = router.client();
    let mut requests = 0;
    for fault in [
        Fault::Reset,
        Fault::Hang,
        Fault::CutAfter(0),
        Fault::EndAfter(1),
        Fault::MalformedAfter(2),
    ] {
        big.then(Script::default().fault(fault));
        client.ask_stream("big", "hello").await.bytes().await;
        small.then(Script::default().fault(fault));
        client
            .ask_stream("small-first", "hello")
            .await
            .bytes()
            .await;
        requests += 2;
    }
    big.then(Script::default().fault(Fault::HangAfter(2)));
    let mut stream = client
        .ask_stream("big", "hello")
        .await
        .expect(200)
        .await
        .stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    drop(stream);
    big.left().await;
    requests += 1;
    for _ in 0..200 {
        if router
            .metrics()
            .await
            .count("downshift_requests_total", &[])
            >= requests
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let metrics = router.metrics().await;
    assert_eq!(metrics.count("downshift_requests_total", &[]), requests);
    assert_eq!(
        metrics.count("downshift_request_seconds_count", &[]),
        requests
    );
}

#[tokio::test]
async fn energy_is_a_range_with_its_method() {
    let (_big, _small, router) = started().await;
    let response = router.client().ask("big", "hello").await.expect(200).await;
    let range = response
        .header("x-downshift-energy-joules")
        .expect("an estimate")
        .to_owned();
    let (min, max) = range.split_once('-').expect("min-max");
    let (min, max): (f64, f64) = (min.parse().expect("joules"), max.parse().expect("joules"));
    assert!(0.0 < min && min < max, "{range}");
    let flops: f64 = response
        .header("x-downshift-flops")
        .and_then(|text| text.parse().ok())
        .expect("FLOPs");
    // 2 × 1e11 active parameters × the 491 + 77 tokens that were not read from a cache.
    assert!((flops - 1.136e14).abs() < 1.0, "{flops}");
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    let entry = router.entry(&id).await;
    assert!(
        entry["energy_method"]
            .as_str()
            .is_some_and(|method| !method.is_empty()),
        "{entry:#}"
    );
}
