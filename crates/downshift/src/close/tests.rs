use downshift_answers::Table;

use super::{Rows, Tried, allowed, calibrated};

/// Questions of one table, each with a vector of its own.
fn table(count: usize) -> (Table, Vec<Vec<f32>>) {
    let pair = |at: usize| {
        (
            format!("what about thing {}", name(at)),
            format!("answer {at}"),
        )
    };
    let table = Table::from_pairs("faq", (0..count).map(pair).collect());
    let vector = |at: usize| {
        let angle = at as f32 * 0.3;
        vec![angle.cos(), angle.sin()]
    };
    (table, (0..count).map(vector).collect())
}

/// A word that no other number has, and of which none is a slip.
fn name(at: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(at).expect("few rows"));
    String::from_iter([letter; 4])
}

fn rows(table: &Table, vectors: &[Vec<f32>]) -> Rows {
    let entries = table.entries().into_iter();
    Rows(
        entries
            .map(|entry| (entry.clone(), vectors[entry.row].clone()))
            .collect(),
    )
}

fn tried(table: &Table, vectors: &[Vec<f32>]) -> Vec<Tried> {
    let trials = table.trials().into_iter();
    let tried = trials.map(|trial| Tried {
        vector: vectors[trial.row].clone(),
        asked: trial.asked,
        row: trial.row,
    });
    tried.collect()
}

#[test]
fn the_threshold_lies_above_the_likeness_of_other_rows() {
    let (table, vectors) = table(9);
    let (rows, tried) = (rows(&table, &vectors), tried(&table, &vectors));
    let found = calibrated(&table, &rows, (&tried, &[]), 0.1).unwrap();
    assert_eq!(found.rows, 9);
    // Nothing but the last word tells them apart, so that each other row is another wording. Neighbours are 0.3 apart, so that without its row each trial is cos 0.3 from two: only the ends have
    // one that is nearest by the margin.
    assert!(
        (found.thresholds.wording - 0.3_f32.cos()).abs() < 1e-3,
        "{found:?}"
    );
    assert!(
        (found.thresholds.slip - super::LEAST).abs() < 1e-6,
        "no row is a slip for another: {found:?}"
    );
    assert!((found.matched - 1.0).abs() < 1e-6, "{found:?}");
}

#[track_caller]
fn check_allowed(risk: f32, rows: usize, expected: usize) {
    assert_eq!(allowed(risk, rows), expected, "{risk} of {rows}");
}

#[test]
fn a_risk_needs_as_many_rows_as_can_show_it() {
    check_allowed(0.05, 18, 0);
    check_allowed(0.05, 19, 1);
    check_allowed(0.05, 39, 2);
    check_allowed(0.5, 1, 1);
    check_allowed(0.01, 98, 0);
    check_allowed(0.01, 99, 1);
}

#[test]
fn too_few_rows_are_told_with_what_they_can_show() {
    let (table, vectors) = table(9);
    let (rows, tried) = (rows(&table, &vectors), tried(&table, &vectors));
    let message = calibrated(&table, &rows, (&tried, &[]), 0.05).unwrap_err();
    assert_eq!(
        message,
        "9 different answers can show no risk of close matches below 0.10; for a risk of 0.05 it needs 19. \
         Write `close: { risk: 0.10 }` to allow more, or give the threshold by `close: { similarity: 0.9 }`"
    );
}
