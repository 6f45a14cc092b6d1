//! Reading and writing items and slices.

use super::compare::hashable;
use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::Expression;
use crate::python::value::{Dict, Id, Value};

/// A slice's start, stop and step as they were given.
pub(super) type Bounds = [Option<i64>; 3];

impl Machine {
    pub(super) fn get_item(&mut self, container: &Value, index: &Value) -> Run<Value> {
        match container {
            Value::Dict(dict) => match self.find(*dict, index)? {
                Some(at) => Ok(self.heap.dicts[*dict].pairs[at].1.clone()),
                None => raise(Exception::Key),
            },
            Value::Str(text) => {
                self.sized(text.len())?;
                let signs: Vec<char> = text.chars().collect();
                let at = place(index, signs.len())?;
                Ok(Value::text(signs[at].to_string()))
            }
            Value::List(list) => {
                let items = &self.heap.lists[*list];
                Ok(items[place(index, items.len())?].clone())
            }
            Value::Tuple(items) => Ok(items[place(index, items.len())?].clone()),
            Value::Range(range) => {
                let length = self.length(container)?;
                let at = place(index, length)?;
                let at = known(i64::try_from(at).ok())?;
                known(range.get(at)).map(Value::Int)
            }
            Value::Set(_) | Value::View(..) | Value::None | Value::Int(_) => raise(Exception::Type),
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn set_item(&mut self, container: &Value, index: Value, value: Value) -> Run<()> {
        match container {
            Value::Dict(dict) => self.put(*dict, index, value),
            Value::List(list) => {
                let items = &mut self.heap.lists[*list];
                let at = place(&index, items.len())?;
                items[at] = value;
                Ok(())
            }
            Value::Str(_) | Value::Tuple(_) => raise(Exception::Type),
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn delete_item(&mut self, container: &Value, index: &Value) -> Run<()> {
        match container {
            Value::Dict(dict) => match self.find(*dict, index)? {
                Some(at) => {
                    self.take_pair(*dict, at);
                    Ok(())
                }
                None => raise(Exception::Key),
            },
            Value::List(list) => {
                let items = &mut self.heap.lists[*list];
                let at = place(index, items.len())?;
                items.remove(at);
                Ok(())
            }
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn bounds(&mut self, parts: &[Option<Expression>; 3], frame: Id) -> Run<Bounds> {
        let mut bounds = [None; 3];
        for (bound, part) in bounds.iter_mut().zip(parts) {
            if let Some(part) = part {
                *bound = match self.evaluate(part, frame)? {
                    Value::None => None,
                    value => Some(known(value.int())?),
                };
            }
        }
        Ok(bounds)
    }

    pub(super) fn get_slice(&mut self, container: &Value, bounds: Bounds) -> Run<Value> {
        let length = self.length(container)?;
        self.sized(length)?;
        let places = places(bounds, length)?;
        match container {
            Value::Str(text) => {
                let signs: Vec<char> = text.chars().collect();
                let part: String = places.into_iter().map(|at| signs[at]).collect();
                Ok(Value::text(part))
            }
            Value::Tuple(items) => {
                let part = places.into_iter().map(|at| items[at].clone());
                Ok(Value::Tuple(part.collect()))
            }
            Value::List(list) => {
                let items = &self.heap.lists[*list];
                let part = places.into_iter().map(|at| items[at].clone()).collect();
                self.list(part)
            }
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn set_slice(
        &mut self,
        container: &Value,
        bounds: Bounds,
        value: &Value,
    ) -> Run<()> {
        let Value::List(list) = container else {
            return Err(Stop::Unknown);
        };
        let values = self.collect(value)?;
        let length = self.heap.lists[*list].len();
        self.sized(length + values.len())?;
        if matches!(bounds[2], None | Some(1)) {
            let (start, stop) = span(bounds, length);
            let items = &mut self.heap.lists[*list];
            items.splice(start..stop.max(start), values);
            return Ok(());
        }
        let places = places(bounds, length)?;
        if places.len() != values.len() {
            return raise(Exception::Value);
        }
        for (at, value) in places.into_iter().zip(values) {
            self.heap.lists[*list][at] = value;
        }
        Ok(())
    }

    pub(super) fn delete_slice(&mut self, container: &Value, bounds: Bounds) -> Run<()> {
        let Value::List(list) = container else {
            return Err(Stop::Unknown);
        };
        let mut places = places(bounds, self.heap.lists[*list].len())?;
        places.sort_unstable();
        for at in places.into_iter().rev() {
            self.heap.lists[*list].remove(at);
        }
        Ok(())
    }

    // === dicts ===

    pub(super) fn new_dict(&mut self) -> Id {
        self.heap.dicts.push(Dict::default());
        self.heap.dicts.len() - 1
    }

    pub(super) fn copy_dict(&mut self, dict: Id) -> Id {
        let pairs = self.heap.dicts[dict].pairs.clone();
        let copy = self.new_dict();
        self.heap.dicts[copy].pairs = pairs;
        copy
    }

    /// Where a key stands.
    pub(super) fn find(&mut self, dict: Id, key: &Value) -> Run<Option<usize>> {
        hashable(key)?;
        let keys: Vec<Value> = self.heap.dicts[dict]
            .pairs
            .iter()
            .map(|(key, _)| key.clone())
            .collect();
        self.position(key, &keys)
    }

    pub(super) fn put(&mut self, dict: Id, key: Value, value: Value) -> Run<()> {
        if let Some(at) = self.find(dict, &key)? {
            self.heap.dicts[dict].pairs[at].1 = value;
            return Ok(());
        }
        self.spend(1)?;
        self.heap.dicts[dict].pairs.push((key, value));
        Ok(())
    }

    pub(super) fn take_pair(&mut self, dict: Id, at: usize) -> (Value, Value) {
        let dict = &mut self.heap.dicts[dict];
        dict.removals += 1;
        dict.pairs.remove(at)
    }

    /// Puts another dict's pairs, or pairs from anything that holds them.
    pub(super) fn update_dict(&mut self, dict: Id, other: &Value) -> Run<()> {
        if let Value::Dict(other) = other {
            for (key, value) in self.heap.dicts[*other].pairs.clone() {
                self.put(dict, key, value)?;
            }
            return Ok(());
        }
        for pair in self.collect(other)? {
            let mut pair = self.collect(&pair)?;
            if pair.len() != 2 {
                return raise(Exception::Value);
            }
            if let (Some(value), Some(key)) = (pair.pop(), pair.pop()) {
                self.put(dict, key, value)?;
            }
        }
        Ok(())
    }
}

/// The place that an index names, counted from the end if negative.
fn place(index: &Value, length: usize) -> Run<usize> {
    let Some(index) = index.int() else {
        return raise(Exception::Type);
    };
    match resolved(index, length) {
        Some(at) if at < length => Ok(at),
        _ => raise(Exception::Index),
    }
}

fn resolved(index: i64, length: usize) -> Option<usize> {
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

/// Where a slice of step 1 begins and ends.
pub(super) fn span(bounds: Bounds, length: usize) -> (usize, usize) {
    let bound = |bound: Option<i64>, default: usize| match bound {
        None => default,
        Some(index) if index < 0 => resolved(index, length).unwrap_or(0),
        Some(index) => usize::try_from(index).unwrap_or(usize::MAX).min(length),
    };
    (bound(bounds[0], 0), bound(bounds[1], length))
}

/// The places of a slice, in its order.
fn places(bounds: Bounds, length: usize) -> Run<Vec<usize>> {
    let stride = bounds[2].unwrap_or(1);
    if stride == 0 {
        return raise(Exception::Value);
    }
    let length = known(i64::try_from(length).ok())?;
    let (lowest, highest) = if stride > 0 {
        (0, length)
    } else {
        (-1, length - 1)
    };
    let bound = |bound: Option<i64>, default: i64| match bound {
        None => default,
        Some(index) if index < 0 => index.saturating_add(length).max(lowest),
        Some(index) => index.min(highest),
    };
    let (mut at, stop) = if stride > 0 {
        (bound(bounds[0], lowest), bound(bounds[1], highest))
    } else {
        (bound(bounds[0], highest), bound(bounds[1], lowest))
    };
    let mut places = Vec::new();
    while if stride > 0 { at < stop } else { at > stop } {
        places.push(known(usize::try_from(at).ok())?);
        at = at.saturating_add(stride);
    }
    Ok(places)
}
