//! A model's server that does what a test tells it, and remembers what was done to it.

mod body;
mod state;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use self::body::ReplyBody;
use self::state::State;
use crate::script::{Fault, Script, Spoken};

/// How long a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A scripted upstream; stops when it is dropped, and fails the test if it panicked.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Bytes,
    /// When it had been read.
    pub at: Instant,
}

/// What the upstream counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Calls that were read.
    pub calls: u64,
    /// Replies that said what they used.
    pub reported: u64,
    /// Prompt tokens they said.
    pub input: u64,
    /// Those of them that came from a cache.
    pub cached: u64,
    /// Completion tokens they said.
    pub output: u64,
    /// Calls whose client left before the reply had ended.
    pub left: u64,
}

// === impl Upstream ===

impl Upstream {
    /// Starts on a free port; every call follows `script` unless [`Upstream::then`] says otherwise.
    pub async fn start(script: Script) -> Self {
        Self::bind(SocketAddr::from(([127, 0, 0, 1], 0)), script).await
    }

    /// Starts on an address of the caller's choice.
    pub async fn bind(address: SocketAddr, script: Script) -> Self {
        let listener = TcpListener::bind(address)
            .await
            .expect("the upstream binds");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let state = Arc::new(State::new(script));
        let accepting = tokio::spawn(accept(listener, state.clone()));
        Self {
            address,
            state,
            accepting,
        }
    }

    /// A base URL at which nothing listens.
    pub async fn nowhere() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        format!("http://{address}/v1")
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands in a policy's `base_url`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The next call follows `script`; said again, the one after it.
    pub fn then(&self, script: Script) -> &Self {
        self.state.push(script);
        self
    }

    /// From now on every call follows `script`.
    pub fn always(&self, script: Script) -> &Self {
        self.state.always(script);
        self
    }

    /// Every call for `model` follows `script`.
    pub fn for_model(&self, model: &str, script: Script) -> &Self {
        self.state.by_model(model, script);
        self
    }

    /// Every request so far.
    pub fn calls(&self) -> Vec<Recorded> {
        self.state.calls()
    }

    /// The only request so far.
    #[track_caller]
    pub fn only_call(&self) -> Recorded {
        let mut calls = self.calls();
        assert_eq!(
            calls.len(),
            1,
            "the upstream was to be called once: {calls:#?}"
        );
        calls.remove(0)
    }

    /// What it counted by itself.
    pub fn counted(&self) -> Counted {
        self.state.counted()
    }

    /// Waits until it was called `calls` times.
    pub async fn called(&self, calls: u64) {
        self.until(|counted| counted.calls >= calls, "it was not called")
            .await;
    }

    /// Waits until a client left before its reply had ended; says when.
    pub async fn left(&self) -> Instant {
        self.until(|counted| counted.left > 0, "its client never left")
            .await;
        self.state.left_at().expect("a client left")
    }

    async fn until(&self, reached: impl Fn(Counted) -> bool, otherwise: &str) {
        let waited = async {
            while !reached(self.counted()) {
                self.state.changed().await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waited).await;
        assert!(
            waited.is_ok(),
            "the upstream waited {PATIENCE:?}: {otherwise}"
        );
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.accepting.abort();
        let panics = self.state.panics();
        let quiet = panics.is_empty() || std::thread::panicking();
        assert!(quiet, "the upstream itself panicked: {panics:?}");
    }
}

// === impl Recorded ===

impl Recorded {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the router sends JSON upstream")
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("the header is text"))
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            return;
        };
        let state = state.clone();
        tokio::spawn(async move {
            let serving = tokio::spawn(serve(socket, state.clone()));
            if let Err(error) = serving.await {
                state.panicked(error.to_string());
            }
        });
    }
}

async fn serve(socket: TcpStream, state: Arc<State>) {
    socket
        .set_nodelay(true)
        .expect("a socket takes TCP_NODELAY");
    let service = service_fn(move |request| {
        let state = state.clone();
        async move { respond(request, state).await }
    });
    // An error here is a fault that was asked for, or a client that left.
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
    drop(served);
}

async fn respond(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<ReplyBody>, std::io::Error> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    };
    let call = Recorded {
        method: head.method,
        path: head.uri.to_string(),
        headers: head.headers,
        body: body.to_bytes(),
        at: Instant::now(),
    };
    if let Some(reply) = control(&call, &state) {
        return Ok(reply);
    }
    let script = state.record(call.clone());
    let watch = state.watch();
    tokio::time::sleep(Duration::from_millis(script.first_ms)).await;
    match script.fault {
        Some(Fault::Hang) => {
            std::future::pending::<Infallible>().await;
        }
        Some(Fault::Reset) => {
            watch.ended();
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        _ => {}
    }
    Ok(reply(&script, &call, watch))
}

fn reply(script: &Script, call: &Recorded, watch: state::Watch) -> Response<ReplyBody> {
    let asked: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    let requested = asked["model"].as_str().unwrap_or_default();
    let spoken = Spoken::at(&call.path);
    let streams = asked["stream"] == true && script.body.is_none();
    let mut response = Response::builder().status(script.status);
    for (name, value) in &script.headers {
        response = response.header(name, value);
    }
    let (content_type, body) = if let Some(body) = &script.body {
        (
            script.content_type.as_str(),
            ReplyBody::whole(body.clone(), watch),
        )
    } else if streams {
        let asked_for = asked["stream_options"]["include_usage"] == true;
        let include_usage = asked_for || matches!(spoken, Spoken::Messages | Spoken::Responses);
        let body = ReplyBody::stream(script, (spoken, requested), include_usage, watch);
        ("text/event-stream", body)
    } else {
        watch.uses(script.usage);
        let body = ReplyBody::whole(script.whole(spoken, requested), watch);
        ("application/json", body)
    };
    response
        .header("content-type", content_type)
        .body(body)
        .expect("a script has valid headers")
}

/// The test's own side channel, for suites in other languages: `POST /script` takes a
/// [`Script`] for the next call, `GET /counted` tells what was counted.
fn control(call: &Recorded, state: &Arc<State>) -> Option<Response<ReplyBody>> {
    let told = match (call.method.as_str(), call.path.as_str()) {
        ("POST", "/script") => {
            let script = serde_json::from_slice(&call.body).expect("a script that parses");
            state.push(script);
            json!({})
        }
        ("GET", "/counted") => {
            let counted = state.counted();
            json!({
                "calls": counted.calls, "input": counted.input,
                "cached": counted.cached, "output": counted.output, "left": counted.left,
            })
        }
        ("GET", "/last") => {
            let call = state.calls().pop()?;
            let text =
                |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            let headers = call
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)));
            json!({
                "path": call.path, "headers": headers.collect::<std::collections::BTreeMap<_, _>>(),
                "body": call.json(),
            })
        }
        _ => return None,
    };
    let watch = state.watch();
    Some(Response::new(ReplyBody::whole(told.to_string(), watch)))
}
