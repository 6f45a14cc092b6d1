//! Hides how an operator's own intents are told from a handful of examples each.
//!
//! A [`Reader`] shares a query out among the intents that were taught and one class for all else, which is learned from
//! a list of everyday queries; what falls to that class is the model's own to tell. Until there is a reader, a query
//! goes by the middle of each intent's examples. Few examples say little about what lies far from them, so a query that
//! lies beyond an intent's reach, or nearer to one of its counter-examples than to any example, is never given to such
//! intents with more than [`FAR`], all together.

use std::sync::{Arc, OnceLock};

use crate::meanwhile::meanwhile;
use crate::names::Names;
use crate::reader::{Classes, FOLDS, Material, Reader, Sample, Truth, WEIGHT};
use crate::vectors::{dot, middle, softmax, unit};
use crate::verdict::Intents;

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
/// How much each example counts, were there ten of its intent: those of an intent count alike all together.
const EXAMPLES: f32 = 10.0;
/// How much a query of the background counts at most, beside one of ten examples. Of 0.5, 0.25 and 0.1 this one meets
/// most queries of 64 intents of HWU64 (81 %, 80 and 77 with more) and 150 of CLINC150 (91.5 %, 90.6, 89), which are
/// everyday ones themselves; of queries out of CLINC150's scope it takes two in a hundred, one with more.
const AT_MOST: f32 = 0.1;
/// By what a cosine is multiplied where queries go by the middle of an intent's examples.
const SHARP: f32 = 16.0;
/// Up to so many examples times intents, every choice is made on all of the examples; beyond, on a fifth of them.
const FEW: usize = 20_000;

/// Tells the intents that were taught by examples, and mixes them with the model's own.
#[derive(Debug)]
pub(crate) struct Head {
    taught: Vec<Taught>,
    /// Everyday queries of no taught intent.
    everything_else: Vec<Utterance>,
    names: Names,
    /// How queries are read; by the middle of the examples until there is one.
    reader: OnceLock<Reader>,
    /// Queries of the background that were passed over, since they may mean what an intent was taught.
    passed_over: usize,
}

/// A text and its vector, of length 1.
#[derive(Debug, Clone)]
pub(crate) struct Utterance {
    pub(crate) text: String,
    pub(crate) vector: Vec<f32>,
}

/// One intent and its examples.
#[derive(Debug)]
pub(crate) struct Taught {
    pub(crate) intent: Arc<str>,
    pub(crate) examples: Vec<Utterance>,
    counter_examples: Vec<Utterance>,
    /// Where its examples point together.
    middle: Vec<f32>,
    /// The cosine to the nearest example below which a query is far.
    reach: f32,
    /// The cosine from which a query of the background may mean the same.
    same: f32,
}

// === impl Utterance ===

impl Utterance {
    pub(crate) fn sample(&self, truth: Truth, weight: f32) -> Sample<'_> {
        Sample {
            text: &self.text,
            vector: &self.vector,
            truth,
            weight,
        }
    }
}

// === impl Taught ===

impl Taught {
    /// An intent of at least one example.
    pub(crate) fn new(
        intent: Arc<str>,
        examples: Vec<Utterance>,
        counter_examples: Vec<Utterance>,
    ) -> Self {
        let mut closest: Vec<f32> = examples
            .iter()
            .enumerate()
            .filter_map(|(at, example)| {
                let others = examples
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at);
                others
                    .map(|(_, other)| dot(&example.vector, &other.vector))
                    .max_by(f32::total_cmp)
            })
            .collect();
        closest.sort_by(f32::total_cmp);
        let loosest = closest.first().copied().unwrap_or(ALONE);
        let median = closest.get(closest.len() / 2).copied().unwrap_or(ALONE);
        let vectors = examples.iter().map(|example| example.vector.as_slice());
        Self {
            intent,
            middle: middle(vectors).unwrap_or_default(),
            examples,
            counter_examples,
            reach: (loosest - SLACK).clamp(LOOSEST, TIGHTEST),
            same: median.max(SAME),
        }
    }

    /// The cosine of the nearest example.
    fn nearest(&self, vector: &[f32]) -> f32 {
        nearest(&self.examples, vector)
    }

    /// Whether a query lies as near as the examples lie to one another.
    fn claims(&self, vector: &[f32]) -> bool {
        self.nearest(vector) >= self.same
    }

    /// Whether a query lies beyond what the examples tell of.
    fn is_far(&self, vector: &[f32]) -> bool {
        let nearest = self.nearest(vector);
        nearest < self.reach || nearest < self::nearest(&self.counter_examples, vector)
    }
}

/// The cosine of the nearest of some utterances.
fn nearest(utterances: &[Utterance], vector: &[f32]) -> f32 {
    let cosines = utterances.iter().map(|near| dot(&near.vector, vector));
    cosines.fold(-1.0, f32::max)
}

