//! Opens the ledger entry of a request, and closes it when the reply ends, fails or is dropped.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{Closing, Entry, Ledger, OpenEntry, Opening, Outcome, Trail};
use downshift_upstream::{self as upstream, ErrorKind};
use downshift_wire::ChatChunk;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream};
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use crate::ladder::{Accounted, Ask, ChunkStream, Error, Reply, ReplyBody};

/// A reply with its account.
#[derive(Debug)]
pub struct Settled {
    /// The reply; a stream closes its entry when it ends.
    pub reply: Reply,
    /// The intent the request was given.
    pub intent: Option<Arc<str>>,
    /// How sure the classifier was.
    pub confidence: Option<f32>,
    /// Why each rung that did not reply passed on.
    pub trail: Trail,
    /// The closed entry of a whole reply; a stream's is closed with its last chunk.
    pub entry: Option<Arc<Entry>>,
}

/// A failure with its account.
#[derive(Debug)]
pub struct Failure {
    /// What failed.
    pub error: Error,
    /// The closed entry.
    pub entry: Arc<Entry>,
}

/// Gives each request exactly one ledger entry, whatever becomes of it.
#[derive(Debug, Clone)]
pub struct Account<S> {
    ledger: Arc<Ledger>,
    inner: S,
}

/// A stream of chunks that closes the request's entry when it ends, breaks or is dropped.
struct Metered {
    chunks: ChunkStream,
    entry: Option<OpenEntry>,
    closing: Closing,
    /// The chunk that carries the usage waits here until the stream has ended well,
    /// so that what it says of cost is what the ledger says.
    usage_chunk: Option<ChatChunk>,
    /// The caller asked for usage, and so for what it cost.
    asked_usage: bool,
    /// What comes next, where a chunk had waited in vain.
    next: Option<Result<ChatChunk, upstream::Error>>,
}

// === impl Account ===

impl<S> Account<S> {
    /// Books into `ledger`.
    pub fn layer(ledger: Arc<Ledger>) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |inner| Self {
            ledger: ledger.clone(),
            inner,
        })
    }
}

impl<S> Service<Ask> for Account<S>
where
    S: Service<Accounted, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Settled;
    type Error = Box<Failure>;
    type Future = BoxFuture<'static, Result<Settled, Box<Failure>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, ask: Ask) -> Self::Future {
        let entry = self.ledger.open(Opening {
            id: ask.id.to_string(),
            started: ask.now,
            arrived: ask.arrived,
            requested_model: ask.request.model.clone(),
            stream: ask.request.stream,
        });
        if let Some(trace) = &ask.trace {
            entry.tab().traced(trace.clone());
        }
        let inner = self.inner.clone();
        let asked_usage = ask.request.include_usage;
        Box::pin(async move {
            let call = inner.oneshot(Accounted {
                ask,
                tab: entry.tab(),
            });
            let result = AssertUnwindSafe(call).catch_unwind().await;
            match result {
                Ok(Ok(reply)) => Ok(settle(entry, reply, asked_usage)),
                Ok(Err(error)) => Err(fail(entry, error)),
                Err(panic) => {
                    tracing::error!(panic = panic_message(&panic), "a rung panicked");
                    Err(fail(entry, Error::Internal))
                }
            }
        })
    }
}

fn settle(mut entry: OpenEntry, reply: Reply, asked_usage: bool) -> Settled {
    let tab = entry.tab();
    let (intent, confidence) = tab.verdict();
    let intent = reply.intent.clone().or(intent);
    let trail = tab.trail();
    let closing = Closing {
        rung: Some(reply.rung),
        model: Some(reply.model.clone()),
        intent: intent.clone(),
        outcome: Outcome::Ok,
        usage: reply.usage,
    };
    let Reply {
        rung,
        model,
        headers,
        usage,
        body,
        ..
    } = reply;
    let (body, closed) = match body {
        ReplyBody::Whole(whole) => {
            let closed = entry.close(closing);
            (ReplyBody::Whole(whole), Some(closed))
        }
        ReplyBody::Stream(chunks) => {
            entry.if_dropped(Closing {
                outcome: Outcome::Abandoned,
                ..closing.clone()
            });
            let metered = Metered {
                chunks,
                entry: Some(entry),
                closing,
                usage_chunk: None,
                asked_usage,
                next: None,
            };
            (ReplyBody::Stream(Box::pin(metered)), None)
        }
    };
    let reply = Reply {
        rung,
        model,
        headers,
        usage,
        body,
        intent: intent.clone(),
    };
    Settled {
        reply,
        intent,
        confidence,
        trail,
        entry: closed,
    }
}

