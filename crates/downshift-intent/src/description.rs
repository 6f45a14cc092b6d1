//! Hides the format of `model.json`, the part of a model that ONNX has no place for.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::Error;
use crate::second::SecondAbout;
use crate::source::File;

/// The one format this version reads.
const FORMAT: u32 = 1;

/// A checked `model.json`. Fields this version does not know (how the model was trained, how well it did) are the
/// trainer's and are passed over.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    /// The model's name and version, for the log.
    pub(crate) name: String,
    pub(crate) version: String,
    /// The intents, in the order of the logits.
    pub(crate) labels: Vec<Arc<str>>,
    /// The most tokens the model is given; longer texts lose their middle.
    pub(crate) max_tokens: usize,
    /// Rows of the bigram table.
    pub(crate) bigram_buckets: u32,
    pub(crate) calibration: Calibration,
    pub(crate) flops: Flops,
    /// The reader that is asked where this one is unsure.
    pub(crate) second: Option<SecondAbout>,
}

/// How logits become probabilities that mean what they say; fitted on held-out data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// Logits are divided by it before the softmax.
    pub(crate) temperature: f32,
    /// P(out of scope) = sigmoid(`offset` − `slope` · largest logit).
    pub(crate) slope: f32,
    pub(crate) offset: f32,
}

/// What one run costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Flops {
    pub(crate) per_token: u64,
    pub(crate) fixed: u64,
}

/// Read first and alone, so that a file of another format is told so, and not that it lacks some field.
#[derive(Deserialize)]
struct Format {
    format: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default = "unnamed")]
    name: String,
    #[serde(default = "unnamed")]
    version: String,
    labels: Vec<String>,
    max_tokens: usize,
    bigram_buckets: u32,
    temperature: f32,
    out_of_scope: OutOfScope,
    flops: Flops,
    second: Option<SecondAbout>,
}

#[derive(Deserialize)]
struct OutOfScope {
    slope: f32,
    offset: f32,
}

// === impl Description ===

impl Description {
    pub(crate) fn decode(file: &File) -> Result<Self, Error> {
        let bad = |problem: String| Error::Description {
            file: file.name().to_owned(),
            problem,
        };
        let json = |problem: serde_json::Error| bad(problem.to_string());
        let Format { format } = serde_json::from_slice(file.bytes()).map_err(json)?;
        match format {
            Some(format) if format == FORMAT => {}
            Some(format) => {
                return Err(bad(format!(
                    "it is of format {format}, but this version reads {FORMAT}"
                )));
            }
            None => return Err(bad(format!("it has no `format`, expected {FORMAT}"))),
        }
        let written: Written = serde_json::from_slice(file.bytes()).map_err(json)?;
        written.check().map_err(bad)?;
        Ok(written.into())
    }
}

impl From<Written> for Description {
    fn from(written: Written) -> Self {
        let OutOfScope { slope, offset } = written.out_of_scope;
        Self {
            name: written.name,
            version: written.version,
            labels: written.labels.into_iter().map(Arc::from).collect(),
            max_tokens: written.max_tokens,
            bigram_buckets: written.bigram_buckets,
            calibration: Calibration {
                temperature: written.temperature,
                slope,
                offset,
            },
            flops: written.flops,
            second: written.second,
        }
    }
}

// === impl Flops ===

impl Flops {
    /// Of a run over so many tokens.
    pub(crate) fn of(self, tokens: usize) -> u64 {
        let tokens = u64::try_from(tokens).unwrap_or(u64::MAX);
        self.per_token
            .saturating_mul(tokens)
            .saturating_add(self.fixed)
    }
}

// === impl Written ===

impl Written {
    /// What is wrong with the values, in the field's own words.
    fn check(&self) -> Result<(), String> {
        if self.labels.is_empty() {
            return Err("`labels` is empty, expected at least one".to_owned());
        }
        let mut seen = HashSet::new();
        if let Some(twice) = self
            .labels
            .iter()
            .find(|label| !seen.insert(label.as_str()))
        {
            return Err(format!("`labels` has {twice:?} twice"));
        }
        if self.labels.iter().any(|label| label.trim().is_empty()) {
            return Err("`labels` has a blank label".to_owned());
        }
        if self.max_tokens < 2 {
            return Err(format!(
                "`max_tokens` is {}, expected at least 2",
                self.max_tokens
            ));
        }
        if self.bigram_buckets == 0 {
            return Err("`bigram_buckets` is 0, expected at least 1".to_owned());
        }
        temperature_problem("temperature", self.temperature)?;
        let OutOfScope { slope, offset } = self.out_of_scope;
        if !(slope.is_finite() && offset.is_finite()) {
            return Err(format!(
                "`out_of_scope` is {slope}, {offset}, expected finite numbers"
            ));
        }
        self.second.as_ref().map_or(Ok(()), SecondAbout::check)
    }
}

/// What is wrong with a temperature, in its field's own words.
pub(crate) fn temperature_problem(field: &str, temperature: f32) -> Result<(), String> {
    if temperature.is_finite() && temperature > 0.0 {
        Ok(())
    } else {
        Err(format!(
            "`{field}` is {temperature}, expected a number above 0"
        ))
    }
}

fn unnamed() -> String {
    "unnamed".to_owned()
}

#[cfg(test)]
mod tests;
