//! Arithmetic expressions: the parser that refuses what can be read in two ways, and the tree.
//!
//! Refused on purpose: `-3^2`, `8 / 2(2 + 2)`, `square root of 16 plus 9`.

mod call;
mod evaluate;
mod label;
mod words;
mod write;

use num_rational::BigRational;

use crate::{number, reading::Reading};
pub(crate) use evaluate::{Evaluated, factorial, rounded_power};
pub(crate) use label::is_label;
use words::{AFTER, MINUS, MODULO, OVER, PARTS, PERCENT, PLUS, POWER, TIMES};

/// Deeper nesting than this is not trivial.
const MAX_DEPTH: usize = 24;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Number(BigRational),
    Constant(Constant),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Negative(Box<Expression>),
    Call(Function, Box<Expression>),
    /// The root of a degree from four.
    Root(u32, Box<Expression>),
    /// So many hundredths, only as a factor.
    Percent(Box<Expression>),
    /// A logarithm to a base.
    Logarithm(BigRational, Box<Expression>),
    Factorial(Box<Expression>),
    /// A part of something by its everyday name ("half of").
    Part(&'static str, BigRational, Box<Expression>),
    /// So many percent of something.
    PercentOf(Box<Expression>, Box<Expression>),
}

/// A number with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constant {
    Pi,
    /// Euler's number, only as the base of a power.
    E,
}

/// Operators of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
}

/// Functions of one operand; angles are in the unit that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    SquareRoot,
    CubeRoot,
    Absolute,
    Floor,
    Ceiling,
    NaturalLogarithm,
    SineDegrees,
    CosineDegrees,
    TangentDegrees,
    Sine,
    Cosine,
    Tangent,
}

impl Expression {
    /// Whether there is anything to compute.
    pub(crate) fn computes(&self) -> bool {
        match self {
            Self::Number(_) | Self::Constant(_) | Self::Percent(_) => false,
            Self::Negative(inner) => inner.computes(),
            _ => true,
        }
    }
}

/// What stands there began as one thing and cannot be finished as it.
struct Refused;

/// The longest expression that starts at `at`, and where it ends.
pub(crate) fn parse(reading: &Reading, at: usize) -> Option<(usize, Expression)> {
    let mut parser = Parser {
        reading,
        at,
        depth: 0,
        closed: false,
        radians: false,
    };
    let expression = parser.sum()?;
    let share_alone = matches!(expression, Expression::Percent(_));
    (!share_alone).then_some((parser.at, expression))
}

struct Parser<'a> {
    reading: &'a Reading,
    at: usize,
    depth: usize,
    /// The last operand was spoken ("half of 50"), so that no operator may follow it.
    closed: bool,
    /// The last argument in brackets said radians.
    radians: bool,
}

