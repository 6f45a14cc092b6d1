//! The one who asks: sends the script's requests to the router over HTTP, and hands on each entry.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use downshift_ledger::{Entry, History};
use downshift_upstream::{Call, Client, ClientConfig, Endpoint, Error, Reply, Upstream};
use downshift_wire::ChatRequest;
use futures_util::{Stream, StreamExt, stream};
use http::HeaderMap;
use serde_json::json;
use tokio::time::Instant;

use super::script::{Request, Script};
use super::stand_in::CUE;
use crate::headers;

/// Requests that are under way at the same time.
const AT_ONCE: usize = 32;

/// A request whose caller has left is booked when the server notices.
const NOTICED: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Whether requests are sent at their time, or as soon as there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At their time.
    Steady,
    /// As soon as there is room.
    Hurried,
}

/// A client of the router.
#[derive(Debug, Clone)]
pub struct Visitor {
    router: Upstream,
    history: History,
    pace: Pace,
}

/// A request with what became of it.
#[derive(Debug)]
pub struct Asked {
    /// What was asked.
    pub query: &'static str,
    /// Its entry in the ledger; `None` for a request that never reached it.
    pub entry: Option<Arc<Entry>>,
}

// === impl Visitor ===

impl Visitor {
    /// A client of the router that listens on `address` and books into `history`.
    pub fn new(address: SocketAddr, history: History, pace: Pace) -> Result<Self, Error> {
        let client = Client::new(&ClientConfig::default())?;
        let endpoint = Endpoint {
            name: "downshift".into(),
            base_url: format!("http://{address}/v1"),
            model: "auto".to_owned(),
            ..Endpoint::default()
        };
        Ok(Self {
            router: Upstream::new(&client, endpoint)?,
            history,
            pace,
        })
    }

    /// Sends every request; they come back in the order in which they end.
    pub fn visit(
        &self,
        script: Script,
    ) -> impl Stream<Item = Result<Asked, downshift_wire::Error>> {
        let start = Instant::now();
        let asking = stream::iter(script.requests).map(move |request| {
            let visitor = self.clone();
            async move {
                if visitor.pace == Pace::Steady {
                    tokio::time::sleep_until(start + request.at).await;
                }
                let id = visitor.ask(&request).await?;
                let entry = match id {
                    Some(id) => visitor.entry(&id).await,
                    None => None,
                };
                let query = request.query;
                Ok(Asked { query, entry })
            }
        });
        asking.buffer_unordered(AT_ONCE)
    }

    /// Sends one request and reads its reply; gives the id that the router gave it.
    async fn ask(&self, request: &Request) -> Result<Option<String>, downshift_wire::Error> {
        let call = Call {
            request: Arc::new(ChatRequest::decode(body(request).into())?),
            headers: HeaderMap::new(),
            request_id: String::new(),
            end: None,
        };
        let id = |headers: &HeaderMap| {
            let id = headers.get(headers::ID)?;
            id.to_str().ok().map(str::to_owned)
        };
        match self.router.call(call).await {
            Ok(Reply::Whole(whole)) => Ok(id(&whole.headers)),
            Ok(Reply::Stream(mut streaming)) => {
                let id = id(&streaming.headers);
                while let Some(Ok(chunk)) = streaming.chunks.next().await {
                    if request.leaves && !chunk.text.is_empty() {
                        break;
                    }
                }
                Ok(id)
            }
            Err(error) => Ok(error.headers().and_then(id)),
        }
    }

    async fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        let noticed = async {
            loop {
                if let Ok(Some(entry)) = self.history.get(id).await {
                    return entry;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        tokio::time::timeout(NOTICED, noticed).await.ok()
    }
}

fn body(request: &Request) -> String {
    let mut body = json!({
        "model": "auto",
        "messages": [{ "role": "user", "content": request.query }],
    });
    if request.stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
    }
    if let Some((model, mishap)) = request.mishap {
        body["metadata"] = json!({ CUE: format!("{model}:{}", mishap.label()) });
    }
    body.to_string()
}
