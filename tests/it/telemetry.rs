//! OpenTelemetry: the spans and metrics that a collector gets are the ledger told in another form.

use std::time::{Duration, Instant};

use downshift_tests::{Client, Collector, Fault, Policy, Router, Script, Spanned, Upstream};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Point;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::{Value, json};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

struct Setting {
    collector: Collector,
    big: Upstream,
    small: Upstream,
    router: Router,
}

/// Two models and a collector; `more` is added to the policy.
async fn setting(telemetry: &str, more: &str) -> Setting {
    let collector = Collector::start().await;
    let (big, small) = (
        Upstream::start(Script::default()).await,
        Upstream::start(Script::default()).await,
    );
    let policy = Policy::two_models(&big.base_url(), &small.base_url())
        .and(&format!("telemetry: {telemetry}"))
        .and(more)
        .set("COLLECTOR", &collector.address());
    let router = Router::start(&policy).await;
    Setting {
        collector,
        big,
        small,
        router,
    }
}

fn traced(client: &Client, flags: &str) -> Client {
    client
        .with_header("traceparent", &format!("00-{TRACE}-{CALLER}-{flags}"))
        .with_header("tracestate", "vendor=1,other=2")
}

/// The request's own span, and those of its calls in the order they were made.
fn tree(mut spans: Vec<Spanned>) -> (Spanned, Vec<Spanned>) {
    spans.sort_by_key(|span| span.span.start_time_unix_nano);
    let server = |span: &Spanned| span.span.kind() == SpanKind::Server;
    let (mut servers, clients): (Vec<_>, Vec<_>) = spans.into_iter().partition(server);
    assert_eq!(servers.len(), 1, "a request has one span");
    (servers.remove(0), clients)
}

#[tokio::test]
async fn a_request_s_spans_are_one_tree_in_the_caller_s_trace() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "retries: { attempts: 0 }").await;
    setting
        .small
        .always(Script::refuses(500, "server_error", "no"));
    let client = traced(setting.router.client(), "01");
    let response = client.ask("small-first", "hello").await.expect(200).await;
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    response.bytes().await;
    let (server, calls) = tree(setting.collector.spans(3).await);
    assert_eq!((&*server.trace, &*server.parent), (TRACE, CALLER));
    assert_eq!(server.span.name, "POST /v1/chat/completions");
    assert_eq!(server.span.trace_state, "vendor=1,other=2");
    assert_eq!(
        server.span.flags & 0x301,
        0x301,
        "sampled; its parent is elsewhere"
    );
    assert_eq!(calls.len(), 2);
    let upstreams = [&setting.small, &setting.big];
    for (call, upstream) in calls.iter().zip(upstreams) {
        assert_eq!((&*call.trace, &*call.parent), (TRACE, &*server.id));
        assert_eq!(call.span.kind(), SpanKind::Client);
        let told = upstream.only_call();
        let parent = format!("00-{TRACE}-{}-01", call.id);
        assert_eq!(
            told.header("traceparent"),
            Some(&*parent),
            "what the upstream is told"
        );
        assert_eq!(told.header("tracestate"), Some("vendor=1,other=2"));
        assert!(server.span.start_time_unix_nano <= call.span.start_time_unix_nano);
        assert!(call.span.start_time_unix_nano <= call.span.end_time_unix_nano);
        assert!(call.span.end_time_unix_nano <= server.span.end_time_unix_nano);
    }
    assert_ne!(calls[0].id, calls[1].id);
    let entry = setting.router.entry(&id).await;
    assert_eq!(entry["trace_id"], TRACE);
    assert_eq!(entry["span_id"], *server.id);
    assert_eq!(entry["attempts"][1]["span_id"], *calls[1].id);
    check_server(&server, &entry);
    check_calls(&setting, &calls, &entry);
}

fn check_server(server: &Spanned, entry: &Value) {
    let port = server.get("http.response.status_code");
    assert_eq!(
        (port, server.get("http.request.method")),
        (json!(200), json!("POST"))
    );
    for (name, expected) in [
        ("http.route", json!("/v1/chat/completions")),
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.request.model", json!("small-first")),
        ("gen_ai.response.model", json!("big-1")),
        ("gen_ai.usage.input_tokens", json!(11)),
        ("gen_ai.usage.output_tokens", json!(5)),
        ("downshift.id", entry["id"].clone()),
        ("downshift.rung", json!("llm")),
        ("downshift.model", json!("big")),
        ("downshift.outcome", json!("ok")),
        ("error.type", Value::Null),
        (
            "downshift.energy_joules.min",
            entry["energy_min_joules"].clone(),
        ),
        (
            "downshift.energy_joules.max",
            entry["energy_max_joules"].clone(),
        ),
    ] {
        assert_eq!(server.get(name), expected, "{name}");
    }
    let escalated = server.get("downshift.escalated");
    assert!(
        escalated.to_string().contains("specialist:upstream_status"),
        "{escalated}"
    );
    for (name, field) in [
        ("downshift.cost_usd", "cost_usd"),
        ("downshift.baseline_usd", "baseline_usd"),
        ("downshift.saving_usd", "saving_usd"),
    ] {
        let exact: f64 = entry[field]
            .as_str()
            .expect(field)
            .parse()
            .expect("a number");
        assert_eq!(server.get(name), json!(exact), "{name}");
    }
    assert_eq!(server.resource["service.name"], "downshift");
}

