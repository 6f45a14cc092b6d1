//! Where the values of a document stand, to the byte: hides, with `syntax`, the YAML crate.

use std::ops::Range;

use serde_yaml::granit_parser::{Event, Parser, StructureStyle, options};

use super::syntax::MAX_DEPTH;

/// A value's place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// From its first byte to behind its last.
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

/// What a value is, as far as writing beside it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A scalar, a list or an alias.
    Other,
    /// A mapping between braces.
    Flow(Vec<Entry>),
    /// A mapping by indentation.
    Block(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key begins.
    pub(super) start: usize,
    pub(super) value: Spot,
}

/// The document's outermost value; `None` for text that cannot be read.
pub(super) fn outermost(text: &str) -> Option<Spot> {
    let mut options = options! { flow_nesting_limit: MAX_DEPTH, block_nesting_limit: MAX_DEPTH };
    options.set_emit_comments(false);
    let mut events = Parser::new_from_str_with_options(text, options)
        .map_while(Result::ok)
        .filter_map(|(event, span)| Some((event, span.byte_range()?)))
        .skip_while(|(event, _)| matches!(event, Event::StreamStart | Event::DocumentStart(..)));
    let (event, range) = events.next()?;
    spot(text, (event, range), &mut events)
}

/// The value that begins with this event; nested no deeper than the parser allows.
fn spot<'a>(
    text: &str,
    (event, range): (Event<'a>, Range<usize>),
    events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
) -> Option<Spot> {
    let mut spot = Spot {
        range,
        kind: Kind::Other,
    };
    match event {
        Event::Scalar(..) | Event::Alias(..) => {}
        Event::SequenceStart(..) => loop {
            let (event, range) = events.next()?;
            if event == Event::SequenceEnd {
                spot.range.end = range.end;
                break;
            }
            self::spot(text, (event, range), events)?;
        },
        Event::MappingStart(style, ..) => {
            let (entries, end) = entries(text, events)?;
            let block = style == StructureStyle::Block;
            // A block ends where the next thing begins; its own text ends with its last value.
            let last = entries.last().map_or(end, |entry| entry.value.range.end);
            spot.range.end = if block { last } else { end };
            spot.kind = if block {
                Kind::Block(entries)
            } else {
                Kind::Flow(entries)
            };
        }
        _ => return None,
    }
    Some(spot)
}

/// A mapping's entries, and where it ends.
fn entries<'a>(
    text: &str,
    events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
) -> Option<(Vec<Entry>, usize)> {
    let mut entries = Vec::new();
    loop {
        let (event, key) = events.next()?;
        if event == Event::MappingEnd {
            return Some((entries, key.end));
        }
        let Event::Scalar(name, ..) = &event else {
            return None;
        };
        let mut value = spot(text, events.next()?, events)?;
        if value.range.is_empty() && value.kind == Kind::Other {
            // The parser finds nothing where the next thing begins; it belongs behind the colon.
            let colon = key.end + text.get(key.end..)?.find(':')? + 1;
            value.range = colon..colon;
        }
        entries.push(Entry {
            key: name.to_string(),
            start: key.start,
            value,
        });
    }
}
