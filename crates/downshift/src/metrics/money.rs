//! A Prometheus counter that sums money in integers and turns it into a float only when it is read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use downshift_ledger::Money;
use prometheus::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Counter, LabelPair, Metric, MetricFamily, MetricType};

/// A counter of exact money under closed labels.
#[derive(Debug, Clone)]
pub(super) struct MoneyCounter {
    desc: Desc,
    labels: &'static [&'static str],
    sums: Arc<Mutex<BTreeMap<Vec<String>, Money>>>,
}

// === impl MoneyCounter ===

impl MoneyCounter {
    pub(super) fn register(
        registry: &Registry,
        (name, help): (&str, &str),
        labels: &'static [&'static str],
    ) -> Result<Self, prometheus::Error> {
        let variable = labels.iter().map(|label| (*label).to_owned()).collect();
        let desc = Desc::new(name.to_owned(), help.to_owned(), variable, HashMap::new())?;
        let counter = Self {
            desc,
            labels,
            sums: Arc::default(),
        };
        registry.register(Box::new(counter.clone()))?;
        Ok(counter)
    }

    pub(super) fn add(&self, values: &[&str], money: Money) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let key = values.iter().map(|value| (*value).to_owned()).collect();
        let sum: &mut Money = sums.entry(key).or_default();
        *sum = sum.checked_add(money).unwrap_or(*sum);
    }

    fn metric(&self, values: &[String], money: Money) -> Metric {
        let pairs = self.labels.iter().zip(values).map(|(label, value)| {
            let mut pair = LabelPair::default();
            pair.set_name((*label).to_owned());
            pair.set_value(value.clone());
            pair
        });
        let mut counter = Counter::default();
        counter.set_value(money.approximate_usd());
        let mut metric = Metric::default();
        metric.set_label(pairs.collect());
        metric.set_counter(counter);
        metric
    }
}

impl Collector for MoneyCounter {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut family = MetricFamily::default();
        family.set_name(self.desc.fq_name.clone());
        family.set_help(self.desc.help.clone());
        family.set_field_type(MetricType::COUNTER);
        family.set_metric(
            sums.iter()
                .map(|(values, money)| self.metric(values, *money))
                .collect(),
        );
        vec![family]
    }
}
