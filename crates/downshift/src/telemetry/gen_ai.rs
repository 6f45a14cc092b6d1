//! The metrics that OpenTelemetry's GenAI conventions ask of a client: hides their names and buckets.
//!
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/>. They are sent by OTLP alone;
//! `/metrics` has the same figures under names of its own.

use downshift_ledger::{AttemptEntry, AttemptOutcome, Entry};
use prometheus::proto::MetricFamily;
use prometheus::{HistogramOpts, HistogramVec, Registry};

use super::operation;
use super::spans::Models;

const SECONDS: &[f64] = &[
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

const TOKENS: &[f64] = &[
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// A label as Prometheus' library takes it, and as the conventions write it.
const NAMES: &[(&str, &str)] = &[
    (
        "gen_ai_client_operation_duration",
        "gen_ai.client.operation.duration",
    ),
    (
        "gen_ai_client_operation_time_to_first_chunk",
        "gen_ai.client.operation.time_to_first_chunk",
    ),
    ("gen_ai_client_token_usage", "gen_ai.client.token.usage"),
    ("gen_ai_operation_name", "gen_ai.operation.name"),
    ("gen_ai_provider_name", "gen_ai.provider.name"),
    ("gen_ai_request_model", "gen_ai.request.model"),
    ("gen_ai_token_type", "gen_ai.token.type"),
    ("server_address", "server.address"),
    ("error_type", "error.type"),
];

const OF_CALL: [&str; 4] = [
    "gen_ai_operation_name",
    "gen_ai_provider_name",
    "gen_ai_request_model",
    "server_address",
];

/// What calls to models come to.
#[derive(Debug)]
pub(super) struct GenAi {
    registry: Registry,
    duration: HistogramVec,
    first_chunk: HistogramVec,
    tokens: HistogramVec,
}

// === impl GenAi ===

impl GenAi {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let histogram = |name: &str, help: &str, buckets: &[f64], more: &[&str]| {
            let labels = [&OF_CALL, more].concat();
            let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            let histogram = HistogramVec::new(opts, &labels)?;
            registry.register(Box::new(histogram.clone()))?;
            Ok::<_, prometheus::Error>(histogram)
        };
        Ok(Self {
            duration: histogram(
                "gen_ai_client_operation_duration",
                "GenAI operation duration.",
                SECONDS,
                &["error_type"],
            )?,
            first_chunk: histogram(
                "gen_ai_client_operation_time_to_first_chunk",
                "Time to receive the first chunk of a reply.",
                SECONDS,
                &[],
            )?,
            tokens: histogram(
                "gen_ai_client_token_usage",
                "Number of input and output tokens used.",
                TOKENS,
                &["gen_ai_token_type"],
            )?,
            registry,
        })
    }

    /// Books the calls of a request to this path.
    pub(super) fn record(&self, path: &str, entry: &Entry, models: &Models) {
        let operation = operation::name(path);
        for attempt in &entry.attempts {
            self.attempt(operation, attempt, models);
        }
    }

    fn attempt(&self, operation: &str, attempt: &AttemptEntry, models: &Models) {
        let origin = attempt.sent.server.as_deref().unwrap_or_default();
        let (host, _) = operation::host_and_port(origin);
        let known = models.get(&attempt.model);
        let provider = operation::provider(host, known.map_or("openai", |known| known.api));
        let model = known.map_or(&*attempt.model, |known| &known.model);
        let call = [operation, provider, model, host];
        let with = |more: &'static str| [&call[..], &[more]].concat();
        let failed = attempt.outcome != AttemptOutcome::Ok;
        let error = if failed { attempt.outcome.label() } else { "" };
        self.duration
            .with_label_values(&with(error))
            .observe(attempt.seconds);
        if let Some(seconds) = attempt.first_token_seconds {
            self.first_chunk.with_label_values(&call).observe(seconds);
        }
        for (kind, tokens) in [
            ("input", attempt.usage.map(|usage| usage.input)),
            ("output", attempt.usage.map(|usage| usage.output)),
        ] {
            if let Some(tokens) = tokens.filter(|_| !failed) {
                self.tokens
                    .with_label_values(&with(kind))
                    .observe(tokens as f64);
            }
        }
    }

    /// All of them, under the names of the conventions.
    pub(super) fn gather(&self) -> Vec<MetricFamily> {
        let mut families = self.registry.gather();
        for family in &mut families {
            family.set_name(conventional(family.name()));
            for metric in family.mut_metric() {
                for label in metric.mut_label() {
                    label.set_name(conventional(label.name()));
                }
            }
        }
        families
    }
}

fn conventional(name: &str) -> String {
    let named = NAMES.iter().find(|(ours, _)| *ours == name);
    named.map_or(name, |(_, theirs)| theirs).to_owned()
}
