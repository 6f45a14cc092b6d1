//! Politeness and framing: what people put around a question without changing it.

use super::Token;

/// Takes framing off both ends; gives how many exclamation marks ended the question.
pub(super) fn strip(tokens: &mut Vec<Token>) -> usize {
    let mut exclamations = 0;
    loop {
        let before = tokens.len();
        while tokens.last().is_some_and(Token::is_stop) || tokens.last().is_some_and(is_face) {
            exclamations += usize::from(tokens.last().is_some_and(|token| token.is("!")));
            tokens.pop();
        }
        while tokens
            .first()
            .is_some_and(|token| token.is_stop() && token.text != ".")
            || starts_with_dash(tokens)
        {
            tokens.remove(0);
        }
        unquote(tokens);
        let asked = tokens.len();
        strip_longest(tokens, SUFFIXES, Side::End);
        if !tokens.iter().any(is_of_a_time) {
            strip_longest(tokens, PURPOSES, Side::End);
        }
        if tokens.len() < asked {
            // What was shouted was the thanks.
            exclamations = 0;
        }
        strip_longest(tokens, PREFIXES, Side::Start);
        strip_before_question(tokens);
        if tokens.len() == before {
            return exclamations;
        }
    }
}

/// Takes off what asks for something else than an answer, unless a question comes next: "remind me what day it
/// is" asks, and "remind me 3 days before christmas" orders.
fn strip_before_question(tokens: &mut Vec<Token>) {
    let asks = |token: &Token| ASKING.iter().any(|word| token.is(word));
    let longest = BEFORE_QUESTIONS
        .iter()
        .filter_map(|phrase| matched(tokens, phrase, Side::Start))
        .filter(|count| tokens.get(*count).is_some_and(asks))
        .max();
    tokens.drain(..longest.unwrap_or(0));
}

/// Whether a word makes the question one for a time, of which "for a project" may say which.
fn is_of_a_time(token: &Token) -> bool {
    TIMES.iter().any(|word| token.is(word))
}

#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

fn strip_longest(tokens: &mut Vec<Token>, phrases: &[&str], side: Side) {
    let longest = phrases
        .iter()
        .filter_map(|phrase| matched(tokens, phrase, side))
        .max()
        .unwrap_or(0);
    match side {
        Side::Start => drop(tokens.drain(..longest)),
        Side::End => tokens.truncate(tokens.len() - longest),
    }
}

/// How many tokens the phrase takes, when it stands at that side and leaves something.
fn matched(tokens: &[Token], phrase: &str, side: Side) -> Option<usize> {
    let edge = match side {
        Side::Start => tokens.first()?,
        Side::End => tokens.last()?,
    };
    let touches = |word: &str| match side {
        Side::Start => phrase.starts_with(word),
        Side::End => phrase.ends_with(word),
    };
    if !touches(&edge.text) && !edge.meant.is_some_and(touches) {
        return None;
    }
    let count = phrase.split(' ').count();
    if count >= tokens.len() {
        return None;
    }
    let (part, edge) = match side {
        Side::Start => (&tokens[..count], count),
        Side::End => (&tokens[tokens.len() - count..], tokens.len() - count),
    };
    // "quick_sort" is one name, and "quick" no framing of it.
    let apart = tokens[edge].spaced || tokens[edge].is_stop() || tokens[edge - 1].is_stop();
    if !apart && !is_face(&tokens[edge]) && !is_face(&tokens[edge - 1]) {
        return None;
    }
    phrase
        .split(' ')
        .zip(part)
        .all(|(word, token)| token.is(word))
        .then_some(count)
}

/// A dash left over between framing and question, and not the sign of a number.
fn starts_with_dash(tokens: &[Token]) -> bool {
    matches!(tokens, [dash, next, ..] if dash.is("-") && next.spaced)
}

fn is_face(token: &Token) -> bool {
    matches!(
        token.text.chars().next(),
        Some('\u{1f600}'..='\u{1f64f}' | '❤' | '\u{1f914}' | '\u{fe0f}')
    )
}

/// Quotes around the whole question.
fn unquote(tokens: &mut Vec<Token>) {
    for quote in ["\"", "'", "`"] {
        let inside = tokens.iter().filter(|token| token.is(quote)).count();
        if tokens.len() > 2
            && inside == 2
            && tokens[0].is(quote)
            && tokens[tokens.len() - 1].is(quote)
        {
            tokens.pop();
            tokens.remove(0);
        }
    }
}

