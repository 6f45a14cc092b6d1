//! Questions as people type them, with the sentences they get.

mod support;

#[track_caller]
fn check(query: &str, answerer: &str, expected: &str) {
    let answers = support::ask_all(query);
    assert_eq!(
        answers,
        [(answerer_name(answerer), expected.to_owned())],
        "{query:?}"
    );
}

fn answerer_name(name: &str) -> &'static str {
    downshift_answers::answerer(name).map_or("unknown", downshift_answers::Answerer::name)
}

#[test]
fn every_question_of_the_file_gets_its_sentence() {
    for line in include_str!("answered.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [query, answerer, expected] = cells[..] else {
            panic!("{line:?}")
        };
        check(query, answerer, expected);
    }
}

#[test]
fn framing_changes_nothing() {
    for framed in [
        "hey, could you please tell me what time it is in Tokyo? thanks!",
        "Quick question: what time is it in tokyo",
        "WHAT TIME IS IT IN TOKYO???",
        "waht tiem is it in Tokyo",
        "\u{201c}What time is it in Tokyo?\u{201d}",
        "hi there! can you tell me what time is it in tokyo right now please",
        "ok so what time is it in tokyo currently",
        "what\u{a0}time is\u{200b} it in tōkyō",
    ] {
        let answers = support::ask_all(framed);
        assert_eq!(answers.len(), 1, "{framed:?}");
        assert!(
            answers[0]
                .1
                .starts_with("It is 3:44 AM on Thursday, 26 November 2026 in Tokyo, Japan"),
            "{framed:?}"
        );
    }
}

#[test]
fn forms_of_numbers_are_one() {
    for written in [
        "2,340 + 1",
        "2340+1",
        "2340 plus 1",
        "two thousand three hundred and forty plus one",
        "２３４０ ＋ １",
    ] {
        check(written, "arithmetic", "2,340 + 1 = 2,341.");
    }
    check("3½ * 2", "arithmetic", "3.5 × 2 = 7.");
    check("6 × 7", "arithmetic", "6 × 7 = 42.");
    check("84 ÷ 2", "arithmetic", "84 ÷ 2 = 42.");
    check("5²", "arithmetic", "5^2 = 25.");
}
