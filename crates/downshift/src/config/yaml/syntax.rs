//! From text to tree; beside `spot` the one file that knows the YAML crate.
//!
//! The tree is built without recursion and within bounds: on nesting, on what
//! aliases may repeat, on values altogether. Anchors, aliases and merge keys
//! (`<<`) are resolved here.

use std::collections::HashMap;

use serde_yaml::granit_parser::{
    ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag, options,
};

use super::node::{Entry, Key, Node, Place, Scalar, Value, shortened};
use super::problem::Problem;
use super::read::MOST;

/// The deepest nesting; a policy needs about ten.
pub(super) const MAX_DEPTH: usize = 64;
/// How many values aliases may repeat altogether.
const MAX_COPIES: usize = 50_000;
/// How many values there may be.
const MAX_NODES: usize = 1_000_000;

/// Parses one document: its tree, and what is wrong with it though it could be read.
pub(super) fn parse(text: &str) -> Result<(Node, Vec<Problem>), Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    options.set_emit_comments(false);
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax_error(&error))?;
        builder.take(event, &span)?;
    }
    match builder.root {
        Some(root) if !root.is_empty() => Ok((root, builder.problems)),
        _ => {
            let start = Place { line: 1, column: 1 };
            Err(Problem {
                message: "the file is empty".to_owned(),
                ..Problem::located(start)
            })
        }
    }
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    /// The lists and mappings that are open, outermost first.
    open: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    nodes: usize,
    documents: usize,
    problems: Vec<Problem>,
}

/// A list or mapping that is open.
struct Frame {
    place: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Mapping(Mapping),
}

#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    /// The key whose value comes next.
    key: Option<Slot>,
    /// The line on which each key was first written.
    seen: HashMap<String, usize>,
    /// What `<<` brings in, under keys that are not written.
    merged: Vec<Entry>,
}

/// What is to be done with the value that comes next.
enum Slot {
    Keep(Key),
    Merge,
    Drop,
}

// === impl Builder ===

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Problem> {
        let place = marked(&span.start);
        match event {
            Event::DocumentStart(..) => return self.start_document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let text_tag = self.tagged(tag.as_deref(), span);
                // Where nothing is written, the parser says `~`.
                let written = if plain && span.is_empty() {
                    String::new()
                } else {
                    text.into_owned()
                };
                let scalar = Scalar::new(written, plain && !text_tag);
                return self.complete(Node::new(place, Value::Scalar(scalar)), anchor);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.tagged(tag.as_deref(), span);
                self.open.push(Frame {
                    place,
                    anchor,
                    content: Content::List(Vec::new()),
                });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.tagged(tag.as_deref(), span);
                let content = Content::Mapping(Mapping::default());
                self.open.push(Frame {
                    place,
                    anchor,
                    content,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(),
            Event::Alias(anchor) => return self.repeat(anchor, place),
            _ => {}
        }
        Ok(())
    }

    fn start_document(&mut self, place: Place) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents > 1 {
            let message = "a second document starts here, and only one is read".to_owned();
            let hint = Some("leave out the line `---`".to_owned());
            return Err(Problem {
                message,
                hint,
                ..Problem::located(place)
            });
        }
        Ok(())
    }

    /// Whether the tag makes a scalar a string; tags of an application's own are told.
    fn tagged(&mut self, tag: Option<&Tag>, span: &Span) -> bool {
        let Some(tag) = tag else {
            return false;
        };
        let place = marked(&span.tag_start().unwrap_or(span.start));
        let text = tag.original() == "!" || tag.core_suffix() == Some("str");
        if !text && tag.core_suffix().is_none() {
            let message = format!("the tag `{}` means nothing here", tag.original());
            note(
                &mut self.problems,
                Problem {
                    message,
                    ..Problem::located(place)
                },
            );
        }
        text
    }

    fn repeat(&mut self, anchor: usize, place: Place) -> Result<(), Problem> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            let message = "this alias refers to a value that holds it".to_owned();
            return Err(Problem {
                message,
                ..Problem::located(place)
            });
        };
        self.copied(&node)?;
        self.complete(node, 0)
    }

    fn copied(&mut self, node: &Node) -> Result<(), Problem> {
        self.copies += node.size;
        if self.copies > MAX_COPIES {
            let message = "anchors and aliases repeat too many values".to_owned();
            return Err(Problem {
                message,
                ..Problem::located(node.place)
            });
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let Some(frame) = self.open.pop() else {
            return Ok(());
        };
        let value = match frame.content {
            Content::List(nodes) => Value::List(nodes),
            Content::Mapping(mapping) => Value::Mapping(mapping.finish()),
        };
        self.complete(Node::new(frame.place, value), frame.anchor)
    }

    /// Puts a finished node where it belongs.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || self.open.len() + node.height > MAX_DEPTH {
            let what = if self.nodes > MAX_NODES {
                "holds too many values"
            } else {
                "is nested too deeply"
            };
            let message = format!("the file {what}");
            return Err(Problem {
                message,
                ..Problem::located(node.place)
            });
        }
        if anchor != 0 {
            self.copied(&node)?;
            self.anchors.insert(anchor, node.clone());
        }
        let told = self.problems.len();
        match self.open.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::List(nodes)) => nodes.push(node),
            Some(Content::Mapping(mapping)) => match mapping.key.take() {
                None => mapping.key = Some(mapping.slot(node, &mut self.problems)),
                Some(Slot::Keep(key)) => mapping.entries.push(Entry { key, value: node }),
                Some(Slot::Merge) => mapping.merge(node, &mut self.problems),
                Some(Slot::Drop) => {}
            },
        }
        if self.problems.len() > told {
            let path = self.path();
            self.problems
                .iter_mut()
                .skip(told)
                .for_each(|problem| problem.path.clone_from(&path));
        }
        Ok(())
    }

    /// Where the parser stands, e.g. `models.frontier`.
    fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.open {
            match &frame.content {
                Content::List(nodes) => path.extend([format!("[{}]", nodes.len())]),
                Content::Mapping(Mapping {
                    key: Some(Slot::Keep(key)),
                    ..
                }) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(&shortened(&key.text));
                }
                Content::Mapping(_) => {}
            }
        }
        path
    }
}

