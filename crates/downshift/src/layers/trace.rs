//! Puts each request into its trace, and its id beside all that is logged while it is worked on:
//! hides that a response goes on after its head.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Extensions;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tower::layer::layer_fn;
use tower::{Layer, Service};
use tracing::{Instrument, Span, field};

use super::request_id::RequestId;
use crate::telemetry::context::{TraceContext, hex};
use crate::telemetry::{RequestSpan, Telemetry};

/// Begins and ends spans.
#[derive(Debug, Clone)]
pub struct Trace<S> {
    telemetry: Option<Arc<Telemetry>>,
    inner: S,
}

/// What the ledger's entry of a request is to keep of its trace.
#[derive(Debug, Clone)]
struct Traced(downshift_ledger::Trace);

/// A response's body, until it has ended.
struct Ending {
    body: Body,
    log: Span,
    // Dropped after the body, which closes the ledger's entry.
    span: Watch,
}

/// A span that ends when this is dropped, at the latest.
struct Watch(Option<Arc<RequestSpan>>);

// === impl Trace ===

impl<S> Trace<S> {
    /// Tells `telemetry`, if there is any.
    pub fn layer(telemetry: Option<Arc<Telemetry>>) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |inner| Self {
            telemetry: telemetry.clone(),
            inner,
        })
    }
}

impl<S> Service<Request> for Trace<S>
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
        let id = request.extensions().get::<RequestId>().cloned();
        let id = id.unwrap_or_default().0;
        let caller = TraceContext::of(request.headers());
        let span = self.telemetry.as_ref();
        let span = span.map(|telemetry| telemetry.begin(&request, &id, caller.clone()));
        // An error's span, so that it is there whatever the filter leaves out.
        let log = tracing::error_span!(
            "request",
            request_id = &*id,
            trace_id = field::Empty,
            span_id = field::Empty
        );
        if let Some(trace) = trace(span.as_ref(), caller.as_ref()) {
            let record = |name, id: &Option<Arc<str>>| {
                if let Some(id) = id {
                    log.record(name, &**id);
                }
            };
            record("trace_id", &trace.trace_id);
            record("span_id", &trace.span_id);
            request.extensions_mut().insert(Traced(trace));
        }
        if let Some(own) = span.as_ref().and_then(|span| span.context()) {
            own.tell(request.headers_mut());
        }
        let watch = Watch(span);
        let reply = self.inner.call(request).instrument(log.clone());
        Box::pin(async move {
            let response = reply.await?;
            if let Some(span) = &watch.0 {
                span.answered(response.status());
            }
            Ok(response.map(|body| {
                Body::new(Ending {
                    body,
                    log,
                    span: watch,
                })
            }))
        })
    }
}

/// The ids of the request's own span; without one, of the caller's trace.
fn trace(
    span: Option<&Arc<RequestSpan>>,
    caller: Option<&TraceContext>,
) -> Option<downshift_ledger::Trace> {
    let own = span.and_then(|span| span.context());
    let trace_id = own.or(caller).map(|context| hex(&context.trace_id).into());
    if trace_id.is_none() && span.is_none() {
        return None;
    }
    Some(downshift_ledger::Trace {
        trace_id,
        span_id: own.map(|own| hex(&own.span_id).into()),
        sink: span.map(RequestSpan::sink),
    })
}

/// What an endpoint gives the ledger's entry of its request.
pub(crate) fn of(extensions: &Extensions) -> Option<downshift_ledger::Trace> {
    extensions.get::<Traced>().map(|traced| traced.0.clone())
}

// === impl Ending ===

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let _entered = this.log.enter();
        let frame = std::task::ready!(Pin::new(&mut this.body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) || this.body.is_end_stream() {
            this.span.end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

// === impl Watch ===

impl Watch {
    fn end(&self) {
        if let Some(span) = &self.0 {
            span.end();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end();
    }
}
