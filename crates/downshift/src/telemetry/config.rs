//! What a policy and the environment say of OpenTelemetry: hides which of the two is heard.
//!
//! The policy goes before the environment, and a signal's own variable before the one for all. What the
//! environment says that is not understood is left aside with a warning, as OpenTelemetry's
//! specification asks; what the policy says that is not understood is an error at its place.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::Duration;

use downshift_upstream::Secret;
use serde::Deserialize;

use crate::config::yaml::Problem;
use crate::config::{SecretConfig, variable};
use crate::duration::Seconds;

/// What switches OTLP off whatever the environment says.
const OFF: &str = "off";

/// Traces and metrics by OTLP, as a policy says it. What is left out is as OpenTelemetry's own
/// environment variables say; without `otlp` and without those nothing is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// The collector's address, to which `/v1/traces` and `/v1/metrics` are appended; or `off`.
    pub otlp: Option<String>,
    /// Headers that go along, such as a key: `{ authorization: "Bearer ${TOKEN}" }`.
    pub headers: BTreeMap<String, SecretConfig>,
    /// Whether traces are sent.
    pub traces: bool,
    /// Whether metrics are sent.
    pub metrics: bool,
    /// The share of traces begun here that is kept, 0 to 1. A caller's own decision is followed.
    pub sample: Option<f64>,
    /// How often metrics are sent.
    pub metrics_every: Option<Seconds>,
    /// Requests whose spans may wait to be sent; more are dropped and counted.
    pub queue: Option<NonZeroUsize>,
    /// How long one exchange with the collector may take.
    pub timeout: Option<Seconds>,
    /// What the service is called there.
    pub service_name: Option<String>,
}

/// What runs.
#[derive(Debug)]
pub(super) struct Running {
    /// Where traces go, if anywhere.
    pub(super) traces: Option<Target>,
    /// Where metrics go, if anywhere.
    pub(super) metrics: Option<Target>,
    pub(super) sample: Sample,
    pub(super) metrics_every: Duration,
    pub(super) queue: usize,
    /// How long a span waits for others to be sent with.
    pub(super) delay: Duration,
    /// What describes this process.
    pub(super) resource: BTreeMap<String, String>,
    /// What of the environment was not understood.
    pub(super) warnings: Vec<String>,
}

/// Where a signal goes.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: String,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) timeout: Duration,
}

/// Which traces are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// Of those begun here.
    pub(super) share: f64,
    /// Whether a caller's decision goes before that.
    pub(super) follows_caller: bool,
}

/// What reads a variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads what the policy leaves open.
struct Reader<'a> {
    config: &'a TelemetryConfig,
    environment: Environment<'a>,
    warnings: Vec<String>,
}

// === impl TelemetryConfig ===

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp: None,
            headers: BTreeMap::new(),
            traces: true,
            metrics: true,
            sample: None,
            metrics_every: None,
            queue: None,
            timeout: None,
            service_name: None,
        }
    }
}

impl TelemetryConfig {
    /// The running form; `None` where nothing is to be sent.
    pub(super) fn running(&self) -> Result<Option<Running>, Problem> {
        self.with(&variable)
    }

    fn with(&self, environment: Environment<'_>) -> Result<Option<Running>, Problem> {
        self.check()?;
        let disabled = environment("OTEL_SDK_DISABLED");
        let disabled = disabled.is_some_and(|text| text.eq_ignore_ascii_case("true"));
        if self.otlp.as_deref() == Some(OFF) || (self.otlp.is_none() && disabled) {
            return Ok(None);
        }
        let mut reader = Reader {
            config: self,
            environment,
            warnings: Vec::new(),
        };
        let traces = if self.traces {
            reader.target("TRACES")?
        } else {
            None
        };
        let metrics = if self.metrics {
            reader.target("METRICS")?
        } else {
            None
        };
        if traces.is_none() && metrics.is_none() {
            return Ok(None);
        }
        let sample = reader.sample();
        let every = self.metrics_every.map(|every| every.0);
        let every = every.or_else(|| reader.millis("OTEL_METRIC_EXPORT_INTERVAL"));
        let queue = self.queue.map(NonZeroUsize::get);
        let queue = queue.or_else(|| reader.number("OTEL_BSP_MAX_QUEUE_SIZE"));
        let delay = reader.millis("OTEL_BSP_SCHEDULE_DELAY");
        Ok(Some(Running {
            traces,
            metrics,
            sample,
            metrics_every: every.unwrap_or(Duration::from_mins(1)),
            queue: queue.unwrap_or(2048),
            delay: delay.unwrap_or(Duration::from_secs(1)),
            resource: reader.resource(),
            warnings: reader.warnings,
        }))
    }

    fn check(&self) -> Result<(), Problem> {
        if self
            .sample
            .is_some_and(|share| !(0.0..=1.0).contains(&share))
        {
            let message = "is no share; write a number from 0 to 1";
            return Err(Problem::at("telemetry.sample", message));
        }
        if self.metrics_every.is_some_and(|every| every.0.is_zero()) {
            let message = "cannot be 0; write how often, such as 60s, or `metrics: false`";
            return Err(Problem::at("telemetry.metrics_every", message));
        }
        Ok(())
    }
}

// === impl Reader ===

