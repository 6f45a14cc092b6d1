//! `sorted`, `min` and `max`.

use crate::python::machine::call::Arguments;
use crate::python::machine::{Exception, Machine, Run, Stop, raise};
use crate::python::value::Value;

impl Machine {
    pub(super) fn sorted_by(&mut self, mut arguments: Arguments) -> Run<Value> {
        let key = arguments
            .take("key")
            .filter(|key| !matches!(key, Value::None));
        let reverse = match arguments.take("reverse") {
            Some(reverse) => self.truth(&reverse)?,
            None => false,
        };
        arguments.all_taken()?;
        let [value] = arguments.plain.as_slice() else {
            return Err(Stop::Unknown);
        };
        let items = match (value, &key) {
            (Value::Set(set), None) => self.heap.sets[*set].clone(),
            (value, _) => self.collect(value)?,
        };
        let items = self.sorted_with(items, key.as_ref(), reverse)?;
        self.list(items)
    }

    pub(in crate::python::machine) fn sorted(
        &mut self,
        items: Vec<Value>,
        reverse: bool,
    ) -> Run<Vec<Value>> {
        self.sorted_with(items, None, reverse)
    }

    /// Sorts, and keeps the order of equals, reversed or not.
    pub(in crate::python::machine) fn sorted_with(
        &mut self,
        items: Vec<Value>,
        key: Option<&Value>,
        reverse: bool,
    ) -> Run<Vec<Value>> {
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let key = match key {
                Some(key) => self.invoke(key, vec![item.clone()])?,
                None => item.clone(),
            };
            keyed.push((key, item));
        }
        let mut failed = None;
        keyed.sort_by(|(one, _), (other, _)| {
            if failed.is_some() {
                return std::cmp::Ordering::Equal;
            }
            let order = if reverse {
                self.order(other, one)
            } else {
                self.order(one, other)
            };
            order.unwrap_or_else(|stop| {
                failed = Some(stop);
                std::cmp::Ordering::Equal
            })
        });
        match failed {
            Some(stop) => Err(stop),
            None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
        }
    }

    pub(super) fn extreme(&mut self, highest: bool, mut arguments: Arguments) -> Run<Value> {
        let key = arguments
            .take("key")
            .filter(|key| !matches!(key, Value::None));
        let default = arguments.take("default");
        arguments.all_taken()?;
        let items = match arguments.plain.as_slice() {
            [Value::Set(set)] if key.is_none() => self.heap.sets[*set].clone(),
            [iterable] => self.collect(iterable)?,
            _ => arguments.plain,
        };
        let mut best: Option<(Value, Value)> = None;
        for item in items {
            let rank = match &key {
                Some(key) => self.invoke(key, vec![item.clone()])?,
                None => item.clone(),
            };
            let better = match &best {
                None => true,
                Some((held, _)) if highest => self.order(held, &rank)?.is_lt(),
                Some((held, _)) => self.order(&rank, held)?.is_lt(),
            };
            if better {
                best = Some((rank, item));
            }
        }
        match best.map(|(_, item)| item).or(default) {
            Some(item) => Ok(item),
            None => raise(Exception::Value),
        }
    }
}
