//! Answers that say what a piece of code gives: hides quotes, spacing and the assertion around a literal.

use super::{Kind, Worth, conclusion};

/// Longer outputs are texts.
const MAX_BYTES: usize = 4_000;
/// What a question holds that shows code.
const CODE: &[&str] = &[
    "```",
    "[PYTHON]",
    "def ",
    "assert ",
    "print(",
    "console.log(",
    "=> {",
    "fn ",
    "lambda ",
];
/// What a question holds that asks for its output.
const ASKS: &[&str] = &[
    "output",
    "return",
    "assert",
    "result",
    "print",
    "evaluate",
    "value of",
    "what does",
    "??",
];

/// A literal in one spelling.
#[derive(Debug)]
pub(super) struct CodeOutput;

impl Kind for CodeOutput {
    fn name(&self) -> &'static str {
        "code output"
    }

    fn read(&self, question: &str, reply: &str) -> Option<String> {
        let lower = question.to_lowercase();
        let asked = CODE.iter().any(|sign| question.contains(sign))
            && ASKS.iter().any(|word| lower.contains(word));
        if !asked {
            return None;
        }
        let found = conclusion::of(reply)?;
        let literal = normal(&unescaped(found))?;
        (!literal.is_empty() && literal.len() <= MAX_BYTES).then_some(literal)
    }

    /// `CRUXEval`: two small models agree on 16 to 36 of 100, and are then right in 66 to 86; three in 79.
    fn worth(&self) -> Worth {
        Worth {
            none: 0.20,
            one: 0.68,
            several: 0.79,
        }
    }
}

/// A literal taken out of JSON, with its escapes undone.
fn unescaped(text: &str) -> String {
    if !text.contains("\\\"") {
        return text.to_owned();
    }
    serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
}

/// One spelling: the assertion and code marks off, double quotes, no space outside strings, no
/// trailing comma, a lone string bare.
fn normal(text: &str) -> Option<String> {
    let bare = text.trim().trim_matches('`').trim();
    let bare = bare.strip_prefix("python").unwrap_or(bare).trim();
    let literal = match bare.split_once("==") {
        Some((left, right)) if left.contains('(') => right.trim(),
        _ => bare,
    };
    let mut normal = String::with_capacity(literal.len());
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\'' | '"' => {
                normal.push('"');
                loop {
                    match characters.next()? {
                        end if end == character => break,
                        '\\' => match characters.next()? {
                            quote @ ('\'' | '"') => normal.push(quote),
                            other => normal.extend(['\\', other]),
                        },
                        inside => normal.push(inside),
                    }
                }
                normal.push('"');
            }
            space if space.is_whitespace() => {
                let words = normal.ends_with(char::is_alphanumeric)
                    && characters.peek().is_some_and(|next| next.is_alphanumeric());
                normal.extend(words.then_some(' '));
            }
            ']' | '}' if normal.ends_with(',') => {
                normal.pop();
                normal.push(character);
            }
            other => normal.push(other),
        }
    }
    let lone = normal
        .strip_prefix('"')
        .and_then(|inside| inside.strip_suffix('"'))
        .filter(|inside| !inside.contains('"'));
    Some(lone.map_or_else(|| normal.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "def f(x):\n    return x\nassert f(1) == ??";

    #[track_caller]
    fn check(reply: &str, expected: Option<&str>) {
        assert_eq!(
            CodeOutput.read(QUESTION, reply).as_deref(),
            expected,
            "{reply}"
        );
    }

    #[test]
    fn a_literal_is_the_same_however_it_is_spelled() {
        for reply in [
            "[(4, 1), 'a b']",
            "[(4,1),\"a b\",]",
            "`[(4, 1), 'a b']`",
            "assert f(1) == [(4, 1), 'a b']",
            "[ANSWER]assert f(1) == [(4, 1), 'a b'][/ANSWER]",
            "{\"reasoning\": \"it is so\", \"answer\": \"[(4, 1), \\\"a b\\\"]\"}",
        ] {
            check(reply, Some("[(4,1),\"a b\"]"));
        }
        check("'abc'", Some("abc"));
        check("{\"answer\": \"abc\"}", Some("abc"));
        check("True", Some("True"));
        check("\"it's\"", Some("it's"));
    }

    #[test]
    fn tuples_are_no_lists_and_broken_strings_nothing() {
        check("(1, 2)", Some("(1,2)"));
        check("[1, 2]", Some("[1,2]"));
        check("['never closed]", None);
        assert_eq!(CodeOutput.read("what is love", "[1]"), None);
    }
}
