//! Keeps the operand of a question away from its grammar: what is delimited is never read.
//!
//! Text between quotes, in a code fence, a cron expression and a colour function are each seen by
//! the grammar as a pair of quotes with nothing between them, while the slots get every character
//! that was typed. The operand may thus be longer than a question, and say anything.

use std::ops::Range;

use super::refers;
use crate::{
    pattern::Match,
    reading::{Kind, Reading},
};

/// Longer operands than this many bytes are passed on.
const MAX_OPERAND: usize = 4_096;
/// Longer texts than this many bytes are passed on.
const MAX_TEXT: usize = 9_000;
/// More operands than this are passed on.
const MAX_REGIONS: usize = 8;
/// After so many delimiters that open nothing, no more are looked at.
const MAX_STRAYS: usize = 64;
/// More bytes than this outside all operands are no question, and not looked through.
const MAX_OUTSIDE: usize = 700;
/// A colon that stands later than this many bytes introduces no operand.
const MAX_COMMAND: usize = 120;

/// Where an operand stands, in bytes of the text.
#[derive(Clone, Debug)]
struct Region {
    /// With its delimiters.
    outer: Range<usize>,
    /// Without them.
    inner: Range<usize>,
}

/// The question around its operands; `None` when it is too long or has too many of them.
pub(super) fn reading(text: &str) -> Option<Reading> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut regions = regions(text).unwrap_or_default();
    if regions.is_empty() {
        let Some(block) = block(text) else {
            return Reading::of(text).map(named);
        };
        regions.push(block);
    }
    let bounded = regions.len() <= MAX_REGIONS
        && regions
            .iter()
            .all(|region| region.inner.len() <= MAX_OPERAND);
    bounded.then(|| hidden(text, &regions)).flatten().map(named)
}

/// The question with "SHA-256", "base 64" and "version 4" as one word each.
fn named(mut reading: Reading) -> Reading {
    const NAMES: &[(&str, &[&str])] = &[
        ("sha", &["1", "256", "384", "512"]),
        ("base", &["64"]),
        ("crc", &["32"]),
        ("md", &["5"]),
        ("utf", &["8"]),
        ("version", &["4", "7"]),
    ];
    let mut at = 0;
    while let Some(token) = reading.tokens.get(at) {
        let known = NAMES.iter().find(|(name, _)| token.text == *name);
        let dash = usize::from(reading.is(at + 1, "-"));
        let number = reading.get(at + 1 + dash);
        if let (Some((name, numbers)), Some(number)) = (known, number)
            && number.kind == Kind::Number
            && numbers.contains(&number.text.as_str())
        {
            let name = if *name == "version" { "v" } else { name };
            let (text, end) = (format!("{name}{}", number.text), number.end);
            if let Some(token) = reading.tokens.get_mut(at) {
                (token.text, token.end) = (text, end);
            }
            reading.tokens.drain(at + 1..=at + 1 + dash);
        }
        at += 1;
    }
    reading
}

/// The operand of a match that has one: the `nth` text, when it was delimited or can be nothing
/// but a text.
pub(super) fn stated<'a>(found: &'a Match<'_>, nth: usize) -> Option<&'a str> {
    let text = found.text(nth)?.as_str();
    let alone = if is_quoted(found) {
        true
    } else if has(found, &[":"]) {
        !refers::trails(text)
    } else {
        !refers::elsewhere(text)
    };
    alone.then_some(text)
}

/// The operand of a match, delimited by quotes or a colon.
pub(super) fn delimited<'a>(found: &'a Match<'_>) -> Option<&'a str> {
    let marked = is_quoted(found) || has(found, &[":"]);
    marked.then(|| stated(found, 0)).flatten()
}

/// Whether the question has quotes, a fence or the like.
fn is_quoted(found: &Match<'_>) -> bool {
    has(found, &["\"", "'", "`"])
}

/// Whether the question says what kind of text its operand is.
pub(super) fn is_called_text(found: &Match<'_>) -> bool {
    has(
        found,
        &[
            "string",
            "word",
            "text",
            "phrase",
            "sentence",
            "line",
            "paragraph",
            "message",
        ],
    )
}

fn has(found: &Match<'_>, words: &[&str]) -> bool {
    let mut tokens = found.reading.tokens.iter();
    tokens.any(|token| words.iter().any(|word| token.is(word)))
}

/// A piece of what the grammar sees, and where it stands in the text.
struct Piece {
    seen: Range<usize>,
    source: Range<usize>,
    copied: bool,
}

