//! What Prometheus reads: each request's ledger entry, counted, and the router's own times.
//!
//! Counters are fed from closed entries alone, so they and the ledger cannot
//! disagree. Money is summed in integers and becomes a float when it is read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use downshift_intent::{Error as ClassifierError, Verdict};
use downshift_ledger::{AttemptEntry, CostUnknown, Entry, Money, Sink};
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Counter as CounterValue, LabelPair, Metric, MetricFamily, MetricType};
use prometheus::{
    Counter, CounterVec, Encoder, Histogram, HistogramOpts, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

/// From 10 µs, where our own time lies, to 10 s.
const OWN_SECONDS: &[f64] = &[
    1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1.0,
    10.0,
];

/// From 100 µs, a computed answer, to ten minutes, a long stream.
const REQUEST_SECONDS: &[f64] = &[
    1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
    300.0, 600.0,
];

/// All metrics of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    classifier: ClassifierMetrics,
    requests: Arc<RequestMetrics>,
    open_requests: IntGauge,
}

/// What the classifier does.
#[derive(Debug, Clone)]
pub struct ClassifierMetrics {
    seconds: Histogram,
    failed_open: IntCounterVec,
}

/// What requests come to, read off their closed entries.
#[derive(Debug)]
struct RequestMetrics {
    requests: IntCounterVec,
    escalations: IntCounterVec,
    cost: MoneyCounter,
    baseline: MoneyCounter,
    energy: CounterVec,
    flops: Counter,
    tokens: IntCounterVec,
    unknown_price: IntCounterVec,
    missing_usage: IntCounterVec,
    overhead: Histogram,
    duration: Histogram,
    first_token: Histogram,
}

/// A counter of exact money under closed labels.
#[derive(Debug, Clone)]
struct MoneyCounter {
    desc: Desc,
    labels: &'static [&'static str],
    sums: Arc<Mutex<BTreeMap<Vec<String>, Money>>>,
}

// === impl Metrics ===

impl Metrics {
    /// Registers every metric.
    pub fn new(backend: &str) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let open_requests = IntGauge::new(
            "downshift_open_requests",
            "Requests that were received and not yet answered in full.",
        )?;
        registry.register(Box::new(open_requests.clone()))?;
        let opts = Opts::new(
            "downshift_build_info",
            "Always 1; the labels say what runs.",
        );
        let build = IntCounterVec::new(opts, &["version", "backend"])?;
        build
            .with_label_values(&[env!("CARGO_PKG_VERSION"), backend])
            .inc();
        registry.register(Box::new(build))?;
        Ok(Self {
            classifier: ClassifierMetrics::register(&registry)?,
            requests: Arc::new(RequestMetrics::register(&registry)?),
            open_requests,
            registry,
        })
    }

    /// What the classifier counts on.
    pub fn classifier(&self) -> &ClassifierMetrics {
        &self.classifier
    }

    /// Requests that are open now.
    pub fn open_requests(&self) -> &IntGauge {
        &self.open_requests
    }

    /// Where the ledger sends closed entries.
    pub fn sink(&self) -> Arc<dyn Sink> {
        self.requests.clone()
    }

    /// The page at `/metrics`, in Prometheus' text format.
    pub fn encode(&self) -> Result<Vec<u8>, prometheus::Error> {
        let mut page = Vec::with_capacity(32 * 1024);
        TextEncoder::new().encode(&self.registry.gather(), &mut page)?;
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

// === impl RequestMetrics ===

impl RequestMetrics {
    fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| int_counter(registry, (name, help), labels);
        let times = |name, help, buckets| histogram(registry, (name, help), buckets);
        let energy = CounterVec::new(
            Opts::new(
                "downshift_energy_joules_total",
                "Estimated energy, lower and upper bound.",
            ),
            &["bound"],
        )?;
        registry.register(Box::new(energy.clone()))?;
        let flops = Counter::new(
            "downshift_flops_total",
            "Floating-point operations of models and classifier.",
        )?;
        registry.register(Box::new(flops.clone()))?;
        Ok(Self {
            requests: counter(
                "downshift_requests_total",
                "Requests by the rung that replied and how they ended.",
                &["rung", "intent", "model", "outcome"],
            )?,
            escalations: counter(
                "downshift_escalations_total",
                "Rungs that passed a query on, by reason.",
                &["from", "reason"],
            )?,
            cost: MoneyCounter::register(
                registry,
                ("downshift_cost_usd_total", "What models cost, in USD."),
                &["rung", "model"],
            )?,
            baseline: MoneyCounter::register(
                registry,
                (
                    "downshift_baseline_usd_total",
                    "What the same requests would have cost at the llm, in USD.",
                ),
                &[],
            )?,
            energy,
            flops,
            tokens: counter(
                "downshift_tokens_total",
                "Tokens of models.",
                &["direction", "model"],
            )?,
            unknown_price: counter(
                "downshift_unknown_price_total",
                "Attempts whose cost is unknown because the model has no price.",
                &["model"],
            )?,
            missing_usage: counter(
                "downshift_missing_usage_total",
                "Attempts whose cost is unknown because the model sent no usage.",
                &["model"],
            )?,
            overhead: times(
                "downshift_overhead_seconds",
                "Time that is not upstream's.",
                OWN_SECONDS,
            )?,
            duration: times(
                "downshift_request_seconds",
                "Time to the end of the reply.",
                REQUEST_SECONDS,
            )?,
            first_token: times(
                "downshift_first_token_seconds",
                "Time to the first token.",
                REQUEST_SECONDS,
            )?,
        })
    }
}

