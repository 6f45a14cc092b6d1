//! Hides a stream of events behind a stream of chunks that ends well, or says how it did not.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use downshift_wire::sse::{Event, SseDecoder};
use downshift_wire::{ChatChunk, ReportedError, Told};
use futures_util::{Stream, StreamExt};
use http::HeaderMap;
use reqwest::Response;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::address::Address;
use crate::dialect::Events;
use crate::exchange::{self, Deadlines, Limit};
use crate::leash::Leash;
use crate::{Endpoint, Error, ErrorKind, Secret, complaint};

/// How long the end of a body is waited for once its last event is there: with it the
/// connection can be used again, without it the connection is closed.
const LINGER: Duration = Duration::from_millis(25);

/// The pieces of a reply, in order, as they came.
///
/// Ends after a complete reply and nothing else; what breaks off gives an error as its last
/// item. Dropping it closes the upstream's connection.
pub struct Chunks {
    first: Option<ChatChunk>,
    /// Not there once the stream has ended.
    open: Option<Leash<Box<Open>>>,
    end: Box<End>,
}

/// When it must have ended, and who is to blame if it has not.
struct End {
    total: Limit,
    address: Address,
}

/// What a stream is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) response: Response,
    pub(crate) events: Box<dyn Events>,
    pub(crate) address: &'a Address,
    pub(crate) deadlines: Deadlines,
    /// Usage was asked for by us alone: a caller who did not ask does not see the field.
    pub(crate) unasked_usage: bool,
}

struct Open {
    bytes: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    input: Input,
    received: usize,
    max_bytes: usize,
    decoder: SseDecoder,
    events: Box<dyn Events>,
    /// Pieces that were read and not yet handed on.
    pieces: VecDeque<ChatChunk>,
    unasked_usage: bool,
    /// Events seen so far.
    seen: u64,
    address: Address,
    key: Option<Secret>,
    deadlines: Deadlines,
    waiting: Limit,
    alarm: Pin<Box<Sleep>>,
}

/// Where the bytes come from.
enum Input {
    /// The body, which goes on.
    Flowing,
    /// Nowhere: the body has ended.
    Ended,
    /// Nowhere: this happened.
    Failed(Option<Error>),
    /// The body, of which only the end is still of interest, and that until then.
    Done(Instant),
}

/// Opens a stream: waits until its first event is there.
pub(crate) async fn open(opening: Opening<'_>, endpoint: &Endpoint) -> Result<Chunks, Error> {
    let Opening {
        response,
        events,
        address,
        deadlines,
        unasked_usage,
    } = opening;
    if let Some(kind) = exchange::foreign_type(response.headers(), "application/json") {
        return Err(not_a_stream(response, &kind, address, deadlines.first_token()).await);
    }
    let waiting = deadlines.first_token();
    let mut open = Box::new(Open {
        bytes: Box::pin(response.bytes_stream()),
        input: Input::Flowing,
        received: 0,
        max_bytes: endpoint.max_reply_bytes,
        decoder: SseDecoder::new(endpoint.max_reply_bytes),
        events,
        pieces: VecDeque::new(),
        unasked_usage,
        seen: 0,
        address: address.clone(),
        key: endpoint.key.clone(),
        deadlines,
        waiting,
        alarm: Box::pin(sleep_until(waiting.at)),
    });
    match open.next().await {
        Some(Ok(first)) => Ok(Chunks {
            first: Some(first),
            open: Some(Leash::new(open, deadlines.total().at)),
            end: Box::new(End {
                total: deadlines.total(),
                address: address.clone(),
            }),
        }),
        Some(Err(error)) => Err(error),
        None => Err(complaint::bad(address, "a stream without a single event")),
    }
}

/// Some servers answer a stream with one piece of JSON, mostly an error.
async fn not_a_stream(response: Response, kind: &str, address: &Address, limit: Limit) -> Error {
    let start = exchange::excerpt(response, limit).await;
    match ReportedError::decode(&start) {
        Some(error) => complaint::reported(address, &error),
        None => complaint::bad(address, &format!("{kind} where a stream was asked for")),
    }
}

// === impl Chunks ===

impl Stream for Chunks {
    type Item = Result<ChatChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(open) = &self.open else {
            return Poll::Ready(None);
        };
        let polled = open.with(|open| {
            let item = ready!(open.poll_next_unpin(cx));
            let key = open.key.as_ref();
            Poll::Ready(item.map(|item| item.map_err(|error| error.without_key(key))))
        });
        let missed = || Poll::Ready(Some(Err(self.end.total.missed(&self.end.address))));
        let item = ready!(polled.unwrap_or_else(missed));
        if !matches!(item, Some(Ok(_))) {
            self.open = None;
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.open.as_ref();
        let seen = open.and_then(|open| open.with(|open| open.seen));
        f.debug_struct("Chunks")
            .field("first", &self.first)
            .field("seen", &seen)
            .finish_non_exhaustive()
    }
}

// === impl Open ===

