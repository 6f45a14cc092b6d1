//! Hides how a head of a user's own is trained on labelled texts: what is fitted, on which part of them each choice is
//! made, and what is kept.
//!
//! Every choice (how much letters count, the temperature, the line of the out-of-scope probability) is made on texts
//! that the functions it is made for have not seen, by cross-validation; the head that is kept is fitted to all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::examples::background;
use crate::names::Names;
use crate::reader::{Classes, FOLDS, Fitted, Material, Reader, Sample, Truth, WEIGHT, choice};
use crate::source::{self, EncoderFiles, Files, Source};
use crate::trained::{About, OutOfScope, TrainedHead, Vectors};
use crate::{Error, Model};

mod log;

/// From this many texts on one part tells enough.
const MANY: usize = 4000;

/// What a head is called.
#[derive(Debug, Clone)]
pub struct TrainingConfig {
    /// Its name, for logs and reports.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A head trained on labelled texts, not kept yet.
#[derive(Debug, Clone)]
pub struct Trained {
    head: TrainedHead,
    /// What gave the vectors, if not the model itself.
    encoder: Option<EncoderFiles>,
    /// What cross-validation said of it.
    pub figures: TrainingFigures,
}

/// What cross-validation says of a head: figures on texts that the functions judged had not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingFigures {
    /// Texts with an intent that were trained on.
    pub texts: usize,
    /// Texts without intent that the out-of-scope line was fitted on: the data's own, else everyday queries.
    pub outside: usize,
    /// Whether those came with the data.
    pub outside_given: bool,
    /// Texts of each intent.
    pub per_intent: BTreeMap<Arc<str>, usize>,
    /// The share classified rightly.
    pub accuracy: f64,
    /// Mean negative log-probability of the truth, in nats.
    pub loss: f64,
    /// How much letters count beside the model's vector, 0 to 1.
    pub letters: f32,
    /// What log-probabilities are divided by.
    pub temperature: f32,
    /// Texts that hold no words and were passed over.
    pub wordless: usize,
    /// What texts that nobody labelled were worth, if there were any.
    pub adaptation: Option<Adaptation>,
}

/// What texts that nobody labelled are worth to a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Adaptation {
    /// Texts that were looked at: each once, without those that were labelled.
    pub texts: usize,
    /// Those of them that the head was sure of.
    pub labelled: usize,
    /// Cross-validated accuracy and loss without them.
    pub without: (f64, f64),
    /// The same with them.
    pub with: (f64, f64),
    /// Whether the head learned from them, which it does if they make the loss less.
    pub kept: bool,
}

/// A text with its vector.
struct Read<'a> {
    text: &'a str,
    vector: Vec<f32>,
    class: usize,
}

