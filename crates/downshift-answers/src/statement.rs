//! Calculations that a text states, and whether they are right: hides how they are told from what only looks alike.
//!
//! Only what can be read in one way is looked at: digits and signs up to an equals sign, and
//! one plain number behind it. Rounding is no error, in whichever direction, nor is what was rounded on the
//! way to a result with decimals, up to half a percent. Statements that
//! the text itself calls wrong, and all of a text about other bases or remainders, are let be.

use num_rational::BigRational;
use num_traits::{One, Signed};

use crate::reading::Reading;
use crate::{expression, figures, number};

/// Texts longer than this many bytes are looked at up to here.
const MAX_BYTES: usize = 64 * 1024;
/// Statements beyond this many are not looked at.
const MAX_STATEMENTS: usize = 200;
/// How far around a statement a word is looked for that calls it wrong, in bytes.
const NEAR: usize = 48;
/// What floating-point arithmetic gets wrong is no error.
const FLOAT_NOISE: i64 = 1_000_000_000_000;
/// Steps that were rounded before they are written down make a result differ by no more than this part of it.
const ROUNDED_STEPS: i64 = 200;
/// Words after which sums are not what they seem.
const OTHER_ARITHMETIC: &[&str] = &[
    "mod", "binary", "hex", "octal", "base", "boolean", "clock", "matrix", "vector",
];
/// Words by which a text says that a statement is not meant.
const DISOWNED: &[&str] = &[
    "not",
    "n't",
    "false",
    "wrong",
    "incorrect",
    "instead",
    "mistake",
    "error",
    "claim",
    "suppose",
    "if",
    "never",
    "myth",
    "joke",
];

/// A calculation that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refuted {
    /// As it stands in the text, such as `17 × 23 = 381`.
    pub written: String,
    /// What the left side is.
    pub value: String,
}

/// The first calculation in `text` that is wrong. Fenced code is not looked at.
///
/// ```
/// let found = downshift_answers::refuted("So 17 × 23 = 381 apples.").unwrap();
/// assert_eq!((found.written.as_str(), found.value.as_str()), ("17 × 23 = 381", "391"));
/// assert_eq!(downshift_answers::refuted("10 / 3 = 3.33, about"), None);
/// ```
pub fn refuted(text: &str) -> Option<Refuted> {
    let text = without_code(bounded(text));
    let lower = text.to_lowercase();
    if OTHER_ARITHMETIC.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let signs = text.match_indices('=').map(|(at, _)| at);
    signs
        .take(MAX_STATEMENTS)
        .find_map(|at| statement(&text, at)?.refutation(&text))
}

/// A statement: where it stands, and its two sides.
struct Statement {
    start: usize,
    end: usize,
    left: String,
    right: Stated,
}

/// A number as it is stated.
struct Stated {
    value: BigRational,
    /// The worth of one of its last digit.
    unit: BigRational,
    percent: bool,
}

// === impl Statement ===

impl Statement {
    fn refutation(self, text: &str) -> Option<Refuted> {
        let reading = Reading::of(&self.left)?;
        let (end, expression) = expression::parse(&reading, 0)?;
        let complete = reading.get(end).is_none() && expression.computes();
        let evaluated = expression.evaluate().filter(|_| complete)?;
        let value = evaluated.value;
        let hundredfold = &value * number::whole(100);
        // "25/75 × 100% = 33.3" is written as often as "25/75 = 33.3%".
        let percent = self.right.percent || self.left.contains('%');
        let decimals = self.left.contains('.') || !value.is_integer();
        let holds =
            |value: &BigRational| self.right.is(value) || (decimals && self.right.is_nearly(value));
        let holds = holds(&value) || (percent && holds(&hundredfold));
        if holds || disowned(text, self.start, self.end) {
            return None;
        }
        Some(Refuted {
            written: text[self.start..self.end].trim().to_owned(),
            value: figures::short(&value, 12)?.0,
        })
    }
}

// === impl Stated ===

impl Stated {
    /// Whether it is that value, rounded or cut off to its last digit.
    fn is(&self, value: &BigRational) -> bool {
        let apart = (value - &self.value).abs();
        let noise = value.abs() / number::whole(FLOAT_NOISE);
        apart <= noise || (!(value / &self.unit).is_integer() && apart < self.unit)
    }

    /// Whether it is that value but for steps that were rounded on the way.
    fn is_nearly(&self, value: &BigRational) -> bool {
        (value - &self.value).abs() * number::whole(ROUNDED_STEPS) <= value.abs()
    }
}

