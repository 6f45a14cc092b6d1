//! Hides a multinomial logistic regression over sparse features: how it is fitted, and how its weights are kept small.

use super::{BUCKETS, counts};
use crate::reader::{Sample, Truth, excess};
use crate::vectors::softmax;

/// Passes over the samples; ten do as well as twenty.
const PASSES: usize = 10;
/// The first step of each weight, which `AdaGrad` (Duchi et al., 2011) shortens as the weight is used. Larger ones fit the
/// samples sooner and generalise worse.
const STEP: f32 = 0.1;
/// What a class has too much or too little of a text's probability is let be up to this: the weights stay small, and
/// few classes of many have to be touched. On ten examples per intent of BANKING77 and HWU64 (training rows that were
/// not among them) as good as penalised weights, and ten times as fast.
const LET_BE: f32 = 0.02;
const TINY: f32 = 1e-8;

/// A linear function per class over hashed n-grams, its weights rounded to 8 bits with a scale per class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lexical {
    /// How rare each bucket is: `1 + ln((1 + texts) / (1 + texts with it))`.
    pub(crate) rarity: Vec<f32>,
    /// For each bucket a weight per class.
    pub(crate) weights: Vec<i8>,
    /// What a class's weights are multiplied by.
    pub(crate) scales: Vec<f32>,
}

/// A text's buckets and their weights, of length 1 all together.
type Features = Vec<(u32, f32)>;

/// A sample as it is fitted to: the heaviest weigh 1.
struct Text {
    features: Features,
    truth: Truth,
    weight: f32,
}

// === impl Lexical ===

impl Lexical {
    /// Fits `classes` functions to the samples. The same samples in the same order give the same result.
    pub(crate) fn fit(samples: &[Sample<'_>], classes: usize) -> Self {
        let counted: Vec<_> = samples.iter().map(|sample| counts(sample.text)).collect();
        let rarity = rarity(&counted);
        let heaviest = samples
            .iter()
            .map(|sample| sample.weight)
            .fold(TINY, f32::max);
        let samples: Vec<_> = counted
            .into_iter()
            .zip(samples)
            .map(|(counts, sample)| Text {
                features: scaled(counts, &rarity),
                truth: sample.truth,
                weight: sample.weight / heaviest,
            })
            .collect();
        let weights = descend(&samples, classes);
        Self::rounded(rarity, &weights, classes)
    }

    /// A number per class; the higher, the likelier.
    pub(crate) fn scores(&self, text: &str) -> Vec<f32> {
        let classes = self.scales.len();
        let mut sums = vec![0.0_f32; classes];
        for (bucket, value) in scaled(counts(text), &self.rarity) {
            for (sum, weight) in sums.iter_mut().zip(self.row(bucket)) {
                *sum += value * f32::from(*weight);
            }
        }
        for (sum, scale) in sums.iter_mut().zip(&self.scales) {
            *sum *= scale;
        }
        sums
    }

    fn row(&self, bucket: u32) -> &[i8] {
        let classes = self.scales.len();
        let at = bucket as usize * classes;
        self.weights.get(at..at + classes).unwrap_or(&[])
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a weight over its class's largest, times 127, fits 8 bits"
    )]
    fn rounded(rarity: Vec<f32>, weights: &[f32], classes: usize) -> Self {
        let mut largest = vec![TINY; classes];
        for row in weights.chunks_exact(classes) {
            for (largest, weight) in largest.iter_mut().zip(row) {
                *largest = weight.abs().max(*largest);
            }
        }
        let scales: Vec<_> = largest.iter().map(|largest| largest / 127.0).collect();
        let rounded = weights.chunks_exact(classes).flat_map(|row| {
            let pairs = row.iter().zip(&scales);
            // Nearly all are nought, and rounding is slow.
            pairs.map(|(weight, scale)| match *weight {
                0.0 => 0,
                weight => (weight / scale).round() as i8,
            })
        });
        Self {
            weights: rounded.collect(),
            rarity,
            scales,
        }
    }
}

