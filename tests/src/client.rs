//! A plain HTTP/1.1 client: one connection per request, so that dropping a response is leaving.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::money::Dollars;
use crate::sse::Stream;

/// How long a reply may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends requests to one address.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    headers: HeaderMap,
}

/// A response whose body has not been read yet; dropped, its connection is closed.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Incoming,
    connection: Connection,
}

/// A connection that is closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Connection(JoinHandle<()>);

// === impl Client ===

impl Client {
    /// Talks to `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            headers: HeaderMap::new(),
        }
    }

    /// The address it talks to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same client with one more header on every request.
    #[must_use]
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut with = self.clone();
        with.headers
            .insert(name, value.parse().expect("a header value"));
        with
    }

    /// Asks one question of `model`, whole.
    pub async fn ask(&self, model: &str, question: &str) -> Response {
        self.chat(&json!({
            "model": model, "messages": [{ "role": "user", "content": question }],
        }))
        .await
    }

    /// Asks one question of `model`, as a stream with usage.
    pub async fn ask_stream(&self, model: &str, question: &str) -> Response {
        self.chat(&json!({
            "model": model, "messages": [{ "role": "user", "content": question }],
            "stream": true, "stream_options": { "include_usage": true },
        }))
        .await
    }

    /// Sends a chat completion request.
    pub async fn chat(&self, body: &Value) -> Response {
        self.post("/v1/chat/completions", body.to_string()).await
    }

    /// Posts a JSON body, which need not be JSON.
    pub async fn post(&self, path: &str, body: impl Into<Bytes>) -> Response {
        self.send(Method::POST, path, body.into()).await
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// Sends one request on a connection of its own.
    pub async fn send(&self, method: Method, path: &str, body: Bytes) -> Response {
        let told = format!("{method} {path}");
        let sent = tokio::time::timeout(PATIENCE, self.exchange(method, path, body)).await;
        let sent = sent.unwrap_or_else(|_| panic!("{told}: no response within {PATIENCE:?}"));
        sent.unwrap_or_else(|error| panic!("{told}: {error}"))
    }

    /// Posts a JSON body for as long as nobody is there to take it.
    pub async fn post_until_taken(&self, path: &str, body: &Value) -> Response {
        let body = Bytes::from(body.to_string());
        let taken = async {
            loop {
                let sent = self.exchange(Method::POST, path, body.clone()).await;
                match sent {
                    Ok(response) => return response,
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        };
        let taken = tokio::time::timeout(PATIENCE, taken).await;
        taken.unwrap_or_else(|_| panic!("{path}: nobody is there within {PATIENCE:?}"))
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Response, Box<dyn Error + Send + Sync>> {
        let socket = TcpStream::connect(self.address).await?;
        socket
            .set_nodelay(true)
            .expect("a socket takes TCP_NODELAY");
        let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
        let connection = Connection(tokio::spawn(async move {
            // How a connection ended is seen by who reads the body.
            drop(connection.await);
        }));
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string());
        if !self.headers.contains_key("content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(body))
            .expect("a request that can be written");
        let response = sender.send_request(request).await?;
        let (head, body) = response.into_parts();
        Ok(Response {
            status: head.status,
            headers: head.headers,
            body,
            connection,
        })
    }

    /// Sends bytes as they are and reads until the server closes, or for `wait` at most.
    pub async fn raw(&self, bytes: &[u8], wait: Duration) -> String {
        let mut socket = TcpStream::connect(self.address)
            .await
            .expect("the server accepts");
        // The server may refuse before it has read everything.
        drop(socket.write_all(bytes).await);
        let mut read = Vec::new();
        drop(tokio::time::timeout(wait, socket.read_to_end(&mut read)).await);
        String::from_utf8_lossy(&read).into_owned()
    }
}

// === impl Response ===

impl Response {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("the header is text"))
    }

    /// A header that holds dollars.
    pub fn dollars(&self, name: &str) -> Option<Dollars> {
        self.header(name).map(Dollars::parse)
    }

    /// Fails the test unless the status is `status`, and shows the body when it does.
    pub async fn expect(self, status: u16) -> Self {
        if self.status.as_u16() == status {
            return self;
        }
        let told = format!("{} is not {status}: {:#?}", self.status, self.headers);
        panic!("{told}\n{}", self.text().await);
    }

    /// The whole body.
    pub async fn bytes(self) -> Bytes {
        let read = tokio::time::timeout(PATIENCE, self.body.collect()).await;
        let read = read.unwrap_or_else(|_| panic!("no end of the body within {PATIENCE:?}"));
        read.expect("the body is complete").to_bytes()
    }

    /// The whole body as text.
    pub async fn text(self) -> String {
        String::from_utf8(self.bytes().await.to_vec()).expect("the body is UTF-8")
    }

    /// The whole body as JSON.
    pub async fn json(self) -> Value {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// The text of a whole chat reply's only choice.
    pub async fn answer(self) -> String {
        let reply = self.expect(200).await.json().await;
        let content = &reply["choices"][0]["message"]["content"];
        content
            .as_str()
            .unwrap_or_else(|| panic!("no text in {reply}"))
            .to_owned()
    }

    /// The `error` object of a refusal, in OpenAI's shape: all four keys, and a type for each.
    pub async fn error(self, status: u16) -> Value {
        let content_type = self.header("content-type").map(str::to_owned);
        assert_eq!(content_type.as_deref(), Some("application/json"));
        let body = self.expect(status).await.json().await;
        let error = body["error"].clone();
        let keys: Vec<_> = error
            .as_object()
            .map_or_else(Vec::new, |error| error.keys().cloned().collect());
        assert_eq!(keys, ["message", "type", "param", "code"], "{body}");
        assert!(
            error["message"]
                .as_str()
                .is_some_and(|message| message.len() > 10),
            "{body}"
        );
        assert!(error["type"].is_string(), "{body}");
        assert!(
            error["param"].is_string() || error["param"].is_null(),
            "{body}"
        );
        assert!(
            error["code"].is_string() || error["code"].is_null(),
            "{body}"
        );
        error
    }

    /// The body as a stream of events.
    #[track_caller]
    pub fn stream(self) -> Stream {
        let content_type = self.header("content-type").unwrap_or_default();
        assert!(content_type.starts_with("text/event-stream"), "{self:?}");
        assert_eq!(
            self.header("content-encoding"),
            None,
            "a stream is never compressed"
        );
        Stream::new(self.body, self.connection)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}
