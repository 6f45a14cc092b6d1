//! When a specialist's reply goes up: what its judges are worth and where the threshold lies, by recorded traffic.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use downshift_ledger::Judgement;
use downshift_policy::{ExpectedConfig, FittedConfig};

use super::{Found, evidence};
use crate::cli::replay::replayed;
use crate::cli::runtime;
use crate::config::Loaded;
use crate::judge::Calibration;
use crate::judge::fit::{Graded, brier, fit};
use crate::replay::guarantee::{
    Scored, fewest_cases, highest_rate, lowest_rate, lowest_threshold_of_all,
};
use crate::replay::{Log, Outcome};

/// Digits of a threshold.
const DIGITS: f64 = 1e4;

/// The promise that thresholds are to keep.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    /// The share of the LLM's quality.
    pub(super) quality: f64,
    /// How sure that is to be.
    pub(super) confidence: f64,
}

/// A judged reply of one intent's specialist.
struct Case {
    judgement: Judgement,
    /// How good it is.
    small: f64,
    /// How good the LLM's is.
    llm: f64,
    /// Whether the judges are fitted by it; thresholds are found on those they are not.
    fits: bool,
}

/// The threshold of each intent whose specialist is judged, with what its judges are worth where
/// the data are enough for both. Every reply is let pass to see what it is worth.
pub(super) fn found(loaded: Loaded, log: &Path, promise: Promise) -> anyhow::Result<Vec<Found>> {
    let log = Arc::new(Log::read(log)?);
    let outcomes = runtime()?
        .block_on(replayed(let_pass(loaded), &log))?
        .outcomes;
    let mut intents: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for outcome in outcomes {
        if let Some((intent, case)) = case(outcome) {
            intents.entry(intent).or_default().push(case);
        }
    }
    let tuned = intents.into_iter();
    Ok(tuned
        .map(|(intent, cases)| tune(intent, &cases, promise))
        .collect())
}

/// The policy with every judged reply released, and judged by the defaults.
fn let_pass(mut loaded: Loaded) -> Loaded {
    for intent in loaded.config.intents.values_mut() {
        if intent.specialist.is_some() {
            intent.escalate_below = Some(0.0);
        }
        if let Some(judge) = &mut intent.judge {
            judge.margin = None;
            judge.calibration = None;
        }
    }
    loaded
}

fn case(mut outcome: Outcome) -> Option<(String, Case)> {
    let judgement = outcome
        .judged
        .pop()
        .filter(|judgement| judgement.released)?;
    let (small, llm) = outcome.score.zip(outcome.llm_score)?;
    let case = Case {
        judgement,
        small,
        llm,
        fits: hash(&outcome.id).is_multiple_of(2),
    };
    Some((outcome.intent?.to_string(), case))
}

/// FNV-1a (Fowler, Noll and Vo), 64 bits: which half a record is in depends on nothing but its id.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Judges are fitted by one half of the cases, the threshold is found on the other, which the fit has not seen.
/// Where one half is too little to fit by, the defaults stay, and all cases are there for the threshold.
fn tune(intent: String, cases: &[Case], promise: Promise) -> Found {
    let (half, rest): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.fits);
    let graded = half.iter().map(|case| Graded {
        scores: &case.judgement.scores,
        good: case.small,
    });
    let fitted = fit(&graded.collect::<Vec<_>>());
    let (cases, calibration, fit) = match fitted {
        Ok(fitted) => {
            let told = told(&fitted, &half, &rest);
            (rest, Some(fitted), told)
        }
        Err(why) => (
            cases.iter().collect(),
            None,
            format!("the judges keep their defaults: {why}"),
        ),
    };
    let calibrated = calibration.clone().map(Calibration::fitted);
    let probability = |case: &Case| match &calibrated {
        Some(fitted) => fitted.of_scores(&case.judgement.scores),
        None => f64::from(case.judgement.probability),
    };
    let scored = cases.iter().map(|case| Scored {
        // No finer than thresholds are written, so that what is tested is what will be released.
        score: (probability(case) * DIGITS).floor() / DIGITS,
        wrong: case.small < case.llm,
    });
    let scored = scored.collect::<Vec<_>>();
    let llm_right = cases.iter().filter(|case| case.llm >= 0.5).count();
    let (value, evidence) = threshold(&scored, llm_right, promise);
    let accepted = scored
        .iter()
        .filter(|case| value.is_some_and(|at| case.score >= at))
        .count();
    // A threshold says nothing without what it is a threshold of, nor the other way round.
    let calibration = calibration
        .filter(|_| value.is_some())
        .map(|fitted| FittedConfig {
            expected: Some(expected(&cases, accepted)),
            evidence: Some(fit.clone()),
            ..fitted
        });
    Found {
        intent,
        field: "escalate_below",
        value,
        evidence,
        calibration,
        fit: Some(fit),
    }
}