impl Stream for Open {
    type Item = Result<ChatChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(piece) = this.pieces.pop_front() {
                return Poll::Ready(Some(Ok(piece)));
            }
            if let Input::Done(until) = this.input {
                return this.poll_close(until, cx).map(|()| None);
            }
            if let Some(event) = this.decoder.next_event() {
                match this.take(event) {
                    Ok(()) => continue,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
            match &mut this.input {
                Input::Flowing => ready!(this.poll_input(cx)),
                Input::Failed(error) => return Poll::Ready(error.take().map(Err)),
                Input::Ended | Input::Done(_) => return Poll::Ready(this.conclude().map(Err)),
            }
        }
    }
}

impl Open {
    /// Waits for bytes and hands them to the decoder; ready when there is something new to look at.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let total = self.deadlines.total();
        if Instant::now() >= total.at {
            self.input = Input::Failed(Some(total.missed(&self.address)));
            return Poll::Ready(());
        }
        match self.bytes.as_mut().poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => self.push(&bytes),
            Poll::Ready(Some(Err(error))) => self.end(Some(error)),
            Poll::Ready(None) => self.end(None),
            Poll::Pending => {
                ready!(self.poll_alarm(cx));
                self.input = Input::Failed(Some(self.waiting.missed(&self.address)));
            }
        }
        Poll::Ready(())
    }

    /// Ready when what is waited for is overdue.
    fn poll_alarm(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            if self.alarm.deadline() >= self.waiting.at {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(self.waiting.at);
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.received = self.received.saturating_add(bytes.len());
        let fits = self.received <= self.max_bytes && self.decoder.push(bytes).is_ok();
        if !fits {
            self.input = Input::Failed(Some(complaint::too_large(&self.address, self.max_bytes)));
        }
    }

    /// The body is over. A reply that is complete may end without ceremony.
    fn end(&mut self, error: Option<reqwest::Error>) {
        self.decoder.finish();
        self.input = match error {
            Some(error) if !self.events.is_complete() => {
                Input::Failed(Some(complaint::cut(&self.address, error)))
            }
            _ => Input::Ended,
        };
    }

    /// What an event says, and when the next one is due. Some servers send empty ones to keep the
    /// connection alive.
    fn take(&mut self, event: Event) -> Result<(), Error> {
        if event.data.trim_ascii().is_empty() {
            return Ok(());
        }
        let data = event.data.clone();
        let told = match self.events.read(event) {
            Ok(told) => told,
            Err(error) => return self.unreadable(&error).map_or(Ok(()), Err),
        };
        match told {
            Told::Pieces(pieces) => {
                self.seen += 1;
                let unasked = self.unasked_usage;
                let shown = |piece: ChatChunk| {
                    if unasked {
                        piece.without_usage()
                    } else {
                        piece
                    }
                };
                self.pieces.extend(pieces.into_iter().map(shown));
                self.wait(self.deadlines.next_token());
            }
            Told::Failed(error) => return Err(self.reported(&error, data)),
            Told::Nothing => {}
            Told::Ending(last) if self.seen == 0 && last.is_empty() => {
                let nothing = "a stream without a single event";
                return Err(complaint::bad(&self.address, nothing));
            }
            Told::Ending(last) => {
                self.pieces.extend(last);
                let linger = Instant::now() + LINGER;
                self.alarm.as_mut().reset(linger);
                self.input = Input::Done(linger);
            }
        }
        Ok(())
    }

    /// An error that the upstream told in an event, which its own clients see as it came unless it
    /// is larger than the body of an error may be.
    fn reported(&self, error: &ReportedError, data: Bytes) -> Error {
        if data.len() > exchange::MAX_ERROR_BODY {
            return complaint::reported(&self.address, error);
        }
        let data = exchange::without_key(data, self.key.as_ref());
        complaint::reported(&self.address, error).with_answer(HeaderMap::new(), data)
    }

    fn wait(&mut self, next: Limit) {
        let total = self.deadlines.total();
        self.waiting = if next.at < total.at { next } else { total };
        // An alarm that goes off too soon is set anew then: to do so at every event costs more.
        if self.waiting.at < self.alarm.deadline() {
            self.alarm.as_mut().reset(self.waiting.at);
        }
    }

    /// An event that cannot be read is wrong; as the last thing before the end of the body it
    /// was broken off, which does no harm to a reply that is complete.
    fn unreadable(&self, error: &downshift_wire::Error) -> Option<Error> {
        match self.input {
            Input::Flowing => Some(complaint::bad_reply(&self.address, error)),
            _ if self.events.is_complete() => None,
            _ => Some(self.broken_off()),
        }
    }

    /// Whether a body that has ended was a complete reply.
    fn conclude(&self) -> Option<Error> {
        if self.events.is_complete() {
            return None;
        }
        if self.received == 0 {
            return Some(complaint::bad(&self.address, "nothing"));
        }
        Some(self.broken_off())
    }

    fn broken_off(&self) -> Error {
        let (origin, seen) = (self.address.origin(), self.seen);
        let message =
            format!("the stream from {origin} broke off after {seen} events, without its end");
        Error::new(ErrorKind::Cut, message)
    }

    /// Waits a moment for the body's end.
    fn poll_close(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.bytes.as_mut().poll_next(cx) {
                Poll::Ready(Some(Ok(_))) if Instant::now() < until => {}
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.alarm.as_mut().poll(cx),
            }
        }
    }
}