impl Reader<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let value = (self.environment)(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A signal's own variable, else the one for all.
    fn of_signal(&self, signal: &str, rest: &str) -> Option<String> {
        self.variable(&format!("OTEL_EXPORTER_OTLP_{signal}_{rest}"))
            .or_else(|| self.variable(&format!("OTEL_EXPORTER_OTLP_{rest}")))
    }

    fn number<N: std::str::FromStr>(&mut self, name: &str) -> Option<N> {
        let value = self.variable(name)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warn(format!("{name} is no number: `{value}`"));
        }
        number
    }

    fn millis(&mut self, name: &str) -> Option<Duration> {
        let millis: Option<u64> = self.number(name);
        millis
            .filter(|millis| *millis > 0)
            .map(Duration::from_millis)
    }

    /// Where a signal goes.
    fn target(&mut self, signal: &str) -> Result<Option<Target>, Problem> {
        let path = format!("/v1/{}", signal.to_lowercase());
        let below = |base: String| format!("{}{path}", base.trim_end_matches('/'));
        let url = if let Some(otlp) = &self.config.otlp {
            below(otlp.clone())
        } else {
            let exporter = self.variable(&format!("OTEL_{signal}_EXPORTER"));
            if exporter.is_some_and(|name| name != "otlp") {
                return Ok(None);
            }
            let own = self.variable(&format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));
            let all = || self.variable("OTEL_EXPORTER_OTLP_ENDPOINT").map(below);
            let Some(url) = own.or_else(all) else {
                return Ok(None);
            };
            url
        };
        self.look_at_protocol(signal);
        let timeout = self.config.timeout.map(|timeout| timeout.0);
        let timeout = timeout.or_else(|| {
            self.millis(&format!("OTEL_EXPORTER_OTLP_{signal}_TIMEOUT"))
                .or_else(|| self.millis("OTEL_EXPORTER_OTLP_TIMEOUT"))
        });
        Ok(Some(Target {
            url,
            headers: self.headers(signal)?,
            timeout: timeout.unwrap_or(Duration::from_secs(10)),
        }))
    }

    fn look_at_protocol(&mut self, signal: &str) {
        let protocol = self.of_signal(signal, "PROTOCOL");
        if let Some(protocol) = protocol.filter(|protocol| protocol != "http/protobuf") {
            self.warn(format!(
                "OTLP is spoken as http/protobuf alone (usually on port 4318), not as `{protocol}`"
            ));
        }
        if self
            .of_signal(signal, "COMPRESSION")
            .is_some_and(|method| method != "none")
        {
            self.warn("OTLP is sent uncompressed".to_owned());
        }
    }

    /// Both signals may have the same to complain of.
    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn headers(&mut self, signal: &str) -> Result<Vec<(String, Secret)>, Problem> {
        let mut headers = BTreeMap::new();
        for (name, value) in pairs(&self.of_signal(signal, "HEADERS").unwrap_or_default()) {
            headers.insert(name.to_lowercase(), Secret::new(value));
        }
        for (name, value) in &self.config.headers {
            let value = value.resolve().map_err(|error| {
                Problem::at(format!("telemetry.headers.{name}"), error.to_string())
            })?;
            headers.insert(name.to_lowercase(), value);
        }
        Ok(headers.into_iter().collect())
    }

    fn sample(&mut self) -> Sample {
        let named = self.variable("OTEL_TRACES_SAMPLER").unwrap_or_default();
        let (follows_caller, root) = match named.strip_prefix("parentbased_") {
            Some(root) => (true, root),
            None => (named.is_empty(), &*named),
        };
        let share = match root {
            "" | "always_on" => 1.0,
            "always_off" => 0.0,
            "traceidratio" => {
                let share: Option<f64> = self.number("OTEL_TRACES_SAMPLER_ARG");
                share
                    .filter(|share| (0.0..=1.0).contains(share))
                    .unwrap_or(1.0)
            }
            _ => {
                self.warn(format!("OTEL_TRACES_SAMPLER is not known: `{named}`"));
                return Sample {
                    share: self.config.sample.unwrap_or(1.0),
                    follows_caller: true,
                };
            }
        };
        match self.config.sample {
            Some(share) => Sample {
                share,
                follows_caller: true,
            },
            None => Sample {
                share,
                follows_caller,
            },
        }
    }

    fn resource(&self) -> BTreeMap<String, String> {
        let mut resource = BTreeMap::from([
            ("service.name".to_owned(), "downshift".to_owned()),
            (
                "service.version".to_owned(),
                env!("CARGO_PKG_VERSION").to_owned(),
            ),
            (
                "service.instance.id".to_owned(),
                uuid::Uuid::new_v4().to_string(),
            ),
        ]);
        resource.extend(pairs(
            &self
                .variable("OTEL_RESOURCE_ATTRIBUTES")
                .unwrap_or_default(),
        ));
        let name = self.config.service_name.clone();
        if let Some(name) = name.or_else(|| self.variable("OTEL_SERVICE_NAME")) {
            resource.insert("service.name".to_owned(), name);
        }
        resource
    }
}

/// `name=value,name=value`, the values percent-encoded: how OpenTelemetry writes lists in variables.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then(|| (name.to_owned(), decoded(value.trim())))
    };
    text.split(',').filter_map(pair).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digit = |place: usize| char::from(*after.get(place)?).to_digit(16);
        let coded = digit(0).zip(digit(1)).filter(|_| *byte == b'%');
        if let Some((high, low)) = coded {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = &after[2..];
        } else {
            bytes.push(*byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