impl Parser<'_> {
    fn eat(&mut self, phrases: &[&str]) -> bool {
        let found = phrases
            .iter()
            .filter_map(|phrase| self.reading.phrase(self.at, phrase))
            .max();
        self.at += found.unwrap_or(0);
        found.is_some()
    }

    fn peek(&self, phrases: &[&str]) -> bool {
        phrases
            .iter()
            .any(|phrase| self.reading.phrase(self.at, phrase).is_some())
    }

    fn sum(&mut self) -> Option<Expression> {
        let mut left = self.product()?;
        loop {
            let operator = if self.peek(PLUS) {
                Operator::Add
            } else if self.peek(MINUS) {
                Operator::Subtract
            } else {
                return Some(left);
            };
            if self.closed {
                return None;
            }
            self.eat(if operator == Operator::Add {
                PLUS
            } else {
                MINUS
            });
            let right = self.product()?;
            // "200 + 10%" is 220 or 200.1.
            if matches!(left, Expression::Percent(_)) || matches!(right, Expression::Percent(_)) {
                return None;
            }
            left = Expression::Binary(operator, left.into(), right.into());
        }
    }

    fn product(&mut self) -> Option<Expression> {
        let mut left = self.signed()?;
        loop {
            let operator = [
                (TIMES, Operator::Multiply),
                (OVER, Operator::Divide),
                (MODULO, Operator::Modulo),
            ]
            .into_iter()
            .find(|(words, _)| self.peek(words));
            let Some((words, operator)) = operator else {
                return self.implied(left);
            };
            if self.closed {
                return None;
            }
            self.eat(words);
            let right = if operator == Operator::Multiply {
                self.signed()?
            } else {
                self.divisor()?
            };
            let share = |side: &Expression| matches!(side, Expression::Percent(_));
            if (share(&left) || share(&right)) && operator != Operator::Multiply {
                return None;
            }
            // "8 / 2(2 + 2)" is 1 or 16.
            if operator != Operator::Multiply && self.implied_follows() {
                return None;
            }
            // "20 % 3" is a remainder only when spoken so; and it does not mix with others.
            left = Expression::Binary(operator, left.into(), right.into());
        }
    }

    /// "1/2" after "divided by" is one number and not two more operands, and a fraction that is less than one is one
    /// after a division sign with a space behind it. With a sign of its own, or after a slash, that is not sure.
    fn divisor(&mut self) -> Option<Expression> {
        let sign = ["-", "minus", "negative"].iter();
        let signed = usize::from(sign.clone().any(|sign| self.reading.is(self.at, sign)));
        let Some((end, part)) = number::slashed(self.reading, self.at + signed) else {
            return self.signed();
        };
        let operator = self.reading.get(self.at - 1)?;
        let slash = operator.typed == "/" || operator.is("/") && part > number::whole(1);
        if signed > 0 || slash || !self.reading.get(self.at)?.spaced {
            return None;
        }
        let top = self.postfixed()?;
        self.at = end - 1;
        let bottom = self.postfixed()?;
        let fraction = Expression::Binary(Operator::Divide, top.into(), bottom.into());
        (self.at == end).then_some(fraction)
    }

    fn implied_follows(&self) -> bool {
        self.reading.is(self.at, "(") && !self.closed
    }

    /// `2(3 + 4)` and `(1 + 2)(3 + 4)`.
    fn implied(&mut self, left: Expression) -> Option<Expression> {
        if !self.implied_follows() {
            return Some(left);
        }
        let right = self.signed()?;
        let product = Expression::Binary(Operator::Multiply, left.into(), right.into());
        if self.peek(OVER) || self.peek(POWER) {
            return None;
        }
        self.implied(product)
    }

    fn signed(&mut self) -> Option<Expression> {
        let negative = self.eat(&["-", "minus", "negative"]);
        if !negative {
            self.eat(&["positive"]);
        }
        let operand = self.power()?;
        match operand {
            Expression::Number(value) if negative => Some(Expression::Number(-value)),
            // "-3^2" is 9 or -9.
            Expression::Binary(Operator::Power, ..) if negative => None,
            other if negative => Some(Expression::Negative(other.into())),
            other => Some(other),
        }
    }

    fn power(&mut self) -> Option<Expression> {
        let base = self.postfixed()?;
        if !self.peek(POWER) {
            return Some(base);
        }
        if self.closed {
            return None;
        }
        self.eat(POWER);
        let negative = self.eat(&["-", "minus", "negative"]);
        // "2^1/2" is a root or a half.
        if number::slashed(self.reading, self.at).is_some() {
            return None;
        }
        let exponent = self.ordinal_power().or_else(|| self.postfixed())?;
        // "2^3^2" is 64 or 512.
        if self.peek(POWER) {
            return None;
        }
        let exponent = match exponent {
            Expression::Number(value) if negative => Expression::Number(-value),
            _ if negative => return None,
            other => other,
        };
        Some(Expression::Binary(
            Operator::Power,
            base.into(),
            exponent.into(),
        ))
    }

    /// "to the 5th power", after "to the".
    fn ordinal_power(&mut self) -> Option<Expression> {
        let token = self.reading.get(self.at)?;
        let value = match number::ordinal(token).filter(|power| *power > 1) {
            Some(power) => power,
            None if token.ordinal => token.integer()?,
            None => return None,
        };
        self.at += 1;
        self.eat(&["power"]);
        Some(Expression::Number(number::whole(value)))
    }

    fn postfixed(&mut self) -> Option<Expression> {
        let start = self.at;
        let mut operand = self.operand()?;
        // "2/3 squared" is that of the fraction or of its denominator.
        let changed = || [POWER, PERCENT, AFTER].iter().any(|words| self.peek(words));
        if self.is_bottom(start) && changed() {
            return None;
        }
        loop {
            // "the square root of 5 factorial" is one of two numbers.
            if self.closed && self.peek(AFTER) {
                return None;
            }
            let squared = self.eat(&["squared"]);
            if squared || self.eat(&["cubed"]) {
                let exponent = Expression::Number(number::whole(if squared { 2 } else { 3 }));
                operand = Expression::Binary(Operator::Power, operand.into(), exponent.into());
            } else if self.eat(&["factorial"])
                || (self.reading.is(self.at, "!")
                    && !self.reading.is(self.at + 1, "=")
                    && self.eat(&["!"]))
            {
                // "3!!" is a double factorial or that of a factorial.
                if matches!(operand, Expression::Factorial(_)) {
                    return None;
                }
                operand = Expression::Factorial(operand.into());
            } else if self.peek(PERCENT) {
                return self.percent(operand);
            } else {
                return Some(operand);
            }
        }
    }

    /// Whether what was read from `start` on is the denominator of a fraction with a slash.
    fn is_bottom(&self, start: usize) -> bool {
        let fraction = start
            .checked_sub(2)
            .and_then(|top| number::slashed(self.reading, top));
        fraction.is_some_and(|(end, _)| end == self.at)
    }

    /// Percent only means something of something.
    fn percent(&mut self, share: Expression) -> Option<Expression> {
        self.eat(PERCENT);
        if !self.eat(&["of"]) {
            // "10 % 3" is a remainder to programmers.
            let plain = matches!(share, Expression::Number(_));
            let followed = number::unsigned(self.reading, self.at).is_some();
            return (plain && !followed).then(|| Expression::Percent(share.into()));
        }
        self.eat(&["the"]);
        let whole = self.operand()?;
        self.closed = true;
        Some(Expression::PercentOf(share.into(), whole.into()))
    }

    fn operand(&mut self) -> Option<Expression> {
        self.depth += 1;
        let operand = if self.depth > MAX_DEPTH {
            None
        } else {
            self.bracket_or_leaf()
        };
        self.depth -= 1;
        operand
    }

    fn bracket_or_leaf(&mut self) -> Option<Expression> {
        let start = self.at;
        if self.reading.is(self.at, "(") {
            self.at += 1;
            let inner = self.sum()?;
            if !self.reading.is(self.at, ")") {
                return None;
            }
            self.at += 1;
            self.closed = false;
            return Some(inner);
        }
        if let Some(spoken) = self
            .part_of()
            .ok()?
            .or(self.root().ok()?)
            .or(self.call().ok()?)
        {
            return Some(spoken);
        }
        if self.eat(&["π", "pi"]) {
            return Some(Expression::Constant(Constant::Pi));
        }
        // "e" alone is a letter.
        let power = |at: usize| {
            POWER
                .iter()
                .any(|word| self.reading.phrase(at, word).is_some())
        };
        if self.reading.is(self.at, "e") && power(self.at + 1) {
            self.at += 1;
            return Some(Expression::Constant(Constant::E));
        }
        if let Some((end, value)) = number::spoken_fraction(self.reading, self.at) {
            self.at = end;
            return Some(Expression::Number(value));
        }
        let (end, value) = number::unsigned(self.reading, self.at)?;
        self.at = end;
        // "1.5k", written as one.
        let thousands = self
            .reading
            .get(end)
            .is_some_and(|next| next.is("k") && !next.spaced);
        if thousands && end == start + 1 {
            // "1/2k" is five hundred to some.
            if self.is_bottom(start) {
                return None;
            }
            self.at += 1;
            return Some(Expression::Number(value * number::whole(1_000)));
        }
        Some(Expression::Number(value))
    }

    /// "half of 50", "a third of 90", "three quarters of 80", "1/4 of 200", "twice 7", "double 8".
    fn part_of(&mut self) -> Result<Option<Expression>, Refused> {
        let start = self.at;
        let named = PARTS
            .iter()
            .filter(|(phrase, ..)| self.reading.phrase(start, phrase).is_some())
            .max_by_key(|(phrase, ..)| phrase.len());
        let (name, share) = if let Some((phrase, top, bottom)) = named {
            self.at += phrase.split(' ').count();
            (*phrase, number::ratio(*top, *bottom))
        } else {
            let of = |(end, _): &(usize, BigRational)| self.reading.is(*end, "of");
            let Some((end, share)) = number::slashed(self.reading, start).filter(of) else {
                return Ok(None);
            };
            self.at = end + 1;
            ("", share)
        };
        self.eat(&["the"]);
        let whole = self.operand().ok_or(Refused)?;
        self.closed = true;
        Ok(Some(Expression::Part(name, share, whole.into())))
    }
}
