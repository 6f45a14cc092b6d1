//! `GET /v1/models`: the names a client may ask for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use downshift_wire::{Model, ModelList};
use http::header::CONTENT_TYPE;

use super::Shared;
use super::chat::unknown_model;

/// Who owns the names listed.
const OWNER: &str = "downshift";

/// Every name: the routed ones first, then the models themselves.
pub async fn list(State(shared): State<Shared>) -> Response {
    json(
        ModelList {
            data: names(&shared),
        }
        .to_json(),
    )
}

/// One name.
pub async fn retrieve(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    match names(&shared).iter().find(|model| model.id == id) {
        Some(model) => json(model.to_json()),
        None => unknown_model(&shared, &id).into_response(),
    }
}

/// A wildcard is no name one can ask for, so those are left out.
fn names(shared: &Shared) -> Vec<Model> {
    let config = &shared.router.loaded.config;
    let routed = config
        .route
        .iter()
        .filter(|name| !name.contains(['*', '?']));
    let named = routed.chain(config.models.keys());
    named
        .map(|id| Model {
            id: id.clone(),
            created: 0,
            owned_by: OWNER.to_owned(),
        })
        .collect()
}

fn json(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
