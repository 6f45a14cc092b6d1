//! Hides how an error finds its place: the path is put together on the way out, so success pays nothing.

use crate::Error;

/// Something wrong in JSON text, before its place is known by name.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: &'static str,
    /// Continues "`<path>` …", or "expected …" for syntax.
    message: String,
    /// Of a syntax error.
    at: Option<usize>,
    /// Innermost first.
    path: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Field(String),
    Item(usize),
}

impl Fault {
    pub(super) fn syntax(expected: &'static str, at: usize) -> Self {
        Self::new(Error::INVALID_JSON, expected.to_owned(), Some(at))
    }

    pub(super) fn too_deep(at: usize) -> Self {
        let message = format!(
            "no more than {} nested arrays and objects",
            super::MAX_DEPTH
        );
        Self::new(Error::INVALID_JSON, message, Some(at))
    }

    /// Another kind of value than accepted.
    pub(crate) fn kind(accepted: &str, found: &str) -> Self {
        Self::new(
            Error::INVALID_TYPE,
            format!("must be {accepted}, not {found}"),
            None,
        )
    }

    /// A value that is not accepted; the message continues "`messages[0].role` …".
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(Error::INVALID_VALUE, message.into(), None)
    }

    /// A field that is not there; `hint` says what it holds.
    pub(crate) fn missing(field: &str, hint: &str) -> Self {
        let message = format!("is missing; {hint}");
        Self::new(Error::MISSING_FIELD, message, None).in_field(field)
    }

    /// A field that stands there twice.
    pub(crate) fn duplicate() -> Self {
        let message = "is given twice; send it once".to_owned();
        Self::new(Error::DUPLICATE_FIELD, message, None)
    }

    fn new(code: &'static str, message: String, at: Option<usize>) -> Self {
        Self(Box::new(Inner {
            code,
            message,
            at,
            path: Vec::new(),
        }))
    }

    pub(crate) fn in_field(mut self, name: &str) -> Self {
        self.0.path.push(Segment::Field(shortened(name)));
        self
    }

    pub(crate) fn in_item(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Item(index));
        self
    }

    pub(super) fn into_error(self, subject: &str, text: &str) -> Error {
        let Inner {
            code,
            message,
            at,
            path,
        } = *self.0;
        if let Some(at) = at {
            let place = place(text, at);
            let message = if at >= text.len() {
                format!("the {subject} is cut off at {place}: expected {message}")
            } else {
                format!("the {subject} is not valid JSON at {place}: expected {message}")
            };
            return Error {
                code,
                message,
                param: None,
            };
        }
        if path.is_empty() {
            return Error {
                code,
                message: format!("the {subject} {message}"),
                param: None,
            };
        }
        let path = written(&path);
        Error {
            code,
            message: format!("`{path}` {message}"),
            param: Some(path),
        }
    }
}

fn written(path: &[Segment]) -> String {
    let mut written = String::new();
    for segment in path.iter().rev() {
        match segment {
            Segment::Item(index) => {
                written.push('[');
                written.push_str(&index.to_string());
                written.push(']');
            }
            Segment::Field(name) => {
                if !written.is_empty() {
                    written.push('.');
                }
                written.push_str(name);
            }
        }
    }
    written
}

/// Line and column, from 1, the column in characters.
fn place(text: &str, at: usize) -> String {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.split(|&byte| byte == b'\n').count();
    let start = before
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Text of a caller as it may stand in a message: at most 40 characters.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
