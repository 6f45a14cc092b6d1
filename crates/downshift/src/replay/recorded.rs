//! Upstreams that say what was recorded, and count what they are asked: hides their HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{Router as Routes, post};
use bytes::Bytes;
use downshift_wire::ErrorBody;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::log::Log;

/// Every model of a log, each below a path of its own; stopped when it is dropped.
#[derive(Debug)]
pub struct Recorded {
    address: SocketAddr,
    stage: Arc<Stage>,
    task: JoinHandle<()>,
}

/// What one model was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Calls that were replied to.
    pub calls: u64,
    /// Tokens of their prompts.
    pub input_tokens: u64,
    /// Tokens of their replies.
    pub output_tokens: u64,
    /// Calls for which nothing was recorded.
    pub missing: u64,
    /// Calls that were replied to with what another model had said, since nothing was recorded of this one.
    pub assumed: u64,
}

#[derive(Debug)]
struct Stage {
    log: Arc<Log>,
    /// Models that are taken to say what another said, where nothing was recorded of them.
    assuming: BTreeSet<String>,
    counts: Mutex<BTreeMap<String, Counts>>,
}

/// What is read of a call.
#[derive(Deserialize)]
struct Call {
    model: String,
    #[serde(default)]
    user: String,
}

// === impl Recorded ===

impl Recorded {
    /// Listens on a free port of loopback. Models of which nothing was recorded refuse.
    pub async fn start(log: Arc<Log>) -> io::Result<Self> {
        Self::assuming(log, BTreeSet::new()).await
    }

    /// The same; of `models` it is assumed that they say what the record assumes, where nothing was recorded.
    pub async fn assuming(log: Arc<Log>, models: BTreeSet<String>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let stage = Arc::new(Stage {
            log,
            assuming: models,
            counts: Mutex::default(),
        });
        let routes = Routes::new()
            .route("/{model}/v1/chat/completions", post(reply))
            .with_state(stage.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the recorded upstreams stopped");
            }
        });
        Ok(Self {
            address,
            stage,
            task,
        })
    }

    /// Where they listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands in a policy's `base_url` for the model of that name.
    pub fn base_url(&self, model: &str) -> String {
        format!("http://{}/{model}/v1", self.address)
    }

    /// What each model was asked so far, by the name in its path.
    pub fn counts(&self) -> BTreeMap<String, Counts> {
        let counts = self.stage.counts.lock();
        counts.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// === impl Stage ===

impl Stage {
    fn count(&self, model: &str, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        change(counts.entry(model.to_owned()).or_default());
    }
}

async fn reply(State(stage): State<Arc<Stage>>, Path(name): Path<String>, body: Bytes) -> Response {
    let Ok(call) = serde_json::from_slice::<Call>(&body) else {
        return refusal("this is no chat request".to_owned());
    };
    let record = stage.log.get(&call.user);
    let known = record.and_then(|record| record.reply(&name, &call.model));
    let assumed = record
        .filter(|_| known.is_none() && stage.assuming.contains(&name))
        .and_then(|record| record.assumed.as_ref());
    let Some(recorded) = known.or(assumed) else {
        stage.count(&name, |counts| counts.missing += 1);
        return refusal(format!(
            "nothing was recorded of `{name}` for `{}`",
            call.user
        ));
    };
    stage.count(&name, |counts| {
        counts.calls += 1;
        counts.assumed += u64::from(assumed.is_some());
        counts.input_tokens += recorded.input_tokens;
        counts.output_tokens += recorded.output_tokens;
    });
    Json(json!({
        "id": format!("recorded-{}", call.user),
        "object": "chat.completion",
        "created": 0,
        "model": call.model,
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": recorded.text },
            "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": recorded.input_tokens,
            "completion_tokens": recorded.output_tokens,
            "total_tokens": recorded.input_tokens + recorded.output_tokens,
        },
    }))
    .into_response()
}

fn refusal(message: String) -> Response {
    let body = ErrorBody {
        message,
        kind: "invalid_request_error",
        param: None,
        code: None,
    };
    let head = [(CONTENT_TYPE, "application/json")];
    (StatusCode::UNPROCESSABLE_ENTITY, head, body.to_json()).into_response()
}
