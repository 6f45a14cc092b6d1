//! The value of an expression: exact while it can be, and bounded in size and time.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use super::{Constant, Expression, Function, Operator};
use crate::{figures, number};

/// Larger numerators and denominators than this are not trivial.
const MAX_BITS: u64 = 1_400;
/// The largest factorial that stays within the digits of a short answer.
const MAX_FACTORIAL: i64 = 200;

/// A value, and whether it is the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evaluated {
    pub(crate) value: BigRational,
    /// Otherwise it is right to about 15 significant digits.
    pub(crate) exact: bool,
}

impl Evaluated {
    fn exactly(value: BigRational) -> Option<Self> {
        bounded(value).map(|value| Self { value, exact: true })
    }

    fn about(value: f64) -> Option<Self> {
        // What is left of a number after cancellation is noise.
        let sound = value.is_finite() && value.abs() > 1e-12 && value.abs() < 1e18;
        Some(Self {
            value: figures::from_float(value).filter(|_| sound)?,
            exact: false,
        })
    }
}

fn bounded(value: BigRational) -> Option<BigRational> {
    (value.numer().bits() <= MAX_BITS && value.denom().bits() <= MAX_BITS).then_some(value)
}

impl Expression {
    /// The value; `None` where there is none, or where it is too large.
    pub(crate) fn evaluate(&self) -> Option<Evaluated> {
        match self {
            Self::Number(value) => Evaluated::exactly(value.clone()),
            Self::Constant(Constant::Pi) => Evaluated::about(std::f64::consts::PI),
            Self::Constant(Constant::E) => Evaluated::about(std::f64::consts::E),
            Self::Percent(share) => {
                let share = share.evaluate()?;
                Some(Evaluated {
                    value: share.value / number::whole(100),
                    exact: share.exact,
                })
            }
            Self::Root(degree, inner) => {
                let inner = inner.evaluate()?;
                if inner.value.is_negative() {
                    return None;
                }
                root(&inner, *degree).or_else(|| {
                    let value = figures::to_float(&inner.value)?;
                    Evaluated::about(value.powf(1.0 / f64::from(*degree)))
                })
            }
            Self::Negative(inner) => {
                let inner = inner.evaluate()?;
                Some(Evaluated {
                    value: -inner.value,
                    exact: inner.exact,
                })
            }
            Self::Binary(operator, left, right) => {
                binary(*operator, left.evaluate()?, right.evaluate()?)
            }
            Self::Part(_, share, whole) => binary(
                Operator::Multiply,
                Evaluated::exactly(share.clone())?,
                whole.evaluate()?,
            ),
            Self::PercentOf(share, whole) => {
                let product = binary(Operator::Multiply, share.evaluate()?, whole.evaluate()?)?;
                Some(Evaluated {
                    value: product.value / number::whole(100),
                    exact: product.exact,
                })
            }
            Self::Factorial(inner) => {
                let inner = inner.evaluate().filter(|inner| inner.exact)?;
                Evaluated::exactly(BigRational::from_integer(factorial(&inner.value)?))
            }
            Self::Call(function, inner) => match (in_turns(*function), inner.of_pi()) {
                (Some(function), Some(half_turns)) => {
                    degrees(function, &(half_turns * number::whole(180)))
                }
                _ => call(*function, &inner.evaluate()?),
            },
            Self::Logarithm(base, inner) => logarithm(base, &inner.evaluate()?),
        }
    }
}

impl Expression {
    /// How many times π it is, when it is an exact multiple.
    fn of_pi(&self) -> Option<BigRational> {
        let factor = |side: &Self| {
            side.evaluate()
                .filter(|side| side.exact)
                .map(|side| side.value)
        };
        match self {
            Self::Constant(Constant::Pi) => Some(number::whole(1)),
            Self::Negative(inner) => Some(-inner.of_pi()?),
            Self::Binary(Operator::Multiply, left, right) => match left.of_pi() {
                Some(turns) => Some(turns * factor(right)?),
                None => Some(right.of_pi()? * factor(left)?),
            },
            Self::Binary(Operator::Divide, left, right) => {
                let by = factor(right).filter(|by| !by.is_zero())?;
                Some(left.of_pi()? / by)
            }
            _ => None,
        }
    }
}

