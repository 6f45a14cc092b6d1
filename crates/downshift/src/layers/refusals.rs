//! Counts what is refused before it has an entry in the ledger, which no other counter sees.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use tower::layer::layer_fn;
use tower::{Layer, Service};

use crate::metrics::Metrics;
use crate::rescue::Refused;

/// Counts the responses that are marked as refusals.
#[derive(Debug, Clone)]
pub struct CountRefusals<S> {
    metrics: Arc<Metrics>,
    inner: S,
}

// === impl CountRefusals ===

impl<S> CountRefusals<S> {
    /// Counts in the router's metrics.
    pub fn layer(metrics: Arc<Metrics>) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |inner| Self {
            metrics: metrics.clone(),
            inner,
        })
    }
}

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
