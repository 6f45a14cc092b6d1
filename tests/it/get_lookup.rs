//! Lookups over HTTP: a question that an operator's pattern takes whole is answered by the host
//! that the policy names, or goes up with the reason on its trail.

use std::time::{Duration, Instant};

use downshift_tests::{Fault, Policy, Response, Router, Script, Upstream};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const ASKED: &str = "Hi, where is order 4711?";

fn policy(big: &Upstream, orders: &str) -> Policy {
    let text = r#"
models:
  big: { api: openai, base_url: "${BIG}", model: big-1, price: { input: 2.5, output: 15 } }
llm: big
intents:
  support:
    confidence: 0
    answer:
      get:
        ask:
          - "[where is] order {id:\\d+}"
          - "who ordered {id:[^ ]+}"
        url: "${ORDERS}/v1/orders/{id}?as=json&of={id}"
        say: "Order {id} is {status}, due {/delivery/date}."
        key: "${ORDERS_KEY}"
        timeout: 400ms
        max_bytes: 2000
"#;
    Policy::text(text)
        .set("BIG", &big.base_url())
        .set("ORDERS", orders)
        .set("ORDERS_KEY", "sk-orders")
}

fn address(upstream: &Upstream) -> String {
    format!("http://{}", upstream.address())
}

fn order() -> Script {
    let body = json!({ "status": "on its way", "delivery": { "date": "3 May" } });
    Script::sends("application/json", &body.to_string())
}

async fn started(script: Script) -> (Router, Upstream, Upstream) {
    let big = Upstream::start(Script::says("the large model")).await;
    let orders = Upstream::start(script).await;
    let router = Router::start(&policy(&big, &address(&orders))).await;
    (router, big, orders)
}

fn id(response: &Response) -> String {
    response.header("x-downshift-id").expect("an id").to_owned()
}

#[tokio::test]
async fn the_host_is_asked_and_its_reply_said() {
    let (router, big, orders) = started(order()).await;
    let client = router.client().with_header("cookie", "session=secret");
    let response = client.ask("auto", ASKED).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("answer"));
    assert_eq!(response.header("x-downshift-model"), Some("downshift/get"));
    assert_eq!(response.header("x-downshift-intent"), Some("support"));
    let said = id(&response);
    assert_eq!(
        response.answer().await,
        "Order 4711 is on its way, due 3 May."
    );
    let asked = orders.only_call();
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.path, "/v1/orders/4711?as=json&of=4711");
    assert_eq!(asked.header("authorization"), Some("Bearer sk-orders"));
    assert_eq!(asked.header("cookie"), None, "nothing of the caller's");
    assert!(asked.body.is_empty());
    let streamed = client.ask_stream("auto", ASKED).await.expect(200).await;
    assert_eq!(streamed.header("x-downshift-rung"), Some("answer"));
    let answer = streamed.stream().answer().await;
    assert_eq!(answer, "Order 4711 is on its way, due 3 May.");
    assert_eq!(big.counted().calls, 0);
    let entry = router.entry(&said).await;
    assert_eq!(entry["cost_usd"], "0");
    assert_eq!(entry["trail"], json!([]));
    let seconds = |field: &str| entry[field].as_f64().expect("seconds");
    assert!(seconds("upstream_seconds") > 0.0, "{entry:#}");
    assert!(seconds("own_seconds") < seconds("seconds"), "{entry:#}");
}

#[tokio::test]
async fn what_the_patterns_do_not_take_whole_is_not_asked_for() {
    let (router, big, orders) = started(order()).await;
    for near_miss in [
        "where is order 4711 in the film",
        "where is order",
        "where is order 4711 or 4712",
        "who ordered .",
        "who ordered ..",
    ] {
        let response = router
            .client()
            .ask("auto", near_miss)
            .await
            .expect(200)
            .await;
        let escalated = response.header("x-downshift-escalated").unwrap_or_default();
        assert!(
            escalated.contains("answer:not_understood"),
            "{near_miss}: {escalated}"
        );
    }
    assert_eq!(orders.counted().calls, 0);
    assert_eq!(big.counted().calls, 5);
}

#[tokio::test]
async fn a_capture_cannot_leave_its_place() {
    let (router, _big, orders) = started(order()).await;
    let asked = "who ordered ../../admin?x=1#y&of=%2e%2e@evil.example:1";
    let response = router.client().ask("auto", asked).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("answer"));
    let captured = "..%2F..%2Fadmin%3Fx%3D1%23y%26of%3D%252e%252e%40evil.example%3A1";
    assert_eq!(
        orders.only_call().path,
        format!("/v1/orders/{captured}?as=json&of={captured}")
    );
}

