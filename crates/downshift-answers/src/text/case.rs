//! A stated text in other cases: upper, lower, title, and those of programming languages.

use super::operand;
use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(uppercase|upper case|upcase|capitalize all of|capitalise all of) <given>",
        say: upper,
    },
    Rule {
        pattern: "[<turn>] <given> (to|in|into|as|) [all] <upper>",
        say: upper,
    },
    Rule {
        pattern: "<turn> {bare} (to|in|into) [all] <upper>",
        say: upper_word,
    },
    Rule {
        pattern: "(convert|change|turn|put|make|write|) [this|the following|these] [text] (to|into|in|) [all] <upper> <given>",
        say: upper,
    },
    Rule {
        pattern: "(uppercase|upcase) {bare}",
        say: upper_word,
    },
    Rule {
        pattern: "(lowercase|downcase) {bare}",
        say: lower_word,
    },
    Rule {
        pattern: "(capitalize|capitalise) {bare}",
        say: capital_word,
    },
    Rule {
        pattern: "(lowercase|lower case|downcase) <given>",
        say: lower,
    },
    Rule {
        pattern: "[<turn>] <given> (to|in|into|as|) [all] <lower>",
        say: lower,
    },
    Rule {
        pattern: "<turn> {bare} (to|in|into) [all] <lower>",
        say: lower_word,
    },
    Rule {
        pattern: "(convert|change|turn|put|make|write|) [this|the following|these] [text] (to|into|in|) [all] <lower> <given>",
        say: lower,
    },
    Rule {
        pattern: "(capitalize|capitalise|title case|titlecase) <given>",
        say: title,
    },
    Rule {
        pattern: "[<turn>] <given> (to|in|into|as) (title case|titlecase)",
        say: title,
    },
    Rule {
        pattern: "[<turn>] <name> (to|in|into|as|) (snake case|snake - case|snake _ case|snakecase|lower snake case)",
        say: snake,
    },
    Rule {
        pattern: "[<turn>] <name> (to|in|into|as|) (kebab case|kebab - case|kebabcase|dash case)",
        say: kebab,
    },
    Rule {
        pattern: "[<turn>] <name> (to|in|into|as|) (camel case|camel - case|camelcase|lower camel case)",
        say: camel,
    },
    Rule {
        pattern: "[<turn>] <name> (to|in|into|as|) (pascal case|pascal - case|pascalcase|upper camel case)",
        say: pascal,
    },
    Rule {
        pattern: "[<turn>] <name> (to|in|into|as) (constant case|screaming snake case|upper snake case)",
        say: constant,
    },
    Rule {
        pattern: "(snake case|snakecase) <given>",
        say: snake,
    },
    Rule {
        pattern: "(camel case|camelcase) <given>",
        say: camel,
    },
    Rule {
        pattern: "(kebab case) <given>",
        say: kebab,
    },
    Rule {
        pattern: "[<what>] [the] (snake case|snakecase|snake _ case) [version|form|name] (for|of) <given>",
        say: snake,
    },
    Rule {
        pattern: "[<what>] [the] (camel case|camelcase) [version|form|name] (for|of) <given>",
        say: camel,
    },
    Rule {
        pattern: "[<what>] [the] (kebab case|kebab - case) [version|form|name] (for|of) <given>",
        say: kebab,
    },
    Rule {
        pattern: "[<what>] [the] (pascal case|pascalcase) [version|form|name] (for|of) <given>",
        say: pascal,
    },
    Rule {
        pattern: "(slugify|slugify this|slug for|make a slug (for|from|of)|url slug for|create a slug (for|from)|[what is] the slug for|slug of) <given>",
        say: slug,
    },
    Rule {
        pattern: "<turn> <given> (into|to) a (slug|url slug)",
        say: slug,
    },
];

/// What is said is the text itself.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn shown(text: String) -> Option<String> {
    Some(text)
}

/// Letters whose other case is one in Turkish and another elsewhere.
const TURKISH: [char; 2] = ['İ', 'ı'];

fn upper(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| !text.contains(TURKISH))?;
    shown(text.to_uppercase())
}

fn lower(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0).filter(|text| !text.contains(TURKISH))?;
    shown(text.to_lowercase())
}

/// An unquoted word names a thing as often as itself ("convert names to uppercase").
fn is_sample(text: &str) -> bool {
    ["hello", "world", "foo", "bar", "foobar", "abc", "xyz"].contains(&text.to_lowercase().as_str())
}