fn check_calls(setting: &Setting, calls: &[Spanned], entry: &Value) {
    let [refused, answered] = calls else {
        panic!("two calls")
    };
    assert_eq!(refused.span.name, "chat small-1");
    assert_eq!(refused.get("error.type"), "rejected");
    assert_eq!(refused.span.status.as_ref().expect("a status").code, 2);
    for (name, expected) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.provider.name", json!("openai")),
        ("gen_ai.request.model", json!("big-1")),
        ("gen_ai.response.model", json!("big-1")),
        ("gen_ai.response.finish_reasons", json!(["stop"])),
        ("gen_ai.usage.input_tokens", json!(11)),
        ("gen_ai.usage.cache_read.input_tokens", json!(3)),
        ("gen_ai.usage.output_tokens", json!(5)),
        ("server.address", json!("127.0.0.1")),
        ("server.port", json!(setting.big.address().port())),
        ("error.type", Value::Null),
        ("downshift.rung", json!("llm")),
        ("downshift.model", json!("big")),
        ("downshift.flops", entry["attempts"][1]["flops"].clone()),
    ] {
        assert_eq!(answered.get(name), expected, "{name}");
    }
    assert_eq!(answered.span.status.as_ref().expect("a status").code, 0);
}

#[tokio::test]
async fn a_stream_s_span_lasts_as_long_as_the_stream() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "").await;
    setting.big.always(Script {
        between_ms: 60,
        ..Script::default()
    });
    let response = setting.router.client().ask_stream("auto", "hello").await;
    response.stream().all().await;
    let (server, calls) = tree(setting.collector.spans(2).await);
    assert_eq!(server.parent, "", "nobody called from within a trace");
    assert_eq!(server.get("gen_ai.request.stream"), true);
    assert_eq!(calls[0].get("gen_ai.usage.output_tokens"), 5);
    assert_eq!(
        calls[0].get("gen_ai.response.finish_reasons"),
        json!(["stop"])
    );
    for span in [&server, &calls[0]] {
        let took = span.span.end_time_unix_nano - span.span.start_time_unix_nano;
        assert!(took >= 100_000_000, "{took} ns are shorter than the stream");
    }
}

#[tokio::test]
async fn requests_that_call_no_model_have_a_span_too() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "").await;
    let client = setting.router.client();
    let refused = client.ask("nobody", "hello").await.expect(404).await;
    refused.bytes().await;
    client
        .get("/v1/models")
        .await
        .expect(200)
        .await
        .bytes()
        .await;
    let mut spans = setting.collector.spans(2).await;
    spans.sort_by(|one, other| one.span.name.cmp(&other.span.name));
    let told: Vec<_> = spans
        .iter()
        .map(|span| (&*span.span.name, span.get("http.response.status_code")))
        .collect();
    let expected = [
        ("GET /v1/models", json!(200)),
        ("POST /v1/chat/completions", json!(404)),
    ];
    assert_eq!(told, expected);
    for span in &spans {
        let none = (span.get("error.type"), span.get("downshift.rung"));
        assert_eq!(
            none,
            (Value::Null, Value::Null),
            "the caller's mistake is no error of ours"
        );
    }
}

#[tokio::test]
async fn a_caller_that_keeps_no_trace_is_followed() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "").await;
    let client = traced(setting.router.client(), "00");
    let response = client.ask("auto", "hello").await.expect(200).await;
    response.bytes().await;
    let told = setting.big.only_call();
    let told = told.header("traceparent").expect("a trace goes on");
    assert!(
        told.starts_with(&format!("00-{TRACE}-")) && told.ends_with("-00"),
        "{told}"
    );
    assert!(!told.contains(CALLER), "a new span: {told}");
    // One that is kept, so that there is something to wait for.
    let kept = traced(setting.router.client(), "01")
        .ask("auto", "hello")
        .await;
    kept.bytes().await;
    assert_eq!(setting.collector.spans(2).await.len(), 2);
}

#[tokio::test]
async fn without_a_collector_a_caller_s_trace_passes_through() {
    let setting = setting("{ otlp: off }", "").await;
    let client = traced(setting.router.client(), "01");
    let response = client.ask("auto", "hello").await.expect(200).await;
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    response.bytes().await;
    let told = setting.big.only_call();
    assert_eq!(
        told.header("traceparent"),
        Some(&*format!("00-{TRACE}-{CALLER}-01"))
    );
    assert_eq!(told.header("tracestate"), Some("vendor=1,other=2"));
    let entry = setting.router.entry(&id).await;
    assert_eq!(
        (&entry["trace_id"], &entry["span_id"]),
        (&json!(TRACE), &Value::Null)
    );
    assert!(
        !setting
            .router
            .metrics()
            .await
            .has("downshift_otlp_spans_total")
    );
}