fn hidden(text: &str, regions: &[Region]) -> Option<Reading> {
    let mut seen = String::new();
    let mut pieces = Vec::new();
    let mut add = |part: &str, source: Range<usize>, copied| {
        let from = seen.len();
        seen.push_str(part);
        pieces.push(Piece {
            seen: from..seen.len(),
            source,
            copied,
        });
    };
    let mut from = 0;
    for region in regions {
        add(
            text.get(from..region.outer.start)?,
            from..region.outer.start,
            true,
        );
        add("\"", region.outer.start..region.inner.start, false);
        add("\"", region.inner.end..region.outer.end, false);
        from = region.outer.end;
    }
    add(text.get(from..)?, from..text.len(), true);
    let mut reading = Reading::of(&seen)?;
    for token in &mut reading.tokens {
        let first = pieces
            .iter()
            .find(|piece| piece.seen.contains(&token.start))?;
        let last = pieces
            .iter()
            .find(|piece| piece.seen.contains(&token.end.saturating_sub(1)))?;
        token.start = if first.copied {
            first.source.start + (token.start - first.seen.start)
        } else {
            first.source.start
        };
        token.end = if last.copied {
            last.source.start + (token.end - last.seen.start)
        } else {
            last.source.end
        };
    }
    text.clone_into(&mut reading.source);
    Some(reading)
}

/// A long operand after a colon, which the grammar could not read as tokens.
fn block(text: &str) -> Option<Region> {
    if text.len() <= 600 {
        return None;
    }
    let colon = text.find(':').filter(|at| *at <= MAX_COMMAND)?;
    let rest = text.get(colon + 1..)?;
    let start = text.len() - rest.trim_start().len();
    let end = text.trim_end().len();
    (start < end).then_some(Region {
        outer: start..end,
        inner: start..end,
    })
}

/// The operands, as far as they can be told; `None` once more stands outside them than is a question.
fn regions(text: &str) -> Option<Vec<Region>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut strays = 0;
    let mut outside = 0;
    let lower = text.to_ascii_lowercase();
    let about_json = ["json", "minify", "prettify", "pretty print", "beautify"]
        .iter()
        .any(|word| lower.contains(word));
    let lowers = lower.contains("lower");
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let region = || {
            fence(text, at)
                .or_else(|| about_json.then(|| document(text, at, character)).flatten())
                .or_else(|| quotes(text, at, character))
                .or_else(|| colour(text, at))
                .or_else(|| cron(text, at))
                .or_else(|| greeting(text, at))
                .or_else(|| lowers.then(|| shouted(text, at)).flatten())
        };
        if let Some(region) = may_open(character).then(region).flatten() {
            at = region.outer.end;
            found.push(region);
        } else {
            at += character.len_utf8();
            outside += character.len_utf8();
            strays += usize::from(!character.is_alphanumeric() && character != ' ');
        }
        if outside > MAX_OUTSIDE {
            return None;
        }
        if found.len() > MAX_REGIONS || strays > MAX_STRAYS {
            break;
        }
    }
    Some(found)
}

/// Whether an operand may begin with this: a quote, a bracket, a field of a cron expression, the name of a
/// colour function, "hello", a capital.
fn may_open(character: char) -> bool {
    !character.is_ascii_lowercase() && character != ' ' || matches!(character, 'r' | 'h')
}

/// The characters before and after a range.
fn around(text: &str, range: &Range<usize>) -> (Option<char>, Option<char>) {
    (
        text.get(..range.start)
            .and_then(|before| before.chars().next_back()),
        text.get(range.end..).and_then(|after| after.chars().next()),
    )
}

fn starts_word(before: Option<char>) -> bool {
    before.is_none_or(|character| character.is_whitespace() || "(:=,-—".contains(character))
}

fn ends_word(after: Option<char>) -> bool {
    after.is_none_or(|character| character.is_whitespace() || "?!.,;:)]}-—".contains(character))
}

/// A code fence, with or without the name of a language.
fn fence(text: &str, at: usize) -> Option<Region> {
    let rest = text.get(at..)?.strip_prefix("```")?;
    let length = rest.find("```")?;
    let body = rest.get(..length)?;
    let named = body.find('\n').filter(|end| {
        body.bytes()
            .take(*end)
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'\r')
    });
    let start = at + 3 + named.map_or(0, |end| end + 1);
    let end = at + 3 + length;
    let inner = text.get(start..end)?;
    let inner = start..start + inner.strip_suffix('\n').unwrap_or(inner).len();
    (!inner.is_empty()).then(|| Region {
        outer: at..end + 3,
        inner,
    })
}

