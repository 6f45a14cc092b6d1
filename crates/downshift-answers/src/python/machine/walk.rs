//! Walking over what holds items, one at a time, as the program changes them.

use std::rc::Rc;

use super::compare::hashable;
use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::value::{Id, Value, View, Walk};

impl Machine {
    pub(super) fn new_walk(&mut self, walk: Walk) -> Id {
        self.heap.walks.push(walk);
        self.heap.walks.len() - 1
    }

    /// An iterator over `value`; over a set of several there is none, as its order is not the program's.
    pub(super) fn walk(&mut self, value: &Value) -> Run<Id> {
        let walk = match value {
            Value::Walk(walk) => return Ok(*walk),
            Value::List(list) => Walk::List(*list, 0),
            Value::Tuple(items) => Walk::Items(items.clone(), 0),
            Value::Str(text) => {
                self.sized(text.len())?;
                let signs = text.chars().map(|sign| Value::text(sign.to_string()));
                Walk::Items(signs.collect(), 0)
            }
            Value::Range(range) => Walk::Range(*range),
            Value::Dict(dict) => self.view(View::Keys, *dict),
            Value::View(view, dict) => self.view(*view, *dict),
            Value::Set(set) if self.heap.sets[*set].len() < 2 => {
                Walk::Items(self.heap.sets[*set].clone().into(), 0)
            }
            Value::Int(_) | Value::None | Value::Bool(_) | Value::Float(_) => {
                return raise(Exception::Type);
            }
            _ => return Err(Stop::Unknown),
        };
        Ok(self.new_walk(walk))
    }

    fn view(&self, view: View, dict: Id) -> Walk {
        let held = &self.heap.dicts[dict];
        Walk::View(view, dict, 0, held.pairs.len(), held.removals)
    }

    /// The next item, if there is one.
    pub(super) fn step(&mut self, walk: Id) -> Run<Option<Value>> {
        self.spend(1)?;
        let item = self.deeper(|machine| machine.next(walk))?;
        if item.is_none() {
            self.heap.walks[walk] = Walk::Done;
        }
        Ok(item)
    }

    fn next(&mut self, walk: Id) -> Run<Option<Value>> {
        match self.heap.walks[walk].clone() {
            Walk::Done => Ok(None),
            Walk::List(list, at) => {
                self.heap.walks[walk] = Walk::List(list, at + 1);
                Ok(self.heap.lists[list].get(at).cloned())
            }
            Walk::Backwards(list, end) => {
                let Some(at) = end.checked_sub(1) else {
                    return Ok(None);
                };
                self.heap.walks[walk] = Walk::Backwards(list, at);
                Ok(self.heap.lists[list].get(at).cloned())
            }
            Walk::Items(items, at) => {
                let item = items.get(at).cloned();
                self.heap.walks[walk] = Walk::Items(items, at + 1);
                Ok(item)
            }
            Walk::Range(mut range) => {
                let item = range.start;
                if known(range.length())? == 0 {
                    return Ok(None);
                }
                range.start = known(item.checked_add(range.step))?;
                self.heap.walks[walk] = Walk::Range(range);
                Ok(Some(Value::Int(item)))
            }
            Walk::View(view, dict, at, size, removals) => {
                let held = &self.heap.dicts[dict];
                if held.pairs.len() != size || held.removals != removals {
                    return Err(Stop::Unknown);
                }
                let item = held.pairs.get(at).map(|(key, value)| match view {
                    View::Keys => key.clone(),
                    View::Values => value.clone(),
                    View::Items => Value::Tuple([key.clone(), value.clone()].into()),
                });
                self.heap.walks[walk] = Walk::View(view, dict, at + 1, size, removals);
                Ok(item)
            }
            Walk::Enumerate(inner, count) => {
                let Some(item) = self.step(inner)? else {
                    return Ok(None);
                };
                let next = known(count.checked_add(1))?;
                self.heap.walks[walk] = Walk::Enumerate(inner, next);
                Ok(Some(Value::Tuple([Value::Int(count), item].into())))
            }
            Walk::Zip(inners) => Ok(self
                .together(&inners)?
                .map(|items| Value::Tuple(items.into()))),
            Walk::Map(function, inners) => match self.together(&inners)? {
                Some(items) => self.invoke(&function, items).map(Some),
                None => Ok(None),
            },
            Walk::Filter(function, inner) => self.next_kept(&function, inner),
        }
    }

    /// The next item of each; none as soon as one has none.
    fn together(&mut self, walks: &Rc<[Id]>) -> Run<Option<Vec<Value>>> {
        let mut items = Vec::with_capacity(walks.len());
        for walk in &**walks {
            match self.step(*walk)? {
                Some(item) => items.push(item),
                None => return Ok(None),
            }
        }
        Ok((!items.is_empty()).then_some(items))
    }

    fn next_kept(&mut self, function: &Value, inner: Id) -> Run<Option<Value>> {
        while let Some(item) = self.step(inner)? {
            let verdict = match function {
                Value::None => item.clone(),
                function => self.invoke(function, vec![item.clone()])?,
            };
            if self.truth(&verdict)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    /// All items that are left.
    pub(super) fn collect(&mut self, value: &Value) -> Run<Vec<Value>> {
        if let Value::Tuple(items) = value {
            self.sized(items.len())?;
            return Ok(items.to_vec());
        }
        let walk = self.walk(value)?;
        let mut items = Vec::new();
        while let Some(item) = self.step(walk)? {
            items.push(item);
            if items.len() > super::MAX_SIZE {
                return Err(Stop::Unknown);
            }
        }
        Ok(items)
    }

    /// All items, a set's in whatever order: for what does not depend on it.
    pub(super) fn unordered(&mut self, value: &Value) -> Run<Vec<Value>> {
        match value {
            Value::Set(set) => Ok(self.heap.sets[*set].clone()),
            value => self.collect(value),
        }
    }

    /// A set of the items, each once.
    pub(super) fn set_of(&mut self, items: Vec<Value>) -> Run<Value> {
        self.heap.sets.push(Vec::new());
        let set = self.heap.sets.len() - 1;
        for item in items {
            self.add(set, item)?;
        }
        Ok(Value::Set(set))
    }

    pub(super) fn add(&mut self, set: Id, item: Value) -> Run<()> {
        hashable(&item)?;
        let items = self.heap.sets[set].clone();
        if !self.is_among(&item, &items)? {
            self.heap.sets[set].push(item);
        }
        Ok(())
    }
}
