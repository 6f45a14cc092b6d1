//! The tree: what each value is, and where it stands.

use super::expand::{Unresolved, expand};

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    /// From 1; 0 if not known.
    pub(super) line: usize,
    /// In characters, from 1.
    pub(super) column: usize,
}

/// A value and its place.
#[derive(Clone)]
pub(super) struct Node {
    /// Its number in the document, once that is complete; the root's is 0.
    pub(super) id: usize,
    pub(super) place: Place,
    pub(super) value: Value,
    /// Nodes in it, itself included.
    pub(super) size: usize,
    /// Levels in it, its own included.
    pub(super) height: usize,
}

#[derive(Clone)]
pub(super) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: Node,
}

#[derive(Clone)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) place: Place,
}

/// A value that holds no others.
#[derive(Clone)]
pub(super) struct Scalar {
    /// The text without its quotes, `${…}` as it stands.
    pub(super) written: String,
    /// Written without quotes, so it may be a number, a flag or nothing.
    pub(super) plain: bool,
    /// The text with what `${…}` stands for; `None` where there is no `${`.
    expanded: Option<Result<String, Unresolved>>,
}

/// What a scalar is, by YAML 1.2's core schema.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a str),
}

// === impl Node ===

impl Node {
    pub(super) fn new(place: Place, value: Value) -> Self {
        let (size, height) = match &value {
            Value::Scalar(_) => (0, 0),
            Value::List(nodes) => measured(nodes.iter()),
            Value::Mapping(entries) => measured(entries.iter().map(|entry| &entry.value)),
        };
        Self {
            id: 0,
            place,
            value,
            size: size + 1,
            height: height + 1,
        }
    }

    /// Looks up what `${…}` stands for, everywhere in it.
    pub(super) fn expand(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        match &mut self.value {
            Value::Scalar(scalar) => scalar.expand(variable),
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.expand(variable)),
            Value::Mapping(entries) => entries
                .iter_mut()
                .for_each(|entry| entry.value.expand(variable)),
        }
    }

    /// Gives each node in it a number of its own, and notes under it who holds the node.
    pub(super) fn number(&mut self, parent: usize, parents: &mut Vec<usize>) {
        let id = parents.len();
        self.id = id;
        parents.push(parent);
        match &mut self.value {
            Value::Scalar(_) => {}
            Value::List(nodes) => nodes.iter_mut().for_each(|node| node.number(id, parents)),
            Value::Mapping(entries) => entries
                .iter_mut()
                .for_each(|entry| entry.value.number(id, parents)),
        }
    }

    /// Nothing is written, or `null`.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.plain && scalar.written.is_empty())
    }

    /// It looks like `{name}`, which a brace without quotes makes of a text.
    pub(super) fn braces(&self) -> bool {
        matches!(&self.value, Value::Mapping(entries) if entries.len() == 1)
    }

    /// The text of a number or flag, which quotes would make a string.
    pub(super) fn quotable(&self) -> Option<String> {
        let Value::Scalar(scalar) = &self.value else {
            return None;
        };
        let other =
            scalar.plain && !matches!(resolve(&scalar.written), Resolved::Text(_) | Resolved::Null);
        other.then(|| scalar.written.clone())
    }

    /// What it is, in words, as it is written: for messages.
    pub(super) fn described(&self) -> String {
        match &self.value {
            Value::Scalar(scalar) => scalar.described(),
            Value::List(_) => "a list".to_owned(),
            Value::Mapping(_) => "a mapping".to_owned(),
        }
    }

    /// The place of what `path` names under this node, or of the nearest that holds it.
    pub(super) fn find(&self, path: &str) -> Option<Place> {
        self.deepest(path).map(|(_, place)| place)
    }

    /// The same with the length of the path that was left. Names may hold dots
    /// (`intents.time.now.answer`), so all readings are tried and the longest wins.
    fn deepest(&self, path: &str) -> Option<(usize, Place)> {
        match &self.value {
            Value::Scalar(_) => None,
            Value::List(nodes) => {
                let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
                let node = nodes.get(index.parse::<usize>().ok()?)?;
                Some(node.deeper(rest, node.place))
            }
            Value::Mapping(entries) => entries
                .iter()
                .filter_map(|Entry { key, value }| {
                    let rest = path.strip_prefix(key.text.as_str())?;
                    let place = if matches!(value.value, Value::Scalar(_)) {
                        value.place
                    } else {
                        key.place
                    };
                    // Nothing is written there, so its key is all that can be shown.
                    let place = if value.is_empty() { key.place } else { place };
                    let ends = rest.is_empty() || rest.starts_with(['.', '[']);
                    ends.then(|| value.deeper(rest, place))
                })
                .min_by_key(|(left, _)| *left),
        }
    }

    fn deeper(&self, rest: &str, place: Place) -> (usize, Place) {
        let inside = self.deepest(rest.strip_prefix('.').unwrap_or(rest));
        inside.unwrap_or((rest.len(), place))
    }
}