/// The same function of degrees, for those of radians.
fn in_turns(function: Function) -> Option<Function> {
    match function {
        Function::Sine => Some(Function::SineDegrees),
        Function::Cosine => Some(Function::CosineDegrees),
        Function::Tangent => Some(Function::TangentDegrees),
        _ => None,
    }
}

fn binary(operator: Operator, left: Evaluated, right: Evaluated) -> Option<Evaluated> {
    let exact = left.exact && right.exact;
    let (a, b) = (left.value, right.value);
    let value = match operator {
        Operator::Add => &a + &b,
        Operator::Subtract => &a - &b,
        Operator::Multiply => &a * &b,
        Operator::Divide if b.is_zero() => return None,
        Operator::Divide => &a / &b,
        Operator::Modulo => modulo(&a, &b).filter(|_| exact)?,
        Operator::Power if exact => return raise(&a, &b),
        Operator::Power => {
            return Evaluated::about(figures::to_float(&a)?.powf(figures::to_float(&b)?));
        }
    };
    let cancels = matches!(operator, Operator::Add | Operator::Subtract)
        && value.abs() * number::whole(100_000) < a.abs();
    if !exact && cancels {
        return None;
    }
    Some(Evaluated {
        value: bounded(value)?,
        exact,
    })
}

/// The remainder of whole numbers; signs that languages disagree about are refused.
fn modulo(a: &BigRational, b: &BigRational) -> Option<BigRational> {
    let whole = a.is_integer() && b.is_integer() && !a.is_negative() && b.is_positive();
    whole.then(|| a % b)
}

fn raise(base: &BigRational, exponent: &BigRational) -> Option<Evaluated> {
    if let Some(whole) = number::integer_in(exponent, -10_000..=10_000) {
        return Evaluated::exactly(power(base, whole)?);
    }
    if base.is_negative() {
        return None;
    }
    // 16^0.5 and 27^(1/3) are whole.
    if *exponent == number::ratio(1, 2) {
        return call(Function::SquareRoot, &Evaluated::exactly(base.clone())?);
    }
    if *exponent == number::ratio(1, 3) {
        return call(Function::CubeRoot, &Evaluated::exactly(base.clone())?);
    }
    Evaluated::about(figures::to_float(base)?.powf(figures::to_float(exponent)?))
}

/// A whole power, refused before it is computed when it would be too large.
fn power(base: &BigRational, exponent: i64) -> Option<BigRational> {
    if base.is_zero() && exponent <= 0 {
        return None;
    }
    let bits = base.numer().bits().max(base.denom().bits());
    let unit = bits <= 1;
    if !unit && bits.checked_mul(exponent.unsigned_abs())? > MAX_BITS + 64 {
        return None;
    }
    bounded(base.pow(i32::try_from(exponent).ok()?))
}

/// A power of a number near one, each step rounded to forty places: far below a cent of any amount.
pub(crate) fn rounded_power(base: &BigRational, exponent: i64) -> Option<BigRational> {
    let scale = BigRational::from_integer(number::power_of_ten(40));
    let mut power = number::whole(1);
    for _ in 0..exponent.clamp(0, 1_000) {
        power = bounded((power * base * &scale).round() / &scale)?;
    }
    Some(power)
}

/// n!, for whole n that are not large.
pub(crate) fn factorial(value: &BigRational) -> Option<BigInt> {
    let n = number::integer_in(value, 0..=MAX_FACTORIAL)?;
    Some((2..=n).fold(BigInt::from(1), |product, factor| product * factor))
}

