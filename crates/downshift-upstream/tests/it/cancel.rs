//! A client that goes away: the upstream's connection is closed at once.

use std::time::{Duration, Instant};

use futures_util::StreamExt;

use crate::server::{STREAM_HEAD, Seen, Server, Step, call, opened, says};

/// The server sees the connection closed within half a second.
async fn closed(server: &mut Server) {
    let since = Instant::now();
    assert_eq!(server.saw().await, Seen::Closed);
    assert!(
        since.elapsed() < Duration::from_millis(500),
        "{:?}",
        since.elapsed()
    );
}

async fn dropped_while_waiting(script: Vec<Step>, stream: bool) {
    let mut server = Server::start(script).await;
    let upstream = server.upstream();
    {
        let waiting = upstream.call(call(stream));
        tokio::pin!(waiting);
        tokio::select! {
            reply = &mut waiting => panic!("{reply:?}"),
            seen = server.saw() => assert!(matches!(seen, Seen::Request(_))),
        }
        let more = tokio::time::timeout(Duration::from_millis(50), &mut waiting);
        assert!(more.await.is_err());
    }
    closed(&mut server).await;
}

#[tokio::test]
async fn before_the_head() {
    dropped_while_waiting(vec![Step::UntilClosed], false).await;
    dropped_while_waiting(vec![Step::UntilClosed], true).await;
}

#[tokio::test]
async fn before_the_first_token() {
    dropped_while_waiting(
        vec![Step::Send(STREAM_HEAD.into()), Step::UntilClosed],
        true,
    )
    .await;
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n: hm\r\n";
    dropped_while_waiting(vec![Step::Send(chunked.into()), Step::UntilClosed], true).await;
}

#[tokio::test]
async fn within_a_whole_reply() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\":";
    dropped_while_waiting(vec![Step::Send(half.into()), Step::UntilClosed], false).await;
}

#[tokio::test]
async fn within_a_stream() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let event = says("a");
    let first = format!("{head}{:x}\r\n{event}\r\n", event.len());
    let mut server = Server::start(vec![Step::Send(first.into()), Step::UntilClosed]).await;
    let mut chunks = opened(&server.upstream(), call(true)).await.unwrap();
    server.saw().await;
    assert_eq!(chunks.next().await.unwrap().unwrap().text, "a");
    assert!(server.saw_nothing());
    drop(chunks);
    closed(&mut server).await;
}
