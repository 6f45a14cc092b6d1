//! What a short Python program gives, by running it; a program that leaves the known part of the
//! language, or takes too long, is passed on.
//!
//! The language is Python 3 without classes, generators, imports and input. Whatever could differ
//! between versions, platforms or runs (the order of a set, the last digit of a power, what class a
//! foreign letter is) stops the program, and so does an exception that nothing catches.

mod lexer;
mod machine;
mod parser;
mod request;
mod syntax;
mod value;

use crate::{Answer, Answerer, Context, Example, Question};

/// Answers what a program returns or prints.
#[derive(Debug)]
pub(crate) struct Python;

impl Answerer for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn about(&self) -> &'static str {
        "what a short Python function returns or a program prints, by running it in a bounded interpreter"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "What does this print?\n```python\nwords = ['pear', 'fig', 'apple']\nwords.sort(key=len)\nprint(words[0], len(words))\n```",
                answer_contains: "fig 3",
            },
            Example {
                query: "What does f([3, 1, 2]) return?\n```python\ndef f(items):\n    items.sort()\n    return items[::-1]\n```",
                answer_contains: "[3, 2, 1]",
            },
            Example {
                query: "Complete the assertion.\n```python\ndef f(text):\n    return text.upper() + '!'\nassert f('go') == ??\n```",
                answer_contains: "'GO!'",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let request = request::Request::of(question.text, context)?;
        request.answer().map(|text| Answer { text })
    }
}

#[cfg(test)]
mod tests;
