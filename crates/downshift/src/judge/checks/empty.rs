//! A reply in which nothing is said.

use downshift_ledger::Reason;

use super::Defect;
use crate::judge::Exhibit;

/// No words and no tool called, once the reply is over.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let answer = exhibit.answer;
    let empty = answer.complete && answer.calls.is_empty() && answer.said().trim().is_empty();
    let evidence = if answer.text.trim().is_empty() {
        "empty"
    } else {
        "nothing but thoughts"
    };
    empty.then(|| Defect::new(Reason::EmptyReply, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::defect;
    use crate::judge::Answer;
    use crate::judge::answer::Call;

    #[track_caller]
    fn check(answer: &Answer, expected: Option<&str>) {
        let request = r#"{"model":"auto","messages":[{"role":"user","content":"hi"}]}"#;
        assert_eq!(defect(super::check, request, answer).as_deref(), expected);
    }

    #[test]
    fn nothing_said_is_a_defect_once_the_reply_is_over() {
        check(&Answer::of_text(" \n"), Some("empty_reply: empty"));
        check(
            &Answer::of_text("<think>hm"),
            Some("empty_reply: nothing but thoughts"),
        );
        check(&Answer::of_text("ok"), None);
        check(&Answer::default(), None);
        let calls = Answer {
            calls: vec![Call::default()],
            ..Answer::of_text("")
        };
        check(&calls, None);
    }
}
