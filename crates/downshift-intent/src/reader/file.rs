//! Hides how a reader's numbers lie in a file, little-endian: the vector's weights (f32, per class the width and one
//! constant), the rarity of each bucket (f32), a scale per class (f32), then per bucket a weight per class (i8).

use super::lexical::{BUCKETS, Lexical};
use super::{Reader, Regression};

impl Reader {
    /// Its numbers, but for `letters` and `temperature`.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for real in self.reals() {
            bytes.extend_from_slice(&real.to_le_bytes());
        }
        let whole = self.lexical.weights.iter();
        bytes.extend(whole.flat_map(|weight| weight.to_le_bytes()));
        bytes
    }

    /// Reads a reader of so many classes over vectors of a width, or says what is wrong with the bytes.
    pub(crate) fn decode(bytes: &[u8], classes: usize, width: usize) -> Result<Self, String> {
        let reals = classes * (width + 1) + BUCKETS + classes;
        let expected = 4 * reals + BUCKETS * classes;
        if bytes.len() != expected {
            return Err(format!(
                "it has {} bytes, expected {expected} for {classes} labels and vectors of {width}",
                bytes.len()
            ));
        }
        let (reals, whole) = bytes.split_at(4 * reals);
        let reals = reals.as_chunks::<4>().0.iter();
        let mut reals = reals.map(|four| f32::from_le_bytes(*four));
        let mut take = |count: usize| -> Vec<f32> { reals.by_ref().take(count).collect() };
        let weights = (0..classes).map(|_| take(width + 1)).collect();
        let (rarity, scales) = (take(BUCKETS), take(classes));
        let whole = whole.iter().map(|byte| i8::from_le_bytes([*byte]));
        let reader = Self {
            linear: Regression::of(weights),
            lexical: Lexical {
                rarity,
                weights: whole.collect(),
                scales,
            },
            letters: 0.0,
            temperature: 1.0,
        };
        if reader.reals().all(|real| real.is_finite()) {
            Ok(reader)
        } else {
            Err("it holds a number that is not finite".to_owned())
        }
    }

    fn reals(&self) -> impl Iterator<Item = &f32> {
        let Lexical { rarity, scales, .. } = &self.lexical;
        let linear = self.linear.classes().iter().flatten();
        linear.chain(rarity).chain(scales)
    }
}
