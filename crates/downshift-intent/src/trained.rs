//! Hides a head of a user's own: two linear functions per intent, over the model's vector and over letters, and the two
//! files they are kept in.
//!
//! The two are averaged as log-probabilities, and calibrated together. `head.json` says what the head knows and how it
//! was calibrated; `head.bin` holds the numbers, little-endian: the vector's weights (f32, per intent the width and one
//! constant), the rarity of each bucket (f32), a scale per intent (f32), then per bucket a weight per intent (i8).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::description::Calibration;
use crate::head::{Regression, unit};
use crate::lexical::{BUCKETS, Lexical};
use crate::source::File;
use crate::verdict::{Intents, calibrated};

/// The one format this version reads.
const FORMAT: u32 = 1;

/// The intents of a user's own, in place of the model's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrainedHead {
    pub(crate) about: About,
    /// Over the model's vector.
    pub(crate) linear: Regression,
    /// Over letters.
    pub(crate) lexical: Lexical,
}

/// `head.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) format: u32,
    /// Its name and version, for the log and the reports.
    pub(crate) name: String,
    pub(crate) version: String,
    /// The intents.
    pub(crate) labels: Vec<Arc<str>>,
    /// The length of the model's vector.
    pub(crate) width: usize,
    /// How much letters count beside the vector, 0 to 1.
    pub(crate) letters: f32,
    pub(crate) temperature: f32,
    pub(crate) out_of_scope: OutOfScope,
}

/// P(out of scope) = sigmoid(`offset` − `slope` · score).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutOfScope {
    pub(crate) slope: f32,
    pub(crate) offset: f32,
}

/// What a text came to, before calibration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scored {
    /// Log-probabilities of either function, averaged.
    pub(crate) likely: Vec<f32>,
    /// The largest score: the lower, the less the text is like anything trained on.
    pub(crate) familiar: f32,
}

// === impl TrainedHead ===

impl TrainedHead {
    /// A text's verdict from the text and its vector.
    pub(crate) fn verdict(&self, text: &str, embedding: &[f32]) -> Result<(Intents, f32), Error> {
        let Scored { likely, familiar } = self.scored(text, embedding);
        let OutOfScope { slope, offset } = self.about.out_of_scope;
        let calibration = Calibration {
            temperature: self.about.temperature,
            slope,
            offset,
        };
        calibrated(&likely, &self.about.labels, calibration, familiar)
    }

    /// What a text comes to, before calibration.
    pub(crate) fn scored(&self, text: &str, embedding: &[f32]) -> Scored {
        // A vector without direction tells nothing.
        let vector = unit(embedding).unwrap_or_else(|| vec![0.0; self.about.width]);
        let letters = self.lexical.scores(text);
        blended(&self.linear.scores(&vector), &letters, self.about.letters)
    }

    /// Floating-point operations of one text of so many bytes.
    pub(crate) fn flops(&self, bytes: usize) -> u64 {
        let classes = self.about.labels.len();
        let flops = 2 * classes * (self.about.width + 3 * bytes.min(4096));
        u64::try_from(flops).unwrap_or(u64::MAX)
    }

    /// The two files: `head.json` and `head.bin`.
    pub(crate) fn encode(&self) -> Result<(Vec<u8>, Vec<u8>), serde_json::Error> {
        let mut numbers = Vec::new();
        let reals = self.linear.classes().iter().flatten();
        let reals = reals
            .chain(&self.lexical.rarity)
            .chain(&self.lexical.scales);
        for real in reals {
            numbers.extend_from_slice(&real.to_le_bytes());
        }
        let whole = self.lexical.weights.iter();
        numbers.extend(whole.flat_map(|weight| weight.to_le_bytes()));
        let mut about = serde_json::to_vec_pretty(&self.about)?;
        about.push(b'\n');
        Ok((about, numbers))
    }