/// Closes an entry with what failed.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "a failure is large, and the error of every result here"
)]
pub(crate) fn fail(entry: OpenEntry, error: Error) -> Box<Failure> {
    let (rung, model, outcome) = match &error {
        Error::Upstream {
            rung,
            model,
            source,
        } => (Some(*rung), Some(model.clone()), upstream_outcome(source)),
        Error::Declined(rung) => (Some(*rung), None, Outcome::Refused),
        Error::Internal => (None, None, Outcome::Internal),
    };
    let entry = entry.close(Closing {
        rung,
        model,
        intent: None,
        outcome,
        usage: None,
    });
    Box::new(Failure { error, entry })
}

/// How a request ends whose model failed.
pub(crate) fn upstream_outcome(error: &upstream::Error) -> Outcome {
    match error.kind {
        ErrorKind::Unconfigured
        | ErrorKind::Connect
        | ErrorKind::ConnectTimeout
        | ErrorKind::CircuitOpen
        | ErrorKind::Paused => Outcome::Unavailable,
        _ if error.is_callers_fault() => Outcome::ClientError,
        _ => Outcome::UpstreamError,
    }
}

fn panic_message(panic: &Box<dyn Any + Send>) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    text.or(owned).unwrap_or("no message")
}

// === impl Metered ===

impl Metered {
    /// Whether a chunk is to wait for the figures: the extra one with the usage, or a last one on
    /// which it rides.
    fn carries_usage(&self, chunk: &ChatChunk) -> bool {
        let rides = chunk.usage.is_some() && chunk.finish_reason.is_some();
        chunk.is_usage_only() || (self.asked_usage && rides)
    }

    /// The item, unless a chunk with more than usage in it waits: that comes first.
    fn behind_waiting(
        &mut self,
        item: Result<ChatChunk, upstream::Error>,
    ) -> Result<ChatChunk, upstream::Error> {
        let waits = |waiting: &mut ChatChunk| !waiting.is_usage_only();
        match self.usage_chunk.take_if(waits) {
            Some(waiting) => {
                self.next = Some(item);
                Ok(waiting)
            }
            None => item,
        }
    }

    fn close(&mut self, outcome: Outcome) -> Option<Arc<Entry>> {
        self.closing.outcome = outcome;
        let entry = self.entry.take()?;
        Some(entry.close(self.closing.clone()))
    }
}

impl Stream for Metered {
    type Item = Result<ChatChunk, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(next) = self.next.take() {
                return Poll::Ready(Some(next));
            }
            let item = std::task::ready!(self.chunks.as_mut().poll_next(cx));
            match item {
                Some(Ok(chunk)) if self.carries_usage(&chunk) => {
                    let before = self.usage_chunk.replace(chunk);
                    if let Some(before) = before.filter(|before| !before.is_usage_only()) {
                        return Poll::Ready(Some(Ok(before)));
                    }
                }
                Some(Ok(chunk)) => return Poll::Ready(Some(self.behind_waiting(Ok(chunk)))),
                Some(Err(error)) => {
                    self.close(Outcome::UpstreamError);
                    return Poll::Ready(Some(self.behind_waiting(Err(error))));
                }
                None => {
                    let closed = self.close(Outcome::Ok);
                    let last = self.usage_chunk.take();
                    return Poll::Ready(last.map(|chunk| Ok(with_costs(chunk, closed.as_deref()))));
                }
            }
        }
    }
}

/// The usage chunk with the request's figures in a field of their own.
fn with_costs(chunk: ChatChunk, entry: Option<&Entry>) -> ChatChunk {
    match entry.and_then(|entry| serde_json::to_string(&entry.costs()).ok()) {
        Some(costs) => chunk.with_field("downshift", &costs),
        None => chunk,
    }
}

#[cfg(test)]
mod tests;
