//! Environment variables in a text: `${NAME}`, `${NAME:-default}`, and `$${` for `${` itself.

use std::fmt;

/// A reference that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// The variable is not set, and no default is given.
    Unset(String),
    /// What follows `${` is no reference.
    Malformed(&'static str),
}

/// Puts what each reference stands for in its place; `variable` looks names up.
pub fn expand(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<String, Unresolved> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            expanded.push_str(before);
            expanded.push_str("${");
            rest = &from[2..];
            continue;
        }
        expanded.push_str(before);
        let Some((reference, after)) = from[2..].split_once('}') else {
            return Err(Unresolved::Malformed("a `${` is never closed by `}`"));
        };
        expanded.push_str(&resolve(reference, variable)?);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// What the text between `${` and `}` stands for.
fn resolve(
    reference: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Unresolved> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if !starts || !name.chars().all(word) {
        return Err(Unresolved::Malformed(
            "between `${` and `}` stands no variable's name",
        ));
    }
    if default.is_some_and(|default| default.contains("${")) {
        return Err(Unresolved::Malformed(
            "a default cannot hold another `${…}`",
        ));
    }
    variable(name)
        .or_else(|| default.map(str::to_owned))
        .ok_or_else(|| Unresolved::Unset(name.to_owned()))
}

// === impl Unresolved ===

impl Unresolved {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unset(name) => format!("set it, or give a default: `${{{name}:-default}}`"),
            Self::Malformed(_) => {
                "write `${NAME}` or `${NAME:-default}`, or `$${` for the characters themselves"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset(name) => write!(f, "the environment variable `{name}` is not set"),
            Self::Malformed(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Unresolved {}

#[cfg(test)]
mod tests {
    use super::{Unresolved, expand};

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let variable = |name: &str| (name == "HOST").then(|| "host".to_owned());
        let expanded = expand(text, &variable).map_err(|unresolved| unresolved.to_string());
        assert_eq!(
            expanded,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn references_stand_for_what_is_set_or_the_default() {
        check("plain $5 } {", Ok("plain $5 } {"));
        check("${HOST}", Ok("host"));
        check("http://${HOST}:80/${HOST:-x}", Ok("http://host:80/host"));
        check("${PORT:-80}${PORT:-}", Ok("80"));
        check("${PORT:-a:-b}", Ok("a:-b"));
        check("${_A1:-é}", Ok("é"));
    }

    #[test]
    fn a_doubled_dollar_keeps_the_characters() {
        check("$${HOST}", Ok("${HOST}"));
        check("$$${HOST}", Ok("$${HOST}"));
        check("$$", Ok("$$"));
    }

    #[test]
    fn what_stands_for_nothing_is_told() {
        check("${PORT}", Err("the environment variable `PORT` is not set"));
        check("${", Err("a `${` is never closed by `}`"));
        check("${HOST", Err("a `${` is never closed by `}`"));
        for text in ["${}", "${1}", "${A-b}", "${A B}", "${ A}", "${:-x}"] {
            check(text, Err("between `${` and `}` stands no variable's name"));
        }
        check("${A:-${HOST}}", Err("a default cannot hold another `${…}`"));
    }

    #[test]
    fn a_value_is_not_expanded_again() {
        let variable = |_: &str| Some("${OTHER}".to_owned());
        assert_eq!(expand("${A}", &variable), Ok("${OTHER}".to_owned()));
    }

    #[test]
    fn hints_say_how_to_give_a_default() {
        let hint = Unresolved::Unset("PORT".to_owned()).hint();
        assert_eq!(hint, "set it, or give a default: `${PORT:-default}`");
    }
}