pub(super) fn upper_word(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let named = operand::delimited(found).is_some() || is_sample(text);
    named.then(|| upper(found, context)).flatten()
}

fn lower_word(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let shouted = text.len() > 3 && text.chars().all(char::is_uppercase);
    let named = operand::delimited(found).is_some() || is_sample(text) || shouted;
    named.then(|| lower(found, context)).flatten()
}

fn capital_word(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let text = found.text(0)?;
    let named = operand::delimited(found).is_some() || is_sample(text);
    named.then(|| title(found, context)).flatten()
}

/// Every word with a large first letter but the few that every style writes small. On other small
/// words styles differ, so those are passed on.
fn title(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    const SMALL: &[&str] = &[
        "a", "an", "and", "as", "at", "but", "by", "en", "for", "from", "if", "in", "into", "nor",
        "of", "off", "on", "onto", "or", "out", "over", "per", "so", "than", "the", "to", "up",
        "upon", "v", "via", "vs", "with", "yet",
    ];
    let text = operand::stated(found, 0)?;
    let words: Vec<&str> = text.split(' ').collect();
    let clear = words.iter().enumerate().all(|(place, word)| {
        let edge = place == 0 || place + 1 == words.len() || ALWAYS_SMALL.contains(word);
        let small = SMALL.contains(&word.to_lowercase().as_str());
        let letters = word
            .chars()
            .all(|c| c.is_alphabetic() || ",.!?".contains(c));
        letters && word.starts_with(char::is_alphabetic) && (edge || !small)
    });
    // A small word is large again where a new sentence begins.
    let clear = clear
        && !text
            .trim_end_matches(['.', '!', '?'])
            .contains(['.', '!', '?']);
    // "Capitalize hello world" may ask for one large letter or for two.
    let whole_word = words.len() == 1 || found.reading.tokens.iter().any(|token| token.is("title"));
    if !clear || !whole_word || text.chars().any(char::is_uppercase) {
        return None;
    }
    let inside = 1..words.len().saturating_sub(1);
    let large: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(place, word)| {
            if inside.contains(&place) && ALWAYS_SMALL.contains(word) {
                (*word).to_owned()
            } else {
                crate::figures::capitalised(word)
            }
        })
        .collect();
    Some(large.join(" "))
}

/// What every style of title case writes small inside a title.
const ALWAYS_SMALL: &[&str] = &["a", "an", "the", "and", "but", "or", "of", "at"];

/// Words in lower case with hyphens; marks inside words are dropped in one tool and split at in another.
fn slug(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let text = operand::stated(found, 0)?;
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()))
        .filter(|word| !word.is_empty())
        .collect();
    let clear = text.len() <= 200
        && words.len() > 1
        && words
            .iter()
            .all(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    clear.then(|| words.join("-").to_lowercase())
}

/// The words of a name, in lower case; they end at spaces, `_`, `-` and before a large letter.
fn parts(found: &Match<'_>) -> Option<Vec<String>> {
    let text = operand::stated(found, 0)?;
    let is_name = text.len() <= 200
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || " _-".contains(c));
    let compound = text.contains([' ', '_', '-'])
        || text
            .char_indices()
            .any(|(at, c)| at > 0 && c.is_ascii_uppercase());
    if !is_name || !(compound || operand::delimited(found).is_some()) {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut words = vec![String::new()];
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(at + 1);
        let hump = character.is_ascii_uppercase()
            && (before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                || (before.is_some_and(char::is_ascii_uppercase)
                    && after.is_some_and(char::is_ascii_lowercase)));
        if hump || " _-".contains(*character) {
            words.push(String::new());
        }
        if character.is_ascii_alphanumeric() {
            words.last_mut()?.push(character.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    (!words.is_empty()).then_some(words)
}

fn snake(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some(parts(found)?.join("_"))
}

fn kebab(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some(parts(found)?.join("-"))
}

fn constant(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some(parts(found)?.join("_").to_uppercase())
}

fn pascal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let large = |word: &String| crate::figures::capitalised(word);
    Some(parts(found)?.iter().map(large).collect())
}

fn camel(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let words = parts(found)?;
    let (first, rest) = words.split_first()?;
    let rest = rest.iter().map(|word| crate::figures::capitalised(word));
    Some(std::iter::once(first.clone()).chain(rest).collect())
}
