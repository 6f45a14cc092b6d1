//! Greetings and thanks, for operators who want them answered here; no policy binds it by default.

use crate::{Answer, Answerer, Context, Example, Question, reading::fold_key};

/// Answers a greeting with a greeting.
#[derive(Debug)]
pub(crate) struct Smalltalk;

impl Answerer for Smalltalk {
    fn name(&self) -> &'static str {
        "smalltalk"
    }

    fn about(&self) -> &'static str {
        "greetings, thanks, goodbyes and \"are you there\", when they are the whole message"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "hello!",
                answer_contains: "Hello",
            },
            Example {
                query: "thank you so much",
                answer_contains: "welcome",
            },
            Example {
                query: "are you there?",
                answer_contains: "Yes",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, _: &Context<'_>) -> Option<Answer> {
        if question.text.len() > 60 {
            return None;
        }
        let said = fold_key(question.text);
        let (_, answer) = EXCHANGES
            .iter()
            .find(|(heard, _)| heard.contains(&said.as_str()))?;
        Some(Answer {
            text: (*answer).to_owned(),
        })
    }
}

const EXCHANGES: &[(&[&str], &str)] = &[
    (
        &[
            "hi",
            "hello",
            "hey",
            "hi there",
            "hello there",
            "hey there",
            "hiya",
            "howdy",
            "greetings",
            "good morning",
            "good afternoon",
            "good evening",
        ],
        "Hello! How can I help?",
    ),
    (
        &[
            "thanks",
            "thank you",
            "thx",
            "ty",
            "thanks a lot",
            "thank you so much",
            "thanks so much",
            "thank you very much",
            "many thanks",
            "cheers",
            "ok thanks",
            "okay thanks",
            "great thanks",
            "thanks for your help",
            "thank you for your help",
        ],
        "You're welcome!",
    ),
    (
        &[
            "bye",
            "goodbye",
            "bye bye",
            "see you",
            "see you later",
            "good night",
        ],
        "Goodbye!",
    ),
    (
        &[
            "are you there",
            "you there",
            "hello are you there",
            "anyone there",
            "anybody there",
        ],
        "Yes, I'm here.",
    ),
];
