//! Letters and words: how many, which, in what order.

use super::{operand, refers};
use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "how many {letter} <are> [there] in [the word|the name] ({quoted}|{bare})",
        say: count_letter,
    },
    Rule {
        pattern: "how many {letter} (does|do) [the word] ({quoted}|{bare}) (have|contain|has)",
        say: count_letter,
    },
    Rule {
        pattern: "how many times (does|do|is) {letter} (appear|occur|show up|come up|used|found) in [the word|the name] ({quoted}|{bare})",
        say: count_letter,
    },
    Rule {
        pattern: "(count|count the number of|what is the number of|the number of|number of|count how many|count all|count the|count the occurrences of|count occurrences of) {letter} <are> in [the word|the name] ({quoted}|{bare})",
        say: count_letter,
    },
    Rule {
        pattern: "how often does {letter} (appear|occur) in [the word] ({quoted}|{bare})",
        say: count_letter,
    },
    Rule {
        pattern: "<count> letters [<are> [there]] in <given>",
        say: count_letters,
    },
    Rule {
        pattern: "how many letters (does|do) {quoted} (have|contain)",
        say: count_letters,
    },
    Rule {
        pattern: "<count> letters [<are> [there]] in {bare}",
        say: count_letters_of_word,
    },
    Rule {
        pattern: "how many letters does {bare} (have|contain)",
        say: count_letters_if_long,
    },
    Rule {
        pattern: "<count> (characters|chars) [<are> [there]] in <given>",
        say: count_characters,
    },
    Rule {
        pattern: "how many (characters|chars) (does|do) {quoted} (have|contain)",
        say: count_characters,
    },
    Rule {
        pattern: "[what is] [the] (length|character count|string length|char count) (of|for) <given>",
        say: count_characters,
    },
    Rule {
        pattern: "(character count|char count|count characters|count the characters) <given>",
        say: count_characters,
    },
    Rule {
        pattern: "how long is {quoted}",
        say: length,
    },
    Rule {
        pattern: "<count> (bytes|utf8 bytes|utf - 8 bytes) [<are> [there]] in <given>",
        say: count_bytes,
    },
    Rule {
        pattern: "<count> words [<are> [there]] in <given>",
        say: count_words,
    },
    Rule {
        pattern: "(count the words|count words|word count|how many words|what is the word count|number of words) [of|in|for|] <given>",
        say: count_words,
    },
    Rule {
        pattern: "<count> vowels [<are> [there]] in [the word] ({quoted}|{bare})",
        say: count_vowels,
    },
    Rule {
        pattern: "<count> consonants [<are> [there]] in [the word] ({quoted}|{bare})",
        say: count_consonants,
    },
    Rule {
        pattern: "(reverse|flip) <given>",
        say: reverse,
    },
    Rule {
        pattern: "(spell|write|say|type|how do you spell|how do you write|how is|how do you say) ({quoted}|{bare}) <backwards>",
        say: reverse,
    },
    Rule {
        pattern: "what is ({quoted}|{bare}) (spelled|spelt|written) (backwards|backward|in reverse)",
        say: reverse,
    },
    Rule {
        pattern: "what is [the word] {bare} (backwards|backward)",
        say: reverse_word,
    },
    Rule {
        pattern: "[<what>] <given> <backwards>",
        say: reverse,
    },
    Rule {
        pattern: "<what> [the] reverse of <given>",
        say: reverse,
    },
    Rule {
        pattern: "<what> [the] {count} (letter|character) (of|in) [the word] ({quoted}|{bare})",
        say: nth,
    },
    Rule {
        pattern: "<what> [the] (letter|character) (at position|in position|number) {count} (of|in) [the word] ({quoted}|{bare})",
        say: nth,
    },
    Rule {
        pattern: "(what|which) (letter|character) is (at|in) position {count} (of|in) [the word] ({quoted}|{bare})",
        say: nth,
    },
    Rule {
        pattern: "<what> [the] (first|1 st) (letter|character) (of|in) [the word] ({quoted}|{bare})",
        say: first,
    },
    Rule {
        pattern: "<what> [the] {word} (letter|character) (of|in) [the word] ({quoted}|{bare})",
        say: nth_in_words,
    },
    Rule {
        pattern: "<what> [the] last (letter|character) (of|in) [the word] ({quoted}|{bare})",
        say: last,
    },
    Rule {
        pattern: "(is|would) [the word|the phrase] ({quoted}|{bare}) [be] a palindrome",
        say: palindrome,
    },
    Rule {
        pattern: "(palindrome check|check palindrome|is this a palindrome|is it a palindrome) : ({quoted}|{rest})",
        say: palindrome,
    },
    Rule {
        pattern: "(are|is) [the words] ({quoted}|{bare}) (and|&) ({quoted}|{bare}) anagrams [of each other]",
        say: anagram,
    },
    Rule {
        pattern: "is [the word] ({quoted}|{bare}) an anagram (of|for) [the word] ({quoted}|{bare})",
        say: anagram,
    },
];

