//! Servers that are slow, in each phase of a call.

use std::time::Duration;

use bytes::Bytes;
use downshift_upstream::{Endpoint, ErrorKind, Timeouts};

use crate::server::{REPLY, STREAM_HEAD, Server, Step, call, collected, response, says, upstream};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(20);

fn patient() -> Timeouts {
    Timeouts {
        connect: LONG,
        first_token: LONG,
        between_tokens: LONG,
        total: LONG,
    }
}

#[track_caller]
fn check(server: &Server, error: &downshift_upstream::Error, kind: ErrorKind, message: &str) {
    assert_eq!(error.kind, kind, "{error}");
    assert_eq!(error.to_string().replace(&server.origin, "ADDR"), message);
}

async fn stream_fails(script: Vec<Step>, timeouts: Timeouts, kind: ErrorKind, message: &str) {
    let server = Server::start(script).await;
    let upstream = upstream(Endpoint {
        timeouts,
        ..server.endpoint()
    });
    let end = tokio::time::timeout(Duration::from_secs(5), collected(&upstream, call(true)));
    let (_, end) = end.await.expect("the timeout did not fire");
    check(&server, &end.unwrap_err(), kind, message);
}

/// Bytes one by one, with a pause behind each.
fn dripping(bytes: &str) -> Vec<Step> {
    let drop = |byte: &u8| {
        [
            Step::Send(Bytes::copy_from_slice(&[*byte])),
            Step::Pause(Duration::from_millis(10)),
        ]
    };
    bytes.as_bytes().iter().flat_map(drop).collect()
}

#[tokio::test]
async fn connecting() {
    // TLS belongs to connecting, and this server never answers the greeting.
    let server = Server::start(vec![Step::UntilClosed]).await;
    let timeouts = Timeouts {
        connect: SHORT,
        ..patient()
    };
    let base_url = server.origin.replace("http:", "https:");
    let upstream = upstream(Endpoint {
        base_url: base_url.clone(),
        timeouts,
        ..server.endpoint()
    });
    let error = upstream.call(call(false)).await.unwrap_err();
    let message = format!("no connection to {base_url} in time (timeouts.connect)");
    check(&server, &error, ErrorKind::ConnectTimeout, &message);
}

#[tokio::test]
async fn the_first_token() {
    let timeouts = Timeouts {
        first_token: SHORT,
        ..patient()
    };
    let (kind, message) = (
        ErrorKind::FirstTokenTimeout,
        "ADDR sent no first token within 150ms (timeouts.first_token)",
    );
    stream_fails(vec![Step::UntilClosed], timeouts, kind, message).await;
    let head = Step::Send(STREAM_HEAD.into());
    stream_fails(
        vec![head.clone(), Step::UntilClosed],
        timeouts,
        kind,
        message,
    )
    .await;
    stream_fails(dripping(STREAM_HEAD), timeouts, kind, message).await;
    let comments = dripping(&": still thinking\n\n".repeat(4));
    stream_fails([vec![head], comments].concat(), timeouts, kind, message).await;
}

#[tokio::test]
async fn between_tokens() {
    let timeouts = Timeouts {
        between_tokens: SHORT,
        ..patient()
    };
    let (kind, message) = (
        ErrorKind::BetweenTokensTimeout,
        "ADDR fell silent in mid-stream for 150ms (timeouts.between_tokens)",
    );
    let first = Step::Send([STREAM_HEAD, &says("a")].concat().into());
    stream_fails(
        vec![first.clone(), Step::UntilClosed],
        timeouts,
        kind,
        message,
    )
    .await;
    let comments = dripping(&": still thinking\n\n".repeat(4));
    stream_fails([vec![first], comments].concat(), timeouts, kind, message).await;
}

#[tokio::test]
async fn the_whole() {
    let timeouts = Timeouts {
        total: SHORT,
        ..patient()
    };
    let (kind, message) = (
        ErrorKind::TotalTimeout,
        "ADDR did not finish its reply within 150ms (timeouts.total)",
    );
    let events = (0..100).flat_map(|_| {
        [
            Step::Send(says("a").into()),
            Step::Pause(Duration::from_millis(5)),
        ]
    });
    let script = [Step::Send(STREAM_HEAD.into())].into_iter().chain(events);
    stream_fails(script.collect(), timeouts, kind, message).await;
    stream_fails(vec![Step::UntilClosed], timeouts, kind, message).await;
    for script in [
        dripping(&response("200 OK", REPLY)),
        vec![Step::UntilClosed],
    ] {
        let server = Server::start(script).await;
        let upstream = upstream(Endpoint {
            timeouts,
            ..server.endpoint()
        });
        let error = upstream.call(call(false)).await.unwrap_err();
        check(&server, &error, kind, message);
    }
}

#[tokio::test]
async fn a_whole_reply_has_no_first_token() {
    let timeouts = Timeouts {
        first_token: SHORT,
        between_tokens: SHORT,
        ..patient()
    };
    let script = vec![
        Step::Pause(SHORT * 2),
        Step::Send(response("200 OK", REPLY).into()),
    ];
    let server = Server::start(script).await;
    let upstream = upstream(Endpoint {
        timeouts,
        ..server.endpoint()
    });
    upstream.call(call(false)).await.unwrap();
}
