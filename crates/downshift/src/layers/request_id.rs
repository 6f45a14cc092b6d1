//! Gives each request an id, and each response the header that says it.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use tower::{Layer, Service};
use uuid::Uuid;

use crate::headers;

/// What clients of the API call a request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: a UUID of version 7, so ids sort by time.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

/// Makes [`SetRequestId`] services.
#[derive(Debug, Clone, Copy)]
pub struct RequestIdLayer;

/// Adds a [`RequestId`] to each request's extensions and `x-downshift-id` to each response;
/// the same id as `x-request-id`, where no upstream has given its own.
#[derive(Debug, Clone)]
pub struct SetRequestId<S> {
    inner: S,
}

impl<S> Layer<S> for RequestIdLayer {
    type Service = SetRequestId<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SetRequestId { inner }
    }
}

// === impl RequestId ===

impl RequestId {
    /// A new id.
    pub fn new() -> Self {
        Self(Uuid::now_v7().simple().to_string().into())
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

// === impl SetRequestId ===

impl<S> Service<Request> for SetRequestId<S>
where
    S: Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let id = RequestId::new();
        let value = HeaderValue::from_str(&id.0);
        request.extensions_mut().insert(id);
        let reply = self.inner.call(request);
        Box::pin(async move {
            let mut response = reply.await?;
            if let Ok(value) = value {
                let headers = response.headers_mut();
                // An upstream's own id is the one its operators can look up.
                if !headers.contains_key(X_REQUEST_ID) {
                    headers.insert(X_REQUEST_ID, value.clone());
                }
                headers.insert(headers::ID, value);
            }
            Ok(response)
        })
    }
}
