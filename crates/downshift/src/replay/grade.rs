//! Whether a reply that nobody graded states the right answer: hides how answers are written around.

use crate::judge::compare;

/// Whether `reply` states `gold`: is it, opens with it, or is the same answer by its kind.
pub fn states(question: &str, reply: &str, gold: &str) -> bool {
    let (reply, gold) = (reply.trim(), gold.trim().trim_start_matches("# "));
    if gold.is_empty() {
        return false;
    }
    opens(reply, gold) || compare(question, reply, std::iter::once(gold)).is_unanimous()
}

/// Whether the fact stands first: nothing that belongs to it follows.
fn opens(reply: &str, gold: &str) -> bool {
    let Some(rest) = reply.strip_prefix(gold) else {
        return false;
    };
    let mut rest = rest.chars();
    match rest.next() {
        None => true,
        Some('.' | ',') => rest.next().is_none_or(char::is_whitespace),
        Some(next) => next.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, gold: &str, expected: bool) {
        assert_eq!(
            states("Which is it?", reply, gold),
            expected,
            "{reply} / {gold}"
        );
    }

    #[test]
    fn the_fact_first_is_the_fact() {
        check("13.9 is larger than 13.11.", "13.9", true);
        check("13.11 is larger than 13.1.", "13.1", false);
        check("[1, 2]", "[1, 2]", true);
        check("'ab'", "'ab'", true);
        check("'abc'", "'ab'", false);
        check("The answer is 18.", "18", true);
        check("The answer is 19.", "18", false);
        check("18", "# 18", true);
        check("18", "", false);
    }
}
