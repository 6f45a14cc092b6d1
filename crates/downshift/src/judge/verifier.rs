//! What a model says that was asked whether the reply is right: hides the question and how its answer is read.
//!
//! `P(yes)` is read off the log-probabilities of the first token where they are given, as
//! `P(yes) / (P(yes) + P(no))` over all spellings of both among the alternatives (Kadavath et
//! al. 2022, "Language models (mostly) know what they know", §3); else the word itself counts
//! as [`YES`] or [`NO`].

use downshift_ledger::Judge as Name;
use downshift_wire::ChatRequest;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, BEGINNING, Exhibit, Finding, Judge};

/// What a bare "yes" is worth: verifiers agree too easily. Not measured; fit it with `downshift tune`.
const YES: f64 = 0.75;
/// What a bare "no" is worth.
const NO: f64 = 0.15;
/// The longest reply that is shown to a verifier, in bytes; of a longer one the end is.
const MAX_SHOWN: usize = 16_000;

/// The judge.
#[derive(Debug)]
pub(super) struct Verifier;

impl Judge for Verifier {
    fn name(&self) -> Name {
        Name::Verifier
    }

    fn judge(&self, exhibit: &Exhibit<'_>) -> Option<Finding> {
        exhibit.judging.verifier.as_ref()?;
        if !exhibit.answer.complete {
            return Some(Finding::silent(false, BEGINNING));
        }
        Some(match exhibit.verified {
            Some(probability) => Finding::of(probability, ""),
            None => Finding::silent(true, "did not say"),
        })
    }
}

/// The request that asks a verifier; `logprobs`: whether it can be asked for them.
pub(crate) fn question(question: &str, answer: &Answer, logprobs: bool) -> Option<ChatRequest> {
    let said = tail(answer.said());
    let prompt = format!(
        "Below are a question and a proposed answer. Check the answer step by step in your head. \
         Is it correct and complete? Reply with one word, yes or no.\n\n<question>\n{question}\n</question>\n\n\
         <proposed_answer>\n{said}\n</proposed_answer>\n\nOne word, yes or no:"
    );
    let mut body = json!({
        "model": "verifier",
        "messages": [{ "role": "user", "content": prompt }],
        "temperature": 0,
        "max_tokens": 4,
    });
    if logprobs {
        body["logprobs"] = json!(true);
        body["top_logprobs"] = json!(5);
    }
    ChatRequest::decode(body.to_string().into()).ok()
}

/// How probable a verifier thinks it that the reply is right; `None` if it said neither yes nor no.
pub(crate) fn probability(reply: &[u8], text: &str) -> Option<f64> {
    by_logprobs(reply).or_else(|| Some(if verdict(text)? { YES } else { NO }))
}

fn by_logprobs(reply: &[u8]) -> Option<f64> {
    let body: Body = serde_json::from_slice(reply).ok()?;
    let position = body
        .choices
        .into_iter()
        .next()?
        .logprobs?
        .content?
        .into_iter()
        .find(|position| verdict(&position.token).is_some())?;
    let (mut yes, mut no) = (0.0, 0.0);
    for Alternative { token, logprob } in position.top_logprobs {
        let sum = match verdict(&token) {
            Some(true) => &mut yes,
            Some(false) => &mut no,
            None => continue,
        };
        *sum += logprob.clamp(-100.0, 0.0).exp();
    }
    // Of both words there must be some trace, or it is the one alone.
    (yes + no > 0.0).then(|| yes / (yes + no))
}

/// Whether a word is yes or no, in a spelling of either.
fn verdict(text: &str) -> Option<bool> {
    let word = text
        .trim_start_matches(|character: char| !character.is_alphanumeric())
        .split(|character: char| !character.is_alphanumeric())
        .next()?
        .to_lowercase();
    match word.as_str() {
        "yes" | "correct" | "true" => Some(true),
        "no" | "incorrect" | "false" => Some(false),
        _ => None,
    }
}

fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(MAX_SHOWN);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

#[derive(Deserialize)]
struct Body {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    logprobs: Option<Content>,
}

#[derive(Deserialize)]
struct Content {
    content: Option<Vec<Position>>,
}

#[derive(Deserialize)]
struct Position {
    #[serde(default)]
    token: String,
    #[serde(default)]
    top_logprobs: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    #[serde(default)]
    token: String,
    logprob: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &str, text: &str, expected: Option<f64>) {
        match (probability(reply.as_bytes(), text), expected) {
            (Some(got), Some(expected)) => assert!((got - expected).abs() < 1e-9, "{got}"),
            (got, expected) => assert_eq!(got, expected),
        }
    }

    #[test]
    fn the_word_counts_where_there_are_no_probabilities() {
        check("{}", "Yes.", Some(YES));
        check("{}", " **no**, because", Some(NO));
        check("{}", "Incorrect", Some(NO));
        check("{}", "Maybe", None);
        check("{}", "", None);
    }

    #[test]
    fn the_probabilities_of_both_words_count_in_all_their_spellings() {
        let reply = json!({ "choices": [{ "logprobs": { "content": [
            { "token": "\n", "logprob": 0.0 },
            { "token": "Yes", "logprob": 0.5_f64.ln(), "top_logprobs": [
                { "token": "Yes", "logprob": 0.5_f64.ln() }, { "token": " yes", "logprob": 0.1_f64.ln() },
                { "token": "No", "logprob": 0.2_f64.ln() }, { "token": "Well", "logprob": 0.2_f64.ln() },
            ]},
        ]}}]});
        check(&reply.to_string(), "Yes", Some(0.75));
        let silent = json!({ "choices": [{ "logprobs": { "content": [{ "token": "Yes", "logprob": -0.1 }] } }] });
        check(&silent.to_string(), "Yes", Some(YES));
    }

    #[test]
    fn a_verifier_is_asked_for_one_word() {
        let answer = Answer::of_text(&"é".repeat(MAX_SHOWN));
        let request = question("17 * 23?", &answer, true).unwrap();
        assert_eq!(request.max_tokens, Some(4));
        assert!(request.logprobs && !request.stream);
        assert!(!question("?", &answer, false).unwrap().logprobs);
    }
}
