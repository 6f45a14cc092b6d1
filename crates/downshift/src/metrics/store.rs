//! How the store is doing, read when Prometheus asks.

use std::sync::Arc;

use downshift_ledger::{Store, StoreHealth};
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounter, IntGauge, Opts};

/// Reads a store's health into metrics.
pub(super) struct StoreMetrics {
    store: Arc<Store>,
    up: IntGauge,
    queued: IntGauge,
    written: IntCounter,
    dropped: IntCounter,
    failures: IntCounter,
}

// === impl StoreMetrics ===

impl StoreMetrics {
    pub(super) fn new(store: Arc<Store>) -> Result<Self, prometheus::Error> {
        let gauge = |name, help| IntGauge::with_opts(Opts::new(name, help));
        let counter = |name, help| IntCounter::with_opts(Opts::new(name, help));
        Ok(Self {
            store,
            up: gauge(
                "downshift_store_up",
                "Whether the store took the last transaction: 1, or 0.",
            )?,
            queued: gauge(
                "downshift_store_queued",
                "Ledger entries that wait to be written to the store.",
            )?,
            written: counter(
                "downshift_store_written_total",
                "Ledger entries written to the store.",
            )?,
            dropped: counter(
                "downshift_store_dropped_total",
                "Ledger entries not written to the store: they found the queue full.",
            )?,
            failures: counter(
                "downshift_store_failures_total",
                "Transactions of the store that failed; each is tried again.",
            )?,
        })
    }
}

impl Collector for StoreMetrics {
    fn desc(&self) -> Vec<&Desc> {
        let gauges = [&self.up, &self.queued]
            .into_iter()
            .flat_map(Collector::desc);
        let counters = [&self.written, &self.dropped, &self.failures];
        gauges
            .chain(counters.into_iter().flat_map(Collector::desc))
            .collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let StoreHealth {
            up,
            written,
            dropped,
            failures,
            queued,
        } = self.store.health();
        self.up.set(i64::from(up));
        self.queued.set(i64::try_from(queued).unwrap_or(i64::MAX));
        for (counter, count) in [
            (&self.written, written),
            (&self.dropped, dropped),
            (&self.failures, failures),
        ] {
            counter.inc_by(count.saturating_sub(counter.get()));
        }
        let gauges = [&self.up, &self.queued]
            .into_iter()
            .flat_map(Collector::collect);
        let counters = [&self.written, &self.dropped, &self.failures];
        gauges
            .chain(counters.into_iter().flat_map(Collector::collect))
            .collect()
    }
}
