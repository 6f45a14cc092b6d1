//! Methods of values.

mod collection;
mod letters;
mod text;

use super::call::Arguments;
use super::{Exception, Machine, Run, Stop, raise};
use crate::python::value::Value;

impl Machine {
    pub(super) fn method(
        &mut self,
        receiver: &Value,
        name: &str,
        mut arguments: Arguments,
    ) -> Run<Value> {
        self.spend(1)?;
        match (receiver, name) {
            (Value::Str(format), "format") => {
                return self.filled(format, &arguments.plain, &arguments.named);
            }
            (Value::List(list), "sort") => return self.sort(*list, arguments),
            (Value::Dict(dict), "update") => {
                for other in &arguments.plain {
                    self.update_dict(*dict, other)?;
                }
                for (name, value) in arguments.named {
                    self.put(*dict, Value::Str(name), value)?;
                }
                return Ok(Value::None);
            }
            (Value::Str(_), "split" | "rsplit") => {
                let separator = arguments.take("sep");
                let most = arguments.take("maxsplit");
                if arguments.plain.is_empty() && most.is_some() {
                    arguments.plain.push(separator.unwrap_or(Value::None));
                } else {
                    arguments.plain.extend(separator);
                }
                arguments.plain.extend(most);
            }
            (Value::Str(_), "splitlines") => arguments.line_up("keepends"),
            (Value::Str(_), "expandtabs") => arguments.line_up("tabsize"),
            _ => {}
        }
        arguments.all_taken()?;
        let plain = arguments.plain.as_slice();
        match receiver {
            Value::Str(text) => self.text_method(text, name, plain),
            Value::List(list) => self.list_method(*list, name, plain),
            Value::Tuple(items) => self.sequence_method(items, name, plain),
            Value::Dict(dict) => self.dict_method(*dict, name, plain),
            Value::Set(set) => self.set_method(*set, name, plain),
            Value::Builtin(kind) => self.static_method(kind, name, plain),
            _ => Err(Stop::Unknown),
        }
    }

    /// `dict.fromkeys(…)`, `str.upper(text)` and their like.
    fn static_method(&mut self, kind: &str, name: &str, arguments: &[Value]) -> Run<Value> {
        match (kind, name, arguments) {
            ("dict", "fromkeys", [keys]) => self.keyed(keys, &Value::None),
            ("dict", "fromkeys", [keys, value]) => self.keyed(keys, value),
            ("str", "maketrans", _) => self.translation(arguments),
            ("str", _, [Value::Str(text), rest @ ..]) => self.text_method(text, name, rest),
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn keyed(&mut self, keys: &Value, value: &Value) -> Run<Value> {
        let dict = self.new_dict();
        for key in self.collect(keys)? {
            self.put(dict, key, value.clone())?;
        }
        Ok(Value::Dict(dict))
    }

    fn sort(&mut self, list: usize, mut arguments: Arguments) -> Run<Value> {
        let key = arguments
            .take("key")
            .filter(|key| !matches!(key, Value::None));
        let reverse = match arguments.take("reverse") {
            Some(reverse) => self.truth(&reverse)?,
            None => false,
        };
        arguments.all_taken()?;
        if !arguments.plain.is_empty() {
            return raise(Exception::Type);
        }
        // While it is sorted, a list is empty to whoever looks.
        let items = std::mem::take(&mut self.heap.lists[list]);
        let sorted = self.sorted_with(items, key.as_ref(), reverse)?;
        if !self.heap.lists[list].is_empty() {
            return Err(Stop::Unknown);
        }
        self.heap.lists[list] = sorted;
        Ok(Value::None)
    }
}
