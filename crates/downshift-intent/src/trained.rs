//! Hides a head of a user's own: two linear functions per intent, over the model's vector and over letters, and the two
//! files they are kept in.
//!
//! The two are averaged as log-probabilities, and calibrated together. `head.json` says what the head knows and how it
//! was calibrated; `head.bin` holds the numbers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::description::Calibration;
use crate::reader::{Reader, Scored};
use crate::source::File;
use crate::vectors::unit;
use crate::verdict::{Intents, calibrated};

/// The one format this version reads.
const FORMAT: u32 = 1;

/// The intents of a user's own, in place of the model's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrainedHead {
    pub(crate) about: About,
    pub(crate) reader: Reader,
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
    /// What gives that vector.
    #[serde(default)]
    pub(crate) vectors: Vectors,
    /// How much letters count beside the vector, 0 to 1.
    pub(crate) letters: f32,
    pub(crate) temperature: f32,
    pub(crate) out_of_scope: OutOfScope,
}

/// Whose vectors a head knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Vectors {
    /// The first reader's, which cost microseconds.
    #[default]
    First,
    /// Those and the second reader's behind them, each of length 1, which cost milliseconds and tell more.
    Both,
    /// Those of an encoder, in a directory beside the head's files.
    Encoder,
}

/// P(out of scope) = sigmoid(`offset` − `slope` · score).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct OutOfScope {
    pub(crate) slope: f32,
    pub(crate) offset: f32,
}

// === impl TrainedHead ===

impl TrainedHead {
    /// A text's verdict from the text and its vector.
    pub(crate) fn verdict(&self, text: &str, embedding: &[f32]) -> Result<(Intents, f32), Error> {
        // A vector without direction tells nothing.
        let vector = unit(embedding).unwrap_or_else(|| vec![0.0; self.about.width]);
        let Scored { likely, familiar } = self.reader.scored(text, &vector);
        let OutOfScope { slope, offset } = self.about.out_of_scope;
        let calibration = Calibration {
            temperature: self.about.temperature,
            slope,
            offset,
        };
        calibrated(&likely, &self.about.labels, calibration, familiar)
    }

    /// Floating-point operations of one text of so many bytes.
    pub(crate) fn flops(&self, bytes: usize) -> u64 {
        self.reader.flops(bytes)
    }

    /// The two files: `head.json` and `head.bin`.
    pub(crate) fn encode(&self) -> Result<(Vec<u8>, Vec<u8>), serde_json::Error> {
        let mut about = serde_json::to_vec_pretty(&self.about)?;
        about.push(b'\n');
        Ok((about, self.reader.encode()))
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
        let mut reader = Reader::decode(numbers.bytes(), labels, width)
            .map_err(|problem| bad(numbers, problem))?;
        reader.letters = found.letters;
        reader.temperature = found.temperature;
        Ok(Self {
            about: found,
            reader,
        })
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

    /// What is said of a reader.
    pub(crate) fn of(
        reader: &Reader,
        (name, version): (&str, &str),
        labels: Vec<Arc<str>>,
        width: usize,
        out_of_scope: OutOfScope,
    ) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            version: version.to_owned(),
            labels,
            width,
            vectors: Vectors::First,
            letters: reader.letters,
            temperature: reader.temperature,
            out_of_scope,
        }
    }
}