/// What is stated around the equals sign at `at`.
fn statement(text: &str, at: usize) -> Option<Statement> {
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let compared = before.ends_with(['=', '<', '>', '!', '≠', ':', '+', '-', '*', '/']);
    if compared || behind.starts_with(['=', '>']) {
        return None;
    }
    let start = left_start(before)?;
    let (length, right) = right(behind)?;
    let left = plain(&before[start..]);
    // What starts with a sign, behind a currency's too, goes on from something.
    (!left.starts_with('-')).then_some(Statement {
        start,
        end: at + 1 + length,
        left,
        right,
    })
}

/// Where the calculation begins that ends here.
fn left_start(before: &str) -> Option<usize> {
    let run = before
        .char_indices()
        .rev()
        .take_while(|(at, character)| is_part(*character) || is_times(before, *at, *character))
        .last()?
        .0;
    let lead = before[run..].find(|character: char| !character.is_whitespace())?;
    let start = run + lead;
    let first = before[start..].chars().next()?;
    let outside = before[..run].chars().next_back();
    // What is joined to the run would belong to it, and what starts with a sign goes on from something.
    let joined = lead == 0
        && outside
            .is_some_and(|character| character.is_alphanumeric() || "_:\\})]".contains(character));
    let opens = first.is_ascii_digit() || "($€£".contains(first);
    let computes = before[start..].contains(|character| "+-−*×·•∙⋅/÷^x".contains(character));
    (!joined && opens && computes).then_some(start)
}

fn is_part(character: char) -> bool {
    character.is_ascii_digit() || " .,+-−–*×·∗•∙⋅/÷()^$€£%".contains(character)
}

/// An `x` that stands alone between numbers.
fn is_times(text: &str, at: usize, character: char) -> bool {
    let around = (
        text[..at].ends_with(' '),
        text[at + character.len_utf8()..].starts_with(' '),
    );
    character == 'x' && around == (true, true)
}

/// The calculation in signs that our own grammar reads.
fn plain(run: &str) -> String {
    let plain = run.chars().filter(|character| !"$€£".contains(*character));
    let signs = plain.map(|character| match character {
        '×' | '·' | '∗' | '•' | '∙' | '⋅' => '*',
        '÷' => '/',
        '−' | '–' => '-',
        other => other,
    });
    signs.collect::<String>().trim().to_owned()
}

/// The number that stands behind the equals sign, and how long it is; `None` if more than a number does.
fn right(behind: &str) -> Option<(usize, Stated)> {
    let trimmed = behind.trim_start_matches([' ', '*', '$', '€', '£']);
    let negative = trimmed.starts_with(['-', '−']);
    let digits = trimmed.trim_start_matches(['-', '−', '$', '€', '£']);
    let length = digits
        .find(|character: char| !character.is_ascii_digit() && character != ',' && character != '.')
        .unwrap_or(digits.len());
    let written = digits[..length].trim_end_matches([',', '.']);
    let rest = &digits[written.len()..];
    let percent = rest.starts_with('%');
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let groups = whole.split(',').skip(1).all(|group| group.len() == 3);
    let sound =
        !whole.is_empty() && !whole.starts_with(',') && groups && !fraction.contains([',', '.']);
    if !sound || written.ends_with(',') || goes_on(rest.trim_start_matches('%')) {
        return None;
    }
    let value = number::decimal(&written.replace(',', ""))?;
    let places = u32::try_from(fraction.len())
        .ok()
        .filter(|places| *places < 40)?;
    let stated = Stated {
        value: if negative { -value } else { value },
        unit: BigRational::one() / BigRational::from_integer(number::power_of_ten(places)),
        percent,
    };
    Some((behind.len() - rest.len(), stated))
}

/// Whether what follows a number makes it another one: a sign, a factor, a scale.
fn goes_on(rest: &str) -> bool {
    let joined = rest.starts_with(|character: char| {
        character.is_alphanumeric() || "^:/\\(_…".contains(character)
    });
    let next = rest.trim_start_matches([' ', '*', '\u{a0}']);
    let sign = next.starts_with([
        '+', '-', '−', '–', '×', '·', '∗', '•', '∙', '⋅', '÷', '/', '^', '(', '\\', '…', ':',
    ]);
    let word = next
        .split(|character: char| !character.is_alphabetic())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let scale = matches!(
        word.as_str(),
        "x" | "thousand"
            | "million"
            | "billion"
            | "trillion"
            | "hundred"
            | "dozen"
            | "k"
            | "m"
            | "bn"
    ) || is_prefixed(&word);
    let digit = next.starts_with(|character: char| character.is_ascii_digit());
    joined || sign || scale || digit || next.starts_with("...")
}

