//! Methods of texts. What depends on the class of a letter is known for ASCII alone.

use std::rc::Rc;

use super::letters::by_class;

use crate::python::machine::index::span;
use crate::python::machine::{Exception, Machine, Run, Stop, known, raise};
use crate::python::value::Value;

/// ASCII white space as `split` and `strip` know it.
pub(super) const SPACE: [char; 10] = [
    ' ', '\t', '\n', '\r', '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\x1f',
];

impl Machine {
    pub(super) fn text_method(
        &mut self,
        text: &Rc<str>,
        name: &str,
        arguments: &[Value],
    ) -> Run<Value> {
        self.sized(text.len())?;
        if let Some(value) = by_class(text, name, arguments)? {
            return Ok(value);
        }
        match (name, arguments) {
            ("join", [items]) => self.join(text, items),
            ("split" | "rsplit", _) => self.split(text, name == "rsplit", arguments),
            ("splitlines", []) => {
                let exotic = [
                    '\x0b', '\x0c', '\x1c', '\x1d', '\x1e', '\u{85}', '\u{2028}', '\u{2029}',
                ];
                // `lines` knows "\n" and "\r\n" alone.
                if text.contains(exotic) || text.replace("\r\n", "").contains('\r') {
                    return Err(Stop::Unknown);
                }
                self.list(text.lines().map(Value::text).collect())
            }
            ("replace", [Value::Str(old), Value::Str(new)]) => {
                self.replace(text, old, new, usize::MAX)
            }
            ("replace", [Value::Str(old), Value::Str(new), count]) => {
                let count = known(count.int())?;
                self.replace(text, old, new, usize::try_from(count).unwrap_or(usize::MAX))
            }
            ("startswith" | "endswith", [affix]) => affixed(text, name == "startswith", affix),
            ("find" | "rfind" | "index" | "rindex" | "count", [Value::Str(part), bounds @ ..]) => {
                searched(text, name, part, bounds)
            }
            ("strip" | "lstrip" | "rstrip", _) => stripped(text, name, arguments),
            ("removeprefix", [Value::Str(affix)]) => {
                Ok(Value::text(text.strip_prefix(&**affix).unwrap_or(text)))
            }
            ("removesuffix", [Value::Str(affix)]) => {
                Ok(Value::text(text.strip_suffix(&**affix).unwrap_or(text)))
            }
            ("partition" | "rpartition", [Value::Str(separator)]) => {
                partition(text, name == "rpartition", separator)
            }
            ("center" | "ljust" | "rjust" | "zfill", _) => self.padded(text, name, arguments),
            ("expandtabs", _) => self.expand_tabs(text, arguments),
            ("translate", [Value::Dict(table)]) => self.translate(text, *table),
            ("maketrans", _) => self.translation(arguments),
            _ => Err(Stop::Unknown),
        }
    }

    fn join(&mut self, separator: &str, items: &Value) -> Run<Value> {
        let mut out = String::new();
        for (at, item) in self.collect(items)?.into_iter().enumerate() {
            let Value::Str(item) = item else {
                return raise(Exception::Type);
            };
            if at > 0 {
                out.push_str(separator);
            }
            out.push_str(&item);
            known((out.len() <= crate::python::machine::MAX_SIZE).then_some(()))?;
        }
        self.sized(out.len())?;
        Ok(Value::text(out))
    }

    fn split(&mut self, text: &str, from_end: bool, arguments: &[Value]) -> Run<Value> {
        let (separator, most) = match arguments {
            [] => (&Value::None, None),
            [separator] => (separator, None),
            [separator, most] => (separator, Some(known(most.int())?)),
            _ => return Err(Stop::Unknown),
        };
        let most = most.and_then(|most| usize::try_from(most).ok());
        let parts: Vec<&str> = match separator {
            Value::None => {
                if !text.is_ascii() {
                    return Err(Stop::Unknown);
                }
                split_at_space(text, from_end, most)
            }
            Value::Str(separator) if separator.is_empty() => return raise(Exception::Value),
            Value::Str(separator) => match (from_end, most) {
                (false, None) => text.split(&**separator).collect(),
                (true, None) => {
                    let mut parts: Vec<&str> = text.rsplit(&**separator).collect();
                    parts.reverse();
                    parts
                }
                (false, Some(most)) => text.splitn(most + 1, &**separator).collect(),
                (true, Some(most)) => {
                    let mut parts: Vec<&str> = text.rsplitn(most + 1, &**separator).collect();
                    parts.reverse();
                    parts
                }
            },
            _ => return Err(Stop::Unknown),
        };
        self.list(parts.into_iter().map(Value::text).collect())
    }