impl Sink for RequestMetrics {
    fn record(&self, entry: &Arc<Entry>) {
        let rung = entry.rung.map_or("none", downshift_ledger::Rung::label);
        let intent = entry.intent.as_deref().unwrap_or("none");
        let model = entry.model.as_deref().unwrap_or("none");
        self.requests
            .with_label_values(&[rung, intent, model, entry.outcome.label()])
            .inc();
        for step in entry.trail.steps() {
            self.escalations
                .with_label_values(&[step.rung.label(), step.reason.label()])
                .inc();
        }
        for attempt in &entry.attempts {
            self.attempt(attempt);
        }
        if let Some(baseline) = entry.baseline {
            self.baseline.add(&[], baseline);
        }
        if let Some(energy) = &entry.energy {
            self.energy
                .with_label_values(&["min"])
                .inc_by(energy.min_joules);
            self.energy
                .with_label_values(&["max"])
                .inc_by(energy.max_joules);
        }
        self.flops.inc_by(entry.flops.unwrap_or_default());
        self.overhead.observe(entry.own_seconds);
        self.duration.observe(entry.seconds);
        if let Some(seconds) = entry.first_token_seconds {
            self.first_token.observe(seconds);
        }
    }
}

impl RequestMetrics {
    fn attempt(&self, attempt: &AttemptEntry) {
        let model = &*attempt.model;
        if let Some(usage) = &attempt.usage {
            self.tokens
                .with_label_values(&["input", model])
                .inc_by(usage.input);
            self.tokens
                .with_label_values(&["cached_input", model])
                .inc_by(usage.cached_input);
            self.tokens
                .with_label_values(&["output", model])
                .inc_by(usage.output);
        }
        if let Some(cost) = attempt.cost {
            self.cost.add(&[attempt.rung.label(), model], cost);
        }
        match attempt.cost_unknown {
            Some(CostUnknown::Price) => self.unknown_price.with_label_values(&[model]).inc(),
            Some(CostUnknown::Usage) => self.missing_usage.with_label_values(&[model]).inc(),
            Some(CostUnknown::Overflow) | None => {}
        }
    }
}

// === impl MoneyCounter ===

impl MoneyCounter {
    fn register(
        registry: &Registry,
        (name, help): (&str, &str),
        labels: &'static [&'static str],
    ) -> Result<Self, prometheus::Error> {
        let variable = labels.iter().map(|label| (*label).to_owned()).collect();
        let desc = Desc::new(
            name.to_owned(),
            help.to_owned(),
            variable,
            std::collections::HashMap::new(),
        )?;
        let counter = Self {
            desc,
            labels,
            sums: Arc::default(),
        };
        registry.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    fn add(&self, values: &[&str], money: Money) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let key = values.iter().map(|value| (*value).to_owned()).collect();
        let sum: &mut Money = sums.entry(key).or_default();
        *sum = sum.checked_add(money).unwrap_or(*sum);
    }

    fn metric(&self, values: &[String], money: Money) -> Metric {
        let pairs = self.labels.iter().zip(values).map(|(label, value)| {
            let mut pair = LabelPair::default();
            pair.set_name((*label).to_owned());
            pair.set_value(value.clone());
            pair
        });
        let mut counter = CounterValue::default();
        counter.set_value(money.approximate_usd());
        let mut metric = Metric::default();
        metric.set_label(pairs.collect());
        metric.set_counter(counter);
        metric
    }
}

impl Collector for MoneyCounter {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut family = MetricFamily::default();
        family.set_name(self.desc.fq_name.clone());
        family.set_help(self.desc.help.clone());
        family.set_field_type(MetricType::COUNTER);
        family.set_metric(
            sums.iter()
                .map(|(values, money)| self.metric(values, *money))
                .collect(),
        );
        vec![family]
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
