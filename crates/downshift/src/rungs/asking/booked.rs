//! A model's chunks, booked as they pass: hides when an attempt ends, and how.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use downshift_ledger::{Attempt, AttemptOutcome, Spent};
use downshift_upstream::{self as upstream, Chunks};
use downshift_wire::ChatChunk;
use futures_util::Stream;

use super::outcome;

/// A model's chunks and their attempt. Dropped early, the attempt is booked as abandoned and the
/// upstream's connection is closed.
#[derive(Debug)]
pub(super) struct Booked {
    chunks: Chunks,
    attempt: Option<Attempt>,
    spent: Option<Spent>,
}

// === impl Booked ===

impl Booked {
    pub(super) fn new(chunks: Chunks, attempt: Attempt) -> Self {
        Self {
            chunks,
            attempt: Some(attempt),
            spent: None,
        }
    }

    /// Ends the attempt, if it has not ended by itself; says what it cost.
    pub(super) fn abandon(mut self) -> Option<Spent> {
        self.finish(AttemptOutcome::Abandoned);
        self.spent
    }

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
