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
    pub(super) finished: mpsc::Sender<Finished>,
    pub(super) spans: IntCounterVec,
    /// Spans that have come this way and are neither sent nor lost yet.
    pub(super) held: Arc<AtomicU64>,
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
    /// The queue's.
    pub(super) held: Arc<AtomicU64>,
}

// === impl Queue ===

impl Queue {
    pub(super) fn push(&self, finished: Finished) {
        let spans = spans::count(&finished);
        // Before it is seen at the other end, which takes it off again.
        self.held.fetch_add(spans, Ordering::Relaxed);
        if self.finished.try_send(finished).is_err() {
            self.held.fetch_sub(spans, Ordering::Relaxed);
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
        let held = batch.iter().map(spans::count).sum();
        let requests = batch.drain(..);
        let spans: Vec<_> = requests
            .flat_map(|finished| spans::spans(&finished, &self.models))
            .collect();
        let all = spans.len() as u64;
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
        self.held.fetch_sub(held, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use downshift_upstream::{Client, ClientConfig};
    use http::{Method, Version};
    use prometheus::{IntCounter, Opts};
    use serde_json::json;

    use super::super::config::Target;
    use super::super::context::TraceContext;
    use super::super::request::Head;
    use super::*;

    /// A request whose one call was told of the trace, and one that waited in vain for its turn.
    fn finished() -> Finished {
        let call = |span_id: Option<&str>| {
            json!({
                "rung": "llm", "model": "big", "outcome": "ok", "seconds": 1.0, "span_id": span_id,
            })
        };
        let entry = json!({
            "id": "a", "started": "2026-01-01T00:00:00Z", "requested_model": "auto", "stream": false,
            "outcome": "ok", "tokens_estimated": false, "known_cost_usd": "0", "unknown_costs": 0,
            "energy_method": "flops_utilisation", "own_seconds": 0.0, "classify_seconds": 0.0, "own_flops": 0,
            "own_energy_min_joules": 0.0, "own_energy_max_joules": 0.0, "seconds": 1.0,
            "upstream_seconds": 1.0, "trail": [],
            "attempts": [call(Some("00f067aa0ba902b7")), call(None)],
        });
        Finished {
            head: Head {
                id: "a".into(),
                method: Method::POST,
                path: "/v1/chat/completions".to_owned(),
                version: Version::HTTP_11,
                started: crate::clock::now(),
            },
            parent: None,
            context: TraceContext::begun(),
            status: None,
            took: Duration::ZERO,
            entry: Some(Arc::new(serde_json::from_value(entry).unwrap())),
        }
    }

    #[tokio::test]
    async fn what_waits_is_held_until_it_is_sent_or_lost() {
        let count = Opts::new("spans", "help");
        let counted = IntCounterVec::new(count, &["result"]).unwrap();
        let (sender, receiver) = mpsc::channel(2);
        let queue = Queue {
            finished: sender,
            spans: counted.clone(),
            held: Arc::default(),
        };
        for _ in 0..3 {
            queue.push(finished());
        }
        let of = |result| counted.with_label_values(&[result]).get();
        let held = || queue.held.load(Ordering::Relaxed);
        assert_eq!((held(), of("dropped")), (4, 2));

        let client = Client::new(&ClientConfig::default()).unwrap();
        let target = Target {
            // Nobody listens at the port of `discard`.
            url: "http://127.0.0.1:9/v1/traces".to_owned(),
            headers: Vec::new(),
            timeout: Duration::from_secs(1),
        };
        let failures = IntCounter::new("failures", "help").unwrap();
        let exporter = Exporter::new(&client, "traces", target, failures).unwrap();
        exporter.close();
        let (stop, stopped) = oneshot::channel();
        let batches = Batches {
            finished: receiver,
            stop: stopped,
            exporter: Arc::new(exporter),
            spans: counted.clone(),
            models: Arc::default(),
            resource: Resource::default(),
            delay: Duration::ZERO,
            held: queue.held.clone(),
        };
        drop(stop);
        batches.run().await;
        assert_eq!((held(), of("lost"), of("sent")), (0, 4, 0));
    }
}