// === impl Mapping ===

impl Mapping {
    /// What to do with the value of this key.
    fn slot(&mut self, key: Node, problems: &mut Vec<Problem>) -> Slot {
        let place = key.place;
        let Value::Scalar(scalar) = key.value else {
            let message = "a key must be a plain word or a string in quotes".to_owned();
            let hint = key
                .braces()
                .then(|| "a text that starts with `{` needs quotes".to_owned());
            note(
                problems,
                Problem {
                    message,
                    hint,
                    ..Problem::located(place)
                },
            );
            return Slot::Drop;
        };
        if scalar.plain && scalar.written == "<<" {
            return Slot::Merge;
        }
        let text = scalar.written;
        if let Some(line) = self.seen.get(&text) {
            let message = format!("the key `{}` is written twice", shortened(&text));
            let hint = Some(format!("the first is on line {line}"));
            note(
                problems,
                Problem {
                    message,
                    hint,
                    path: shortened(&text),
                    ..Problem::located(place)
                },
            );
            return Slot::Drop;
        }
        self.seen.insert(text.clone(), place.line);
        Slot::Keep(Key { text, place })
    }

    fn merge(&mut self, node: Node, problems: &mut Vec<Problem>) {
        let place = node.place;
        let mut refuse = || {
            let message = "`<<` takes a mapping, or a list of mappings".to_owned();
            note(
                problems,
                Problem {
                    message,
                    ..Problem::located(place)
                },
            );
        };
        match node.value {
            Value::Mapping(entries) => self.merged.extend(entries),
            Value::List(nodes) => {
                for node in nodes {
                    match node.value {
                        Value::Mapping(entries) => self.merged.extend(entries),
                        Value::Scalar(_) | Value::List(_) => refuse(),
                    }
                }
            }
            Value::Scalar(_) => refuse(),
        }
    }

    fn finish(mut self) -> Vec<Entry> {
        for entry in self.merged {
            if !self.seen.contains_key(&entry.key.text) {
                self.seen
                    .insert(entry.key.text.clone(), entry.key.place.line);
                self.entries.push(entry);
            }
        }
        self.entries
    }
}

/// Notes a problem, up to as many as are told.
fn note(problems: &mut Vec<Problem>, problem: Problem) {
    if problems.len() < MOST {
        problems.push(problem);
    }
}

fn marked(marker: &Marker) -> Place {
    Place {
        line: marker.line().max(1),
        column: marker.col() + 1,
    }
}

fn syntax_error(error: &ScanError) -> Problem {
    let place = marked(error.marker());
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => "the file is nested too deeply".to_owned(),
        ErrorKind::UnknownAnchor => "this alias refers to no anchor".to_owned(),
        ErrorKind::UnexpectedCharacter { character } => {
            format!("unexpected character `{character}`")
        }
        kind => kind.to_string(),
    };
    let hint = syntax_hint(error.kind()).map(str::to_owned);
    Problem {
        message,
        hint,
        ..Problem::located(place)
    }
}

fn syntax_hint(kind: &ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => Some("indent with spaces, not with tabs"),
        ErrorKind::UnknownAnchor | ErrorKind::MissingAnchorOrAliasName => {
            Some("a value that starts with `*` or `&` needs quotes")
        }
        ErrorKind::UnexpectedCharacter { .. } => Some("a value that starts so needs quotes"),
        ErrorKind::MappingValueNotAllowed => Some(
            "is a `:` missing above, or the indentation off? a value that holds `: ` needs quotes",
        ),
        ErrorKind::InvalidColonPlacement => Some("is a `]` or `}` missing above?"),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            Some("between brackets, a value that holds any of `{}[],` needs quotes")
        }
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => {
            Some("keys of one mapping start in one column")
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            Some("is a `:` missing after the key?")
        }
        _ => None,
    }
}
