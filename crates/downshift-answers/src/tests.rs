//! What holds for every answerer.

use std::collections::HashSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{ANSWERERS, Context, Question, Table, answerer};

/// Asks every answerer at a fixed instant in a fixed zone, with the shipped country table, or rates.
pub(crate) fn ask_all(query: &str) -> Vec<(&'static str, String)> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now: Timestamp = "2026-11-25T18:44:10Z".parse().unwrap();
    ANSWERERS
        .iter()
        .filter_map(|answerer| {
            let table = match answerer.name() {
                "currency" => rates(),
                _ => countries(),
            };
            let context = Context {
                now,
                zone: Some(&zone),
                table: Some(table),
            };
            let answer = answerer.answer(&Question::alone(query), &context)?;
            Some((answerer.name(), answer.text))
        })
        .collect()
}

fn countries() -> &'static Table {
    static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
        Table::from_csv("countries", include_str!("../../../config/countries.csv")).unwrap()
    });
    &TABLE
}

fn rates() -> &'static Table {
    static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
        let text = "base,date,currency,rate\nEUR,2026-11-25,USD,1.2\nEUR,2026-11-25,GBP,0.9\nEUR,2026-11-25,JPY,170";
        Table::from_rates("rates", text, 7).unwrap()
    });
    &TABLE
}

#[test]
fn every_answerer_has_its_own_name_and_says_what_it_does() {
    let mut names = HashSet::new();
    for known in ANSWERERS {
        assert!(names.insert(known.name()), "{} twice", known.name());
        assert!(
            known.about().len() > 10 && !known.examples().is_empty(),
            "{}",
            known.name()
        );
        assert_eq!(
            answerer(known.name()).map(super::Answerer::name),
            Some(known.name())
        );
    }
    assert!(answerer("weather").is_none());
}

#[test]
fn every_pattern_compiles() {
    let grammars = [
        &super::time::GRAMMAR,
        &super::time::variants::GRAMMAR,
        &super::date::GRAMMAR,
        &super::date::variants::GRAMMAR,
        &super::arithmetic::GRAMMAR,
        &super::arithmetic::variants::GRAMMAR,
        &super::units::GRAMMAR,
        &super::currency::GRAMMAR,
        &super::units::variants::GRAMMAR,
        &super::text::GRAMMAR,
        &super::text::variants::GRAMMAR,
    ];
    for grammar in grammars {
        assert_eq!(grammar.broken(), [""; 0]);
    }
}

#[test]
fn every_example_is_answered_by_its_own_answerer_alone() {
    for known in ANSWERERS {
        for example in known.examples() {
            let answers = ask_all(example.query);
            assert_eq!(answers.len(), 1, "{:?}: {answers:?}", example.query);
            let (name, text) = &answers[0];
            assert_eq!(*name, known.name(), "{:?}", example.query);
            assert!(
                text.contains(example.answer_contains),
                "{:?}: {text:?}",
                example.query
            );
        }
    }
}
