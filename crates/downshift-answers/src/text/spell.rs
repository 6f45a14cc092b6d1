//! How a word is spelled, when it is known that it was typed as it is spelled.
//!
//! A question about the spelling of a word holds the asker's guess; only a guess that stands in
//! the list of words is the answer, and nothing is corrected.

use std::sync::LazyLock;

use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "(how do you spell|how do i spell|how do u spell|how to spell|how would you spell|how do we spell|how can i spell|how should i spell|how is it you spell|spell out|spelling of|<what> [the] [correct|right|proper] (spelling of|spelling for|way to spell)|[correct|right|proper] spelling of) [the word] ({quoted}|{bare}) [correctly|properly]",
        say: spelled,
    },
    Rule {
        pattern: "how (is|do you) [the word] ({quoted}|{bare}) (spelled|spelt|written|spell)",
        say: spelled,
    },
    Rule {
        pattern: "how [do] you spell [the word] ({quoted}|{bare}) in english",
        say: spelled,
    },
    Rule {
        pattern: "spell [the word] {quoted} [for me|correctly|out]",
        say: spelled,
    },
    Rule {
        pattern: "spell {bare} [correctly|letter by letter]",
        say: order,
    },
];

static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../data/words.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect()
});

fn spelled(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let word = found.text(0)?;
    let lower = word.to_ascii_lowercase();
    WORDS.binary_search(&lower.as_str()).ok()?;
    let letters: Vec<String> = lower.chars().map(String::from).collect();
    (lower.len() > 2).then(|| format!("\"{word}\" is spelled {}.", letters.join("-")))
}

/// However it was asked; "spell" in front is an order, and the words beside it may make a noun.
pub(super) fn asked(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let word = found.text(0)?.to_lowercase();
    if is_noun(&word) || super::refers::elsewhere(&word) || found.has(&["backwards", "many"]) {
        return None;
    }
    // "write hello" is another order than "how is hello written".
    let writes = found.has(&["write"]) && !found.has(&["how"]);
    (!writes).then(|| spelled(found, context)).flatten()
}

fn is_noun(word: &str) -> bool {
    NOUNS
        .lines()
        .any(|line| line.split(' ').any(|known| known == word))
}

/// "Spell casting" is a noun.
fn order(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let word = found.text(0)?.to_lowercase();
    if is_noun(&word) || super::refers::elsewhere(&word) {
        return None;
    }
    spelled(found, context)
}

/// Words that make a noun of "spell", or say how to spell and not what.
const NOUNS: &str = "\
attack binder binding book books bound break breaker cast caster casting check checker checking
components correction craft damage disaster doom effects effect focus jar list lists name names
numbers points power reading save school schools scroll scrolls slot slots sword tower trouble weaver
work right wrong correctly out better well everything them him her cards card magic backwards bee
meaning definition levels level range duration resistance immunity preparation here there";
