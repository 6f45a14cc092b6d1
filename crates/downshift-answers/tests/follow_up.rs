//! Questions that are whole only after the one before them.

mod support;

use downshift_answers::Exchange;

#[track_caller]
fn check(first: &str, second: &str, expected: Option<&str>) {
    let answer = support::ask_all(first)
        .pop()
        .map(|(_, text)| text)
        .unwrap_or_default();
    let earlier = [Exchange {
        question: first,
        answer: &answer,
    }];
    let answers: Vec<String> = support::ask_after(&earlier, second)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(
        answers.first().map(String::as_str),
        expected,
        "{first:?} then {second:?}"
    );
    assert!(answers.len() <= 1);
    assert!(
        support::ask_all(second).is_empty(),
        "{second:?} stands alone"
    );
}

#[test]
fn another_unit_of_the_same_quantity() {
    check(
        "10 miles in km",
        "and in feet?",
        Some("10 miles is 52,800 feet."),
    );
    check(
        "how many km is 5 miles",
        "what about yards",
        Some("5 miles is 8,800 yards."),
    );
    check("10 miles in km", "and in kilograms?", None);
}

#[test]
fn another_place_for_the_time_now() {
    let london = "It is 6:44 PM on Wednesday, 25 November 2026 in London, UK (GMT, UTC).";
    check("what time is it in tokyo", "and in london?", Some(london));
    check("what time is it", "how about london", Some(london));
    check("what time is it in tokyo", "and in springfield?", None);
    check(
        "time difference between london and tokyo",
        "and in paris?",
        None,
    );
}

#[test]
fn another_key_of_the_same_attribute() {
    check(
        "what is the capital of france",
        "and germany?",
        Some("The capital of Germany is Berlin."),
    );
    check(
        "capital of france",
        "what about mongolia",
        Some("The capital of Mongolia is Ulaanbaatar."),
    );
    check("capital of france", "and georgia?", None);
}

#[test]
fn nothing_follows_from_an_answer_that_was_not_given_here() {
    let earlier = [Exchange {
        question: "10 miles in km",
        answer: "About sixteen.",
    }];
    assert!(support::ask_after(&earlier, "and in feet?").is_empty());
    let earlier = [Exchange {
        question: "who won the match",
        answer: "It is unclear.",
    }];
    assert!(support::ask_after(&earlier, "and in london?").is_empty());
}
