//! The English alphabet, the code numbers of characters, and alphabets that spell letter by letter.

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
    reading::Reading,
};

use super::operand;

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(what|which) letter (comes|is|goes) [right|directly|immediately] (after|following) {letter} [in the [english] alphabet]",
        say: |found, _| neighbour(found, 1),
    },
    Rule {
        pattern: "(what|which) letter (comes|is|goes) [right|directly|immediately] before {letter} [in the [english] alphabet]",
        say: |found, _| neighbour(found, -1),
    },
    Rule {
        pattern: "<what> [the] {word} letter (of|in) the [english] alphabet",
        say: in_words,
    },
    Rule {
        pattern: "(what|which) (letter|letter of the alphabet) is number {count} [in the [english] alphabet]",
        say: |found, _| {
            let place = number::integer_in(found.number(0)?, 1..=26)?;
            placed(usize::try_from(place).ok()?)
        },
    },
    Rule {
        pattern: "(what number|which number|what position|what place) (is {letter} in the [english] alphabet|in the [english] alphabet is {letter})",
        say: place_of,
    },
    Rule {
        pattern: "(what number|which number) (letter of the [english] alphabet|letter in the [english] alphabet|letter) is {letter} [in the [english] alphabet]",
        say: place_of,
    },
    Rule {
        pattern: "<what> [the] (position|number) of {letter} in the [english] alphabet",
        say: place_of,
    },
    Rule {
        pattern: "<count> letters [<are> [there]] in the [english] alphabet",
        say: |_, _| Some("The English alphabet has 26 letters.".to_owned()),
    },
    Rule {
        pattern: "<what> [the] (ascii|ascii code|ascii value|ascii number|ascii code number|decimal ascii value) (of|for) <sign>",
        say: ascii,
    },
    Rule {
        pattern: "(ascii|ascii code|ascii value) (of|for) <sign>",
        say: ascii,
    },
    Rule {
        pattern: "(what|which) (character|letter|char|symbol) (is|has|does|corresponds to) [the] (ascii|ascii code|ascii value|ascii number) {count} [represent|stand for]",
        say: from_ascii,
    },
    Rule {
        pattern: "(what is|what s|) ascii [code|value|character|number] {count} [as a character|in text]",
        say: from_ascii,
    },
    Rule {
        pattern: "<what> [the] (unicode code point|unicode codepoint|code point|codepoint|unicode|unicode number|unicode value) (of|for) <sign>",
        say: code_point,
    },
    Rule {
        pattern: "(unicode code point|unicode codepoint|code point|codepoint) (of|for) <sign>",
        say: code_point,
    },
    Rule {
        pattern: "spell [out] ({quoted}|{bare}) (in|using|with) [the] <nato>",
        say: nato,
    },
    Rule {
        pattern: "how do you spell ({quoted}|{bare}) in [the] <nato>",
        say: nato,
    },
    Rule {
        pattern: "<what> ({quoted}|{bare}) in [the] <nato>",
        say: nato_if_marked,
    },
    Rule {
        pattern: "[<what>] [the] <nato> [spelling] (for|of) ({quoted}|{bare})",
        say: nato_if_marked,
    },
];

fn place(letter: char) -> Option<usize> {
    ('a'..='z').position(|known| known == letter)
}

fn at(index: usize) -> Option<char> {
    ('A'..='Z').nth(index)
}

fn neighbour(found: &Match<'_>, step: isize) -> Option<String> {
    let letter = place(*found.letter(0)?)?;
    let next = at(letter.checked_add_signed(step)?)?;
    let side = if step > 0 { "after" } else { "before" };
    Some(format!(
        "{next} comes {side} {} in the alphabet.",
        at(letter)?
    ))
}

fn placed(place: usize) -> Option<String> {
    let letter = at(place.checked_sub(1)?)?;
    let ordinal = figures::ordinal(u32::try_from(place).ok()?);
    Some(format!(
        "{letter} is the {ordinal} letter of the English alphabet."
    ))
}

fn in_words(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let word = found.word(0)?.as_str();
    if word == "last" {
        return placed(26);
    }
    if let Ok(place) = word.parse() {
        return placed(place);
    }
    placed(number::ORDINALS.iter().position(|known| *known == word)? + 1)
}

fn place_of(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    placed(place(*found.letter(0)?)? + 1)
}

/// The one character that the question is about, as it was typed: the last of it.
fn sign(found: &Match<'_>) -> Option<char> {
    let reading: &Reading = found.reading;
    let last = || {
        let mut tokens = reading.tokens.iter().rev();
        let last = tokens.find(|token| !matches!(token.text.as_str(), "'" | "\"" | "`"))?;
        Some(last.typed.as_str())
    };
    let text = found.text(0).map(String::as_str).or_else(last)?;
    let mut characters = text.chars();
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

fn ascii(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let sign = sign(found).filter(char::is_ascii_graphic)?;
    Some(format!(
        "{} is the ASCII code of \"{sign}\".",
        u32::from(sign)
    ))
}

fn from_ascii(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let code = number::integer_in(found.number(0)?, 33..=126)?;
    let sign = char::from(u8::try_from(code).ok()?);
    Some(format!("\"{sign}\" is ASCII {code}."))
}

fn code_point(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let sign = sign(found).filter(|sign| !sign.is_whitespace() && !sign.is_control())?;
    let code = u32::from(sign);
    Some(format!(
        "U+{code:04X} is the code point of \"{sign}\" ({code} in decimal)."
    ))
}

/// ICAO Annex 10, volume II, in the spelling of the standard.
const NATO: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett",
    "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango",
    "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
];

/// "the nato alphabet for fun" spells nothing: capitals, quotes and one letter are spelled, and three letters where
/// it is not the alphabet that is asked for.
fn nato_if_marked(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let shouted = text.chars().all(|letter| letter.is_ascii_uppercase());
    let marked = operand::delimited(found).is_some() || operand::is_called_text(found);
    let short = if found.has(&["alphabet"]) { 1 } else { 3 };
    (shouted || marked || text.len() <= short)
        .then(|| nato(found, context))
        .flatten()
}

fn nato(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let lower = text.to_lowercase();
    let plain = lower.chars().all(|letter| letter.is_ascii_lowercase());
    let words: Option<Vec<&str>> = lower
        .chars()
        .map(|letter| NATO.get(place(letter)?).copied())
        .collect();
    (plain && lower.len() <= 40)
        .then(|| Some(format!("\"{text}\" is {}.", words?.join(" "))))
        .flatten()
}