fn count_letter(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (letter, text) = (*found.letter(0)?, found.text(0)?);
    // An accented letter is the same letter to some and another to others.
    if text.len() < 3 || !text.is_ascii() || text.len() > 200 {
        return None;
    }
    let called = found
        .reading
        .tokens
        .iter()
        .any(|t| t.is("word") || t.is("name"));
    if !called && (refers::elsewhere(text) || refers::measured(text)) {
        return None;
    }
    // "how many m in mile" may be about metres.
    if crate::unit::named(&letter.to_string()).is_some()
        && crate::unit::named(&text.to_lowercase()).is_some()
    {
        return None;
    }
    let lower = text.to_lowercase();
    let count = lower
        .chars()
        .filter(|character| *character == letter)
        .count();
    Some(match count {
        0 => format!("There is no {letter} in \"{text}\"."),
        1 => format!("There is 1 {letter} in \"{text}\"."),
        _ => format!("There are {count} {letter}'s in \"{text}\"."),
    })
}

/// "\"banana\" has 6 letters.", or the count alone when the text is too long to be said again.
fn said(count: usize, one: &str, text: &str) -> Option<String> {
    let count = figures::count(i64::try_from(count).ok()?, one);
    Some(if text.len() > 120 || text.contains('\n') {
        format!("The text has {count}.")
    } else {
        format!("\"{text}\" has {count}.")
    })
}

/// An unquoted word; "how many letters in spanish" is about an alphabet.
fn count_letters_of_word(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let word = text.chars().all(char::is_alphabetic) && text.chars().count() > 2;
    let alone = operand::delimited(found).is_some() || (word && !refers::language(text));
    alone.then(|| count_letters(found, context)).flatten()
}

/// "how many letters does anna have" may be about her post; nobody writes to antidisestablishmentarianism.
fn count_letters_if_long(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let long = found.text(0)?.chars().count() >= refers::LONG;
    (long || operand::delimited(found).is_some())
        .then(|| count_letters_of_word(found, context))
        .flatten()
}

/// Without the word for what it is, "how long is "Titanic"" is about a film.
fn length(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    operand::is_called_text(found)
        .then(|| count_characters(found, context))
        .flatten()
}

fn count_bytes(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let answer = said(text.len(), "byte", text)?;
    Some(format!("{} in UTF-8.", answer.trim_end_matches('.')))
}

pub(super) fn count_letters(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| sentence_alone(text))?;
    said(
        text.chars()
            .filter(|character| character.is_alphabetic())
            .count(),
        "letter",
        text,
    )
}

/// Characters as Unicode counts them; texts with marks that join are counted in two ways, so not here.
fn count_characters(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    // The characters of "Hamlet" are people.
    let other = refers::titled(text) && !operand::is_called_text(found);
    if other || !plain(text) || text.contains('\n') {
        return None;
    }
    let count = text.chars().count();
    let spaces = text.chars().filter(|character| *character == ' ').count();
    let answer = said(count, "character", text)?;
    Some(match spaces {
        0 => answer,
        _ => format!(
            "{}, or {} without spaces.",
            answer.trim_end_matches('.'),
            count - spaces
        ),
    })
}

/// Whether a text is one sentence or less, so that no words of the question stand behind it.
fn sentence_alone(text: &str) -> bool {
    !text
        .trim_end_matches(['.', '!', '?'])
        .contains(['.', '!', '?', ';', '\n'])
}

/// Whether every character is one that everybody counts as one.
fn plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii() || (c.is_alphabetic() && u32::from(c) < 0x250))
}

fn count_words(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    let joined = text.contains(['-', '/', '–', '—']) || !plain(text);
    let titled = (refers::titled(text) || words < 2) && !operand::is_called_text(found);
    if joined || titled {
        None
    } else {
        said(words, "word", text)
    }
}

