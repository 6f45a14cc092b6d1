//! Keeps conversations on their models: finds the model one is with, and notes the one that replies.
//!
//! A computed answer binds nothing. Nor does a reply that a caller forced or asked of one model by
//! name; the calls that such a reply makes are still that model's to go on from.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use downshift_ledger::Rung;
use downshift_upstream as upstream;
use downshift_wire::ChatChunk;
use futures_util::Stream;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::ladder::{Accounted, ChunkStream, Error, Reply, ReplyBody};
use crate::router::Router;
use crate::sticky::{Conversation, Sticky};

/// Says of an [`Accounted`] ask which model it stays on.
#[derive(Debug, Clone)]
pub struct Stick<S> {
    router: Arc<Router>,
    inner: S,
}

/// A stream that is looked through for the calls it makes.
struct Watched {
    chunks: ChunkStream,
    sticky: Arc<Sticky>,
    conversation: Conversation,
    rung: Rung,
    model: Arc<str>,
}

// === impl Stick ===

impl<S> Stick<S> {
    /// Remembers in the router's memory.
    pub fn layer(router: &Arc<Router>) -> impl Layer<S, Service = Self> + Clone {
        let router = router.clone();
        layer_fn(move |inner| Self {
            router: router.clone(),
            inner,
        })
    }
}

impl<S> Service<Accounted> for Stick<S>
where
    S: Service<Accounted, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut accounted: Accounted) -> Self::Future {
        let ask = &mut accounted.ask;
        let sticky = self.router.sticky.clone();
        ask.conversation.model = sticky.find(&ask.conversation);
        let conversation = ask.conversation.clone();
        let binds = ask.forced.is_none() && self.router.routes(&ask.request.model);
        let tools = ask.request.tools;
        let reply = self.inner.clone().oneshot(accounted);
        Box::pin(async move {
            let mut reply = reply.await?;
            if reply.rung == Rung::Answer {
                return Ok(reply);
            }
            if binds {
                sticky.stay(&conversation, reply.rung, &reply.model);
            }
            if tools {
                reply.body = watched(reply.body, |chunks| Watched {
                    chunks,
                    sticky,
                    conversation,
                    rung: reply.rung,
                    model: reply.model.clone(),
                });
            }
            Ok(reply)
        })
    }
}

fn watched(body: ReplyBody, watch: impl FnOnce(ChunkStream) -> Watched) -> ReplyBody {
    match body {
        ReplyBody::Whole(whole) => {
            let ids = whole.call_ids();
            watch(Box::pin(futures_util::stream::empty())).note(&ids);
            ReplyBody::Whole(whole)
        }
        ReplyBody::Stream(chunks) => ReplyBody::Stream(Box::pin(watch(chunks))),
    }
}

// === impl Watched ===

impl Watched {
    fn note(&self, ids: &[String]) {
        if !ids.is_empty() {
            self.sticky
                .called(&self.conversation, self.rung, &self.model, ids);
        }
    }
}

impl Stream for Watched {
    type Item = Result<ChatChunk, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.chunks.as_mut().poll_next(cx));
        if let Some(Ok(chunk)) = &item {
            self.note(&chunk.call_ids());
        }
        Poll::Ready(item)
    }
}
