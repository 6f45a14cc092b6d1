//! Answers of a few words: hides case, articles and punctuation.

use super::{Kind, Worth, conclusion};

/// Answers of more words than this are texts.
const MAX_WORDS: usize = 6;
/// Words that a short answer may have or not.
const FILLERS: &[&str] = &[
    "the", "a", "an", "is", "it", "its", "was", "are", "of", "in",
];

/// The words that count, in order.
#[derive(Debug)]
pub(super) struct Short;

impl Kind for Short {
    fn name(&self) -> &'static str {
        "words"
    }

    fn read(&self, _: &str, reply: &str) -> Option<String> {
        let said = conclusion::of(reply)?;
        let lower = said.to_lowercase();
        let words = lower
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty());
        let all = words.clone().count();
        let kept = words
            .filter(|word| !FILLERS.contains(word))
            .collect::<Vec<_>>();
        (all <= MAX_WORDS && !kept.is_empty()).then(|| kept.join(" "))
    }

    fn may_be_shown(&self) -> bool {
        false
    }

    /// Not measured: what a choice is worth, and a little more, because few words agree by chance.
    fn worth(&self) -> Worth {
        Worth {
            none: 0.20,
            one: 0.70,
            several: 0.80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, expected: Option<&str>) {
        assert_eq!(Short.read("", reply).as_deref(), expected, "{reply}");
    }

    #[test]
    fn a_few_words_are_the_same_without_their_dress() {
        check("The Eiffel Tower.", Some("eiffel tower"));
        check("**Eiffel Tower**", Some("eiffel tower"));
        check(
            "After some thought, the answer is: the Eiffel tower",
            Some("eiffel tower"),
        );
        check("Ångström", Some("ångström"));
    }

    #[test]
    fn more_words_are_a_text() {
        check("The tower stands in Paris and is tall", None);
        check("", None);
        check("...", None);
    }
}