fn count_vowels(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (vowels, _) = sounds(found)?;
    let text = found.text(0)?;
    let answer = said(vowels, "vowel", text)?;
    Some(counting(&answer, text))
}

fn count_consonants(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (_, consonants) = sounds(found)?;
    let text = found.text(0)?;
    let answer = said(consonants, "consonant", text)?;
    Some(counting(&answer, text))
}

/// Which letters were taken for vowels, where that makes a difference.
fn counting(answer: &str, text: &str) -> String {
    if text.contains(['y', 'Y']) {
        let start = answer.trim_end_matches('.');
        return format!("{start}, with a, e, i, o and u as the vowels.");
    }
    answer.to_owned()
}

/// How many vowels and how many consonants.
fn sounds(found: &Match<'_>) -> Option<(usize, usize)> {
    let text = operand::stated(found, 0)?;
    let called = found.reading.tokens.iter().any(|token| token.is("word"));
    let marked = operand::delimited(found).is_some() || called;
    if !text.is_ascii() || text.len() < 2 || (refers::language(text) && !marked) {
        return None;
    }
    let letters = text.chars().filter(char::is_ascii_alphabetic);
    let (vowels, consonants): (Vec<char>, Vec<char>) =
        letters.partition(|letter| "aeiouAEIOU".contains(*letter));
    Some((vowels.len(), consonants.len()))
}

pub(super) fn reverse(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| sentence_alone(text))?;
    if !plain(text) || text.contains(char::is_control) {
        return None;
    }
    let reversed: String = text.chars().rev().collect();
    Some(format!("\"{text}\" backwards is \"{reversed}\"."))
}

/// "what is running backwards" may be about a way to run.
fn reverse_word(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let marked = operand::delimited(found).is_some() || operand::is_called_text(found);
    (marked || !text.to_lowercase().ends_with("ing"))
        .then(|| reverse(found, context))
        .flatten()
}

fn nth(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let place = number::integer_in(found.number(0)?, 1..=200)?;
    at(
        text,
        usize::try_from(place).ok()?,
        &format!("letter {place}"),
    )
}

/// "The fifth letter"; "first" and "last" have sentences of their own.
fn nth_in_words(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let word = found.word(0)?.as_str();
    let text = operand::stated(found, 0)?;
    match word {
        "first" => first(found, context),
        "last" => last(found, context),
        _ => {
            let named = number::ORDINALS.iter().position(|known| *known == word);
            let place = named.map(|place| place + 1).or_else(|| word.parse().ok())?;
            at(text, place, &format!("letter {place}"))
        }
    }
}

fn first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    at(operand::stated(found, 0)?, 1, "first letter")
}

fn last(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    at(text, text.chars().count(), "last letter")
}

fn at(text: &str, place: usize, name: &str) -> Option<String> {
    let letter = text.chars().nth(place.checked_sub(1)?)?;
    let only_letters = text.chars().all(char::is_alphabetic) && plain(text) && text.len() > 1;
    let article = if name.starts_with("letter") {
        ""
    } else {
        "the "
    };
    let sentence = format!("{article}{name} of \"{text}\" is {letter}.");
    only_letters.then(|| figures::capitalised(&sentence))
}

/// The letters and digits alone, in lower case.
fn bare(text: &str) -> Vec<char> {
    text.to_lowercase()
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect()
}

pub(super) fn palindrome(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let letters = bare(text);
    if letters.len() < 2 || !plain(text) || text.len() > 500 {
        return None;
    }
    let same = letters.iter().eq(letters.iter().rev());
    let (answer, not) = if same { ("Yes", "") } else { ("No", "not ") };
    Some(format!("{answer}, \"{text}\" is {not}a palindrome."))
}

fn anagram(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second) = (found.text(0)?, found.text(1)?);
    let sorted = |text: &str| {
        let mut letters = bare(text);
        letters.sort_unstable();
        letters
    };
    let pointing = refers::elsewhere(first) || refers::elsewhere(second);
    let plain = plain(first) && plain(second) && first.len() + second.len() < 200;
    if bare(first).len() < 2 || bare(first) == bare(second) || pointing || !plain {
        return None;
    }
    let same = sorted(first) == sorted(second);
    let (answer, not) = if same { ("Yes", "") } else { ("No", "not ") };
    Some(format!(
        "{answer}, \"{first}\" and \"{second}\" are {not}anagrams."
    ))
}
