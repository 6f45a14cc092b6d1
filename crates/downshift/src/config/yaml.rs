//! YAML as operators write it, read so that every mistake is told at its place, all at once.
//!
//! [`parse`] gives a [`Document`], a tree that knows where each value stands;
//! [`Document::read`] turns it into a config type by serde. An error does not end
//! the reading: the value at fault is left out and the rest is read again, so one
//! run tells all there is to tell. [`render`] shows [`Problem`]s the way a compiler does.
//!
//! Environment variables are written `${NAME}` or `${NAME:-default}`, in any
//! value; `$${` stands for `${` itself. A field of type [`Written`] takes its text
//! as it stands, references and all, so that a secret is not looked up before it
//! is needed, and need not be set where it never is.

mod blank;
mod deserializer;
pub mod edit;
mod expand;
mod fault;
mod node;
mod problem;
mod read;
mod spot;
mod syntax;

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use self::expand::{Unresolved, expand};
use self::node::{Node, Value};
pub use self::problem::{Problem, render};

/// A parsed document. Its `Debug` form holds none of its text, which may hold secrets.
pub struct Document {
    root: Node,
    /// For each node, by its id, the node that holds it.
    parents: Vec<usize>,
    /// What is wrong with the text itself, though it could be read.
    problems: Vec<Problem>,
}

/// A string as it stands in the file, its `${…}` references kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename = "$written")]
pub struct Written(pub String);

/// The name under which serde tells the deserializer of a [`Written`].
const WRITTEN: &str = "$written";

/// Parses one YAML document; `variable` looks up what `${NAME}` stands for.
///
/// Syntax errors, an empty file, a second document and nesting or aliases beyond
/// reason are errors here. Everything else is told by [`Document::read`].
pub fn parse(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Document, Vec<Problem>> {
    let (mut root, problems) = syntax::parse(text).map_err(|problem| vec![problem])?;
    root.expand(variable);
    let mut parents = Vec::new();
    root.number(0, &mut parents);
    Ok(Document {
        root,
        parents,
        problems,
    })
}

/// Reads a table written as one mapping of strings, in the order written; `${` means nothing in it.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let (root, problems) = syntax::parse(text)?;
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    let Value::Mapping(entries) = root.value else {
        let message = format!("expected a mapping, found {}", root.described());
        return Err(Problem {
            message,
            ..Problem::located(root.place)
        });
    };
    let pair = |entry: node::Entry| match entry.value.value {
        Value::Scalar(scalar) => Ok((entry.key.text, scalar.written)),
        Value::List(_) | Value::Mapping(_) => {
            let message = format!("expected a string, found {}", entry.value.described());
            Err(Problem {
                message,
                path: entry.key.text,
                ..Problem::located(entry.value.place)
            })
        }
    };
    entries.into_iter().map(pair).collect()
}

// === impl Document ===

impl Document {
    /// Reads the document as a `T`, or tells all that keeps it from being one, in the order of the file.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Problem>> {
        match self.read_part() {
            (Some(value), problems) if problems.is_empty() => Ok(value),
            (_, problems) => Err(problems),
        }
    }

    /// The same with what can be read although something is wrong: values at fault are left out, and
    /// fields that are missing are blank.
    pub fn read_part<T: DeserializeOwned>(&self) -> (Option<T>, Vec<Problem>) {
        let (value, mut problems) = read::read(&self.root, &self.parents);
        problems.extend(self.problems.iter().cloned());
        problems.sort_by_key(|problem| (problem.line, problem.column));
        // A value that an alias repeats is at fault once.
        problems.dedup_by(|one, other| {
            (one.line, one.column, &one.message) == (other.line, other.column, &other.message)
        });
        problems.truncate(read::MOST);
        (value, problems)
    }

    /// The line and column, from 1, of what a path such as `rules[3].when.tokens` names: of a
    /// scalar itself, of the key of a list or mapping. Where nothing has that path, of the
    /// nearest that holds it; `None` if that is the whole document.
    pub fn location(&self, path: &str) -> Option<(usize, usize)> {
        let place = self.root.find(path)?;
        Some((place.line, place.column))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.parents.len();
        f.debug_struct("Document")
            .field("nodes", &nodes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
