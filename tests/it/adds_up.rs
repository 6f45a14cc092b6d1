//! It adds up: after a mixed load with restarts while requests are under way, the rows of the store,
//! the counters, what clients were told and what the upstreams counted are the same sums.
//!
//! `DOWNSHIFT_TEST_POSTGRES` names a server to keep the ledger on in place of a file, and
//! `DOWNSHIFT_TEST_LOAD` how many requests are sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downshift_tests::{
    Client, Counted, Dollars, Event, Fault, Metrics, Policy, Router, Script, Tokens, Upstream,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Requests sent where nothing else is said.
const LOAD: usize = 400;

/// Requests under way at a time.
const AT_ONCE: usize = 12;

/// Models, by their name in the policy.
const MODELS: [&str; 7] = [
    "big", "small", "refusing", "cutting", "hanging", "claude", "thinker",
];

const POLICY: &str = r#"
models:
  big:
    { api: openai, base_url: "${big}", model: big-1, price: { input: 2.5, cached_input: 0.25, output: 15 }, active_parameters: 1e11 }
  small: { api: openai, base_url: "${small}", model: small-1, price: { input: 0.1, output: 0.3 }, active_parameters: 7e9 }
  refusing: { api: openai, base_url: "${refusing}", model: r-1, price: { input: 0.1, output: 0.3 } }
  cutting: { api: openai, base_url: "${cutting}", model: c-1, price: { input: 0.1, output: 0.3 } }
  hanging: { api: openai, base_url: "${hanging}", model: h-1, price: { input: 0.1, output: 0.3 }, hold_back: none }
  claude: { api: anthropic, base_url: "${claude}", model: c-2, price: { input: 3, cached_input: 0.3, output: 15 } }
  thinker: { api: responses, base_url: "${thinker}", model: t-1, price: { input: 1, cached_input: 0.1, output: 8 } }
llm: big
route: [auto, small-first, refusing-first, cutting-first]
intents:
  arithmetic: { answer: arithmetic }
rules:
  - { when: { model: small-first }, use: small }
  - { when: { model: refusing-first }, use: refusing }
  - { when: { model: cutting-first }, use: cutting }
"#;

/// What a client was told of the requests it sent.
#[derive(Debug, Default)]
struct Told {
    /// By id: cost and baseline, as far as they were said.
    costs: BTreeMap<String, [Option<Dollars>; 2]>,
}

async fn upstreams() -> BTreeMap<&'static str, Upstream> {
    let tokens = |input, cached, output| Tokens {
        input,
        cached,
        output,
    };
    let scripts = [
        Script::default().used(tokens(1003, 512, 77)),
        Script::default().used(tokens(19, 0, 7)),
        Script::refuses(500, "server_error", "out of memory"),
        Script::default().fault(Fault::CutAfter(1)),
        Script::default().fault(Fault::HangAfter(1)),
        Script::default().used(tokens(205, 64, 31)),
        Script::default().used(tokens(61, 32, 17)),
    ];
    let mut started = BTreeMap::new();
    for (name, script) in MODELS.into_iter().zip(scripts) {
        started.insert(name, Upstream::start(script).await);
    }
    started
}

/// What was told of one request: its id, and cost and baseline, as far as they were said.
type Said = (String, [Option<Dollars>; 2]);

/// One request of the mix; the client that is to leave early leaves. Whoever finds nobody there,
/// because the router is being started again, asks again.
async fn ask(client: Client, number: usize) -> Option<Said> {
    let sum = format!("what is {number} * 3?");
    let chat = |model: &str, text: &str| json!({ "model": model, "messages": [{ "role": "user", "content": text }] });
    let whole = |body: Value| at(&client, "/v1/chat/completions", body);
    let streamed = |mut body: Value| {
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
        stream_at(&client, "/v1/chat/completions", body)
    };
    match number % 20 {
        0 | 1 => whole(chat("auto", &sum)).await,
        2 => streamed(chat("auto", &sum)).await,
        3 => whole(chat("big", "hello")).await,
        4 => streamed(chat("auto", "tell me a tale")).await,
        5 => whole(chat("small-first", "hello")).await,
        6 => streamed(chat("small-first", "hello")).await,
        7 => whole(chat("refusing-first", "hello")).await,
        8 => streamed(chat("cutting-first", "hello")).await,
        9 => whole(chat("refusing", "hello")).await,
        10 => whole(chat("cutting-first", "hello")).await,
        11 => leaves(&client, chat("hanging", "hello")).await,
        12 => whole(chat("claude", "hello")).await,
        13 => streamed(chat("thinker", "hello")).await,
        other => another_dialect(&client, other, &sum).await,
    }
}

