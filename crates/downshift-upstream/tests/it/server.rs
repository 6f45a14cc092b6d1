//! A scripted server over raw TCP: what it sends is byte for byte what a test says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use downshift_upstream::{
    Call, Chunks, Client, ClientConfig, Endpoint, Error, Reply, Secret, Timeouts, Upstream,
};
use downshift_wire::ChatRequest;
use futures_util::StreamExt;
use http::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What a server does once it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Sends bytes.
    Send(Bytes),
    /// Does nothing for a while.
    Pause(Duration),
    /// Reads the next request on the same connection.
    NextRequest,
    /// Waits until the client closes, and says so.
    UntilClosed,
}

/// What a server saw.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Request(String),
    Closed,
}

/// A server that runs one script per connection.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) origin: String,
    connections: Arc<AtomicUsize>,
    seen: UnboundedReceiver<Seen>,
    running: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (saw, seen) = unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        let running = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(play(socket, script.clone(), saw.clone()));
            }
        });
        Self {
            origin,
            connections,
            seen,
            running,
        }
    }

    /// One answer for every connection, which is then closed.
    pub(crate) async fn answering(answer: impl Into<Bytes>) -> Self {
        Self::start(vec![Step::Send(answer.into())]).await
    }

    /// An answer with this head and body, and the body's length.
    pub(crate) async fn whole(head: &str, body: &str) -> Self {
        Self::answering(response(head, body)).await
    }

    /// The next thing the server saw; a test that waits for it in vain fails.
    pub(crate) async fn saw(&mut self) -> Seen {
        let seen = tokio::time::timeout(Duration::from_secs(5), self.seen.recv());
        seen.await.expect("the server saw nothing more").unwrap()
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Whether the server saw nothing so far.
    pub(crate) fn saw_nothing(&mut self) -> bool {
        self.seen.try_recv().is_err()
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint {
            name: "test".into(),
            base_url: format!("{}/v1", self.origin),
            model: "real".into(),
            key: Some(Secret::new("sk-secret")),
            timeouts: Timeouts {
                connect: Duration::from_secs(5),
                first_token: Duration::from_secs(5),
                between_tokens: Duration::from_secs(5),
                total: Duration::from_secs(10),
            },
            ..Endpoint::default()
        }
    }

    pub(crate) fn upstream(&self) -> Upstream {
        upstream(self.endpoint())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn play(mut socket: TcpStream, script: Vec<Step>, saw: UnboundedSender<Seen>) {
    let Some(request) = read_request(&mut socket).await else {
        return;
    };
    // The test may be over and no longer listen.
    drop(saw.send(Seen::Request(request)));
    for step in script {
        match step {
            Step::Send(bytes) => {
                if socket.write_all(&bytes).await.is_err() {
                    break;
                }
            }
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::NextRequest => match read_request(&mut socket).await {
                Some(request) => drop(saw.send(Seen::Request(request))),
                None => return,
            },
            Step::UntilClosed => {
                let mut rest = [0; 64];
                while matches!(socket.read(&mut rest).await, Ok(1..)) {}
                drop(saw.send(Seen::Closed));
            }
        }
    }
    drop(socket.shutdown().await);
}

/// The head and the body of a request with a `content-length`.
async fn read_request(socket: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text.into_owned());
            }
        }
    }
}

pub(crate) fn response(head: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The head of a stream that ends when the connection does.
pub(crate) const STREAM_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";

pub(crate) const REPLY: &str = r#"{ "id":"r1","object":"chat.completion","created":1,"model":"real-2","choices":[{"index":0,"message":{"role":"assistant","content":"hé","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4},"x":1.0 }"#;

/// One event of a stream.
pub(crate) fn event(json: &str) -> String {
    format!("data: {json}\n\n")
}

/// An event that says something.
pub(crate) fn says(text: &str) -> String {
    event(&format!(
        r#"{{"id":"s","choices":[{{"index":0,"delta":{{"content":"{text}"}},"finish_reason":null}}]}}"#
    ))
}

/// The event with which the one choice ends.
pub(crate) fn stops() -> String {
    event(r#"{"id":"s","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
}

pub(crate) const DONE: &str = "data: [DONE]\n\n";

thread_local! {
    /// One per test: reading the platform's certificate authorities takes a while.
    static CLIENT: Client = {
        let config = ClientConfig { system_proxy: false, ..ClientConfig::default() };
        Client::new(&config).unwrap()
    };
}

pub(crate) fn upstream(endpoint: Endpoint) -> Upstream {
    CLIENT.with(|client| Upstream::new(client, endpoint).unwrap())
}

pub(crate) fn call(stream: bool) -> Call {
    let body = format!(
        r#"{{"model":"auto","messages":[{{"role":"user","content":"hi"}}],"stream":{stream}}}"#
    );
    call_with(&body)
}

pub(crate) fn call_with(body: &str) -> Call {
    let request = ChatRequest::decode(Bytes::from(body.to_owned())).unwrap();
    Call {
        request: Arc::new(request),
        headers: HeaderMap::new(),
        request_id: "id-1".to_owned(),
        end: None,
    }
}

/// The stream, opened.
pub(crate) async fn opened(upstream: &Upstream, call: Call) -> Result<Chunks, Error> {
    match upstream.call(call).await? {
        Reply::Stream(streaming) => Ok(streaming.chunks),
        Reply::Whole(whole) => panic!("a whole reply: {whole:?}"),
    }
}

/// All texts of a stream, and how it ended.
pub(crate) async fn collected(upstream: &Upstream, call: Call) -> (String, Result<(), Error>) {
    let mut chunks = match opened(upstream, call).await {
        Ok(chunks) => chunks,
        Err(error) => return (String::new(), Err(error)),
    };
    let mut text = String::new();
    while let Some(item) = chunks.next().await {
        match item {
            Ok(chunk) => text.push_str(&chunk.text),
            Err(error) => {
                assert!(chunks.next().await.is_none(), "an error is the last item");
                return (text, Err(error));
            }
        }
    }
    assert!(chunks.next().await.is_none(), "the end is the end");
    (text, Ok(()))
}