/// Asks, whole and streamed, and sees the query go up for `reason`, with `detail` for people.
async fn goes_up(router: &Router, reason: &str, detail: &str) {
    let response = router.client().ask("auto", ASKED).await.expect(200).await;
    assert_eq!(response.header("x-downshift-rung"), Some("llm"));
    let wanted = format!("answer:{reason}");
    let escalated = response.header("x-downshift-escalated").unwrap_or_default();
    assert!(escalated.contains(&wanted), "{wanted}: {escalated}");
    let asked = id(&response);
    assert_eq!(response.answer().await, "the large model");
    let entry = router.entry(&asked).await;
    let step = &entry["trail"][0];
    assert_eq!(
        (&step["rung"], &step["reason"]),
        (&json!("answer"), &json!(reason))
    );
    let told = step["detail"].as_str().unwrap_or_default();
    assert!(told.contains(detail), "no {detail:?} in {told:?}");
    assert!(
        !told.contains("4711") && !told.contains("sk-orders"),
        "{told}"
    );
    assert_eq!(step["spent"]["cost_usd"], "0", "{step}");
    assert!(
        entry["cost_usd"].is_string(),
        "a fetch leaves the cost known: {entry:#}"
    );
    let streamed = router
        .client()
        .ask_stream("auto", ASKED)
        .await
        .expect(200)
        .await;
    let escalated = streamed.header("x-downshift-escalated").unwrap_or_default();
    assert!(escalated.contains(&wanted), "{wanted}: {escalated}");
    assert_eq!(streamed.stream().answer().await, "the large model");
}

async fn goes_up_from(script: Script, reason: &str, detail: &str) {
    let (router, big, orders) = started(script).await;
    goes_up(&router, reason, detail).await;
    assert_eq!(orders.counted().calls, 2, "asked once each time");
    assert_eq!(big.counted().calls, 2);
}

#[tokio::test]
async fn from_a_host_that_refuses() {
    let refused = Script {
        status: 404,
        ..order()
    };
    goes_up_from(refused, "upstream_status", "404 Not Found").await;
    let empty = Script {
        status: 204,
        body: Some(String::new()),
        ..order()
    };
    goes_up_from(empty, "upstream_status", "204 No Content").await;
    goes_up_from(
        Script::refuses(500, "x", "sk-orders 4711"),
        "upstream_status",
        "500",
    )
    .await;
}

#[tokio::test]
async fn from_a_host_that_redirects() {
    let elsewhere = Upstream::start(order()).await;
    let moved = Script {
        status: 302,
        ..order()
    };
    let moved = moved.header("location", &format!("{}/v1/orders/1", address(&elsewhere)));
    goes_up_from(moved, "upstream_status", "redirects are not followed").await;
    assert_eq!(
        elsewhere.counted().calls,
        0,
        "the key stays where it belongs"
    );
}

#[tokio::test]
async fn from_a_host_that_replies_with_something_else() {
    let page = Script::sends("text/html", "<html>{\"status\": \"sold\"}</html>");
    goes_up_from(page, "bad_reply", "HTML").await;
    goes_up_from(
        Script::sends("application/json", "<html>"),
        "bad_reply",
        "no JSON",
    )
    .await;
    goes_up_from(
        Script::sends("application/json", ""),
        "bad_reply",
        "no JSON",
    )
    .await;
    let large = json!({ "status": "x", "delivery": { "date": "3 May" }, "more": "y".repeat(2000) });
    let large = Script::sends("application/json", &large.to_string());
    goes_up_from(large, "bad_reply", "more than the 2000 bytes").await;
}

#[tokio::test]
async fn from_a_reply_that_does_not_make_a_whole_sentence() {
    let replies = [
        (json!({ "status": "sold" }), "no field `/delivery/date`"),
        (
            json!({ "status": null, "delivery": { "date": "3 May" } }),
            "no field `status`",
        ),
        (
            json!({ "status": ["a"], "delivery": { "date": "3 May" } }),
            "no text, number",
        ),
        (
            json!({ "status": "a\nb", "delivery": { "date": "3 May" } }),
            "control characters",
        ),
        (
            json!({ "status": "x".repeat(257), "delivery": { "date": "3 May" } }),
            "256",
        ),
    ];
    for (reply, detail) in replies {
        let script = Script::sends("application/json", &reply.to_string());
        goes_up_from(script, "lookup_failed", detail).await;
    }
}

#[tokio::test]
async fn from_a_host_that_is_silent_or_not_there() {
    let asked = Instant::now();
    goes_up_from(
        Script::default().fault(Fault::Hang),
        "timeout",
        "within 400ms",
    )
    .await;
    assert!(
        asked.elapsed() < Duration::from_secs(4),
        "{:?}",
        asked.elapsed()
    );
    goes_up_from(Script::default().fault(Fault::Reset), "cut", "broke").await;
    let big = Upstream::start(Script::says("the large model")).await;
    let nowhere = Upstream::nowhere().await;
    let router = Router::start(&policy(&big, nowhere.trim_end_matches("/v1"))).await;
    goes_up(&router, "unreachable", "connection refused").await;
}

