//! What a number of errors says of the rate behind them: exact bounds, and thresholds that keep to a risk.
//!
//! [`highest_rate`] and [`lowest_rate`] are the bounds of Clopper and Pearson (Biometrika 26, 1934):
//! the rates at which so few, or so many, errors would be seen with a probability of `1 − confidence`.
//! They are found by bisection on the binomial distribution, and hold for any sample size.
//!
//! [`lowest_threshold`] is Learn-then-Test (Angelopoulos et al., 2021) with fixed-sequence testing:
//! thresholds are tried from strict to lax, along a few chains whose beginnings depend on the
//! scores alone, each at its part of `1 − confidence`; a chain ends at its first threshold whose bound exceeds
//! the risk. The lowest that was passed keeps to the risk with the stated confidence.

/// Chains that thresholds are tried along; each begins where twice as many are accepted as in the one before.
const CHAINS: usize = 4;
/// Halvings of an interval: beyond these, a double has no more digits.
const HALVINGS: usize = 60;

/// What was decided of a case before anybody knew whether it is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// How sure, 0 to 1.
    pub score: f64,
    /// Whether it turned out wrong.
    pub wrong: bool,
}

/// A threshold and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Scores of at least this are accepted.
    pub at: f64,
    /// How many of the cases that is.
    pub accepted: usize,
    /// How many of those are wrong.
    pub wrong: usize,
    /// The highest rate of errors among accepted that is compatible with that.
    pub bound: f64,
}

/// The highest rate at which at most `wrong` of `cases` are seen with a probability of at least `1 − confidence`.
pub fn highest_rate(wrong: usize, cases: usize, confidence: f64) -> f64 {
    if wrong >= cases {
        return 1.0;
    }
    bisect(|rate| at_most(wrong, cases, rate) > 1.0 - confidence)
}

/// The lowest rate at which at least `wrong` of `cases` are seen with a probability of at least `1 − confidence`.
pub fn lowest_rate(wrong: usize, cases: usize, confidence: f64) -> f64 {
    1.0 - highest_rate(cases.saturating_sub(wrong), cases, confidence)
}

/// The fewest cases, all of them right, that show a rate of at most `risk`; `None` for a risk of 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded up and not negative; what is beyond usize saturates"
)]
pub fn fewest_cases(risk: f64, confidence: f64) -> Option<usize> {
    (risk > 0.0 && risk < 1.0)
        .then(|| ((1.0 - confidence).ln() / (1.0 - risk).ln()).ceil() as usize)
}

/// The lowest threshold whose errors among accepted stay within `risk`, with this confidence;
/// `None` if the cases show it of none.
pub fn lowest_threshold(cases: &[Scored], risk: f64, confidence: f64) -> Option<Threshold> {
    let confidence = 1.0 - (1.0 - confidence) / CHAINS as f64;
    let fewest = fewest_cases(risk, confidence)?;
    let mut sorted = cases.to_vec();
    sorted.sort_by(|one, other| other.score.total_cmp(&one.score));
    let steps = steps(&sorted);
    let chains = (0..CHAINS).filter_map(|chain| {
        let begins = fewest.checked_mul(1 << chain)?;
        let chain = steps.iter().skip_while(|step| step.accepted < begins);
        let within = chain
            .map(|step| Threshold {
                bound: highest_rate(step.wrong, step.accepted, confidence),
                ..*step
            })
            .take_while(|step| step.bound <= risk);
        within.last()
    });
    chains.min_by(|one, other| one.at.total_cmp(&other.at))
}

/// The lowest threshold at which cases that are accepted and wrong are at most a share `risk` of *all* cases,
/// with this confidence; `None` if there are too few cases, or the surest of them are wrong too often.
/// One chain, from the strictest threshold: with nothing accepted nothing is wrong.
pub fn lowest_threshold_of_all(cases: &[Scored], risk: f64, confidence: f64) -> Option<Threshold> {
    let mut sorted = cases.to_vec();
    sorted.sort_by(|one, other| other.score.total_cmp(&one.score));
    let all = sorted.len();
    let bounded = steps(&sorted).into_iter().map(|step| Threshold {
        bound: highest_rate(step.wrong, all, confidence),
        ..step
    });
    bounded.take_while(|step| step.bound <= risk).last()
}

