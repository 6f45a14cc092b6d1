//! Metrics as OTLP has them: hides how what Prometheus reads becomes what a collector reads.
//!
//! Names, labels and buckets are those of `/metrics`, read from the same registry, so the two
//! cannot disagree.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prometheus::proto::{self, MetricFamily, MetricType};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use super::attributes::Attributes;
use super::gen_ai::GenAi;
use super::otlp::Exporter;
use super::spans::nanos;
use crate::clock;
use crate::metrics::Metrics;

/// Sends all metrics now and then.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) metrics: Arc<Metrics>,
    pub(super) gen_ai: Arc<GenAi>,
    pub(super) exporter: Arc<Exporter>,
    pub(super) resource: Resource,
    pub(super) every: Duration,
    pub(super) started: Timestamp,
    pub(super) stop: oneshot::Receiver<oneshot::Sender<()>>,
}

// === impl Reader ===

impl Reader {
    /// Sends until it is told to stop, and once more then.
    pub(super) async fn run(mut self) {
        let mut ticks = interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick is at once, when there is nothing to tell.
        ticks.tick().await;
        loop {
            tokio::select! {
                _ = ticks.tick() => self.send().await,
                stop = &mut self.stop => {
                    self.send().await;
                    if let Ok(done) = stop {
                        done.send(()).ok();
                    }
                    return;
                }
            }
        }
    }

    async fn send(&self) {
        let mut families = self.metrics.gather();
        families.extend(self.gen_ai.gather());
        let times = [self.started, clock::now()];
        let request = ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(self.resource.clone()),
                scope_metrics: vec![ScopeMetrics {
                    scope: Some(super::scope()),
                    metrics: families
                        .iter()
                        .filter_map(|family| metric(family, times))
                        .collect(),
                    ..ScopeMetrics::default()
                }],
                ..ResourceMetrics::default()
            }],
        };
        // What was lost is in the next, which counts from the beginning too.
        drop(self.exporter.send(&request).await);
    }
}

/// One family; `None` for a kind that we have none of.
fn metric(family: &MetricFamily, times: [Timestamp; 2]) -> Option<Metric> {
    let [started, now] = times.map(|moment| nanos(moment, 0.0));
    let number = |metric: &proto::Metric, value: f64| NumberDataPoint {
        attributes: labels(metric),
        start_time_unix_nano: started,
        time_unix_nano: now,
        value: Some(Value::AsDouble(value)),
        ..NumberDataPoint::default()
    };
    let cumulative = AggregationTemporality::Cumulative.into();
    let points = family.get_metric().iter();
    let data = match family.get_field_type() {
        MetricType::COUNTER => Data::Sum(Sum {
            data_points: points
                .map(|point| number(point, point.get_counter().get_value()))
                .collect(),
            aggregation_temporality: cumulative,
            is_monotonic: true,
        }),
        MetricType::GAUGE => Data::Gauge(Gauge {
            data_points: points
                .map(|point| number(point, point.get_gauge().get_value()))
                .collect(),
        }),
        MetricType::HISTOGRAM => Data::Histogram(Histogram {
            data_points: points
                .map(|point| histogram(point, [started, now]))
                .collect(),
            aggregation_temporality: cumulative,
        }),
        _ => return None,
    };
    Some(Metric {
        name: family.name().to_owned(),
        description: family.help().to_owned(),
        unit: unit(family.name()).to_owned(),
        data: Some(data),
        ..Metric::default()
    })
}

/// Prometheus' buckets count all below their bound, OTLP's those between two.
fn histogram(metric: &proto::Metric, [started, now]: [u64; 2]) -> HistogramDataPoint {
    let histogram = metric.get_histogram();
    let count = histogram.get_sample_count();
    let bounded = histogram.get_bucket().iter();
    let bounded = bounded.filter(|bucket| bucket.upper_bound().is_finite());
    let mut below = 0;
    let (bounds, mut counts): (Vec<f64>, Vec<u64>) = bounded
        .map(|bucket| {
            let within = bucket.cumulative_count().saturating_sub(below);
            below = bucket.cumulative_count();
            (bucket.upper_bound(), within)
        })
        .unzip();
    counts.push(count.saturating_sub(below));
    HistogramDataPoint {
        attributes: labels(metric),
        start_time_unix_nano: started,
        time_unix_nano: now,
        count,
        sum: Some(histogram.get_sample_sum()),
        bucket_counts: counts,
        explicit_bounds: bounds,
        ..HistogramDataPoint::default()
    }
}

/// A label without a value is one that is not there.
fn labels(metric: &proto::Metric) -> Vec<KeyValue> {
    let mut attributes = Attributes::default();
    for label in metric.get_label() {
        if !label.value().is_empty() {
            attributes.text(label.name(), label.value());
        }
    }
    attributes.into_inner()
}

fn unit(name: &str) -> &'static str {
    let name = name.trim_end_matches("_total");
    match name.rsplit(['_', '.']).next() {
        Some("seconds" | "duration" | "chunk") => "s",
        Some("joules") => "J",
        Some("usd") => "USD",
        Some("tokens" | "usage") => "{token}",
        Some("requests") => "{request}",
        Some("flops") => "{operation}",
        _ => "1",
    }
}

#[cfg(test)]
mod tests {
    use prometheus::{HistogramOpts, HistogramVec, Registry};

    use super::*;

    #[test]
    fn buckets_count_what_lies_between_their_bounds() {
        let registry = Registry::new();
        let opts = HistogramOpts::new("own_seconds", "help").buckets(vec![1.0, 2.0, 4.0]);
        let times = HistogramVec::new(opts, &["model", "error"]).unwrap();
        registry.register(Box::new(times.clone())).unwrap();
        for seconds in [0.5, 1.5, 1.75, 8.0] {
            times.with_label_values(&["big", ""]).observe(seconds);
        }
        let moment = Timestamp::from_second(1_000).unwrap();
        let metric = metric(&registry.gather()[0], [moment, moment]).unwrap();
        assert_eq!((&*metric.name, &*metric.unit), ("own_seconds", "s"));
        let Some(Data::Histogram(histogram)) = metric.data else {
            panic!("no histogram")
        };
        let point = &histogram.data_points[0];
        assert_eq!(point.bucket_counts, [1, 2, 0, 1]);
        assert_eq!(point.explicit_bounds, [1.0, 2.0, 4.0]);
        assert_eq!((point.count, point.sum), (4, Some(11.75)));
        assert_eq!(point.time_unix_nano, 1_000_000_000_000);
        let labels: Vec<_> = point.attributes.iter().map(|label| &*label.key).collect();
        assert_eq!(labels, ["model"]);
    }
}
