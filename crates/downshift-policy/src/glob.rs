//! Names with wildcards: `*` stands for any run of characters, `?` for any one.

use serde::Deserialize;

/// A name that may hold wildcards; letter case counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Glob(String);

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// It holds no wildcard, so it stands for itself alone.
    pub(crate) fn is_literal(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether `name` as a whole fits. Takes at most pattern times name steps.
    pub(crate) fn matches(&self, name: &str) -> bool {
        if self.is_literal() {
            return self.0 == name;
        }
        let pattern = self.0.chars().collect::<Vec<_>>();
        let name = name.chars().collect::<Vec<_>>();
        let (mut at, mut read) = (0, 0);
        // Where to resume when a guess about the last `*` was too short: (its place, what it ate).
        let mut star: Option<(usize, usize)> = None;
        while let Some(letter) = name.get(read) {
            match (pattern.get(at), star) {
                (Some('*'), _) => {
                    star = Some((at, read));
                    at += 1;
                }
                (Some(expected), _) if *expected == '?' || expected == letter => {
                    at += 1;
                    read += 1;
                }
                (_, Some((place, eaten))) => {
                    star = Some((place, eaten + 1));
                    at = place + 1;
                    read = eaten + 1;
                }
                (_, None) => return false,
            }
        }
        pattern.iter().skip(at).all(|rest| *rest == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[track_caller]
    fn check(pattern: &str, name: &str, expected: bool) {
        assert_eq!(
            Glob::new(pattern).matches(name),
            expected,
            "{pattern} on {name}"
        );
    }

    #[test]
    fn a_pattern_fits_the_whole_name() {
        check("auto", "auto", true);
        check("auto", "automatic", false);
        check("auto", "Auto", false);
        check("gpt-*", "gpt-5.4", true);
        check("gpt-*", "gpt-", true);
        check("gpt-*", "my-gpt-5", false);
        check("*mini*", "gpt-4o-mini-2024", true);
        check("*-mini", "mini-mini-mini", true);
        check("a*b*c", "aXbYbZc", true);
        check("a*b*c", "aXcYb", false);
        check("?", "é", true);
        check("?", "", false);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("**a**", "bab", true);
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        check(&format!("{}b", "a*".repeat(200)), &"a".repeat(2_000), false);
    }
}
