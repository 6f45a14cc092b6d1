//! A reply's bytes on their way out, with the waits and faults of the script.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use super::state::Watch;
use crate::script::{Fault, Script, Spoken, Tokens};

/// A reply's body: frames that are sent one at a time.
#[derive(Debug)]
pub(super) struct ReplyBody {
    steps: VecDeque<Step>,
    waiting: Option<Pin<Box<Sleep>>>,
    whole: bool,
    watch: Watch,
}

#[derive(Debug)]
enum Step {
    Send(Bytes),
    Count(Option<Tokens>),
    Wait(Duration),
    Hang,
    Cut,
}

// === impl ReplyBody ===

impl ReplyBody {
    /// One piece.
    pub(super) fn whole(body: String, watch: Watch) -> Self {
        let steps = [Step::Send(body.into())].into();
        Self {
            steps,
            waiting: None,
            whole: true,
            watch,
        }
    }

    /// SSE, as the script says.
    pub(super) fn stream(
        script: &Script,
        (spoken, requested): (Spoken, &str),
        include_usage: bool,
        watch: Watch,
    ) -> Self {
        let events = script.events(spoken, requested, include_usage);
        let counts = include_usage && script.usage.is_some();
        let last = events.len() - 1;
        let mut steps = VecDeque::new();
        let mut done = true;
        for (index, event) in events.into_iter().enumerate() {
            match script.fault {
                Some(Fault::HangAfter(sent)) if sent == index => steps.push_back(Step::Hang),
                Some(Fault::CutAfter(sent)) if sent == index => {
                    // A moment, so that what was sent is read before the connection breaks.
                    steps.push_back(Step::Wait(Duration::from_millis(30)));
                    steps.push_back(Step::Cut);
                }
                Some(Fault::EndAfter(sent)) if sent == index => {
                    done = false;
                    break;
                }
                Some(Fault::MalformedAfter(sent)) if sent == index => {
                    steps.push_back(Step::Send("data: {\"id\": \"broken\n\n".into()));
                }
                Some(Fault::ErrorAfter(sent)) if sent == index => {
                    steps.push_back(Step::Send(spoken.breakdown().into()));
                    done = false;
                    break;
                }
                _ => {}
            }
            if index > 0 && script.between_ms > 0 {
                steps.push_back(Step::Wait(Duration::from_millis(script.between_ms)));
            }
            if counts && index == last {
                steps.push_back(Step::Count(script.usage));
            }
            steps.push_back(Step::Send(event.into()));
        }
        let ended = spoken.last().is_empty();
        if done && !ended && script.fault != Some(Fault::NoDone) {
            steps.push_back(Step::Send(spoken.last().into()));
        }
        Self {
            steps,
            waiting: None,
            whole: false,
            watch,
        }
    }
}

impl http_body::Body for ReplyBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                ready!(waiting.as_mut().poll(cx));
                self.waiting = None;
            }
            match self.steps.front() {
                None => {
                    self.watch.end();
                    return Poll::Ready(None);
                }
                Some(Step::Hang) => return Poll::Pending,
                Some(Step::Cut) => {
                    self.watch.end();
                    return Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())));
                }
                Some(_) => {}
            }
            match self.steps.pop_front() {
                Some(Step::Send(bytes)) => {
                    if self.steps.is_empty() {
                        self.watch.end();
                    }
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Wait(wait)) => self.waiting = Some(Box::pin(tokio::time::sleep(wait))),
                Some(Step::Count(usage)) => self.watch.uses(usage),
                _ => {}
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.waiting.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match (self.steps.front(), self.steps.len()) {
            (Some(Step::Send(bytes)), 1) if self.whole => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
