//! OpenTelemetry: hides whether anybody is told of requests, and how.
//!
//! A trace is the ledger told in another form: the request's own span, and one for each call to a
//! model, are made of its closed entry. Metrics are those of `/metrics`. Both go to a collector
//! by OTLP (protobuf over HTTP), behind the requests' backs; without a collector there is nothing of this.

mod attributes;
mod batch;
pub mod config;
pub(crate) mod context;
mod gen_ai;
mod metrics;
mod operation;
mod otlp;
mod request;
mod spans;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use downshift_ledger::Entry;
use downshift_upstream::{Api, Client};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prometheus::IntCounterVec;
use tokio::sync::{mpsc, oneshot};

use self::attributes::Attributes;
use self::batch::{Batches, Queue};
use self::config::{Running, Sample, Target};
use self::context::TraceContext;
use self::gen_ai::GenAi;
use self::otlp::Exporter;
pub(crate) use self::request::RequestSpan;
use self::request::{Finished, Head};
use self::spans::{Known, Models};
use crate::clock;
use crate::config::yaml::Problem;
use crate::config::{Config, Loaded};
use crate::metrics::Metrics;

/// Tells a collector of requests.
#[derive(Debug)]
pub struct Telemetry {
    sample: Sample,
    models: Arc<Models>,
    /// What calls come to, if metrics are sent.
    gen_ai: Option<Arc<GenAi>>,
    /// Where finished requests wait, if traces are sent.
    queue: Option<Queue>,
    spans: IntCounterVec,
    /// Spans that were made and are neither sent nor lost yet.
    held: Arc<AtomicU64>,
    exporters: Vec<Arc<Exporter>>,
    /// What sends, until it is started.
    parts: Mutex<Option<Parts>>,
    /// What stops those that send.
    stops: Mutex<Vec<oneshot::Sender<oneshot::Sender<()>>>>,
}

#[derive(Debug)]
struct Parts {
    batches: Option<Batches>,
    reader: Option<metrics::Reader>,
}

// === impl Telemetry ===

impl Telemetry {
    /// What the policy and the environment ask for, if anything; started by [`Telemetry::start`].
    pub(crate) fn new(
        loaded: &Loaded,
        client: &Client,
        metrics: &Arc<Metrics>,
    ) -> Result<Option<Arc<Self>>, Problem> {
        let Some(mut running) = loaded.config.telemetry.running()? else {
            return Ok(None);
        };
        for warning in &running.warnings {
            tracing::warn!("{warning}");
        }
        let unregistered = |error: prometheus::Error| Problem::at("telemetry", error.to_string());
        let (spans, failures) = metrics.telemetry().map_err(unregistered)?;
        let exporter = |signal, target: Option<Target>| {
            let failures = failures.with_label_values(&[signal]);
            let exporter = target.map(|target| Exporter::new(client, signal, target, failures));
            let exporter = exporter.transpose().map(|exporter| exporter.map(Arc::new));
            exporter.map_err(|error| Problem::at("telemetry.otlp", error.to_string()))
        };
        let traces = exporter("traces", running.traces.take())?;
        let reader = exporter("metrics", running.metrics.take())?;
        let gen_ai = reader.as_ref().map(|_| GenAi::new().map(Arc::new));
        let gen_ai = gen_ai.transpose().map_err(unregistered)?;
        let mut telemetry = Self {
            sample: running.sample,
            models: Arc::new(models(&loaded.config)),
            gen_ai: gen_ai.clone(),
            queue: None,
            spans,
            held: Arc::default(),
            exporters: traces.iter().chain(&reader).cloned().collect(),
            parts: Mutex::default(),
            stops: Mutex::default(),
        };
        let parts = Parts {
            batches: traces.map(|exporter| telemetry.batches(exporter, &running)),
            reader: reader
                .zip(gen_ai)
                .map(|sent| telemetry.reader(sent, &running, metrics)),
        };
        telemetry.parts = Mutex::new(Some(parts));
        Ok(Some(Arc::new(telemetry)))
    }

