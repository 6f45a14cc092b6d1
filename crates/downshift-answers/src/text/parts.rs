//! Parts of a stated text: whether they are there, how often, without them, with others in their place.

use super::{operand, refers};
use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "does [the word] ({quoted}|{bare}) (contain|include) [a|an|the|any] [letter] {letter}",
        say: has_letter,
    },
    Rule {
        pattern: "does ({quoted}|the word {bare}) have [a|an|the|any] [letter] {letter}",
        say: has_letter,
    },
    Rule {
        pattern: "(is|are) there (a|an|any|the letter) [letter] {letter} in [the word] ({quoted}|{bare})",
        say: is_there,
    },
    Rule {
        pattern: "(how many times|how often) (does|do|is) [the word|the phrase] {quoted} (appear|occur|show up|come up|used|found) in [the sentence|the text|the string|the phrase|the following] [:] {quoted}",
        say: occurrences,
    },
    Rule {
        pattern: "(count|count the) (occurrences|number of times|instances) [of] {quoted} [appears|occurs] in {quoted}",
        say: occurrences,
    },
    Rule {
        pattern: "(remove|delete|strip|drop|take out) [all] [the] <kind> (from|in|out of) [the word|the string|the text|the phrase|the sentence] {quoted}",
        say: without_kind,
    },
    Rule {
        pattern: "(remove|delete|strip|drop|take out) [all] [every] [the] [letter|letters] {letter} (from|in|out of) [the word] ({quoted}|{bare})",
        say: without_letter,
    },
    Rule {
        pattern: "(replace|change|swap|substitute) [all] [every|each|the] [letter] {letter} (with|to|by|for|into) [an|a|the letter] {letter} in [the word|the string] ({quoted}|{bare})",
        say: replaced,
    },
    Rule {
        pattern: "<what> [the] (first|last) {count} (letters|characters|chars) (of|in) [the word] ({quoted}|{bare})",
        say: end_of,
    },
    Rule {
        pattern: "<count> (unique|distinct|different) letters [<are> [there]] in [the word] ({quoted}|{bare})",
        say: unique,
    },
    Rule {
        pattern: "<count> (spaces|digits|punctuation marks|capital letters|capitals|uppercase letters|upper case letters|lowercase letters|lower case letters|small letters) [<are> [there]] in [the word|the string|the text|the phrase|the sentence] {quoted}",
        say: count_kind,
    },
    Rule {
        pattern: "is {quoted} a pangram",
        say: pangram,
    },
    Rule {
        pattern: "[<what>] [the] (longest|shortest) word (in|of) [the sentence|the phrase|the text] {quoted}",
        say: extreme_word,
    },
    Rule {
        pattern: "(sort|alphabetize|alphabetise|order|arrange|put) [the] letters (of [the word] ({quoted}|{bare})|in {quoted}) [alphabetically|in alphabetical order]",
        say: sorted_letters,
    },
];

/// "does milk contain d" is about a vitamin.
fn has_letter(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    is_about_letters(found).then(|| contains(found)).flatten()
}

/// "is there an e in hydrogen"; "is there a k in a million" is about a thousand.
fn is_there(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let measured = refers::measured(found.text(0)?);
    (!measured || is_about_letters(found))
        .then(|| contains(found))
        .flatten()
}

fn contains(found: &Match<'_>) -> Option<String> {
    let (letter, text) = (*found.letter(0)?, operand::stated(found, 0)?);
    let plain = text.is_ascii() && letter.is_ascii() && text.len() > 1;
    if !plain {
        return None;
    }
    let count = text.to_lowercase().matches(letter).count();
    Some(if count > 0 {
        format!("Yes, \"{text}\" contains the letter {letter}.")
    } else {
        format!("No, \"{text}\" does not contain the letter {letter}.")
    })
}

/// Whether the question says that it is about letters or about a text: "remove d from laptop" is about a drive.
fn is_about_letters(found: &Match<'_>) -> bool {
    let said = found.has(&["letter", "letters", "'s"]);
    said || operand::delimited(found).is_some() || operand::is_called_text(found)
}

/// As a word and as a part of others, where the two differ.
fn occurrences(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (part, text) = (found.text(0)?, found.text(1)?);
    let (small, lower) = (part.to_lowercase(), text.to_lowercase());
    if !small.chars().any(char::is_alphanumeric) || !text.is_ascii() {
        return None;
    }
    let starts: Vec<usize> = lower.match_indices(&small).map(|(at, _)| at).collect();
    let edge = |character: Option<char>| !character.is_some_and(char::is_alphanumeric);
    let alone = starts.iter().filter(|at| {
        let before = lower
            .get(..**at)
            .and_then(|before| before.chars().next_back());
        let after = lower
            .get(**at + small.len()..)
            .and_then(|after| after.chars().next());
        edge(before) && edge(after)
    });
    let (words, all) = (count(alone.count())?, count(starts.len())?);
    // "aa" in "aaa" is there once or twice.
    let overlaps = small.len() > 1
        && small
            .chars()
            .skip(1)
            .any(|letter| small.starts_with(letter));
    let times = |count| figures::count(count, "time");
    match (words == all, overlaps) {
        (true, false) => Some(format!("\"{part}\" appears {} in the text.", times(all))),
        (false, false) => Some(format!(
            "\"{part}\" appears {} as a word, {} with parts of other words.",
            times(words),
            times(all)
        )),
        _ => None,
    }
}

