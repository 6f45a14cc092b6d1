//! Displays and comprehensions: what stands in brackets.

use super::{Parser, names};
use crate::python::syntax::{Clause, Comprehension, ComprehensionKind, Expression};

impl Parser {
    pub(super) fn bracketed(&mut self) -> Option<Expression> {
        if self.sign(")") {
            return Some(Expression::Tuple(Vec::new()));
        }
        let first = self.starred()?;
        if self.is_word("for") {
            let value = self.comprehension(ComprehensionKind::Generator, first, None)?;
            return self.sign(")").then_some(value);
        }
        if self.sign(")") {
            return match first {
                Expression::Starred(_) => None,
                first => Some(first),
            };
        }
        Some(Expression::Tuple(self.items(first, ")")?))
    }

    /// The items behind the first, up to and with `end`.
    fn items(&mut self, first: Expression, end: &str) -> Option<Vec<Expression>> {
        let mut items = vec![first];
        while !self.sign(end) {
            if !self.sign(",") {
                return None;
            }
            if !self.is_sign(end) {
                items.push(self.starred()?);
            }
        }
        Some(items)
    }

    pub(super) fn list(&mut self) -> Option<Expression> {
        if self.sign("]") {
            return Some(Expression::List(Vec::new()));
        }
        let first = self.starred()?;
        if self.is_word("for") {
            let value = self.comprehension(ComprehensionKind::List, first, None)?;
            return self.sign("]").then_some(value);
        }
        Some(Expression::List(self.items(first, "]")?))
    }

    pub(super) fn braced(&mut self) -> Option<Expression> {
        if self.sign("}") {
            return Some(Expression::Dict(Vec::new()));
        }
        if self.is_sign("**") {
            return self.dict(Vec::new());
        }
        let first = self.starred()?;
        if self.sign(":") {
            let value = self.expression()?;
            if self.is_word("for") {
                let value = self.comprehension(ComprehensionKind::Dict, first, Some(value))?;
                return self.sign("}").then_some(value);
            }
            let pairs = vec![(Some(first), value)];
            return if self.sign("}") {
                Some(Expression::Dict(pairs))
            } else if self.sign(",") {
                self.dict(pairs)
            } else {
                None
            };
        }
        if self.is_word("for") {
            let value = self.comprehension(ComprehensionKind::Set, first, None)?;
            return self.sign("}").then_some(value);
        }
        Some(Expression::Set(self.items(first, "}")?))
    }

    /// The pairs of a dict from here on.
    fn dict(&mut self, mut pairs: Vec<(Option<Expression>, Expression)>) -> Option<Expression> {
        while !self.sign("}") {
            if self.sign("**") {
                pairs.push((None, self.binary(0)?));
            } else {
                let key = self.expression()?;
                if !self.sign(":") {
                    return None;
                }
                pairs.push((Some(key), self.expression()?));
            }
            if !self.sign(",") && !self.is_sign("}") {
                return None;
            }
        }
        Some(Expression::Dict(pairs))
    }

    pub(super) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: Expression,
        value: Option<Expression>,
    ) -> Option<Expression> {
        if matches!(element, Expression::Starred(_)) {
            return None;
        }
        let mut clauses = Vec::new();
        let mut locals = Vec::new();
        while self.word("for") {
            let target = self.targets()?;
            names::bound_by(&target, &mut locals);
            if !self.word("in") {
                return None;
            }
            let iterable = self.or()?;
            let mut conditions = Vec::new();
            while self.word("if") {
                conditions.push(self.or()?);
            }
            clauses.push(Clause {
                target,
                iterable,
                conditions,
            });
        }
        Some(Expression::Comprehension(Box::new(Comprehension {
            kind,
            element,
            value,
            clauses,
            locals,
        })))
    }
}
