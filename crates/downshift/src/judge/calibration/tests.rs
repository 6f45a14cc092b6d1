use proptest::prelude::*;

use super::*;

fn said(probability: f64) -> Finding {
    Finding::of(probability, "")
}

#[track_caller]
fn check(calibration: &Calibration, findings: &[(Judge, Finding)], expected: f64) {
    let got = calibration.combine(findings);
    assert!(
        (got - expected).abs() < 1e-9,
        "{got} is not {expected}: {findings:?}"
    );
}

#[test]
fn without_data_the_most_doubtful_decides() {
    let default = Calibration::default();
    let checks = (Judge::Checks, Finding::silent(false, "ok"));
    check(&default, &[], UNOPPOSED);
    check(&default, std::slice::from_ref(&checks), UNOPPOSED);
    check(
        &default,
        &[
            (Judge::Agreement, said(0.95)),
            (Judge::Logprobs, said(0.6)),
            checks.clone(),
        ],
        0.6,
    );
    check(
        &default,
        &[(Judge::Agreement, said(0.95)), checks.clone()],
        0.95,
    );
    let silent = (
        Judge::Logprobs,
        Finding::silent(true, "the server gave none"),
    );
    check(&default, &[silent, (Judge::Agreement, said(0.95))], SILENT);
}

#[test]
fn a_defect_is_not_made_good_by_anything() {
    let defect = Finding {
        defect: Some(downshift_ledger::Reason::RefusedReply),
        ..Finding::silent(false, "a refusal")
    };
    let findings = [(Judge::Checks, defect), (Judge::Agreement, said(1.0))];
    check(&Calibration::default(), &findings, DEFECTIVE);
    let fitted: FittedConfig =
        serde_json::from_str(r#"{ "bias": 9, "judges": { "agreement": {} } }"#).unwrap();
    check(&Calibration::fitted(fitted), &findings, DEFECTIVE);
}

#[test]
fn what_was_fitted_is_the_formula_that_is_stated() {
    let fitted: FittedConfig = serde_json::from_str(
        r#"{ "bias": 0.5,
             "judges": { "logprobs": { "weight": 2, "points": [[0.2, 0.1], [0.6, 0.5], [0.9, 0.8]] },
                         "agreement": { "missing": 0.25 } },
             "points": [[0, 0.1], [1, 0.9]] }"#,
    )
    .unwrap();
    assert_eq!(fitted.problems(), []);
    // curve(0.4) = 0.3, and nobody to agree with.
    let sum = 0.5 + 2.0 * (0.3_f64 / 0.7).ln() + (0.25_f64 / 0.75).ln();
    let expected = 0.1 + 0.8 / (1.0 + (-sum).exp());
    check(
        &Calibration::fitted(fitted),
        &[(Judge::Logprobs, said(0.4)), (Judge::Verifier, said(0.0))],
        expected,
    );
}

#[test]
fn a_curve_is_level_outside_its_corners() {
    let points = [[0.2, 0.1], [0.6, 0.5]];
    for (x, y) in [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (1.0, 0.5)] {
        assert!((curve(&points, x) - y).abs() < 1e-9, "{x}");
    }
    assert!((curve(&[], 0.3) - 0.3).abs() < 1e-12);
}

proptest! {
    /// Whatever was fitted, a judge that thinks better of a reply never makes it look worse.
    #[test]
    fn more_evidence_never_makes_a_reply_look_worse(
        weights in prop::collection::vec(0.0..5.0_f64, 2),
        bias in -3.0..3.0_f64,
        one in 0.0..=1.0_f64, other in 0.0..=1.0_f64, more in 0.0..=1.0_f64,
    ) {
        let judge = |weight: f64| FittedJudgeConfig { weight, points: vec![[0.1, 0.2], [0.8, 0.9]], missing: 0.5 };
        let fitted = FittedConfig {
            bias,
            judges: [("logprobs".to_owned(), judge(weights[0])), ("agreement".to_owned(), judge(weights[1]))].into(),
            ..FittedConfig::default()
        };
        for calibration in [Calibration::default(), Calibration::fitted(fitted)] {
            let with = |first: f64| calibration.combine(&[(Judge::Logprobs, said(first)), (Judge::Agreement, said(other))]);
            let better = one + (1.0 - one) * more;
            prop_assert!(with(one) <= with(better) + 1e-12);
            prop_assert!((0.0..=1.0).contains(&with(one)));
        }
    }
}
