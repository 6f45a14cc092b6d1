//! Hides how a head of a user's own is trained on labelled texts: what is fitted, on which part of them each choice is
//! made, and what is kept.
//!
//! Every choice (how much letters count, the temperature, the line of the out-of-scope probability) is made on texts
//! that the functions it is made for have not seen, by cross-validation; the head that is kept is fitted to all.

mod choice;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::examples::background;
use crate::head::{Regression, Sample};
use crate::lexical::Lexical;
use crate::source::{self, Files, Source};
use crate::trained::{About, OutOfScope, Scored, TrainedHead, blended};
use crate::{Error, Model};
use choice::{Held, Probe};

/// How much each text counts against the penalty on squared weights: 20 times as in the usual notation `C = 20`, best
/// of 5, 20 and 60 on ten examples per intent of BANKING77 and HWU64.
const WEIGHT: f32 = 0.02;
/// Parts that the texts are dealt into; each is judged by functions fitted to the others.
const FOLDS: usize = 5;
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
}

/// A text with its vector.
struct Read<'a> {
    text: &'a str,
    vector: Vec<f32>,
    class: usize,
}

/// Trains a head over `model`'s vectors on texts and their intents; `None` marks texts that have none of them. The same
/// texts in the same order give the same head. Takes milliseconds per hundred texts, and a minute for ten thousand.
///
/// # Errors
///
/// [`Error::Untrainable`] where there are not two intents of at least two texts each; those of [`Model::classify`].
pub fn train(
    model: &mut Model,
    texts: &[(String, Option<Arc<str>>)],
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
    let (held, probes) = cross_validated(&inside, &outside, labels.len());
    let width = inside.first().map_or(0, |read| read.vector.len());
    let mut about = About::new(&config.name, &config.version, labels, width);
    let chosen = choice::choose(&held);
    about.letters = chosen.letters;
    about.temperature = chosen.temperature;
    about.out_of_scope = line(&held, &probes, chosen.letters);
    let everything: Vec<_> = inside.iter().collect();
    let (linear, lexical) = fit(&everything, about.labels.len());
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
        },
        head: TrainedHead {
            about,
            linear,
            lexical,
        },
    })
}

// === impl Trained ===

impl Trained {
    /// The intents, in order.
    pub fn labels(&self) -> &[Arc<str>] {
        &self.head.about.labels
    }

    /// Writes a model directory: the files of the model it was trained over, and the head's own.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] and [`Error::Unwritable`], naming the file.
    pub fn save(&self, over: &Source, folder: &Path) -> Result<(), Error> {
        let (about, numbers) = self
            .head
            .encode()
            .map_err(|problem| Error::Untrainable(problem.to_string()))?;
        Files::copy(over, folder)?;
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

fn fit(some: &[&Read<'_>], classes: usize) -> (Regression, Lexical) {
    let samples: Vec<_> = some
        .iter()
        .map(|read| Sample {
            vector: &read.vector,
            class: read.class,
            weight: WEIGHT,
        })
        .collect();
    let texts: Vec<_> = some.iter().map(|read| (read.text, read.class)).collect();
    (
        Regression::fit(&samples, classes),
        Lexical::fit(&texts, classes),
    )
}

/// What either function says of texts it was not fitted to; and of those outside, by the first functions.
fn cross_validated(
    inside: &[Read<'_>],
    outside: &[(&str, Vec<f32>)],
    classes: usize,
) -> (Vec<Held>, Vec<Probe>) {
    let folds = dealt(inside, classes);
    let judged = if inside.len() >= MANY { 1 } else { FOLDS };
    let (mut held, mut probes) = (Vec::with_capacity(inside.len()), Vec::new());
    for fold in 0..judged {
        let parts = || inside.iter().zip(&folds);
        let others: Vec<_> = parts()
            .filter_map(|(read, own)| (*own != fold).then_some(read))
            .collect();
        let (linear, lexical) = fit(&others, classes);
        let probe = |text: &str, vector: &[f32]| Probe {
            linear: linear.scores(vector),
            lexical: lexical.scores(text),
        };
        let own = parts().filter(|(_, own)| **own == fold);
        held.extend(own.map(|(read, _)| Held {
            class: read.class,
            probe: probe(read.text, &read.vector),
        }));
        if fold == 0 {
            probes.extend(outside.iter().map(|(text, vector)| probe(text, vector)));
        }
    }
    (held, probes)
}

/// The fold of each text: those of an intent are dealt out one by one, so that each fold has of all.
fn dealt(inside: &[Read<'_>], classes: usize) -> Vec<usize> {
    let mut next = vec![0_usize; classes];
    let each = inside.iter().map(|read| {
        next.get_mut(read.class).map_or(0, |next| {
            *next += 1;
            (*next - 1) % FOLDS
        })
    });
    each.collect()
}

/// The out-of-scope line between texts with an intent and those without.
fn line(held: &[Held], probes: &[Probe], letters: f32) -> OutOfScope {
    let familiar = |probe: &Probe| {
        let Scored { familiar, .. } = blended(&probe.linear, &probe.lexical, letters);
        f64::from(familiar)
    };
    let inside: Vec<_> = held.iter().map(|held| familiar(&held.probe)).collect();
    let outside: Vec<_> = probes.iter().map(familiar).collect();
    choice::line(&inside, &outside)
}

#[cfg(test)]
mod tests;
