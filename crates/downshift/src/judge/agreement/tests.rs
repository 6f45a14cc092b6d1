use downshift_policy::Judging;
use downshift_wire::ChatRequest;

use super::*;

/// What agreement makes of replies to a question, in words.
#[track_caller]
fn check(question: &str, replies: &[&str], probability: f64, evidence: &str) {
    let judging = Judging {
        agreement: vec!["other".into()],
        ..Judging::default()
    };
    let request = ChatRequest::from_text("auto", question);
    let answers = replies.iter().map(|reply| Answer::of_text(reply));
    let answers = answers.collect::<Vec<_>>();
    let (first, others) = answers.split_first().unwrap();
    let others = others.iter().cloned().map(Some).collect::<Vec<_>>();
    let exhibit = Exhibit {
        judging: &judging,
        request: &request,
        question,
        answer: first,
        others: &others,
        verified: None,
    };
    let finding = Agreement.judge(&exhibit).unwrap();
    assert_eq!(finding.evidence, evidence);
    let got = finding.probability.unwrap();
    assert!(
        (got - probability).abs() < 1e-9,
        "{got} is not {probability}"
    );
}

const OPTIONS: &str = "Which?\nA. one\nB. two\nC. three";

#[test]
fn replies_are_compared_by_the_kind_of_answer_they_are() {
    check(
        "17 * 23?",
        &["The answer is 391.", "$\\boxed{391}$"],
        0.85,
        "391 from all 2",
    );
    check(
        "17 * 23?",
        &["381", "So it is 391, and that is it. The answer is 391"],
        0.15,
        "381 vs 391",
    );
    check(OPTIONS, &["The answer is (B).", "B"], 0.68, "B from all 2");
    check(
        OPTIONS,
        &["The answer is (B).", "C) three", "B"],
        0.495,
        "B vs C",
    );
    check(
        "capital of France?",
        &["Paris.", "The answer is Paris"],
        0.70,
        "words, 1.00 alike",
    );
}

#[test]
fn several_that_agree_are_worth_more_than_one() {
    check("17 * 23?", &["391", "391", "391"], 0.95, "391 from all 3");
    check("17 * 23?", &["391", "391", "381"], 0.55, "391 vs 381");
}

#[test]
fn what_is_of_no_kind_is_free_text_and_worth_little() {
    let long = "A long explanation that comes to no conclusion that anybody could point at, and goes on for long.";
    check("why?", &[long, long], 0.60, "text, 1.00 alike");
    check("17 * 23?", &["391", long], 0.20, "text, 0.00 alike");
}

#[test]
fn evidence_holds_no_passage_of_a_reply() {
    let question = "def f(): return 'x'\nassert f() == ??";
    let long = format!("[ANSWER]'{}'[/ANSWER]", "secrets".repeat(20));
    let short = "[ANSWER]'x'[/ANSWER]";
    check(question, &[short, &long], 0.20, "x vs 140 characters");
}
