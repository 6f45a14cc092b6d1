//! Questions about a stated text: its letters, its order, its encodings, its validity.
//!
//! The text stands between quotes, after a colon, or is called a word; a bare word is taken only
//! where the question can be about nothing but its letters.

mod alphabet;
mod case;
mod cipher;
mod colour;
mod cron;
mod digest;
mod encode;
mod json;
mod letters;
mod list;
mod operand;
mod parts;
mod refers;
mod spell;
mod uuid;
pub(crate) mod variants;

use std::sync::LazyLock;

use crate::{
    Answer, Answerer, Context, Example, Question,
    pattern::{Fragment, Grammar, Rule},
};

/// Answers about a text that the question states.
#[derive(Debug)]
pub(crate) struct Text;

impl Answerer for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "a stated text: its letters and words, spelling, reversal, case, order, encodings, digests, validity as JSON; colours between notations, cron expressions in words, new UUIDs"
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
                query: "how do you spell necessary",
                answer_contains: "n-e-c-e-s-s-a-r-y",
            },
            Example {
                query: "convert userAccountId to snake case",
                answer_contains: "user_account_id",
            },
            Example {
                query: "what does */15 9-17 * * 1-5 mean",
                answer_contains: "every 15 minutes from 9:00 AM to 5:45 PM, Monday through Friday",
            },
            Example {
                query: "generate a random uuid",
                answer_contains: "-4",
            },
            Example {
                query: "is this valid json: {\"a\": 1}",
                answer_contains: "Yes",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = operand::reading(question.text)?;
        let text = GRAMMAR
            .say_or(&variants::GRAMMAR, &reading, context)
            .or_else(|| uuid::answer(&reading, context))?;
        (text.len() <= MAX_ANSWER).then_some(Answer { text })
    }
}

/// Longer answers than this many bytes are passed on.
const MAX_ANSWER: usize = 40_000;

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [
        letters::RULES,
        spell::RULES,
        case::RULES,
        list::RULES,
        encode::RULES,
        digest::RULES,
        json::RULES,
        colour::RULES,
        cron::RULES,
        alphabet::RULES,
        cipher::RULES,
        parts::RULES,
    ]
    .concat();
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
    (
        "count",
        "(how many|count the|count the number of|what is the number of|the number of|number of|count)",
    ),
    (
        "given",
        "({quoted}|<noun> {quoted}|[<noun>] : {quoted}|[<noun>] : {rest})",
    ),
    (
        "noun",
        "([this|the following|the|following] (text|string|word|words|phrase|sentence|line|value|input|message|paragraph)|this|the following|following)",
    ),
    ("name", "({quoted}|<noun> {quoted}|{bare})"),
    (
        "turn",
        "(make|put|change|turn|convert|transform|write|rewrite|print|show|what is|set)",
    ),
    (
        "upper",
        "(uppercase|upper case|upper - case|caps|capitals|capital letters|uppercase letters)",
    ),
    (
        "lower",
        "(lowercase|lower case|lower - case|small letters|lowercase letters)",
    ),
    (
        "sort",
        "(sort|alphabetize|alphabetise|order|arrange|put in alphabetical order)",
    ),
    ("b64", "(base64|base 64|base - 64|b64)"),
    ("url", "(url|percent|uri)"),
    ("hex", "(hex|hexadecimal)"),
    (
        "code",
        "(hex|hexadecimal|a hex code|hex code|hex value|hex colour|hex color)",
    ),
    (
        "nato",
        "(nato alphabet|nato phonetic alphabet|nato phonetic|nato spelling alphabet|icao alphabet|icao spelling alphabet)",
    ),
    (
        "sign",
        "[the] [letter|character|symbol|char|capital|lowercase|uppercase] ({quoted}|{letter}|{bare})",
    ),
    (
        "kind",
        "(spaces|whitespace|vowels|digits|numbers|punctuation|punctuation marks|capital letters|capitals|uppercase letters|upper case letters|lowercase letters|lower case letters|small letters)",
    ),
    ("document", "(this|the following) (string|text|document)"),
    ("cron", cron::CRON),
];

#[cfg(test)]
mod tests;
