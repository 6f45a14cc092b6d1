//! Letters moved along the alphabet, and letters as dots and dashes.

use super::operand;
use crate::{
    Context, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<what>] [the] (rot13|rot 13|rot - 13) (of|encode|encoding of) ({quoted}|{bare})",
        say: rot13,
    },
    Rule {
        pattern: "[<what>] [the] (rot13|rot 13|rot - 13) [for] {quoted}",
        say: rot13,
    },
    Rule {
        pattern: "<what> {quoted} (in|to|into|with|using) (rot13|rot 13|rot - 13)",
        say: rot13,
    },
    Rule {
        pattern: "(encode|translate|put|turn) ({quoted}|{bare}) (in|to|into|with|using) (rot13|rot 13|rot - 13)",
        say: rot13,
    },
    Rule {
        pattern: "(caesar cipher|caesar shift|caesar|encode|encrypt|shift) {quoted} [with|using] [a] [caesar cipher|caesar] [with|by|,] [a|the] [shift of|shift|key|key of|by] {count}",
        say: caesar,
    },
    Rule {
        pattern: "[<what>] {quoted} (in|to|into) morse [code]",
        say: morse,
    },
    Rule {
        pattern: "(translate|put|turn|encode) {bare} (in|to|into) morse [code]",
        say: morse,
    },
    Rule {
        pattern: "<what> {bare} in morse [code]",
        say: morse_for,
    },
    Rule {
        pattern: "[<what>] [the] morse [code] (for|of) ({quoted}|{bare})",
        say: morse_for,
    },
];

/// Every Latin letter so many places on, round the alphabet; all else as it is.
fn shifted(text: &str, places: u8) -> String {
    let moved = |letter: u8, first: u8| first + (letter - first + places) % 26;
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' => char::from(moved(byte, b'a')),
            b'A'..=b'Z' => char::from(moved(byte, b'A')),
            _ => char::from(byte),
        })
        .collect()
}

fn rot13(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| text.is_ascii())?;
    Some(format!("\"{text}\" in ROT13 is \"{}\".", shifted(text, 13)))
}

/// Forward, which the answer says.
fn caesar(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0).filter(|text| text.is_ascii())?;
    let places = number::integer_in(found.number(0)?, 1..=25)?;
    let moved = shifted(text, u8::try_from(places).ok()?);
    Some(format!(
        "\"{text}\" shifted {places} forward is \"{moved}\"."
    ))
}

/// ITU-R M.1677-1: letters, then digits.
const MORSE: [&str; 36] = [
    ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--",
    "-.", "---", ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    "-----", ".----", "..---", "...--", "....-", ".....", "-....", "--...", "---..", "----.",
];

/// "morse code for beginners" is a book, and what "is used in morse code" are dots; a word in capitals or
/// between quotes is a text.
fn morse_for(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let shouted = text.len() > 1 && text.chars().all(|letter| letter.is_ascii_uppercase());
    let sample = ["sos", "hello"].contains(&text.as_str());
    let marked = operand::delimited(found).is_some() || operand::is_called_text(found);
    (shouted || sample || marked)
        .then(|| morse(found, context))
        .flatten()
}

fn morse(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| text.len() <= 60)?;
    let sign = |letter: char| {
        let index = match letter.to_ascii_lowercase() {
            letter @ 'a'..='z' => u32::from(letter) - u32::from('a'),
            digit @ '0'..='9' => u32::from(digit) - u32::from('0') + 26,
            _ => return None,
        };
        MORSE.get(usize::try_from(index).ok()?).copied()
    };
    let word = |word: &str| {
        let signs: Option<Vec<&str>> = word.chars().map(sign).collect();
        Some(signs?.join(" "))
    };
    let words: Option<Vec<String>> = text.split(' ').map(word).collect();
    Some(format!(
        "\"{text}\" in Morse code is {}",
        words?.join(" / ")
    ))
}
