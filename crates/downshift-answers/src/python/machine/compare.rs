//! What is equal, what is less, and what is in what.

use std::cmp::Ordering;

use super::{Machine, Run, Stop, known};
use crate::python::syntax::{Comparison, Expression};
use crate::python::value::{Id, Value, View};

impl Machine {
    /// A chain of comparisons; each value is evaluated once, and only as far as is needed.
    pub(super) fn comparisons(
        &mut self,
        first: &Expression,
        rest: &[(Comparison, Expression)],
        frame: Id,
    ) -> Run<Value> {
        let mut left = self.evaluate(first, frame)?;
        for (comparison, right) in rest {
            let right = self.evaluate(right, frame)?;
            if !self.compare(*comparison, &left, &right)? {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    fn compare(&mut self, comparison: Comparison, left: &Value, right: &Value) -> Run<bool> {
        Ok(match comparison {
            Comparison::Equal => self.equal(left, right)?,
            Comparison::Unequal => !self.equal(left, right)?,
            Comparison::Less => self.ordered(left, right, false)?,
            Comparison::LessOrEqual => self.ordered(left, right, true)?,
            Comparison::Greater => self.ordered(right, left, false)?,
            Comparison::GreaterOrEqual => self.ordered(right, left, true)?,
            Comparison::In => self.contains(right, left)?,
            Comparison::NotIn => !self.contains(right, left)?,
            Comparison::Is => same(left, right)?,
            Comparison::IsNot => !same(left, right)?,
        })
    }

    pub(super) fn equal(&mut self, left: &Value, right: &Value) -> Run<bool> {
        self.spend(1)?;
        self.deeper(|machine| machine.equal_deep(left, right))
    }

    fn equal_deep(&mut self, left: &Value, right: &Value) -> Run<bool> {
        Ok(match (left, right) {
            (Value::None, Value::None) => true,
            (Value::Str(left), Value::Str(right))
            | (Value::Builtin(left), Value::Builtin(right)) => left == right,
            (Value::Tuple(left), Value::Tuple(right)) => self.all_equal(left, right)?,
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (
                    self.heap.lists[*left].clone(),
                    self.heap.lists[*right].clone(),
                );
                self.sized(left.len())?;
                self.all_equal(&left, &right)?
            }
            (Value::Dict(left), Value::Dict(right)) => self.equal_dicts(*left, *right)?,
            (Value::Set(left), Value::Set(right)) => {
                let (left, right) = (
                    self.heap.sets[*left].clone(),
                    self.heap.sets[*right].clone(),
                );
                left.len() == right.len() && self.is_subset(&left, &right)?
            }
            (Value::Range(left), Value::Range(right)) if left == right => true,
            // Ranges are equal as the numbers they hold; views, functions and iterators are no matter for here.
            (Value::Range(_) | Value::View(..) | Value::Walk(_) | Value::Method(_), _)
            | (_, Value::Range(_) | Value::View(..) | Value::Walk(_) | Value::Method(_)) => {
                return Err(Stop::Unknown);
            }
            (Value::Function(left), Value::Function(right)) => left == right,
            (left, right) => match (is_number(left), is_number(right)) {
                (true, true) => self.order_numbers(left, right)? == Ordering::Equal,
                _ => false,
            },
        })
    }

    fn all_equal(&mut self, left: &[Value], right: &[Value]) -> Run<bool> {
        if left.len() != right.len() {
            return Ok(false);
        }
        for (left, right) in left.iter().zip(right) {
            if !self.equal(left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_dicts(&mut self, left: Id, right: Id) -> Run<bool> {
        let pairs = self.heap.dicts[left].pairs.clone();
        if pairs.len() != self.heap.dicts[right].pairs.len() {
            return Ok(false);
        }
        for (key, value) in &pairs {
            let Some(other) = self.find(right, key)? else {
                return Ok(false);
            };
            let other = self.heap.dicts[right].pairs[other].1.clone();
            if !self.equal(value, &other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[expect(
        clippy::unused_self,
        reason = "stands beside its siblings, which need the heap"
    )]
    fn order_numbers(&self, left: &Value, right: &Value) -> Run<Ordering> {
        if let (Some(left), Some(right)) = (left.int(), right.int()) {
            return Ok(left.cmp(&right));
        }
        let (left, right) = (known(left.float())?, known(right.float())?);
        known(left.partial_cmp(&right))
    }

    /// `left < right`, or `left <= right` where `or_equal`.
    fn ordered(&mut self, left: &Value, right: &Value, or_equal: bool) -> Run<bool> {
        if let (Value::Set(left), Value::Set(right)) = (left, right) {
            let (left, right) = (
                self.heap.sets[*left].clone(),
                self.heap.sets[*right].clone(),
            );
            let fits = if or_equal {
                left.len() <= right.len()
            } else {
                left.len() < right.len()
            };
            return Ok(fits && self.is_subset(&left, &right)?);
        }
        let order = self.order(left, right)?;
        Ok(order == Ordering::Less || or_equal && order == Ordering::Equal)
    }

    /// Which comes first; values that have no order stop the program.
    pub(super) fn order(&mut self, left: &Value, right: &Value) -> Run<Ordering> {
        self.spend(1)?;
        self.deeper(|machine| match (left, right) {
            (Value::Str(left), Value::Str(right)) => Ok(left.cmp(right)),
            (Value::Tuple(left), Value::Tuple(right)) => machine.order_items(left, right),
            (Value::List(left), Value::List(right)) => {
                let left = machine.heap.lists[*left].clone();
                let right = machine.heap.lists[*right].clone();
                machine.sized(left.len())?;
                machine.order_items(&left, &right)
            }
            (left, right) if is_number(left) && is_number(right) => {
                machine.order_numbers(left, right)
            }
            _ => Err(Stop::Unknown),
        })
    }

    fn order_items(&mut self, left: &[Value], right: &[Value]) -> Run<Ordering> {
        for (left, right) in left.iter().zip(right) {
            if !self.equal(left, right)? {
                return self.order(left, right);
            }
        }
        Ok(left.len().cmp(&right.len()))
    }

    pub(super) fn contains(&mut self, container: &Value, item: &Value) -> Run<bool> {
        match container {
            Value::Str(text) => {
                let Value::Str(part) = item else {
                    return Err(Stop::Unknown);
                };
                self.sized(text.len())?;
                Ok(text.contains(&**part))
            }
            Value::Dict(dict) | Value::View(View::Keys, dict) => {
                Ok(self.find(*dict, item)?.is_some())
            }
            Value::Set(set) => {
                hashable(item)?;
                let items = self.heap.sets[*set].clone();
                self.is_among(item, &items)
            }
            Value::List(_) | Value::Tuple(_) | Value::View(View::Values, _) | Value::Range(_) => {
                let items = self.collect(container)?;
                self.is_among(item, &items)
            }
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn is_among(&mut self, item: &Value, items: &[Value]) -> Run<bool> {
        Ok(self.position(item, items)?.is_some())
    }

    pub(super) fn position(&mut self, item: &Value, items: &[Value]) -> Run<Option<usize>> {
        for (at, other) in items.iter().enumerate() {
            if self.equal(other, item)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    pub(super) fn is_subset(&mut self, left: &[Value], right: &[Value]) -> Run<bool> {
        for item in left {
            if !self.is_among(item, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

pub(super) fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Bool(_) | Value::Float(_))
}

/// Whether it can be a key; what cannot stops the program.
pub(super) fn hashable(value: &Value) -> Run<()> {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => Ok(()),
        Value::Tuple(items) => items.iter().try_for_each(hashable),
        _ => Err(Stop::Unknown),
    }
}

/// `is`, where what it says does not depend on how values happen to be kept.
fn same(left: &Value, right: &Value) -> Run<bool> {
    match (left, right) {
        (Value::None, Value::None) => Ok(true),
        (Value::Bool(left), Value::Bool(right)) => Ok(left == right),
        (Value::None | Value::Bool(_), _) | (_, Value::None | Value::Bool(_)) => Ok(false),
        (Value::List(left), Value::List(right)) | (Value::Dict(left), Value::Dict(right)) => {
            Ok(left == right)
        }
        (Value::Builtin(left), Value::Builtin(right)) => Ok(left == right),
        _ => Err(Stop::Unknown),
    }
}
