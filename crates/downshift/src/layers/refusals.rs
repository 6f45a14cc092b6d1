//! Counts what is refused before it has an entry in the ledger, which no other counter sees.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use crate::metrics::Metrics;
use crate::rescue::Refused;

/// Makes [`CountRefusals`] services.
#[derive(Debug, Clone)]
pub struct RefusalsLayer {
    metrics: Arc<Metrics>,
}

/// Counts the responses that are marked as refusals.
#[derive(Debug, Clone)]
pub struct CountRefusals<S> {
    metrics: Arc<Metrics>,
    inner: S,
}

// === impl RefusalsLayer ===

impl RefusalsLayer {
    /// Counts in the router's metrics.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics }
    }
}

impl<S> Layer<S> for RefusalsLayer {
    type Service = CountRefusals<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CountRefusals {
            metrics: self.metrics.clone(),
            inner,
        }
    }
}

// === impl CountRefusals ===

impl<S> Service<Request> for CountRefusals<S>
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

    fn call(&mut self, request: Request) -> Self::Future {
        let metrics = self.metrics.clone();
        let reply = self.inner.call(request);
        Box::pin(async move {
            let response = reply.await?;
            if let Some(Refused(code)) = response.extensions().get() {
                metrics.refused(code);
            }
            Ok(response)
        })
    }
}
