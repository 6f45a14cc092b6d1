//! Questions about a stated text: its letters, its order, its encodings, its validity.
//!
//! The text stands between quotes, after a colon, or is called a word; a bare word is taken only
//! where the question can be about nothing but its letters.

mod colour;
mod encode;
mod json;
mod letters;

use std::sync::LazyLock;

use crate::{
    Answer, Answerer, Context, Example, Question,
    pattern::{Fragment, Grammar, Rule},
    reading::Reading,
};

/// Answers about a text that the question states.
#[derive(Debug)]
pub(crate) struct Text;

impl Answerer for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "letters, words, reversal, case, palindromes, sorting, base64, URL and hex encoding, hashes, JSON and colours of a stated text"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "how many r's are in strawberry?",
                answer_contains: "3 r's",
            },
            Example {
                query: "reverse the word stressed",
                answer_contains: "desserts",
            },
            Example {
                query: "is racecar a palindrome",
                answer_contains: "Yes",
            },
            Example {
                query: "base64 encode \"hello world\"",
                answer_contains: "aGVsbG8gd29ybGQ=",
            },
            Example {
                query: "sha256 of \"abc\"",
                answer_contains: "ba7816bf",
            },
            Example {
                query: "#ff8800 to rgb",
                answer_contains: "rgb(255, 136, 0)",
            },
            Example {
                query: "is this valid json: {\"a\": 1}",
                answer_contains: "Yes",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = Reading::of(question.text)?;
        GRAMMAR.say(&reading, context).map(|text| Answer { text })
    }
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [letters::RULES, encode::RULES, json::RULES, colour::RULES].concat();
    Grammar::new(&rules, FRAGMENTS)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "are",
        "[are|is|are there|do you see|can you find|appear|occur]",
    ),
    (
        "what",
        "[what is|give me|show me|find|tell me|what would be|convert|say|write|spell|compute|calculate|generate|get]",
    ),
    (
        "backwards",
        "(backwards|backward|in reverse|reversed|in reverse order|spelled backwards|written backwards|spelt backwards|from back to front)",
    ),
];
