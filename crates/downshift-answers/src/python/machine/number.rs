//! Operators between two values.

use super::compare::is_number;
use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::Operator;
use crate::python::value::{Value, View};

impl Machine {
    pub(super) fn binary(&mut self, operator: Operator, left: &Value, right: &Value) -> Run<Value> {
        if is_number(left) && is_number(right) {
            return arithmetic(operator, left, right);
        }
        match (operator, left, right) {
            (Operator::Add, Value::Str(one), Value::Str(two)) => {
                self.sized(one.len() + two.len())?;
                Ok(Value::text(format!("{one}{two}")))
            }
            (Operator::Add, Value::Tuple(one), Value::Tuple(two)) => {
                self.sized(one.len() + two.len())?;
                Ok(Value::Tuple(one.iter().chain(&**two).cloned().collect()))
            }
            (Operator::Add, Value::List(one), Value::List(two)) => {
                let items = [&self.heap.lists[*one][..], &self.heap.lists[*two][..]].concat();
                self.list(items)
            }
            (Operator::Multiply, count, items) if is_number(count) && !is_number(items) => {
                self.repeat(items, count)
            }
            (Operator::Multiply, items, count) => self.repeat(items, count),
            (Operator::Modulo, Value::Str(format), value) => self.percent(format, value),
            (Operator::Or, Value::Dict(one), Value::Dict(_)) => {
                let copy = self.copy_dict(*one);
                self.update_dict(copy, right)?;
                Ok(Value::Dict(copy))
            }
            (_, Value::Set(_) | Value::View(View::Keys, _), _) => {
                self.set_operation(operator, left, right)
            }
            (Operator::Add, Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::None, _)
                if !matches!(right, Value::Walk(_)) =>
            {
                raise(Exception::Type)
            }
            _ => Err(Stop::Unknown),
        }
    }

    fn repeat(&mut self, items: &Value, count: &Value) -> Run<Value> {
        match items {
            Value::Str(text) => {
                let times = times(count)?;
                self.sized(text.len().saturating_mul(times))?;
                Ok(Value::text(text.repeat(times)))
            }
            Value::Tuple(items) => Ok(Value::Tuple(self.repeated(items, count)?.into())),
            Value::List(list) => {
                let items = self.heap.lists[*list].clone();
                let items = self.repeated(&items, count)?;
                self.list(items)
            }
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn repeated(&mut self, items: &[Value], count: &Value) -> Run<Vec<Value>> {
        let times = times(count)?;
        self.sized(items.len().saturating_mul(times))?;
        Ok(items
            .iter()
            .cycle()
            .take(items.len() * times)
            .cloned()
            .collect())
    }

    fn set_operation(&mut self, operator: Operator, left: &Value, right: &Value) -> Run<Value> {
        if !matches!(right, Value::Set(_) | Value::View(View::Keys, _)) {
            return Err(Stop::Unknown);
        }
        let (one, two) = (self.unordered(left)?, self.unordered(right)?);
        let result = match operator {
            Operator::Or => [one, two].concat(),
            Operator::And => self.common(&one, &two, true)?,
            Operator::Subtract => self.common(&one, &two, false)?,
            Operator::Xor => {
                let mut result = self.common(&one, &two, false)?;
                result.extend(self.common(&two, &one, false)?);
                result
            }
            _ => return Err(Stop::Unknown),
        };
        self.set_of(result)
    }

    /// Those of `one` that are among `two`, or that are not.
    pub(super) fn common(&mut self, one: &[Value], two: &[Value], among: bool) -> Run<Vec<Value>> {
        let mut result = Vec::new();
        for item in one {
            if self.is_among(item, two)? == among {
                result.push(item.clone());
            }
        }
        Ok(result)
    }
}

fn times(count: &Value) -> Run<usize> {
    let count = known(count.int())?;
    Ok(usize::try_from(count.max(0)).unwrap_or(usize::MAX))
}

fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Run<Value> {
    if let (Value::Bool(left), Value::Bool(right)) = (left, right) {
        match operator {
            Operator::And => return Ok(Value::Bool(left & right)),
            Operator::Or => return Ok(Value::Bool(left | right)),
            Operator::Xor => return Ok(Value::Bool(left ^ right)),
            _ => {}
        }
    }
    if let (Some(left), Some(right)) = (left.int(), right.int()) {
        return whole(operator, left, right);
    }
    let (left, right) = (known(left.float())?, known(right.float())?);
    if right == 0.0
        && matches!(
            operator,
            Operator::Divide | Operator::Modulo | Operator::FloorDivide
        )
    {
        return raise(Exception::Zero);
    }
    finite(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::FloorDivide => divided(left, right).0,
        Operator::Modulo => divided(left, right).1,
        // The last digit of a power is the platform's.
        _ => return Err(Stop::Unknown),
    })
}

fn whole(operator: Operator, left: i64, right: i64) -> Run<Value> {
    let divides = matches!(
        operator,
        Operator::Divide | Operator::FloorDivide | Operator::Modulo
    );
    if divides && right == 0 {
        return raise(Exception::Zero);
    }
    let shift = || u32::try_from(right).ok().filter(|shift| *shift < 62);
    known(match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => {
            let value = Value::Int(left).float().zip(Value::Int(right).float());
            let (left, right) = known(value)?;
            return finite(left / right);
        }
        Operator::FloorDivide => floor(left, right),
        Operator::Modulo => floor(left, right).map(|quotient| left - quotient * right),
        Operator::Power => u32::try_from(right)
            .ok()
            .and_then(|right| left.checked_pow(right)),
        Operator::And => Some(left & right),
        Operator::Or => Some(left | right),
        Operator::Xor => Some(left ^ right),
        Operator::ShiftLeft => shift().and_then(|shift| left.checked_mul(1 << shift)),
        Operator::ShiftRight => shift().map(|shift| left >> shift),
    })
    .map(Value::Int)
}

/// The quotient rounded down.
pub(super) fn floor(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let inexact = left % right != 0;
    Some(quotient - i64::from(inexact && (left < 0) != (right < 0)))
}

/// The quotient rounded down, and a remainder of the divisor's sign, as `divmod` of floats has them.
fn divided(left: f64, right: f64) -> (f64, f64) {
    let mut remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(right);
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder += right;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(left / right), remainder);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, remainder)
}

/// A float that is a number and no infinity.
pub(super) fn finite(value: f64) -> Run<Value> {
    known(value.is_finite().then_some(Value::Float(value)))
}
