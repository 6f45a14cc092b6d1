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
        if question.text.len() > MAX_BYTES {
            return None;
        }
        let text = reply(&kinds(question.text)?)?.to_owned();
        Some(Answer { text })
    }
}

/// Longer messages than this many bytes are no small talk.
const MAX_BYTES: usize = 80;

/// What a phrase of small talk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Greeting,
    Thanks,
    Goodbye,
    Presence,
    /// Says nothing alone, and may stand beside the others.
    Filler,
}

/// What the message consists of; `None` when anything is left over.
fn kinds(text: &str) -> Option<Vec<Kind>> {
    let plain: String = text.chars().filter(|c| !is_friendly(*c)).collect();
    let key = fold_key(&plain);
    let words: Vec<&str> = key.split(' ').collect();
    let mut rest = words.as_slice();
    let mut kinds = Vec::new();
    while !rest.is_empty() {
        let (length, kind) = PHRASES
            .iter()
            .flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (phrase, *kind)))
            .filter(|(phrase, _)| {
                let words = phrase.split(' ').count();
                rest.get(..words)
                    .is_some_and(|front| phrase.split(' ').eq(front.iter().copied()))
            })
            .map(|(phrase, kind)| (phrase.split(' ').count(), kind))
            .max_by_key(|(length, _)| *length)?;
        kinds.push(kind);
        rest = rest.get(length..)?;
    }
    Some(kinds)
}

fn reply(kinds: &[Kind]) -> Option<&'static str> {
    let has = |kind| kinds.contains(&kind);
    let all = [Kind::Presence, Kind::Thanks, Kind::Goodbye, Kind::Greeting].map(has);
    Some(match all {
        [true, false, false, _] => "Yes, I'm here. How can I help?",
        [false, true, false, _] => "You're welcome!",
        [false, true, true, false] => "You're welcome! Goodbye!",
        [false, false, true, false] => "Goodbye!",
        [false, false, false, true] => "Hello! How can I help?",
        _ => return None,
    })
}

/// Hands that wave or are folded, smiling faces and hearts.
fn is_friendly(character: char) -> bool {
    matches!(
        character,
        '👋' | '🙏' | '👍' | '❤' | '\u{fe0f}' | '\u{1f600}'..='\u{1f60a}' | '\u{1f642}' | '\u{1f3fb}'..='\u{1f3ff}'
    )
}

const PHRASES: &[(Kind, &[&str])] = &[
    (
        Kind::Greeting,
        &[
            "hi",
            "hii",
            "hello",
            "helo",
            "hey",
            "heya",
            "hiya",
            "howdy",
            "yo",
            "greetings",
            "good morning",
            "good afternoon",
            "good evening",
            "good day",
            "morning",
            "hello there",
            "hi there",
            "hey there",
        ],
    ),
    (
        Kind::Thanks,
        &[
            "thanks",
            "thank you",
            "thank u",
            "thankyou",
            "thx",
            "thnx",
            "tnx",
            "ty",
            "tysm",
            "cheers",
            "many thanks",
            "thanks a lot",
            "thanks a bunch",
            "thanks a million",
            "thanks a ton",
            "much appreciated",
            "i appreciate it",
            "i appreciate your help",
            "i really appreciate it",
            "appreciate it",
            "thanks for your help",
            "thanks for the help",
            "thanks for all your help",
            "thanks for helping",
            "thanks for helping me",
            "thank you for your help",
            "thank you for the help",
            "thank you for all your help",
            "thank you for helping",
            "thank you for helping me",
            "thank you so much for your help",
            "thanks so much for your help",
            "thank you very much for your help",
            "thanks so much",
            "thanks very much",
            "thank you so much",
            "thank you very much",
            "thank you kindly",
            "thanks again",
            "thank you again",
        ],
    ),
    (
        Kind::Goodbye,
        &[
            "bye",
            "bye bye",
            "byebye",
            "goodbye",
            "good bye",
            "see you",
            "see ya",
            "see you later",
            "see you soon",
            "see you tomorrow",
            "good night",
            "goodnight",
            "have a nice day",
            "have a good day",
            "have a great day",
            "have a good one",
            "take care",
            "ttyl",
            "talk to you later",
            "farewell",
        ],
    ),
    (
        Kind::Presence,
        &[
            "are you there",
            "are you still there",
            "you there",
            "you still there",
            "u there",
            "anyone there",
            "anybody there",
            "is anyone there",
            "is anybody there",
            "is anybody here",
        ],
    ),
    (
        Kind::Filler,
        &[
            "ok",
            "okay",
            "great",
            "perfect",
            "awesome",
            "cool",
            "nice",
            "excellent",
            "wonderful",
            "got it",
            "oh",
            "and",
            "friend",
            "my friend",
            "everyone",
            "all",
            "team",
            "mate",
            "buddy",
            "assistant",
            "bot",
            "for now",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            kinds(text).and_then(|kinds| reply(&kinds)),
            expected,
            "{text:?}"
        );
    }

    #[test]
    fn the_whole_message_is_small_talk_or_none_of_it() {
        check("Hi!", Some("Hello! How can I help?"));
        check("hey there 👋", Some("Hello! How can I help?"));
        check(
            "Hello, good morning everyone",
            Some("Hello! How can I help?"),
        );
        check("ok great, thanks a lot!", Some("You're welcome!"));
        check(
            "Thank you so much for your help 🙏",
            Some("You're welcome!"),
        );
        check("thanks, bye!", Some("You're welcome! Goodbye!"));
        check("good night", Some("Goodbye!"));
        check(
            "hello? are you there?",
            Some("Yes, I'm here. How can I help?"),
        );
    }

    #[test]
    fn a_word_more_is_passed_on() {
        for text in [
            "",
            "ok",
            "great",
            "hi, what can you do",
            "hello bye",
            "thanks for nothing",
            "thank you for smoking",
            "hello kitty",
            "good morning vietnam",
            "who are you",
            "are you there god",
            "bye bye birdie",
            "say hello",
            "thanks but that is wrong",
            "good night stories",
            "hello in french",
            "are you human",
        ] {
            check(text, None);
        }
    }
}
