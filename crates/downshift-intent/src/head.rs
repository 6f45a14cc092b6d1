//! Hides how an operator's own intents are told from a handful of examples each.
//!
//! Texts are compared by the model's pooled vectors. A regression shares a query out among the intents that were taught
//! and one class for all else, which is learned from a list of everyday queries; what falls to that class is the
//! model's own to tell. Few examples say little about what lies far from them, so such a query is never given to such
//! intents with more than [`FAR`], all together.

use std::sync::Arc;

pub(crate) use crate::head::regression::{Regression, Sample};
use crate::verdict::Intents;

mod regression;

/// The most that intents get, all together, of a query which lies beyond their reach.
const FAR: f32 = 0.5;
/// How much farther than its loosest example an intent reaches, as a cosine.
const SLACK: f32 = 0.05;
/// The loosest and the tightest that examples are taken to be, whatever they are.
const LOOSEST: f32 = 0.25;
const TIGHTEST: f32 = 0.75;
/// How close to one another the examples of an intent are taken to be which has but one.
const ALONE: f32 = 0.6;
/// A query of the background this close to an example may mean the same; see [`Taught::claims`].
const SAME: f32 = 0.55;

/// Tells the intents that were taught by examples, and mixes them with the model's own.
#[derive(Debug)]
pub(crate) struct Head {
    taught: Vec<Taught>,
    regression: Regression,
    /// Floating-point operations of one query.
    flops: u64,
    /// Queries of the background that were passed over, since they may mean what an intent was taught.
    passed_over: usize,
}

/// One intent and the vectors of its examples, all of length 1.
#[derive(Debug)]
pub(crate) struct Taught {
    intent: Arc<str>,
    examples: Vec<Vec<f32>>,
    /// The cosine to the nearest example below which a query is far.
    reach: f32,
    /// The cosine from which a query of the background may mean the same.
    same: f32,
}

// === impl Taught ===

impl Taught {
    /// An intent of at least one example.
    pub(crate) fn new(intent: Arc<str>, examples: Vec<Vec<f32>>) -> Self {
        let mut closest: Vec<f32> = examples
            .iter()
            .enumerate()
            .filter_map(|(at, example)| {
                let others = examples
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at);
                others
                    .map(|(_, other)| dot(example, other))
                    .max_by(f32::total_cmp)
            })
            .collect();
        closest.sort_by(f32::total_cmp);
        let loosest = closest.first().copied().unwrap_or(ALONE);
        let median = closest.get(closest.len() / 2).copied().unwrap_or(ALONE);
        Self {
            intent,
            examples,
            reach: (loosest - SLACK).clamp(LOOSEST, TIGHTEST),
            same: median.max(SAME),
        }
    }

    /// The cosine of the nearest example.
    fn nearest(&self, vector: &[f32]) -> f32 {
        let cosines = self.examples.iter().map(|example| dot(example, vector));
        cosines.fold(-1.0, f32::max)
    }

    /// Whether a query lies as near as the examples lie to one another.
    fn claims(&self, vector: &[f32]) -> bool {
        self.nearest(vector) >= self.same
    }
}

// === impl Head ===

impl Head {
    /// Learns to tell the intents from one another and from the background, all vectors being of length 1.
    pub(crate) fn fit(taught: Vec<Taught>, background: &[Vec<f32>]) -> Self {
        let kept: Vec<_> = background
            .iter()
            .filter(|vector| !taught.iter().any(|taught| taught.claims(vector)))
            .collect();
        // Every intent counts alike, however many examples it has, and the background as much as all of them.
        let share = |whole: usize, parts: usize| whole as f32 / parts.max(1) as f32;
        let everything_else = kept.iter().map(|vector| Sample {
            vector,
            class: 0,
            weight: share(taught.len(), kept.len()),
        });
        let examples = taught.iter().enumerate().flat_map(|(at, taught)| {
            taught.examples.iter().map(move |vector| Sample {
                vector,
                class: at + 1,
                weight: share(1, taught.examples.len()),
            })
        });
        let samples: Vec<_> = everything_else.chain(examples).collect();
        let classes = taught.len() + 1;
        let regression = Regression::fit(&samples, classes);
        let width = samples.first().map_or(0, |sample| sample.vector.len());
        let vectors = taught
            .iter()
            .map(|taught| taught.examples.len())
            .sum::<usize>()
            + classes;
        Self {
            regression,
            flops: u64::try_from(2 * width * vectors).unwrap_or(u64::MAX),
            passed_over: background.len() - kept.len(),
            taught,
        }
    }

    /// Floating-point operations of one query.
    pub(crate) fn flops(&self) -> u64 {
        self.flops
    }

    /// The intents that were taught.
    pub(crate) fn intents(&self) -> impl Iterator<Item = &Arc<str>> {
        self.taught.iter().map(|taught| &taught.intent)
    }

    /// Queries of the background that were passed over.
    pub(crate) fn passed_over(&self) -> usize {
        self.passed_over
    }

    /// Gives the taught intents their share of a query, and the model's own verdict what they leave. An intent that
    /// is both has both.
    pub(crate) fn mix(&self, embedding: &[f32], intents: &mut Intents, out_of_scope: &mut f32) {
        // A vector without direction is like no example.
        let Some(vector) = unit(embedding) else {
            return;
        };
        let shares = self.shares(&vector);
        let rest = (1.0 - shares.iter().sum::<f32>()).max(0.0);
        for (_, probability) in intents.iter_mut() {
            *probability *= rest;
        }
        *out_of_scope *= rest;
        for (taught, share) in self.taught.iter().zip(shares) {
            let known = intents.iter_mut().find(|(name, _)| *name == taught.intent);
            match known {
                Some((_, probability)) => *probability += share,
                None => intents.push((Arc::clone(&taught.intent), share)),
            }
        }
        intents.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    }

    /// The probability of each intent that was taught.
    fn shares(&self, vector: &[f32]) -> Vec<f32> {
        let probabilities = self.regression.probabilities(vector).into_iter().skip(1);
        let pairs = self.taught.iter().zip(probabilities);
        let mut shares: Vec<_> = pairs
            .map(|(taught, probability)| (taught.nearest(vector) < taught.reach, probability))
            .collect();
        let far = shares.iter().filter(|(far, _)| *far);
        let scale = FAR
            / far
                .map(|(_, probability)| probability)
                .sum::<f32>()
                .max(FAR);
        for (_, probability) in shares.iter_mut().filter(|(far, _)| *far) {
            *probability *= scale;
        }
        shares
            .into_iter()
            .map(|(_, probability)| probability)
            .collect()
    }
}

/// The vector at length 1; `None` if it has no direction.
pub(crate) fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = dot(vector, vector).sqrt();
    (length.is_finite() && length > f32::MIN_POSITIVE)
        .then(|| vector.iter().map(|value| value / length).collect())
}

/// Eight sums at once, which compilers turn into vector instructions.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let (ones, others) = (one.chunks_exact(8), other.chunks_exact(8));
    let rest = ones.remainder().iter().zip(others.remainder());
    let rest: f32 = rest.map(|(one, other)| one * other).sum();
    let mut sums = [0.0_f32; 8];
    for (one, other) in ones.zip(others) {
        for ((sum, one), other) in sums.iter_mut().zip(one).zip(other) {
            *sum += one * other;
        }
    }
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests;
