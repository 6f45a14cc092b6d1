//! A reply that was cut off by its length.

use downshift_ledger::Reason;

use super::Defect;
use crate::judge::Exhibit;

/// Cut off, and not because the caller wanted no more.
pub(super) fn check(exhibit: &Exhibit<'_>) -> Option<Defect> {
    let cut = exhibit.answer.finish_reason.as_deref() == Some("length");
    let wanted = exhibit.request.max_tokens.is_some_and(|most| {
        // Whoever counts nothing is believed.
        exhibit
            .answer
            .output_tokens
            .is_none_or(|count| count >= most)
    });
    (cut && !wanted).then(|| Defect::new(Reason::CutByLength, "cut off by its length"))
}

#[cfg(test)]
mod tests {
    use super::super::defect;
    use crate::judge::Answer;

    #[track_caller]
    fn check(max_tokens: &str, reason: &str, output_tokens: Option<u64>, expected: bool) {
        let request = format!(
            r#"{{"model":"auto","messages":[{{"role":"user","content":"hi"}}]{max_tokens}}}"#
        );
        let answer = Answer {
            finish_reason: Some(reason.to_owned()),
            output_tokens,
            ..Answer::of_text("It was a dark and")
        };
        assert_eq!(
            defect(super::check, &request, &answer).is_some(),
            expected,
            "{max_tokens} {reason}"
        );
    }

    #[test]
    fn what_the_caller_bounded_is_not_cut_off() {
        check("", "length", Some(4), true);
        check("", "stop", Some(4), false);
        check(r#","max_tokens":4"#, "length", Some(4), false);
        check(r#","max_tokens":4"#, "length", None, false);
        check(r#","max_tokens":4000"#, "length", Some(4), true);
    }
}