/// A client that speaks no chat completions.
async fn another_dialect(client: &Client, number: usize, sum: &str) -> Option<Said> {
    let messages = |model: &str, text: &str, stream: bool| {
        let said = json!([{ "role": "user", "content": text }]);
        json!({ "model": model, "max_tokens": 100, "messages": said, "stream": stream })
    };
    match number {
        14 => {
            at(
                client,
                "/v1/messages",
                messages("small-first", "hello", false),
            )
            .await
        }
        15 => stream_at(client, "/v1/messages", messages("claude", "hello", true)).await,
        16 => stream_at(client, "/v1/messages", messages("auto", sum, true)).await,
        17 => {
            at(
                client,
                "/v1/responses",
                json!({ "model": "auto", "input": "hello" }),
            )
            .await
        }
        18 => {
            let body = json!({ "model": "small-first", "input": "hello", "stream": true });
            stream_at(client, "/v1/responses", body).await
        }
        _ => {
            at(
                client,
                "/v1/embeddings",
                json!({ "model": "big", "input": "hello" }),
            )
            .await
        }
    }
}

async fn at(client: &Client, path: &str, body: Value) -> Option<Said> {
    let response = client.post_until_taken(path, &body).await;
    let id = response.header("x-downshift-id")?.to_owned();
    let cost = response.dollars("x-downshift-cost-usd");
    let baseline = response.dollars("x-downshift-baseline-usd");
    response.bytes().await;
    Some((id, [cost, baseline]))
}

async fn stream_at(client: &Client, path: &str, body: Value) -> Option<Said> {
    let response = client.post_until_taken(path, &body).await;
    let id = response.header("x-downshift-id")?.to_owned();
    let text = response.text().await;
    let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut costs = events.filter_map(|event| {
        let event: Value = serde_json::from_str(event).ok()?;
        let inner = &event["response"];
        event.get("downshift").or(inner.get("downshift")).cloned()
    });
    let costs = costs.next_back();
    let told = |name: &str| dollars(costs.as_ref()?.get(name)?);
    Some((id, [told("cost_usd"), told("baseline_usd")]))
}

async fn leaves(client: &Client, mut body: Value) -> Option<Said> {
    body["stream"] = json!(true);
    let response = client.post_until_taken("/v1/chat/completions", &body).await;
    let id = response.header("x-downshift-id").map(str::to_owned);
    let mut stream = response.stream();
    assert!(matches!(stream.next().await, Event::Chunk(_)));
    id.map(|id| (id, [None, None]))
}

fn dollars(value: &Value) -> Option<Dollars> {
    value.as_str().map(Dollars::parse)
}

impl Told {
    /// Sends requests, several at a time; `done` counts those that have ended.
    async fn send(client: Client, requests: usize, done: Arc<AtomicUsize>) -> Self {
        let asked = (0..requests).map(|number| tokio::spawn(ask(client.clone(), number)));
        let mut asked = stream::iter(asked).buffer_unordered(AT_ONCE);
        let mut told = Self::default();
        while let Some(said) = asked.next().await {
            let said = said.expect("no client panics");
            let (id, costs) = said.expect("each reply has an id");
            assert_eq!(told.costs.insert(id, costs), None, "an id is given once");
            done.fetch_add(1, Ordering::Relaxed);
        }
        told
    }
}

