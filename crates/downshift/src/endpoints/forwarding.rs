//! Hides how a request that goes past the ladder is booked: one entry, on the top rung, closed when its reply ends.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use downshift_ledger::{
    Attempt, AttemptOutcome, Closing, Entry, OpenEntry, Opening, Outcome, Rung, Trace, Trail,
};
use downshift_upstream::{self as upstream, Download, Forward, Forwarded};
use downshift_wire::Usage;
use downshift_wire::sse::SseDecoder;
use futures_util::Stream;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};

use super::Shared;
use crate::clock;
use crate::headers::{self, Route};
use crate::ladder;
use crate::model::Model;
use crate::rungs::account::{self, Failure};
use crate::rungs::asking;
use crate::telemetry::context;

/// How much of a JSON reply is kept to read its usage at the end.
const MOST_READ: usize = 4 * 1024 * 1024;

/// One request to one model's server, on an open entry.
#[derive(Debug)]
pub(super) struct Forwarding {
    // Dropped first, so that the entry finds its attempt closed.
    attempt: Option<Attempt>,
    entry: OpenEntry,
    model: Model,
    /// Whether what the reply says it used is this model's to be priced.
    counts: bool,
}

/// A reply on its way to the caller.
struct Passing {
    body: Download,
    /// How much is to come, where that was said: a body is not asked for more than its length.
    left: Option<u64>,
    /// Not there once the reply has ended.
    open: Option<(Forwarding, StatusCode)>,
    reading: Reading,
}

/// What is read of a reply that passes.
enum Reading {
    /// Nothing.
    Nothing,
    /// A JSON object, so far.
    Json(BytesMut),
    /// Events, and the newest usage that one of them told.
    Events(SseDecoder, Option<Usage>),
}

// === impl Forwarding ===

impl Forwarding {
    /// Opens the entry.
    pub(super) fn open(shared: &Shared, id: &str, requested: &str, model: Model) -> Self {
        let entry = shared.router.ledger.open(Opening {
            id: id.to_owned(),
            started: clock::now(),
            arrived: Instant::now(),
            requested_model: requested.to_owned(),
            stream: false,
        });
        let attempt = entry.tab().attempt(Rung::Llm, model.name().clone());
        Self {
            attempt: Some(attempt),
            entry,
            model,
            counts: false,
        }
    }

    /// The request belongs to a trace.
    pub(super) fn traced(self, trace: Option<Trace>) -> Self {
        if let Some(trace) = trace {
            self.entry.tab().traced(trace);
        }
        self
    }

    /// The tokens that the reply tells are the model's own.
    pub(super) fn counting(self, counts: bool) -> Self {
        Self { counts, ..self }
    }

    /// Sends the request and waits for the head of the answer.
    pub(super) async fn send(
        self,
        mut forward: Forward,
    ) -> Result<(Self, Forwarded), Box<Failure>> {
        if let Some(attempt) = &self.attempt {
            let has_span = self.entry.tab().has_span();
            let span = has_span.then(|| context::descend(&mut forward.headers));
            attempt.sent(self.model.upstream.origin().into(), span.flatten());
        }
        match self.model.upstream.forward(forward).await {
            Ok(forwarded) => {
                if let Some(attempt) = &self.attempt {
                    attempt.first_token();
                }
                Ok((self, forwarded))
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// The answer to a request of this method, as it comes; its end closes the entry.
    pub(super) fn pass(self, forwarded: Forwarded, method: &Method) -> Response {
        let Forwarded {
            status,
            mut headers,
            body,
        } = forwarded;
        let reading = if self.counts && status.is_success() {
            Reading::of(&headers)
        } else {
            Reading::Nothing
        };
        self.mark(&mut headers);
        let bodiless = method == Method::HEAD
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let mut passing = Passing {
            body,
            left: if bodiless { Some(0) } else { length(&headers) },
            open: Some((self, status)),
            reading,
        };
        passing.close_at_end();
        let mut response = Response::new(Body::from_stream(passing));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// Says in the headers who replies.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        let route = Route {
            rung: Some(Rung::Llm.label()),
            intent: None,
            confidence: None,
            model: Some(self.model.name()),
            trail: &Trail::default(),
        };
        headers::set_route(headers, &route);
    }

    /// Closes the entry after an answer that came to its end.
    pub(super) fn close(mut self, status: StatusCode, usage: Option<Usage>) -> Arc<Entry> {
        let (outcome, attempt) = match status.as_u16() {
            ..=399 => (Outcome::Ok, AttemptOutcome::Ok),
            // The key is the router's own, and so is what it is allowed.
            401 | 402 | 403 | 408 | 429 | 500.. => {
                (Outcome::UpstreamError, AttemptOutcome::Rejected)
            }
            _ => (Outcome::ClientError, AttemptOutcome::Rejected),
        };
        self.finish(attempt, usage.filter(|_| self.counts));
        let closing = self.closing(outcome);
        self.entry.close(closing)
    }

    /// Closes the entry after an answer that could not be had.
    #[expect(
        clippy::unnecessary_box_returns,
        reason = "a failure is large, and the error of every result here"
    )]
    pub(super) fn failed(mut self, error: upstream::Error) -> Box<Failure> {
        self.finish(asking::outcome(&error), None);
        let error = ladder::Error::Upstream {
            rung: Rung::Llm,
            model: self.model.name().clone(),
            source: error,
        };
        account::fail(self.entry, error)
    }

