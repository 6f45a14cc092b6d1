//! Hides when the name of an intent says what it is about, as `card_arrival` does and `intent_17` does not.
//!
//! A name that speaks is one more text of its intent: on ten examples per intent of BANKING77 worth nearly a point, of
//! CLINC150 and HWU64 a third of one.

use std::sync::Arc;

use crate::reader::{Sample, Truth};
use crate::vectors::{dot, middle};
use crate::{Error, Model};

/// With fewer intents there is no telling whether names speak.
const FEWEST: usize = 4;
/// The share of names that must lie nearest to the texts of their own intent, of all intents.
const SPEAKING: f32 = 0.5;

/// Names as texts with vectors, by class; none if they do not speak.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<(usize, String, Vec<f32>)>);

impl Names {
    /// The names of the intents that `samples` are of.
    pub(crate) fn of(
        model: &mut Model,
        labels: &[Arc<str>],
        samples: &[Sample<'_>],
    ) -> Result<Self, Error> {
        let mut names = Vec::with_capacity(labels.len());
        for (class, label) in labels.iter().enumerate() {
            let text = spoken(label);
            if let Some(vector) = model.embed(&text)? {
                names.push((class, text, vector));
            }
        }
        let mut texts = vec![Vec::new(); labels.len()];
        for sample in samples {
            if let Truth::Is(class) = sample.truth
                && let Some(texts) = texts.get_mut(class)
            {
                texts.push(sample.vector);
            }
        }
        let middles: Vec<_> = texts.into_iter().map(middle).collect();
        let nearest = |vector: &[f32]| {
            let cosines = middles.iter().map(|middle| match middle {
                Some(middle) => dot(middle, vector),
                None => -1.0,
            });
            let best = cosines.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
            best.map(|(class, _)| class)
        };
        let own = names
            .iter()
            .filter(|(class, _, vector)| nearest(vector) == Some(*class));
        let speaking = own.count() as f32 >= SPEAKING * labels.len() as f32;
        Ok(if speaking && labels.len() >= FEWEST {
            Self(names)
        } else {
            Self::default()
        })
    }

    /// The same where so many other classes come first.
    pub(crate) fn after(mut self, others: usize) -> Self {
        for (class, ..) in &mut self.0 {
            *class += others;
        }
        self
    }

    /// Each as a sample that counts so much.
    pub(crate) fn samples(&self, weight: f32) -> Vec<Sample<'_>> {
        let samples = self.0.iter().map(|(class, text, vector)| Sample {
            text,
            vector,
            truth: Truth::Is(*class),
            weight,
        });
        samples.collect()
    }
}

/// `card_arrival` and `cardArrival` as `card arrival`.
fn spoken(label: &str) -> String {
    let mut text = String::with_capacity(label.len());
    let mut before = ' ';
    for letter in label.chars() {
        if before.is_lowercase() && letter.is_uppercase() {
            text.push(' ');
        }
        let letter_of_word = letter.is_alphanumeric() || letter == '\'';
        text.push(if letter_of_word { letter } else { ' ' });
        before = letter;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_words() {
        for (label, words) in [
            ("card_arrival", "card arrival"),
            ("cardArrival", "card Arrival"),
            ("order.status-late", "order status late"),
            ("FAQ", "FAQ"),
        ] {
            assert_eq!(spoken(label), words);
        }
    }
}
