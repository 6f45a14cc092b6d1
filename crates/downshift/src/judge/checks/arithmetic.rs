//! A reply that holds a calculation which our own engine refutes.

use downshift_ledger::Reason;

use super::Defect;
use crate::judge::Exhibit;

/// The first wrong calculation, unless the question holds it: the reply may speak of it.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let refuted = downshift_answers::refuted(exhibit.answer.said())?;
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    if squeezed(exhibit.question).contains(&squeezed(&refuted.written)) {
        return None;
    }
    let written = refuted.written.chars().take(40).collect::<String>();
    let evidence = format!("{written}, but it is {}", refuted.value);
    Some(Defect::new(Reason::RefutedReply, evidence))
}

#[cfg(test)]
mod tests {
    use super::super::defect;
    use crate::judge::Answer;

    #[track_caller]
    fn check(question: &str, reply: &str, expected: Option<&str>) {
        let request =
            serde_json::json!({"model":"auto","messages":[{"role":"user","content":question}]});
        let got = defect(super::check, &request.to_string(), &Answer::of_text(reply));
        assert_eq!(got.as_deref(), expected, "{reply}");
    }

    #[test]
    fn a_wrong_sum_is_a_defect_unless_it_was_asked_about() {
        check(
            "17 * 23?",
            "We get 17 × 23 = 381.",
            Some("refuted_reply: 17 × 23 = 381, but it is 391"),
        );
        check("17 * 23?", "We get 17 × 23 = 391.", None);
        check(
            "Explain why 2+2 = 5 in Orwell",
            "In Orwell, 2 + 2 = 5 stands for…",
            None,
        );
        check("hi", "<think>2 + 2 = 5</think>hello", None);
    }
}
