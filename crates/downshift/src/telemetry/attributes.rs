//! The attributes of spans: hides how a value is written in OTLP, and that what is unknown is left out.
//!
//! Names are those of OpenTelemetry's semantic conventions 1.41, with its GenAI part; what those
//! have no name for is under `downshift.`.

use downshift_ledger::{EnergyRange, Money};
use downshift_wire::Usage;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};

/// A list of attributes that grows.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<KeyValue>);

// === impl Attributes ===

impl Attributes {
    pub(super) fn into_inner(self) -> Vec<KeyValue> {
        self.0
    }

    pub(super) fn text(&mut self, key: &str, value: impl Into<String>) {
        self.put(key, Value::StringValue(value.into()));
    }

    pub(super) fn maybe_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    pub(super) fn texts(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        let values = values.into_iter().map(|value| AnyValue {
            value: Some(Value::StringValue(value)),
        });
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            self.put(key, Value::ArrayValue(ArrayValue { values }));
        }
    }

    pub(super) fn flag(&mut self, key: &str, value: bool) {
        self.put(key, Value::BoolValue(value));
    }

    pub(super) fn count(&mut self, key: &str, value: u64) {
        self.put(
            key,
            Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)),
        );
    }

    pub(super) fn number(&mut self, key: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.put(key, Value::DoubleValue(value));
        }
    }

    /// Dollars, as the nearest float; the ledger has them exactly.
    pub(super) fn money(&mut self, key: &str, value: Option<Money>) {
        self.number(key, value.map(Money::approximate_usd));
    }

    pub(super) fn energy(&mut self, value: Option<EnergyRange>) {
        self.number(
            "downshift.energy_joules.min",
            value.map(|energy| energy.min_joules),
        );
        self.number(
            "downshift.energy_joules.max",
            value.map(|energy| energy.max_joules),
        );
    }

    pub(super) fn usage(&mut self, value: Option<Usage>) {
        let Some(usage) = value else { return };
        self.count("gen_ai.usage.input_tokens", usage.input);
        self.count("gen_ai.usage.output_tokens", usage.output);
        self.count("gen_ai.usage.cache_read.input_tokens", usage.cached_input);
        self.count(
            "gen_ai.usage.cache_creation.input_tokens",
            usage.cache_write,
        );
        self.count("gen_ai.usage.reasoning.output_tokens", usage.reasoning);
    }

    fn put(&mut self, key: &str, value: Value) {
        self.0.push(KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(value) }),
            ..KeyValue::default()
        });
    }
}