    fn replace(&mut self, text: &str, old: &str, new: &str, most: usize) -> Run<Value> {
        let growth = (text.len() + 1).saturating_mul(new.len().max(1));
        if growth > 50 * crate::python::machine::MAX_SIZE {
            return Err(Stop::Unknown);
        }
        let out = text.replacen(old, new, most);
        self.sized(out.len())?;
        Ok(Value::text(out))
    }

    fn padded(&mut self, text: &str, name: &str, arguments: &[Value]) -> Run<Value> {
        let (width, fill) = match arguments {
            [width] => (width, ' '),
            [width, Value::Str(fill)] if name != "zfill" => {
                let mut signs = fill.chars();
                match (signs.next(), signs.next()) {
                    (Some(fill), None) => (width, fill),
                    _ => return raise(Exception::Type),
                }
            }
            _ => return Err(Stop::Unknown),
        };
        let width = usize::try_from(known(width.int())?.max(0)).unwrap_or(usize::MAX);
        self.sized(width)?;
        let length = text.chars().count();
        let missing = width.saturating_sub(length);
        let pad = |count: usize| fill.to_string().repeat(count);
        Ok(Value::text(match name {
            "ljust" => format!("{text}{}", pad(missing)),
            "rjust" => format!("{}{text}", pad(missing)),
            "zfill" => {
                let sign = usize::from(text.starts_with(['+', '-']));
                let (sign, digits) = text.split_at(sign);
                format!("{sign}{}{digits}", "0".repeat(missing))
            }
            // An odd one goes to the left where the width is odd.
            _ => {
                let left = missing / 2 + (missing & width & 1);
                format!("{}{text}{}", pad(left), pad(missing - left))
            }
        }))
    }

    fn expand_tabs(&mut self, text: &str, arguments: &[Value]) -> Run<Value> {
        let size = match arguments {
            [] => 8,
            [size] => known(size.int())?,
            _ => return Err(Stop::Unknown),
        };
        let size = known(usize::try_from(size).ok().filter(|size| *size <= 64))?;
        let mut out = String::new();
        let mut column = 0;
        for sign in text.chars() {
            match sign {
                '\t' => {
                    let count = if size == 0 { 0 } else { size - column % size };
                    out.push_str(&" ".repeat(count));
                    column += count;
                }
                '\n' | '\r' => {
                    out.push(sign);
                    column = 0;
                }
                sign => {
                    out.push(sign);
                    column += 1;
                }
            }
        }
        self.sized(out.len())?;
        Ok(Value::text(out))
    }

    pub(super) fn translation(&mut self, arguments: &[Value]) -> Run<Value> {
        let dict = self.new_dict();
        let code = |sign: char| Value::Int(i64::from(u32::from(sign)));
        match arguments {
            [Value::Str(from), Value::Str(to), removed @ ..] if removed.len() <= 1 => {
                if from.chars().count() != to.chars().count() {
                    return raise(Exception::Value);
                }
                for (from, to) in from.chars().zip(to.chars()) {
                    self.put(dict, code(from), code(to))?;
                }
                if let [removed] = removed {
                    let Value::Str(removed) = removed else {
                        return Err(Stop::Unknown);
                    };
                    for sign in removed.chars() {
                        self.put(dict, code(sign), Value::None)?;
                    }
                }
            }
            [Value::Dict(table)] => {
                for (key, value) in self.heap.dicts[*table].pairs.clone() {
                    let key = match &key {
                        Value::Str(text) if text.chars().count() == 1 => {
                            code(known(text.chars().next())?)
                        }
                        Value::Int(_) => key,
                        _ => return Err(Stop::Unknown),
                    };
                    self.put(dict, key, value)?;
                }
            }
            _ => return Err(Stop::Unknown),
        }
        Ok(Value::Dict(dict))
    }

    fn translate(&mut self, text: &str, table: usize) -> Run<Value> {
        let mut out = String::new();
        for sign in text.chars() {
            let key = Value::Int(i64::from(u32::from(sign)));
            let Some(at) = self.find(table, &key)? else {
                out.push(sign);
                continue;
            };
            match &self.heap.dicts[table].pairs[at].1 {
                Value::None => {}
                Value::Str(text) => out.push_str(text),
                value => {
                    let code = value.int().and_then(|code| u32::try_from(code).ok());
                    out.push(known(code.and_then(char::from_u32))?);
                }
            }
        }
        self.sized(out.len())?;
        Ok(Value::text(out))
    }
}