/// What speaks for a fit: how far its probabilities are from the grades of replies it has not seen.
fn told(fitted: &FittedConfig, half: &[&Case], rest: &[&Case]) -> String {
    let calibration = Calibration::fitted(fitted.clone());
    let after = brier(
        rest.iter()
            .map(|case| (calibration.of_scores(&case.judgement.scores), case.small)),
    );
    let before = brier(
        rest.iter()
            .map(|case| (f64::from(case.judgement.probability), case.small)),
    );
    format!(
        "fitted to {} graded replies; Brier score on {} others {after:.3}, by the defaults {before:.3}",
        half.len(),
        rest.len()
    )
}

fn expected(cases: &[&Case], accepted: usize) -> ExpectedConfig {
    let all = cases.len().max(1) as f64;
    let share = |sum: f64| Some((sum / all * DIGITS).round() / DIGITS);
    ExpectedConfig {
        small: share(cases.iter().map(|case| case.small).sum()),
        llm: share(cases.iter().map(|case| case.llm).sum()),
        accepted: share(accepted as f64),
        most_gain: None,
    }
}

/// The lowest threshold that keeps the promise, and what speaks for it, or why there is none. Quality lost is at most
/// the share of cases that are released and worse; half of what may be wrong with that is spent on it, half on
/// how good the LLM is.
fn threshold(scored: &[Scored], llm_right: usize, promise: Promise) -> (Option<f64>, String) {
    let Promise {
        quality,
        confidence,
    } = promise;
    let all = scored.len();
    let each = f64::midpoint(confidence, 1.0);
    let risk = (1.0 - quality) * lowest_rate(llm_right, all, each);
    let promise = format!("{:.1} % of the llm's quality", quality * 100.0);
    let threshold = lowest_threshold_of_all(scored, risk, each);
    let evidence = match &threshold {
        Some(threshold) => evidence(threshold, all, &promise, confidence),
        None if highest_rate(0, all, each) > risk => {
            let needed = fewest_cases(risk, each).map_or("more".to_owned(), |few| few.to_string());
            format!("too few data: {all} judged replies; to show {promise} takes {needed} at least")
        }
        None => {
            format!("no threshold keeps {promise}: the surest of {all} replies are wrong too often")
        }
    };
    (threshold.map(|threshold| threshold.at), evidence)
}

#[cfg(test)]
mod tests {
    use downshift_ledger::{Judge, Score};

    use super::*;

    const PROMISE: Promise = Promise {
        quality: 0.95,
        confidence: 0.95,
    };

    /// `count` replies on which all agree, and as many on which none does; the first are wrong once in `wrong`.
    fn cases(count: usize, wrong: usize) -> Vec<Case> {
        let case = |at: usize| {
            let agree = at.is_multiple_of(2);
            let good = if agree {
                !(at / 2).is_multiple_of(wrong)
            } else {
                at % 4 == 1
            };
            let probability = if agree { 0.68 } else { 0.2 };
            let score = Score {
                judge: Judge::Agreement,
                probability: Some(probability),
                evidence: String::new(),
            };
            Case {
                judgement: Judgement {
                    model: "small".into(),
                    probability,
                    threshold: 0.0,
                    released: true,
                    scores: vec![score],
                },
                small: f64::from(u8::from(good)),
                llm: 1.0,
                fits: hash(&at.to_string()).is_multiple_of(2),
            }
        };
        (0..2 * count).map(case).collect()
    }

    #[test]
    fn halves_fit_and_test() {
        let found = tune("code".to_owned(), &cases(2_000, 100), PROMISE);
        let fitted = found.calibration.expect("enough to fit");
        let points = &fitted.judges["agreement"].points;
        assert_eq!(points.len(), 2);
        assert!((points[1][1] - 0.99).abs() < 0.01, "{points:?}");
        let at = found.value.expect("a threshold");
        assert!(at > points[0][1] && at <= points[1][1], "{at} {points:?}");
        let expected = fitted.expected.expect("shares");
        assert!((expected.accepted.unwrap() - 0.5).abs() < 0.05);
        assert!(
            fitted
                .evidence
                .is_some_and(|told| told.starts_with("fitted to "))
        );
    }

    #[test]
    fn defaults_stay_where_there_is_too_little() {
        let few = tune("code".to_owned(), &cases(90, 100), PROMISE);
        assert_eq!(few.calibration, None);
        let told = few.fit.expect("why not");
        assert!(
            told.starts_with("the judges keep their defaults: "),
            "{told}"
        );
        assert_eq!(few.value, Some(0.68), "the threshold has all of them");
        let fewer = tune("code".to_owned(), &cases(20, 100), PROMISE);
        assert_eq!(fewer.value, None);
        assert!(
            fewer
                .evidence
                .starts_with("too few data: 40 judged replies")
        );
        // Wrong too often: nothing is written, a calibration neither.
        let bad = tune("code".to_owned(), &cases(2_000, 4), PROMISE);
        assert_eq!((bad.value, bad.calibration), (None, None));
        assert!(
            bad.evidence.starts_with("no threshold keeps"),
            "{}",
            bad.evidence
        );
    }
}
