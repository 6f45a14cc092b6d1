//! Whether a stated text is JSON, and the same JSON with other white space.

use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "is (this|the following|it|that|<document>) [a] [valid] json [valid|document|object|string] [?] [:] {quoted}",
        say: valid,
    },
    Rule {
        pattern: "is {quoted} valid json",
        say: valid,
    },
    Rule {
        pattern: "(validate|check|is) (this|the following|) json [valid] [:] {quoted}",
        say: valid,
    },
    Rule {
        pattern: "(pretty print|prettify|format|beautify|pretty - print|prettyprint|indent) (this|the following|) [json|document|object] [nicely] [:] {quoted}",
        say: pretty,
    },
    Rule {
        pattern: "(minify|compact|compress|uglify) (this|the following|) [json|document|object] [:] {quoted}",
        say: minified,
    },
];

/// Deeper documents than this are passed on: the parser would refuse them, valid or not.
const MAX_DEPTH: usize = 100;

/// Whether it is JSON. What does not end as it began may have words of the question behind it.
fn parsed(text: &str) -> Option<Result<(), serde_json::Error>> {
    let object = text.starts_with('{') && text.ends_with('}');
    let array = text.starts_with('[') && text.ends_with(']');
    let shallow = text.matches(['{', '[']).count() <= MAX_DEPTH || depth(text) <= MAX_DEPTH;
    ((object || array) && shallow)
        .then(|| serde_json::from_str::<serde::de::IgnoredAny>(text).map(drop))
}

/// The deepest that brackets stand in each other, strings not told apart; at least the true depth.
fn depth(text: &str) -> usize {
    let mut deepest = 0_usize;
    let mut now = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => now += 1,
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

fn valid(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some(match parsed(found.text(0)?)? {
        Ok(()) => "Yes, it is valid JSON.".to_owned(),
        Err(error) => format!("No, it is not valid JSON: {error}."),
    })
}

fn pretty(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    parsed(text)?.ok()?;
    Some(format!("```json\n{}\n```", respaced(text, true)))
}

fn minified(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    parsed(text)?.ok()?;
    Some(respaced(text, false))
}

/// Valid JSON with its white space replaced; numbers, keys and their order stay as written.
fn respaced(text: &str, indent: bool) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut opened = false;
    let line = |out: &mut String, depth: usize| {
        if indent {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    for character in text.chars() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        if character.is_whitespace() {
            continue;
        }
        let closes = matches!(character, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        // An empty object or array stays on one line.
        if (opened && !closes) || (closes && !opened) {
            line(&mut out, depth);
        }
        opened = matches!(character, '{' | '[');
        out.push(character);
        match character {
            '"' => in_string = true,
            '{' | '[' => depth += 1,
            ',' => line(&mut out, depth),
            ':' if indent => out.push(' '),
            _ => {}
        }
    }
    out
}
