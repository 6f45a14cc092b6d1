//! What Prometheus reads: each request's ledger entry, counted, and the router's own times.
//!
//! Counters are fed from closed entries alone, so they and the ledger cannot
//! disagree. Money is summed in integers and becomes a float when it is read.

mod judges;
mod machines;
mod money;
mod requests;
mod store;
mod telemetry;
mod upstreams;

use std::sync::Arc;

use downshift_intent::{Error as ClassifierError, Verdict};
use downshift_ledger::{Ledger, Sink, Store};
use prometheus::proto::MetricFamily;
use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

use self::machines::MachineMetrics;
use self::requests::RequestMetrics;
use self::store::StoreMetrics;
pub use self::upstreams::UpstreamMetrics;

/// From 10 µs, where our own time lies, to 10 s.
const OWN_SECONDS: &[f64] = &[
    1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1.0,
    10.0,
];

/// All metrics of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    classifier: ClassifierMetrics,
    requests: Arc<RequestMetrics>,
    refused: IntCounterVec,
    upstreams: UpstreamMetrics,
}

/// What the classifier does.
#[derive(Debug, Clone)]
pub struct ClassifierMetrics {
    seconds: Histogram,
    failed_open: IntCounterVec,
}

// === impl Metrics ===

impl Metrics {
    /// Registers every metric.
    pub fn new(backend: &str) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let opts = Opts::new(
            "downshift_build_info",
            "Always 1; the labels say what runs.",
        );
        let build = IntGaugeVec::new(opts, &["version", "backend"])?;
        build
            .with_label_values(&[env!("CARGO_PKG_VERSION"), backend])
            .set(1);
        registry.register(Box::new(build))?;
        let refused = int_counter(
            &registry,
            (
                "downshift_refused_total",
                "Requests refused before they had an entry in the ledger, by the error's code.",
            ),
            &["code"],
        )?;
        Ok(Self {
            refused,
            classifier: ClassifierMetrics::register(&registry)?,
            requests: Arc::new(RequestMetrics::register(&registry)?),
            upstreams: UpstreamMetrics::register(&registry)?,
            registry,
        })
    }

    /// What the classifier counts on.
    pub fn classifier(&self) -> &ClassifierMetrics {
        &self.classifier
    }

    /// Books a request that was refused before it had an entry; `code` is one of [`CODES`]' names.
    ///
    /// [`CODES`]: crate::rescue::CODES
    pub fn refused(&self, code: &'static str) {
        self.refused.with_label_values(&[code]).inc();
    }

    /// What is done about models that fail.
    pub fn upstreams(&self) -> &UpstreamMetrics {
        &self.upstreams
    }

    /// Where the ledger sends closed entries.
    pub fn sink(&self) -> Arc<dyn Sink> {
        self.requests.clone()
    }

    /// Shows how a store is doing.
    pub fn watch(&self, store: Arc<Store>) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(StoreMetrics::new(store)?))
    }

    /// Shows how machines that are paid by the hour are used.
    pub fn machines(&self, ledger: Arc<Ledger>) -> Result<(), prometheus::Error> {
        let metrics = MachineMetrics::new(ledger)?;
        self.registry.register(Box::new(metrics))
    }

    /// Counts what becomes of telemetry: spans by what became of them, and batches that were lost, by signal.
    pub(crate) fn telemetry(&self) -> Result<(IntCounterVec, IntCounterVec), prometheus::Error> {
        telemetry::register(&self.registry)
    }

    /// All of them, as Prometheus' library has them.
    pub(crate) fn gather(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }

    /// The page at `/metrics`, in Prometheus' text format.
    pub fn encode(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut page = Vec::with_capacity(32 * 1024);
        TextEncoder::new().encode(&self.gather(), &mut page)?;
        Ok(page)
    }
}

// === impl ClassifierMetrics ===

impl ClassifierMetrics {
    fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let seconds = histogram(
            registry,
            (
                "downshift_classify_seconds",
                "Time to tokenise and classify one query, without queueing.",
            ),
            OWN_SECONDS,
        )?;
        let failed_open = int_counter(
            registry,
            (
                "downshift_classifier_failed_open_total",
                "Queries that went to the llm unclassified, by reason.",
            ),
            &["reason"],
        )?;
        Ok(Self {
            seconds,
            failed_open,
        })
    }

    /// Books a verdict.
    pub fn classified(&self, verdict: &Verdict) {
        self.seconds.observe(verdict.seconds);
    }

    /// Books a query that goes up because it could not be classified.
    pub fn failed_open(&self, error: &ClassifierError) {
        self.failed_open.with_label_values(&[error.label()]).inc();
    }
}

fn int_counter(
    registry: &Registry,
    (name, help): (&str, &str),
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn histogram(
    registry: &Registry,
    (name, help): (&str, &str),
    buckets: &[f64],
) -> Result<Histogram, prometheus::Error> {
    let histogram = Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?;
    registry.register(Box::new(histogram.clone()))?;
    Ok(histogram)
}