/// Waits until so many requests have ended.
async fn reached(done: &AtomicUsize, requests: usize) {
    while done.load(Ordering::Relaxed) < requests {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

/// The load, on a router that is started again twice while requests are under way; the counters of
/// its three lives.
async fn under_way(policy: &Policy, requests: usize) -> (Told, Vec<Metrics>) {
    let mut router = Router::start(policy).await;
    let address = router.address();
    let done = Arc::<AtomicUsize>::default();
    let sending = Told::send(router.client().clone(), requests, done.clone());
    let sending = tokio::spawn(sending);
    let mut counted = Vec::new();
    for part in 1..=2 {
        reached(&done, requests * part / 3).await;
        let before = router.metrics().await;
        let after = router.shutdown().await;
        let closed = |metrics: &Metrics| metrics.count("downshift_requests_total", &[]);
        assert!(
            closed(&after) > closed(&before),
            "requests were under way at the end"
        );
        counted.push(after);
        let started = Router::try_start_on(policy, address).await;
        router = started.expect("it starts again where it was");
    }
    let told = sending.await.expect("the load does not panic");
    let before: u64 = counted
        .iter()
        .map(|metrics| metrics.count("downshift_requests_total", &[]))
        .sum();
    // Those of clients that left close a little later.
    for _ in 0..1_000 {
        let now = router
            .metrics()
            .await
            .count("downshift_requests_total", &[]);
        if before + now >= requests as u64 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    counted.push(router.shutdown().await);
    (told, counted)
}

/// Every row, read page by page.
async fn rows(router: &Router) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    let mut before = String::new();
    loop {
        let page = router
            .admin()
            .get(&format!("/requests?limit=1000{before}"))
            .await;
        let page = page.expect(200).await.json().await;
        for row in page["requests"].as_array().expect("requests") {
            let id = row["id"].as_str().expect("an id").to_owned();
            assert!(rows.insert(id, row.clone()).is_none(), "an id has one row");
        }
        let Some(next) = page["next"].as_str() else {
            return rows;
        };
        before = format!("&before={next}");
    }
}

/// The sum of what calls to a model took, by the rows.
fn tokens(rows: &BTreeMap<String, Value>, model: &str, field: &str) -> u64 {
    let calls = rows
        .values()
        .flat_map(|row| row["attempts"].as_array().expect("attempts"));
    let of_model = calls.filter(|call| call["model"] == model);
    of_model.filter_map(|call| call[field].as_u64()).sum()
}

fn sum(rows: &BTreeMap<String, Value>, field: &str) -> Dollars {
    rows.values().filter_map(|row| dollars(&row[field])).sum()
}

/// The same number of picodollars: what a counter says as a float is the nearest to the sum.
#[track_caller]
fn same(counters: &[Metrics], name: &str, rows: Dollars) {
    let counted: f64 = counters.iter().map(|metrics| metrics.sum(name, &[])).sum();
    // Picodollars, which a float of this size still tells apart.
    let apart = ((counted - rows.to_f64()) * 1e12).abs();
    assert!(apart < 0.5, "{name}: {counted} is not {rows:?}");
}

/// What clients were told is what the rows say.
fn check_told(rows: &BTreeMap<String, Value>, told: &Told) {
    for (id, [cost, baseline]) in &told.costs {
        let row = &rows[id];
        if cost.is_some() {
            assert_eq!(dollars(&row["cost_usd"]), *cost, "{row:#}");
        }
        if baseline.is_some() {
            assert_eq!(dollars(&row["baseline_usd"]), *baseline, "{row:#}");
        }
    }
    // What nobody was told of is known to nobody: it was cut, left, or failed.
    let said = told.costs.values().filter_map(|[cost, _]| *cost);
    let of_told = rows.iter().filter(|(id, _)| told.costs[*id][0].is_some());
    let of_told: Dollars = of_told
        .filter_map(|(_, row)| dollars(&row["cost_usd"]))
        .sum();
    assert_eq!(said.sum::<Dollars>(), of_told);
}

fn check_tokens(
    rows: &BTreeMap<String, Value>,
    counters: &[Metrics],
    model: &str,
    counted: Counted,
) {
    for (direction, field, counted) in [
        ("input", "input_tokens", counted.input),
        ("cached_input", "cached_input_tokens", counted.cached),
        ("output", "output_tokens", counted.output),
    ] {
        let labels = [("direction", direction), ("model", model)];
        let count = |metrics: &Metrics| metrics.count("downshift_tokens_total", &labels);
        assert_eq!(
            tokens(rows, model, field),
            counted,
            "{model}: rows, {field}"
        );
        assert_eq!(
            counters.iter().map(count).sum::<u64>(),
            counted,
            "{model}: counters, {field}"
        );
    }
}

fn check_escalations(rows: &BTreeMap<String, Value>, counters: &[Metrics], report: &Value) {
    let steps = rows
        .values()
        .map(|row| row["trail"].as_array().expect("a trail").len() as u64);
    let count = |metrics: &Metrics| metrics.count("downshift_escalations_total", &[]);
    let reported = report["escalations"]
        .as_object()
        .expect("escalations")
        .values();
    let steps: u64 = steps.sum();
    assert_eq!(counters.iter().map(count).sum::<u64>(), steps);
    assert_eq!(reported.filter_map(Value::as_u64).sum::<u64>(), steps);
}

fn load() -> usize {
    let load = downshift::config::variable("DOWNSHIFT_TEST_LOAD");
    load.map_or(LOAD, |load| {
        load.parse().expect("DOWNSHIFT_TEST_LOAD is a number")
    })
}

/// Where the ledger lies.
fn store(folder: &TempDir) -> String {
    let file = || format!("sqlite:{}/ledger.db", folder.path().display());
    downshift::config::variable("DOWNSHIFT_TEST_POSTGRES").unwrap_or_else(file)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_counters_replies_and_upstreams_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    let upstreams = upstreams().await;
    let mut policy = Policy::text(POLICY).and(&format!(
        "store: {{ url: \"{}\", flush_every: 50ms }}\n",
        store(&folder)
    ));
    for (name, upstream) in &upstreams {
        policy = policy.set(name, &upstream.base_url());
    }
    let requests = load();
    let (told, counted) = under_way(&policy, requests).await;
    let router = Router::start(&policy).await;
    let rows = rows(&router).await;
    assert_eq!(rows.len(), requests, "a row for each request");
    check_told(&rows, &told);
    let report = router
        .admin()
        .get("/report?by=model")
        .await
        .expect(200)
        .await
        .json()
        .await;
    let total = &report["total"];
    assert_eq!(total["requests"].as_u64(), Some(requests as u64));
    for (field, counter) in [
        ("known_cost_usd", Some("downshift_cost_usd_total")),
        ("baseline_usd", Some("downshift_baseline_usd_total")),
        ("cost_usd", None),
    ] {
        let rows = sum(&rows, field);
        assert!(rows > Dollars::default(), "{field}");
        assert_eq!(dollars(&total[field]), Some(rows), "{field}");
        if let Some(counter) = counter {
            same(&counted, counter, rows);
        }
    }
    for model in MODELS {
        check_tokens(&rows, &counted, model, upstreams[model].counted());
    }
    check_escalations(&rows, &counted, total);
    router.shutdown().await;
}
