//! Where a reply says what its answer is: hides the ways in which models end their reasoning.

use std::ops::Range;
use std::sync::LazyLock;

use regex_lite::Regex;

/// A reply without any sign of a conclusion is one as a whole if it is no longer than this, in bytes.
const SHORT: usize = 80;

/// Words that lead to the answer. The last of them in a reply counts.
static LEADS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\bfinal answer\b|\b(?:the )?(?:correct |right )?(?:answer|result|option|choice) is\b|\banswer\s*\**\s*:|\bthus,? the answer\b|\bequals\b)\s*\**\s*(?:is\b)?\s*:?\s*",
    )
    .ok()
});
/// A field of a JSON reply that holds the answer, as far as it can be made out in JSON that is not quite JSON.
static FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""(?:final_)?(?:answer|result|output)"\s*:\s*"#).ok());

/// Where the conclusion of a reply stands, in bytes. `None`: no place can be told with confidence.
pub(in crate::judge) fn span(reply: &str) -> Option<Range<usize>> {
    let found = field(reply)
        .or_else(|| boxed(reply))
        .or_else(|| tagged(reply))
        .or_else(|| marked(reply))
        .or_else(|| led(reply))
        .or_else(|| short(reply))?;
    let text = reply.get(found.clone())?;
    let start = found.start + (text.len() - text.trim_start().len());
    let end = start + text.trim().len();
    (start < end).then_some(start..end)
}

/// The conclusion of a reply.
pub(super) fn of(reply: &str) -> Option<&str> {
    reply.get(span(reply)?)
}

/// The value of the last field named `answer`.
fn field(reply: &str) -> Option<Range<usize>> {
    let start = FIELD.as_ref()?.find_iter(reply).last()?.end();
    let value = reply.get(start..)?;
    if value.starts_with('"') {
        let mut escaped = false;
        let end = value.char_indices().skip(1).find(|(_, character)| {
            let ends = *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            ends
        })?;
        return Some(start + 1..start + end.0);
    }
    let mut depth = 0_i32;
    let end = value.find(|character: char| {
        depth += i32::from("[{(".contains(character)) - i32::from("]})".contains(character));
        depth < 0 || (depth == 0 && (character == '\n' || character == ','))
    });
    Some(start..start + end.unwrap_or(value.len()))
}

/// What stands in the last `\boxed{…}`.
fn boxed(reply: &str) -> Option<Range<usize>> {
    let start = reply.rfind("\\boxed{")? + "\\boxed{".len();
    let mut depth = 1_i32;
    let end = reply.get(start..)?.find(|character: char| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        depth == 0
    })?;
    Some(start..start + end)
}

/// What stands between `[ANSWER]` and `[/ANSWER]`, or in `<answer>`.
fn tagged(reply: &str) -> Option<Range<usize>> {
    [("[ANSWER]", "[/ANSWER]"), ("<answer>", "</answer>")]
        .iter()
        .find_map(|(opening, closing)| {
            let start = reply.rfind(opening)? + opening.len();
            let rest = reply.get(start..)?;
            Some(start..start + rest.find(closing).unwrap_or(rest.len()))
        })
}

/// What stands behind the last `####`, as in GSM8K.
fn marked(reply: &str) -> Option<Range<usize>> {
    let start = reply.rfind("####")? + 4;
    let rest = reply.get(start..)?;
    // A heading has text below it.
    let end = rest.find('\n').unwrap_or(rest.len());
    rest[end..].trim().is_empty().then_some(start..start + end)
}

/// What stands behind the last words that lead to an answer, to the end of its sentence.
fn led(reply: &str) -> Option<Range<usize>> {
    let start = LEADS.as_ref()?.find_iter(reply).last()?.end();
    let rest = reply.get(start..)?;
    let end = sentence_end(rest);
    (!rest[..end].trim().is_empty()).then_some(start..start + end)
}

/// The end of a line or of a sentence: a full stop inside a number ends nothing.
fn sentence_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |at: &usize| match bytes[*at] {
        b'\n' => true,
        b'.' | b';' => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    (0..bytes.len()).find(ends).unwrap_or(bytes.len())
}

/// The reply itself.
fn short(reply: &str) -> Option<Range<usize>> {
    let trimmed = reply.trim();
    let start = reply.len() - reply.trim_start().len();
    (trimmed.len() <= SHORT && !trimmed.contains('\n')).then_some(start..start + trimmed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expected: Option<&str>) {
        assert_eq!(of(reply), expected, "{reply}");
    }

    #[test]
    fn conclusions_are_found_where_models_put_them() {
        check(r#"{"reasoning": "16 - 7 = 9", "answer": "18"}"#, Some("18"));
        check(
            "```json\n{\n \"reasoning\": \"a\nb\",\n \"answer\": 18\n}\n```",
            Some("18"),
        );
        check(r#"{"answer": "[\"a\", \"b\"]"}"#, Some(r#"[\"a\", \"b\"]"#));
        check(r#"{"answer": [1, 2], "x": 1}"#, Some("[1, 2]"));
        check(
            "So the area is \\(\\boxed{\\frac{3}{4}}\\).",
            Some("\\frac{3}{4}"),
        );
        check("It is eaten.\n#### 18", Some("18"));
        check("[ANSWER]f(1) == 2[/ANSWER]", Some("f(1) == 2"));
        check("We think hard. The answer is (E).", Some("(E)"));
        check("**Answer:** 3.5", Some("3.5"));
        check("The correct answer is B. Because A is wrong.", Some("B"));
        check("Final answer: 42\n", Some("42"));
        check("18", Some("18"));
        check("The answer is 3.14. Done", Some("3.14"));
    }

    #[test]
    fn a_long_reply_without_a_conclusion_has_none() {
        check(
            "# Title\n#### A heading\nText follows here, and it goes on.\nAnd on.",
            None,
        );
        check("", None);
        check(&"word ".repeat(50), None);
    }
}
