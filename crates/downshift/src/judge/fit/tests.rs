use proptest::prelude::*;

use super::*;
use crate::judge::Calibration;

fn score(judge: Judge, probability: Option<f32>) -> Score {
    Score {
        judge,
        probability,
        evidence: String::new(),
    }
}

/// Replies of which `good` in 10 are good where agreement is this.
fn replies(agreements: &[(f32, usize)], each: usize) -> Vec<(Vec<Score>, f64)> {
    let of = |(agreement, good): &(f32, usize)| {
        let (agreement, good) = (*agreement, *good);
        (0..each).map(move |at| {
            let scores = vec![
                score(Judge::Agreement, Some(agreement)),
                score(Judge::Checks, None),
            ];
            (scores, f64::from(u8::from(at % 10 < good)))
        })
    };
    agreements.iter().flat_map(of).collect()
}

fn fitted(replies: &[(Vec<Score>, f64)]) -> Result<FittedConfig, Unfit> {
    let graded = replies.iter().map(|(scores, good)| Graded {
        scores,
        good: *good,
    });
    fit(&graded.collect::<Vec<_>>())
}

#[track_caller]
fn check(replies: &[(Vec<Score>, f64)], asked: f32, expected: f64) {
    let fitted = fitted(replies).expect("enough replies");
    assert_eq!(fitted.problems(), []);
    let said = Calibration::fitted(fitted).of_scores(&[score(Judge::Agreement, Some(asked))]);
    assert!((said - expected).abs() < 0.02, "{said} is not {expected}");
}

#[test]
fn a_probability_is_how_often_such_replies_are_good() {
    let rising = replies(&[(0.2, 3), (0.68, 9)], 200);
    check(&rising, 0.2, 0.3);
    check(&rising, 0.68, 0.9);
    check(&rising, 0.44, 0.6);
    // What falls is made level: agreement is never held against a reply.
    let falling = replies(&[(0.2, 8), (0.68, 4)], 200);
    check(&falling, 0.2, 0.6);
    check(&falling, 0.68, 0.6);
}

#[test]
fn too_little_is_said_to_be_too_little() {
    let error =
        |replies: &[(Vec<Score>, f64)]| fitted(replies).expect_err("too little").to_string();
    let few = replies(&[(0.2, 3), (0.68, 9)], 40);
    assert!(
        error(&few).starts_with("80 graded replies, 48 of them good"),
        "{}",
        error(&few)
    );
    let all_good = replies(&[(0.2, 10), (0.68, 10)], 100);
    assert!(error(&all_good).contains("200 of them good"));
    let mut silent = replies(&[(0.2, 5)], 200);
    for (scores, _) in &mut silent {
        scores.remove(0);
    }
    assert_eq!(fitted(&silent), Err(Unfit::NoJudge));
    // A defect speaks for itself.
    let mut defective = replies(&[(0.2, 5)], 200);
    for (scores, _) in &mut defective {
        scores[1].probability = Some(0.02);
    }
    assert!(error(&defective).starts_with("0 graded replies"));
}

#[test]
fn a_judge_that_knows_more_weighs_more() {
    let mut random = fastrand::Rng::with_seed(7);
    let rows = (0..2_000).map(|_| {
        let (known, noise) = (random.f32(), random.f32());
        let scores = vec![
            score(Judge::Agreement, Some(known)),
            score(Judge::Logprobs, Some(noise)),
        ];
        (scores, f64::from(u8::from(random.f32() < known)))
    });
    let fitted = fitted(&rows.collect::<Vec<_>>()).expect("enough replies");
    let (agreement, logprobs) = (&fitted.judges["agreement"], &fitted.judges["logprobs"]);
    assert!((agreement.weight - 1.0).abs() < 0.15, "{fitted:?}");
    let spread = |judge: &FittedJudgeConfig| judge.points.last().unwrap()[1] - judge.points[0][1];
    assert!(spread(agreement) > 5.0 * spread(logprobs), "{fitted:?}");
}

#[test]
fn brier_is_the_mean_square() {
    assert!((brier([(0.5, 1.0), (1.0, 1.0)].into_iter()) - 0.125).abs() < 1e-12);
}

proptest! {
    /// Whatever the data, what is fitted is written as policies demand, and never falls.
    #[test]
    fn what_is_fitted_may_be_written(
        rows in prop::collection::vec((0.0_f32..=1.0, prop::option::of(0.0_f32..=1.0), any::<bool>()), 100..300)
    ) {
        let replies = rows.into_iter().map(|(one, other, good)| {
            let scores = vec![score(Judge::Agreement, Some(one)), score(Judge::Verifier, other)];
            (scores, f64::from(u8::from(good)))
        });
        if let Ok(fitted) = fitted(&replies.collect::<Vec<_>>()) {
            prop_assert_eq!(fitted.problems(), []);
            let calibration = Calibration::fitted(fitted);
            let at = |agreement: f32| calibration.of_scores(&[score(Judge::Agreement, Some(agreement))]);
            for step in 0_u8..20 {
                let step = f32::from(step) / 20.0;
                prop_assert!(at(step) <= at(step + 0.05) + 1e-12);
            }
        }
    }
}
