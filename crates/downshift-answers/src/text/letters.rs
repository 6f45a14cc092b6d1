//! Letters and words: how many, which, in what order.

use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "how many {letter} <are> [there] in [the word|the name] {bare}",
        say: count_letter,
    },
    Rule {
        pattern: "how many times (does|do|is) {letter} (appear|occur|show up|come up|used|found) in [the word|the name] {bare}",
        say: count_letter,
    },
    Rule {
        pattern: "(count|count the number of|what is the number of|the number of|number of|count how many) {letter} <are> in [the word] {bare}",
        say: count_letter,
    },
    Rule {
        pattern: "how often does {letter} (appear|occur) in [the word] {bare}",
        say: count_letter,
    },
    Rule {
        pattern: "how many letters <are> [there] in {quoted}",
        say: count_letters,
    },
    Rule {
        pattern: "how many letters does {quoted} have",
        say: count_letters,
    },
    Rule {
        pattern: "how many characters <are> [there] in {quoted}",
        say: count_characters,
    },
    Rule {
        pattern: "(count the|what is the number of|count) letters in {quoted}",
        say: count_letters,
    },
    Rule {
        pattern: "(count the|what is the number of|count) characters in {quoted}",
        say: count_characters,
    },
    Rule {
        pattern: "[what is] [the] (length|character count) of {quoted}",
        say: count_characters,
    },
    Rule {
        pattern: "how long is {quoted}",
        say: count_characters,
    },
    Rule {
        pattern: "how many words <are> [there] in {quoted}",
        say: count_words,
    },
    Rule {
        pattern: "(count the|what is the number of|count) words in {quoted}",
        say: count_words,
    },
    Rule {
        pattern: "(count the words|word count|how many words) [in this|in this sentence|in the sentence|of|in] : {rest}",
        say: count_words,
    },
    Rule {
        pattern: "how many vowels <are> [there] in [the word] {bare}",
        say: count_vowels,
    },
    Rule {
        pattern: "(reverse|flip) {quoted}",
        say: reverse,
    },
    Rule {
        pattern: "reverse [this|the text|the string|this string|this text|the word|the sentence] : {rest}",
        say: reverse,
    },
    Rule {
        pattern: "(spell|write|say|how do you spell|how do you write|how is) {bare} <backwards>",
        say: reverse,
    },
    Rule {
        pattern: "what is {bare} (spelled|spelt|written) (backwards|backward|in reverse)",
        say: reverse,
    },
    Rule {
        pattern: "<what> {quoted} <backwards>",
        say: reverse,
    },
    Rule {
        pattern: "<what> [the] reverse of {quoted}",
        say: reverse,
    },
    Rule {
        pattern: "(uppercase|capitalize all of|upper case) {quoted}",
        say: upper,
    },
    Rule {
        pattern: "(make|put|change|turn|<what>) {quoted} (to|in|into|) [all] (uppercase|upper case|caps|capitals|capital letters)",
        say: upper,
    },
    Rule {
        pattern: "(lowercase|lower case) {quoted}",
        say: lower,
    },
    Rule {
        pattern: "(make|put|change|turn|<what>) {quoted} (to|in|into|) [all] (lowercase|lower case|small letters)",
        say: lower,
    },
    Rule {
        pattern: "(uppercase|convert to uppercase|to uppercase|make uppercase|make this uppercase) : {rest}",
        say: upper,
    },
    Rule {
        pattern: "(lowercase|convert to lowercase|to lowercase|make lowercase|make this lowercase) : {rest}",
        say: lower,
    },
    Rule {
        pattern: "<what> [the] {count} (letter|character) of [the word] {bare}",
        say: nth,
    },
    Rule {
        pattern: "<what> [the] (first|1 st) letter of [the word] {bare}",
        say: first,
    },
    Rule {
        pattern: "<what> [the] last letter of [the word] {bare}",
        say: last,
    },
    Rule {
        pattern: "(is|would) [the word] {bare} [be] a palindrome",
        say: palindrome,
    },
    Rule {
        pattern: "(are|is) [the words] {bare} (and|&) {bare} anagrams [of each other]",
        say: anagram,
    },
    Rule {
        pattern: "is [the word] {bare} an anagram of [the word] {bare}",
        say: anagram,
    },
    Rule {
        pattern: "(sort|alphabetize|alphabetise|order) [these|these words|the words|this list|the list] [alphabetically|in alphabetical order] : {rest}",
        say: sorted,
    },
    Rule {
        pattern: "(remove duplicates|remove the duplicates|deduplicate|dedupe) [from|in] [this list|the list|these|this] : {rest}",
        say: deduplicated,
    },
];