/// Trains a head over `model`'s vectors on texts and their intents; `None` marks texts that have none of them. Texts that
/// nobody labelled are learned from if that makes the head better, by cross-validation. The same texts in the same order
/// give the same head. Takes milliseconds per hundred texts, and a minute for ten thousand.
///
/// # Errors
///
/// [`Error::Untrainable`] where there are not two intents of at least two texts each; those of [`Model::classify`].
pub fn train(
    model: &mut Model,
    texts: &[(String, Option<Arc<str>>)],
    unlabelled: &[String],
    config: &TrainingConfig,
) -> Result<Trained, Error> {
    let labels: Vec<Arc<str>> = texts
        .iter()
        .filter_map(|(_, label)| label.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let (mut inside, mut outside, mut wordless) = (Vec::new(), Vec::new(), 0);
    for (text, label) in texts {
        match (model.embed(text)?, label) {
            (None, _) => wordless += 1,
            (Some(vector), None) => outside.push((text.as_str(), vector)),
            (Some(vector), Some(label)) => inside.push(Read {
                text,
                vector,
                class: labels.binary_search(label).unwrap_or(0),
            }),
        }
    }
    let per_intent = enough(&labels, &inside)?;
    let outside_given = !outside.is_empty();
    if !outside_given {
        for query in background() {
            outside.extend(model.embed(query)?.map(|vector| (query, vector)));
        }
    }
    let width = inside.first().map_or(0, |read| read.vector.len());
    let samples: Vec<_> = inside.iter().map(Read::sample).collect();
    let names = Names::of(model, &labels, &samples)?;
    let material = Material {
        samples: &samples,
        anchors: &names.samples(WEIGHT),
        classes: Classes::of(labels.len()),
        judged: if inside.len() >= MANY { 1 } else { FOLDS },
    };
    let fitted = Reader::fit(material);
    let log = log::read(model, texts, unlabelled)?;
    let (fitted, adaptation) = log::adapted(material, fitted, &log);
    let line = line(&fitted, &outside);
    let Fitted { reader, chosen, .. } = fitted;
    let called = (config.name.as_str(), config.version.as_str());
    let mut about = About::of(&reader, called, labels, width, line);
    about.vectors = model.vectors();
    Ok(Trained {
        figures: TrainingFigures {
            texts: inside.len(),
            outside: outside.len(),
            outside_given,
            per_intent,
            accuracy: chosen.accuracy,
            loss: chosen.loss,
            letters: chosen.letters,
            temperature: chosen.temperature,
            wordless,
            adaptation,
        },
        head: TrainedHead { about, reader },
        encoder: model.encoder_files(),
    })
}

// === impl Trained ===

impl Trained {
    /// The intents, in order.
    pub fn labels(&self) -> &[Arc<str>] {
        &self.head.about.labels
    }

    /// Writes a model directory: the files of the model it was trained over, those of the encoder whose vectors it was
    /// trained on, if that was another, and the head's own.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] and [`Error::Unwritable`], naming the file.
    pub fn save(&self, over: &Source, folder: &Path) -> Result<(), Error> {
        let (about, numbers) = self
            .head
            .encode()
            .map_err(|problem| Error::Untrainable(problem.to_string()))?;
        Files::copy(over, self.encoder.as_ref(), folder)?;
        if self.head.about.vectors == Vectors::Both {
            Files::copy_second(over, folder)?;
        }
        source::write(folder, source::HEAD, &about)?;
        source::write(folder, source::HEAD_NUMBERS, &numbers)
    }
}

/// How many texts each intent has, or what is missing.
fn enough(labels: &[Arc<str>], inside: &[Read<'_>]) -> Result<BTreeMap<Arc<str>, usize>, Error> {
    if labels.len() < 2 {
        let problem = format!("they have {} intents, expected at least two", labels.len());
        return Err(Error::Untrainable(problem));
    }
    let mut counts = vec![0_usize; labels.len()];
    for read in inside {
        if let Some(count) = counts.get_mut(read.class) {
            *count += 1;
        }
    }
    let per_intent: BTreeMap<_, _> = labels.iter().cloned().zip(counts).collect();
    match per_intent.iter().find(|(_, count)| **count < 2) {
        Some((label, count)) => Err(Error::Untrainable(format!(
            "`{label}` has {count} with words, expected at least two of each intent"
        ))),
        None => Ok(per_intent),
    }
}

/// The out-of-scope line between texts with an intent and those without.
fn line(fitted: &Fitted, outside: &[(&str, Vec<f32>)]) -> OutOfScope {
    let letters = fitted.reader.letters;
    let inside = fitted
        .held
        .iter()
        .map(|held| held.probe.blended(letters).familiar);
    let inside: Vec<_> = inside.map(f64::from).collect();
    let strange = |(text, vector): &(&str, Vec<f32>)| {
        let probe = fitted.partial.probe(text, vector);
        f64::from(probe.blended(letters).familiar)
    };
    let outside: Vec<_> = outside.iter().map(strange).collect();
    choice::line(&inside, &outside)
}

impl Read<'_> {
    fn sample(&self) -> Sample<'_> {
        Sample {
            text: self.text,
            vector: &self.vector,
            truth: Truth::Is(self.class),
            weight: WEIGHT,
        }
    }
}

#[cfg(test)]
mod tests;