fn quotes(text: &str, at: usize, open: char) -> Option<Region> {
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' | '„' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    if !starts_word(around(text, &(at..at)).0) {
        return None;
    }
    let start = at + open.len_utf8();
    let rest = text.get(start..)?;
    let tight = matches!(open, '\'' | '‘');
    let inner = rest.match_indices(close).find_map(|(length, mark)| {
        let end = start + length;
        let (before, after) = around(text, &(end..end + mark.len()));
        let closes = ends_word(after) && !(tight && before.is_some_and(char::is_whitespace));
        closes.then_some(start..end)
    })?;
    let inside = text.get(inner.clone())?;
    // One letter is the letter that a question is about.
    if inside.is_empty()
        || (tight && inside.starts_with(char::is_whitespace))
        || (inside.chars().count() == 1 && inside.chars().all(char::is_alphanumeric))
    {
        return None;
    }
    let outer = at..inner.end + close.len_utf8();
    let outer = match around(text, &outer) {
        (Some('('), Some(')')) => outer.start - 1..outer.end + 1,
        _ => outer,
    };
    Some(Region { outer, inner })
}

/// A document in brackets, where the question is about JSON: from the first bracket to the last.
fn document(text: &str, at: usize, open: char) -> Option<Region> {
    if !matches!(open, '{' | '[') {
        return None;
    }
    let end = text.rfind(['}', ']']).filter(|end| *end > at)? + 1;
    ends_word(around(text, &(at..end)).1).then_some(Region {
        outer: at..end,
        inner: at..end,
    })
}

/// `rgb(1, 2, 3)`, `hsl(10, 20%, 30%)`.
fn colour(text: &str, at: usize) -> Option<Region> {
    let name = text.get(at..at + 4)?;
    if !["rgb(", "hsl("].contains(&name.to_ascii_lowercase().as_str())
        || !starts_word(around(text, &(at..at)).0)
    {
        return None;
    }
    let end = at + text.get(at..)?.find(')')? + 1;
    let whole = at..end;
    ends_word(around(text, &whole).1).then(|| Region {
        outer: whole.clone(),
        inner: whole,
    })
}

/// Five fields of a cron expression, of which one at least is a star, or a name such as `@daily`.
fn cron(text: &str, at: usize) -> Option<Region> {
    let (before, _) = around(text, &(at..at));
    if before.is_some_and(|character| !character.is_whitespace()) {
        return None;
    }
    let rest = text.get(at..)?;
    let mut end = 0;
    let mut fields = Vec::new();
    for field in rest.split_whitespace().take(7) {
        let bare = field.trim_end_matches(['?', '.', ',', ':', '!', ';']);
        if !super::cron::is_field(bare) {
            break;
        }
        let offset = field.as_ptr().addr() - rest.as_ptr().addr();
        end = offset + bare.len();
        fields.push(bare);
        if bare.len() < field.len() {
            break;
        }
    }
    let named = fields.len() == 1 && fields.first()?.starts_with('@');
    let whole = fields.len() == 5 && fields.iter().any(|field| field.starts_with('*'));
    (named || whole).then(|| Region {
        outer: at..at + end,
        inner: at..at + end,
    })
}

/// Two words or more in capitals throughout, where they are to be made small.
fn shouted(text: &str, at: usize) -> Option<Region> {
    let (before, _) = around(text, &(at..at));
    let rest = text.get(at..).filter(|_| starts_word(before))?;
    let mut end = 0;
    let mut words = 0;
    for word in rest.split_inclusive(' ') {
        let bare = word.trim_end_matches([' ', ',', '!', '.']);
        if bare.len() < 2 || !bare.chars().all(char::is_uppercase) {
            break;
        }
        words += 1;
        end = word.as_ptr().addr() - rest.as_ptr().addr() + word.trim_end().len();
    }
    (words >= 2).then(|| Region {
        outer: at..at + end,
        inner: at..at + end,
    })
}

/// The two words that are a text wherever they stand together, behind a question's own words.
fn greeting(text: &str, at: usize) -> Option<Region> {
    let (before, _) = around(text, &(at..at));
    if before.is_some_and(|before| !before.is_whitespace()) {
        return None;
    }
    let hello = text.get(at..at + "hello".len())?;
    if !hello.eq_ignore_ascii_case("hello") {
        return None;
    }
    let after = text.get(at + hello.len()..)?;
    let gap = after.len()
        - after
            .strip_prefix(", ")
            .or_else(|| after.strip_prefix(' '))?
            .len();
    let world = at + hello.len() + gap;
    let end = world + "world".len();
    let whole = at..end;
    (text.get(world..end)?.eq_ignore_ascii_case("world") && ends_word(around(text, &whole).1)).then(
        || Region {
            outer: whole.clone(),
            inner: whole,
        },
    )
}
