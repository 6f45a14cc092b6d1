//! Answers in free text: what they are made of is compared, which says little of what they mean.

use std::collections::BTreeMap;

use super::{Kind, Worth};

/// Words beyond this many are not compared.
const MAX_WORDS: usize = 4_000;

/// Words with how often they occur.
#[derive(Debug)]
pub(super) struct Free;

impl Kind for Free {
    fn name(&self) -> &'static str {
        "text"
    }

    fn read(&self, _: &str, reply: &str) -> Option<String> {
        let lower = reply.to_lowercase();
        let words = lower.split(|character: char| !character.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).take(MAX_WORDS);
        Some(words.collect::<Vec<_>>().join(" "))
    }

    /// Dice's coefficient of the words, each as often as it occurs: 2·|A∩B| / (|A| + |B|)
    /// (Dice 1945, "Measures of the amount of ecologic association between species").
    fn same(&self, one: &str, other: &str) -> f64 {
        let (one, other) = (counts(one), counts(other));
        let total = |counts: &BTreeMap<&str, u32>| counts.values().sum::<u32>();
        let common = one
            .iter()
            .map(|(word, count)| *count.min(other.get(word).unwrap_or(&0)))
            .sum::<u32>();
        let all = total(&one) + total(&other);
        if all == 0 {
            return 0.0;
        }
        2.0 * f64::from(common) / f64::from(all)
    }

    fn may_be_shown(&self) -> bool {
        false
    }

    /// Not measured, and low on purpose: texts that are alike may be wrong alike.
    fn worth(&self) -> Worth {
        Worth {
            none: 0.20,
            one: 0.60,
            several: 0.65,
        }
    }
}

fn counts(words: &str) -> BTreeMap<&str, u32> {
    let mut counts = BTreeMap::new();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, expected: f64) {
        let read = |text| Free.read("", text).unwrap();
        let got = Free.same(&read(one), &read(other));
        assert!((got - expected).abs() < 1e-9, "{got} is not {expected}");
    }

    #[test]
    fn texts_are_as_alike_as_their_words() {
        check("The cat sat.", "the CAT sat", 1.0);
        check("the cat sat", "the dog sat", 4.0 / 6.0);
        check("a a a b", "a b b b", 0.5);
        check("one", "two", 0.0);
        check("", "", 0.0);
    }
}
