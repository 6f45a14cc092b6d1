//! Hides how a classifier is judged: from verdicts beside the truth to the figures that matter.
//!
//! A confidence is worth what it predicts, so most of these figures ask whether being sure and being right go
//! together, and whether queries of no intent are met with doubt.

mod ranks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::Verdict;
use ranks::{auroc, false_positives_at};

/// Bins of equal width that confidences are put in to be held against what came of them.
const BINS: usize = 15;
/// Points of the risk–coverage curve.
const POINTS: usize = 50;
/// The thresholds at which it is told how many queries would go to a computed answer wrongly.
const THRESHOLDS: [f32; 6] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9];
/// The share of genuine trivial queries that must be met where one figure is asked for.
const COVERAGE: f64 = 0.85;

/// One labelled query, and what the classifier made of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Its intent; `None` if it has none of those the model knows.
    pub truth: Option<Arc<str>>,
    /// The classifier's verdict.
    pub verdict: Verdict,
}

/// What a classifier is worth on a set of labelled queries. Figures that the set cannot give are `None`: those of
/// out-of-scope queries without any such, and the like. All shares and probabilities are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Queries that have an intent.
    pub in_scope: usize,
    /// Queries that have none.
    pub out_of_scope: usize,
    /// The share of queries with an intent whose likeliest intent is theirs.
    pub accuracy: Option<f64>,
    /// The mean F1 of the intents that occur.
    pub macro_f1: Option<f64>,
    /// The chance that a query without intent is given the higher out-of-scope probability, of two drawn at random.
    pub oos_auroc: Option<f64>,
    /// The share of queries without intent taken for one where 95 % of those with one are.
    pub oos_fpr95: Option<f64>,
    /// The chance that a rightly classified query has the higher confidence, of a right and a wrong one.
    pub error_auroc: Option<f64>,
    /// Expected calibration error: the mean distance of confidence and accuracy, over 15 bins of equal width
    /// (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    pub ece: Option<f64>,
    /// What [`Evaluation::ece`] is made of.
    pub reliability: Vec<Bin>,
    /// How often the surest share of queries is wrong.
    pub risk_coverage: Vec<Point>,
    /// Wrongly computed answers by threshold, were there no second key; empty without trivial intents in the set.
    pub false_trivial: Vec<FalseTrivial>,
    /// The same at the threshold which 85 % of the genuine trivial queries reach.
    pub false_trivial_at_85: Option<FalseTrivial>,
    /// Each intent that occurs.
    pub per_intent: BTreeMap<Arc<str>, IntentFigures>,
}

/// The queries whose confidence lies in one range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// The range, its upper end included.
    pub from: f64,
    /// Its upper end.
    pub to: f64,
    /// Queries in it.
    pub queries: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// The share of them that is right.
    pub accuracy: f64,
}

/// What accepting the surest share of queries costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The share that is accepted.
    pub coverage: f64,
    /// The least confidence among them.
    pub threshold: f64,
    /// The share of them that is wrong.
    pub risk: f64,
}

/// How many queries go to a computed answer at one threshold, by the classifier alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FalseTrivial {
    /// What the probabilities of all trivial intents together must reach.
    pub threshold: f64,
    /// The share of all other queries that reach it.
    pub rate: f64,
    /// The share of genuine trivial queries that reach it.
    pub coverage: f64,
}

/// One intent's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentFigures {
    /// Queries of it.
    pub queries: usize,
    /// The share of what was taken for it that is it.
    pub precision: Option<f64>,
    /// The share of it that was met.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// What its queries were taken for instead, and how often.
    pub confused_with: BTreeMap<Arc<str>, usize>,
}

/// A query with an intent: how sure the classifier was, and whether it was right.
#[derive(Clone, Copy)]
struct Call {
    confidence: f64,
    right: bool,
}

// === impl Evaluation ===

impl Evaluation {
    /// The figures of a set; `trivial` are the intents whose queries are answered without a model.
    pub fn of(judged: &[Judged], trivial: &BTreeSet<Arc<str>>) -> Self {
        let (inside, outside): (Vec<_>, Vec<_>) =
            judged.iter().partition(|judged| judged.truth.is_some());
        let doubts = |some: &[&Judged]| -> Vec<f64> {
            some.iter()
                .map(|judged| f64::from(judged.verdict.out_of_scope))
                .collect()
        };
        let (inner, outer) = (doubts(&inside), doubts(&outside));
        let mut calls: Vec<_> = inside.iter().map(|judged| call(judged)).collect();
        calls.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let sure = |right: bool| -> Vec<f64> {
            let some = calls.iter().filter(|call| call.right == right);
            some.map(|call| call.confidence).collect()
        };
        let per_intent = per_intent(&inside);
        let reliability = reliability(&calls);
        let (false_trivial, false_trivial_at_85) = false_trivial(judged, trivial);
        Self {
            in_scope: inside.len(),
            out_of_scope: outside.len(),
            accuracy: share(calls.iter().filter(|call| call.right).count(), calls.len()),
            macro_f1: mean(per_intent.values().map(|figures| figures.f1)),
            oos_auroc: auroc(&outer, &inner),
            oos_fpr95: false_positives_at(0.95, &inner, &outer),
            error_auroc: auroc(&sure(true), &sure(false)),
            ece: ece(&reliability, calls.len()),
            reliability,
            risk_coverage: risk_coverage(&calls),
            false_trivial,
            false_trivial_at_85,
            per_intent,
        }
    }
}

