//! Statements at work.

use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::{Block, Expression, For, Name, Operator, Statement, Try};
use crate::python::value::{Id, Value};

/// How a statement ended.
#[derive(Debug)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

impl Machine {
    pub(super) fn block(&mut self, block: &Block, frame: Id) -> Run<Flow> {
        for statement in block {
            self.spend(1)?;
            match self.deeper(|machine| machine.statement(statement, frame))? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &Statement, frame: Id) -> Run<Flow> {
        match statement {
            Statement::Expression(value) => {
                self.evaluate(value, frame)?;
            }
            Statement::Assign(targets, value) => {
                let value = self.evaluate(value, frame)?;
                for target in targets {
                    self.assign(target, value.clone(), frame)?;
                }
            }
            Statement::Augment(target, operator, value) => {
                self.augment(target, *operator, value, frame)?;
            }
            Statement::If(branches, otherwise) => {
                return self.branch(branches, otherwise, frame);
            }
            Statement::For(each) => return self.each(each, frame),
            Statement::While(condition, body, otherwise) => {
                return self.repeat_while((condition, body, otherwise), frame);
            }
            Statement::Define(function) => {
                let closure = self.closure(function, frame)?;
                self.bind(&function.name, closure, frame);
            }
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.evaluate(value, frame)?,
                    None => Value::None,
                };
                return Ok(Flow::Return(value));
            }
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Pass => {}
            Statement::Delete(targets) => {
                for target in targets {
                    self.delete(target, frame)?;
                }
            }
            Statement::Assert(condition) => {
                if !self.holds(condition, frame)? {
                    return raise(Exception::Assertion);
                }
            }
            Statement::Raise(name) => {
                let name = known(name.as_ref())?;
                return raise(known(Exception::named(name))?);
            }
            Statement::Try(attempt) => return self.attempt(attempt, frame),
        }
        Ok(Flow::Next)
    }

    fn branch(
        &mut self,
        branches: &[(Expression, Block)],
        otherwise: &Block,
        frame: Id,
    ) -> Run<Flow> {
        for (condition, body) in branches {
            if self.holds(condition, frame)? {
                return self.block(body, frame);
            }
        }
        self.block(otherwise, frame)
    }

    fn repeat_while(
        &mut self,
        (condition, body, otherwise): (&Expression, &Block, &Block),
        frame: Id,
    ) -> Run<Flow> {
        while self.holds(condition, frame)? {
            match self.block(body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
        self.block(otherwise, frame)
    }

    fn each(&mut self, each: &For, frame: Id) -> Run<Flow> {
        let iterable = self.evaluate(&each.iterable, frame)?;
        let walk = self.walk(&iterable)?;
        while let Some(item) = self.step(walk)? {
            self.assign(&each.target, item, frame)?;
            match self.block(&each.body, frame)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
        self.block(&each.otherwise, frame)
    }

    fn attempt(&mut self, attempt: &Try, frame: Id) -> Run<Flow> {
        let mut result = self.block(&attempt.body, frame);
        result = match result {
            Err(Stop::Raised(exception)) => match self.handler(attempt, exception)? {
                Some(body) => self.block(body, frame),
                None => Err(Stop::Raised(exception)),
            },
            Ok(Flow::Next) => self.block(&attempt.otherwise, frame),
            result => result,
        };
        if let Err(Stop::Unknown) = result {
            return result;
        }
        match self.block(&attempt.finally, frame)? {
            Flow::Next => result,
            flow => Ok(flow),
        }
    }

    /// The handler that catches `exception`.
    #[expect(
        clippy::unused_self,
        reason = "what a handler's name means is the machine's to say"
    )]
    fn handler<'a>(&self, attempt: &'a Try, exception: Exception) -> Run<Option<&'a Block>> {
        for (names, body) in &attempt.handlers {
            let mut caught = names.is_empty();
            for name in names {
                caught |= known(exception.is_caught_by(name))?;
            }
            if caught {
                return Ok(Some(body));
            }
        }
        Ok(None)
    }

    pub(super) fn assign(&mut self, target: &Expression, value: Value, frame: Id) -> Run<()> {
        self.spend(1)?;
        match target {
            Expression::Name(name) => self.bind(name, value, frame),
            Expression::Tuple(targets) | Expression::List(targets) => {
                self.unpack(targets, &value, frame)?;
            }
            Expression::Index(parts) => {
                let container = self.evaluate(&parts.0, frame)?;
                let index = self.evaluate(&parts.1, frame)?;
                self.set_item(&container, index, value)?;
            }
            Expression::Slice(container, parts) => {
                let container = self.evaluate(container, frame)?;
                let bounds = self.bounds(parts, frame)?;
                self.set_slice(&container, bounds, &value)?;
            }
            _ => return Err(Stop::Unknown),
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &[Expression], value: &Value, frame: Id) -> Run<()> {
        let mut items = self.collect(value)?;
        let star = targets
            .iter()
            .position(|target| matches!(target, Expression::Starred(_)));
        let Some(star) = star else {
            if items.len() != targets.len() {
                return raise(Exception::Value);
            }
            for (target, item) in targets.iter().zip(items) {
                self.assign(target, item, frame)?;
            }
            return Ok(());
        };
        let behind = targets.len() - star - 1;
        if items.len() < star + behind {
            return raise(Exception::Value);
        }
        let last = items.split_off(items.len() - behind);
        let middle = items.split_off(star);
        let middle = self.list(middle)?;
        let values = items.into_iter().chain([middle]).chain(last);
        for (target, item) in targets.iter().zip(values.collect::<Vec<_>>()) {
            let target = match target {
                Expression::Starred(inner) => inner,
                target => target,
            };
            self.assign(target, item, frame)?;
        }
        Ok(())
    }

    /// `target += value`: the target's parts are evaluated once, before the value.
    fn augment(
        &mut self,
        target: &Expression,
        operator: Operator,
        value: &Expression,
        frame: Id,
    ) -> Run<()> {
        match target {
            Expression::Name(name) => {
                // Unlike a read, this never sees a name of the frames around it.
                let own = self.own(name, frame)?;
                let value = self.evaluate(value, frame)?;
                let changed = self.change(operator, &own, &value)?;
                self.bind(name, changed, frame);
                Ok(())
            }
            Expression::Index(parts) => {
                let container = self.evaluate(&parts.0, frame)?;
                let index = self.evaluate(&parts.1, frame)?;
                let old = self.get_item(&container, &index)?;
                let value = self.evaluate(value, frame)?;
                let changed = self.change(operator, &old, &value)?;
                self.set_item(&container, index, changed)
            }
            _ => Err(Stop::Unknown),
        }
    }

    fn own(&self, name: &Name, frame: Id) -> Run<Value> {
        let variables = &self.heap.frames[frame].variables;
        let own = variables.iter().find(|(bound, _)| bound == name);
        known(own.map(|(_, value)| value.clone()))
    }

    /// What `old` becomes; a list or a set is changed in its place.
    fn change(&mut self, operator: Operator, old: &Value, value: &Value) -> Run<Value> {
        match (old, operator) {
            (Value::List(list), Operator::Add) => {
                let items = self.collect(value)?;
                self.sized(self.heap.lists[*list].len() + items.len())?;
                self.heap.lists[*list].extend(items);
            }
            (Value::List(list), Operator::Multiply) => {
                let items = self.heap.lists[*list].clone();
                self.heap.lists[*list] = self.repeated(&items, value)?;
            }
            (Value::Dict(dict), Operator::Or) => self.update_dict(*dict, value)?,
            (Value::Set(set), _) => {
                let result = self.binary(operator, old, value)?;
                let Value::Set(changed) = result else {
                    return Err(Stop::Unknown);
                };
                let items = self.heap.sets[changed].clone();
                self.heap.sets[*set] = items;
            }
            _ => return self.binary(operator, old, value),
        }
        Ok(old.clone())
    }

    fn delete(&mut self, target: &Expression, frame: Id) -> Run<()> {
        match target {
            Expression::Name(name) => {
                self.own(name, frame)?;
                let variables = &mut self.heap.frames[frame].variables;
                variables.retain(|(bound, _)| bound != name);
                Ok(())
            }
            Expression::Index(parts) => {
                let container = self.evaluate(&parts.0, frame)?;
                let index = self.evaluate(&parts.1, frame)?;
                self.delete_item(&container, &index)
            }
            Expression::Slice(container, parts) => {
                let container = self.evaluate(container, frame)?;
                let bounds = self.bounds(parts, frame)?;
                self.delete_slice(&container, bounds)
            }
            _ => Err(Stop::Unknown),
        }
    }
}
