//! No answerer panics or takes long, whatever it is asked.

mod support;

use std::time::{Duration, Instant};

use proptest::prelude::*;

/// What no busy machine needs for a bounded computation, and no unbounded one keeps to.
const BOUND: Duration = Duration::from_secs(30);

#[track_caller]
fn check_quick(query: &str) {
    support::ask_all("2 + 2");
    let start = Instant::now();
    support::ask_all(query);
    assert!(
        start.elapsed() < BOUND,
        "{:?} for {:?}",
        start.elapsed(),
        query.get(..60).unwrap_or(query)
    );
}

#[test]
fn attacks_are_quick() {
    for attack in [
        "9^9^9^9",
        "10^1000000",
        "2^99999999",
        "factorial of 1000000000",
        "1e300 * 1e300 * 1e300",
        "200! * 200!",
    ] {
        check_quick(attack);
    }
    for (piece, count) in [
        ("(", 1_000_000),
        ("(", 40),
        ("what is ", 80),
        ("1+", 300),
        ("-", 600),
        ("in ", 85),
        ("new york ", 40),
        ("9", 690),
        ("9", 1_000_000),
        ("[", 1_000_000),
        ("{\"a\":", 200_000),
        ("is this valid json: [", 40_000),
        ("\u{301}", 300_000),
        ("2 and ", 85),
        ("5 ft ", 80),
        ("hey ", 89),
    ] {
        check_quick(&piece.repeat(count));
    }
    check_quick(&format!("sum of {}1", "1, ".repeat(43)));
    check_quick(&format!("is {} prime", 999_999_999_989_u64));
    check_quick("is 999999999999999999999999 prime");
}

const VOCABULARY: &[&str] = &[
    "what",
    "is",
    "the",
    "time",
    "in",
    "tokyo",
    "london",
    "new",
    "york",
    "convert",
    "5",
    "12",
    "0.5",
    "1/2",
    "miles",
    "km",
    "feet",
    "inches",
    "to",
    "of",
    "%",
    "percent",
    "plus",
    "minus",
    "times",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    "!",
    "?",
    ",",
    ".",
    ":",
    "and",
    "between",
    "days",
    "until",
    "christmas",
    "july",
    "4",
    "2026",
    "2026-11-26",
    "3pm",
    "noon",
    "est",
    "utc",
    "how",
    "many",
    "weeks",
    "from",
    "now",
    "ago",
    "tomorrow",
    "friday",
    "square",
    "root",
    "sqrt",
    "half",
    "twice",
    "a",
    "hundred",
    "million",
    "gcd",
    "lcm",
    "prime",
    "binary",
    "hex",
    "0xff",
    "roman",
    "xiv",
    "average",
    "capital",
    "france",
    "currency",
    "'s",
    "tip",
    "on",
    "$50",
    "split",
    "ways",
    "leap",
    "year",
    "week",
    "gallon",
    "cups",
    "celsius",
    "f",
    "c",
    "°",
    "please",
    "thanks",
    "hey",
    "\"",
    "'",
    "½",
    "²",
    "π",
    "log",
    "base",
    "2",
    "e",
    "x",
    "vs",
    "than",
    "greater",
    "or",
    "1e300",
    "99999999999",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_panics(text in "\\PC{0,120}") {
        support::ask_all(&text);
    }

    #[test]
    fn no_order_of_known_words_panics_or_hangs(words in prop::collection::vec(prop::sample::select(VOCABULARY), 1..14)) {
        let start = Instant::now();
        support::ask_all(&words.join(" "));
        prop_assert!(start.elapsed() < BOUND);
    }

    /// Known words in no order are hardly ever a question; when they are, only one answerer has it.
    #[test]
    fn at_most_one_answerer_answers(words in prop::collection::vec(prop::sample::select(VOCABULARY), 1..7)) {
        let answers = support::ask_all(&words.join(" "));
        prop_assert!(answers.len() <= 1, "{:?}: {:?}", words, answers);
    }
}
