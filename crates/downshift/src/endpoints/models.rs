//! `GET /v1/models`: the names a client may ask for.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use downshift_wire::{Model, ModelList};
use http::header::CONTENT_TYPE;

use super::Shared;
use super::exchange::unknown_model;
use crate::rescue::Rescue;

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
pub async fn retrieve(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Path(id) = match id {
        Ok(id) => id,
        Err(error) => return Rescue::path(&error).into_response(),
    };
    if shared.router.knows(&id) {
        return json(named(&id).to_json());
    }
    unknown_model(&shared, &id).into_response()
}

/// A wildcard is no name one can ask for, so those are left out.
fn names(shared: &Shared) -> Vec<Model> {
    let config = &shared.router.loaded.config;
    let routed = config
        .route
        .iter()
        .filter(|name| !name.contains(['*', '?']));
    routed
        .chain(config.models.keys())
        .map(|id| named(id))
        .collect()
}

fn named(id: &str) -> Model {
    Model {
        id: id.to_owned(),
        created: 0,
        owned_by: OWNER.to_owned(),
    }
}

fn json(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
