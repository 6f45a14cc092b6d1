//! A reply of which the caller has seen nothing yet: it can be looked at, then released or dropped.

use std::sync::Arc;

use downshift_ledger::{Rung, Spent};
use downshift_upstream::{self as upstream, HoldBack};
use downshift_wire::{ChatChunk, ChatReply};
use futures_util::{StreamExt, stream};
use http::HeaderMap;
use tokio::time::{Instant, sleep_until};

use crate::ladder::{Reply, ReplyBody};
use crate::model::Booked;

/// What a model replied; nothing of it has left yet.
#[derive(Debug)]
pub(in crate::rungs) struct Held {
    rung: Rung,
    model: Arc<str>,
    headers: HeaderMap,
    body: HeldBody,
}

#[derive(Debug)]
pub(super) enum HeldBody {
    Whole(Box<ChatReply>, Spent),
    Stream(Box<Beginning>),
}

/// The beginning of a stream, or all of it.
#[derive(Debug)]
pub(super) struct Beginning {
    chunks: Vec<ChatChunk>,
    /// Whether `chunks` are the whole reply.
    complete: bool,
    rest: Booked,
}

// === impl Held ===

impl Held {
    pub(super) fn new(rung: Rung, model: Arc<str>, headers: HeaderMap, body: HeldBody) -> Self {
        Self {
            rung,
            model,
            headers,
            body,
        }
    }

    /// The model that replied, by its name in the policy.
    pub(in crate::rungs) fn model(&self) -> &Arc<str> {
        &self.model
    }

    /// Whether this is the whole reply; of a stream it may be the beginning.
    pub(in crate::rungs) fn is_complete(&self) -> bool {
        match &self.body {
            HeldBody::Whole(..) => true,
            HeldBody::Stream(beginning) => beginning.complete,
        }
    }

    /// The reply, if one in one piece was asked for.
    pub(in crate::rungs) fn whole(&self) -> Option<&ChatReply> {
        match &self.body {
            HeldBody::Whole(reply, _) => Some(reply),
            HeldBody::Stream(_) => None,
        }
    }

    /// What is held of a stream, in order; nothing, if one piece was asked for.
    pub(in crate::rungs) fn chunks(&self) -> &[ChatChunk] {
        match &self.body {
            HeldBody::Whole(..) => &[],
            HeldBody::Stream(beginning) => &beginning.chunks,
        }
    }

    /// Lets the reply go to the caller. From here on no other model can take its place.
    pub(in crate::rungs) fn release(self) -> Reply {
        let body = match self.body {
            HeldBody::Whole(reply, _) => ReplyBody::Whole(*reply),
            HeldBody::Stream(beginning) => {
                let Beginning { chunks, rest, .. } = *beginning;
                let held = stream::iter(chunks.into_iter().map(Ok));
                ReplyBody::Stream(Box::pin(held.chain(rest)))
            }
        };
        Reply {
            rung: self.rung,
            model: self.model,
            intent: None,
            headers: self.headers,
            usage: None,
            body,
        }
    }

    /// Drops the reply in favour of another; the upstream's connection is closed at once. Says
    /// what the try cost.
    pub(in crate::rungs) fn abandon(self) -> Option<Spent> {
        match self.body {
            HeldBody::Whole(_, spent) => Some(spent),
            HeldBody::Stream(beginning) => beginning.rest.abandon(),
        }
    }
}

// === impl Beginning ===

impl Beginning {
    /// Holds a stream as long as `hold_back` says. What breaks while it is held is a call that
    /// failed.
    pub(super) async fn hold(
        mut rest: Booked,
        hold_back: HoldBack,
    ) -> Result<Self, (upstream::Error, Option<Spent>)> {
        let until = hold_back.time().map(|time| Instant::now() + time);
        let (mut chunks, mut tokens) = (Vec::new(), 0);
        let complete = loop {
            if hold_back.tokens().is_some_and(|enough| tokens >= enough) {
                break false;
            }
            match next(&mut rest, until).await {
                None => break false,
                Some(None) => break true,
                Some(Some(Ok(chunk))) => {
                    tokens += u32::from(HoldBack::is_token(&chunk));
                    chunks.push(chunk);
                }
                Some(Some(Err(error))) => return Err((error, rest.abandon())),
            }
        };
        Ok(Self {
            chunks,
            complete,
            rest,
        })
    }
}

type Item = Option<Result<ChatChunk, upstream::Error>>;

/// The next item of a stream, unless time runs out first.
async fn next(rest: &mut Booked, until: Option<Instant>) -> Option<Item> {
    let Some(until) = until else {
        return Some(rest.next().await);
    };
    tokio::select! {
        biased;
        item = rest.next() => Some(item),
        () = sleep_until(until) => None,
    }
}
