//! Scripted models: hides an OpenAI-compatible server that replies from the demo's list.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router as Routes};
use bytes::Bytes;
use downshift_ledger::estimate_tokens;
use downshift_wire::{ChatRequest, ErrorBody, Role, Usage, sse};
use futures_util::{Stream, StreamExt, stream};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::script::{LARGE, Line};

/// What a stand-in says to a query that is not on the list.
const UNSCRIPTED: &str = "This is a stand-in; it has no script for that.";

/// The id of every reply.
const ID: &str = "chatcmpl-stand-in";

/// Where in a request's `metadata` stands what is to go wrong: `<stand-in>:<mishap>`.
pub(super) const CUE: &str = "stand_in";

/// Longer than any client waits.
const FOREVER: Duration = Duration::from_hours(1);

/// The log-probability of each token of a reply that its model is sure of, and of one that it is not.
const SURE: f64 = -0.02;
const UNSURE: f64 = -2.3;

/// Stand-ins that listen on loopback until they are dropped.
#[derive(Debug)]
pub struct StandIns {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// What goes wrong at a stand-in. A request says so itself, in the `metadata` that it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// It answers 503.
    Unavailable,
    /// It never answers.
    Hangs,
    /// It is not sure of its reply.
    Unsure,
}

#[derive(Debug)]
struct Stage {
    replies: HashMap<&'static str, String>,
    hurry: bool,
}

/// The part of a request that tells a stand-in what is to go wrong.
#[derive(Deserialize)]
struct Cue {
    metadata: Option<HashMap<String, String>>,
}

/// A reply that is about to be given.
struct Speech {
    model: String,
    text: String,
    usage: Usage,
    /// The log-probability of each of its tokens, where they were asked for.
    logprob: Option<f64>,
}

// === impl StandIns ===

impl StandIns {
    /// Listens on a free port of loopback. In a `hurry`, nobody takes time to think.
    pub async fn start(hurry: bool) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let lines = Line::all().into_iter();
        let stage = Stage {
            replies: lines.map(|line| (line.query, line.reply)).collect(),
            hurry,
        };
        let routes = Routes::new()
            .route("/{model}/v1/chat/completions", post(reply))
            .with_state(Arc::new(stage));
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the stand-ins stopped");
            }
        });
        Ok(Self { address, task })
    }

    /// Where they listen; each model has a path of its own.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// === impl Mishap ===

impl Mishap {
    const ALL: [Self; 3] = [Self::Unavailable, Self::Hangs, Self::Unsure];

    /// Its name in a request's metadata.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Hangs => "hangs",
            Self::Unsure => "unsure",
        }
    }

    /// What the request says is to go wrong at `model`.
    fn cued(body: &[u8], model: &str) -> Option<Self> {
        let cue = serde_json::from_slice::<Cue>(body).ok()?;
        let metadata = cue.metadata?;
        let (at, label) = metadata.get(CUE)?.split_once(':')?;
        let cued = Self::ALL.into_iter().find(|mishap| mishap.label() == label);
        cued.filter(|_| at == model)
    }
}

// === impl Speech ===

impl Speech {
    fn new(stage: &Stage, model: String, request: &ChatRequest, sure: bool) -> Self {
        let asked = request.messages.iter();
        let prompt = asked.map(|message| message.content.text().into_owned());
        let prompt = prompt.collect::<Vec<_>>().join("\n");
        let users = request.messages.iter().rev();
        let newest = users.clone().find(|message| message.role == Role::User);
        let newest = newest.map(|message| message.content.text().into_owned());
        let reply = newest.and_then(|query| stage.replies.get(&*query).cloned());
        let text = reply
            .filter(|reply| !reply.is_empty())
            .unwrap_or_else(|| UNSCRIPTED.to_owned());
        let usage = Usage {
            input: estimate_tokens(&prompt),
            output: estimate_tokens(&text),
            ..Usage::default()
        };
        Self {
            model,
            text,
            usage,
            logprob: request.logprobs.then_some(if sure { SURE } else { UNSURE }),
        }
    }

