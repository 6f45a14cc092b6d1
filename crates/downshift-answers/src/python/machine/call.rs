//! Calls: of the program's functions, of the language's, and of methods.

use std::rc::Rc;

use super::statement::Flow;
use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::{
    Argument, Body, ComprehensionKind, Expression, Function, Name, ParameterKind,
};
use crate::python::value::{Closure, Id, Value};

/// The arguments of a call, evaluated.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) plain: Vec<Value>,
    pub(super) named: Vec<(Name, Value)>,
}

impl Arguments {
    /// Takes the argument of that name out.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.named.iter().position(|(named, _)| **named == *name)?;
        Some(self.named.swap_remove(at).1)
    }

    /// Puts the argument of that name, if it was given, behind the plain ones.
    pub(super) fn line_up(&mut self, name: &str) {
        let value = self.take(name);
        self.plain.extend(value);
    }

    /// Nothing named may be left.
    pub(super) fn all_taken(&self) -> Run<()> {
        known(self.named.is_empty().then_some(()))
    }
}

impl Machine {
    pub(super) fn closure(&mut self, function: &Rc<Function>, frame: Id) -> Run<Value> {
        let mut defaults = Vec::with_capacity(function.parameters.len());
        for parameter in &function.parameters {
            defaults.push(match &parameter.default {
                Some(default) => Some(self.evaluate(default, frame)?),
                None => None,
            });
        }
        self.heap.closures.push(Closure {
            function: function.clone(),
            frame,
            defaults,
        });
        Ok(Value::Function(self.heap.closures.len() - 1))
    }

    pub(super) fn call(
        &mut self,
        function: &Expression,
        arguments: &[Argument],
        frame: Id,
    ) -> Run<Value> {
        if let Expression::Attribute(receiver, method) = function {
            let receiver = self.evaluate(receiver, frame)?;
            if let Some(value) = self.consumed(method, arguments, frame, Some(&receiver))? {
                return Ok(value);
            }
            let arguments = self.arguments(arguments, frame)?;
            return self.method(&receiver, method, arguments);
        }
        let callee = self.evaluate(function, frame)?;
        if let Value::Builtin(name) = &callee
            && let Some(value) = self.consumed(name, arguments, frame, None)?
        {
            return Ok(value);
        }
        let arguments = self.arguments(arguments, frame)?;
        self.invoke_with(&callee, arguments)
    }

    /// A generator expression as the first argument: run here, and only as far as it is asked for.
    fn consumed(
        &mut self,
        name: &Name,
        arguments: &[Argument],
        frame: Id,
        receiver: Option<&Value>,
    ) -> Run<Option<Value>> {
        let Some(Argument::Plain(Expression::Comprehension(generator))) = arguments.first() else {
            return Ok(None);
        };
        if generator.kind != ComprehensionKind::Generator {
            return Ok(None);
        }
        if receiver.is_none() && arguments.len() == 1 {
            match &**name {
                "any" => return self.search(generator, frame, true).map(Some),
                "all" => return self.search(generator, frame, false).map(Some),
                "next" => return Err(Stop::Unknown),
                _ => {}
            }
        }
        let whole = match (receiver, &**name) {
            (None, name) => matches!(
                name,
                "list" | "tuple" | "set" | "dict" | "sum" | "sorted" | "min" | "max"
            ),
            (Some(Value::Str(_)), name) => name == "join",
            (Some(Value::List(_)), name) => name == "extend",
            (Some(Value::Set(_) | Value::Dict(_)), name) => name == "update",
            _ => false,
        };
        if !whole {
            return Err(Stop::Unknown);
        }
        let items = self.gathered(generator, frame)?;
        let items = Value::Tuple(items.into());
        let mut rest = self.arguments(arguments.get(1..).unwrap_or_default(), frame)?;
        rest.plain.insert(0, items);
        match receiver {
            Some(receiver) => self.method(receiver, name, rest),
            None => self.builtin(name, rest),
        }
        .map(Some)
    }

    fn arguments(&mut self, arguments: &[Argument], frame: Id) -> Run<Arguments> {
        let mut values = Arguments::default();
        for argument in arguments {
            match argument {
                Argument::Plain(value) => values.plain.push(self.evaluate(value, frame)?),
                Argument::Spread(value) => {
                    let value = self.evaluate(value, frame)?;
                    values.plain.extend(self.collect(&value)?);
                }
                Argument::Named(name, value) => {
                    let value = self.evaluate(value, frame)?;
                    values.named.push((name.clone(), value));
                }
            }
        }
        Ok(values)
    }

    /// Calls with plain arguments.
    pub(super) fn invoke(&mut self, callee: &Value, arguments: Vec<Value>) -> Run<Value> {
        self.invoke_with(
            callee,
            Arguments {
                plain: arguments,
                named: Vec::new(),
            },
        )
    }

    fn invoke_with(&mut self, callee: &Value, arguments: Arguments) -> Run<Value> {
        self.spend(2)?;
        match callee {
            Value::Function(closure) => {
                self.deeper(|machine| machine.call_function(*closure, arguments))
            }
            Value::Builtin(name) => self.deeper(|machine| machine.builtin(name, arguments)),
            Value::Method(method) => {
                let (receiver, name) = &**method;
                // `str.lower` is a method of whatever is handed in.
                if matches!(receiver, Value::Builtin(_)) {
                    return Err(Stop::Unknown);
                }
                self.deeper(|machine| machine.method(receiver, name, arguments))
            }
            _ => Err(Stop::Unknown),
        }
    }

    fn call_function(&mut self, closure: Id, mut arguments: Arguments) -> Run<Value> {
        let made = &self.heap.closures[closure];
        let (function, parent) = (made.function.clone(), made.frame);
        let defaults = made.defaults.clone();
        let frame = self.frame(function.locals.clone().into(), Some(parent));
        let mut plain = std::mem::take(&mut arguments.plain).into_iter();
        for (parameter, default) in function.parameters.iter().zip(defaults) {
            if parameter.kind == ParameterKind::Rest {
                let rest: Vec<Value> = plain.by_ref().collect();
                self.bind(&parameter.name, Value::Tuple(rest.into()), frame);
                continue;
            }
            let named = arguments.take(&parameter.name);
            let value = match (plain.next(), named) {
                (Some(value), None) | (None, Some(value)) => value,
                (Some(_), Some(_)) => return Err(Stop::Unknown),
                (None, None) => known(default)?,
            };
            self.bind(&parameter.name, value, frame);
        }
        arguments.all_taken()?;
        if plain.next().is_some() {
            return raise(Exception::Type);
        }
        match &function.body {
            Body::Value(value) => self.evaluate(value, frame),
            Body::Block(block) => match self.block(block, frame)? {
                Flow::Return(value) => Ok(value),
                _ => Ok(Value::None),
            },
        }
    }
}
