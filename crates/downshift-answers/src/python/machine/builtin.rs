//! The functions of the language.

mod convert;
mod order;

use self::convert::{
    based, based_int, is_instance, modular, range, rounded, rounded_to, to_float, to_int,
};
use super::call::Arguments;
use super::{Exception, Machine, Run, Stop, known, raise};
use crate::python::syntax::Operator;
use crate::python::value::{Value, Walk};

/// The names that are known.
const NAMES: &[&str] = &[
    "abs",
    "all",
    "any",
    "bin",
    "bool",
    "chr",
    "dict",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "hex",
    "int",
    "isinstance",
    "len",
    "list",
    "map",
    "max",
    "min",
    "oct",
    "ord",
    "pow",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
];

pub(super) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

impl Machine {
    pub(super) fn builtin(&mut self, name: &str, mut arguments: Arguments) -> Run<Value> {
        match name {
            "sorted" => return self.sorted_by(arguments),
            "min" | "max" => return self.extreme(name == "max", arguments),
            "print" => return self.print(arguments),
            "dict" => return self.make_dict(arguments),
            "enumerate" | "sum" => arguments.line_up("start"),
            "int" => arguments.line_up("base"),
            "round" => arguments.line_up("ndigits"),
            _ => {}
        }
        arguments.all_taken()?;
        match arguments.plain.as_slice() {
            [] => self.without_argument(name),
            [value] => self.of_one(name, value),
            [one, two] => self.of_two(name, one, two),
            values => self.of_several(name, values),
        }
    }

    fn without_argument(&mut self, name: &str) -> Run<Value> {
        match name {
            "list" => self.list(Vec::new()),
            "tuple" => Ok(Value::Tuple([].into())),
            "set" => self.set_of(Vec::new()),
            "str" => Ok(Value::text("")),
            "int" => Ok(Value::Int(0)),
            "float" => Ok(Value::Float(0.0)),
            "bool" => Ok(Value::Bool(false)),
            _ => Err(Stop::Unknown),
        }
    }

    fn of_one(&mut self, name: &str, value: &Value) -> Run<Value> {
        match name {
            "abs" => match value {
                Value::Float(value) => Ok(Value::Float(value.abs())),
                value => known(value.int().and_then(i64::checked_abs)).map(Value::Int),
            },
            "all" | "any" => self.truths(value, name == "any"),
            "bin" | "hex" | "oct" => based(name, known(value.int())?),
            "bool" => Ok(Value::Bool(self.truth(value)?)),
            "chr" => {
                let code = u32::try_from(known(value.int())?).ok();
                let sign = known(code.and_then(char::from_u32))?;
                Ok(Value::text(sign.to_string()))
            }
            "ord" => ordinal(value),
            "float" => to_float(value),
            "int" => to_int(value),
            "len" => self.counted(value),
            "list" => {
                let items = self.collect(value)?;
                self.list(items)
            }
            "tuple" => Ok(Value::Tuple(self.collect(value)?.into())),
            "set" => {
                let items = self.unordered(value)?;
                self.set_of(items)
            }
            "sum" => self.sum(value, Value::Int(0)),
            "str" => self.str(value).map(Value::text),
            "repr" => self.repr(value).map(Value::text),
            "format" => self.formatted(value, "").map(Value::text),
            "enumerate" => {
                let inner = self.walk(value)?;
                Ok(Value::Walk(self.new_walk(Walk::Enumerate(inner, 0))))
            }
            "zip" => {
                let inner = self.walk(value)?;
                Ok(Value::Walk(self.new_walk(Walk::Zip([inner].into()))))
            }
            "reversed" => self.reversed(value),
            "range" => range(&[Value::Int(0), value.clone()]),
            "round" => rounded(value),
            _ => Err(Stop::Unknown),
        }
    }

    /// `any` and `all`: whether an item's truth is `wanted`.
    fn truths(&mut self, value: &Value, wanted: bool) -> Run<Value> {
        let walk = self.ordered_or_not(value)?;
        while let Some(item) = self.step(walk)? {
            if self.truth(&item)? == wanted {
                return Ok(Value::Bool(wanted));
            }
        }
        Ok(Value::Bool(!wanted))
    }

    fn counted(&mut self, value: &Value) -> Run<Value> {
        if matches!(
            value,
            Value::Int(_) | Value::None | Value::Bool(_) | Value::Float(_)
        ) {
            return raise(Exception::Type);
        }
        let length = self.length(value)?;
        self.sized(length)?;
        known(i64::try_from(length).ok()).map(Value::Int)
    }

