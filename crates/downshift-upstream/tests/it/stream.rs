//! Streams that are complete, however they come.

use std::time::Duration;

use downshift_upstream::ErrorKind;
use futures_util::StreamExt;

use crate::server::{
    DONE, STREAM_HEAD, Seen, Server, Step, call, call_with, collected, event, opened, says, stops,
};

/// A stream of these bytes gives this text and a clean end.
async fn complete(body: &str, expected: &str) {
    let server = Server::answering(format!("{STREAM_HEAD}{body}")).await;
    let (text, end) = collected(&server.upstream(), call(true)).await;
    assert!(end.is_ok(), "{body}: {end:?}");
    assert_eq!(text, expected, "{body}");
}

async fn broken(body: &str, asked: &str, expected: &str) {
    let server = Server::answering(format!("{STREAM_HEAD}{body}")).await;
    let (text, end) = collected(&server.upstream(), call_with(asked)).await;
    assert_eq!(end.unwrap_err().kind, ErrorKind::Cut, "{body}");
    assert_eq!(text, expected, "{body}");
}

#[tokio::test]
async fn is_complete_with_done_or_with_every_choice_ended() {
    complete(&[&says("a"), &says("b"), &stops(), DONE].concat(), "ab").await;
    complete(&[&says("a"), DONE].concat(), "a").await;
    complete(&[says("a"), stops()].concat(), "a").await;
    complete(
        [says("a"), stops(), DONE.to_owned()].concat().trim_end(),
        "a",
    )
    .await;
    complete(&[says("a"), stops()].concat().replace('\n', "\r\n"), "a").await;
    complete(&[says("a"), stops()].concat().replace('\n', "\r"), "a").await;
    complete(
        &[
            "\u{feff}: hello\n\nretry: 3\nid: 1\n",
            "data\n\ndata: \n\n",
            &says("a"),
            "event: ping\ndata:\n\n",
            DONE,
            "data: late\n\n",
        ]
        .concat(),
        "a",
    )
    .await;
}

#[tokio::test]
async fn is_broken_without_its_end() {
    let one = r#"{"model":"auto","messages":[{"role":"user","content":"hi"}],"stream":true}"#;
    broken(&says("a"), one, "a").await;
    broken(&format!("{}{}", says("a"), &says("b")[..30]), one, "a").await;
    let two = one.replace("true", r#"true,"n":2"#);
    broken(&[says("a"), stops()].concat(), &two, "a").await;
    let second = event(r#"{"choices":[{"index":1,"delta":{"content":"z"},"finish_reason":null}]}"#);
    broken(&[says("a"), second, stops()].concat(), &two, "a").await;
}

#[tokio::test]
async fn may_be_split_anywhere() {
    let body = [
        STREAM_HEAD,
        ": hm\n\n",
        &says("é€😀"),
        "data: {\ndata: \"choices\":[]}\n\n",
        &stops(),
        DONE,
    ]
    .concat();
    let upstream_of = |steps| async { Server::start(steps).await };
    for at in (STREAM_HEAD.len()..body.len()).step_by(3) {
        let (before, after) = body.as_bytes().split_at(at);
        let steps = vec![
            Step::Send(before.to_vec().into()),
            Step::Pause(Duration::from_millis(1)),
            Step::Send(after.to_vec().into()),
        ];
        let server = upstream_of(steps).await;
        let (text, end) = collected(&server.upstream(), call(true)).await;
        assert!(end.is_ok(), "split at {at}: {end:?}");
        assert_eq!(text, "é€😀", "split at {at}");
    }
}

#[tokio::test]
async fn passes_every_event_on_as_it_came() {
    let odd = r#"{"choices":[ {"delta":{"content":"a","reasoning_content":"x"}} ],"obfuscation":"q","n":1.0}"#;
    let usage =
        r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#;
    let body = [STREAM_HEAD, &event(odd), &stops(), &event(usage), DONE].concat();
    let server = Server::answering(body).await;
    let mut chunks = opened(&server.upstream(), call(true)).await.unwrap();
    assert_eq!(chunks.next().await.unwrap().unwrap().data(), odd);
    assert_eq!(
        chunks
            .next()
            .await
            .unwrap()
            .unwrap()
            .finish_reason
            .as_deref(),
        Some("stop")
    );
    let last = chunks.next().await.unwrap().unwrap();
    assert!(last.is_usage_only());
    assert_eq!(last.usage.unwrap().total(), 3);
    assert!(chunks.next().await.is_none());
}

#[tokio::test]
async fn an_event_may_be_very_large() {
    let text = "x".repeat(8 * 1024 * 1024);
    complete(&[&says(&text), &stops(), DONE].concat(), &text).await;
}

#[tokio::test]
async fn uses_the_connection_again_once_its_body_has_ended() {
    let body = [says("a"), stops(), DONE.to_owned()].concat();
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let stream = || {
        [
            Step::Send([head, &chunk].concat().into()),
            Step::Pause(Duration::from_millis(3)),
            Step::Send("0\r\n\r\n".into()),
        ]
    };
    let script = stream()
        .into_iter()
        .chain([Step::NextRequest])
        .chain(stream());
    let server = Server::start(script.collect()).await;
    let upstream = server.upstream();
    for _ in 0..2 {
        let (text, end) = collected(&upstream, call(true)).await;
        assert!(end.is_ok() && text == "a", "{end:?}");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn ends_although_the_server_keeps_the_connection_open() {
    let body = [STREAM_HEAD, &says("a"), DONE].concat();
    let mut server = Server::start(vec![Step::Send(body.into()), Step::UntilClosed]).await;
    let (text, end) = collected(&server.upstream(), call(true)).await;
    assert!(end.is_ok() && text == "a", "{end:?}");
    server.saw().await;
    assert_eq!(server.saw().await, Seen::Closed);
}

#[tokio::test]
async fn an_error_is_kept_as_it_came_up_to_the_size_of_an_errors_body() {
    for (padding, kept) in [(10, true), (100_000, false)] {
        let padding = "x".repeat(padding);
        let error = format!(r#"{{"error":{{"message":"broke","param":"{padding}"}}}}"#);
        let body = format!("{STREAM_HEAD}{}data: {error}\n\n", says("a"));
        let server = Server::answering(body).await;
        let (_, end) = collected(&server.upstream(), call(true)).await;
        let told = end.unwrap_err();
        assert_eq!(told.kind, ErrorKind::UpstreamError, "{told}");
        assert_eq!(told.body().is_some_and(|body| *body == error), kept);
    }
}