    /// How long the model seems to think before its first token.
    fn thinks(&self) -> Duration {
        let size = if self.model == LARGE { 5 } else { 1 };
        Duration::from_millis(size * (60 + self.usage.input * 3 + self.usage.output % 40))
    }

    /// How long each piece of the reply seems to take.
    fn pause(&self) -> Duration {
        Duration::from_millis(if self.model == LARGE { 14 } else { 5 })
    }

    fn pieces(&self) -> impl Iterator<Item = &str> {
        self.text.split_inclusive(' ')
    }

    fn logprobs(&self, pieces: &[&str]) -> Value {
        let Some(logprob) = self.logprob else {
            return Value::Null;
        };
        let tokens = pieces.iter().map(|piece| {
            json!({ "token": piece, "logprob": logprob, "bytes": piece.as_bytes(), "top_logprobs": [] })
        });
        json!({ "content": tokens.collect::<Vec<_>>(), "refusal": null })
    }

    fn whole(&self) -> Value {
        let pieces: Vec<&str> = self.pieces().collect();
        json!({
            "id": ID, "object": "chat.completion", "created": 0, "model": self.model,
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": self.text, "refusal": null },
                "logprobs": self.logprobs(&pieces),
                "finish_reason": "stop",
            }],
            "usage": self.usage,
        })
    }

    /// The data of every event but `[DONE]`.
    fn chunks(&self, include_usage: bool) -> Vec<Value> {
        let chunk = |choices: Value| {
            json!({
                "id": ID, "object": "chat.completion.chunk", "created": 0, "model": self.model,
                "choices": choices,
            })
        };
        let choice = |delta: Value, logprobs: Value, end: Option<&str>| {
            chunk(
                json!([{ "index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": end }]),
            )
        };
        let mut chunks = vec![choice(
            json!({ "role": "assistant", "content": "" }),
            Value::Null,
            None,
        )];
        chunks.extend(
            self.pieces()
                .map(|piece| choice(json!({ "content": piece }), self.logprobs(&[piece]), None)),
        );
        chunks.push(choice(json!({}), Value::Null, Some("stop")));
        if include_usage {
            let mut last = chunk(json!([]));
            last["usage"] = json!(self.usage);
            chunks.push(last);
        }
        chunks
    }
}

async fn reply(
    State(stage): State<Arc<Stage>>,
    Path(model): Path<String>,
    body: Bytes,
) -> Response {
    let mishap = Mishap::cued(&body, &model);
    let request = match ChatRequest::decode(body) {
        Ok(request) => request,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match mishap {
        Some(Mishap::Hangs) => tokio::time::sleep(FOREVER).await,
        Some(Mishap::Unavailable) => {
            let message = format!("{model} is down, as the demo's script wants it");
            return refusal(StatusCode::SERVICE_UNAVAILABLE, message);
        }
        Some(Mishap::Unsure) | None => {}
    }
    let sure = mishap != Some(Mishap::Unsure);
    let speech = Speech::new(&stage, model, &request, sure);
    let (thinks, pause) = if stage.hurry {
        (Duration::ZERO, Duration::ZERO)
    } else {
        (speech.thinks(), speech.pause())
    };
    tokio::time::sleep(thinks).await;
    if request.stream {
        let events = events(speech.chunks(request.include_usage), pause);
        let head = [(CONTENT_TYPE, "text/event-stream")];
        return (head, Body::from_stream(events)).into_response();
    }
    let pieces = u32::try_from(speech.pieces().count()).unwrap_or(u32::MAX);
    tokio::time::sleep(pause.saturating_mul(pieces)).await;
    Json(speech.whole()).into_response()
}

fn events(chunks: Vec<Value>, pause: Duration) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let spoken = stream::iter(chunks).then(move |chunk| async move {
        tokio::time::sleep(pause).await;
        Ok(sse::data(chunk.to_string().as_bytes()))
    });
    spoken.chain(stream::iter([Ok(Bytes::from_static(sse::DONE))]))
}

fn refusal(status: StatusCode, message: String) -> Response {
    let body = ErrorBody {
        message,
        kind: "server_error",
        param: None,
        code: None,
    };
    let head = [(CONTENT_TYPE, "application/json")];
    (status, head, body.to_json()).into_response()
}
