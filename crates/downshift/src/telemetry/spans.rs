//! Spans as OTLP has them: hides how a finished request and its ledger entry become a server span
//! and a client span for each call to a model.

use std::collections::BTreeMap;
use std::sync::Arc;

use downshift_ledger::{AttemptEntry, AttemptOutcome, CostUnknown, Entry, Outcome, Rung};
use http::{StatusCode, Version};
use jiff::Timestamp;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use super::attributes::Attributes;
use super::context;
use super::operation;
use super::request::Finished;

/// Says of a span that its parent is known to be, or not to be, in another process.
const HAS_IS_REMOTE: u32 = 0x100;
const IS_REMOTE: u32 = 0x200;

/// What is known of a model beside what the ledger has.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The name it is asked under.
    pub(super) model: Arc<str>,
    /// What its API is called.
    pub(super) api: &'static str,
}

/// Models by their name in the policy.
pub(super) type Models = BTreeMap<Arc<str>, Known>;

/// The spans of a request: its own, and one for each call.
pub(super) fn spans(finished: &Finished, models: &Models) -> Vec<Span> {
    let mut spans = vec![server(finished)];
    let entry = finished.entry.as_deref();
    let calls = entry.into_iter().flat_map(|entry| {
        let of_entry = entry.attempts.iter();
        of_entry.filter_map(move |attempt| client(finished, entry, attempt, models))
    });
    spans.extend(calls);
    spans
}

/// How many spans a request has.
pub(super) fn count(finished: &Finished) -> u64 {
    let entry = finished.entry.iter();
    let calls = entry.flat_map(|entry| &entry.attempts);
    let told = calls.filter(|attempt| attempt.sent.span_id.is_some());
    1 + told.count() as u64
}

fn server(finished: &Finished) -> Span {
    let head = &finished.head;
    let (route, operation) = operation::of(&head.path).unzip();
    let mut attributes = Attributes::default();
    attributes.text("http.request.method", head.method.as_str());
    attributes.text("url.path", &*head.path);
    attributes.text("url.scheme", "http");
    attributes.maybe_text("http.route", route);
    attributes.text("network.protocol.version", protocol(head.version));
    if let Some(status) = finished.status {
        attributes.count("http.response.status_code", status.as_u16().into());
    }
    attributes.text("downshift.id", &*head.id);
    attributes.maybe_text("gen_ai.operation.name", operation);
    if let Some(entry) = &finished.entry {
        of_entry(&mut attributes, entry);
    }
    let error = server_error(finished);
    attributes.maybe_text("error.type", error.as_deref());
    let remote = if finished.parent.is_some() {
        IS_REMOTE
    } else {
        0
    };
    Span {
        trace_id: finished.context.trace_id.to_vec(),
        span_id: finished.context.span_id.to_vec(),
        parent_span_id: finished.parent.map(Vec::from).unwrap_or_default(),
        trace_state: finished.context.state.clone(),
        flags: u32::from(finished.context.flags) | HAS_IS_REMOTE | remote,
        name: route.map_or_else(
            || head.method.to_string(),
            |route| format!("{} {route}", head.method),
        ),
        kind: SpanKind::Server.into(),
        start_time_unix_nano: nanos(head.started, 0.0),
        end_time_unix_nano: nanos(head.started, finished.took.as_secs_f64()),
        attributes: attributes.into_inner(),
        status: Some(status(error.is_some())),
        ..Span::default()
    }
}

/// What the ledger knows of a request.
fn of_entry(attributes: &mut Attributes, entry: &Entry) {
    attributes.text("gen_ai.request.model", &*entry.requested_model);
    attributes.flag("gen_ai.request.stream", entry.stream);
    let served = entry.attempts.iter().rfind(|attempt| {
        Some(&attempt.model) == entry.model.as_ref() && attempt.outcome == AttemptOutcome::Ok
    });
    let replied = served.and_then(|attempt| attempt.sent.response_model.as_deref());
    attributes.maybe_text("gen_ai.response.model", replied.or(entry.model.as_deref()));
    attributes.usage(entry.usage);
    attributes.number(
        "gen_ai.response.time_to_first_chunk",
        entry.first_token_seconds,
    );
    attributes.maybe_text("downshift.rung", entry.rung.map(Rung::label));
    attributes.maybe_text("downshift.intent", entry.intent.as_deref());
    attributes.number("downshift.confidence", entry.confidence.map(f64::from));
    attributes.maybe_text("downshift.model", entry.model.as_deref());
    attributes.maybe_text("downshift.key", entry.key.as_deref());
    attributes.text("downshift.outcome", entry.outcome.label());
    let trail = entry.trail.iter();
    let trail = trail.map(|step| format!("{}:{}", step.rung, step.reason));
    attributes.texts("downshift.escalated", trail);
    attributes.money("downshift.cost_usd", entry.cost);
    attributes.money("downshift.baseline_usd", entry.baseline);
    attributes.money("downshift.saving_usd", entry.saving);
    attributes.energy(entry.energy);
    attributes.text("downshift.energy_method", entry.energy_method.label());
    attributes.number("downshift.flops", entry.flops);
    attributes.number("downshift.own_seconds", Some(entry.own_seconds));
    attributes.flag("downshift.usage_estimated", entry.usage_estimated);
}