/// Whether a word is a unit with a prefix: what was calculated may have been in the unit without it.
fn is_prefixed(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "ev", "j", "w", "wh", "pa", "hz", "v", "n", "g", "m", "l", "s", "mol", "cal", "ohm",
    ];
    const PREFIXES: &[char] = &['k', 'm', 'g', 'c', 'n', 'µ', 'μ'];
    let unit = word.strip_prefix(PREFIXES);
    unit.is_some_and(|unit| UNITS.contains(&unit))
}

fn disowned(text: &str, start: usize, end: usize) -> bool {
    let mut from = start.saturating_sub(NEAR);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let mut to = (end + NEAR).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let near = text[from..to].to_lowercase();
    let words = near
        .split(|character: char| !(character.is_alphabetic() || character == '\''))
        .any(|word| DISOWNED.contains(&word) || word.ends_with("n't"));
    words || near.contains('≠')
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The text without fenced code, LaTeX's signs as characters.
fn without_code(text: &str) -> String {
    let prose = text.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    let signs = [
        ("\\times", "×"),
        ("\\cdot", "·"),
        ("\\div", "÷"),
        ("\\$", "$"),
        ("\\%", "%"),
        ("\\(", " "),
        ("\\)", " "),
        ("\\[", " "),
        ("\\]", " "),
    ];
    signs
        .iter()
        .fold(prose, |text, (latex, sign)| text.replace(latex, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = refuted(text);
        let found = found
            .as_ref()
            .map(|found| (found.written.as_str(), found.value.as_str()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn wrong_sums_are_found() {
        check("17 × 23 = 381", Some(("17 × 23 = 381", "391")));
        check(
            "So she has 16 - 3 - 4 = 8 eggs.",
            Some(("16 - 3 - 4 = 8", "9")),
        );
        check("That is 9 * $2 = $19 a day.", Some(("9 * $2 = $19", "18")));
        check("(3 + 4) * 2 = 15.", Some(("(3 + 4) * 2 = 15", "14")));
        check("3 x 4 = 13", Some(("3 x 4 = 13", "12")));
        check("1,200 / 4 = 400", Some(("1,200 / 4 = 400", "300")));
        check("\\(17 \\times 23 = 381\\)", Some(("17 × 23 = 381", "391")));
        check("2^10 = 1000", Some(("2^10 = 1000", "1,024")));
        check("first 2 + 2 = 4, then 4 + 3 = 8", Some(("4 + 3 = 8", "7")));
        check("7 × 8 = **55**", Some(("7 × 8 = **55", "56")));
        check("6 • 8 = 49", Some(("6 • 8 = 49", "48")));
        check("2.5 × 4 = 10.1", Some(("2.5 × 4 = 10.1", "10")));
        check(
            "25/75 x 100% = 35",
            Some(("25/75 x 100% = 35", "0.333333333333")),
        );
    }

    #[test]
    fn right_and_rounded_sums_are_not() {
        for text in [
            "17 × 23 = 391",
            "10 / 3 = 3.33",
            "10 / 3 = 3.34",
            "10 / 3 = 3",
            "17 / 5 = 3 remainder 2",
            "20 / 50 = 40%",
            "0.1 + 0.2 = 0.30000000000000004",
            "3 × 4 = 12 + 5 = 17",
            "$3.50 × 4 = $14.00",
            "1,000,000 × 3 = 3 million",
            "2.5 × 4 = 10.",
            "25/75 x 100% = 33.3",
            "3.06% * 10 = 30.6",
            "(1.5 - 1)(0.0349) = 0.01746",
            "41 / 0.14 = 293.57",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn what_only_looks_alike_is_let_be() {
        for text in [
            "x + 3 = 4",
            "2x + 3 + 4 = 9",
            "10:30 + 45 = 11:15",
            "if a == 2 + 2 == 5",
            "y = 2 + 2",
            "f(2) - 1 = 5",
            "In binary, 1 + 1 = 10.",
            "9 + 4 = 1 mod 12",
            "It is not true that 2 + 2 = 5.",
            "2 + 2 = 5 is wrong",
            "```\n2 + 2 = 5\n```",
            "v1.2 - 3 = 4",
            "5 + 3 = 4 × 2",
            "2 + 2 = 4k",
            "2 + 3,5 = 5,5",
            "We have 6 • 24 ÷ (8 − 5) = 6 • 24 ÷ 3",
            "96/48 : 216/48 = 2 : 4.5",
            "13.6 * 73^2 = 72.5 keV",
            "$- 1238.23 - (- 94.05) = 67.6$",
            "3 apples + 4 pears = 8 fruits",
            "= = 3 + = 4 =",
            "",
        ] {
            check(text, None);
        }
    }
}