fn call(function: Function, operand: &Evaluated) -> Option<Evaluated> {
    let value = &operand.value;
    let float = || figures::to_float(value);
    match function {
        Function::Absolute => Some(Evaluated {
            value: value.abs(),
            exact: operand.exact,
        }),
        Function::Floor | Function::Ceiling if !operand.exact => None,
        Function::Floor => Evaluated::exactly(value.floor()),
        Function::Ceiling => Evaluated::exactly(value.ceil()),
        Function::SquareRoot if value.is_negative() => None,
        Function::SquareRoot => root(operand, 2).or_else(|| Evaluated::about(float()?.sqrt())),
        Function::CubeRoot => root(operand, 3).or_else(|| Evaluated::about(float()?.cbrt())),
        Function::NaturalLogarithm if !value.is_positive() => None,
        Function::NaturalLogarithm if *value == number::whole(1) => {
            Evaluated::exactly(number::whole(0))
        }
        Function::NaturalLogarithm => Evaluated::about(float()?.ln()),
        Function::SineDegrees | Function::CosineDegrees | Function::TangentDegrees => {
            degrees(function, value)
        }
        Function::Sine => Evaluated::about(float()?.sin()),
        Function::Cosine => Evaluated::about(float()?.cos()),
        // Near its poles the tangent is noise.
        Function::Tangent => Evaluated::about(float()?.tan())
            .filter(|tangent| tangent.value.abs() < number::whole(1_000_000)),
    }
}

/// The exact root, when there is one.
fn root(operand: &Evaluated, degree: u32) -> Option<Evaluated> {
    if !operand.exact {
        return None;
    }
    let side = |value: &BigInt| {
        let root = value.nth_root(degree);
        (root.pow(degree) == *value).then_some(root)
    };
    Evaluated::exactly(BigRational::new(
        side(operand.value.numer())?,
        side(operand.value.denom())?,
    ))
}

/// Trigonometry of degrees, exact at the multiples of 30 and 45 where the value is rational.
fn degrees(function: Function, value: &BigRational) -> Option<Evaluated> {
    let turn = number::whole(360);
    let reduced = value - (value / &turn).floor() * &turn;
    let angle = reduced.to_f64()?;
    let shifted = match function {
        Function::CosineDegrees => &reduced + number::whole(90),
        _ => reduced.clone(),
    };
    if let Some(whole) = number::integer_in(&shifted, 0..=450) {
        let sine = match whole % 360 {
            0 | 180 => Some((0, 1)),
            30 | 150 => Some((1, 2)),
            90 => Some((1, 1)),
            210 | 330 => Some((-1, 2)),
            270 => Some((-1, 1)),
            _ => None,
        };
        let tangent = match whole % 180 {
            0 => Some((0, 1)),
            45 => Some((1, 1)),
            135 => Some((-1, 1)),
            _ => None,
        };
        let known = if function == Function::TangentDegrees {
            tangent
        } else {
            sine
        };
        if let Some((top, bottom)) = known {
            return Evaluated::exactly(number::ratio(top, bottom));
        }
        if function == Function::TangentDegrees && whole % 180 == 90 {
            return None;
        }
    }
    Evaluated::about(match function {
        Function::SineDegrees => angle.to_radians().sin(),
        Function::CosineDegrees => angle.to_radians().cos(),
        _ => angle.to_radians().tan(),
    })
}

fn logarithm(base: &BigRational, operand: &Evaluated) -> Option<Evaluated> {
    let one = number::whole(1);
    if !base.is_positive() || *base == one || !operand.value.is_positive() {
        return None;
    }
    let estimate = figures::to_float(&operand.value)?.ln() / figures::to_float(base)?.ln();
    let nearest = estimate.round().to_i64()?;
    if operand.exact && power(base, nearest).is_some_and(|power| power == operand.value) {
        return Evaluated::exactly(number::whole(nearest));
    }
    Evaluated::about(estimate)
}
