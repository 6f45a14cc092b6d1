//! Numbers out of texts and texts out of numbers, as the language's functions make them.

use crate::python::machine::number::finite;
use crate::python::machine::{Exception, Run, Stop, known, raise};
use crate::python::value::{Range, Value};

pub(super) fn range(values: &[Value]) -> Run<Value> {
    let bound = |at: usize| values.get(at).map(|value| known(value.int())).transpose();
    let step = bound(2)?.unwrap_or(1);
    if step == 0 {
        return raise(Exception::Value);
    }
    let range = Range {
        start: known(bound(0)?)?,
        stop: known(bound(1)?)?,
        step,
    };
    known(range.length())?;
    known((values.len() <= 3).then_some(Value::Range(range)))
}

pub(super) fn based(name: &str, value: i64) -> Run<Value> {
    let sign = if value < 0 { "-" } else { "" };
    let size = value.unsigned_abs();
    known(Some(Value::text(match name {
        "bin" => format!("{sign}0b{size:b}"),
        "hex" => format!("{sign}0x{size:x}"),
        _ => format!("{sign}0o{size:o}"),
    })))
}

pub(super) fn to_float(value: &Value) -> Run<Value> {
    match value {
        Value::Str(text) => {
            let text = text.trim_matches([' ', '\t', '\n', '\r']);
            let digits = |sign: char| sign.is_ascii_digit();
            let plain = text.trim_start_matches(['+', '-']);
            let simple = plain.contains(digits)
                && plain.chars().all(|sign| digits(sign) || sign == '.')
                && text.len() - plain.len() <= 1
                && plain.matches('.').count() <= 1;
            if simple {
                return finite(known(text.parse().ok())?);
            }
            // Words for infinity, exponents and underscores are left alone.
            if text.is_ascii() && !text.contains(['e', 'E', '_', 'n', 'N']) {
                return raise(Exception::Value);
            }
            Err(Stop::Unknown)
        }
        value => known(value.float()).map(Value::Float),
    }
}

pub(super) fn to_int(value: &Value) -> Run<Value> {
    match value {
        Value::Str(text) => {
            if !text.is_ascii() || text.contains('_') {
                return Err(Stop::Unknown);
            }
            let text = text.trim_matches([' ', '\t', '\n', '\r']);
            let plain = text.strip_prefix(['+', '-']).unwrap_or(text);
            if plain.is_empty() || !plain.chars().all(|sign| sign.is_ascii_digit()) {
                return raise(Exception::Value);
            }
            known(text.parse().ok()).map(Value::Int)
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the bound keeps it within 64 bits"
        )]
        Value::Float(value) => {
            known((value.abs() < 9e15).then_some(Value::Int(value.trunc() as i64)))
        }
        value => known(value.int()).map(Value::Int),
    }
}

pub(super) fn based_int(text: &Value, base: &Value) -> Run<Value> {
    let (Value::Str(text), Some(base)) = (text, base.int()) else {
        return Err(Stop::Unknown);
    };
    let base = known(
        u32::try_from(base)
            .ok()
            .filter(|base| (2..=36).contains(base)),
    )?;
    let plain = !text.is_empty() && text.chars().all(|sign| sign.is_ascii_alphanumeric());
    let prefixed = text.len() > 1 && text.starts_with('0') && !text.as_bytes()[1].is_ascii_digit();
    if !plain || prefixed {
        return Err(Stop::Unknown);
    }
    if !text.chars().all(|sign| sign.is_digit(base)) {
        return raise(Exception::Value);
    }
    known(i64::from_str_radix(text, base).ok()).map(Value::Int)
}

pub(super) fn modular(base: &Value, exponent: &Value, modulus: &Value) -> Run<Value> {
    let whole = |value: &Value| known(value.int());
    let (base, mut exponent) = (whole(base)?, whole(exponent)?);
    let modulus = whole(modulus)?;
    if !(1..1 << 31).contains(&modulus) || exponent < 0 {
        return Err(Stop::Unknown);
    }
    let (mut result, mut square) = (1 % modulus, base.rem_euclid(modulus));
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * square % modulus;
        }
        square = square * square % modulus;
        exponent >>= 1;
    }
    Ok(Value::Int(result))
}

/// `round(value)`: to the nearest whole number, halves to the even one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bound keeps it within 64 bits"
)]
pub(super) fn rounded(value: &Value) -> Run<Value> {
    match value {
        Value::Float(value) if value.abs() < 9e15 => Ok(Value::Int(value.round_ties_even() as i64)),
        value => known(value.int()).map(Value::Int),
    }
}

/// `round(value, digits)`: the exact value of the float decides, as its decimal digits do.
pub(super) fn rounded_to(value: &Value, digits: &Value) -> Run<Value> {
    match (value, digits) {
        (value, Value::None) => rounded(value),
        (Value::Float(value), digits) => {
            let digits = known(digits.int().filter(|digits| (0..=15).contains(digits)))?;
            let digits = usize::try_from(digits).unwrap_or(0);
            finite(known(format!("{value:.digits$}").parse().ok())?)
        }
        (value, digits) if digits.int().is_some_and(|digits| digits >= 0) => {
            known(value.int()).map(Value::Int)
        }
        _ => Err(Stop::Unknown),
    }
}

pub(super) fn is_instance(value: &Value, kind: &Value) -> Run<Value> {
    if let Value::Tuple(kinds) = kind {
        let mut any = false;
        for kind in &**kinds {
            any |= matches!(is_instance(value, kind)?, Value::Bool(true));
        }
        return Ok(Value::Bool(any));
    }
    let Value::Builtin(kind) = kind else {
        return Err(Stop::Unknown);
    };
    Ok(Value::Bool(match &**kind {
        "int" => value.int().is_some(),
        "float" => matches!(value, Value::Float(_)),
        "bool" => matches!(value, Value::Bool(_)),
        "str" => matches!(value, Value::Str(_)),
        "list" => matches!(value, Value::List(_)),
        "tuple" => matches!(value, Value::Tuple(_)),
        "dict" => matches!(value, Value::Dict(_)),
        "set" => matches!(value, Value::Set(_)),
        "range" => matches!(value, Value::Range(_)),
        _ => return Err(Stop::Unknown),
    }))
}
