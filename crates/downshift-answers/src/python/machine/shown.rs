//! Values as text: `repr` and `str`.

use super::{Machine, Run, Stop, known};
use crate::python::value::{Value, View};

impl Machine {
    pub(super) fn str(&mut self, value: &Value) -> Run<String> {
        match value {
            Value::Str(text) => Ok(text.to_string()),
            value => self.repr(value),
        }
    }

    pub(super) fn repr(&mut self, value: &Value) -> Run<String> {
        let text = self.written(value, false)?;
        self.sized(text.len())?;
        Ok(text)
    }

    /// A value as a literal that a reader may write down: a set's items stand in order.
    pub(in crate::python) fn literal(&mut self, value: &Value) -> Run<String> {
        self.written(value, true)
    }

    fn written(&mut self, value: &Value, literal: bool) -> Run<String> {
        self.spend(1)?;
        self.deeper(|machine| machine.written_deep(value, literal))
    }

    fn written_deep(&mut self, value: &Value, literal: bool) -> Run<String> {
        Ok(match value {
            Value::None => "None".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::Str(text) => quoted(text)?,
            Value::Tuple(items) => {
                let comma = if items.len() == 1 { "," } else { "" };
                format!("({}{comma})", self.joined(items, literal)?)
            }
            Value::List(list) => {
                let items = self.heap.lists[*list].clone();
                format!("[{}]", self.joined(&items, literal)?)
            }
            Value::Dict(dict) => {
                let mut parts = Vec::new();
                for (key, value) in self.heap.dicts[*dict].pairs.clone() {
                    let key = self.written(&key, literal)?;
                    parts.push(format!("{key}: {}", self.written(&value, literal)?));
                }
                format!("{{{}}}", parts.join(", "))
            }
            Value::Set(set) => {
                let mut items = self.heap.sets[*set].clone();
                if items.is_empty() {
                    "set()".to_owned()
                } else {
                    // The order in which a set shows its items is not the program's.
                    if items.len() > 1 {
                        items = known(literal.then(|| self.sorted(items, false)))??;
                    }
                    format!("{{{}}}", self.joined(&items, literal)?)
                }
            }
            Value::Range(range) if !literal && range.step == 1 => {
                format!("range({}, {})", range.start, range.stop)
            }
            Value::View(view, _) if !literal => {
                let items = self.collect(value)?;
                let name = match view {
                    View::Keys => "dict_keys",
                    View::Values => "dict_values",
                    View::Items => "dict_items",
                };
                format!("{name}([{}])", self.joined(&items, literal)?)
            }
            _ => return Err(Stop::Unknown),
        })
    }

    fn joined(&mut self, items: &[Value], literal: bool) -> Run<String> {
        let mut text = String::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            text.push_str(&self.written(item, literal)?);
            self.sized(text.len())?;
        }
        Ok(text)
    }
}

/// The shortest digits that read back as the same float, as `repr` lays them out.
pub(super) fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = value.to_string();
        let point = if plain.contains('.') { "" } else { ".0" };
        return format!("{plain}{point}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// A text in quotes; letters of which it is not known whether they can be printed stop the program.
pub(super) fn quoted(text: &str) -> Run<String> {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for sign in text.chars() {
        match sign {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            sign if sign == quote => {
                out.push('\\');
                out.push(sign);
            }
            '\x20'..='\x7e' => out.push(sign),
            sign if sign.is_ascii() => out.extend(format!("\\x{:02x}", u32::from(sign)).chars()),
            sign => out.push(known(is_printed(sign).then_some(sign))?),
        }
    }
    out.push(quote);
    Ok(out)
}

/// Letters of the common alphabets, which every version of Unicode in use prints.
fn is_printed(sign: char) -> bool {
    matches!(sign, '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{24f}' | '\u{410}'..='\u{44f}'
        | '\u{3b1}'..='\u{3c9}' | '\u{3041}'..='\u{3096}' | '\u{4e00}'..='\u{9fa5}')
}
