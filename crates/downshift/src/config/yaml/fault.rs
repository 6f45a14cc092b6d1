//! What serde finds wrong, with the place and path added on the way out.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::expand::Unresolved;
use super::node::{Node, Place, shortened};
use super::problem::{Problem, listed};

/// A mistake on its way from where it was found to the reader.
#[derive(Debug)]
pub(super) struct Fault(Box<Finding>);

#[derive(Debug)]
struct Finding {
    kind: Kind,
    /// What is at fault; `None` until it leaves the value in which it was found.
    spot: Option<Spot>,
    /// The path, innermost part first.
    path: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A field that nothing takes.
    UnknownField {
        field: String,
        known: &'static [&'static str],
    },
    /// A word that is not among those accepted.
    UnknownVariant {
        variant: String,
        known: &'static [&'static str],
    },
    /// A field that is needed.
    MissingField { field: &'static str },
    /// A value of another type, or out of range.
    Type { expected: String },
    /// A `${…}` that stands for nothing.
    Reference(Unresolved),
    /// A blank for a missing field that its type refuses.
    Blank,
    /// What a config type says itself.
    Custom { message: String },
}

/// What is at fault.
#[derive(Debug)]
pub(super) struct Spot {
    /// The node to leave out, so that the rest can be read.
    pub(super) id: usize,
    /// Its key, if it is an entry of a mapping.
    pub(super) field: Option<String>,
    place: Place,
    /// What stands there, in words.
    found: String,
    /// What would be accepted there in quotes.
    quotable: Option<String>,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
}

// === impl Fault ===

impl Fault {
    pub(super) fn new(kind: Kind) -> Self {
        Self(Box::new(Finding {
            kind,
            spot: None,
            path: Vec::new(),
        }))
    }

    /// Found in the value of `key`.
    pub(super) fn in_entry(mut self, key: &str, key_place: Place, node: &Node) -> Self {
        // Of a value that lacks something, its name is shown; what it holds is not at fault.
        let place = match self.0.kind {
            Kind::MissingField { .. } => key_place,
            _ if node.is_empty() => key_place,
            _ => node.place,
        };
        self.0
            .spot
            .get_or_insert_with(|| Spot::new(node, place, Some(key)));
        self.0.path.push(Step::Key(key.to_owned()));
        self
    }

    /// Found in a key: its entry is at fault.
    pub(super) fn in_key(mut self, key: &str, key_place: Place, node: &Node) -> Self {
        let found = format!("the key `{}`", shortened(key));
        let field = Some(key.to_owned());
        self.0.spot.get_or_insert(Spot {
            id: node.id,
            field,
            place: key_place,
            found,
            quotable: None,
        });
        self.0.path.push(Step::Key(key.to_owned()));
        self
    }

    /// Found in an element of a list.
    pub(super) fn in_element(mut self, index: usize, node: &Node) -> Self {
        self.0
            .spot
            .get_or_insert_with(|| Spot::new(node, node.place, None));
        self.0.path.push(Step::Index(index));
        self
    }

    /// Found in the document as a whole, if nowhere in it.
    pub(super) fn in_root(self, root: &Node) -> (Kind, Spot, String) {
        let Finding { kind, spot, path } = *self.0;
        // What the whole lacks has no place in it.
        let missing = matches!(kind, Kind::MissingField { .. });
        let place = if missing {
            Place::default()
        } else {
            root.place
        };
        let spot = spot.unwrap_or_else(|| Spot::new(root, place, None));
        (kind, spot, written_path(&path))
    }
}

impl Spot {
    fn new(node: &Node, place: Place, key: Option<&str>) -> Self {
        let field = key.map(str::to_owned);
        Self {
            id: node.id,
            field,
            place,
            found: node.described(),
            quotable: node.quotable(),
        }
    }

    /// The problem that its reader is told.
    pub(super) fn problem(&self, kind: &Kind, path: String) -> Problem {
        let (message, hint) = self.told(kind);
        Problem {
            path,
            message,
            hint,
            ..Problem::located(self.place)
        }
    }