    /// What sends spans, and the queue they come by.
    fn batches(&mut self, exporter: Arc<Exporter>, running: &Running) -> Batches {
        let (sender, finished) = mpsc::channel(running.queue);
        self.queue = Some(Queue {
            finished: sender,
            spans: self.spans.clone(),
            held: self.held.clone(),
        });
        Batches {
            finished,
            stop: self.stop(),
            exporter,
            spans: self.spans.clone(),
            models: self.models.clone(),
            resource: resource(&running.resource),
            delay: running.delay,
            held: self.held.clone(),
        }
    }

    /// What sends metrics.
    fn reader(
        &self,
        (exporter, gen_ai): (Arc<Exporter>, Arc<GenAi>),
        running: &Running,
        metrics: &Arc<Metrics>,
    ) -> metrics::Reader {
        metrics::Reader {
            metrics: metrics.clone(),
            gen_ai,
            exporter,
            resource: resource(&running.resource),
            every: running.metrics_every,
            started: clock::now(),
            stop: self.stop(),
        }
    }

    /// What one of them is told to stop by.
    fn stop(&self) -> oneshot::Receiver<oneshot::Sender<()>> {
        let (stop, stopped) = oneshot::channel();
        self.stops().push(stop);
        stopped
    }

    fn stops(&self) -> MutexGuard<'_, Vec<oneshot::Sender<oneshot::Sender<()>>>> {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to send, on the runtime it is called on; the second time it does nothing.
    pub fn start(&self) {
        let parts = self
            .parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Parts { batches, reader }) = parts else {
            return;
        };
        if let Some(exporter) = self.exporters.first() {
            tracing::info!(collector = %exporter.origin(), "telemetry is sent by OTLP");
        }
        if let Some(batches) = batches {
            tokio::spawn(batches.run());
        }
        if let Some(reader) = reader {
            tokio::spawn(reader.run());
        }
    }

    /// Sends what is left, for as long as `patience`; what cannot be sent by then is counted as lost.
    pub async fn close(&self, patience: Duration) {
        for exporter in &self.exporters {
            exporter.close();
        }
        let stops = std::mem::take(&mut *self.stops());
        let all = stops.into_iter().map(|stop| async {
            let (done, stopped) = oneshot::channel();
            if stop.send(done).is_ok() {
                stopped.await.ok();
            }
        });
        let all = futures_util::future::join_all(all);
        if tokio::time::timeout(patience, all).await.is_err() {
            let spans = self.held.load(Ordering::Relaxed);
            self.spans.with_label_values(&["lost"]).inc_by(spans);
            tracing::warn!(
                spans,
                "the collector takes no telemetry at shutdown; what is left is lost"
            );
        }
    }

    /// A request has arrived.
    pub(crate) fn begin(
        self: &Arc<Self>,
        request: &Request,
        id: &Arc<str>,
        caller: Option<TraceContext>,
    ) -> Arc<RequestSpan> {
        let head = Head {
            id: id.clone(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            version: request.version(),
            started: clock::now(),
        };
        Arc::new(RequestSpan::new(self.clone(), head, caller))
    }

    fn sends_traces(&self) -> bool {
        self.queue.is_some()
    }

    /// Whether a trace is kept: a caller's word goes before the share, where there is one.
    fn samples(&self, trace: &TraceContext, from_caller: bool) -> bool {
        if from_caller && self.sample.follows_caller {
            trace.is_sampled()
        } else {
            trace.draw() < self.sample.share
        }
    }

    fn measure(&self, path: &str, entry: &Entry) {
        if let Some(gen_ai) = &self.gen_ai {
            gen_ai.record(path, entry, &self.models);
        }
    }

    fn finished(&self, finished: Finished) {
        if let Some(queue) = &self.queue {
            queue.push(finished);
        }
    }
}

/// Who tells.
fn scope() -> InstrumentationScope {
    InstrumentationScope {
        name: "downshift".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    }
}

fn resource(described: &BTreeMap<String, String>) -> Resource {
    let mut attributes = Attributes::default();
    for (name, value) in described {
        attributes.text(name, value.as_str());
    }
    Resource {
        attributes: attributes.into_inner(),
        ..Resource::default()
    }
}

fn models(config: &Config) -> Models {
    let known = config.models.iter().map(|(name, model)| {
        let api = match model.api {
            Api::OpenAi | Api::Responses => "openai",
            Api::Anthropic => "anthropic",
        };
        let known = Known {
            model: model.model.as_str().into(),
            api,
        };
        (name.as_str().into(), known)
    });
    known.collect()
}