fn rarity(counted: &[Vec<(u32, f32)>]) -> Vec<f32> {
    let mut texts_with = vec![0_u32; BUCKETS];
    for (bucket, _) in counted.iter().flatten() {
        if let Some(texts) = texts_with.get_mut(*bucket as usize) {
            *texts += 1;
        }
    }
    let texts = counted.len() as f32;
    let each = texts_with.into_iter();
    each.map(|with| 1.0 + ((1.0 + texts) / (1.0 + with as f32)).ln())
        .collect()
}

/// Counts weighted by rarity, of length 1 all together.
fn scaled(mut counts: Features, rarity: &[f32]) -> Features {
    let mut square = 0.0;
    for (bucket, value) in &mut counts {
        *value *= rarity.get(*bucket as usize).copied().unwrap_or(1.0);
        square += *value * *value;
    }
    let length = square.sqrt().max(TINY);
    for (_, value) in &mut counts {
        *value /= length;
    }
    counts
}

/// The weights after all passes, a row of classes per bucket.
fn descend(samples: &[Text], classes: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; BUCKETS * classes];
    let mut squares = vec![0.0_f32; BUCKETS * classes];
    let mut errors = vec![0.0_f32; classes];
    let mut touched = Vec::with_capacity(classes);
    for pass in 0..PASSES {
        for at in order(samples.len(), pass) {
            let Some(Text {
                features,
                truth,
                weight: heavy,
            }) = samples.get(at)
            else {
                continue;
            };
            scores(&weights, features, &mut errors);
            softmax(&mut errors);
            excess(&mut errors, *truth);
            touched.clear();
            let each = errors.iter().copied().enumerate();
            touched.extend(each.filter(|(_, error)| error.abs() > LET_BE));
            for (bucket, value) in features {
                let from = *bucket as usize * classes;
                let weights = &mut weights[from..from + classes];
                let squares = &mut squares[from..from + classes];
                for (class, error) in &touched {
                    let slope = heavy * value * error;
                    let square = squares[*class] + slope * slope;
                    squares[*class] = square;
                    weights[*class] -= STEP * slope / (square.sqrt() + TINY);
                }
            }
        }
    }
    weights
}

/// A number for each class.
fn scores(weights: &[f32], features: &Features, scores: &mut [f32]) {
    let classes = scores.len();
    scores.fill(0.0);
    for (bucket, value) in features {
        let from = *bucket as usize * classes;
        let row = &weights[from..from + classes];
        for (sum, weight) in scores.iter_mut().zip(row) {
            *sum += value * weight;
        }
    }
}

/// Every index once, in an order of the pass's own: strides by a number without a divisor in common with the length.
fn order(length: usize, pass: usize) -> impl Iterator<Item = usize> {
    let mut stride = (length / 2 + 1 + 7919 * pass).max(1);
    while length > 1 && divisor(stride, length) != 1 {
        stride += 1;
    }
    (0..length).map(move |step| (step * stride + pass) % length)
}

fn divisor(one: usize, other: usize) -> usize {
    if other == 0 {
        one
    } else {
        divisor(other, one % other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [(&str, usize); 6] = [
        ("where is my parcel", 0),
        ("track the parcel please", 0),
        ("has my parcel been sent", 0),
        ("I want a refund", 1),
        ("refund my money", 1),
        ("money back now", 1),
    ];

    fn fit() -> Lexical {
        let samples = TEXTS.map(|(text, class)| Sample {
            text,
            vector: &[],
            truth: Truth::Is(class),
            weight: 1.0,
        });
        Lexical::fit(&samples, 2)
    }

    #[track_caller]
    fn check(text: &str, class: usize) {
        let scores = fit().scores(text);
        let best = usize::from(scores[1] > scores[0]);
        assert_eq!(best, class, "{text}: {scores:?}");
    }

    #[test]
    fn words_and_their_forms_tell_classes_apart() {
        check("parcels?", 0);
        check("is the parcel on its way", 0);
        check("refunding", 1);
        check("give back my money", 1);
    }

    #[test]
    fn the_same_texts_give_the_same_weights() {
        assert_eq!(fit(), fit());
    }

    #[test]
    fn every_pass_meets_every_sample_once() {
        for length in [1, 2, 7, 12, 100] {
            for pass in 0..5 {
                let mut met: Vec<_> = order(length, pass).collect();
                met.sort_unstable();
                assert_eq!(met, (0..length).collect::<Vec<_>>());
            }
        }
    }
}