/// Which queries any of the intents claims. One half is looked at while the other is, where threads are to be had: with
/// many examples this is a good part of what a start waits for.
fn claimed(taught: &[Taught], queries: &[Utterance]) -> Vec<bool> {
    let look = |queries: &[Utterance]| -> Vec<bool> {
        let any = |query: &Utterance| taught.iter().any(|taught| taught.claims(&query.vector));
        queries.iter().map(any).collect()
    };
    let (first, second) = queries.split_at(queries.len() / 2);
    let (mut claimed, rest) = meanwhile("look-through", || look(first), || look(second));
    claimed.extend(rest);
    claimed
}

// === impl Head ===

impl Head {
    /// Tells the intents from one another and from the background by the middle of their examples.
    pub(crate) fn new(taught: Vec<Taught>, background: Vec<Utterance>, names: Names) -> Self {
        let all = background.len();
        let claimed = claimed(&taught, &background);
        let pairs = background.into_iter().zip(claimed);
        let unclaimed = pairs.filter_map(|(query, claimed)| (!claimed).then_some(query));
        let everything_else: Vec<_> = unclaimed.collect();
        Self {
            passed_over: all - everything_else.len(),
            taught,
            everything_else,
            names,
            reader: OnceLock::new(),
        }
    }

    /// Fits a reader: some milliseconds for each hundred examples.
    pub(crate) fn fit(&self) -> Reader {
        self.with_samples(|samples, anchors, classes| {
            let few = samples.len() * classes.count <= FEW;
            let judged = if few { FOLDS } else { 1 };
            Reader::fit(Material {
                samples,
                anchors,
                classes,
                judged,
            })
            .reader
        })
    }

    /// Reads queries by this reader from now on.
    pub(crate) fn read_by(&self, reader: Reader) {
        self.reader.get_or_init(|| reader);
    }

    /// The number of classes, and the width of vectors.
    pub(crate) fn shape(&self) -> (usize, usize) {
        let width = self.taught.first().map_or(0, |taught| taught.middle.len());
        (self.taught.len() + 1, width)
    }

    /// What a reader is fitted to: the texts, those that choices are not made on, and the classes.
    pub(crate) fn with_samples<T>(
        &self,
        work: impl FnOnce(&[Sample<'_>], &[Sample<'_>], Classes) -> T,
    ) -> T {
        // Every intent counts alike, however many examples it has, and the background as much as all of them, unless
        // there are many.
        let share =
            |whole: usize, parts: usize| WEIGHT * EXAMPLES * whole as f32 / parts.max(1) as f32;
        let everything_else = &self.everything_else;
        let weight = share(self.taught.len(), everything_else.len()).min(WEIGHT * AT_MOST);
        let mut samples: Vec<_> = everything_else
            .iter()
            .map(|query| query.sample(Truth::Is(0), weight))
            .collect();
        let mut anchors = self.names.samples(WEIGHT);
        for (at, taught) in self.taught.iter().enumerate() {
            let weight = share(1, taught.examples.len());
            let examples = taught.examples.iter();
            samples.extend(examples.map(|example| example.sample(Truth::Is(at + 1), weight)));
            let counter = taught.counter_examples.iter();
            anchors.extend(counter.map(|example| example.sample(Truth::Not(at + 1), weight)));
        }
        let classes = Classes {
            count: self.taught.len() + 1,
            first_is_all_else: true,
        };
        work(&samples, &anchors, classes)
    }

    /// Floating-point operations of a query of so many bytes.
    pub(crate) fn flops(&self, bytes: usize) -> u64 {
        let examples = self.taught.iter().flat_map(|taught| &taught.examples);
        let examples: usize = examples.map(|example| 2 * example.vector.len()).sum();
        let reader = self.reader.get().map_or(0, |reader| reader.flops(bytes));
        reader.saturating_add(u64::try_from(examples).unwrap_or(u64::MAX))
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
    pub(crate) fn mix(
        &self,
        text: &str,
        embedding: &[f32],
        intents: &mut Intents,
        out_of_scope: &mut f32,
    ) {
        // A vector without direction is like no example.
        let Some(vector) = unit(embedding) else {
            return;
        };
        let shares = self.shares(text, &vector);
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
    fn shares(&self, text: &str, vector: &[f32]) -> Vec<f32> {
        let probabilities = self.probabilities(text, vector).into_iter().skip(1);
        let pairs = self.taught.iter().zip(probabilities);
        let mut shares: Vec<_> = pairs
            .map(|(taught, probability)| (taught.is_far(vector), probability))
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

    /// The probability of all else, then of each intent that was taught.
    fn probabilities(&self, text: &str, vector: &[f32]) -> Vec<f32> {
        if let Some(reader) = self.reader.get() {
            return reader.probabilities(text, vector);
        }
        let middles = self.taught.iter().map(|taught| dot(&taught.middle, vector));
        let all_else = nearest(&self.everything_else, vector);
        let mut scores: Vec<_> = std::iter::once(all_else)
            .chain(middles)
            .map(|cosine| SHARP * cosine)
            .collect();
        softmax(&mut scores);
        scores
    }
}

#[cfg(test)]
impl Head {
    pub(crate) fn is_fitted(&self) -> bool {
        self.reader.get().is_some()
    }

    pub(crate) fn asked(&self, query: &Utterance) -> Vec<f32> {
        self.shares(&query.text, &query.vector)
    }
}

#[cfg(test)]
mod tests;
