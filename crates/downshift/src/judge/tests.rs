use downshift_policy::Logprobs;
use downshift_wire::ChatRequest;

use super::*;

/// What becomes of a reply by the default judges, in words.
#[track_caller]
fn check(judging: &Judging, reply: &str, others: &[&str], expected: &str, reason: Option<Reason>) {
    let request = ChatRequest::from_text("auto", "17 * 23?");
    let others = others
        .iter()
        .map(|other| Some(Answer::of_text(other)))
        .collect::<Vec<_>>();
    let exhibit = Exhibit {
        judging,
        request: &request,
        question: "17 * 23?",
        answer: &Answer::of_text(reply),
        others: &others,
        verified: None,
    };
    let ruling = rule(&exhibit, &Calibration::default(), &"coder".into());
    assert_eq!(ruling.judgement.to_string(), expected);
    assert_eq!(ruling.reason, reason);
}

#[test]
fn every_judge_of_the_ledger_stands_in_the_list_once() {
    let mut names = JUDGES.iter().map(|judge| judge.name()).collect::<Vec<_>>();
    names.sort_unstable();
    assert_eq!(names, Name::ALL);
    let labels = Name::ALL.map(Name::label);
    assert_eq!(labels, downshift_policy::JUDGES);
}

#[test]
fn a_ruling_reads_as_a_sentence() {
    let agreement = Judging {
        agreement: vec!["other".into()],
        threshold: 0.7,
        ..Judging::default()
    };
    check(
        &agreement,
        "391",
        &["391"],
        "coder: 0.85 ≥ 0.70: agreement 0.85 (391 from all 2), checks ok",
        None,
    );
    check(
        &agreement,
        "381",
        &["391"],
        "coder: 0.15 < 0.70: agreement 0.15 (381 vs 391), checks ok",
        Some(Reason::WeakReply),
    );
    check(
        &agreement,
        "17 * 23 = 381",
        &["381"],
        "coder: 0.02 < 0.70: agreement 0.85 (381 from all 2), checks 0.02 (17 * 23 = 381, but it is 391)",
        Some(Reason::RefutedReply),
    );
}

#[test]
fn whoever_was_asked_for_and_is_silent_counts_against_a_reply() {
    check(
        &Judging::default(),
        "391",
        &[],
        "coder: 0.70 ≥ 0.50: checks ok",
        None,
    );
    let if_given = Judging {
        logprobs: Logprobs::IfGiven,
        ..Judging::default()
    };
    check(
        &if_given,
        "391",
        &[],
        "coder: 0.70 ≥ 0.50: logprobs not given, checks ok",
        None,
    );
    let required = Judging {
        logprobs: Logprobs::Answer,
        ..Judging::default()
    };
    check(
        &required,
        "391",
        &[],
        "coder: 0.40 < 0.50: logprobs not given, checks ok",
        Some(Reason::WeakReply),
    );
}
