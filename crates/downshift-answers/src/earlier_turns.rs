//! Earlier turns that may bind what comes after them: a game, a premise, a place, a wish for form or language.

use crate::reading::fold_key;

/// The longest earlier turn that is looked at; a longer one may hold anything.
const LONGEST: usize = 400;

/// Words that set something up. One of them anywhere in an earlier turn, and no answer is computed
/// after it: a needless escalation costs money, an answer that breaks a rule of the game is wrong.
const BINDING: &[&str] = &[
    // premises and games
    "pretend",
    "imagine",
    "suppose",
    "assume",
    "assuming",
    "game",
    "story",
    "fiction",
    "fictional",
    "roleplay",
    "role",
    "play",
    "character",
    "universe",
    "world",
    "scenario",
    "hypothetical",
    "let",
    "lets",
    "if",
    "means",
    "equals",
    "define",
    "call",
    "called",
    "rename",
    "instead",
    "opposite",
    // lasting wishes
    "always",
    "never",
    "only",
    "every",
    "everything",
    "anything",
    "must",
    "should",
    "dont",
    "not",
    "stop",
    "now",
    "on",
    "henceforth",
    "ignore",
    "forget",
    "remember",
    "rule",
    "rules",
    // form, language, voice
    "answer",
    "answers",
    "reply",
    "replies",
    "respond",
    "response",
    "speak",
    "talk",
    "write",
    "say",
    "format",
    "json",
    "xml",
    "yaml",
    "markdown",
    "html",
    "table",
    "bullet",
    "bullets",
    "language",
    "translate",
    "french",
    "spanish",
    "german",
    "italian",
    "portuguese",
    "dutch",
    "chinese",
    "japanese",
    "korean",
    "russian",
    "arabic",
    "hindi",
    "latin",
    "pirate",
    "rhyme",
    "haiku",
    "emoji",
    "emojis",
    "short",
    "brief",
    "concise",
    "formal",
    "style",
    "tone",
    // who and where the user is
    "i",
    "im",
    "ive",
    "id",
    "my",
    "me",
    "we",
    "our",
    "live",
    "living",
    "located",
    "here",
];

/// Whether nothing an earlier user turn says can change the answer to a question that stands alone.
pub fn neutral_turn(text: &str) -> bool {
    text.len() <= LONGEST
        && fold_key(text)
            .split(|letter: char| !letter.is_alphanumeric())
            .all(|word| !BINDING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(turn: &str, neutral: bool) {
        assert_eq!(neutral_turn(turn), neutral, "{turn:?}");
    }

    #[test]
    fn plain_questions_bind_nothing() {
        check("what time is it in Tokyo?", true);
        check("10 miles in km", true);
        check("who wrote Hamlet", true);
        check("", true);
    }

    #[test]
    fn premises_wishes_and_places_bind() {
        check("In this game the capital of France is Lyon.", false);
        check("From now on answer everything in French, as JSON.", false);
        check("I live in Tokyo", false);
        check("I'm in Tokyo", false);
        check("let's say 2 + 2 = 5", false);
        check("Répondez en français, only", false);
        check(&"word ".repeat(100), false);
    }
}
