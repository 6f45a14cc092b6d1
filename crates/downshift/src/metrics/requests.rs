//! What requests come to: their closed ledger entries, counted.

use std::sync::Arc;

use downshift_ledger::{AttemptEntry, CostUnknown, Entry, Rung, Sink};
use prometheus::{
    Counter, CounterVec, Histogram, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry,
};

use super::judges::JudgeMetrics;
use super::money::MoneyCounter;
use super::{OWN_SECONDS, histogram, int_counter};

/// From 100 µs, a computed answer, to ten minutes, a long stream.
const REQUEST_SECONDS: &[f64] = &[
    1e-4, 5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0,
    300.0, 600.0,
];

/// Finer where thresholds are set.
const CONFIDENCE: &[f64] = &[
    0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0,
];

/// What requests come to, read off their closed entries.
#[derive(Debug)]
pub(super) struct RequestMetrics {
    requests: IntCounterVec,
    escalations: IntCounterVec,
    cost: MoneyCounter,
    baseline: MoneyCounter,
    energy: CounterVec,
    flops: Counter,
    tokens: IntCounterVec,
    unknown_price: IntCounterVec,
    missing_usage: IntCounterVec,
    confidence: HistogramVec,
    attempts: IntCounterVec,
    times: Times,
    judges: JudgeMetrics,
}

/// How long requests take.
#[derive(Debug)]
struct Times {
    overhead: Histogram,
    duration: Histogram,
    first_token: Histogram,
}

// === impl RequestMetrics ===

impl RequestMetrics {
    pub(super) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| int_counter(registry, (name, help), labels);
        let (energy, flops) = Self::work(registry)?;
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
            confidence: confidence(registry)?,
            attempts: counter(
                "downshift_upstream_attempts_total",
                "Calls to models, each try once, by how they ended.",
                &["model", "outcome"],
            )?,
            times: Times::register(registry)?,
            judges: JudgeMetrics::register(registry)?,
        })
    }

    /// What counts in floats: energy and operations.
    fn work(registry: &Registry) -> Result<(CounterVec, Counter), prometheus::Error> {
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
        Ok((energy, flops))
    }
}

impl Sink for RequestMetrics {
    fn record(&self, entry: &Arc<Entry>) {
        let rung = entry.rung.map_or("none", Rung::label);
        let intent = entry.intent.as_deref().unwrap_or("none");
        let model = entry.model.as_deref().unwrap_or("none");
        self.requests
            .with_label_values(&[rung, intent, model, entry.outcome.label()])
            .inc();
        if let Some(confidence) = entry.confidence {
            self.confidence
                .with_label_values(&[intent])
                .observe(confidence.into());
        }
        for step in entry.trail.steps() {
            self.escalations
                .with_label_values(&[step.rung.label(), step.reason.label()])
                .inc();
        }
        for attempt in &entry.attempts {
            self.attempt(attempt);
        }
        for judgement in &entry.judged {
            self.judges.judged(judgement);
        }
        if let Some(shadow) = &entry.shadow {
            self.judges.shadow(shadow);
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
        self.times.record(entry);
    }
}

impl RequestMetrics {
    fn attempt(&self, attempt: &AttemptEntry) {
        let model = &*attempt.model;
        self.attempts
            .with_label_values(&[model, attempt.outcome.label()])
            .inc();
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

fn confidence(registry: &Registry) -> Result<HistogramVec, prometheus::Error> {
    let opts = HistogramOpts::new(
        "downshift_confidence",
        "How sure the classifier was of each request it classified, 0 to 1.",
    );
    let confidence = HistogramVec::new(opts.buckets(CONFIDENCE.to_vec()), &["intent"])?;
    registry.register(Box::new(confidence.clone()))?;
    Ok(confidence)
}

// === impl Times ===

impl Times {
    fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let times = |name, help, buckets| histogram(registry, (name, help), buckets);
        Ok(Self {
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

    fn record(&self, entry: &Entry) {
        self.overhead.observe(entry.own_seconds);
        self.duration.observe(entry.seconds);
        if let Some(seconds) = entry.first_token_seconds {
            self.first_token.observe(seconds);
        }
    }
}
