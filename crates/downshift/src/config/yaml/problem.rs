//! What is wrong with a file, and how a reader is shown it.

use std::fmt;

use super::node::Place;

/// The widest excerpt of a line that is shown, in characters.
const WIDTH: usize = 110;

/// One thing wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is about, e.g. `rules[3].when.tokens`; empty for the file as a whole.
    pub path: String,
    /// The line, from 1; 0 if not known.
    pub line: usize,
    /// The column in characters, from 1; 0 if not known.
    pub column: usize,
    /// A lowercase sentence without final dot: what is wrong, and what is accepted.
    pub message: String,
    /// What to do about it, where that can be guessed.
    pub hint: Option<String>,
}

// === impl Problem ===

impl Problem {
    /// A problem with what `path` names; its place is not known yet.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: 0,
            column: 0,
            message: message.into(),
            hint: None,
        }
    }

    /// A problem at a place, for the rest to be filled in.
    pub(super) fn located(place: Place) -> Self {
        Self {
            line: place.line,
            column: place.column,
            ..Self::at("", "")
        }
    }
}

impl From<downshift_policy::Problem> for Problem {
    fn from(problem: downshift_policy::Problem) -> Self {
        Self {
            hint: problem.hint,
            ..Self::at(problem.path, problem.message)
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", printable(&self.path))?;
        }
        f.write_str(&printable(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, " ({})", printable(hint)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Shows problems the way a compiler does: file, line, column, what is wrong, the
/// line itself with a mark under the place, and what to do about it.
pub fn render(file: &str, text: &str, problems: &[Problem]) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().collect::<Vec<_>>();
    let shown = problems
        .iter()
        .map(|problem| shown(file, &lines, problem))
        .collect::<Vec<_>>();
    shown.join("\n")
}

fn shown(file: &str, lines: &[&str], problem: &Problem) -> String {
    let Problem {
        path,
        line,
        column,
        message,
        hint,
    } = problem;
    let place = if *line > 0 {
        format!("{file}:{line}:{column}")
    } else {
        file.to_owned()
    };
    let path = if path.is_empty() {
        String::new()
    } else {
        format!("{}: ", printable(path))
    };
    let source = line.checked_sub(1).and_then(|index| lines.get(index));
    let hint = printable(hint.as_deref().unwrap_or_default());
    let below = match source {
        Some(source) if *column > 0 => excerpt(*line, *column, source, &hint),
        _ if hint.is_empty() => String::new(),
        _ => format!("    {hint}\n"),
    };
    format!("{place}: {path}{}\n{below}", printable(message))
}

/// One line, and nothing that a terminal would act on: a file's author is not always its reader.
fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// The line with its number, and under it marks and the hint.
fn excerpt(line: usize, column: usize, source: &str, hint: &str) -> String {
    let letters = without_keys(&printable(source)).chars().collect::<Vec<_>>();
    let at = (column - 1).min(letters.len());
    let from = if at > WIDTH * 2 / 3 {
        at - WIDTH / 3
    } else {
        0
    };
    let until = letters.len().min(from + WIDTH);
    let cut = |there: bool| if there { "…" } else { "" };
    let part = letters[from..until].iter().collect::<String>();
    let part = format!(
        "{}{}{}",
        cut(from > 0),
        part.trim_end(),
        cut(until < letters.len())
    );
    let indent = " ".repeat(at - from + usize::from(from > 0));
    let marks = "^".repeat(token(&letters[at..until]).max(1));
    let marks = format!("{indent}{marks} {hint}");
    let margin = " ".repeat(line.to_string().len());
    format!(
        "{margin} |\n{line} | {part}\n{margin} | {}\n",
        marks.trim_end()
    )
}

/// The line with every letter of a key that is written out in it replaced: a log is no place for it.
fn without_keys(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("key") {
        let (before, from) = rest.split_at(at + "key".len());
        shown.push_str(before);
        rest = from;
        let value = from.trim_start_matches(['"', '\'']).strip_prefix(':');
        let Some(value) = value else {
            continue;
        };
        shown.push_str(&from[..from.len() - value.len()]);
        let end = value.find([',', '}']).unwrap_or(value.len());
        let end = if value[..end].contains("${") { 0 } else { end };
        let hidden = |letter: char| {
            if letter.is_alphanumeric() {
                '•'
            } else {
                letter
            }
        };
        shown.extend(value[..end].chars().map(hidden));
        rest = &value[end..];
    }
    shown.push_str(rest);
    shown
}

/// The length of the word or quoted text that starts here.
fn token(letters: &[char]) -> usize {
    let word = |letter: &char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '$' | '*' | '/' | '•')
    };
    match letters.first() {
        Some(quote @ ('"' | '\'')) => {
            let end = letters.iter().skip(1).position(|letter| letter == quote);
            end.map_or(1, |end| end + 2)
        }
        _ => letters.iter().take_while(|letter| word(letter)).count(),
    }
}

/// `` one of `a`, `b` `` or `` `a` ``.
pub(super) fn listed(names: &[&str]) -> String {
    let listed = names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() {
        0 => "none".to_owned(),
        1 => listed,
        _ => format!("one of {listed}"),
    }
}
