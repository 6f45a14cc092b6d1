//! Fits a calibration from graded replies: hides isotonic and logistic regression.
//!
//! Each judge's own curve is an isotonic regression of how good replies are on what the judge said of them.
//! Where there are several judges, the log-odds of their curves are added with weights that logistic regression
//! finds and keeps from being negative. Both are monotone, so more evidence never makes a reply look worse.

mod isotonic;
mod logistic;

use std::collections::BTreeMap;

use downshift_ledger::{Judge, Score};
use downshift_policy::{FittedConfig, FittedJudgeConfig};

use super::calibration::{self, SILENT};

/// Replies without a defect that a fit needs at least.
const FEWEST: usize = 100;
/// How many of them must be good, and how many must not be.
const FEWEST_OF_EACH: usize = 10;
/// Replies of which a judge must have had nothing to say before that is worth something of its own.
const FEWEST_SILENT: usize = 20;
/// Digits that are kept: what data of this size can tell is far coarser.
const DIGITS: f64 = 1e4;

/// A reply that somebody graded, and what judges said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded<'a> {
    /// What each judge said.
    pub scores: &'a [Score],
    /// How good it is, 0 to 1.
    pub good: f64,
}

/// Why nothing was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too few replies.
    #[error(
        "{replies} graded replies, {good} of them good: {FEWEST} are needed, {FEWEST_OF_EACH} of them good and {FEWEST_OF_EACH} not"
    )]
    TooFew {
        /// How many there are, those with a defect left out.
        replies: usize,
        /// How many of them are good.
        good: usize,
    },
    /// No judge gave a probability.
    #[error("no judge but the checks gave an opinion")]
    NoJudge,
}

/// How scores become one probability, by these replies.
///
/// # Errors
///
/// If there is too little to go by; then the defaults are the better guess.
pub fn fit(replies: &[Graded<'_>]) -> Result<FittedConfig, Unfit> {
    // A defect goes before everything else, so replies with one say nothing of the others.
    let sound = replies
        .iter()
        .filter(|reply| !calibration::defective(reply.scores));
    let sound = sound.collect::<Vec<_>>();
    let good = sound.iter().filter(|reply| reply.good >= 0.5).count();
    let of_each = good.min(sound.len() - good);
    if sound.len() < FEWEST || of_each < FEWEST_OF_EACH {
        let replies = sound.len();
        return Err(Unfit::TooFew { replies, good });
    }
    let judges = [Judge::Agreement, Judge::Logprobs, Judge::Verifier];
    let fitted = judges.into_iter().filter_map(|judge| {
        let curve = of_judge(judge, &sound)?;
        Some((judge, curve))
    });
    let mut fitted = fitted.collect::<BTreeMap<_, _>>();
    let mut bias = 0.0;
    match fitted.len() {
        0 => return Err(Unfit::NoJudge),
        // Its curve says it all.
        1 => {}
        _ => {
            let rows = sound.iter().map(|reply| {
                let features = fitted
                    .iter()
                    .map(|(judge, curve)| calibration::log_odds(curve, said(reply.scores, *judge)));
                (features.collect(), reply.good)
            });
            let model = logistic::fit(&rows.collect::<Vec<(Vec<f64>, f64)>>());
            bias = rounded(model.bias);
            for (curve, weight) in fitted.values_mut().zip(model.weights) {
                curve.weight = rounded(weight);
            }
        }
    }
    let judges = fitted.into_iter();
    Ok(FittedConfig {
        bias,
        judges: judges
            .map(|(judge, curve)| (judge.label().to_owned(), curve))
            .collect(),
        ..FittedConfig::default()
    })
}

/// The mean squared distance of probabilities from how good replies are (Brier, 1950); 0 for none.
pub fn brier(cases: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, count) = cases.fold((0.0, 0_u32), |(sum, count), (probability, good)| {
        (sum + (probability - good).powi(2), count + 1)
    });
    sum / f64::from(count.max(1))
}

/// A judge's curve, if it said anything.
fn of_judge(judge: Judge, replies: &[&Graded<'_>]) -> Option<FittedJudgeConfig> {
    let heard = replies
        .iter()
        .filter_map(|reply| Some((said(reply.scores, judge)?, reply.good)));
    let points = isotonic::fit(heard.collect());
    let lowest = points.first()?[1];
    let silent = replies
        .iter()
        .filter(|reply| said(reply.scores, judge).is_none());
    let silent = silent.map(|reply| reply.good).collect::<Vec<_>>();
    let missing = if silent.len() < FEWEST_SILENT {
        lowest.min(SILENT)
    } else {
        rounded(isotonic::shrunk(
            silent.iter().sum(),
            silent.len() as f64,
            0.5,
        ))
    };
    Some(FittedJudgeConfig {
        weight: 1.0,
        points,
        missing,
    })
}

fn said(scores: &[Score], judge: Judge) -> Option<f64> {
    let score = scores.iter().find(|score| score.judge == judge)?;
    score.probability.map(f64::from)
}

fn rounded(number: f64) -> f64 {
    (number * DIGITS).round() / DIGITS
}

#[cfg(test)]
mod tests;
