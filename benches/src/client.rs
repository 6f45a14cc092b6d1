//! One keep-alive connection that asks the same thing over and over.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One connection to one address.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
}

// === impl Client ===

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address)
            .await
            .expect("the server accepts");
        socket
            .set_nodelay(true)
            .expect("a socket takes TCP_NODELAY");
        let handshake = http1::handshake(TokioIo::new(socket)).await;
        let (sender, connection) = handshake.expect("a connection takes requests");
        tokio::spawn(async move {
            connection
                .await
                .expect("the connection lasts as long as the bench");
        });
        Self { address, sender }
    }

    /// Posts `body` and reads the reply to its end; gives the time to its first byte, and to its last.
    pub async fn post(&mut self, body: &Bytes) -> (Duration, Duration) {
        let request = Request::post("/v1/chat/completions")
            .header("host", self.address.to_string())
            .header("content-type", "application/json")
            .body(Full::new(body.clone()))
            .expect("a request that can be written");
        let asked = Instant::now();
        self.sender.ready().await.expect("the connection is open");
        let response = self
            .sender
            .send_request(request)
            .await
            .expect("the server responds");
        assert!(response.status().is_success(), "{response:?}");
        let mut body = response.into_body();
        let mut first = None;
        while let Some(frame) = body.frame().await {
            frame.expect("the reply is complete");
            first.get_or_insert_with(|| asked.elapsed());
        }
        let last = asked.elapsed();
        (first.unwrap_or(last), last)
    }
}
