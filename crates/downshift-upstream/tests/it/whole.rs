//! Replies in one piece.

use downshift_upstream::{Endpoint, ErrorKind, Reply, Whole};
use http::HeaderMap;

use crate::server::{REPLY, Seen, Server, Step, call, call_with, response, upstream};

async fn whole(server: &Server) -> Whole {
    match server.upstream().call(call(false)).await.unwrap() {
        Reply::Whole(whole) => whole,
        Reply::Stream(streaming) => panic!("{streaming:?}"),
    }
}

#[tokio::test]
async fn comes_back_as_it_was_sent() {
    let head = "200 OK\r\ncontent-type: application/json\r\nset-cookie: a=b\r\nx-request-id: up-1\r\nx-ratelimit-remaining-tokens: 5\r\nopenai-processing-ms: 3";
    let server = Server::whole(head, REPLY).await;
    let Whole {
        status,
        headers,
        reply,
    } = whole(&server).await;
    assert_eq!((status, reply.body().as_ref()), (200, REPLY.as_bytes()));
    assert_eq!(
        (reply.text.as_str(), reply.model.as_str()),
        ("hé", "real-2")
    );
    assert_eq!(
        reply.usage.map(|usage| (usage.input, usage.output)),
        Some((3, 1))
    );
    let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "openai-processing-ms",
            "x-ratelimit-remaining-tokens",
            "x-request-id"
        ]
    );
}

#[tokio::test]
async fn sends_our_key_and_never_the_callers() {
    let mut server = Server::whole("200 OK", REPLY).await;
    let body = r#"{ "model" : "auto", "messages":[{"role":"user","content":"hi"}], "seed": 1e0 }"#;
    let mut call = call_with(body);
    call.headers = HeaderMap::from_iter([
        (
            http::header::AUTHORIZATION,
            "Bearer theirs".parse().unwrap(),
        ),
        (http::header::ACCEPT_ENCODING, "gzip".parse().unwrap()),
        (
            http::HeaderName::from_static("openai-beta"),
            "p".parse().unwrap(),
        ),
    ]);
    server.upstream().call(call).await.unwrap();
    let Seen::Request(request) = server.saw().await else {
        panic!()
    };
    let (head, sent) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(sent, body.replace("auto", "real"));
    let headers: Vec<&str> = head.lines().collect();
    for header in [
        "authorization: Bearer sk-secret",
        "openai-beta: p",
        "x-request-id: id-1",
        "content-type: application/json",
        "accept: application/json",
        "accept-encoding: identity",
    ] {
        assert!(headers.contains(&header), "{header} is not in {head}");
    }
    assert!(!head.contains("theirs") && !head.contains("gzip"), "{head}");
}

#[tokio::test]
async fn uses_a_connection_again() {
    let reply = || Step::Send(response("200 OK", REPLY).into());
    let server = Server::start(vec![reply(), Step::NextRequest, reply()]).await;
    let upstream = server.upstream();
    for _ in 0..2 {
        upstream.call(call(false)).await.unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn sends_credentials_of_the_address_if_there_is_no_key() {
    let mut server = Server::whole("200 OK", REPLY).await;
    let base_url = format!(
        "http://me:pw@{}",
        server.origin.trim_start_matches("http://")
    );
    let upstream = upstream(Endpoint {
        base_url,
        key: None,
        ..server.endpoint()
    });
    upstream.call(call(false)).await.unwrap();
    let Seen::Request(request) = server.saw().await else {
        panic!()
    };
    assert!(
        request.contains("authorization: Basic bWU6cHc="),
        "{request}"
    );
}

#[tokio::test]
async fn asks_nobody_without_a_key() {
    let mut server = Server::whole("200 OK", REPLY).await;
    let missing = Some("OPENAI_API_KEY".to_owned());
    let upstream = upstream(Endpoint {
        key: None,
        missing_variable: missing,
        ..server.endpoint()
    });
    let error = upstream.call(call(false)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unconfigured);
    let expected = format!(
        "OPENAI_API_KEY is not set; it holds the key for {}",
        server.origin
    );
    assert_eq!(error.to_string(), expected);
    assert!(server.saw_nothing());
}