fn measured<'a>(nodes: impl Iterator<Item = &'a Node>) -> (usize, usize) {
    nodes.fold((0, 0), |(size, height), node| {
        (size + node.size, height.max(node.height))
    })
}

// === impl Scalar ===

impl Scalar {
    pub(super) fn new(written: String, plain: bool) -> Self {
        Self {
            written,
            plain,
            expanded: None,
        }
    }

    fn expand(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        if self.written.contains("${") {
            self.expanded = Some(expand(&self.written, variable));
        }
    }

    /// It holds a `${…}`.
    pub(super) fn refers(&self) -> bool {
        self.expanded.is_some()
    }

    /// The text that counts.
    pub(super) fn text(&self) -> Result<&str, &Unresolved> {
        match &self.expanded {
            None => Ok(&self.written),
            Some(expanded) => expanded.as_deref(),
        }
    }

    /// What the text that counts is.
    pub(super) fn resolved(&self) -> Result<Resolved<'_>, &Unresolved> {
        let text = self.text()?;
        Ok(if self.plain {
            resolve(text)
        } else {
            Resolved::Text(text)
        })
    }

    fn described(&self) -> String {
        let kind = if self.plain {
            resolve(&self.written)
        } else {
            Resolved::Text(&self.written)
        };
        match kind {
            Resolved::Null => "nothing".to_owned(),
            Resolved::Bool(flag) => format!("`{flag}`"),
            Resolved::Unsigned(_) | Resolved::Signed(_) | Resolved::Float(_) => {
                format!("the number {}", self.written)
            }
            Resolved::Text("") => "an empty string".to_owned(),
            Resolved::Text(text) => format!("the string `{}`", shortened(text)),
        }
    }
}

/// Enough of a text to know it by, on one line.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown = text
        .chars()
        .take(SHOWN)
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short = shown.by_ref().collect::<String>();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

/// What a text without quotes is: <https://yaml.org/spec/1.2.2/#103-core-schema>.
fn resolve(text: &str) -> Resolved<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        _ => {}
    }
    number(text).unwrap_or(Resolved::Text(text))
}

fn number(text: &str) -> Option<Resolved<'_>> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") {
        return Some(Resolved::Float(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        }));
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return u64::from_str_radix(digits, radix)
                .ok()
                .map(Resolved::Unsigned);
        }
    }
    if !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        let whole = if negative {
            text.parse().ok().map(Resolved::Signed)
        } else {
            digits.parse().ok().map(Resolved::Unsigned)
        };
        if whole.is_some() {
            return whole;
        }
    }
    // Digits with at most one dot, then perhaps an exponent: what Rust reads, without its names for infinity.
    let numeric =
        |digit: u8| digit.is_ascii_digit() || matches!(digit, b'.' | b'e' | b'E' | b'+' | b'-');
    let starts = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let float =
        starts && digits.bytes().all(numeric) && digits.bytes().any(|digit| digit.is_ascii_digit());
    float
        .then(|| text.parse().ok().map(Resolved::Float))
        .flatten()
}

#[cfg(test)]
mod tests;
