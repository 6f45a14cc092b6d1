//! What a running program holds: its values, and the heap where those that change lie.

use std::rc::Rc;

use super::syntax::{Expression, Function, Name};

/// A place on the heap.
pub(super) type Id = usize;

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    Tuple(Rc<[Value]>),
    Range(Range),
    List(Id),
    Dict(Id),
    Set(Id),
    /// A live view of a dict.
    View(View, Id),
    /// An iterator.
    Walk(Id),
    Function(Id),
    /// A function of the language, by its name.
    Builtin(Name),
    /// A method of a value.
    Method(Rc<(Value, Name)>),
}

/// `range(start, stop, step)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) stop: i64,
    pub(super) step: i64,
}

/// What of a dict is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Keys,
    Values,
    Items,
}

/// A dict: its pairs in the order in which the keys came.
#[derive(Debug, Default)]
pub(super) struct Dict {
    pub(super) pairs: Vec<(Value, Value)>,
    /// How often a key was taken away; who walks over it must not live through one.
    pub(super) removals: usize,
}

/// A function with the frame it was made in.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) function: Rc<Function>,
    pub(super) frame: Id,
    pub(super) defaults: Vec<Option<Value>>,
}

/// The names of one call.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) variables: Vec<(Name, Value)>,
    /// The names that are its own, bound yet or not.
    pub(super) locals: Rc<[Name]>,
    pub(super) parent: Option<Id>,
}

/// An iterator's state.
#[derive(Clone, Debug)]
pub(super) enum Walk {
    Done,
    /// A list, as it is at each step.
    List(Id, usize),
    /// A list from its end.
    Backwards(Id, usize),
    Items(Rc<[Value]>, usize),
    Range(Range),
    /// A dict's view: where it is, the dict's size and removals when it began.
    View(View, Id, usize, usize, usize),
    Enumerate(Id, i64),
    Zip(Rc<[Id]>),
    Map(Value, Rc<[Id]>),
    Filter(Value, Id),
}

/// Everything that changes. Nothing is freed before the program ends, which is soon.
#[derive(Debug, Default)]
pub(super) struct Heap {
    pub(super) lists: Vec<Vec<Value>>,
    pub(super) dicts: Vec<Dict>,
    pub(super) sets: Vec<Vec<Value>>,
    pub(super) walks: Vec<Walk>,
    pub(super) closures: Vec<Closure>,
    pub(super) frames: Vec<Frame>,
}

impl Value {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Str(text.into())
    }

    /// The value of a constant; nothing for other expressions.
    pub(super) fn constant(expression: &Expression) -> Option<Self> {
        Some(match expression {
            Expression::None => Self::None,
            Expression::Bool(value) => Self::Bool(*value),
            Expression::Int(value) => Self::Int(*value),
            Expression::Float(value) => Self::Float(*value),
            Expression::Str(text) => Self::Str(text.clone()),
            _ => return None,
        })
    }

    /// The whole number it is; truth values count as 0 and 1.
    pub(super) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// The number it is, where a float holds it exactly.
    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            value => exact(value.int()?),
        }
    }
}

/// A whole number as a float, if nothing is lost.
#[expect(
    clippy::cast_precision_loss,
    reason = "below 2^53 every whole number is a float"
)]
pub(super) fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() < 1 << 53).then_some(value as f64)
}

impl Range {
    pub(super) fn length(self) -> Option<i64> {
        let span = if self.step > 0 {
            self.stop.checked_sub(self.start)?
        } else {
            self.start.checked_sub(self.stop)?
        };
        let step = self.step.checked_abs()?;
        Some(if span <= 0 { 0 } else { (span - 1) / step + 1 })
    }

    pub(super) fn get(self, at: i64) -> Option<i64> {
        self.start.checked_add(at.checked_mul(self.step)?)
    }
}
