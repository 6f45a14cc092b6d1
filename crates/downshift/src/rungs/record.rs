//! Keeps what was said, where the policy says so: the request, and the text of the reply, bounded.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{Bodies, Store};
use downshift_upstream as upstream;
use downshift_wire::ChatChunk;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream};
use tower::layer::layer_fn;
use tower::{Layer, Service};

use super::account::{Failure, Settled};
use crate::ladder::{Ask, ChunkStream, ReplyBody};
use crate::log;
use crate::router::Router;

/// The longest request, and the longest reply, that is logged where the store does not say, in bytes.
const LOGGED: usize = 64 * 1024;

/// Keeps requests and replies; does nothing where the policy does not ask for it.
#[derive(Debug, Clone)]
pub struct Record<S> {
    recorder: Option<Recorder>,
    inner: S,
}

/// Where they are kept, and how much of each.
#[derive(Debug, Clone)]
struct Recorder {
    store: Option<Arc<Store>>,
    /// Whether it is logged.
    log: bool,
    most: usize,
}

/// One request, until its reply has ended.
struct Recording {
    recorder: Recorder,
    /// Taken when it is kept.
    bodies: Option<Bodies>,
}

/// A stream whose text is kept when it ends or is dropped.
struct Overheard {
    chunks: ChunkStream,
    recording: Recording,
}

// === impl Record ===

impl<S> Record<S> {
    /// Records as the router's policy says.
    pub fn layer(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        let config = &router.loaded.config;
        let kept = config.store.as_ref().filter(|store| store.bodies);
        let recorder = Recorder {
            store: kept.and(router.store.clone()),
            log: config.log.prompts,
            most: kept.map_or(LOGGED, |store| store.body_bytes),
        };
        let recorder = Some(recorder).filter(|to| to.store.is_some() || to.log);
        layer_fn(move |inner| Self {
            recorder: recorder.clone(),
            inner,
        })
    }
}

impl<S> Service<Ask> for Record<S>
where
    S: Service<Ask, Response = Settled, Error = Box<Failure>>,
    S::Future: Send + 'static,
{
    type Response = Settled;
    type Error = Box<Failure>;
    type Future = BoxFuture<'static, Result<Settled, Box<Failure>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, ask: Ask) -> Self::Future {
        let recording = self.recorder.clone().map(|recorder| recorder.begin(&ask));
        let reply = self.inner.call(ask);
        let Some(recording) = recording else {
            return reply.boxed();
        };
        // What fails, or is given up, is kept without a reply, when the recording is dropped.
        async move { reply.await.map(|settled| recording.overhear(settled)) }.boxed()
    }
}

// === impl Recorder ===

impl Recorder {
    fn begin(self, ask: &Ask) -> Recording {
        let body = ask.request.body();
        // Half a request is no request.
        let whole = (body.len() <= self.most).then(|| String::from_utf8(body.to_vec()).ok());
        Recording {
            bodies: Some(Bodies {
                id: ask.id.to_string(),
                started: ask.now,
                request: whole.flatten(),
                reply: None,
            }),
            recorder: self,
        }
    }
}

// === impl Recording ===

impl Recording {
    fn overhear(mut self, mut settled: Settled) -> Settled {
        settled.reply.body = match settled.reply.body {
            ReplyBody::Whole(reply) => {
                self.add(&reply.text);
                ReplyBody::Whole(reply)
            }
            ReplyBody::Stream(chunks) => ReplyBody::Stream(Box::pin(Overheard {
                chunks,
                recording: self,
            })),
        };
        settled
    }

    fn add(&mut self, text: &str) {
        let Some(bodies) = &mut self.bodies else {
            return;
        };
        let reply = bodies.reply.get_or_insert_default();
        let room = self.recorder.most.saturating_sub(reply.len());
        reply.push_str(&text[..text.floor_char_boundary(room)]);
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(bodies) = self.bodies.take() {
            if self.recorder.log {
                log::said(&bodies);
            }
            if let Some(store) = &self.recorder.store {
                store.keep(bodies);
            }
        }
    }
}

// === impl Overheard ===

impl Stream for Overheard {
    type Item = Result<ChatChunk, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = std::task::ready!(self.chunks.as_mut().poll_next(context));
        if let Some(Ok(chunk)) = &item {
            let text = chunk.text.clone();
            self.recording.add(&text);
        }
        Poll::Ready(item)
    }
}
