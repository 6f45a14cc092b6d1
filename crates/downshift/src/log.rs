//! What is logged, and how it is written: hides the formats, and that nothing of a prompt is in a log
//! unless the policy asks for it.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use anyhow::Context;
use downshift_ledger::{Bodies, Entry, Rung, Sink};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use crate::config;

/// Where lines about requests come from, for filters.
pub(crate) const REQUESTS: &str = "downshift::requests";

/// What the log says, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// How a line is written.
    pub format: Format,
    /// Whether there is a line for each request, when it has ended.
    pub requests: bool,
    /// Whether what was asked and replied is logged too.
    pub prompts: bool,
}

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// A JSON object.
    Json,
}

/// Writes a line for each closed entry.
#[derive(Debug)]
pub(crate) struct RequestLog;

/// Logs go to standard error, so that standard output carries results alone. `default` is what is
/// logged where `DOWNSHIFT_LOG` says nothing.
pub(crate) fn init(default: &str, format: Format) -> anyhow::Result<()> {
    let filter = config::variable("DOWNSHIFT_LOG").unwrap_or_else(|| default.to_owned());
    let filter = EnvFilter::try_new(&filter)
        .with_context(|| format!("DOWNSHIFT_LOG is no filter: `{filter}`"))?;
    // A file gets no escape codes, nor does who asks for none (https://no-color.org).
    let colours = io::stderr().is_terminal() && config::variable("NO_COLOR").is_none();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(io::stderr);
    let started = match format {
        Format::Text => logs.try_init(),
        Format::Json => logs
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}

/// Logs what was asked and replied in one request.
pub(crate) fn said(bodies: &Bodies) {
    tracing::info!(
        target: REQUESTS,
        request_id = bodies.id,
        request = bodies.request.as_deref(),
        reply = bodies.reply.as_deref(),
        "said",
    );
}

impl RequestLog {
    /// What writes a line for each entry, where the policy asks for that.
    pub(crate) fn sink(config: &LogConfig) -> Option<Arc<dyn Sink>> {
        config.requests.then(|| Arc::new(Self) as Arc<dyn Sink>)
    }
}

impl Sink for RequestLog {
    fn record(&self, entry: &Arc<Entry>) {
        let money =
            |money: Option<downshift_ledger::Money>| money.map(downshift_ledger::Money::usd_string);
        let escalated = entry.trail.summary();
        tracing::info!(
            target: REQUESTS,
            request_id = entry.id,
            trace_id = entry.trace_id.as_deref(),
            span_id = entry.span_id.as_deref(),
            rung = entry.rung.map(Rung::label),
            intent = entry.intent.as_deref(),
            confidence = entry.confidence,
            requested_model = entry.requested_model,
            model = entry.model.as_deref(),
            outcome = entry.outcome.label(),
            stream = entry.stream,
            escalated = (!escalated.is_empty()).then_some(escalated),
            attempts = entry.attempts.len(),
            input_tokens = entry.usage.map(|usage| usage.input),
            output_tokens = entry.usage.map(|usage| usage.output),
            cost_usd = money(entry.cost),
            baseline_usd = money(entry.baseline),
            seconds = entry.seconds,
            own_seconds = entry.own_seconds,
            first_token_seconds = entry.first_token_seconds,
            "request",
        );
    }
}
