//! A collector of OpenTelemetry's: hides OTLP, and that spans and metrics come when they come.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};

use crate::script::Script;
use crate::upstream::{Recorded, Upstream};

/// How long a test waits for something that must be sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// A collector that takes whatever is sent.
#[derive(Debug)]
pub struct Collector {
    server: Upstream,
}

/// A span as the collector got it.
#[derive(Debug, Clone)]
pub struct Spanned {
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub id: String,
    /// 16 hexadecimal digits; empty where it has none.
    pub parent: String,
    /// The span itself.
    pub span: Span,
    /// Its attributes.
    pub attributes: BTreeMap<String, Value>,
    /// Those of the process it comes from.
    pub resource: BTreeMap<String, Value>,
}

// === impl Collector ===

impl Collector {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self {
            server: Upstream::start(takes()).await,
        }
    }

    /// What stands in a policy's `telemetry.otlp`.
    pub fn address(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// From now on everything is refused with this status.
    pub fn refuse(&self, status: u16) {
        self.server.always(Script { status, ..takes() });
    }

    /// From now on everything is taken.
    pub fn take(&self) {
        self.server.always(takes());
    }

    /// From now on nothing is answered for so long.
    pub fn stall(&self, millis: u64) {
        self.server.always(Script {
            first_ms: millis,
            ..takes()
        });
    }

    /// Every exchange for a signal: `traces` or `metrics`.
    pub fn exchanges(&self, signal: &str) -> Vec<Recorded> {
        let path = format!("/v1/{signal}");
        let calls = self.server.calls().into_iter();
        calls.filter(|call| call.path == path).collect()
    }

    /// Every span, once there are so many.
    #[track_caller]
    pub fn spans(&self, count: usize) -> impl Future<Output = Vec<Spanned>> {
        let caller = std::panic::Location::caller();
        async move {
            let begun = std::time::Instant::now();
            loop {
                let spans = self.now();
                if spans.len() >= count {
                    return spans;
                }
                assert!(
                    begun.elapsed() < PATIENCE,
                    "{caller}: {} of {count} spans: {spans:#?}",
                    spans.len()
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Every span so far.
    pub fn now(&self) -> Vec<Spanned> {
        let calls = self.exchanges("traces");
        let requests = calls.iter().map(|call| {
            assert_eq!(call.header("content-type"), Some("application/x-protobuf"));
            ExportTraceServiceRequest::decode(&*call.body).expect("a request of OTLP")
        });
        let of_process = requests.flat_map(|request| request.resource_spans);
        let spans = of_process.flat_map(|of_process| {
            let resource = of_process.resource.map(|resource| resource.attributes);
            let resource = attributes(&resource.unwrap_or_default());
            let of_scope = of_process.scope_spans.into_iter();
            of_scope
                .flat_map(|of_scope| of_scope.spans)
                .map(move |span| Spanned::of(span, resource.clone()))
        });
        spans.collect()
    }

    /// The newest metrics, once there are any; by name.
    pub async fn metrics(&self) -> BTreeMap<String, Metric> {
        let begun = std::time::Instant::now();
        loop {
            if let Some(newest) = self.exchanges("metrics").pop() {
                let request = ExportMetricsServiceRequest::decode(&*newest.body);
                let request = request.expect("a request of OTLP");
                let scopes = request.resource_metrics.into_iter();
                let scopes = scopes.flat_map(|of_process| of_process.scope_metrics);
                let metrics = scopes.flat_map(|of_scope| of_scope.metrics);
                return metrics
                    .map(|metric| (metric.name.clone(), metric))
                    .collect();
            }
            assert!(begun.elapsed() < PATIENCE, "no metrics");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An empty answer is a full success.
fn takes() -> Script {
    Script {
        body: Some(String::new()),
        content_type: "application/x-protobuf".to_owned(),
        ..Script::default()
    }
}

// === impl Spanned ===

impl Spanned {
    fn of(span: Span, resource: BTreeMap<String, Value>) -> Self {
        Self {
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            attributes: attributes(&span.attributes),
            resource,
            span,
        }
    }

    /// An attribute; null where there is none.
    pub fn get(&self, name: &str) -> Value {
        self.attributes.get(name).cloned().unwrap_or_default()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}

/// Attributes by name; a name that is there twice fails the test.
pub(crate) fn attributes(all: &[KeyValue]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for attribute in all {
        let value = plain(attribute.value.as_ref());
        let before = found.insert(attribute.key.clone(), value);
        assert!(before.is_none(), "{} is there twice", attribute.key);
    }
    found
}

fn plain(value: Option<&AnyValue>) -> Value {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Any::StringValue(text)) => json!(text),
        Some(Any::BoolValue(flag)) => json!(flag),
        Some(Any::IntValue(number)) => json!(number),
        Some(Any::DoubleValue(number)) => json!(number),
        Some(Any::ArrayValue(list)) => list.values.iter().map(|item| plain(Some(item))).collect(),
        other => panic!("no value we send: {other:?}"),
    }
}