/// A host that sends `piece` again and again without an announced length, one per `pause`.
async fn endless(piece: &'static [u8], pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let head =
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"status\": \"";
                let mut open =
                    socket.read(&mut request).await.is_ok() && socket.write_all(head).await.is_ok();
                while open {
                    open = socket.write_all(piece).await.is_ok();
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn from_a_reply_that_never_ends() {
    let big = Upstream::start(Script::says("the large model")).await;
    let fast = endless(&[b'x'; 512], Duration::from_millis(1)).await;
    let router = Router::start(&policy(&big, &fast)).await;
    goes_up(&router, "bad_reply", "more than the 2000 bytes").await;
    let slow = endless(b"x", Duration::from_millis(50)).await;
    let router = Router::start(&policy(&big, &slow)).await;
    goes_up(&router, "timeout", "within 400ms").await;
}

#[tokio::test]
async fn without_its_key_the_host_is_not_asked() {
    let big = Upstream::start(Script::says("the large model")).await;
    let orders = Upstream::start(order()).await;
    let unset = format!("${{{}}}", Policy::unset());
    let policy = policy(&big, &address(&orders)).set("ORDERS_KEY", &unset);
    goes_up(
        &Router::start(&policy).await,
        "unconfigured",
        Policy::unset(),
    )
    .await;
    assert_eq!(orders.counted().calls, 0);
}

#[tokio::test]
async fn a_client_that_leaves_takes_the_fetch_with_it() {
    let big = Upstream::start(Script::says("the large model")).await;
    let orders = Upstream::start(Script::default().fault(Fault::Hang)).await;
    let router = Router::start(&policy(&big, &address(&orders))).await;
    let client = router.client().clone();
    let asking = tokio::spawn(async move { client.ask("auto", ASKED).await });
    orders.called(1).await;
    asking.abort();
    orders.left().await;
    assert_eq!(big.counted().calls, 0);
}

#[tokio::test]
async fn explaining_asks_nobody() {
    let (router, big, orders) = started(order()).await;
    let explained = router
        .admin()
        .get("/explain?query=where%20is%20order%204711")
        .await;
    let explained = explained.expect(200).await.json().await;
    assert_eq!(explained["rung"], "answer");
    assert_eq!(explained["model"], "downshift/get");
    assert_eq!(explained["answer"], json!(null));
    assert_eq!(explained["asks"], address(&orders));
    assert_eq!((orders.counted().calls, big.counted().calls), (0, 0));
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let text = r#"
models:
  big: { api: openai, base_url: "http://127.0.0.1:9/v1", model: big-1 }
llm: big
intents:
  support: { answer: { get: { ask: ["order {id:(}", "|"], url: "http://h/", say: "x", timeout: never, max_bytes: 0 } } }
  time: { answer: { get: { ask: "when is {id:\\d+}", url: "http://{id}.example/", say: "{}" } } }
  code: { answer: { get: { ask: "code {id:\\d+}", url: "https://h/{nr}", say: "{x y}" } } }
  translate: { answer: { get: { ask: [], url: "ftp://h/", say: "" } } }
  fact: { answer: get }
"#;
    let error = Router::try_start(&Policy::text(text)).await.err();
    let error = error.expect("nothing of this can run");
    for needle in [
        "the expression of `{id}` is wrong",
        "`|` stands outside of brackets",
        "`never` is no time for a fetch",
        "0 is no size of a reply",
        "a capture stands in the host",
        "`{}` names nothing",
        "`{nr}` is not captured by every pattern",
        "`{x y}` names nothing",
        "no question is asked",
        "a fetch needs to know what to ask",
        "neither http:// nor https://",
        "the text is missing",
        "router.yaml:8:",
        "router.yaml:12:",
    ] {
        assert!(error.contains(needle), "no {needle:?} in:\n{error}");
    }
}

#[tokio::test]
async fn unknown_fields_and_two_sources_are_said() {
    for (answer, needle) in [
        (
            "{ get: { ask: a, url: u, say: s, tiemout: 2s } }",
            "did you mean `timeout`",
        ),
        (
            "{ get: { ask: a, url: u, say: s }, lookup: x.csv }",
            "an answer has one source",
        ),
        ("{ get: { ask: a, url: u } }", "say"),
        ("{}", "an answer needs its source"),
    ] {
        let text = format!(
            "models:\n  big: {{ api: openai, base_url: \"http://127.0.0.1:9/v1\", model: b }}\nllm: big\nintents:\n  support: {{ answer: {answer} }}\n"
        );
        let error = Router::try_start(&Policy::text(&text)).await.err();
        let error = error.unwrap_or_else(|| panic!("the router starts with {answer}"));
        assert!(error.contains(needle), "no {needle:?} in:\n{error}");
    }
}
