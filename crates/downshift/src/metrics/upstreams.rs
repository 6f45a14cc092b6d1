//! What keeps models callable: retries, hedges, fallbacks and circuits, counted by model.

use downshift_ledger::Reason;
use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry};

use super::int_counter;

/// What is done about models that fail. Calls themselves are counted from the ledger's entries.
#[derive(Debug, Clone)]
pub struct UpstreamMetrics {
    retries: IntCounterVec,
    refused: IntCounterVec,
    hedges: IntCounterVec,
    fallbacks: IntCounterVec,
    breaker: IntGaugeVec,
}

// === impl UpstreamMetrics ===

impl UpstreamMetrics {
    pub(super) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| int_counter(registry, (name, help), labels);
        let breaker = IntGaugeVec::new(
            Opts::new(
                "downshift_upstream_breaker_state",
                "The circuit of a model's best server: 0 closed, 1 half open, 2 open or paused.",
            ),
            &["model"],
        )?;
        registry.register(Box::new(breaker.clone()))?;
        Ok(Self {
            retries: counter(
                "downshift_upstream_retries_total",
                "Tries that were repeated on the same model.",
                &["model"],
            )?,
            refused: counter(
                "downshift_upstream_retries_refused_total",
                "Tries that would have been repeated, had the model's budget for it not been spent.",
                &["model"],
            )?,
            hedges: counter(
                "downshift_upstream_hedges_total",
                "Second tries that were sent beside a slow first one.",
                &["model"],
            )?,
            fallbacks: counter(
                "downshift_upstream_fallbacks_total",
                "Queries that another model took over from this one on the same rung, by reason.",
                &["model", "reason"],
            )?,
            breaker,
        })
    }

    pub(crate) fn retried(&self, model: &str) {
        self.retries.with_label_values(&[model]).inc();
    }

    pub(crate) fn retry_refused(&self, model: &str) {
        self.refused.with_label_values(&[model]).inc();
    }

    pub(crate) fn hedged(&self, model: &str) {
        self.hedges.with_label_values(&[model]).inc();
    }

    pub(crate) fn fell_back(&self, model: &str, reason: Reason) {
        self.fallbacks
            .with_label_values(&[model, reason.label()])
            .inc();
    }

    pub(crate) fn breaker(&self, model: &str, level: i64) {
        self.breaker.with_label_values(&[model]).set(level);
    }
}
