//! What requests come to: their closed ledger entries, counted.

use std::sync::Arc;

use downshift_ledger::{AttemptEntry, CostUnknown, Entry, Outcome, Rung, Sink};
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
    work: Work,
    tokens: IntCounterVec,
    unknown_price: IntCounterVec,
    missing_usage: IntCounterVec,
    confidence: HistogramVec,
    attempts: IntCounterVec,
    times: Times,
    judges: JudgeMetrics,
}

/// What counts in floats, and how often it is not known.
#[derive(Debug)]
struct Work {
    energy: CounterVec,
    co2e: CounterVec,
    flops: Counter,
    unknown: IntCounterVec,
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
        Ok(Self {
            requests: counter(
                "downshift_requests_total",
                "Requests, each once, by the rung and the model that replied, or failed to, and by how they ended.",
                &["rung", "intent", "model", "outcome"],
            )?,
            escalations: counter(
                "downshift_escalations_total",
                "Steps of trails: each time a rung, or one of its models, passed a query on, by reason.",
                &["from", "reason"],
            )?,
            cost: MoneyCounter::register(
                registry,
                (
                    "downshift_cost_usd_total",
                    "What calls to models cost, in USD, abandoned ones included; calls of unknown cost are not in it.",
                ),
                &["rung", "model"],
            )?,
            baseline: MoneyCounter::register(
                registry,
                (
                    "downshift_baseline_usd_total",
                    "What requests with a whole reply would have cost at the llm, in USD, where that is known.",
                ),
                &[],
            )?,
            work: Work::register(registry)?,
            tokens: counter(
                "downshift_tokens_total",
                "Tokens of calls to models, as those counted them; cached_input and cache_write are part of input.",
                &["direction", "model"],
            )?,
            unknown_price: counter(
                "downshift_unknown_price_total",
                "Calls whose cost is unknown because the model has no price, or none for what it counted.",
                &["model"],
            )?,
            missing_usage: counter(
                "downshift_missing_usage_total",
                "Calls whose cost is unknown because the model sent no usage.",
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
        self.work.record(entry);
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
                .with_label_values(&["cache_write", model])
                .inc_by(usage.cache_write);
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

// === impl Work ===

impl Work {
    fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let bounds = |name, help| {
            let counter = CounterVec::new(Opts::new(name, help), &["bound"])?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let flops = Counter::new(
            "downshift_flops_total",
            "Floating-point operations of models and of the classifier, where the models' are known.",
        )?;
        registry.register(Box::new(flops.clone()))?;
        Ok(Self {
            energy: bounds(
                "downshift_energy_joules_total",
                "Energy of models and of the router itself, estimated, in joules: lower and upper bound.",
            )?,
            co2e: bounds(
                "downshift_co2e_grams_total",
                "Greenhouse gases of that energy, in grams of CO2 equivalent, where the policy gives the grids' intensity.",
            )?,
            flops,
            unknown: int_counter(
                registry,
                (
                    "downshift_unknown_figures_total",
                    "Requests of which a figure is unknown, and so in no sum; baseline: of those with a whole reply.",
                ),
                &["figure"],
            )?,
        })
    }

    fn record(&self, entry: &Entry) {
        if let Some(energy) = &entry.energy {
            self.energy
                .with_label_values(&["min"])
                .inc_by(energy.min_joules);
            self.energy
                .with_label_values(&["max"])
                .inc_by(energy.max_joules);
        }
        if let Some(co2e) = &entry.co2e {
            self.co2e.with_label_values(&["min"]).inc_by(co2e.min_grams);
            self.co2e.with_label_values(&["max"]).inc_by(co2e.max_grams);
        }
        self.flops.inc_by(entry.flops.unwrap_or_default());
        let whole = entry.outcome == Outcome::Ok;
        for (figure, unknown) in [
            ("cost", entry.cost.is_none()),
            ("baseline", whole && entry.baseline.is_none()),
            ("flops", entry.flops.is_none()),
            ("energy", entry.energy.is_none()),
        ] {
            if unknown {
                self.unknown.with_label_values(&[figure]).inc();
            }
        }
    }
}

// === impl Times ===

impl Times {
    fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let times = |name, help, buckets| histogram(registry, (name, help), buckets);
        Ok(Self {
            overhead: times(
                "downshift_overhead_seconds",
                "Seconds of each request in which no model was at work for it: the router's own time.",
                OWN_SECONDS,
            )?,
            duration: times(
                "downshift_request_seconds",
                "Seconds from each request's arrival to the end of its reply.",
                REQUEST_SECONDS,
            )?,
            first_token: times(
                "downshift_first_token_seconds",
                "Seconds from each request's arrival to the first token of the model that replied.",
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
