use super::*;

fn judged(truth: Option<&str>, intents: &[(&str, f32)], out_of_scope: f32) -> Judged {
    Judged {
        truth: truth.map(Into::into),
        verdict: Verdict {
            intents: intents
                .iter()
                .map(|(name, p)| ((*name).into(), *p))
                .collect(),
            out_of_scope,
            tokens: 1,
            flops: 0,
            seconds: 0.0,
        },
    }
}

fn evaluated() -> Evaluation {
    let rows = [
        judged(Some("time"), &[("time", 0.9), ("code", 0.1)], 0.1),
        judged(Some("time"), &[("code", 0.6), ("time", 0.4)], 0.4),
        judged(Some("code"), &[("code", 0.95), ("time", 0.05)], 0.1),
        judged(Some("code"), &[("code", 0.7), ("time", 0.3)], 0.2),
        judged(None, &[("time", 0.55), ("code", 0.45)], 0.8),
    ];
    Evaluation::of(&rows, &BTreeSet::from(["time".into()]))
}

#[track_caller]
fn check(found: Option<f64>, expected: f64) {
    let found = found.expect("the set gives this figure");
    assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
}

#[test]
fn figures_of_five_queries_as_counted_by_hand() {
    let found = evaluated();
    assert_eq!((found.in_scope, found.out_of_scope), (4, 1));
    check(found.accuracy, 0.75);
    // time: precision 1, recall 1/2; code: precision 2/3, recall 1.
    check(found.macro_f1, f64::midpoint(2.0 / 3.0, 0.8));
    check(found.oos_auroc, 1.0);
    check(found.oos_fpr95, 0.0);
    check(found.error_auroc, 1.0);
    // Each of the four is alone in its bin: (0.1 + 0.6 + 0.05 + 0.3) / 4.
    check(found.ece, 1.05 / 4.0);
    let code = &found.per_intent["code"];
    check(code.precision, 2.0 / 3.0);
    check(Some(code.recall), 1.0);
    assert_eq!(
        found.per_intent["time"].confused_with,
        BTreeMap::from([("code".into(), 1)])
    );
}

#[test]
fn risk_falls_where_only_the_sure_are_accepted() {
    let found = evaluated();
    let risks: Vec<_> = found
        .risk_coverage
        .iter()
        .map(|point| (point.coverage, point.risk))
        .collect();
    assert_eq!(risks, [(0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 0.25)]);
}

#[test]
fn trivial_intents_count_together() {
    let found = evaluated();
    let at = |threshold: f64| {
        let row = found
            .false_trivial
            .iter()
            .find(|row| (row.threshold - threshold).abs() < 1e-6);
        row.map(|row| (row.rate, row.coverage))
            .expect("a threshold of the table")
    };
    // Of code, code and none, the last has 0.55; of the two of time, one has 0.9.
    check(Some(at(0.5).0), 1.0 / 3.0);
    check(Some(at(0.5).1), 0.5);
    check(Some(at(0.9).1), 0.5);
    let whole = found.false_trivial_at_85.expect("both kinds occur");
    check(Some(whole.threshold), f64::from(0.4_f32));
    check(Some(whole.coverage), 1.0);
}

#[test]
fn a_set_gives_no_figure_that_it_cannot() {
    let found = Evaluation::of(&[], &BTreeSet::new());
    assert_eq!(found.accuracy, None);
    assert_eq!(found.ece, None);
    let outside = Evaluation::of(&[judged(None, &[("time", 1.0)], 0.5)], &BTreeSet::new());
    assert_eq!(
        (outside.accuracy, outside.oos_auroc, outside.macro_f1),
        (None, None, None)
    );
}