    fn of_two(&mut self, name: &str, one: &Value, two: &Value) -> Run<Value> {
        match name {
            "divmod" => {
                let quotient = self.binary(Operator::FloorDivide, one, two)?;
                let remainder = self.binary(Operator::Modulo, one, two)?;
                Ok(Value::Tuple([quotient, remainder].into()))
            }
            "pow" => self.binary(Operator::Power, one, two),
            "enumerate" => {
                let inner = self.walk(one)?;
                let start = known(two.int())?;
                Ok(Value::Walk(self.new_walk(Walk::Enumerate(inner, start))))
            }
            "filter" => {
                let inner = self.walk(two)?;
                Ok(Value::Walk(self.new_walk(Walk::Filter(one.clone(), inner))))
            }
            "format" => match two {
                Value::Str(format) => self.formatted(one, format).map(Value::text),
                _ => Err(Stop::Unknown),
            },
            "isinstance" => is_instance(one, two),
            "sum" => self.sum(one, two.clone()),
            "int" => based_int(one, two),
            "round" => rounded_to(one, two),
            _ => self.of_several(name, &[one.clone(), two.clone()]),
        }
    }

    fn of_several(&mut self, name: &str, values: &[Value]) -> Run<Value> {
        match name {
            "range" => range(values),
            "zip" => {
                let inners = self.walks(values)?;
                Ok(Value::Walk(self.new_walk(Walk::Zip(inners.into()))))
            }
            "map" => {
                let (function, iterables) = known(values.split_first())?;
                let inners = self.walks(iterables)?;
                Ok(Value::Walk(
                    self.new_walk(Walk::Map(function.clone(), inners.into())),
                ))
            }
            "pow" => match values {
                [base, exponent, modulus] => modular(base, exponent, modulus),
                _ => Err(Stop::Unknown),
            },
            _ => Err(Stop::Unknown),
        }
    }

    fn walks(&mut self, values: &[Value]) -> Run<Vec<usize>> {
        values.iter().map(|value| self.walk(value)).collect()
    }

    fn ordered_or_not(&mut self, value: &Value) -> Run<usize> {
        match value {
            Value::Set(set) => {
                let items = self.heap.sets[*set].clone();
                Ok(self.new_walk(Walk::Items(items.into(), 0)))
            }
            value => self.walk(value),
        }
    }

    /// A sum; that of floats is compensated in newer versions of the language, so it is taken
    /// for known only where both ways agree.
    fn sum(&mut self, value: &Value, start: Value) -> Run<Value> {
        if matches!(start, Value::Str(_)) {
            return Err(Stop::Unknown);
        }
        let items = match value {
            Value::Set(set) if self.heap.sets[*set].iter().all(|item| item.int().is_some()) => {
                self.heap.sets[*set].clone()
            }
            value => self.collect(value)?,
        };
        let mut total = start;
        let (mut error, mut floats) = (0.0, 0.0);
        let mut compensated = false;
        for item in &items {
            let next = self.binary(Operator::Add, &total, item)?;
            if let Value::Float(sum) = next {
                let (left, right) = (known(total.float())?, known(item.float())?);
                if !compensated {
                    (compensated, floats) = (true, left);
                }
                let plain: f64 = floats + right;
                error += if floats.abs() >= right.abs() {
                    (floats - plain) + right
                } else {
                    (right - plain) + floats
                };
                floats = plain;
                debug_assert!(sum.to_bits() == plain.to_bits());
            }
            total = next;
        }
        if compensated && (floats + error).to_bits() != floats.to_bits() {
            return Err(Stop::Unknown);
        }
        Ok(total)
    }

    fn reversed(&mut self, value: &Value) -> Run<Value> {
        let walk = match value {
            Value::List(list) => Walk::Backwards(*list, self.heap.lists[*list].len()),
            Value::Tuple(_) | Value::Str(_) | Value::Range(_) => {
                let mut items = self.collect(value)?;
                items.reverse();
                Walk::Items(items.into(), 0)
            }
            _ => return Err(Stop::Unknown),
        };
        Ok(Value::Walk(self.new_walk(walk)))
    }

    fn print(&mut self, mut arguments: Arguments) -> Run<Value> {
        let mut separator = " ".to_owned();
        let mut end = "\n".to_owned();
        for (name, text) in [("sep", &mut separator), ("end", &mut end)] {
            match arguments.take(name) {
                Some(Value::Str(given)) => *text = given.to_string(),
                None => {}
                Some(_) => return Err(Stop::Unknown),
            }
        }
        arguments.all_taken()?;
        let mut parts = Vec::new();
        for value in &arguments.plain {
            parts.push(self.str(value)?);
        }
        self.printed.push_str(&parts.join(&separator));
        self.printed.push_str(&end);
        self.sized(self.printed.len())?;
        Ok(Value::None)
    }

    fn make_dict(&mut self, arguments: Arguments) -> Run<Value> {
        let dict = self.new_dict();
        match arguments.plain.as_slice() {
            [] => {}
            [pairs] => self.update_dict(dict, pairs)?,
            _ => return Err(Stop::Unknown),
        }
        for (name, value) in arguments.named {
            self.put(dict, Value::Str(name), value)?;
        }
        Ok(Value::Dict(dict))
    }
}

fn ordinal(value: &Value) -> Run<Value> {
    let Value::Str(text) = value else {
        return Err(Stop::Unknown);
    };
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) => Ok(Value::Int(i64::from(u32::from(sign)))),
        _ => raise(Exception::Type),
    }
}
