//! Hides the orders in which people put the same few words of a question about a text.
//!
//! The words that say what is asked for stand in each pattern; words of asking may stand around
//! them, as many as there are. Nothing else may.

use std::sync::LazyLock;

use super::{case, colour, cron, letters, list, spell};
use crate::pattern::{Fragment, Grammar, Rule};

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let fragments = [super::FRAGMENTS, FRAGMENTS].concat();
    Grammar::new(RULES, &fragments)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "unsure",
        "(i do not know|i dont know|i am not sure|i m not sure|im not sure|not sure|i forget|i forgot|i can not figure out|i can t figure out|i cant figure out|i can not remember|i can t remember|i cant remember|i do not remember|i dont remember|i wish i knew|remind me|can you remind me|i need help|need help|help|help me|i want to know|i need to know|i would like to know|i d like to know|teach me|do you know|could you help me|can you help me|i never know|i always forget)",
    ),
    (
        "well",
        "(correctly|properly|right|the right way|the correct way|exactly)",
    ),
    (
        "right",
        "(correct|right|proper|complete|full|exact|accurate)",
    ),
    (
        "spell",
        "(spell|spell out|write|spelling|how to spell|how do you spell|how do i spell|how would you spell|how would i spell|how to correctly spell|how to properly spell|how you spell|how do u spell|how should i spell|how do we spell|how does one spell|spelling of|spelling for|way to spell|way of spelling|how do you spell out|how to spell out|with spelling|with the spelling of)",
    ),
    (
        "called",
        "[the|this] [word|name|term] [:|,] ({quoted}|{bare})",
    ),
    ("spelled", "(spelled|spelt|written|spelled out)"),
    (
        "alphabetically",
        "(alphabetically|in alphabetical order|in alphabetic order|by alphabet|alphabetical order|a to z|from a to z|a - z)",
    ),
    (
        "items",
        "[these|the|this|following] [words|list|items|names] [:] {items}",
    ),
    (
        "duplicates",
        "(duplicates|the duplicates|duplicate items|duplicate words|repeats|repeated items|dupes)",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "[<unsure>] {filler} [<right>] <spell> <called> [<well>] [in english] {filler}",
        say: spell::asked,
    },
    Rule {
        pattern: "[<unsure>] how {filler} <called> {filler} [<well>] <spelled> [<well>] {filler}",
        say: spell::asked,
    },
    Rule {
        pattern: "<called> is <spelled> how [<well>]",
        say: spell::asked,
    },
    Rule {
        pattern: "[the word] {quoted} {filler} letters {filler}",
        say: letters::count_letters,
    },
    Rule {
        pattern: "{filler} letters {filler} [long] (is|in|does) [the] word ({quoted}|{bare}) {filler} [contain]",
        say: letters::count_letters,
    },
    Rule {
        pattern: "{filler} <sort> <items> [in|into] [<alphabetically>]",
        say: list::sorted,
    },
    Rule {
        pattern: "{filler} (put|sort|order|arrange) <items> <alphabetically>",
        say: list::sorted,
    },
    Rule {
        pattern: "{filler} <sort> <alphabetically> [:] <items>",
        say: list::sorted,
    },
    Rule {
        pattern: "{filler} (remove|delete|drop|strip) <duplicates> (from|in|of) <items>",
        say: list::deduplicated,
    },
    Rule {
        pattern: "{filler} (deduplicate|dedupe|dedup|unique) <items>",
        say: list::deduplicated,
    },
    Rule {
        pattern: "{filler} <code> {filler} (of|for) [the] [colour|color] rgb {list}",
        say: colour::rgb_to_hex,
    },
    Rule {
        pattern: "{filler} <code> {filler} (of|for) [the] [colour|color] {quoted}",
        say: colour::to_hex,
    },
    Rule {
        pattern: "{filler} hsl [value|values|code] (of|for) [the] [hex] [colour|color|code] ({bare}|{quoted})",
        say: colour::to_hsl,
    },
    Rule {
        pattern: "{filler} {quoted} {filler} (mean|do|say) (in|as a|as|for) [a] <cron>",
        say: cron::described,
    },
    Rule {
        pattern: "<cron> {quoted} (meaning|explained|explanation|in words)",
        say: cron::described,
    },
    Rule {
        pattern: "<turn> <name> (uppercase|upper case|all caps)",
        say: case::upper_word,
    },
    Rule {
        pattern: "{filler} {quoted} {filler} <backwards>",
        say: letters::reverse,
    },
    Rule {
        pattern: "{filler} {quoted} {filler} palindrome",
        say: letters::palindrome,
    },
];
