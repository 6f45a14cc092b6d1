//! A model's chunks, booked as they pass: hides when an attempt ends, and how.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use downshift_ledger::{Attempt, AttemptOutcome, Spent};
use downshift_upstream::{self as upstream, Chunks};
use downshift_wire::ChatChunk;
use futures_util::Stream;

use super::endpoints::Permit;
use crate::rungs::asking;

/// A model's chunks and their attempt. Dropped early, the attempt is booked as abandoned and the
/// upstream's connection is closed.
#[derive(Debug)]
pub(crate) struct Booked {
    chunks: Chunks,
    open: Option<(Attempt, Permit)>,
    spent: Option<Spent>,
    /// Whether the server has said which model replies.
    named: bool,
}

// === impl Booked ===

impl Booked {
    pub(super) fn new(chunks: Chunks, attempt: Attempt, permit: Permit) -> Self {
        Self {
            chunks,
            open: Some((attempt, permit)),
            spent: None,
            named: false,
        }
    }

    /// Ends the attempt, if it has not ended by itself; says what it cost.
    pub(crate) fn abandon(mut self) -> Option<Spent> {
        if let Some((attempt, _)) = self.open.take() {
            self.spent = Some(attempt.finish(AttemptOutcome::Abandoned));
        }
        self.spent
    }

    fn note(&mut self, item: Option<&Result<ChatChunk, upstream::Error>>) {
        match item {
            Some(Ok(chunk)) => {
                let Some((attempt, _)) = &self.open else {
                    return;
                };
                if let Some(usage) = chunk.usage {
                    attempt.usage(usage);
                }
                if let Some(model) = chunk.model.as_deref().filter(|_| !self.named) {
                    attempt.replied_by(model);
                    self.named = true;
                }
                if let Some(reason) = &chunk.finish_reason {
                    attempt.finish_reason(reason);
                }
            }
            Some(Err(error)) => self.finish(Err(error)),
            None => self.finish(Ok(())),
        }
    }

    fn finish(&mut self, ended: Result<(), &upstream::Error>) {
        if let Some((attempt, permit)) = self.open.take() {
            permit.ended(ended);
            let outcome = ended.map_or_else(asking::outcome, |()| AttemptOutcome::Ok);
            self.spent = Some(attempt.finish(outcome));
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
