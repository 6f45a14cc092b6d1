//! Sets one value in a document's text: hides how YAML is laid out. Comments, order and everything else stay as
//! they are; what cannot be set so that the rest means what it meant is not set.

use super::node::{Node, Value};
use super::spot::{Entry, Kind, Spot, outermost};
use super::syntax;

/// The text with `value`, which is written as it stands, at `path`. Keys that are missing at the path's end are
/// made. `None` where the path leads through what is no mapping, or an alias would repeat the change elsewhere.
pub fn set(text: &str, path: &[&str], value: &str) -> Option<String> {
    let mut spot = outermost(text)?;
    let mut left = path;
    while let Some((key, rest)) = left.split_first() {
        let Some(entry) = entry(&spot, key) else {
            break;
        };
        (spot, left) = (entry.value, rest);
    }
    let mut written = text.to_owned();
    if let Some((key, rest)) = left.split_first() {
        let value = rest.iter().rev().fold(value.to_owned(), |inner, key| {
            format!("{{ {key}: {inner} }}")
        });
        let (at, line) = beside(text, &spot, key, &value)?;
        written.insert_str(at, &line);
    } else {
        // Where nothing is written, nothing parts the value from its key's colon.
        let space = if spot.range.is_empty() { " " } else { "" };
        written.replace_range(spot.range, &format!("{space}{value}"));
    }
    let (before, _) = syntax::parse(text).ok()?;
    let (after, _) = syntax::parse(&written).ok()?;
    same_but(&before, &after, path).then_some(written)
}

/// The text with the comment `mark` and `comment` on a line above the key that `path` names, in place of
/// one that begins with the same mark; `None` where there is no such key.
pub fn annotate(text: &str, path: &[&str], mark: &str, comment: &str) -> Option<String> {
    let mut spot = outermost(text)?;
    let mut start = 0;
    for key in path {
        let entry = entry(&spot, key)?;
        (spot, start) = (entry.value, entry.start);
    }
    let line = line_start(text, start);
    let indent = text[line..].len() - text[line..].trim_start_matches(' ').len();
    let comment = format!("{}# {mark}{comment}{}", " ".repeat(indent), newline(text));
    let mut above = line;
    while let Some(end) = above.checked_sub(1) {
        let begin = line_start(text, end);
        let Some(said) = text[begin..end].trim().strip_prefix("# ") else {
            break;
        };
        if said.starts_with(mark) {
            return Some(format!("{}{comment}{}", &text[..begin], &text[above..]));
        }
        above = begin;
    }
    Some(format!("{}{comment}{}", &text[..line], &text[line..]))
}

fn entry(spot: &Spot, key: &str) -> Option<Entry> {
    let (Kind::Flow(entries) | Kind::Block(entries)) = &spot.kind else {
        return None;
    };
    entries.iter().find(|entry| entry.key == key).cloned()
}

/// Where and what is to be inserted, so that `key: value` is the first entry of a mapping.
fn beside(text: &str, spot: &Spot, key: &str, value: &str) -> Option<(usize, String)> {
    match &spot.kind {
        Kind::Block(entries) => {
            let first = entries.first()?.start;
            let line = line_start(text, first);
            let indent = " ".repeat(text[line..first].chars().count());
            Some((first, format!("{key}: {value}{}{indent}", newline(text))))
        }
        Kind::Flow(entries) => {
            let inside = spot.range.start + 1;
            let end = if entries.is_empty() { " " } else { "," };
            let opens = text[..inside].ends_with('{');
            opens.then(|| (inside, format!(" {key}: {value}{end}")))
        }
        Kind::Other if spot.range.is_empty() => {
            Some((spot.range.start, format!(" {{ {key}: {value} }}")))
        }
        Kind::Other => None,
    }
}

/// Where the line begins that a place is in.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Whether two trees differ at most in what `path` names.
fn same_but(one: &Node, other: &Node, path: &[&str]) -> bool {
    let Some((key, rest)) = path.split_first() else {
        return true;
    };
    let (Some(one), Some(other)) = (entries(one), entries(other)) else {
        return false;
    };
    let names = one.iter().chain(other).map(|entry| entry.key.text.as_str());
    names
        .into_iter()
        .all(|name| match (value(one, name), value(other, name)) {
            (Some(one), Some(other)) if name == *key => same_but(one, other, rest),
            (Some(one), Some(other)) => same(one, other),
            (None, Some(_)) => name == *key,
            _ => false,
        })
}

/// The entries of a mapping; none where nothing is written.
fn entries(node: &Node) -> Option<&[super::node::Entry]> {
    match &node.value {
        Value::Mapping(entries) => Some(entries),
        Value::Scalar(_) if node.is_empty() => Some(&[]),
        _ => None,
    }
}

fn value<'a>(entries: &'a [super::node::Entry], key: &str) -> Option<&'a Node> {
    let found = entries.iter().find(|entry| entry.key.text == key);
    found.map(|entry| &entry.value)
}

fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Scalar(one), Value::Scalar(other)) => {
            (&one.written, one.plain) == (&other.written, other.plain)
        }
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Mapping(one), Value::Mapping(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| {
                    one.key.text == other.key.text && same(&one.value, &other.value)
                })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
