//! An expression written back, with the brackets that show how it was read.

use num_rational::BigRational;
use num_traits::Signed;

use super::{Constant, Expression, Function, Operator};
use crate::figures;

impl Expression {
    /// The expression in the signs of a textbook.
    pub(crate) fn written(&self) -> Option<String> {
        self.within(0)
    }

    /// Written for a place that binds as strongly as `outer`.
    fn within(&self, outer: u8) -> Option<String> {
        Some(match self {
            Self::Number(value) => number(value, outer)?,
            Self::Constant(Constant::Pi) => "π".to_owned(),
            Self::Constant(Constant::E) => "e".to_owned(),
            Self::Percent(share) => format!("{}%", share.within(4)?),
            Self::Root(degree, inner) => {
                format!("{} root of {}", figures::ordinal(*degree), inner.within(5)?)
            }
            Self::Negative(inner) => format!("-{}", inner.within(4)?),
            Self::Factorial(inner) => format!("{}!", inner.within(5)?),
            Self::Part("", share, whole) => {
                format!("{} of {}", figures::fraction(share)?, whole.within(1)?)
            }
            Self::Part(name, _, whole) => {
                format!("{name} {}", whole.within(1)?)
            }
            Self::PercentOf(share, whole) => {
                format!("{}% of {}", share.within(4)?, whole.within(1)?)
            }
            Self::Call(function, inner) => call(*function, inner)?,
            Self::Logarithm(base, inner) => {
                format!("log base {} of {}", figures::exact(base)?, inner.within(5)?)
            }
            Self::Binary(operator, left, right) => {
                let (sign, strength) = sign(*operator);
                let text = match operator {
                    Operator::Power => format!("{}^{}", left.within(5)?, right.within(5)?),
                    _ => format!(
                        "{} {sign} {}",
                        left.within(strength)?,
                        right.within(strength + 1)?
                    ),
                };
                if strength < outer {
                    format!("({text})")
                } else {
                    text
                }
            }
        })
    }
}

fn sign(operator: Operator) -> (&'static str, u8) {
    match operator {
        Operator::Add => ("+", 1),
        Operator::Subtract => ("-", 1),
        Operator::Multiply => ("×", 2),
        Operator::Divide => ("÷", 2),
        Operator::Modulo => ("mod", 2),
        Operator::Power => ("^", 4),
    }
}

fn number(value: &BigRational, outer: u8) -> Option<String> {
    let text = match figures::exact(value) {
        Some(text) => text,
        None => figures::fraction(value)?,
    };
    let bracket = outer > 1 && (value.is_negative() || text.contains('/'));
    Some(if bracket { format!("({text})") } else { text })
}

fn call(function: Function, inner: &Expression) -> Option<String> {
    let simple = matches!(inner, Expression::Number(_));
    let text = inner.within(0)?;
    let name = match function {
        Function::SquareRoot if simple => return Some(format!("√{text}")),
        Function::CubeRoot if simple => return Some(format!("∛{text}")),
        Function::SquareRoot => "√",
        Function::CubeRoot => "∛",
        Function::Absolute => return Some(format!("|{text}|")),
        Function::Floor => "floor",
        Function::Ceiling => "ceil",
        Function::NaturalLogarithm => "ln",
        Function::SineDegrees => return Some(format!("sin({text}°)")),
        Function::CosineDegrees => return Some(format!("cos({text}°)")),
        Function::TangentDegrees => return Some(format!("tan({text}°)")),
        Function::Sine => "sin",
        Function::Cosine => "cos",
        Function::Tangent => "tan",
    };
    Some(format!("{name}({text})"))
}
