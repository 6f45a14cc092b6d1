//! The operator's page: hides how one HTML file, its style and its script become one response.
//!
//! The page asks `/report`, `/requests` and the two addresses here, and nothing outside this port.

use std::sync::LazyLock;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use downshift_ledger::Span;
use downshift_policy::{AnswerConfig, IntentConfig};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Shared;
use super::requests::unread;
use crate::clock;
use crate::config::ModelConfig;
use crate::model::Model;

const PAGE: &str = include_str!("../dashboard/page.html");
const STYLE: &str = include_str!("../dashboard/style.css");
const SCRIPT: &str = include_str!("../dashboard/script.js");

/// The page, and the policy under which a browser shows it: what is inlined, and this origin.
static DASHBOARD: LazyLock<(String, String)> = LazyLock::new(|| {
    let page = PAGE
        .replace("/*style*/", STYLE)
        .replace("/*script*/", SCRIPT);
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'",
        hash(STYLE),
        hash(SCRIPT),
    );
    (page, policy)
});

/// What `GET /dashboard/timeline` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineParameters {
    span: Span,
}

/// Whoever comes to the port's root means the page.
pub async fn root() -> Redirect {
    Redirect::temporary("/dashboard")
}

/// The page.
pub async fn page() -> Response {
    let (page, policy) = &*DASHBOARD;
    let head = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (head, Html(page.as_str())).into_response()
}

/// What changes with a policy alone: who may answer what, and at which price.
pub async fn policy(State(shared): State<Shared>) -> Json<Value> {
    let router = &shared.router;
    let config = &router.loaded.config;
    let models = config
        .models
        .iter()
        .map(|(name, model)| model_row(name, model, router.models.get(name.as_str())));
    let intents = config
        .intents
        .iter()
        .map(|(name, intent)| intent_row(name, intent));
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "now": clock::now(),
        "notice": config.notice,
        "draining": shared.draining.is_draining(),
        "file": router.loaded.file,
        "llm": config.llm,
        "route": config.route,
        "rules": config.rules.len(),
        "models": models.collect::<Vec<_>>(),
        "intents": intents.collect::<Vec<_>>(),
    }))
}

/// Cost by time, against the baseline.
pub async fn timeline(
    State(shared): State<Shared>,
    parameters: Result<Query<TimelineParameters>, QueryRejection>,
) -> Response {
    let span = match parameters {
        Ok(Query(TimelineParameters { span })) => span,
        Err(error) => return unread("/dashboard/timeline?span=hour", &error).into_response(),
    };
    let now = clock::now();
    let router = &shared.router;
    let kept = match &router.store {
        Some(store) => store.timeline(span, now).await.ok(),
        None => None,
    };
    // Without a store, or while it is away, what this process has seen.
    let points = kept.unwrap_or_else(|| router.timeline.points(span, now));
    Json(json!({
        "span": span,
        "step_seconds": span.step(),
        "until": now.as_second(),
        "since": now.as_second() - span.step() * span.steps(),
        "points": points,
    }))
    .into_response()
}

fn model_row(name: &str, model: &ModelConfig, running: Option<&Model>) -> Value {
    json!({
        "health": running.map(Model::health),
        "name": name,
        "model": model.model,
        "active_parameters": model.active_parameters,
        "context": model.context,
    })
}

fn intent_row(name: &str, intent: &IntentConfig) -> Value {
    let answer = intent.answer.as_ref().map(|answer| match answer {
        AnswerConfig::Name(name) => name.clone(),
        AnswerConfig::Lookup { lookup, .. } => lookup.join(", "),
        AnswerConfig::Currency { .. } => "currency".to_owned(),
        AnswerConfig::Get(_) => "an HTTP GET".to_owned(),
    });
    json!({
        "name": name,
        "answer": answer,
        "specialist": intent.specialist,
        "confidence": intent.confidence,
        "escalate_below": intent.escalate_below,
        "taught": !intent.examples.is_empty(),
    })
}
