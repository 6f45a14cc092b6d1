//! What the two listeners serve: clients on the public one, operators on the other.

pub mod admin;
pub mod chat;
pub mod completions;
pub mod dashboard;
mod dialect;
pub mod embeddings;
mod exchange;
mod forwarding;
pub mod messages;
pub mod models;
mod multipart;
pub mod passthrough;
mod references;
pub mod requests;
pub mod responses;
mod upload;

pub(crate) use self::dialect::decode_any;

use std::sync::Arc;

use axum::Router as Routes;
use axum::routing::{any, get, post};
use http::{Method, Uri};

pub use self::references::Items;
use crate::rescue::{self, Rescue};
use crate::router::Router;
use crate::serve::Draining;
use crate::stack::Ladder;

/// What every endpoint is given.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The policy and everything it names.
    pub router: Arc<Router>,
    /// The ladder.
    pub ladder: Ladder,
    /// What responses said, for those who name it by its id.
    pub items: Arc<Items>,
    /// Whether the server has been asked to stop.
    pub draining: Draining,
}

/// The client's side.
pub fn public(shared: Shared) -> Routes {
    Routes::new()
        .route("/v1/chat/completions", post(chat::complete))
        .route("/v1/completions", post(completions::complete))
        .route("/v1/messages", post(messages::create))
        .route("/v1/messages/count_tokens", post(messages::count_tokens))
        .route("/v1/responses", post(responses::create))
        .route("/v1/models", get(models::list))
        .route("/v1/embeddings", post(embeddings::embed))
        .route(
            "/v1/models/{*id}",
            get(models::retrieve).delete(passthrough::pass),
        )
        // Every other path of the API is the provider's to answer.
        .route("/v1/{*path}", any(passthrough::pass))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(shared)
}

/// The operator's side.
pub fn admin(shared: Shared) -> Routes {
    Routes::new()
        .route("/metrics", get(admin::metrics))
        .route("/healthz", get(admin::healthz))
        .route("/readyz", get(admin::readyz))
        .route("/models", get(admin::models))
        .route("/explain", get(admin::explain).post(admin::explain_body))
        .route("/requests", get(requests::list))
        .route("/requests/{id}", get(requests::request))
        .route("/report", get(requests::report))
        .route("/", get(dashboard::root))
        .route("/dashboard", get(dashboard::page))
        .route("/dashboard/policy", get(dashboard::policy))
        .route("/dashboard/timeline", get(dashboard::timeline))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(shared)
}

async fn not_found(method: Method, uri: Uri) -> Rescue {
    let path = uri.path();
    Rescue::new(
        rescue::NOT_FOUND,
        format!("there is no {method} {path} here; see the README for what is served"),
    )
}

async fn method_not_allowed(method: Method, uri: Uri) -> Rescue {
    let path = uri.path();
    Rescue::new(
        rescue::METHOD_NOT_ALLOWED,
        format!("{path} does not take {method}"),
    )
}
