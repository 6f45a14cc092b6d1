//! Functions, roots and logarithms, by sign and by name.

use num_rational::BigRational;

use super::{Expression, Function, MAX_DEPTH, Parser, Refused, words::FUNCTIONS};
use crate::number;

impl Parser<'_> {
    /// "fourth root of 16", "the 5th root of 32".
    pub(super) fn root(&mut self) -> Result<Option<Expression>, Refused> {
        let at = self.at + usize::from(self.reading.is(self.at, "the"));
        let Some(token) = self
            .reading
            .get(at)
            .filter(|_| self.reading.phrase(at + 1, "root of").is_some())
        else {
            return Ok(None);
        };
        // "second root" and "third root" are no names of the square and the cube root.
        let spoken = number::ordinal(token).filter(|degree| *degree > 3);
        let degree = spoken.or_else(|| token.integer().filter(|_| token.ordinal));
        let Some(degree) = degree.and_then(|degree| u32::try_from(degree).ok()) else {
            return Ok(None);
        };
        if !(2..=64).contains(&degree) {
            return Err(Refused);
        }
        self.at = at + 2;
        let (argument, degrees) = self.argument().ok_or(Refused)?;
        if degrees {
            return Err(Refused);
        }
        Ok(Some(match degree {
            2 => Expression::Call(Function::SquareRoot, argument.into()),
            3 => Expression::Call(Function::CubeRoot, argument.into()),
            _ => Expression::Root(degree, argument.into()),
        }))
    }

    /// A function by sign or by name.
    pub(super) fn call(&mut self) -> Result<Option<Expression>, Refused> {
        if let Some(base) = self.logarithm() {
            let (argument, degrees) = self.argument().ok_or(Refused)?;
            let angle = degrees || std::mem::take(&mut self.radians);
            let logarithm = Expression::Logarithm(base, argument.into());
            return if angle {
                Err(Refused)
            } else {
                Ok(Some(logarithm))
            };
        }
        if let Some(logarithm) = self.base_last() {
            return Ok(Some(logarithm));
        }
        let named = FUNCTIONS
            .iter()
            .filter(|(phrase, _)| self.reading.phrase(self.at, phrase).is_some())
            .max_by_key(|(phrase, _)| phrase.len());
        let Some((phrase, function)) = named else {
            return Ok(None);
        };
        self.at += phrase.split(' ').count();
        // "floor 3" is in a building.
        let steps = matches!(function, Function::Floor | Function::Ceiling);
        if steps && !self.peek(&["(", "of"]) {
            return Err(Refused);
        }
        let bracketed = self.reading.is(self.at, "(");
        let (argument, inner) = self.argument().ok_or(Refused)?;
        let degrees = inner || self.eat(&["degrees", "degree", "°", "deg"]);
        // "sin(pi) degrees" and "sin(2 rad) degrees" say two things of the angle.
        let after = degrees && !inner;
        if after && (self.radians || !matches!(argument, Expression::Number(_))) {
            return Err(Refused);
        }
        let radians = self.radians || !degrees && self.eat(&["radians", "radian", "rad"]);
        self.radians = false;
        if steps
            && !bracketed
            && matches!(&argument, Expression::Number(value) if value.is_integer())
        {
            return Err(Refused);
        }
        let angle = matches!(
            function,
            Function::Sine | Function::Cosine | Function::Tangent
        );
        let bare_number = matches!(argument, Expression::Number(_));
        // "sin(30)" may be degrees or radians; "sin(pi / 6)" may not.
        if !angle && (degrees || radians) || angle && bare_number && !degrees && !radians {
            return Err(Refused);
        }
        let function = if degrees {
            in_degrees(*function)
        } else {
            *function
        };
        Ok(Some(Expression::Call(function, argument.into())))
    }

    /// An argument in brackets, or one operand with nothing after it; and whether it said degrees.
    fn argument(&mut self) -> Option<(Expression, bool)> {
        self.eat(&["of"]);
        self.eat(&["the"]);
        if !self.reading.is(self.at, "(") {
            let negative = self.reading.is(self.at, "-") && self.eat(&["-"]);
            let argument = self.operand()?;
            self.closed = true;
            return match argument {
                Expression::Number(value) if negative => Some((Expression::Number(-value), false)),
                _ if negative => None,
                argument => Some((argument, false)),
            };
        }
        self.at += 1;
        self.depth += 1;
        let argument = if self.depth > MAX_DEPTH {
            None
        } else {
            self.sum()
        };
        self.depth -= 1;
        let degrees = self.eat(&["degrees", "degree", "°", "deg"]);
        self.radians = !degrees && self.eat(&["radians", "radian", "rad"]);
        if !self.reading.is(self.at, ")") {
            return None;
        }
        self.at += 1;
        self.closed = false;
        Some((argument?, degrees))
    }

    /// "log 1000 base 10", "the log of 8 to base 2".
    fn base_last(&mut self) -> Option<Expression> {
        let start = self.at;
        let found = self.eat(&[
            "log of",
            "the log of",
            "log",
            "logarithm of",
            "the logarithm of",
        ]);
        let read = |parser: &mut Self| {
            let bracket = parser.eat(&["("]);
            let (end, value) = number::unsigned(parser.reading, parser.at)?;
            parser.at = end;
            if bracket && !parser.eat(&[")"]) {
                return None;
            }
            if !parser.eat(&[
                "base",
                "to base",
                "to the base",
                "in base",
                "with base",
                ", base",
            ]) {
                return None;
            }
            let (end, base) = number::unsigned(parser.reading, parser.at)?;
            parser.at = end;
            Some(Expression::Logarithm(
                base,
                Expression::Number(value).into(),
            ))
        };
        let logarithm = if found { read(self) } else { None };
        if logarithm.is_none() {
            self.at = start;
        } else {
            self.closed = true;
        }
        logarithm
    }

    /// The base of "log base 2 of 8", "log2(8)", "log10 of 1000".
    fn logarithm(&mut self) -> Option<BigRational> {
        if self.eat(&["log base", "logarithm base"]) {
            let (end, base) = number::unsigned(self.reading, self.at)?;
            self.at = end;
            Some(base)
        } else if self.eat(&["log2"]) {
            Some(number::whole(2))
        } else {
            self.eat(&["log10"]).then(|| number::whole(10))
        }
    }
}

fn in_degrees(function: Function) -> Function {
    match function {
        Function::Sine => Function::SineDegrees,
        Function::Cosine => Function::CosineDegrees,
        _ => Function::TangentDegrees,
    }
}
