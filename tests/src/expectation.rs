//! When an answer states the fact that was asked for: the rules of `tests/data/trivial/README.md`.
//!
//! `tests/data/trivial/matching.py` is the same in Python. Digits are ASCII here, as they are in both sets.

mod pattern;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use self::pattern::Pattern;

/// What a right answer says, as a row of `genuine.jsonl` has it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Expectation {
    /// Alternatives, of which one must hold: all of its parts stand in the answer.
    pub expect: Vec<Vec<String>>,
    /// Whether letter case counts.
    #[serde(default)]
    pub exact: bool,
    /// A regular expression that must be found in the answer as well.
    pub pattern: Option<String>,
}

// === impl Expectation ===

impl Expectation {
    /// Whether `answer` states the fact.
    pub fn holds(&self, answer: &str) -> bool {
        let pattern = self.pattern.as_deref().map(Pattern::parse);
        if pattern.is_some_and(|pattern| !pattern.is_found_in(answer)) {
            return false;
        }
        let answer = format!(" {}", normalise(answer, self.exact));
        let answer: Vec<char> = answer.chars().collect();
        let occurs = |part: &String| {
            let part: Vec<char> = normalise(part, self.exact).chars().collect();
            stands_in(&part, &answer)
        };
        self.expect
            .iter()
            .any(|alternative| alternative.iter().all(occurs))
    }
}

/// The text without separators of thousands, exotic spaces and dashes, and (unless `exact`) case.
fn normalise(text: &str, exact: bool) -> String {
    let plain: Vec<char> = text.chars().map(plain).collect();
    let joined = without_separators(&plain, |c| matches!(c, '\u{2009}' | '\u{202f}' | '\u{a0}'));
    let joined = without_separators(&joined, |c| c == ',');
    let mut spaced = String::with_capacity(text.len());
    for c in joined {
        if !c.is_whitespace() {
            spaced.push(c);
        } else if !spaced.ends_with(' ') {
            spaced.push(' ');
        }
    }
    if exact {
        return spaced;
    }
    spaced.nfc().flat_map(folded).collect()
}

fn plain(c: char) -> char {
    match c {
        '\u{2212}' | '\u{2013}' | '\u{2014}' | '\u{2011}' => '-',
        '\u{2019}' => '\'',
        '\u{d7}' => 'x',
        other => other,
    }
}

/// Letter case removed, as Unicode's full case folding does for the letters of Western languages.
fn folded(c: char) -> impl Iterator<Item = char> {
    let (c, second) = match c {
        '\u{df}' | '\u{1e9e}' => ('s', Some('s')),
        '\u{3c2}' => ('\u{3c3}', None),
        other => (other, None),
    };
    c.to_lowercase().chain(second)
}

/// The text without the separators that stand between a digit and a group of just three.
fn without_separators(text: &[char], is_separator: fn(char) -> bool) -> Vec<char> {
    let separates = |at: usize| {
        let after = &text[at + 1..];
        let group = after.iter().take_while(|c| c.is_ascii_digit()).count();
        is_separator(text[at]) && at > 0 && text[at - 1].is_ascii_digit() && group == 3
    };
    let kept = (0..text.len()).filter(|at| !separates(*at));
    kept.map(|at| text[at]).collect()
}

/// Whether `part` stands in `answer` as a word or number of its own.
fn stands_in(part: &[char], answer: &[char]) -> bool {
    let (Some(first), Some(last)) = (part.first(), part.last()) else {
        panic!("an expectation has an empty part");
    };
    let starts = 0..=answer.len().saturating_sub(part.len());
    starts.into_iter().any(|start| {
        let (before, from) = answer.split_at(start);
        let Some(after) = from.strip_prefix(part) else {
            return false;
        };
        let begins = if first.is_ascii_digit() {
            number_may_begin(before)
        } else {
            !(first.is_alphabetic() && before.last().copied().is_some_and(is_letter))
        };
        let ends = if last.is_ascii_digit() {
            number_may_end(part, after)
        } else {
            !(last.is_alphabetic() && after.first().copied().is_some_and(is_letter))
        };
        begins && ends
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !c.is_ascii_digit()
}

/// Not in the tail of a longer number, of a fraction or of a negative number.
fn number_may_begin(before: &[char]) -> bool {
    match before {
        [.., last] if last.is_ascii_digit() => false,
        [.., digit, '.'] if digit.is_ascii_digit() => false,
        [.., open, '-'] => !(open.is_whitespace() || matches!(open, '(' | '=')),
        _ => true,
    }
}

/// A whole number is not the head of a longer one; a fraction of four significant digits or more is.
fn number_may_end(part: &[char], after: &[char]) -> bool {
    let begins_with_digit = |text: &[char]| text.first().is_some_and(char::is_ascii_digit);
    let (ahead, decimals) = trailing_digits(part);
    let whole = ahead.strip_suffix(&['.']).map(trailing_digits);
    let Some((_, whole)) = whole.filter(|(_, digits)| !digits.is_empty()) else {
        let fraction = after.strip_prefix(&['.']).unwrap_or_default();
        let fraction = fraction.iter().take_while(|c| c.is_ascii_digit());
        return !begins_with_digit(after) && fraction.into_iter().all(|c| *c == '0');
    };
    let digits = whole.iter().chain(decimals);
    let significant = digits.skip_while(|c| **c == '0').count();
    let zeros = after.iter().take_while(|c| **c == '0').count();
    significant >= 4 || !begins_with_digit(&after[zeros..])
}

/// What stands before the digits at the end, and those digits.
fn trailing_digits(text: &[char]) -> (&[char], &[char]) {
    let digits = text.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    text.split_at(text.len() - digits)
}
