//! A client that stops reading is let go of in bounded time, and with it the model and the request's entry.

use std::time::Duration;

use downshift_tests::{Fault, Policy, Router, Script, Upstream};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

/// Together more than the system keeps for a client that does not read.
const PIECES: usize = 28;
const PIECE: usize = 256 * 1024;

/// A model that says a lot at once and then nothing, and is waited for.
async fn started() -> (Upstream, Router) {
    let script = Script {
        pieces: vec!["x".repeat(PIECE); PIECES],
        ..Script::default()
    };
    let big = Upstream::start(script.fault(Fault::HangAfter(PIECES))).await;
    let policy = format!(
        "models: {{ big: {{ api: openai, base_url: \"{}\", model: big-1 }} }}
llm: big
route: [auto]
limits: {{ unread: 1s }}
",
        big.base_url()
    );
    let router = Router::start(&Policy::text(&policy)).await;
    (big, router)
}

/// A connection that has asked for a stream, with little room for it.
async fn asked(router: &Router) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .set_recv_buffer_size(64 * 1024)
        .expect("a small window");
    let mut client = socket
        .connect(router.address())
        .await
        .expect("the router accepts");
    let body = json!({
        "model": "auto", "stream": true, "messages": [{ "role": "user", "content": "hello" }],
    })
    .to_string();
    let head =
        "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    client
        .write_all(request.as_bytes())
        .await
        .expect("the router reads");
    client
}

#[tokio::test]
async fn who_reads_nothing_is_let_go() {
    let (big, router) = started().await;
    let client = asked(&router).await;
    big.left().await;
    for _ in 0..200 {
        let metrics = router.metrics().await;
        let abandoned = [("outcome", "abandoned")];
        if metrics.count("downshift_requests_total", &abandoned) == 1 {
            drop(client);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the request was not booked as abandoned");
}

#[tokio::test]
async fn who_reads_slowly_but_steadily_is_served() {
    let (_big, router) = started().await;
    let mut client = asked(&router).await;
    let mut some = vec![0; 128 * 1024];
    // Longer in all than a client may read nothing, with pauses that are shorter.
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let read = client.read(&mut some).await.expect("the stream goes on");
        assert!(read > 0, "the stream was cut");
    }
}
