//! Puts errors into the API of the path that was called, wherever they arise.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue};
use tower::{Layer, Service};

use crate::layers::request_id::RequestId;
use crate::rescue::Rescue;

/// Anthropic's paths; all others are OpenAI's.
const MESSAGES: &str = "/v1/messages";

/// What both have: the client says which it is by [`VERSION`].
const MODELS: &str = "/v1/models";

/// What Anthropic's clients send with every request.
const VERSION: HeaderName = HeaderName::from_static("anthropic-version");

/// Where Anthropic's clients look for the request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Makes [`ErrorDialect`] services.
#[derive(Debug, Clone, Copy)]
pub struct ErrorDialectLayer;

/// Rewrites the body of a [`Rescue`] for clients of Anthropic's API; OpenAI's is how it is born.
#[derive(Debug, Clone)]
pub struct ErrorDialect<S> {
    inner: S,
}

impl<S> Layer<S> for ErrorDialectLayer {
    type Service = ErrorDialect<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ErrorDialect { inner }
    }
}

// === impl ErrorDialect ===

impl<S> Service<Request> for ErrorDialect<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let anthropic = speaks_messages(&request);
        let id = request.extensions().get::<RequestId>().cloned();
        let reply = self.inner.call(request);
        Box::pin(async move {
            let response = reply.await?;
            Ok(match (anthropic, id) {
                (true, Some(RequestId(id))) => translated(response, &id),
                _ => response,
            })
        })
    }
}

/// Whether a client says which version of Anthropic's API it speaks, as theirs all do.
pub(crate) fn names_its_version(headers: &HeaderMap) -> bool {
    headers.contains_key(VERSION)
}

fn speaks_messages(request: &Request) -> bool {
    let path = request.uri().path();
    let shared = path.starts_with(MODELS) && names_its_version(request.headers());
    path.starts_with(MESSAGES) || shared
}

fn translated(mut response: Response, id: &Arc<str>) -> Response {
    if let Some(rescue) = response.extensions_mut().remove::<Rescue>() {
        *response.body_mut() = Body::from(rescue.anthropic_body(id));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    response
}
