//! `GET /v1/models`: the names a client may ask for, in the words of its API.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use downshift_wire::{Model, ModelList, ModelPage};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::Shared;
use super::exchange::unknown_model;
use crate::layers::error_dialect;
use crate::rescue::{self, Rescue};

/// Who owns the names listed.
const OWNER: &str = "downshift";

/// The most of Anthropic's list in one page, and how many where its client does not say.
const LIMITS: (usize, usize) = (1000, 20);

/// What part of the list Anthropic's clients ask for.
#[derive(Debug, Deserialize)]
pub struct PageParameters {
    after_id: Option<String>,
    before_id: Option<String>,
    limit: Option<usize>,
}

/// Every name: the routed ones first, then the models themselves.
pub async fn list(
    State(shared): State<Shared>,
    headers: HeaderMap,
    parameters: Result<Query<PageParameters>, QueryRejection>,
) -> Response {
    let list = ModelList {
        data: names(&shared),
    };
    if !error_dialect::names_its_version(&headers) {
        return json(list.to_json());
    }
    match page(parameters) {
        Ok(page) => json(list.page(&page)),
        Err(rescue) => rescue.into_response(),
    }
}

fn page(parameters: Result<Query<PageParameters>, QueryRejection>) -> Result<ModelPage, Rescue> {
    let (most, unsaid) = LIMITS;
    let refused = |message: String| Rescue::new(rescue::INVALID_REQUEST, message);
    let Query(asked) = parameters.map_err(|error| {
        let told = error.body_text();
        refused(format!("ask as /v1/models?limit=20&after_id=…: {told}"))
    })?;
    let limit = asked.limit.unwrap_or(unsaid);
    if !(1..=most).contains(&limit) {
        let message = format!("`limit` is {limit}; send a number from 1 to {most}");
        return Err(refused(message).about("limit"));
    }
    Ok(ModelPage {
        after: asked.after_id,
        before: asked.before_id,
        limit,
    })
}

/// One name.
pub async fn retrieve(
    State(shared): State<Shared>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Path(id) = match id {
        Ok(id) => id,
        Err(error) => return Rescue::path(&error).into_response(),
    };
    if shared.router.knows(&id) {
        let model = named(&id);
        return json(if error_dialect::names_its_version(&headers) {
            model.to_anthropic_json()
        } else {
            model.to_json()
        });
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