    /// Closes the entry after an answer that broke off.
    fn broke(mut self, error: &upstream::Error) {
        self.finish(asking::outcome(error), None);
        let closing = self.closing(account::upstream_outcome(error));
        self.entry.close(closing);
    }

    fn closing(&self, outcome: Outcome) -> Closing {
        Closing {
            rung: Some(Rung::Llm),
            model: Some(self.model.name().clone()),
            ..Closing::with(outcome)
        }
    }

    fn finish(&mut self, outcome: AttemptOutcome, usage: Option<Usage>) {
        if let Some(attempt) = self.attempt.take() {
            if let Some(usage) = usage {
                attempt.usage(usage);
            }
            attempt.finish(outcome);
        }
    }
}

// === impl Passing ===

impl Stream for Passing {
    type Item = Result<Bytes, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match ready!(Pin::new(&mut self.body).poll_next(cx)) {
            Some(Ok(piece)) => {
                self.reading.take(&piece);
                self.left = self
                    .left
                    .map(|left| left.saturating_sub(piece.len() as u64));
                self.close_at_end();
                Poll::Ready(Some(Ok(piece)))
            }
            Some(Err(error)) => {
                if let Some((forwarding, _)) = self.open.take() {
                    tracing::warn!(%error, "a reply that was passed back broke off");
                    forwarding.broke(&error);
                }
                Poll::Ready(Some(Err(error)))
            }
            None => {
                self.close();
                Poll::Ready(None)
            }
        }
    }
}

impl Passing {
    fn close_at_end(&mut self) {
        if self.left == Some(0) {
            self.close();
        }
    }

    fn close(&mut self) {
        if let Some((forwarding, status)) = self.open.take() {
            forwarding.close(status, self.reading.usage());
        }
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

// === impl Reading ===

impl Reading {
    fn of(headers: &HeaderMap) -> Self {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default();
        if headers.contains_key(CONTENT_ENCODING) {
            Self::Nothing
        } else if kind.starts_with("application/json") {
            Self::Json(BytesMut::new())
        } else if kind.starts_with("text/event-stream") {
            Self::Events(SseDecoder::new(MOST_READ), None)
        } else {
            Self::Nothing
        }
    }

    fn take(&mut self, piece: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Json(body) if body.len() + piece.len() <= MOST_READ => {
                body.extend_from_slice(piece);
            }
            Self::Json(_) => *self = Self::Nothing,
            Self::Events(decoder, usage) => {
                let fits = decoder.push(piece).is_ok();
                while let Some(event) = decoder.next_event() {
                    *usage = Usage::of_reply(&event.data).or(*usage);
                }
                if !fits {
                    *self = Self::Nothing;
                }
            }
        }
    }

    fn usage(&self) -> Option<Usage> {
        match self {
            Self::Nothing => None,
            Self::Json(body) => Usage::of_reply(body),
            Self::Events(_, usage) => *usage,
        }
    }
}
