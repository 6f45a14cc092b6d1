use std::sync::Arc;

use super::{Names, WhenConfig};
use crate::facts::Facts;
use crate::glob::Glob;
use crate::policy::{Binding, Intents};
use crate::problem::Problems;

fn facts() -> Facts {
    Facts {
        intents: vec![("code".into(), 0.7), ("math.word".into(), 0.2)],
        tokens: 1500,
        turns: 2,
        tools: true,
        stream: true,
        requested_model: "gpt-4o-mini".to_owned(),
        ..Facts::default()
    }
}

#[track_caller]
fn check(when: &str, expected: bool) {
    check_on(&facts(), when, expected);
}

#[track_caller]
fn check_on(facts: &Facts, when: &str, expected: bool) {
    let mut when: WhenConfig = serde_json::from_str(when).unwrap();
    let binding = |threshold| Binding {
        threshold,
        ..Binding::default()
    };
    let intents = [("code", 0.6), ("math.word", 0.1), ("math.proof", 0.6)]
        .map(|(name, threshold)| (Arc::<str>::from(name), binding(threshold)));
    let names = Names {
        intents: &Intents::from(intents),
        route: &[Glob::new("gpt-*")],
    };
    let mut problems = Problems::default();
    when.resolve(&names, "when", &mut problems);
    assert_eq!(problems.into_result(), Ok(()));
    assert_eq!(when.holds(facts), expected, "{when:?}");
}

#[test]
fn flags_ask_for_both_sides() {
    check(r#"{ "tools": true }"#, true);
    check(r#"{ "tools": false }"#, false);
    check(r#"{ "images": false }"#, true);
    check(r#"{ "images": true }"#, false);
    check(r#"{ "structured": false }"#, true);
    check(r#"{ "structured": true }"#, false);
    check(r#"{ "stream": true }"#, true);
    check(r#"{ "stream": false }"#, false);
}

#[test]
fn languages_are_what_is_surely_so() {
    let german = Facts {
        language: "de",
        ..facts()
    };
    let english = Facts {
        language: "en",
        ..facts()
    };
    check_on(&german, r#"{ "language": "de" }"#, true);
    check_on(&german, r#"{ "language": ["fr", "de"] }"#, true);
    check_on(&german, r#"{ "language": "foreign" }"#, true);
    check_on(&german, r#"{ "language": "en" }"#, false);
    check_on(&english, r#"{ "language": ["en"] }"#, true);
    check_on(&english, r#"{ "language": "foreign" }"#, false);
    // Nothing was looked at.
    check(r#"{ "language": "en" }"#, false);
    check(r#"{ "language": "foreign" }"#, false);
}

#[test]
fn counts_lie_within_bounds() {
    check(r#"{ "tokens": "<2000" }"#, true);
    check(r#"{ "tokens": "<1500" }"#, false);
    check(r#"{ "tokens": "1500..1501" }"#, true);
    check(r#"{ "turns": 2 }"#, true);
    check(r#"{ "turns": 1 }"#, false);
    check(r#"{ "turns": ">1" }"#, true);
}

#[test]
fn names_fit_any_of_the_patterns() {
    check(r#"{ "model": "gpt-*-mini" }"#, true);
    check(r#"{ "model": "gpt-4o" }"#, false);
    check(r#"{ "model": ["gpt-4o", "gpt-4o-mini"] }"#, true);
    check(r#"{ "intent": "code" }"#, true);
    check(r#"{ "intent": "math.*" }"#, false);
    check(r#"{ "intent": ["math.*", "co?e"] }"#, true);
}

#[test]
fn an_intent_holds_only_where_the_classifier_is_sure_of_it() {
    let with = |code: f32, out_of_scope: f32| Facts {
        intents: vec![("code".into(), code), ("math.word".into(), 0.3)],
        out_of_scope,
        ..facts()
    };
    check_on(&with(0.6, 0.5), r#"{ "intent": "code" }"#, true);
    check_on(&with(0.59, 0.0), r#"{ "intent": "code" }"#, false);
    check_on(&with(0.9, 0.51), r#"{ "intent": "code" }"#, false);
    check_on(&with(f32::NAN, 0.0), r#"{ "intent": "math.word" }"#, true);
    check_on(&with(0.9, f32::NAN), r#"{ "intent": "code" }"#, false);
    check_on(&Facts::default(), r#"{ "intent": "*" }"#, false);
    let failed = Facts {
        classifier_failed: true,
        ..with(0.9, 0.0)
    };
    check_on(&failed, r#"{ "intent": "code" }"#, false);
}

#[test]
fn all_that_is_set_must_hold() {
    check("{}", true);
    check(
        r#"{ "tools": true, "tokens": "<2000", "intent": "code" }"#,
        true,
    );
    check(
        r#"{ "tools": true, "tokens": "<1000", "intent": "code" }"#,
        false,
    );
}

#[test]
fn wrong_values_are_refused_with_what_is_accepted() {
    let error = |when| {
        serde_json::from_str::<WhenConfig>(when)
            .unwrap_err()
            .to_string()
    };
    assert!(
        error(r#"{ "tokens": "<2k" }"#).contains("`<2k`: not a whole number; expected a bound")
    );
    assert!(error(r#"{ "tokens": -1 }"#).contains("expected a bound such as"));
    assert!(error(r#"{ "intent": 7 }"#).contains("expected a name or a list of names"));
    assert!(error(r#"{ "tool": true }"#).contains("unknown field `tool`, expected one of `tools`"));
}

#[test]
fn the_table_names_each_condition_once() {
    let mut names = WhenConfig::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), WhenConfig::NAMES.len());
    for name in WhenConfig::NAMES {
        let unset = format!(r#"{{ "{name}": null }}"#);
        assert!(
            serde_json::from_str::<WhenConfig>(&unset)
                .unwrap()
                .is_empty(),
            "{name}"
        );
    }
}
