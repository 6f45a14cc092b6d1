//! The exceptions that a program may raise and catch, and how they are kin.

/// An exception's kind; its text is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Exception {
    Index,
    Key,
    Value,
    Zero,
    Stop,
    Assertion,
    Type,
    Runtime,
    /// `Exception` itself.
    Any,
}

impl Exception {
    /// The exception of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "IndexError" => Self::Index,
            "KeyError" => Self::Key,
            "ValueError" => Self::Value,
            "ZeroDivisionError" => Self::Zero,
            "StopIteration" => Self::Stop,
            "AssertionError" => Self::Assertion,
            "TypeError" => Self::Type,
            "RuntimeError" => Self::Runtime,
            "Exception" => Self::Any,
            _ => return None,
        })
    }

    /// Whether a handler for `name` catches it; `None` for a name that is not known.
    pub(super) fn is_caught_by(self, name: &str) -> Option<bool> {
        Some(match name {
            "Exception" | "BaseException" => true,
            "LookupError" => matches!(self, Self::Index | Self::Key),
            "ArithmeticError" => self == Self::Zero,
            "AttributeError" | "NameError" | "OverflowError" => false,
            name => Self::named(name)? == self,
        })
    }
}
