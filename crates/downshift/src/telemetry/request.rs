//! The span of one request: hides that its end, its status and its ledger entry become known at
//! different times and in no fixed order.
//!
//! The span is finished when the last who holds it lets go: the layer that waits for the response's
//! end, and the ledger's open entry. Whatever is known then is told.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use downshift_ledger::{Entry, Sink};
use http::{Method, StatusCode, Version};
use jiff::Timestamp;

use super::Telemetry;
use super::context::TraceContext;

/// What is known of a request when it arrives.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) id: Arc<str>,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) version: Version,
    pub(super) started: Timestamp,
}

/// A request's own span, open.
#[derive(Debug)]
pub(crate) struct RequestSpan {
    telemetry: Arc<Telemetry>,
    head: Head,
    /// The caller's span, if there is one.
    parent: Option<[u8; 8]>,
    context: TraceContext,
    arrived: Instant,
    entry: OnceLock<Arc<Entry>>,
    ended: Mutex<Ended>,
}

/// How the response ended.
#[derive(Debug, Clone, Copy, Default)]
struct Ended {
    status: Option<StatusCode>,
    after: Option<Duration>,
}

/// A request's span, finished.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) head: Head,
    pub(super) parent: Option<[u8; 8]>,
    pub(super) context: TraceContext,
    pub(super) status: Option<StatusCode>,
    /// From its arrival to its end.
    pub(super) took: Duration,
    pub(super) entry: Option<Arc<Entry>>,
}

// === impl RequestSpan ===

impl RequestSpan {
    pub(super) fn new(telemetry: Arc<Telemetry>, head: Head, caller: Option<TraceContext>) -> Self {
        let parent = caller.as_ref().map(|caller| caller.span_id);
        let context = caller.map_or_else(TraceContext::begun, |caller| caller.child());
        let sampled = telemetry.samples(&context, parent.is_some());
        let context = context.sampled(sampled);
        Self {
            telemetry,
            head,
            parent,
            context,
            arrived: Instant::now(),
            entry: OnceLock::new(),
            ended: Mutex::default(),
        }
    }

    /// What the ledger's entry keeps of it.
    pub(crate) fn sink(self: &Arc<Self>) -> Arc<dyn Sink> {
        self.clone()
    }

    /// The span, to be told to upstreams; `None` where no spans are sent, and none is to be put between
    /// the caller's and theirs.
    pub(crate) fn context(&self) -> Option<&TraceContext> {
        self.telemetry.sends_traces().then_some(&self.context)
    }

    /// The response's head is there.
    pub(crate) fn answered(&self, status: StatusCode) {
        self.ended().status = Some(status);
    }

    /// The response has ended, or nobody waits for it any longer; the first time counts.
    pub(crate) fn end(&self) {
        let after = self.arrived.elapsed();
        self.ended().after.get_or_insert(after);
    }

    fn ended(&self) -> std::sync::MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for RequestSpan {
    fn record(&self, entry: &Arc<Entry>) {
        self.telemetry.measure(&self.head.path, entry);
        // An entry is closed once.
        self.entry.set(entry.clone()).ok();
    }
}

impl Drop for RequestSpan {
    fn drop(&mut self) {
        if !self.telemetry.sends_traces() || !self.context.is_sampled() {
            return;
        }
        let Ended { status, after } = *self.ended();
        let entry = self.entry.take();
        let took = after.unwrap_or_else(|| self.arrived.elapsed());
        self.telemetry.finished(Finished {
            head: self.head.clone(),
            parent: self.parent,
            context: self.context.clone(),
            status,
            took,
            entry,
        });
    }
}