const PREFIXES: &[&str] = &[
    "hey",
    "hey there",
    "hi",
    "hi there",
    "hello",
    "hello there",
    "hiya",
    "yo",
    "howdy",
    "greetings",
    "good morning",
    "good afternoon",
    "good evening",
    "ok",
    "okay",
    "so",
    "um",
    "uh",
    "umm",
    "uhh",
    "er",
    "hmm",
    "hm",
    "well",
    "alright",
    "please",
    "kindly",
    "excuse me",
    "sorry",
    "sorry to bother you",
    "sorry to bother",
    "quick question",
    "a quick question",
    "just a quick question",
    "quick one",
    "simple question",
    "easy question",
    "easy one",
    "question",
    "silly question",
    "dumb question",
    "stupid question",
    "random question",
    "one question",
    "one more question",
    "another question",
    "one more thing",
    "i have a question",
    "i have a quick question",
    "i had a question",
    "got a question",
    "super quick question",
    "real quick question",
    "quick q",
    "dumb q",
    "sorry if this is a dumb question",
    "sorry for the dumb question",
    "this might be a dumb question",
    "ok so",
    "okay so",
    "alright so",
    "so um",
    "hey so",
    "hey um",
    "hey quick question",
    "idk",
    "can you check",
    "could you check",
    "can you look up",
    "could you look up",
    "can you find out",
    "can you figure out",
    "can you help me figure out",
    "could you help me figure out",
    "help me figure out",
    "help me find out",
    "please help me",
    "i always forget",
    "i keep forgetting",
    "i forgot",
    "i forget",
    "can t remember",
    "i can t remember",
    "for a crossword",
    "for a quiz",
    "for a trivia quiz",
    "for my homework",
    "for homework",
    "just wondering",
    "i was wondering",
    "i was just wondering",
    "i am wondering",
    "im wondering",
    "i wonder",
    "wondering",
    "just curious",
    "curious",
    "i am curious",
    "im curious",
    "out of curiosity",
    "by the way",
    "btw",
    "can you",
    "could you",
    "would you",
    "will you",
    "can u",
    "could u",
    "can you please",
    "could you please",
    "would you please",
    "would you kindly",
    "could you kindly",
    "can you quickly",
    "could you quickly",
    "are you able to",
    "would you be able to",
    "would you mind telling me",
    "can i ask",
    "may i ask",
    "could i ask",
    "can i ask you",
    "could i ask you",
    "might i ask",
    "tell me",
    "inform me",
    "give me",
    "show me",
    "get me",
    "please share",
    "please provide",
    "i need",
    "can i get",
    "can i have",
    "could i get",
    "may i know",
    "can i know",
    "i would like",
    "i would like to get",
    "i would like information on",
    "i need information on",
    "i am needing to know",
    "tell us",
    "please tell me",
    "just tell me",
    "let me know",
    "i need to know",
    "i just need to know",
    "i need to",
    "i want to",
    "i would like to",
    "id like to",
    "i have to",
    "need to",
    "trying to",
    "i am trying to",
    "im trying to",
    "i need help to",
    "lets",
    "i need you to",
    "i want you to",
    "i would like you to",
    "i want to know",
    "i would like to know",
    "id like to know",
    "i d like to know",
    "i am trying to find out",
    "im trying to find out",
    "i am trying to figure out",
    "im trying to figure out",
    "trying to figure out",
    "trying to find out",
    "i need to find out",
    "need to know",
    "want to know",
    "do you know",
    "do u know",
    "would you know",
    "would you happen to know",
    "do you happen to know",
    "do you by any chance know",
    "does anyone know",
    "does anybody know",
    "anyone know",
    "anybody know",
    "can anyone tell me",
    "can somebody tell me",
    "can someone tell me",
    "you know",
    "know",
    "any idea",
    "any chance you know",
    "any clue",
    "help me",
    "help me out",
    "quickly",
    "real quick",
    "quick",
    "just",
    "now",
    "and also",
    "assistant",
    "computer",
    "bot",
    "chatgpt",
    "gpt",
    "chat",
    "claude",
    "gemini",
    "siri",
    "hey siri",
    "alexa",
    "google",
    "hey google",
    "ok google",
    "downshift",
    "dear assistant",
    "my question is",
    "the question is",
    "here is my question",
    "here is a quick one",
    "here is a question",
    "sanity check",
    "actually",
    "also",
    "oh",
    "ah",
    "and",
    "then",
    "q",
    "thanks",
    "thank you",
];

/// Framing only in front of a question.
const BEFORE_QUESTIONS: &[&str] = &["remind me", "remind me again", "remind us"];

/// How a question begins that is no order.
const ASKING: &[&str] = &[
    "what", "which", "who", "when", "where", "how", "whether", "if", "is", "are", "was", "does",
];

/// What a question is for, or that it follows from something; neither changes anything but a time that is asked for.
const PURPOSES: &[&str] = &[
    "for a project",
    "for a crossword",
    "for a quiz",
    "for my homework",
    "for homework",
    "then",
];

/// Words of questions for a time.
const TIMES: &[&str] = &["time", "date", "dates", "day", "when", "deadline", "due"];

const SUFFIXES: &[&str] = &[
    "please",
    "kindly",
    "thanks",
    "thank you",
    "ty",
    "tysm",
    "cheers",
    "ta",
    "thanks a lot",
    "thanks a bunch",
    "thanks so much",
    "thanks very much",
    "thank you so much",
    "thank you very much",
    "many thanks",
    "thanks in advance",
    "thank you in advance",
    "thanks again",
    "thank u",
    "for me",
    "for us",
    "asap",
    "quickly",
    "real quick",
    "really quick",
    "if you can",
    "if you could",
    "if you know",
    "if possible",
    "if you do not mind",
    "if you dont mind",
    "if you would",
    "if you please",
    "mate",
    "buddy",
    "pal",
    "bro",
    "dude",
    "friend",
    "my friend",
    "sir",
    "just curious",
    "just wondering",
    "i wonder",
    "i was wondering",
    "out of curiosity",
    "by the way",
    "btw",
    "lol",
    "haha",
    "i appreciate it",
    "appreciate it",
    "much appreciated",
    "i forgot",
    "i forget",
    "i always forget",
    "i keep forgetting",
    "real fast",
    "super quick",
    "tho",
    "though",
    "thanks mate",
    "thanks man",
    "thanks bud",
    "ok thanks",
    "i need to know",
    "quick question",
    "can you tell me",
    "could you tell me",
    "can you help",
    "do you know",
    "any idea",
    "any ideas",
    "tell me",
    "please tell me",
    "again",
    "anyway",
    "help",
    "help me",
    "help me out",
    "hey",
    "plz tell me",
    "do you happen to know",
    "you think",
    "computer",
    "siri",
    "alexa",
    "google",
    "chatgpt",
    "claude",
];
