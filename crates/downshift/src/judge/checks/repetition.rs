//! A reply that goes round in circles: hides how a loop is told from a list.

use downshift_ledger::Reason;

use super::Defect;
use crate::judge::Exhibit;

/// The longest round, in words.
const LONGEST: usize = 60;
/// Rounds that make a loop.
const ROUNDS: usize = 5;
/// Words that the rounds must be together.
const WORDS: usize = 24;
/// Characters of one round after round without a space.
const CHARACTERS: usize = 120;
/// How much of the end of a reply is looked at, in words.
const END: usize = 600;

/// Ends in a loop that nobody asked for.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let question = exhibit.question.to_lowercase();
    let asked = ["repeat", "times", "over and over"]
        .iter()
        .any(|word| question.contains(word));
    let said = exhibit.answer.said();
    let rounds = rounds(said).filter(|_| !asked)?;
    let evidence = format!("the same {rounds} times over");
    Some(Defect::new(Reason::RepetitiveReply, evidence))
}

/// How many rounds the loop is long that a text ends in, if it ends in one.
fn rounds(text: &str) -> Option<usize> {
    let mut words = text.split_whitespace().rev().take(END).collect::<Vec<_>>();
    // A broken off last word is no part of the round.
    let whole = words.split_off(words.len().min(1));
    let letters = |word: &&str| {
        word.chars()
            .filter(|character| character.is_alphabetic())
            .count()
            >= 2
    };
    let by_words = (1..=LONGEST.min(whole.len() / ROUNDS)).find_map(|round| {
        let same = repeated(&whole, round);
        let count = same / round + 1;
        let speaks = whole[..round].iter().any(letters);
        (count >= ROUNDS && same + round >= WORDS && speaks).then_some(count)
    });
    by_words.or_else(|| {
        let end = text.chars().rev().take(CHARACTERS * 2).collect::<Vec<_>>();
        (1..=12).find_map(|round| {
            let same = repeated(&end, round);
            let speaks = end
                .get(..round)?
                .iter()
                .any(|character| character.is_alphabetic());
            (same + round >= CHARACTERS && speaks).then_some(same / round + 1)
        })
    })
}

/// How many items from the first on are the same as the one a round further.
fn repeated<T: PartialEq>(items: &[T], round: usize) -> usize {
    let later = items.get(round..).unwrap_or_default();
    items
        .iter()
        .zip(later)
        .take_while(|(one, other)| one == other)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(rounds(text).is_some(), expected, "{text}");
    }

    #[test]
    fn loops_are_found() {
        check(&"and then we go on. ".repeat(8), true);
        check(
            &format!("It begins well. {}and th", "and then ".repeat(20)),
            true,
        );
        check(&format!("ha{}", "ha".repeat(100)), true);
        check(&"这是一个测试".repeat(30), true);
    }

    #[test]
    fn lists_and_tables_are_none() {
        check("1. one\n2. two\n3. three\n4. four\n5. five\n6. six", false);
        check(&"| 0 | 0 | 0 |\n".repeat(20), false);
        check(&"-".repeat(200), false);
        check("no no no no no", false);
        check("", false);
        let items = (0..40).map(|number| format!("- item number {number}"));
        let list = items.collect::<Vec<_>>().join(
            "
",
        );
        check(&list, false);
    }
}