/// Words between white space, at most `most` of them cut off.
fn split_at_space(text: &str, from_end: bool, most: Option<usize>) -> Vec<&str> {
    let Some(most) = most else {
        return text.split(SPACE).filter(|part| !part.is_empty()).collect();
    };
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() < most {
        rest = if from_end {
            rest.trim_end_matches(SPACE)
        } else {
            rest.trim_start_matches(SPACE)
        };
        if rest.is_empty() {
            break;
        }
        let (word, left) = if from_end {
            let at = rest.rfind(SPACE).map_or(0, |at| at + 1);
            (&rest[at..], &rest[..at])
        } else {
            rest.split_at(rest.find(SPACE).unwrap_or(rest.len()))
        };
        parts.push(word);
        rest = left;
    }
    rest = if from_end {
        rest.trim_end_matches(SPACE)
    } else {
        rest.trim_start_matches(SPACE)
    };
    if !rest.is_empty() {
        parts.push(rest);
    }
    if from_end {
        parts.reverse();
    }
    parts
}

fn affixed(text: &str, start: bool, affix: &Value) -> Run<Value> {
    match affix {
        Value::Str(affix) => Ok(Value::Bool(if start {
            text.starts_with(&**affix)
        } else {
            text.ends_with(&**affix)
        })),
        Value::Tuple(affixes) => {
            let mut any = false;
            for affix in &**affixes {
                any |= matches!(affixed(text, start, affix)?, Value::Bool(true));
            }
            Ok(Value::Bool(any))
        }
        _ => Err(Stop::Unknown),
    }
}

fn searched(text: &str, name: &str, part: &str, bounds: &[Value]) -> Run<Value> {
    let signs: Vec<char> = text.chars().collect();
    let bound = |at: usize| match bounds.get(at) {
        None | Some(Value::None) => Ok(None),
        Some(bound) => known(bound.int()).map(Some),
    };
    if bounds.len() > 2 {
        return Err(Stop::Unknown);
    }
    // A start behind the end finds nothing, not even nothing itself.
    let beyond = match bound(0)? {
        Some(start) => usize::try_from(start).is_ok_and(|start| start > signs.len()),
        None => false,
    };
    let span = span([bound(0)?, bound(1)?, None], signs.len());
    let window: Option<String> = signs
        .get(span.0..span.1)
        .map(|signs| signs.iter().collect());
    let window = window.filter(|_| !beyond);
    if name == "count" {
        let count = match &window {
            None => 0,
            Some(window) if part.is_empty() => window.chars().count() + 1,
            Some(window) => window.matches(part).count(),
        };
        return known(i64::try_from(count).ok()).map(Value::Int);
    }
    let found = window.and_then(|window| {
        let at = if name.starts_with('r') {
            window.rfind(part)
        } else {
            window.find(part)
        };
        at.map(|at| window[..at].chars().count() + span.0)
    });
    match found {
        Some(at) => known(i64::try_from(at).ok()).map(Value::Int),
        None if name.ends_with("find") => Ok(Value::Int(-1)),
        None => raise(Exception::Value),
    }
}

fn stripped(text: &str, name: &str, arguments: &[Value]) -> Run<Value> {
    let signs: Vec<char> = match arguments {
        [] | [Value::None] => {
            if !text.is_ascii() {
                return Err(Stop::Unknown);
            }
            SPACE.to_vec()
        }
        [Value::Str(signs)] => signs.chars().collect(),
        _ => return Err(Stop::Unknown),
    };
    let signs = signs.as_slice();
    Ok(Value::text(match name {
        "strip" => text.trim_matches(signs),
        "lstrip" => text.trim_start_matches(signs),
        _ => text.trim_end_matches(signs),
    }))
}

fn partition(text: &str, from_end: bool, separator: &str) -> Run<Value> {
    if separator.is_empty() {
        return raise(Exception::Value);
    }
    let found = if from_end {
        text.rsplit_once(separator)
    } else {
        text.split_once(separator)
    };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if from_end => ["", "", text],
        None => [text, "", ""],
    };
    Ok(Value::Tuple(parts.map(Value::text).into()))
}
