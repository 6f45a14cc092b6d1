//! What servers do wrong, and what is said about it.

use std::time::Duration;

use bytes::Bytes;
use downshift_upstream::{Client, ClientConfig, Endpoint, Error, ErrorKind, Secret, Upstream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{
    REPLY, STREAM_HEAD, Server, Step, call, collected, event, response, says, upstream,
};

/// The error of a whole reply, with the server's address written as `ADDR`.
#[track_caller]
fn check(server: &Server, error: &Error, kind: ErrorKind, message: &str) {
    assert_eq!(error.kind, kind, "{error}");
    let said = error.to_string().replace(&server.origin, "ADDR");
    assert_eq!(said, message);
    assert!(!format!("{error:?}").contains("sk-secret"), "{error:?}");
}

async fn fails(answer: impl Into<Bytes>, kind: ErrorKind, message: &str) -> Error {
    let server = Server::answering(answer).await;
    let error = server.upstream().call(call(false)).await.unwrap_err();
    check(&server, &error, kind, message);
    error
}

async fn stream_fails(answer: impl Into<Bytes>, kind: ErrorKind, message: &str) {
    let server = Server::answering(answer).await;
    let (_, end) = collected(&server.upstream(), call(true)).await;
    check(&server, &end.unwrap_err(), kind, message);
}

const NOT_AN_API: &str = "check that base_url is that of an API, such as https://api.openai.com/v1";

#[tokio::test]
async fn html_is_not_a_reply() {
    let html = response(
        "200 OK\r\ncontent-type: text/html; charset=utf-8",
        "<html></html>",
    );
    let message = format!("ADDR answered with HTML where JSON was asked for; {NOT_AN_API}");
    fails(html.clone(), ErrorKind::BadReply, &message).await;
    let message = format!("ADDR answered with HTML where a stream was asked for; {NOT_AN_API}");
    stream_fails(html, ErrorKind::BadReply, &message).await;
    let untyped = response("200 OK", "\n <!doctype html>");
    fails(
        untyped,
        ErrorKind::BadReply,
        &format!("ADDR answered with HTML; {NOT_AN_API}"),
    )
    .await;
}

#[tokio::test]
async fn nothing_is_not_a_reply() {
    let message = format!("ADDR answered with nothing; {NOT_AN_API}");
    fails(response("200 OK", ""), ErrorKind::BadReply, &message).await;
    fails(response("200 OK", " \r\n"), ErrorKind::BadReply, &message).await;
    fails(
        "HTTP/1.1 204 No Content\r\n\r\n",
        ErrorKind::BadReply,
        &message,
    )
    .await;
    stream_fails(response("200 OK", ""), ErrorKind::BadReply, &message).await;
    let message = format!("ADDR answered with a stream without a single event; {NOT_AN_API}");
    stream_fails(
        response("200 OK", "data: [DONE]\n\n"),
        ErrorKind::BadReply,
        &message,
    )
    .await;
}

#[tokio::test]
async fn broken_json_is_not_a_reply() {
    fails(
        response("200 OK", r#"{"choices":[{"#),
        ErrorKind::BadReply,
        "ADDR answered with a reply that cannot be read: the reply is cut off at line 1, column 14: expected a field name in double quotes",
    )
    .await;
    fails(
        response("200 OK", r#"{"object":"list","data":[]}"#),
        ErrorKind::BadReply,
        "ADDR answered with a reply that cannot be read: the reply holds no `choices`; is this a chat completions server?",
    )
    .await;
    fails(
        response("200 OK", r#"{"error":{"message":"no credit","code":402}}"#),
        ErrorKind::UpstreamError,
        "ADDR reported an error (402): no credit",
    )
    .await;
    stream_fails(
        format!("{STREAM_HEAD}{}data: {{oops\n\ndata: x\n\n", says("a")),
        ErrorKind::BadReply,
        "ADDR answered with a reply that cannot be read: the event is not valid JSON at line 1, column 2: expected a field name in double quotes",
    )
    .await;
}

#[tokio::test]
async fn a_length_that_is_wrong_is_noticed() {
    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{REPLY}",
        REPLY.len() + 9
    );
    let message = "the connection to ADDR broke before the reply was complete";
    fails(long, ErrorKind::Cut, message).await;
    let short = format!("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{REPLY}");
    let error = Server::answering(short)
        .await
        .upstream()
        .call(call(false))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply, "{error}");
}

#[tokio::test]
async fn what_is_not_http_is_noticed() {
    let message = "ADDR answered with something that is not HTTP, or with too many headers";
    fails("SSH-2.0-OpenSSH_9.6\r\n\r\n", ErrorKind::BadReply, message).await;
    let headers = "x: y\r\n".repeat(1000);
    fails(
        format!("HTTP/1.1 200 OK\r\n{headers}\r\n"),
        ErrorKind::BadReply,
        message,
    )
    .await;
    let message = "the connection to ADDR broke before a reply came";
    fails("", ErrorKind::Cut, message).await;
    fails("HTTP/1.1 200 OK\r\nx: ", ErrorKind::Cut, message).await;
}

#[tokio::test]
async fn compression_was_not_asked_for() {
    fails(
        response("200 OK\r\ncontent-encoding: gzip", "\u{1f}"),
        ErrorKind::BadReply,
        &format!(
            "ADDR answered with a reply packed with gzip, which was not asked for; {NOT_AN_API}"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_status_is_kept_with_what_it_says() {
    let body =
        r#"{"error":{"message":"slow\n down","type":"rate_limit","param":null,"code":"429"}}"#;
    let head = "429 Too Many Requests\r\nretry-after: 7\r\nx-request-id: u\r\nset-cookie: c";
    let message = "ADDR answered 429 Too Many Requests: slow down";
    let error = fails(response(head, body), ErrorKind::Status(429), message).await;
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.body().unwrap(), body);
    let headers = error.headers().unwrap();
    assert_eq!(
        (headers.len(), headers["retry-after"].to_str().unwrap()),
        (2, "7")
    );
    fails(
        response("500 Oops", "oops"),
        ErrorKind::Status(500),
        "ADDR answered 500 Internal Server Error",
    )
    .await;
    fails(
        response("599 X", ""),
        ErrorKind::Status(599),
        "ADDR answered 599",
    )
    .await;
}

#[tokio::test]
async fn an_errors_body_is_bounded_and_does_not_echo_the_key() {
    let long = response("503 S", &"x".repeat(100_000));
    let error = fails(
        long,
        ErrorKind::Status(503),
        "ADDR answered 503 Service Unavailable",
    )
    .await;
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
    let echo = response("401 U", r#"{"error":"bad key sk-secret"}"#);
    let message = "ADDR answered 401 Unauthorized: bad key [redacted]";
    let error = fails(echo, ErrorKind::Status(401), message).await;
    assert_eq!(error.body().unwrap(), r#"{"error":"bad key [redacted]"}"#);
}

#[tokio::test]
async fn an_errors_body_that_never_ends_does_not_hide_the_status() {
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{\"detail\":";
    let server = Server::start(vec![Step::Send(head.into()), Step::UntilClosed]).await;
    let mut endpoint = server.endpoint();
    endpoint.timeouts.total = Duration::from_millis(300);
    let error = upstream(endpoint).call(call(false)).await.unwrap_err();
    check(
        &server,
        &error,
        ErrorKind::Status(400),
        "ADDR answered 400 Bad Request",
    );
    assert_eq!(error.body().unwrap(), "{\"detail\":");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut target = Server::whole("200 OK", REPLY).await;
    let location = format!("{}/v1?k=s", target.origin.replace("//", "//me:pw@"));
    let head = format!("307 Temporary Redirect\r\nlocation: {location}");
    let server = Server::whole(&head, "").await;
    let error = server.upstream().call(call(false)).await.unwrap_err();
    let message = format!(
        "ADDR redirects to {}/v1; redirects are not followed, so set base_url to where the server really is",
        target.origin
    );
    check(&server, &error, ErrorKind::Status(307), &message);
    assert!(target.saw_nothing());
}

#[tokio::test]
async fn the_wrong_kind_of_success_is_named() {
    let error = r#"{"error":{"message":"overloaded","code":529}}"#;
    stream_fails(
        response("200 OK\r\ncontent-type: application/json", error),
        ErrorKind::UpstreamError,
        "ADDR reported an error (529): overloaded",
    )
    .await;
    stream_fails(
        response("200 OK\r\ncontent-type: application/json", REPLY),
        ErrorKind::BadReply,
        &format!("ADDR answered with application/json where a stream was asked for; {NOT_AN_API}"),
    )
    .await;
    fails(
        format!("{STREAM_HEAD}{}", says("a")),
        ErrorKind::BadReply,
        &format!("ADDR answered with text/event-stream where JSON was asked for; {NOT_AN_API}"),
    )
    .await;
}

#[tokio::test]
async fn an_error_event_is_an_error() {
    let failed = event(r#"{"error":{"message":"out of memory","type":"server_error"}}"#);
    let message = "ADDR reported an error (server_error): out of memory";
    stream_fails(
        format!("{STREAM_HEAD}{failed}"),
        ErrorKind::UpstreamError,
        message,
    )
    .await;
    let named = format!("{STREAM_HEAD}event: error\ndata: {{\"message\":\"no sk-secret\"}}\n\n");
    let said = "ADDR reported an error: no [redacted]";
    stream_fails(named.clone(), ErrorKind::UpstreamError, said).await;
    let named = named.replace("event: error", &format!("{}event: error", says("a")));
    stream_fails(named, ErrorKind::UpstreamError, said).await;
    let later = format!("{STREAM_HEAD}{}{failed}data: [DONE]\n\n", says("a"));
    stream_fails(later, ErrorKind::UpstreamError, message).await;
}

#[tokio::test]
async fn a_reply_may_be_too_large() {
    let mut endpoint = Server::whole("200 OK", REPLY).await.endpoint();
    endpoint.max_reply_bytes = 100;
    let check = |answer: String, stream: bool, endpoint: Endpoint| async move {
        let server = Server::answering(answer).await;
        let base_url = server.origin.clone();
        let upstream = upstream(Endpoint {
            base_url,
            ..endpoint
        });
        let error = if stream {
            collected(&upstream, call(true)).await.1.unwrap_err()
        } else {
            upstream.call(call(false)).await.unwrap_err()
        };
        check(
            &server,
            &error,
            ErrorKind::TooLarge,
            "ADDR sent more than the 100 bytes allowed for a reply",
        );
    };
    check(response("200 OK", REPLY), false, endpoint.clone()).await;
    check(
        format!("HTTP/1.1 200 OK\r\n\r\n{REPLY}"),
        false,
        endpoint.clone(),
    )
    .await;
    check(
        format!("{STREAM_HEAD}{}", says("a").repeat(9)),
        true,
        endpoint.clone(),
    )
    .await;
    check(
        format!("{STREAM_HEAD}: {}", "x".repeat(200)),
        true,
        endpoint,
    )
    .await;
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let server = Server::whole("200 OK", REPLY).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let base_url = format!("{}/v1", origin.replace("//", "//me:pw@"));
    let error = upstream(Endpoint {
        base_url,
        ..server.endpoint()
    })
    .call(call(false))
    .await
    .unwrap_err();
    check(
        &server,
        &error,
        ErrorKind::Connect,
        &format!("nothing answers at {origin} (connection refused)"),
    );
    assert!(!format!("{error:?}").contains("pw"), "{error:?}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    let server = Server::whole("200 OK", REPLY).await;
    let base_url = "http://no-such-host.invalid/v1".to_owned();
    let error = upstream(Endpoint {
        base_url,
        ..server.endpoint()
    })
    .call(call(false))
    .await
    .unwrap_err();
    let message = "the host `no-such-host.invalid` of http://no-such-host.invalid cannot be found (name look-up failed)";
    check(&server, &error, ErrorKind::Connect, message);
}

#[tokio::test]
async fn plain_http_behind_https_is_a_tls_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket
            .write_all(response("400 Bad Request", "").as_bytes())
            .await
            .unwrap();
        let mut heard = Vec::new();
        drop(socket.read_to_end(&mut heard).await);
        heard
    });
    let key = Some(Secret::new("sk-secret"));
    let endpoint = Endpoint {
        base_url: origin.clone(),
        key,
        ..Endpoint::default()
    };
    let error = upstream(endpoint).call(call(false)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connect, "{error}");
    assert!(
        error
            .to_string()
            .starts_with(&format!("TLS with {origin} failed: ")),
        "{error}"
    );
    let heard = answering.await.unwrap();
    assert!(!String::from_utf8_lossy(&heard).contains("sk-secret"));
}

#[test]
fn a_key_that_no_header_can_hold_is_refused_without_being_shown() {
    let key = Some(Secret::new("sk\nsecret"));
    let base_url = "http://127.0.0.1:1".to_owned();
    let client = Client::new(&ClientConfig::default()).unwrap();
    let error = Upstream::new(
        &client,
        Endpoint {
            base_url,
            key,
            ..Endpoint::default()
        },
    )
    .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config);
    assert!(
        error.to_string().starts_with("the key holds a character"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}