/// A step for each score that occurs, from the highest.
fn steps(sorted: &[Scored]) -> Vec<Threshold> {
    let mut steps: Vec<Threshold> = Vec::new();
    let mut wrong = 0;
    for (at, case) in sorted.iter().enumerate() {
        wrong += usize::from(case.wrong);
        let step = Threshold {
            at: case.score,
            accepted: at + 1,
            wrong,
            bound: 1.0,
        };
        match steps.last_mut() {
            Some(last) if last.at.total_cmp(&case.score).is_eq() => *last = step,
            _ => steps.push(step),
        }
    }
    steps
}

/// The probability of at most `wrong` of `cases` at this rate, summed from the most probable term down
/// in logarithms, so that nothing underflows.
fn at_most(wrong: usize, cases: usize, rate: f64) -> f64 {
    let odds = (rate / (1.0 - rate)).ln();
    let mut term = cases as f64 * (1.0 - rate).ln();
    let mut terms = Vec::with_capacity(wrong + 1);
    terms.push(term);
    for count in 1..=wrong {
        term += ((cases - count + 1) as f64 / count as f64).ln() + odds;
        terms.push(term);
    }
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.iter().map(|term| (term - most).exp()).sum();
    (most + sum.ln()).exp().min(1.0)
}

/// The end of the interval from 0 in which `holds`.
fn bisect(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check((wrong, cases, confidence): (usize, usize, f64), expected: f64) {
        let bound = highest_rate(wrong, cases, confidence);
        assert!(
            (bound - expected).abs() < 5e-6,
            "{wrong} of {cases}: {bound}, not {expected}"
        );
    }

    /// Expected values: `scipy.stats.beta.ppf(confidence, wrong + 1, cases - wrong)`.
    #[test]
    fn bounds_are_those_of_clopper_and_pearson() {
        check((0, 149, 0.95), 0.019_905);
        check((0, 10, 0.95), 0.258_866);
        check((3, 100, 0.95), 0.075_711);
        check((10, 500, 0.99), 0.039_881);
        check((1, 2, 0.9), 0.948_683);
        check((120, 4189, 0.975), 0.034_158);
        check((5, 5, 0.95), 1.0);
        assert_eq!(fewest_cases(0.02, 0.95), Some(149));
        assert_eq!(fewest_cases(0.0, 0.95), None);
    }

    #[test]
    fn the_lowest_threshold_is_found_where_data_suffice() {
        // Scores in hundredths, wrong below 0.5 in every other case.
        let case = |at: usize| Scored {
            score: (at % 100) as f64 / 100.0,
            wrong: at % 100 < 50 && at.is_multiple_of(2),
        };
        let cases: Vec<Scored> = (0..10_000).map(case).collect();
        let found = lowest_threshold(&cases, 0.02, 0.95).expect("enough data");
        assert!((found.at - 0.49).abs() < 0.015, "{found:?}");
        assert!(found.bound <= 0.02);
        assert_eq!(lowest_threshold(&cases[..120], 0.02, 0.95), None);
        assert_eq!(lowest_threshold(&[], 0.02, 0.95), None);
        let found = lowest_threshold_of_all(&cases, 0.1, 0.95).expect("enough data");
        assert!(found.at < 0.35 && found.bound <= 0.1, "{found:?}");
        assert_eq!(lowest_threshold_of_all(&cases[..20], 0.02, 0.95), None);
    }

    proptest! {
        #[test]
        fn bounds_are_ordered(cases in 1_usize..400, share in 0.0_f64..=1.0, confidence in 0.5_f64..0.999) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
            let wrong = (cases as f64 * share) as usize;
            let observed = wrong as f64 / cases as f64;
            let (low, high) = (lowest_rate(wrong, cases, confidence), highest_rate(wrong, cases, confidence));
            prop_assert!(low <= observed + 1e-9 && observed <= high + 1e-9);
            prop_assert!(highest_rate(wrong, cases + 1, confidence) <= high + 1e-9);
            prop_assert!(highest_rate(wrong, cases, f64::midpoint(confidence, 1.0)) >= high - 1e-9);
        }

        #[test]
        fn a_threshold_keeps_to_the_risk_it_was_shown_for(seed in 0_u64..200) {
            let mut random = fastrand::Rng::with_seed(seed);
            let cases: Vec<Scored> = (0..800).map(|_| {
                let score = random.f64();
                Scored { score, wrong: random.f64() > score }
            }).collect();
            if let Some(found) = lowest_threshold(&cases, 0.1, 0.95) {
                let wrong = cases.iter().filter(|case| case.score >= found.at && case.wrong).count();
                prop_assert_eq!(wrong, found.wrong);
                prop_assert!(highest_rate(found.wrong, found.accepted, 0.95) <= 0.1);
            }
        }
    }
}
