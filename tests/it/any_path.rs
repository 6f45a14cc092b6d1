//! Every path of the API that is not served here goes to its provider as it came, both ways.

use std::time::Duration;

use downshift_tests::{Client, Fault, Policy, Recorded, Router, Script, Upstream};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const BOUNDARY: &str = "----XyZ";

/// Two providers, `big` the llm; the router's key for it is `downshift-tests`.
async fn started() -> (Upstream, Upstream, Router) {
    let big = Upstream::start(Script::sends("application/json", "{}")).await;
    let small = Upstream::start(Script::sends("application/json", "{}")).await;
    let router = Router::start(&policy(&big.base_url(), &small.base_url())).await;
    (big, small, router)
}

fn policy(big: &str, small: &str) -> Policy {
    let policy = format!(
        "
models:
  big: {{ api: openai, base_url: \"{big}\", model: big-1, key: \"${{KEY}}\", price: {{ input: 2, output: 4 }} }}
  ears: {{ api: openai, base_url: \"{small}\", model: whisper-1 }}
llm: big
route: [auto, \"gpt-*\"]
limits: {{ body_bytes: 1000000, body: 2s }}
"
    );
    Policy::text(&policy).set("KEY", "${CARGO_PKG_NAME}")
}

fn form(parts: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        let file = if *name == "file" {
            "; filename=\"a.wav\"\r\nContent-Type: audio/wav"
        } else {
            ""
        };
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
        )
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    format!("{}--{BOUNDARY}--\r\n", parts.concat())
}

fn with_form(client: &Client) -> Client {
    client.with_header(
        "content-type",
        &format!("multipart/form-data; boundary={BOUNDARY}"),
    )
}

#[tokio::test]
async fn method_path_query_headers_and_body_arrive_as_they_were_sent() {
    let (big, _, router) = started().await;
    let client = router
        .client()
        .with_header("authorization", "Bearer sk-of-the-client")
        .with_header("cookie", "session=of-the-client")
        .with_header("x-downshift-session", "s-1")
        .with_header("x-forwarded-for", "10.1.2.3")
        .with_header("connection", "x-hop")
        .with_header("x-hop", "1")
        .with_header("range", "bytes=0-9")
        .with_header("idempotency-key", "k-1");
    let body = r#"{ "n" : 1e0, "prompt":"\u00e9" }"#;
    for (method, path, body) in [
        (Method::POST, "/v1/images/generations", body),
        (Method::GET, "/v1/files?purpose=a%20b&limit=2&&x", ""),
        (Method::DELETE, "/v1/files/f%2F1", ""),
        (Method::PATCH, "/v1/anything/at/all", "not json"),
        (Method::DELETE, "/v1/models/ft:1", ""),
    ] {
        let sent = client.send(method.clone(), path, body.into()).await;
        let response = sent.expect(200).await;
        assert_eq!(response.header("x-downshift-rung"), Some("llm"));
        assert_eq!(response.header("x-downshift-model"), Some("big"));
        let call = big.calls().pop().expect("a call");
        assert_eq!((call.method.clone(), &*call.path), (method, path));
        assert_eq!(call.body, body);
        assert_eq!(call.header("authorization"), Some("Bearer downshift-tests"));
        assert_eq!(call.header("range"), Some("bytes=0-9"));
        assert_eq!(call.header("idempotency-key"), Some("k-1"));
        let told = format!("{:?}", call.headers);
        for hidden in ["of-the-client", "x-downshift-", "10.1.2.3", "x-hop"] {
            assert!(!told.contains(hidden), "{hidden} in {told}");
        }
    }
}

#[tokio::test]
async fn status_headers_and_body_come_back_as_they_were_sent() {
    let (big, _, router) = started().await;
    for status in [200, 201, 204, 302, 404, 409, 429, 500] {
        let mut script =
            Script::sends("audio/mpeg", if status == 204 { "" } else { "\u{1}\u{2}…" })
                .header("x-of-the-server", "1")
                .header("location", "https://elsewhere.example/a")
                .header("set-cookie", "a=b")
                .header("alt-svc", "h3=\":443\"");
        script.status = status;
        big.then(script);
        let response = router.client().post("/v1/audio/speech", "{}").await;
        assert_eq!(response.status.as_u16(), status);
        assert_eq!(response.header("x-of-the-server"), Some("1"));
        assert_eq!(response.header("content-type"), Some("audio/mpeg"));
        assert_eq!(
            response.header("location"),
            Some("https://elsewhere.example/a")
        );
        assert_eq!(response.header("set-cookie"), None);
        assert_eq!(response.header("alt-svc"), None);
        let expected = if status == 204 { "" } else { "\u{1}\u{2}…" };
        assert_eq!(response.text().await, expected);
    }
    assert_eq!(big.counted().calls, 8, "a redirect is not followed");
}

#[tokio::test]
async fn a_model_of_the_policy_is_asked_at_its_own_provider() {
    let (big, small, router) = started().await;
    let client = router.client();
    // (the name in the request, whether `ears` is asked, the name that arrives)
    for (name, ears, arrives) in [
        ("ears", true, "whisper-1"),
        ("whisper-1", true, "whisper-1"),
        ("auto", false, "big-1"),
        ("gpt-image-1", false, "gpt-image-1"),
        ("unheard-of", false, "unheard-of"),
    ] {
        let asked = if ears { &small } else { &big };
        let last = || asked.calls().pop().expect("a call");
        let body = format!(r#"{{ "a":1.0,  "model":"{name}" }}"#);
        client
            .post("/v1/audio/speech", body.clone())
            .await
            .expect(200)
            .await;
        assert_eq!(last().body, body.replace(name, arrives));
        for parts in [
            [("model", name), ("file", "RIFF\r\n--\r\n")],
            [("file", "RIFF\r\n--\r\n"), ("model", name)],
        ] {
            let sent = with_form(client)
                .post("/v1/audio/transcriptions", form(&parts))
                .await;
            sent.expect(200).await;
            let arrived = last();
            assert_eq!(arrived.body, form(&parts).replace(name, arrives));
            let length = arrived.body.len().to_string();
            assert_eq!(arrived.header("content-length"), Some(&*length));
        }
    }
    let calls = small.calls().len();
    client
        .get("/v1/realtime/sessions?model=ears")
        .await
        .expect(200)
        .await;
    assert_eq!(
        small.calls().len(),
        calls + 1,
        "the query names a model, too"
    );
}

#[tokio::test]
async fn what_it_cost_is_booked_where_it_is_known_and_else_null() {
    let (big, _, router) = started().await;
    let used = r#"{"usage":{"input_tokens":1000,"output_tokens":500,"total_tokens":1500}}"#;
    let entry = async |method: Method, body: &str, script: Script| {
        big.then(script);
        let response = router
            .client()
            .send(method, "/v1/moderations", body.to_owned().into())
            .await;
        let id = response.header("x-downshift-id").expect("an id").to_owned();
        drop(response.bytes().await);
        router.entry(&id).await
    };
    let replies = || Script::sends("application/json", used);
    let known = entry(Method::POST, r#"{"model":"big"}"#, replies()).await;
    assert_eq!(known["rung"], "llm");
    assert_eq!(known["model"], "big");
    assert_eq!(known["requested_model"], "big");
    assert_eq!(known["outcome"], "ok");
    assert_eq!(known["cost_usd"], "0.004", "{known}");
    // Tokens of another of the provider's models are not priced as if they were this one's.
    let other = entry(Method::POST, r#"{"model":"other"}"#, replies()).await;
    assert_eq!(other["cost_usd"], Value::Null);
    // A GET tells what another request has spent.
    let get = entry(Method::GET, "", replies()).await;
    assert_eq!(get["cost_usd"], Value::Null);
    let events = "data: {\"type\":\"a\"}\n\ndata: {\"response\":{\"usage\":{\"input_tokens\":1000,\"output_tokens\":0}}}\n\ndata: [DONE]\n\n";
    let streamed = Script::sends("text/event-stream", events);
    let streamed = entry(Method::POST, r#"{"model":"big"}"#, streamed).await;
    assert_eq!(streamed["cost_usd"], "0.002");
    // Audio has a price of its own, which this model's lacks; an image from words alone is tokens.
    let heard = r#"{"text":"hi","usage":{"type":"tokens","input_tokens":1000,"input_token_details":{"text_tokens":0,"audio_tokens":1000},"output_tokens":500,"total_tokens":1500}}"#;
    let heard = Script::sends("application/json", heard);
    let heard = entry(Method::POST, r#"{"model":"big"}"#, heard).await;
    assert_eq!(
        (&heard["cost_usd"], &heard["attempts"][0]["cost_unknown"]),
        (&Value::Null, &json!("price"))
    );
    assert_eq!(heard["audio_input_tokens"], 1000);
    let drawn = r#"{"data":[],"usage":{"input_tokens":1000,"input_tokens_details":{"text_tokens":1000,"image_tokens":0},"output_tokens":500,"total_tokens":1500}}"#;
    let drawn = Script::sends("application/json", drawn);
    let drawn = entry(Method::POST, r#"{"model":"big"}"#, drawn).await;
    assert_eq!(drawn["cost_usd"], "0.004");
    let refused = Script::refuses(400, "invalid_request_error", "no");
    let refused = entry(Method::POST, r#"{"model":"big"}"#, refused).await;
    assert_eq!(
        (&refused["outcome"], &refused["cost_usd"]),
        (&json!("client_error"), &json!("0"))
    );
    let metrics = router.metrics().await;
    assert_eq!(metrics.count("downshift_requests_total", &[]), 7);
    assert_eq!(
        metrics.count("downshift_unknown_price_total", &[("model", "big")]),
        1
    );
    assert_eq!(
        metrics.count("downshift_missing_usage_total", &[("model", "big")]),
        2
    );
}

#[tokio::test]
async fn a_provider_that_fails_is_told_in_openais_shape() {
    let nowhere = Upstream::nowhere().await;
    let (big, _, _) = started().await;
    let router = Router::start(&policy(&nowhere, &big.base_url())).await;
    let error = router.client().get("/v1/files").await.error(503).await;
    assert_eq!(error["code"], "model_unreachable");
    let (big, _, router) = started().await;
    big.then(Script::default().fault(Fault::Reset));
    let error = router
        .client()
        .post("/v1/files", "{}")
        .await
        .error(502)
        .await;
    assert_eq!(error["code"], "bad_upstream_reply");
    assert_eq!(
        router
            .metrics()
            .await
            .count("downshift_requests_total", &[]),
        1
    );
}

#[tokio::test]
async fn the_routers_key_is_not_echoed() {
    let (big, _, router) = started().await;
    big.then(Script::refuses(
        401,
        "invalid_request_error",
        "wrong key downshift-tests",
    ));
    let response = router.client().get("/v1/files").await.expect(401).await;
    let told = response.text().await;
    assert!(
        told.contains("wrong key") && !told.contains("downshift-tests"),
        "{told}"
    );
}

#[tokio::test]
async fn what_cannot_be_passed_on_is_refused() {
    let (big, small, router) = started().await;
    let client = router.client();
    for path in ["/v1/../admin", "/v1/a/%2e%2E/b", "/v1/./a", "/v1/a\\..\\b"] {
        client.get(path).await.error(400).await;
    }
    client
        .send(Method::TRACE, "/v1/files", "".into())
        .await
        .error(405)
        .await;
    let upgrade = client.with_header("upgrade", "websocket");
    upgrade.get("/v1/realtime").await.error(400).await;
    for path in ["/v1", "/v1/", "/v2/files"] {
        client.get(path).await.error(404).await;
    }
    let large = vec![b'a'; 1_000_001];
    for client in [
        client.clone(),
        with_form(client),
        client.with_header("content-type", "text/plain"),
    ] {
        let error = client
            .post("/v1/files", large.clone())
            .await
            .error(413)
            .await;
        assert_eq!(error["code"], "request_too_large");
    }
    assert_eq!((big.counted().calls, small.counted().calls), (0, 0));
}

#[tokio::test]
async fn a_body_that_grows_beyond_the_limit_or_never_ends_is_refused() {
    let (_big, _, router) = started().await;
    let head = "POST /v1/files HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless = [
        head,
        &format!("{:x}\r\n{}\r\n", 600_000, "a".repeat(600_000)).repeat(2),
    ]
    .concat();
    let told = router
        .client()
        .raw(endless.as_bytes(), Duration::from_secs(5))
        .await;
    assert!(told.starts_with("HTTP/1.1 413"), "{told}");
    let unfinished = [head, "5\r\nhello\r\n"].concat();
    let told = router
        .client()
        .raw(unfinished.as_bytes(), Duration::from_secs(6))
        .await;
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
}

/// A provider whose both directions the test holds in its hands.
async fn by_hand(head: &str) -> (TcpListener, Router, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let base_url = format!("http://{address}/v1");
    let router = Router::start(&policy(&base_url, &base_url)).await;
    let mut client = TcpStream::connect(router.address())
        .await
        .expect("the router accepts");
    client
        .write_all(head.as_bytes())
        .await
        .expect("the router reads");
    (listener, router, client)
}

async fn reads(socket: &mut TcpStream, until: &str) -> String {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    while !read.contains(until) {
        let reading = tokio::time::timeout(Duration::from_secs(10), socket.read(&mut buffer)).await;
        let count = reading.expect("it comes in time").expect("it can be read");
        assert_ne!(count, 0, "it ended: {read}");
        read += &String::from_utf8_lossy(&buffer[..count]);
    }
    read
}

#[tokio::test]
async fn bodies_stream_both_ways_without_waiting_for_their_end() {
    let (listener, _router, mut client) = by_hand(
        "POST /v1/files HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n4\r\nup-1\r\n",
    )
    .await;
    let (mut server, _) = listener.accept().await.expect("the router connects");
    reads(&mut server, "up-1").await;
    client
        .write_all(b"4\r\nup-2\r\n0\r\n\r\n")
        .await
        .expect("the router reads");
    reads(&mut server, "up-2").await;
    server
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ntransfer-encoding: chunked\r\n\r\n6\r\ndown-1\r\n")
        .await
        .expect("the router reads");
    reads(&mut client, "down-1").await;
    server
        .write_all(b"6\r\ndown-2\r\n0\r\n\r\n")
        .await
        .expect("the router reads");
    reads(&mut client, "down-2").await;
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_providers_work() {
    for (sent, read) in [
        ("", ""),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "half",
        ),
    ] {
        let (listener, router, mut client) =
            by_hand("GET /v1/files/f/content HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let (mut server, _) = listener.accept().await.expect("the router connects");
        reads(&mut server, "\r\n\r\n").await;
        server
            .write_all(sent.as_bytes())
            .await
            .expect("the router reads");
        reads(&mut client, read).await;
        drop(client);
        let mut rest = Vec::new();
        let left =
            tokio::time::timeout(Duration::from_secs(5), server.read_to_end(&mut rest)).await;
        assert!(left.is_ok(), "the provider's connection stays open");
        for _ in 0..200 {
            if router
                .metrics()
                .await
                .count("downshift_requests_total", &[("outcome", "abandoned")])
                == 1
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(
            router
                .metrics()
                .await
                .count("downshift_requests_total", &[]),
            1
        );
    }
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_not_ended_cleanly() {
    let (listener, router, mut client) =
        by_hand("GET /v1/files/f/content HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let (mut server, _) = listener.accept().await.expect("the router connects");
    reads(&mut server, "\r\n\r\n").await;
    server
        .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        .await
        .expect("the router reads");
    drop(server);
    let mut told = Vec::new();
    drop(client.read_to_end(&mut told).await);
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(
        told.contains("half") && !told.ends_with("0\r\n\r\n"),
        "{told}"
    );
    let metrics = router.metrics().await;
    assert_eq!(
        metrics.count("downshift_requests_total", &[("outcome", "upstream_error")]),
        1
    );
}

#[tokio::test]
async fn a_head_request_has_its_answers_head() {
    let (big, _, router) = started().await;
    let response = router
        .client()
        .send(Method::HEAD, "/v1/files/f", "".into())
        .await;
    assert_eq!(response.status, StatusCode::OK);
    let id = response.header("x-downshift-id").expect("an id").to_owned();
    assert_eq!(router.entry(&id).await["outcome"], "ok");
    let Recorded { method, .. } = big.only_call();
    assert_eq!(method, Method::HEAD);
}
