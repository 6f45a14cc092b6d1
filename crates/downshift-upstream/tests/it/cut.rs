//! A connection that is cut after any byte: an error that says so, never a clean end.

use downshift_upstream::ErrorKind;

use crate::server::{DONE, REPLY, STREAM_HEAD, Server, call, collected, response, says, stops};

const BROKEN: &[ErrorKind] = &[ErrorKind::Cut, ErrorKind::BadReply];

#[tokio::test]
async fn a_whole_reply() {
    let answer = response("200 OK\r\ncontent-type: application/json", REPLY);
    for at in 0..answer.len() {
        let server = Server::answering(answer.as_bytes()[..at].to_vec()).await;
        let error = server.upstream().call(call(false)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Cut, "cut at {at}: {error}");
    }
}

#[tokio::test]
async fn a_stream_that_ends_with_its_connection() {
    let before = [STREAM_HEAD, &says("é"), &stops()].concat();
    let answer = [before.as_str(), DONE].concat();
    // The last event counts as soon as its JSON is whole.
    let enough = before.trim_end().len();
    for at in 0..answer.len() {
        let server = Server::answering(answer.as_bytes()[..at].to_vec()).await;
        let (_, end) = collected(&server.upstream(), call(true)).await;
        match end {
            Ok(()) => assert!(at >= enough, "a clean end after {at} bytes"),
            Err(error) => {
                assert!(at < enough, "cut at {at}: {error}");
                assert!(BROKEN.contains(&error.kind), "cut at {at}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_stream_in_http_chunks() {
    let body = [says("é"), stops(), DONE.to_owned()].concat();
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let answer = format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let enough = answer.find("\n\ndata: [DONE]").unwrap();
    for at in 0..answer.len() {
        let server = Server::answering(answer.as_bytes()[..at].to_vec()).await;
        let (_, end) = collected(&server.upstream(), call(true)).await;
        match end {
            Ok(()) => assert!(at >= enough, "a clean end after {at} bytes"),
            Err(error) => assert_eq!(error.kind, ErrorKind::Cut, "cut at {at}: {error}"),
        }
    }
}
