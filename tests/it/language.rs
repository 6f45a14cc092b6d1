//! Queries that are surely not English go up, since the classifier cannot read them; unless the policy says otherwise.

use downshift_tests::{Policy, Router, Script, Upstream};

/// Two models, with code for the small one.
fn policy(big: &Upstream, small: &Upstream, more: &str) -> Policy {
    let models = |name: &str, url: &str| {
        format!("  {name}: {{ api: openai, base_url: \"{url}\", model: {name}, key: k }}\n")
    };
    Policy::text(&format!(
        "models:\n{}{}llm: big\nroute: [auto]\n{more}intents:\n  time: {{ answer: time }}\n  code: {{ specialist: small, confidence: 0.1 }}\n",
        models("big", &big.base_url()),
        models("small", &small.base_url()),
    ))
}

const GERMAN: &str =
    "schreibe bitte eine python function, die eine linked list umdreht und das array sortiert";

/// Which rung replies to the German query, and why none below it did.
#[track_caller]
fn check(found: &(Option<String>, Option<String>), rung: &str, escalated: Option<&str>) {
    let (by, why) = found;
    assert_eq!(by.as_deref(), Some(rung));
    if let Some(reason) = escalated {
        let why = why.as_deref().unwrap_or_default();
        assert!(
            why.split(',').any(|step| step.trim() == reason),
            "{reason} is not in {why}"
        );
    }
}

async fn asked(more: &str, query: &str) -> (Option<String>, Option<String>) {
    let big = Upstream::start(Script::says("large")).await;
    let small = Upstream::start(Script::says("small")).await;
    let router = Router::start(&policy(&big, &small, more)).await;
    let response = router.client().ask("auto", query).await.expect(200).await;
    let header = |name| response.header(name).map(str::to_owned);
    (header("x-downshift-rung"), header("x-downshift-escalated"))
}

#[tokio::test]
async fn a_query_that_is_surely_not_english_goes_up() {
    check(&asked("", GERMAN).await, "llm", Some("specialist:language"));
}

#[tokio::test]
async fn numbers_and_names_say_nothing_of_a_language() {
    check(&asked("", "def f(x): return x").await, "specialist", None);
    check(&asked("", "time in São Paulo").await, "answer", None);
}

#[tokio::test]
async fn a_policy_may_trust_its_classifier_with_more() {
    for trusting in ["[en, de]", "[any]"] {
        let classifier = format!("classifier: {{ languages: {trusting} }}\n");
        let (_, why) = asked(&classifier, GERMAN).await;
        let why = why.unwrap_or_default();
        assert!(!why.contains("language"), "{trusting}: {why}");
    }
}

#[tokio::test]
async fn a_rules_word_counts_in_any_language() {
    let rule = "rules:\n  - { when: { language: de }, use: small }\n";
    check(&asked(rule, GERMAN).await, "specialist", None);
    let rule = "rules:\n  - { when: { language: foreign }, as: code }\n";
    check(&asked(rule, GERMAN).await, "specialist", None);
    let rule = "rules:\n  - { when: { language: [fr, en] }, use: small }\n";
    check(
        &asked(rule, GERMAN).await,
        "llm",
        Some("specialist:language"),
    );
}
