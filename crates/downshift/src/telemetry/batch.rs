//! The queue of finished requests: hides that their spans are made and sent behind the requests' backs,
//! many at a time. What finds the queue full is dropped and counted; nobody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};
use prometheus::IntCounterVec;
use prost::Message;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::otlp::Exporter;
use super::request::Finished;
use super::spans::{self, Models};

/// Requests whose spans are sent together.
const TOGETHER: usize = 256;

/// The end of the queue that requests see.
#[derive(Debug)]
pub(super) struct Queue {
    finished: mpsc::Sender<Finished>,
    spans: IntCounterVec,
}

/// The end that sends.
#[derive(Debug)]
pub(super) struct Batches {
    pub(super) finished: mpsc::Receiver<Finished>,
    pub(super) stop: oneshot::Receiver<oneshot::Sender<()>>,
    pub(super) exporter: Arc<Exporter>,
    pub(super) spans: IntCounterVec,
    pub(super) models: Arc<Models>,
    pub(super) resource: Resource,
    pub(super) delay: Duration,
    /// Spans that were taken out of the queue and are neither sent nor lost yet.
    pub(super) held: Arc<AtomicU64>,
}

// === impl Queue ===

impl Queue {
    pub(super) fn new(finished: mpsc::Sender<Finished>, spans: IntCounterVec) -> Self {
        Self { finished, spans }
    }

    pub(super) fn push(&self, finished: Finished) {
        let spans = spans::count(&finished);
        if self.finished.try_send(finished).is_err() {
            self.spans.with_label_values(&["dropped"]).inc_by(spans);
        }
    }
}

// === impl Batches ===

impl Batches {
    /// Sends until it is told to stop, then what is left.
    pub(super) async fn run(mut self) {
        let mut batch = Vec::with_capacity(TOGETHER);
        loop {
            let stopped = self.fill(&mut batch).await;
            self.export(&mut batch).await;
            let Some(done) = stopped else { continue };
            self.finished.close();
            while self.finished.recv_many(&mut batch, TOGETHER).await > 0 {
                self.export(&mut batch).await;
            }
            if let Some(done) = done {
                done.send(()).ok();
            }
            return;
        }
    }

    /// Waits for requests, and then a little for more; whether it is time to stop.
    async fn fill(&mut self, batch: &mut Vec<Finished>) -> Option<Option<oneshot::Sender<()>>> {
        let mut due: Option<Instant> = None;
        while batch.len() < TOGETHER {
            let room = TOGETHER - batch.len();
            let until = due.unwrap_or_else(Instant::now);
            tokio::select! {
                stop = &mut self.stop => return Some(stop.ok()),
                taken = self.finished.recv_many(batch, room) => {
                    if taken == 0 {
                        return Some(None);
                    }
                    due.get_or_insert_with(|| Instant::now() + self.delay);
                }
                () = sleep_until(until), if due.is_some() => break,
            }
        }
        None
    }

    async fn export(&self, batch: &mut Vec<Finished>) {
        if batch.is_empty() {
            return;
        }
        let requests = batch.drain(..);
        let spans: Vec<_> = requests
            .flat_map(|finished| spans::spans(&finished, &self.models))
            .collect();
        let all = spans.len() as u64;
        self.held.store(all, Ordering::Relaxed);
        let request = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(self.resource.clone()),
                scope_spans: vec![ScopeSpans {
                    scope: Some(super::scope()),
                    spans,
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            }],
        };
        let answer = self.exporter.send(&request).await;
        let refused = answer
            .as_ref()
            .map_or(all, |answer| rejected(answer).min(all));
        let count = |result: &str, spans| self.spans.with_label_values(&[result]).inc_by(spans);
        count("sent", all - refused);
        count("lost", refused);
        self.held.store(0, Ordering::Relaxed);
    }
}

/// How many spans a collector that answered did not want.
fn rejected(answer: &[u8]) -> u64 {
    let answer = ExportTraceServiceResponse::decode(answer).unwrap_or_default();
    let Some(partial) = answer.partial_success else {
        return 0;
    };
    if partial.rejected_spans > 0 {
        tracing::debug!(
            spans = partial.rejected_spans,
            "the collector rejects spans: {}",
            partial.error_message
        );
    }
    u64::try_from(partial.rejected_spans).unwrap_or(0)
}
