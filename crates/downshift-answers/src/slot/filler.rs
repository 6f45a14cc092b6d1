//! Which words of a question ask without saying what for: a wide grammar lets them stand anywhere.

use crate::reading::Reading;

/// Words of asking; each is taken or left as a whole run. None of them can change what is asked
/// for: no preposition, no noun, no denial, no "why".
const WORDS: &[&str] = &[
    "what",
    "which",
    "whats",
    "when",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "will",
    "would",
    "do",
    "does",
    "did",
    "can",
    "could",
    "should",
    "it",
    "its",
    "there",
    "the",
    "a",
    "an",
    "of",
    "i",
    "me",
    "us",
    "you",
    "we",
    "they",
    "that",
    "tell",
    "give",
    "show",
    "find",
    "get",
    "check",
    "say",
    "calculate",
    "compute",
    "work",
    "out",
    "figure",
    "determine",
    "know",
    "see",
    "please",
    "now",
    "right",
    "currently",
    "exactly",
    "just",
    "actually",
    "left",
    "remaining",
    "number",
    "amount",
    "count",
    "total",
    "have",
    "has",
    "had",
    "got",
    "need",
    "want",
    "current",
    "local",
    "exact",
    "present",
    "correct",
    "'s",
    "s",
    "'re",
    "re",
    ",",
    ":",
    "?",
    "gonna",
    "going",
    "display",
];

/// What "how" may be followed by: a question for an amount, and not for a procedure.
const AFTER_HOW: &[&str] = &["many", "much", "long", "far"];

/// Where the run of such words that starts at `at` ends; at `at` when there is none.
pub(super) fn end(reading: &Reading, at: usize) -> usize {
    let mut end = at;
    loop {
        let amount =
            reading.is(end, "how") && AFTER_HOW.iter().any(|word| reading.is(end + 1, word));
        // "the next monday" is another than "next monday".
        let next = reading.is(end, "the") && reading.is(end + 1, "next");
        if amount {
            end += 2;
        } else if !next && WORDS.iter().any(|word| reading.is(end, word)) {
            end += 1;
        } else {
            return end;
        }
    }
}
