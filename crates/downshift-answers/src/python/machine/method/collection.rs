//! Methods of lists, tuples, dicts and sets.

use crate::python::machine::compare::hashable;
use crate::python::machine::index::span;
use crate::python::machine::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::Operator;
use crate::python::value::{Id, Value, View};

impl Machine {
    pub(super) fn list_method(&mut self, list: Id, name: &str, arguments: &[Value]) -> Run<Value> {
        match (name, arguments) {
            ("append", [item]) => {
                self.sized(self.heap.lists[list].len())?;
                self.heap.lists[list].push(item.clone());
            }
            ("extend", [items]) => {
                let items = self.collect(items)?;
                self.sized(self.heap.lists[list].len() + items.len())?;
                self.heap.lists[list].extend(items);
            }
            ("insert", [at, item]) => {
                let at = known(at.int())?;
                let items = &mut self.heap.lists[list];
                let (at, _) = span([Some(at), None, None], items.len());
                items.insert(at, item.clone());
            }
            ("remove", [item]) => {
                let items = self.heap.lists[list].clone();
                match self.position(item, &items)? {
                    Some(at) => drop(self.heap.lists[list].remove(at)),
                    None => return raise(Exception::Value),
                }
            }
            ("pop", []) => {
                return match self.heap.lists[list].pop() {
                    Some(item) => Ok(item),
                    None => raise(Exception::Index),
                };
            }
            ("pop", [at]) => {
                let container = Value::List(list);
                let item = self.get_item(&container, at)?;
                self.delete_item(&container, at)?;
                return Ok(item);
            }
            ("clear", []) => self.heap.lists[list].clear(),
            ("reverse", []) => self.heap.lists[list].reverse(),
            ("copy", []) => {
                let items = self.heap.lists[list].clone();
                return self.list(items);
            }
            _ => {
                let items = self.heap.lists[list].clone();
                return self.sequence_method(&items, name, arguments);
            }
        }
        Ok(Value::None)
    }

    pub(super) fn sequence_method(
        &mut self,
        items: &[Value],
        name: &str,
        arguments: &[Value],
    ) -> Run<Value> {
        self.sized(items.len())?;
        match (name, arguments) {
            ("count", [item]) => {
                let mut count = 0;
                for other in items {
                    count += i64::from(self.equal(other, item)?);
                }
                Ok(Value::Int(count))
            }
            ("index", [item, bounds @ ..]) if bounds.len() <= 2 => {
                let bound = |at: usize| bounds.get(at).map(|bound| known(bound.int())).transpose();
                let (start, stop) = span([bound(0)?, bound(1)?, None], items.len());
                let part = items.get(start..stop).unwrap_or_default();
                match self.position(item, part)? {
                    Some(at) => known(i64::try_from(start + at).ok()).map(Value::Int),
                    None => raise(Exception::Value),
                }
            }
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn dict_method(&mut self, dict: Id, name: &str, arguments: &[Value]) -> Run<Value> {
        match (name, arguments) {
            ("keys", []) => Ok(Value::View(View::Keys, dict)),
            ("values", []) => Ok(Value::View(View::Values, dict)),
            ("items", []) => Ok(Value::View(View::Items, dict)),
            ("copy", []) => Ok(Value::Dict(self.copy_dict(dict))),
            ("clear", []) => {
                let held = &mut self.heap.dicts[dict];
                held.pairs.clear();
                held.removals += 1;
                Ok(Value::None)
            }
            ("get", [key]) => self.get_or(dict, key, Value::None),
            ("get", [key, default]) => self.get_or(dict, key, default.clone()),
            ("setdefault", [key]) => self.set_default(dict, key, Value::None),
            ("setdefault", [key, default]) => self.set_default(dict, key, default.clone()),
            ("pop", [key]) => match self.find(dict, key)? {
                Some(at) => Ok(self.take_pair(dict, at).1),
                None => raise(Exception::Key),
            },
            ("pop", [key, default]) => match self.find(dict, key)? {
                Some(at) => Ok(self.take_pair(dict, at).1),
                None => Ok(default.clone()),
            },
            ("popitem", []) => match self.heap.dicts[dict].pairs.len().checked_sub(1) {
                Some(at) => {
                    let (key, value) = self.take_pair(dict, at);
                    Ok(Value::Tuple([key, value].into()))
                }
                None => raise(Exception::Key),
            },
            ("fromkeys", [keys]) => self.keyed(keys, &Value::None),
            ("fromkeys", [keys, value]) => self.keyed(keys, value),
            _ => Err(Stop::Unknown),
        }
    }

    fn get_or(&mut self, dict: Id, key: &Value, default: Value) -> Run<Value> {
        Ok(match self.find(dict, key)? {
            Some(at) => self.heap.dicts[dict].pairs[at].1.clone(),
            None => default,
        })
    }

    fn set_default(&mut self, dict: Id, key: &Value, default: Value) -> Run<Value> {
        if let Some(at) = self.find(dict, key)? {
            return Ok(self.heap.dicts[dict].pairs[at].1.clone());
        }
        self.put(dict, key.clone(), default.clone())?;
        Ok(default)
    }

    pub(super) fn set_method(&mut self, set: Id, name: &str, arguments: &[Value]) -> Run<Value> {
        let operator = match name {
            "union" => Some(Operator::Or),
            "intersection" => Some(Operator::And),
            "difference" => Some(Operator::Subtract),
            "symmetric_difference" => Some(Operator::Xor),
            _ => None,
        };
        if let (Some(operator), [other]) = (operator, arguments) {
            let other = self.unordered(other)?;
            let other = self.set_of(other)?;
            return self.binary(operator, &Value::Set(set), &other);
        }
        match (name, arguments) {
            ("add", [item]) => self.add(set, item.clone())?,
            ("clear", []) => self.heap.sets[set].clear(),
            ("copy", []) => {
                let items = self.heap.sets[set].clone();
                return self.set_of(items);
            }
            ("update", [items]) => {
                for item in self.unordered(items)? {
                    self.add(set, item)?;
                }
            }
            ("remove" | "discard", [item]) => {
                hashable(item)?;
                let items = self.heap.sets[set].clone();
                match self.position(item, &items)? {
                    Some(at) => drop(self.heap.sets[set].remove(at)),
                    None if name == "remove" => return raise(Exception::Key),
                    None => {}
                }
            }
            // Which one it is, is not the program's to say, unless there is but one.
            ("pop", []) if self.heap.sets[set].len() == 1 => {
                return known(self.heap.sets[set].pop());
            }
            ("issubset" | "issuperset" | "isdisjoint", [other]) => {
                let (own, other) = (self.heap.sets[set].clone(), self.unordered(other)?);
                let holds = match name {
                    "issubset" => self.is_subset(&own, &other)?,
                    "issuperset" => self.is_subset(&other, &own)?,
                    _ => self.common(&own, &other, true)?.is_empty(),
                };
                return Ok(Value::Bool(holds));
            }
            _ => return Err(Stop::Unknown),
        }
        Ok(Value::None)
    }
}