fn call(judged: &Judged) -> Call {
    let top = judged.verdict.top();
    Call {
        confidence: top.map_or(0.0, |(_, confidence)| f64::from(confidence)),
        right: top.map(|(intent, _)| intent) == judged.truth.as_ref(),
    }
}

fn per_intent(inside: &[&Judged]) -> BTreeMap<Arc<str>, IntentFigures> {
    let mut taken: BTreeMap<&Arc<str>, usize> = BTreeMap::new();
    let mut rows: BTreeMap<Arc<str>, BTreeMap<Arc<str>, usize>> = BTreeMap::new();
    for judged in inside {
        let top = judged.verdict.top().map(|(intent, _)| intent);
        if let (Some(truth), Some(top)) = (&judged.truth, top) {
            *taken.entry(top).or_default() += 1;
            let row = rows.entry(Arc::clone(truth)).or_default();
            *row.entry(Arc::clone(top)).or_default() += 1;
        }
    }
    let figures = rows.into_iter().map(|(intent, mut row)| {
        let queries: usize = row.values().sum();
        let met = row.remove(&intent).unwrap_or(0);
        let taken = taken.get(&intent).copied().unwrap_or(0);
        let figures = IntentFigures {
            queries,
            precision: share(met, taken),
            recall: share(met, queries).unwrap_or(0.0),
            f1: share(2 * met, queries + taken).unwrap_or(0.0),
            confused_with: row,
        };
        (intent, figures)
    });
    figures.collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a confidence from 0 to 1 falls in a bin"
)]
fn reliability(calls: &[Call]) -> Vec<Bin> {
    let mut bins = vec![(0_usize, 0.0, 0_usize); BINS];
    for call in calls {
        let at = (call.confidence * BINS as f64).ceil() as usize;
        if let Some((queries, confidence, right)) = bins.get_mut(at.clamp(1, BINS) - 1) {
            *queries += 1;
            *confidence += call.confidence;
            *right += usize::from(call.right);
        }
    }
    let filled = bins.into_iter().enumerate();
    let filled = filled.filter(|(_, (queries, _, _))| *queries > 0);
    filled
        .map(|(at, (queries, confidence, right))| Bin {
            from: at as f64 / BINS as f64,
            to: (at + 1) as f64 / BINS as f64,
            queries,
            confidence: confidence / queries as f64,
            accuracy: right as f64 / queries as f64,
        })
        .collect()
}

fn ece(bins: &[Bin], calls: usize) -> Option<f64> {
    let distances = bins
        .iter()
        .map(|bin| bin.queries as f64 * (bin.confidence - bin.accuracy).abs());
    (calls > 0).then(|| distances.sum::<f64>() / calls as f64)
}

/// From calls, the surest first.
fn risk_coverage(calls: &[Call]) -> Vec<Point> {
    let mut wrong = 0_usize;
    let mut points = Vec::with_capacity(POINTS);
    for (at, call) in calls.iter().enumerate() {
        wrong += usize::from(!call.right);
        let accepted = at + 1;
        // The next of the points was reached with this call.
        let due = (points.len() + 1) * calls.len();
        if accepted * POINTS >= due {
            points.push(Point {
                coverage: accepted as f64 / calls.len() as f64,
                threshold: call.confidence,
                risk: wrong as f64 / accepted as f64,
            });
        }
    }
    points
}

fn false_trivial(
    judged: &[Judged],
    trivial: &BTreeSet<Arc<str>>,
) -> (Vec<FalseTrivial>, Option<FalseTrivial>) {
    let (mut genuine, mut others) = (Vec::new(), Vec::new());
    for judged in judged {
        let intents = judged.verdict.intents.iter();
        let together: f32 = intents
            .filter(|(intent, _)| trivial.contains(intent))
            .map(|(_, probability)| probability)
            .sum();
        let of_them = judged
            .truth
            .as_ref()
            .is_some_and(|truth| trivial.contains(truth));
        if of_them { &mut genuine } else { &mut others }.push(together);
    }
    if genuine.is_empty() || others.is_empty() {
        return (Vec::new(), None);
    }
    let reach = |some: &[f32], threshold: f32| {
        let reaching = some.iter().filter(|together| **together >= threshold);
        reaching.count() as f64 / some.len() as f64
    };
    genuine.sort_by(f32::total_cmp);
    let at = |threshold: f32| FalseTrivial {
        threshold: f64::from(threshold),
        rate: reach(&others, threshold),
        coverage: reach(&genuine, threshold),
    };
    // The largest threshold that leaves the wanted share of them at or above it.
    let may_fall = genuine
        .iter()
        .enumerate()
        .rfind(|(below, _)| 1.0 - *below as f64 / genuine.len() as f64 >= COVERAGE);
    let at_85 = may_fall.map(|(_, threshold)| at(*threshold));
    (THRESHOLDS.map(at).to_vec(), at_85)
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = values.len();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests;