/// One call to a model; `None` if it had no span, and no server was told of one.
fn client(
    finished: &Finished,
    entry: &Entry,
    attempt: &AttemptEntry,
    models: &Models,
) -> Option<Span> {
    let span_id: [u8; 8] = context::bytes(attempt.sent.span_id.as_deref()?)?;
    let operation = operation::name(&finished.head.path);
    let known = models.get(&attempt.model);
    let asked = known.map_or(&attempt.model, |known| &known.model);
    let mut attributes = Attributes::default();
    attributes.text("gen_ai.operation.name", operation);
    attributes.text("gen_ai.request.model", &**asked);
    attributes.flag("gen_ai.request.stream", entry.stream);
    of_server(
        &mut attributes,
        attempt,
        known.map_or("openai", |known| known.api),
    );
    of_call(&mut attributes, attempt);
    let start = attempt.sent.after_seconds;
    Some(Span {
        trace_id: finished.context.trace_id.to_vec(),
        span_id: span_id.to_vec(),
        parent_span_id: finished.context.span_id.to_vec(),
        trace_state: finished.context.state.clone(),
        flags: u32::from(finished.context.flags) | HAS_IS_REMOTE,
        name: format!("{operation} {asked}"),
        kind: SpanKind::Client.into(),
        start_time_unix_nano: nanos(entry.started, start),
        end_time_unix_nano: nanos(entry.started, start + attempt.seconds),
        attributes: attributes.into_inner(),
        status: Some(status(failed(attempt))),
        ..Span::default()
    })
}

/// Who was called.
fn of_server(attributes: &mut Attributes, attempt: &AttemptEntry, api: &'static str) {
    let origin = attempt.sent.server.as_deref().unwrap_or_default();
    let (host, port) = operation::host_and_port(origin);
    attributes.text("gen_ai.provider.name", operation::provider(host, api));
    if host.is_empty() {
        return;
    }
    attributes.text("server.address", host);
    if let Some(port) = port {
        attributes.count("server.port", port);
    }
}

/// What the ledger knows of a call.
fn of_call(attributes: &mut Attributes, attempt: &AttemptEntry) {
    let sent = &attempt.sent;
    attributes.maybe_text("gen_ai.response.model", sent.response_model.as_deref());
    let reasons = sent.finish_reason.iter().map(ToString::to_string);
    attributes.texts("gen_ai.response.finish_reasons", reasons);
    attributes.usage(attempt.usage);
    attributes.number(
        "gen_ai.response.time_to_first_chunk",
        attempt.first_token_seconds,
    );
    let error = failed(attempt).then(|| attempt.outcome.label());
    attributes.maybe_text("error.type", error);
    attributes.text("downshift.rung", attempt.rung.label());
    attributes.text("downshift.model", &*attempt.model);
    attributes.text("downshift.outcome", attempt.outcome.label());
    attributes.flag("downshift.judging", attempt.judging);
    attributes.money("downshift.cost_usd", attempt.cost);
    let unknown = attempt.cost_unknown.map(CostUnknown::label);
    attributes.maybe_text("downshift.cost_unknown", unknown);
    attributes.energy(attempt.energy);
    attributes.number("downshift.flops", attempt.flops);
}

/// Whether a call went wrong; that nobody waited for its end is no fault of the server's.
fn failed(attempt: &AttemptEntry) -> bool {
    !matches!(
        attempt.outcome,
        AttemptOutcome::Ok | AttemptOutcome::Abandoned
    )
}

/// What went wrong on this side of the caller: its own mistakes are none.
fn server_error(finished: &Finished) -> Option<String> {
    let status = finished.status.filter(StatusCode::is_server_error);
    let broke = finished
        .entry
        .as_ref()
        .map(|entry| entry.outcome)
        .filter(|outcome| {
            matches!(
                outcome,
                Outcome::UpstreamError | Outcome::Unavailable | Outcome::Internal
            )
        });
    let broke = broke.map(|outcome| outcome.label().to_owned());
    broke.or_else(|| status.map(|status| status.as_u16().to_string()))
}

fn status(failed: bool) -> Status {
    let code = if failed {
        SpanStatus::Error
    } else {
        SpanStatus::Unset
    };
    Status {
        code: code.into(),
        message: String::new(),
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

/// A moment so many seconds after another, in nanoseconds since 1970.
pub(super) fn nanos(from: Timestamp, seconds: f64) -> u64 {
    let after = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let nanos = from.as_nanosecond() + i128::try_from(after.as_nanos()).unwrap_or(0);
    u64::try_from(nanos).unwrap_or(0)
}
