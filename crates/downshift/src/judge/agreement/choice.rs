//! Answers that choose one of the options a question lists: hides how the choice is written.

use super::{Kind, Worth, conclusion};

/// Questions with more options than letters are not multiple choice.
const LETTERS: &str = "ABCDEFGHIJKLMNOP";

/// A letter; or yes or no, where the question asks for that.
#[derive(Debug)]
pub(super) struct Choice;

impl Kind for Choice {
    fn name(&self) -> &'static str {
        "choice"
    }

    fn read(&self, question: &str, reply: &str) -> Option<String> {
        let options = options(question)?;
        let said = conclusion::of(reply).or_else(|| last_line(reply))?;
        let letter = letter(said).filter(|letter| options.iter().any(|(known, _)| known == letter));
        letter
            .or_else(|| by_text(said, &options))
            .map(|letter| letter.to_string())
    }

    /// MMLU-Pro, ten options: two small models agree on 43 to 48 of 100, and are then right
    /// in 66 to 70; three in 79. With fewer options they agree more often by chance.
    fn worth(&self) -> Worth {
        Worth {
            none: 0.20,
            one: 0.68,
            several: 0.79,
        }
    }
}

/// The options that a question lists, a line each: `A. text`, `(B) text`, `c) text`. At least two, from A on.
pub(super) fn options(question: &str) -> Option<Vec<(char, String)>> {
    let mut options: Vec<(char, String)> = Vec::new();
    for line in question.lines().map(str::trim) {
        let expected = LETTERS.chars().nth(options.len())?;
        let bare = line.trim_start_matches(['(', '*', '-', ' ']);
        let mut characters = bare.chars();
        let opens = characters
            .next()
            .is_some_and(|first| first.to_ascii_uppercase() == expected);
        let rest = characters.as_str();
        if opens && rest.starts_with(['.', ')', ':']) {
            let text = rest.trim_start_matches(['.', ')', ':', '*', ' ']);
            options.push((expected, folded(text)));
        }
    }
    (options.len() >= 2).then_some(options)
}

/// The letter that a conclusion is or begins with: `(E)`, `E.`, `option E`, `**E**: because`.
fn letter(said: &str) -> Option<char> {
    let bare = said
        .trim_start_matches("option ")
        .trim_start_matches("Option ")
        .trim_start_matches(['(', '[', '*', '"', '\'', ' ', '\\', '$', '{'])
        .trim_start_matches("text{")
        .trim_start_matches('(');
    let mut characters = bare.chars();
    let first = characters.next().filter(char::is_ascii_alphabetic)?;
    let next = characters.next();
    let alone = next.is_none_or(|next| !next.is_alphanumeric() && next != '\'');
    // "A dog" begins with a word, not with a choice.
    let word = next == Some(' ') && characters.next().is_some_and(char::is_alphabetic);
    (alone && !word).then(|| first.to_ascii_uppercase())
}

/// The only option whose text the conclusion is.
fn by_text(said: &str, options: &[(char, String)]) -> Option<char> {
    let said = folded(said);
    let mut same = options
        .iter()
        .filter(|(_, text)| *text == said && !text.is_empty());
    let (letter, _) = same.next()?;
    same.next().is_none().then_some(*letter)
}

fn folded(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|character| character.is_alphanumeric() || *character == ' ');
    kept.collect::<String>().trim().to_lowercase()
}

fn last_line(reply: &str) -> Option<&str> {
    let line = reply.trim().lines().last()?.trim();
    (line.len() <= 12).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str =
        "Which is a mammal?\nA. trout\nB. blue whale\nC. A dog's dinner\nD. newt";

    #[track_caller]
    fn check(question: &str, reply: &str, expected: Option<&str>) {
        assert_eq!(Choice.read(question, reply).as_deref(), expected, "{reply}");
    }

    #[test]
    fn a_choice_is_read_however_it_is_written() {
        for reply in [
            "B",
            "(B)",
            "b)",
            "The answer is (B).",
            "The correct answer is **B**: whales give milk.",
            "Answer: B. blue whale",
            "{\"reasoning\": \"A is a fish\", \"answer\": \"B\"}",
            "Whales are mammals.\n\n\\boxed{\\text{B}}",
            "The answer is blue whale.",
            "Long reasoning about animals goes on here, and on and on, until it ends.\nB",
            "the correct option is option B",
        ] {
            check(QUESTION, reply, Some("B"));
        }
    }

    #[test]
    fn what_is_no_choice_is_none() {
        check(QUESTION, "The answer is E.", None);
        check(
            QUESTION,
            "A whale is one of them, and so is a dog, as everybody who has seen both knows.\nYes.",
            None,
        );
        check(QUESTION, "The answer is a dog", None);
        check("What is a mammal?", "B", None);
        check("Steps:\nA. only one", "A", None);
    }
}
