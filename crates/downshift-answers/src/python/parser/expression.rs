//! Expressions of a program, by precedence.

use std::rc::Rc;

use super::{KEYWORDS, Parser, is_target};
use crate::python::lexer::Token;
use crate::python::syntax::{
    Argument, Body, Comparison, ComprehensionKind, Expression, Function, Operator, Unary,
};

/// More values, calls or subscripts in one chain than this are refused.
const MAX_CHAIN: usize = 24;

/// Operators between values, those that bind least first.
const LEVELS: &[&[(&str, Operator)]] = &[
    &[("|", Operator::Or)],
    &[("^", Operator::Xor)],
    &[("&", Operator::And)],
    &[("<<", Operator::ShiftLeft), (">>", Operator::ShiftRight)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[
        ("*", Operator::Multiply),
        ("/", Operator::Divide),
        ("//", Operator::FloorDivide),
        ("%", Operator::Modulo),
    ],
];

const COMPARISONS: &[(&str, Comparison)] = &[
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

impl Parser {
    /// One expression, or a tuple without brackets.
    pub(super) fn expressions(&mut self) -> Option<Expression> {
        let first = self.starred()?;
        if !self.is_sign(",") {
            return match first {
                Expression::Starred(_) => None,
                first => Some(first),
            };
        }
        let mut items = vec![first];
        while self.sign(",") {
            if self.ends_tuple() {
                break;
            }
            items.push(self.starred()?);
        }
        Some(Expression::Tuple(items))
    }

    fn ends_tuple(&self) -> bool {
        match self.peek() {
            Token::Newline | Token::End => true,
            Token::Sign(sign) => matches!(*sign, "=" | ")" | "]" | "}" | ":" | ";"),
            Token::Name(name) => &**name == "in",
            _ => false,
        }
    }

    pub(super) fn starred(&mut self) -> Option<Expression> {
        if self.sign("*") {
            return Some(Expression::Starred(Box::new(self.binary(0)?)));
        }
        self.expression()
    }

    /// The targets of `for`: what stands before `in`.
    pub(super) fn targets(&mut self) -> Option<Expression> {
        let mut items = Vec::new();
        loop {
            items.push(if self.sign("*") {
                Expression::Starred(Box::new(self.postfix()?))
            } else {
                self.postfix()?
            });
            if !self.sign(",") {
                break;
            }
            if self.is_word("in") {
                let target = Expression::Tuple(items);
                return is_target(&target).then_some(target);
            }
        }
        let target = match items.len() {
            1 => items.pop()?,
            _ => Expression::Tuple(items),
        };
        is_target(&target).then_some(target)
    }

    pub(super) fn expression(&mut self) -> Option<Expression> {
        self.deeper(|parser| {
            if parser.is_word("lambda") {
                return parser.lambda();
            }
            let value = parser.or()?;
            if !parser.word("if") {
                return Some(value);
            }
            let condition = parser.or()?;
            if !parser.word("else") {
                return None;
            }
            let otherwise = parser.expression()?;
            Some(Expression::Choose(Box::new((condition, value, otherwise))))
        })
    }

    fn lambda(&mut self) -> Option<Expression> {
        self.at += 1;
        let parameters = self.parameters(":", false)?;
        let value = self.expression()?;
        let locals = parameters
            .iter()
            .map(|parameter| parameter.name.clone())
            .collect();
        Some(Expression::Lambda(Rc::new(Function {
            name: "<lambda>".into(),
            parameters,
            body: Body::Value(value),
            locals,
        })))
    }

    pub(super) fn or(&mut self) -> Option<Expression> {
        let mut values = vec![self.and()?];
        while self.word("or") {
            values.push(self.and()?);
        }
        match values.len() {
            1 => values.pop(),
            _ => Some(Expression::Or(values)),
        }
    }

    fn and(&mut self) -> Option<Expression> {
        let mut values = vec![self.not()?];
        while self.word("and") {
            values.push(self.not()?);
        }
        match values.len() {
            1 => values.pop(),
            _ => Some(Expression::And(values)),
        }
    }

    fn not(&mut self) -> Option<Expression> {
        if self.word("not") {
            let value = self.deeper(Self::not)?;
            return Some(Expression::Unary(Unary::Not, Box::new(value)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Option<Expression> {
        let first = self.binary(0)?;
        let mut rest = Vec::new();
        while let Some(comparison) = self.compared()? {
            rest.push((comparison, self.binary(0)?));
        }
        if rest.is_empty() {
            return Some(first);
        }
        Some(Expression::Compare(Box::new(first), rest))
    }

    /// The comparison that is next, if one is.
    #[expect(
        clippy::option_option,
        reason = "there is none, or what stands there is no program"
    )]
    fn compared(&mut self) -> Option<Option<Comparison>> {
        if let Some((_, comparison)) = COMPARISONS.iter().find(|(sign, _)| self.is_sign(sign)) {
            self.at += 1;
            return Some(Some(*comparison));
        }
        if self.word("in") {
            return Some(Some(Comparison::In));
        }
        if self.word("is") {
            let not = self.word("not");
            return Some(Some(if not {
                Comparison::IsNot
            } else {
                Comparison::Is
            }));
        }
        if self.word("not") {
            return self.word("in").then_some(Some(Comparison::NotIn));
        }
        Some(None)
    }

    pub(super) fn binary(&mut self, level: usize) -> Option<Expression> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        let mut links = 0;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.is_sign(sign)) {
            self.at += 1;
            links += 1;
            if links > MAX_CHAIN {
                return None;
            }
            let right = self.binary(level + 1)?;
            left = Expression::Binary(*operator, Box::new((left, right)));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        let operator = match self.peek() {
            Token::Sign("-") => Unary::Minus,
            Token::Sign("+") => Unary::Plus,
            Token::Sign("~") => Unary::Invert,
            _ => return self.power(),
        };
        self.at += 1;
        let value = self.deeper(Self::unary)?;
        Some(Expression::Unary(operator, Box::new(value)))
    }

    fn power(&mut self) -> Option<Expression> {
        let base = self.postfix()?;
        if !self.sign("**") {
            return Some(base);
        }
        let exponent = self.deeper(Self::unary)?;
        Some(Expression::Binary(
            Operator::Power,
            Box::new((base, exponent)),
        ))
    }

    pub(super) fn postfix(&mut self) -> Option<Expression> {
        let mut value = self.atom()?;
        let mut links = 0;
        loop {
            links += 1;
            if links > MAX_CHAIN {
                return None;
            }
            if self.sign("(") {
                let arguments = self.arguments()?;
                value = Expression::Call(Box::new(value), arguments);
            } else if self.sign("[") {
                value = self.subscript(value)?;
            } else if self.sign(".") {
                value = Expression::Attribute(Box::new(value), self.name()?);
            } else {
                return Some(value);
            }
        }
    }

    fn arguments(&mut self) -> Option<Vec<Argument>> {
        let mut arguments = Vec::new();
        while !self.sign(")") {
            let plain = arguments
                .iter()
                .all(|argument| matches!(argument, Argument::Plain(_)));
            if self.sign("*") {
                arguments.push(Argument::Spread(self.expression()?));
            } else if let Some(name) = self.argument_name() {
                arguments.push(Argument::Named(name, self.expression()?));
            } else {
                let value = self.expression()?;
                let alone = self.is_word("for");
                let value = if alone {
                    self.comprehension(ComprehensionKind::Generator, value, None)?
                } else {
                    value
                };
                if !plain || alone && !(arguments.is_empty() && self.is_sign(")")) {
                    return None;
                }
                arguments.push(Argument::Plain(value));
            }
            if !self.sign(",") && !self.is_sign(")") {
                return None;
            }
        }
        Some(arguments)
    }

    /// `name=`, if that is next.
    fn argument_name(&mut self) -> Option<Rc<str>> {
        let Token::Name(name) = self.peek().clone() else {
            return None;
        };
        let named = self.tokens.get(self.at + 1) == Some(&Token::Sign("="));
        if !named || KEYWORDS.contains(&&*name) {
            return None;
        }
        self.at += 2;
        Some(name)
    }

    fn subscript(&mut self, value: Expression) -> Option<Expression> {
        let mut parts: [Option<Expression>; 3] = [None, None, None];
        let mut part = 0;
        loop {
            if self.sign("]") {
                break;
            }
            if self.sign(":") {
                part += 1;
                if part > 2 {
                    return None;
                }
                continue;
            }
            let slot = parts.get_mut(part)?;
            if slot.is_some() {
                return None;
            }
            *slot = Some(self.expressions()?);
        }
        if part > 0 {
            return Some(Expression::Slice(Box::new(value), Box::new(parts)));
        }
        let [index, ..] = parts;
        Some(Expression::Index(Box::new((value, index?))))
    }

    fn atom(&mut self) -> Option<Expression> {
        Some(match self.advance() {
            Token::Int(value) => Expression::Int(value),
            Token::Float(value) => Expression::Float(value),
            text @ (Token::Str(_) | Token::Format(..)) => return self.text(text),
            Token::Name(name) => match &*name {
                "None" => Expression::None,
                "True" => Expression::Bool(true),
                "False" => Expression::Bool(false),
                word if KEYWORDS.contains(&word) => return None,
                _ => Expression::Name(name),
            },
            Token::Sign("(") => return self.deeper(Self::bracketed),
            Token::Sign("[") => return self.deeper(Self::list),
            Token::Sign("{") => return self.deeper(Self::braced),
            _ => return None,
        })
    }
}
