//! Comprehensions and generator expressions.

use super::Stop;
use super::{Machine, Run};
use crate::python::syntax::{Comprehension, ComprehensionKind, Expression};
use crate::python::value::{Id, Value};

/// What is done with each round: whether to go on.
type Round<'a> = &'a mut dyn FnMut(&mut Machine, Id) -> Run<bool>;

impl Machine {
    pub(super) fn comprehend(&mut self, made: &Comprehension, frame: Id) -> Run<Value> {
        match made.kind {
            ComprehensionKind::List => {
                let items = self.gathered(made, frame)?;
                self.list(items)
            }
            ComprehensionKind::Set => {
                let items = self.gathered(made, frame)?;
                self.set_of(items)
            }
            ComprehensionKind::Dict => {
                let dict = self.new_dict();
                self.rounds(made, frame, &mut |machine, frame| {
                    let key = machine.evaluate(&made.element, frame)?;
                    let value = made.value.as_ref().unwrap_or(&Expression::None);
                    let value = machine.evaluate(value, frame)?;
                    machine.put(dict, key, value)?;
                    Ok(true)
                })?;
                Ok(Value::Dict(dict))
            }
            // Where nobody runs it at once, when it runs would matter.
            ComprehensionKind::Generator => Err(Stop::Unknown),
        }
    }

    /// All its items.
    pub(super) fn gathered(&mut self, made: &Comprehension, frame: Id) -> Run<Vec<Value>> {
        let mut items = Vec::new();
        self.rounds(made, frame, &mut |machine, frame| {
            items.push(machine.evaluate(&made.element, frame)?);
            Ok(true)
        })?;
        self.sized(items.len())?;
        Ok(items)
    }

    /// `any` and `all`: runs until an item's truth is `wanted`.
    pub(super) fn search(&mut self, made: &Comprehension, frame: Id, wanted: bool) -> Run<Value> {
        let mut found = false;
        self.rounds(made, frame, &mut |machine, frame| {
            found = machine.holds(&made.element, frame)? == wanted;
            Ok(!found)
        })?;
        Ok(Value::Bool(found == wanted))
    }

    fn rounds(&mut self, made: &Comprehension, frame: Id, round: Round<'_>) -> Run<()> {
        let inner = self.frame(made.locals.clone().into(), Some(frame));
        self.clause(made, 0, (frame, inner), round).map(drop)
    }

    /// Walks over the clause at `at`; the first one's iterable is evaluated outside.
    fn clause(
        &mut self,
        made: &Comprehension,
        at: usize,
        (outer, inner): (Id, Id),
        round: Round<'_>,
    ) -> Run<bool> {
        let Some(clause) = made.clauses.get(at) else {
            return round(self, inner);
        };
        let around = if at == 0 { outer } else { inner };
        let iterable = self.evaluate(&clause.iterable, around)?;
        // What a set makes in a set has no order that could show.
        let unordered = made.kind == ComprehensionKind::Set && made.clauses.len() == 1;
        let iterable = match iterable {
            Value::Set(set) if unordered => Value::Tuple(self.heap.sets[set].clone().into()),
            iterable => iterable,
        };
        let walk = self.walk(&iterable)?;
        'items: while let Some(item) = self.step(walk)? {
            self.assign(&clause.target, item, inner)?;
            for condition in &clause.conditions {
                if !self.holds(condition, inner)? {
                    continue 'items;
                }
            }
            if !self.deeper(|machine| machine.clause(made, at + 1, (outer, inner), round))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
