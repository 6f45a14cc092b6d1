//! Sends one signal to the collector: hides that it is tried again, and what is said when it fails.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use downshift_upstream::{Client, Collector, CollectorConfig, Error, ErrorKind};
use prometheus::IntCounter;
use prost::Message;
use tokio::time::Instant;

use super::config::Target;

/// What the body of an export is.
const PROTOBUF: &str = "application/x-protobuf";

/// The first pause before a batch is tried again; the next is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long one batch is tried.
const PATIENCE: Duration = Duration::from_secs(10);

/// One signal's way to the collector.
#[derive(Debug)]
pub(super) struct Exporter {
    signal: &'static str,
    collector: Collector,
    failures: IntCounter,
    /// Whether the last batch was lost, so that the next one is not worth a line.
    failing: AtomicBool,
    /// Whether nobody waits for a second try any longer.
    closing: AtomicBool,
}

// === impl Exporter ===

impl Exporter {
    /// `failures` counts batches that were lost.
    pub(super) fn new(
        client: &Client,
        signal: &'static str,
        target: Target,
        failures: IntCounter,
    ) -> Result<Self, Error> {
        let collector = Collector::new(
            client,
            &CollectorConfig {
                url: target.url,
                headers: target.headers,
                content_type: PROTOBUF,
                timeout: target.timeout,
            },
        )?;
        Ok(Self {
            signal,
            collector,
            failures,
            failing: AtomicBool::new(false),
            closing: AtomicBool::new(false),
        })
    }

    /// Where it goes, to show.
    pub(super) fn origin(&self) -> String {
        self.collector.origin()
    }

    /// From now on a batch is tried once.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Sends a batch; gives the collector's answer, or `None` where the batch is lost.
    pub(super) async fn send(&self, batch: &impl Message) -> Option<Bytes> {
        let body = Bytes::from(batch.encode_to_vec());
        match self.tries(&body).await {
            Ok(answer) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    let collector = self.origin();
                    tracing::info!(%collector, signal = self.signal, "the collector takes telemetry again");
                }
                Some(answer)
            }
            Err(error) => {
                self.failures.inc();
                if !self.failing.swap(true, Ordering::Relaxed) {
                    let collector = self.origin();
                    tracing::warn!(
                        %collector, signal = self.signal,
                        "telemetry is lost, and counted, while the collector does not take it: {error}"
                    );
                }
                None
            }
        }
    }

    async fn tries(&self, body: &Bytes) -> Result<Bytes, Error> {
        let end = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.collector.post(body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = error.retry_after().unwrap_or(pause);
            let closing = self.closing.load(Ordering::Relaxed);
            if closing || !may_repeat(error.kind) || Instant::now() + wait >= end {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
    }
}

/// What OTLP says may be tried again: these statuses, and whatever is not known to have arrived.
/// <https://opentelemetry.io/docs/specs/otlp/#failures-1>
fn may_repeat(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::Status(status) => matches!(status, 429 | 502 | 503 | 504),
        ErrorKind::Config => false,
        _ => true,
    }
}
