//! Asks one model for a reply, and books the attempt however it ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use downshift_ledger::{Attempt, AttemptOutcome, Reason, Rung, Spent};
use downshift_upstream::{self as upstream, Call, Chunks, ErrorKind};
use downshift_wire::ChatChunk;
use futures_util::Stream;

use crate::ladder::{Query, Reply, ReplyBody};
use crate::model::Model;

/// A model that was asked in vain.
#[derive(Debug)]
pub(super) struct Failed {
    /// What happened.
    pub(super) error: upstream::Error,
    /// What it cost all the same.
    pub(super) spent: Spent,
}

/// Asks `model`; the attempt is on the request's tab whether it replies, fails or is dropped.
pub(super) async fn ask(query: &Query, rung: Rung, model: &Model) -> Result<Reply, Failed> {
    let name = model.name();
    let attempt = query.tab.attempt(rung, name.clone());
    let call = Call {
        request: query.ask.request.clone(),
        headers: query.ask.headers.clone(),
        request_id: query.ask.id.to_string(),
    };
    let reply = match model.upstream.call(call).await {
        Ok(reply) => reply,
        Err(error) => {
            let spent = attempt.finish(outcome(&error));
            return Err(Failed { error, spent });
        }
    };
    let (headers, body) = match reply {
        upstream::Reply::Whole(whole) => {
            attempt.first_token();
            if let Some(usage) = whole.reply.usage {
                attempt.usage(usage);
            }
            attempt.finish(AttemptOutcome::Ok);
            (whole.headers, ReplyBody::Whole(whole.reply))
        }
        upstream::Reply::Stream(streaming) => {
            attempt.first_token();
            let booked = Booked {
                chunks: streaming.chunks,
                attempt: Some(attempt),
            };
            (streaming.headers, ReplyBody::Stream(Box::pin(booked)))
        }
    };
    Ok(Reply {
        rung,
        model: name.clone(),
        intent: None,
        headers,
        usage: None,
        body,
    })
}

/// Why a model that failed could not take the query, for the trail.
pub(super) fn reason(error: &upstream::Error) -> Reason {
    match error.kind {
        ErrorKind::Unconfigured => Reason::Unconfigured,
        ErrorKind::Connect | ErrorKind::ConnectTimeout => Reason::Unreachable,
        ErrorKind::FirstTokenTimeout
        | ErrorKind::BetweenTokensTimeout
        | ErrorKind::TotalTimeout => Reason::Timeout,
        ErrorKind::Status(_) => Reason::UpstreamStatus,
        ErrorKind::Cut => Reason::Cut,
        _ => Reason::BadReply,
    }
}

/// How an attempt that failed is booked.
pub(super) fn outcome(error: &upstream::Error) -> AttemptOutcome {
    match error.kind {
        ErrorKind::Unconfigured | ErrorKind::Connect | ErrorKind::ConnectTimeout => {
            AttemptOutcome::NotSent
        }
        ErrorKind::Status(_) => AttemptOutcome::Rejected,
        _ => AttemptOutcome::Failed,
    }
}

/// A model's chunks, booked as they pass; dropped early, the attempt is booked as abandoned.
struct Booked {
    chunks: Chunks,
    attempt: Option<Attempt>,
}

impl Booked {
    fn note(&mut self, item: Option<&Result<ChatChunk, upstream::Error>>) {
        match item {
            Some(Ok(chunk)) => {
                if let (Some(usage), Some(attempt)) = (chunk.usage, &self.attempt) {
                    attempt.usage(usage);
                }
            }
            Some(Err(error)) => self.finish(outcome(error)),
            None => self.finish(AttemptOutcome::Ok),
        }
    }

    fn finish(&mut self, outcome: AttemptOutcome) {
        if let Some(attempt) = self.attempt.take() {
            attempt.finish(outcome);
        }
    }
}

impl Stream for Booked {
    type Item = Result<ChatChunk, upstream::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.chunks).poll_next(cx));
        self.note(item.as_ref());
        Poll::Ready(item)
    }
}
