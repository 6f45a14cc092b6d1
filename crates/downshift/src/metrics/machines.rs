//! How machines that are paid by the hour are used, read when Prometheus asks.

use std::sync::Arc;

use downshift_ledger::{Ledger, MachineTime};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{CounterVec, Opts};

/// Reads the time of machines into metrics.
pub(super) struct MachineMetrics {
    ledger: Arc<Ledger>,
    seconds: CounterVec,
    idle_cost: CounterVec,
}

// === impl MachineMetrics ===

impl MachineMetrics {
    pub(super) fn new(ledger: Arc<Ledger>) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| CounterVec::new(Opts::new(name, help), labels);
        Ok(Self {
            ledger,
            seconds: counter(
                "downshift_machine_seconds_total",
                "Seconds in which the machine of a model that is paid by the hour had a request of this router's (busy), or none (idle).",
                &["model", "state"],
            )?,
            idle_cost: counter(
                "downshift_machine_idle_usd_total",
                "What idle machines cost, in USD; no part of downshift_cost_usd_total, unless the price says `idle: charged`.",
                &["model"],
            )?,
        })
    }
}

impl Collector for MachineMetrics {
    fn desc(&self) -> Vec<&Desc> {
        let all = [&self.seconds, &self.idle_cost];
        all.into_iter().flat_map(Collector::desc).collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        for (model, time) in self.ledger.machines() {
            let MachineTime {
                busy,
                idle,
                idle_cost,
            } = time;
            for (state, time) in [("busy", busy), ("idle", idle)] {
                let seconds = self.seconds.with_label_values(&[&*model, state]);
                seconds.inc_by((time.as_secs_f64() - seconds.get()).max(0.0));
            }
            let cost = self.idle_cost.with_label_values(&[&model]);
            let usd = idle_cost.map_or(0.0, downshift_ledger::Money::approximate_usd);
            cost.inc_by((usd - cost.get()).max(0.0));
        }
        let all = [&self.seconds, &self.idle_cost];
        all.into_iter().flat_map(Collector::collect).collect()
    }
}