#[tokio::test]
async fn every_dialect_and_what_passes_by_has_its_spans() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "").await;
    let client = setting.router.client();
    let messages = json!({
        "model": "auto", "max_tokens": 9, "messages": [{ "role": "user", "content": "hello" }],
    });
    client
        .post("/v1/messages", messages.to_string())
        .await
        .expect(200)
        .await
        .bytes()
        .await;
    let embedding = json!({ "model": "big", "input": "hello" });
    let passed = client.post("/v1/embeddings", embedding.to_string()).await;
    passed.bytes().await;
    client.get("/v1/files/f-1").await.bytes().await;
    let spans = setting.collector.spans(6).await;
    let mut names: Vec<_> = spans.iter().map(|span| &*span.span.name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "GET /v1/{*path}",
            "POST /v1/embeddings",
            "POST /v1/messages",
            "chat big-1",
            "embeddings big-1",
            "passthrough big-1",
        ]
    );
    for call in setting.big.calls() {
        let told = call.header("traceparent").expect("each call is told");
        assert!(spans.iter().any(|span| told.contains(&span.id)), "{told}");
    }
}

#[tokio::test]
async fn metrics_are_those_of_prometheus() {
    let setting = setting("{ otlp: \"${COLLECTOR}\", metrics_every: 300ms }", "").await;
    for _ in 0..3 {
        setting
            .router
            .client()
            .ask("auto", "hello")
            .await
            .bytes()
            .await;
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let metrics = setting.collector.metrics().await;
    let Some(Data::Sum(requests)) = &metrics["downshift_requests_total"].data else {
        panic!("a counter")
    };
    assert!(requests.is_monotonic);
    assert_eq!(requests.data_points[0].value, Some(Point::AsDouble(3.0)));
    let Some(Data::Histogram(tokens)) = &metrics["gen_ai.client.token.usage"].data else {
        panic!("a histogram")
    };
    let sums: Vec<_> = tokens
        .data_points
        .iter()
        .filter_map(|point| point.sum)
        .collect();
    assert!(sums.contains(&33.0) && sums.contains(&15.0), "{sums:?}");
    let named = tokens.data_points[0].attributes.iter();
    let named: Vec<_> = named.map(|attribute| &*attribute.key).collect();
    assert!(named.contains(&"gen_ai.request.model"), "{named:?}");
    let Some(Data::Histogram(duration)) = &metrics["gen_ai.client.operation.duration"].data else {
        panic!("a histogram")
    };
    assert_eq!(duration.data_points[0].count, 3);
    let scraped = setting.router.metrics().await;
    for (name, metric) in &metrics {
        let ours = name.starts_with("downshift_");
        let count = format!("{name}_count");
        assert!(
            !ours || scraped.has(name) || scraped.has(&count),
            "{name}: {metric:?}"
        );
    }
}

#[tokio::test]
async fn a_collector_that_takes_nothing_delays_nobody_and_is_counted() {
    let telemetry = "{ otlp: \"${COLLECTOR}\", queue: 4, timeout: 300ms, metrics: false }";
    let setting = setting(telemetry, "").await;
    setting.collector.stall(60_000);
    let begun = Instant::now();
    for _ in 0..40 {
        setting
            .router
            .client()
            .ask("auto", "hello")
            .await
            .expect(200)
            .await
            .bytes()
            .await;
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "nobody waits");
    let counted = |metrics: &downshift_tests::Metrics, result| {
        metrics.count("downshift_otlp_spans_total", &[("result", result)])
    };
    let begun = Instant::now();
    let metrics = loop {
        let metrics = setting.router.metrics().await;
        let gone = counted(&metrics, "dropped") + counted(&metrics, "lost");
        if counted(&metrics, "lost") > 0 && gone > 60 {
            break metrics;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{gone} spans are counted"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(counted(&metrics, "sent"), 0);
    assert!(metrics.count("downshift_otlp_failures_total", &[("signal", "traces")]) > 0);
    let begun = Instant::now();
    setting.router.shutdown().await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the end waits for nobody for long"
    );
}

#[tokio::test]
async fn what_waits_at_the_end_is_sent() {
    let setting = setting("{ otlp: \"${COLLECTOR}\" }", "").await;
    setting.collector.refuse(503);
    let mut left = setting
        .router
        .client()
        .ask_stream("auto", "hello")
        .await
        .stream();
    let _ = left.next().await;
    drop(left);
    setting.big.always(Script::default().fault(Fault::Reset));
    setting
        .router
        .client()
        .ask("auto", "hello")
        .await
        .bytes()
        .await;
    setting.collector.take();
    setting.router.shutdown().await;
    let spans = setting.collector.now();
    let outcomes: Vec<_> = spans
        .iter()
        .filter(|span| span.span.kind() == SpanKind::Server)
        .map(|span| (span.get("downshift.outcome"), span.get("error.type")))
        .collect();
    assert!(
        outcomes.contains(&(json!("abandoned"), Value::Null))
            || outcomes.contains(&(json!("ok"), Value::Null)),
        "{outcomes:?}"
    );
    assert!(
        outcomes.contains(&(json!("upstream_error"), json!("upstream_error"))),
        "{outcomes:?}"
    );
}
