//! Runs a program, within bounds of steps, depth and size, and stops at whatever is not surely known.

mod builtin;
mod call;
mod compare;
mod comprehension;
mod exception;
mod format;
mod index;
mod method;
mod number;
mod shown;
mod statement;
mod walk;

use std::rc::Rc;

pub(super) use self::exception::Exception;
use super::parser::Program;
use super::syntax::{Expression, Name, Piece, Unary};
use super::value::{Frame, Heap, Id, Value};

/// Steps of a program; each statement, expression and item handled is one.
const MAX_STEPS: usize = 60_000;
/// Calls and expressions within one another.
const MAX_DEPTH: usize = 160;
/// Items of a collection, characters of a text.
const MAX_SIZE: usize = 20_000;

/// Why a program stopped before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It left what is known here.
    Unknown,
    /// It raised an exception.
    Raised(Exception),
}

pub(super) type Run<T> = Result<T, Stop>;

/// A value that may be unknown: `None` stops the program.
fn known<T>(value: Option<T>) -> Run<T> {
    value.ok_or(Stop::Unknown)
}

fn raise<T>(exception: Exception) -> Run<T> {
    Err(Stop::Raised(exception))
}

/// A program as it runs.
#[derive(Debug, Default)]
pub(super) struct Machine {
    heap: Heap,
    steps: usize,
    depth: usize,
    /// What it has printed.
    pub(super) printed: String,
}

impl Machine {
    /// Runs a program to its end; gives the frame of its names.
    pub(super) fn run(&mut self, program: &Program) -> Run<Id> {
        let frame = self.frame(program.locals.clone().into(), None);
        self.block(&program.body, frame)?;
        Ok(frame)
    }

    /// The value of an expression among the names of `frame`.
    pub(super) fn value(&mut self, expression: &Expression, frame: Id) -> Run<Value> {
        self.evaluate(expression, frame)
    }

    fn frame(&mut self, locals: Rc<[Name]>, parent: Option<Id>) -> Id {
        self.heap.frames.push(Frame {
            variables: Vec::new(),
            locals,
            parent,
        });
        self.heap.frames.len() - 1
    }

    /// Counts steps, and stops the program that takes too many.
    fn spend(&mut self, steps: usize) -> Run<()> {
        self.steps += steps;
        known((self.steps <= MAX_STEPS).then_some(()))
    }

    /// Counts the handling of so many items or characters, and refuses too many.
    fn sized(&mut self, size: usize) -> Run<()> {
        if size > MAX_SIZE {
            return Err(Stop::Unknown);
        }
        self.spend(size / 16)
    }

    fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Unknown);
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    fn list(&mut self, items: Vec<Value>) -> Run<Value> {
        self.sized(items.len())?;
        self.heap.lists.push(items);
        Ok(Value::List(self.heap.lists.len() - 1))
    }

    fn evaluate(&mut self, expression: &Expression, frame: Id) -> Run<Value> {
        self.spend(1)?;
        if let Some(value) = Value::constant(expression) {
            return Ok(value);
        }
        if let Expression::Name(name) = expression {
            return self.lookup(name, frame);
        }
        self.deeper(|machine| machine.evaluate_deep(expression, frame))
    }

    fn evaluate_deep(&mut self, expression: &Expression, frame: Id) -> Run<Value> {
        match expression {
            Expression::Tuple(items) => {
                let items = self.items(items, frame)?;
                Ok(Value::Tuple(items.into()))
            }
            Expression::List(items) => {
                let items = self.items(items, frame)?;
                self.list(items)
            }
            Expression::Set(items) => {
                let items = self.items(items, frame)?;
                self.set_of(items)
            }
            Expression::Dict(pairs) => self.dict_display(pairs, frame),
            Expression::Format(pieces) => self.format_pieces(pieces, frame),
            Expression::Unary(operator, value) => {
                let value = self.evaluate(value, frame)?;
                self.unary(*operator, &value)
            }
            Expression::Binary(operator, sides) => {
                let left = self.evaluate(&sides.0, frame)?;
                let right = self.evaluate(&sides.1, frame)?;
                self.binary(*operator, &left, &right)
            }
            Expression::Compare(first, rest) => self.comparisons(first, rest, frame),
            Expression::And(values) => self.first_that_is(false, values, frame),
            Expression::Or(values) => self.first_that_is(true, values, frame),
            Expression::Choose(parts) => {
                let (condition, value, otherwise) = &**parts;
                let holds = self.holds(condition, frame)?;
                self.evaluate(if holds { value } else { otherwise }, frame)
            }
            Expression::Call(function, arguments) => self.call(function, arguments, frame),
            Expression::Attribute(value, name) => {
                let value = self.evaluate(value, frame)?;
                Ok(Value::Method(Rc::new((value, name.clone()))))
            }
            Expression::Index(parts) => {
                let value = self.evaluate(&parts.0, frame)?;
                let index = self.evaluate(&parts.1, frame)?;
                self.get_item(&value, &index)
            }
            Expression::Slice(value, parts) => {
                let value = self.evaluate(value, frame)?;
                let bounds = self.bounds(parts, frame)?;
                self.get_slice(&value, bounds)
            }
            Expression::Lambda(function) => self.closure(function, frame),
            Expression::Comprehension(comprehension) => self.comprehend(comprehension, frame),
            _ => Err(Stop::Unknown),
        }
    }

    /// The value of a name: of the frame's own, of those around it, or the language's.
    fn lookup(&self, name: &Name, frame: Id) -> Run<Value> {
        let mut next = Some(frame);
        while let Some(frame) = next {
            let frame = &self.heap.frames[frame];
            if let Some((_, value)) = frame.variables.iter().find(|(bound, _)| bound == name) {
                return Ok(value.clone());
            }
            // Its own, and not bound yet.
            if frame.locals.contains(name) {
                return Err(Stop::Unknown);
            }
            next = frame.parent;
        }
        known(builtin::is_known(name).then(|| Value::Builtin(name.clone())))
    }

    fn bind(&mut self, name: &Name, value: Value, frame: Id) {
        let variables = &mut self.heap.frames[frame].variables;
        match variables.iter_mut().find(|(bound, _)| bound == name) {
            Some((_, old)) => *old = value,
            None => variables.push((name.clone(), value)),
        }
    }

    /// The values of a display, `*spread` ones in their place.
    fn items(&mut self, items: &[Expression], frame: Id) -> Run<Vec<Value>> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            if let Expression::Starred(spread) = item {
                let spread = self.evaluate(spread, frame)?;
                values.extend(self.collect(&spread)?);
            } else {
                values.push(self.evaluate(item, frame)?);
            }
        }
        Ok(values)
    }

    fn dict_display(
        &mut self,
        pairs: &[(Option<Expression>, Expression)],
        frame: Id,
    ) -> Run<Value> {
        let dict = self.new_dict();
        for (key, value) in pairs {
            let Some(key) = key else {
                let other = self.evaluate(value, frame)?;
                self.update_dict(dict, &other)?;
                continue;
            };
            let key = self.evaluate(key, frame)?;
            let value = self.evaluate(value, frame)?;
            self.put(dict, key, value)?;
        }
        Ok(Value::Dict(dict))
    }

    fn format_pieces(&mut self, pieces: &[Piece], frame: Id) -> Run<Value> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Value(value, conversion, format) => {
                    let mut value = self.evaluate(value, frame)?;
                    if let Some(conversion) = conversion {
                        let converted = match conversion {
                            'r' => self.repr(&value)?,
                            _ => self.str(&value)?,
                        };
                        value = Value::text(converted);
                    }
                    let formatted = self.formatted(&value, format)?;
                    text.push_str(&formatted);
                }
            }
        }
        self.sized(text.len())?;
        Ok(Value::text(text))
    }

    /// `and`, `or`: the first value whose truth is `wanted`, or the last.
    fn first_that_is(&mut self, wanted: bool, values: &[Expression], frame: Id) -> Run<Value> {
        let mut last = Value::None;
        for value in values {
            last = self.evaluate(value, frame)?;
            if self.truth(&last)? == wanted {
                break;
            }
        }
        Ok(last)
    }

    fn holds(&mut self, condition: &Expression, frame: Id) -> Run<bool> {
        let value = self.evaluate(condition, frame)?;
        self.truth(&value)
    }

    fn truth(&self, value: &Value) -> Run<bool> {
        Ok(match value {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Function(_) | Value::Builtin(_) | Value::Walk(_) => true,
            Value::Method(_) => return Err(Stop::Unknown),
            value => self.length(value)? != 0,
        })
    }

    /// The number of items it holds.
    fn length(&self, value: &Value) -> Run<usize> {
        Ok(match value {
            Value::Str(text) => text.chars().count(),
            Value::Tuple(items) => items.len(),
            Value::List(list) => self.heap.lists[*list].len(),
            Value::Dict(dict) | Value::View(_, dict) => self.heap.dicts[*dict].pairs.len(),
            Value::Set(set) => self.heap.sets[*set].len(),
            Value::Range(range) => {
                let length = known(range.length())?;
                known(usize::try_from(length).ok())?
            }
            _ => return Err(Stop::Unknown),
        })
    }

    fn unary(&mut self, operator: Unary, value: &Value) -> Run<Value> {
        if operator == Unary::Not {
            return Ok(Value::Bool(!self.truth(value)?));
        }
        if let Value::Float(value) = value {
            return match operator {
                Unary::Minus => Ok(Value::Float(-value)),
                Unary::Plus => Ok(Value::Float(*value)),
                Unary::Not | Unary::Invert => Err(Stop::Unknown),
            };
        }
        let value = known(value.int())?;
        known(match operator {
            Unary::Minus => value.checked_neg(),
            Unary::Invert => Some(!value),
            Unary::Plus | Unary::Not => Some(value),
        })
        .map(Value::Int)
    }
}
