//! The operator's side: metrics, health, and why a request went where it went.

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use super::dialect::decode_any;
use super::exchange::unknown_model;
use crate::explain::{Circumstances, Explainer};
use crate::model::Model;
use crate::rescue::{self, Rescue};

/// The Prometheus text format this serves.
const TEXT_FORMAT: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What `GET /explain` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainParameters {
    /// The query.
    query: String,
    /// The caller's zone.
    timezone: Option<String>,
}

/// What Prometheus scrapes.
pub async fn metrics(State(shared): State<Shared>) -> Response {
    let metrics = &shared.router.metrics;
    for model in shared.router.models.values() {
        model.report(metrics.upstreams());
    }
    match metrics.encode() {
        Ok(page) => {
            let mut response = Response::new(Body::from(page));
            response.headers_mut().insert(CONTENT_TYPE, TEXT_FORMAT);
            response
        }
        Err(error) => Rescue::new(rescue::INTERNAL, error.to_string()).into_response(),
    }
}

/// The process runs.
pub async fn healthz() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// How each model is: whether it is asked, its servers' circuits, and what failed last.
pub async fn models(State(shared): State<Shared>) -> Json<serde_json::Value> {
    let models = shared.router.models.values();
    Json(json!({ "models": models.map(Model::health).collect::<Vec<_>>() }))
}

/// The process can take requests: the classifier answers and it is not shutting down.
pub async fn readyz(State(shared): State<Shared>) -> Response {
    let verdict = shared
        .router
        .classifier
        .classify("what time is it".to_owned())
        .await;
    match verdict {
        Ok(_) if !shared.draining.is_draining() => {
            Json(json!({ "status": "ready" })).into_response()
        }
        Ok(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "status": "draining" })),
        )
            .into_response(),
        Err(error) => {
            let body = json!({ "status": "not ready", "reason": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

/// The decision on one query.
pub async fn explain(
    State(shared): State<Shared>,
    parameters: Result<Query<ExplainParameters>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Query(ExplainParameters { query, timezone }) = match parameters {
        Ok(parameters) => parameters,
        Err(error) => {
            let message = format!(
                "ask as /explain?query=…&timezone=Europe/London: {}",
                error.body_text()
            );
            return Rescue::new(rescue::INVALID_REQUEST, message).into_response();
        }
    };
    let zone = match timezone.as_deref().map(TimeZone::get).transpose() {
        Ok(zone) => zone,
        Err(error) => {
            return Rescue::new(rescue::INVALID_REQUEST, error.to_string())
                .about("timezone")
                .into_response();
        }
    };
    Json(
        Explainer::new(&shared.router)
            .explain(&query, &Circumstances { zone, now: None })
            .await,
    )
    .into_response()
}

/// The decision on a whole request, of any API that clients speak.
pub async fn explain_body(State(shared): State<Shared>, body: Bytes) -> Response {
    match decode_any(body) {
        Ok(request) if !shared.router.knows(&request.model) => {
            unknown_model(&shared, &request.model).into_response()
        }
        Ok(request) => {
            let subject = crate::subject::Subject::of(&request).text;
            Json(
                Explainer::new(&shared.router)
                    .explain_request(&subject, request, &Circumstances::default())
                    .await,
            )
            .into_response()
        }
        Err(error) => Rescue::invalid(&error).into_response(),
    }
}