    fn told(&self, kind: &Kind) -> (String, Option<String>) {
        let found = &self.found;
        match kind {
            Kind::UnknownField { field, known } => {
                let message = format!(
                    "unknown field `{}`, expected {}",
                    shortened(field),
                    listed(known)
                );
                (message, meant(field, known))
            }
            Kind::UnknownVariant { variant, known } => {
                // The variant itself may be what a variable holds, which is not for print.
                (
                    format!("expected {}, found {found}", listed(known)),
                    meant(variant, known),
                )
            }
            Kind::MissingField { field } => (format!("missing field `{field}`"), None),
            Kind::Type { expected } => {
                let expected = expectation(expected);
                let hint = self.hint(expected);
                (format!("expected {expected}, found {found}"), hint)
            }
            Kind::Reference(unresolved) => (unresolved.to_string(), Some(unresolved.hint())),
            Kind::Blank => (String::new(), None),
            Kind::Custom { message } => (message.clone(), None),
        }
    }

    /// What to write instead of a value of another type.
    fn hint(&self, expected: &str) -> Option<String> {
        let text = self
            .found
            .strip_prefix("the string `")
            .and_then(|found| found.strip_suffix('`'));
        match (expected, text) {
            (TEXT, _) => self
                .quotable
                .as_ref()
                .map(|text| format!("put it in quotes: \"{text}\"")),
            (FLAG, Some("yes" | "Yes" | "YES" | "on" | "On" | "ON")) => {
                Some("write `true`".to_owned())
            }
            (FLAG, Some("no" | "No" | "NO" | "off" | "Off" | "OFF")) => {
                Some("write `false`".to_owned())
            }
            (WHOLE | NATURAL | NUMBER, Some(text)) => {
                let digits = text.replace(['_', ',', ' '], "");
                let number = digits.parse::<f64>().is_ok_and(f64::is_finite);
                number.then(|| format!("write `{digits}`, without quotes"))
            }
            _ => None,
        }
    }
}

const TEXT: &str = "a string";
const FLAG: &str = "`true` or `false`";
const WHOLE: &str = "a whole number";
const NATURAL: &str = "a whole number that is not negative";
const NUMBER: &str = "a number";

/// Serde's name of a type, in an operator's words.
fn expectation(expected: &str) -> &str {
    match expected {
        "a boolean" => FLAG,
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => WHOLE,
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => NATURAL,
        "f32" | "f64" => NUMBER,
        "a sequence" => "a list",
        "a map" => "a mapping",
        "string" | "path string" | "a character" => TEXT,
        _ if expected.starts_with("struct ") => "a mapping",
        _ if expected.starts_with("enum ") || expected.ends_with(" enum") => "one word",
        _ => expected,
    }
}

fn meant(written: &str, known: &[&str]) -> Option<String> {
    let meant = downshift_policy::nearest(written, known.iter().copied())?;
    Some(format!("did you mean `{meant}`?"))
}

/// `rules[3].when.tokens`, of its parts from the innermost out.
fn written_path(steps: &[Step]) -> String {
    let mut parts = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().rev().enumerate() {
        match step {
            Step::Key(key) if index == 0 => parts.push(shortened(key)),
            Step::Key(key) => parts.push(format!(".{}", shortened(key))),
            Step::Index(index) => parts.push(format!("[{index}]")),
        }
    }
    parts.concat()
}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Kind::Custom {
            message: message.to_string(),
        })
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::Type {
            expected: expected.to_string(),
        })
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::Type {
            expected: expected.to_string(),
        })
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {length} of them"))
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownVariant {
            variant: variant.to_owned(),
            known,
        })
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(Kind::UnknownField {
            field: field.to_owned(),
            known,
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Kind::MissingField { field })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Custom { message } => f.write_str(message),
            _ => f.write_str("a value is not what was expected"),
        }
    }
}

impl std::error::Error for Fault {}
