//! How sure the model was of its own words: hides which tokens count, and how they become one number.
//!
//! The score is the geometric mean of the probabilities of the tokens that count,
//! `exp(Σ logprob / n)`: the likelihood of the span, normalised by its length (Malinin & Gales
//! 2021, "Uncertainty estimation in autoregressive structured prediction", §3). What counts is the
//! conclusion of a reply that reasons its way to one; the words on the way there say more of
//! style than of being right. Code, and what has no conclusion, counts as a whole.

use std::ops::Range;

use downshift_ledger::Judge as Name;
use downshift_policy::Logprobs as Asked;

use super::agreement::conclusion;
use super::answer::Token;
use super::{Answer, Exhibit, Finding, Judge};

/// The least log-probability a token counts with: servers write -9999 for "not among the first".
const LEAST: f64 = -20.0;

/// The judge.
#[derive(Debug)]
pub(super) struct Logprobs;

impl Judge for Logprobs {
    fn name(&self) -> Name {
        Name::Logprobs
    }

    fn judge(&self, exhibit: &Exhibit<'_>) -> Option<Finding> {
        let asked = exhibit.judging.logprobs;
        if asked == Asked::Unasked {
            return None;
        }
        let answer = exhibit.answer;
        if answer.tokens.is_empty() {
            let required = asked != Asked::IfGiven && answer.calls.is_empty();
            return Some(Finding::silent(required, "not given"));
        }
        let span = match asked {
            Asked::Whole => None,
            _ => span(answer),
        };
        let (counted, of) = match &span {
            Some(span) => (within(&answer.tokens, span), "the answer"),
            None => (answer.tokens.as_slice(), "all"),
        };
        let tokens = counted.len();
        let evidence = format!("{of}, {tokens} tokens");
        Some(Finding::of(mean(counted), evidence))
    }
}

/// Where the conclusion stands in the text, if its tokens can be told.
fn span(answer: &Answer) -> Option<Range<usize>> {
    let said = answer.said();
    if said.contains("```") && !said.contains("\"answer\"") {
        return None;
    }
    let spelled = answer.tokens.iter().map(Token::len).sum::<usize>();
    let found = conclusion::span(said).filter(|_| spelled == answer.text.len())?;
    let before = answer.text.len() - said.len();
    let span = before + found.start..before + found.end;
    (!within(&answer.tokens, &span).is_empty()).then_some(span)
}

/// The tokens that have a byte in the span.
fn within<'a>(tokens: &'a [Token], span: &Range<usize>) -> &'a [Token] {
    let mut at = 0;
    let ends = tokens.iter().map(|token| {
        at += token.len();
        at
    });
    let ends = ends.collect::<Vec<_>>();
    let first = ends.partition_point(|end| *end <= span.start);
    let last = ends.partition_point(|end| *end < span.end);
    tokens
        .get(first..(last + 1).min(tokens.len()))
        .unwrap_or_default()
}

/// The geometric mean of the tokens' probabilities.
fn mean(tokens: &[Token]) -> f64 {
    let logprob = |token: &Token| {
        if token.logprob.is_nan() {
            LEAST
        } else {
            token.logprob.clamp(LEAST, 0.0)
        }
    };
    let sum = tokens.iter().map(logprob).sum::<f64>();
    (sum / tokens.len().max(1) as f64).exp()
}

#[cfg(test)]
mod tests {
    use downshift_policy::Judging;
    use downshift_wire::ChatRequest;

    use super::*;

    /// A reply of tokens, each with its probability, and what is made of it.
    #[track_caller]
    fn check(asked: Asked, tokens: &[(&str, f64)], expected: Option<f64>, evidence: &str) {
        let judging = Judging {
            logprobs: asked,
            ..Judging::default()
        };
        let answer = Answer {
            tokens: tokens
                .iter()
                .map(|(token, probability)| Token {
                    token: (*token).to_owned(),
                    logprob: probability.ln(),
                    bytes: None,
                })
                .collect(),
            ..Answer::of_text(&tokens.iter().map(|(token, _)| *token).collect::<String>())
        };
        let finding = Logprobs.judge(&Exhibit {
            judging: &judging,
            request: &ChatRequest::from_text("auto", "?"),
            question: "?",
            answer: &answer,
            others: &[],
            verified: None,
        });
        let finding = finding.unwrap();
        assert_eq!(finding.evidence, evidence);
        match (finding.probability, expected) {
            (Some(got), Some(expected)) => assert!((got - expected).abs() < 1e-9, "{got}"),
            (got, expected) => assert_eq!(got, expected),
        }
    }

    const REPLY: &[(&str, f64)] = &[
        ("We", 0.1),
        (" think.", 0.1),
        (" The", 0.9),
        (" answer", 0.9),
        (" is", 0.9),
        (" 3", 0.64),
        ("91", 0.25),
        (".", 0.9),
    ];

    #[test]
    fn the_conclusion_counts_where_there_is_one() {
        check(Asked::Answer, REPLY, Some(0.4), "the answer, 2 tokens");
        check(Asked::IfGiven, REPLY, Some(0.4), "the answer, 2 tokens");
        let all = REPLY
            .iter()
            .map(|(_, probability)| probability.ln())
            .sum::<f64>()
            / 8.0;
        check(Asked::Whole, REPLY, Some(all.exp()), "all, 8 tokens");
    }

    #[test]
    fn a_reply_without_conclusion_counts_as_a_whole() {
        let long = [("word ", 0.5); 40];
        check(Asked::Answer, &long, Some(0.5), "all, 40 tokens");
        let code = [("```py\nx", 0.25), (" = 1\n```", 1.0)];
        check(Asked::Answer, &code, Some(0.5), "all, 2 tokens");
    }

    #[test]
    fn what_is_not_given_or_makes_no_sense() {
        check(Asked::Answer, &[], None, "not given");
        check(
            Asked::Answer,
            &[("x", 0.0)],
            Some(LEAST.exp()),
            "the answer, 1 tokens",
        );
        check(
            Asked::Answer,
            &[("x", f64::NAN)],
            Some(LEAST.exp()),
            "the answer, 1 tokens",
        );
    }
}
