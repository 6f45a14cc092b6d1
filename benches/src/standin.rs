//! A model that replies at once with bytes made beforehand, so that what is measured is not its own work.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use downshift_tests::{Script, Spoken};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// Words in its streams, and so chunks.
const WORDS: usize = 100;

/// A stand-in on a thread of its own.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
}

/// The two replies it knows.
#[derive(Debug, Clone)]
struct Replies {
    whole: Bytes,
    stream: Vec<Bytes>,
}

/// A reply made of ready pieces, each a write of its own.
struct Pieces(std::vec::IntoIter<Bytes>);

// === impl StandIn ===

impl StandIn {
    /// Starts on a free port, on a thread of its own.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener
            .set_nonblocking(true)
            .expect("a listener that does not block");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(accept(listener));
        });
        Self { address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands in a policy's `base_url`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

async fn accept(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let script = Script::says(&"word ".repeat(WORDS));
    let events = script.events(Spoken::Chat, "standin", true);
    let replies = Replies {
        whole: script.whole(Spoken::Chat, "standin").into(),
        stream: events
            .into_iter()
            .map(Bytes::from)
            .chain([Bytes::from_static(b"data: [DONE]\n\n")])
            .collect(),
    };
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        socket
            .set_nodelay(true)
            .expect("a socket takes TCP_NODELAY");
        tokio::spawn(serve(socket, replies.clone()));
    }
}

async fn serve(socket: TcpStream, replies: Replies) {
    let service = service_fn(move |request| respond(request, replies.clone()));
    // The client closes the connection when the bench has ended.
    drop(
        http1::Builder::new()
            .serve_connection(TokioIo::new(socket), service)
            .await,
    );
}

async fn respond(
    request: Request<Incoming>,
    replies: Replies,
) -> Result<Response<Pieces>, Infallible> {
    let body = request
        .into_body()
        .collect()
        .await
        .expect("a whole request")
        .to_bytes();
    let streams = body.windows(13).any(|window| window == b"\"stream\":true");
    let (content_type, pieces) = if streams {
        ("text/event-stream", replies.stream)
    } else {
        ("application/json", vec![replies.whole])
    };
    let response = Response::builder().header("content-type", content_type);
    Ok(response
        .body(Pieces(pieces.into_iter()))
        .expect("a response"))
}

// === impl Pieces ===

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.len() == 0
    }

    fn size_hint(&self) -> SizeHint {
        match self.0.as_slice() {
            [only] => SizeHint::with_exact(only.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