    /// Reads the two files.
    pub(crate) fn decode(about: &File, numbers: &File) -> Result<Self, Error> {
        let bad = |file: &File, problem: String| Error::Description {
            file: file.name().to_owned(),
            problem,
        };
        let found: About = serde_json::from_slice(about.bytes())
            .map_err(|problem| bad(about, problem.to_string()))?;
        found.check().map_err(|problem| bad(about, problem))?;
        let (labels, width) = (found.labels.len(), found.width);
        let reals = labels * (width + 1) + BUCKETS + labels;
        let expected = 4 * reals + BUCKETS * labels;
        let bytes = numbers.bytes();
        if bytes.len() != expected {
            let problem = format!(
                "it has {} bytes, expected {expected} for {labels} labels and vectors of {width}",
                bytes.len()
            );
            return Err(bad(numbers, problem));
        }
        let (reals, whole) = bytes.split_at(4 * reals);
        let mut reals = reals
            .as_chunks::<4>()
            .0
            .iter()
            .map(|four| f32::from_le_bytes(*four));
        let mut take = |count: usize| -> Vec<f32> { reals.by_ref().take(count).collect() };
        let classes = (0..labels).map(|_| take(width + 1)).collect();
        let (rarity, scales) = (take(BUCKETS), take(labels));
        let head = Self {
            about: found,
            linear: Regression::of(classes),
            lexical: Lexical {
                rarity,
                weights: whole
                    .iter()
                    .map(|byte| i8::from_le_bytes([*byte]))
                    .collect(),
                scales,
            },
        };
        let reals = head.linear.classes().iter().flatten();
        let mut reals = reals
            .chain(&head.lexical.rarity)
            .chain(&head.lexical.scales);
        if reals.all(|real| real.is_finite()) {
            Ok(head)
        } else {
            Err(bad(
                numbers,
                "it holds a number that is not finite".to_owned(),
            ))
        }
    }
}

// === impl About ===

impl About {
    fn check(&self) -> Result<(), String> {
        let OutOfScope { slope, offset } = self.out_of_scope;
        let numbers = [self.temperature, self.letters, slope, offset];
        if self.format != FORMAT {
            return Err(format!(
                "it is of format {}, but this version reads {FORMAT}",
                self.format
            ));
        }
        if self.labels.len() < 2 || self.width == 0 {
            return Err("expected at least two `labels`, and a `width` above 0".to_owned());
        }
        if !(numbers.iter().all(|number| number.is_finite()) && self.temperature > 0.0) {
            return Err("expected finite numbers, and a `temperature` above 0".to_owned());
        }
        if !(0.0..=1.0).contains(&self.letters) {
            return Err(format!("`letters` is {}, expected 0 to 1", self.letters));
        }
        Ok(())
    }

    /// A head without calibration.
    pub(crate) fn new(name: &str, version: &str, labels: Vec<Arc<str>>, width: usize) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            version: version.to_owned(),
            labels,
            width,
            letters: 0.4,
            temperature: 1.0,
            out_of_scope: OutOfScope {
                slope: 1.0,
                offset: 0.0,
            },
        }
    }
}

/// The scores of both functions as one, `letters` being the share of the second.
pub(crate) fn blended(linear: &[f32], lexical: &[f32], letters: f32) -> Scored {
    let pairs = || linear.iter().zip(lexical);
    let mix = |one: f32, two: f32| (1.0 - letters) * one + letters * two;
    let familiar = pairs().map(|(one, two)| mix(*one, *two));
    let familiar = familiar.fold(f32::NEG_INFINITY, f32::max);
    let (one, two) = (log_sum(linear), log_sum(lexical));
    Scored {
        likely: pairs().map(|(a, b)| mix(a - one, b - two)).collect(),
        familiar,
    }
}

/// `ln Σ exp`, without overflow.
fn log_sum(scores: &[f32]) -> f32 {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - largest).exp()).sum();
    largest + sum.ln()
}