fn count(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Whether a character is of a kind.
type IsKind = fn(char) -> bool;

/// Which characters a question names by their kind, and what to call one of them.
fn kind(found: &Match<'_>) -> Option<(IsKind, &'static str)> {
    const KINDS: &[(&[&str], IsKind, &str)] = &[
        (&["spaces", "whitespace"], |c| c == ' ', "space"),
        (&["vowels"], |c| "aeiouAEIOU".contains(c), "vowel"),
        (&["digits", "numbers"], |c| c.is_ascii_digit(), "digit"),
        (
            &["punctuation", "punctuation marks"],
            |c| c.is_ascii_punctuation(),
            "punctuation mark",
        ),
        (
            &["capital", "capitals", "uppercase", "upper"],
            char::is_uppercase,
            "capital letter",
        ),
        (
            &["lowercase", "lower", "small"],
            char::is_lowercase,
            "lower-case letter",
        ),
    ];
    let mut kinds = KINDS.iter();
    let (_, is, one) = kinds.find(|(names, ..)| found.has(names))?;
    Some((*is, *one))
}

fn without_kind(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (is, _) = kind(found)?;
    let text = found.text(0)?;
    let left: String = text.chars().filter(|letter| !is(*letter)).collect();
    (!left.is_empty() && plain(text)).then_some(left)
}

fn count_kind(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (is, one) = kind(found)?;
    let text = found.text(0).filter(|text| plain(text))?;
    let number = count(text.chars().filter(|letter| is(*letter)).count())?;
    Some(format!("\"{text}\" has {}.", figures::count(number, one)))
}

fn plain(text: &str) -> bool {
    text.is_ascii() && !text.contains(|c: char| c.is_control())
}

fn without_letter(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (letter, text) = (*found.letter(0)?, operand::stated(found, 0)?);
    let left: String = text
        .chars()
        .filter(|known| !known.eq_ignore_ascii_case(&letter))
        .collect();
    let clear = plain(text) && !left.is_empty() && is_about_letters(found);
    clear.then(|| format!("\"{text}\" without {letter} is \"{left}\"."))
}

/// Small letters only: what becomes of large ones is not said.
fn replaced(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (old, new) = (*found.letter(0)?, *found.letter(1)?);
    let text = operand::stated(found, 0)?;
    let clear = plain(text)
        && old != new
        && !text.contains(|c: char| c.is_uppercase())
        && is_about_letters(found);
    let now = text.replace(old, &new.to_string());
    (clear && now != text).then(|| format!("\"{text}\" becomes \"{now}\"."))
}

fn end_of(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| plain(text) && !text.contains(' '))?;
    let taken = usize::try_from(number::integer_in(found.number(0)?, 1..=200)?).ok()?;
    let from = text.len().checked_sub(taken).filter(|from| *from > 0)?;
    let (part, side) = if found.has(&["first"]) {
        (text.get(..taken)?, "first")
    } else {
        (text.get(from..)?, "last")
    };
    let letters = figures::count(count(taken)?, "letter");
    Some(format!(
        "\"{part}\" are the {side} {letters} of \"{text}\"."
    ))
    .filter(|_| taken > 1 && text.chars().all(char::is_alphabetic))
}

fn unique(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| plain(text) && text.len() > 1)?;
    if operand::delimited(found).is_none() && refers::language(text) {
        return None;
    }
    let letters = distinct(text).len();
    Some(format!(
        "\"{text}\" has {}.",
        figures::count(count(letters)?, "different letter")
    ))
}

fn distinct(text: &str) -> std::collections::BTreeSet<char> {
    text.to_lowercase()
        .chars()
        .filter(char::is_ascii_lowercase)
        .collect()
}

fn pangram(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0).filter(|text| plain(text))?;
    let letters = distinct(text);
    let missing: Vec<String> = ('a'..='z')
        .filter(|letter| !letters.contains(letter))
        .map(String::from)
        .collect();
    Some(if missing.is_empty() {
        "Yes, it is a pangram: every letter from a to z is in it.".to_owned()
    } else {
        let lacks = figures::listed(&missing);
        format!("No, it is not a pangram: it lacks {lacks}.")
    })
}

/// Two words of the same length are no answer.
fn extreme_word(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0).filter(|text| plain(text))?;
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .collect();
    let clear = words.len() > 1
        && words
            .iter()
            .all(|word| word.chars().all(char::is_alphabetic));
    let longest = found.has(&["longest"]);
    let lengths = words
        .iter()
        .map(|word| word.len())
        .filter(|length| *length > 0);
    let length = if longest {
        lengths.max()?
    } else {
        lengths.min()?
    };
    let mut of_length = words.iter().filter(|word| word.len() == length);
    let word = of_length.next()?;
    let alone = of_length.all(|other| other.eq_ignore_ascii_case(word));
    let side = if longest { "longest" } else { "shortest" };
    (clear && alone).then(|| {
        let letters = count(length).map(|length| figures::count(length, "letter"));
        format!(
            "\"{word}\" is the {side} word ({}).",
            letters.unwrap_or_default()
        )
    })
}

fn sorted_letters(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let plain = text.bytes().all(|letter| letter.is_ascii_lowercase()) && text.len() > 2;
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    let sorted: String = letters.into_iter().collect();
    plain.then(|| format!("The letters of \"{text}\" in order are \"{sorted}\"."))
}
