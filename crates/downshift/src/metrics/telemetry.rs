//! What becomes of telemetry that is sent by OTLP; there only where any is.

use prometheus::{IntCounterVec, Registry};

use super::int_counter;

/// Spans by result, and lost batches by signal.
pub(super) fn register(
    registry: &Registry,
) -> Result<(IntCounterVec, IntCounterVec), prometheus::Error> {
    let spans = int_counter(
        registry,
        (
            "downshift_otlp_spans_total",
            "Spans sent by OTLP, lost because the collector did not take them, or dropped because the queue was full.",
        ),
        &["result"],
    )?;
    for result in ["sent", "lost", "dropped"] {
        spans.with_label_values(&[result]);
    }
    let failures = int_counter(
        registry,
        (
            "downshift_otlp_failures_total",
            "Batches that the collector did not take, by signal.",
        ),
        &["signal"],
    )?;
    Ok((spans, failures))
}