fn count_letter(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (letter, text) = (*found.letter(0)?, found.text(0)?);
    if text.chars().count() < 3 || !text.chars().all(|c| c.is_alphabetic() || " '-".contains(c)) {
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

fn said(count: usize, one: &str, text: &str) -> Option<String> {
    Some(format!(
        "\"{text}\" has {}.",
        figures::count(i64::try_from(count).ok()?, one)
    ))
}

fn count_letters(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
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
    let text = found.text(0)?;
    if !plain(text) {
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

/// Whether every character is one that everybody counts as one.
fn plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii() || (c.is_alphabetic() && u32::from(c) < 0x250))
}

fn count_words(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    let joined = text.contains(['-', '/', '–', '—']) || !plain(text);
    if joined {
        None
    } else {
        said(words, "word", text)
    }
}

fn count_vowels(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let lower = text.to_lowercase();
    if !text.is_ascii() || text.len() < 2 {
        return None;
    }
    let answer = said(
        lower.chars().filter(|c| "aeiou".contains(*c)).count(),
        "vowel",
        text,
    )?;
    Some(if lower.contains('y') {
        format!(
            "{}, counting a, e, i, o and u.",
            answer.trim_end_matches('.')
        )
    } else {
        answer
    })
}

fn reverse(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let reversed: String = text.chars().rev().collect();
    plain(text).then(|| format!("\"{text}\" backwards is \"{reversed}\"."))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn shown(text: String) -> Option<String> {
    Some(text)
}

fn upper(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    shown(found.text(0)?.to_uppercase())
}

fn lower(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    shown(found.text(0)?.to_lowercase())
}

fn nth(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let place = number::integer_in(found.number(0)?, 1..=200)?;
    at(
        text,
        usize::try_from(place).ok()?,
        &format!("letter {place}"),
    )
}

fn first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    at(found.text(0)?, 1, "first letter")
}

fn last(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
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

fn palindrome(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let letters = bare(text);
    if letters.len() < 2 || !plain(text) {
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
    if bare(first).len() < 2 || bare(first) == bare(second) {
        return None;
    }
    let same = sorted(first) == sorted(second);
    let (answer, not) = if same { ("Yes", "") } else { ("No", "not ") };
    Some(format!(
        "{answer}, \"{first}\" and \"{second}\" are {not}anagrams."
    ))
}

/// The items of a list with commas between them.
fn items(text: &str) -> Option<Vec<&str>> {
    let items: Vec<&str> = text
        .trim_end_matches('.')
        .split(',')
        .map(str::trim)
        .collect();
    let clear = items.len() >= 2
        && items.iter().all(|item| {
            !item.is_empty() && !item.starts_with("and ") && !item.contains(['"', ':', ';'])
        });
    clear.then_some(items)
}

fn sorted(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut items = items(found.text(0)?)?;
    // Numbers have another order than words.
    if items
        .iter()
        .any(|item| !item.starts_with(char::is_alphabetic))
    {
        return None;
    }
    items.sort_by_key(|item| crate::reading::fold_key(item));
    Some(items.join(", "))
}

fn deduplicated(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut seen: Vec<&str> = Vec::new();
    for item in items(found.text(0)?)? {
        if seen
            .iter()
            .any(|known| known.eq_ignore_ascii_case(item) && *known != item)
        {
            return None;
        }
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    Some(seen.join(", "))
}
