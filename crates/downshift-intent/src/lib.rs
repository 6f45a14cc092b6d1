//! Prompt text to a calibrated verdict: the only crate that knows ONNX.
//!
//! A model is three files: `model.onnx` (WordPiece ids and hashed bigrams in, one logit per intent and a vector out),
//! `tokenizer.json`, and `model.json` (the intents, the calibration, what a run costs), and for most a fourth,
//! `second.onnx`, a slower reader that is asked where the first is unsure. Each is checked against the others when the
//! model is loaded, so that a model which loads also runs.
//!
//! ```
//! # fn main() -> Result<(), downshift_intent::Error> {
//! use downshift_intent::{Model, RuntimeConfig, Source};
//!
//! let runtime = downshift_intent::start(&RuntimeConfig::default())?;
//! let mut model = Model::load(&runtime, &Source::shipped())?;
//! let verdict = model.classify("what time is it in paris")?;
//! assert_eq!(verdict.top().map(|(intent, _)| &**intent), Some("time"));
//! # Ok(())
//! # }
//! ```
//!
//! Intents of an operator's own are taught by [`Examples`] and mixed with the model's. A server asks through a [`Classifier`], which keeps inference off the async threads, bounded in number and time.

mod bigrams;
mod description;
mod encoder;
mod error;
mod evaluation;
mod examples;
mod folding;
mod graph;
mod head;
mod kept;
mod language;
mod lesson;
mod meanwhile;
mod model;
mod names;
mod pool;
mod reader;
mod remembered;
mod runtime;
mod second;
mod session;
mod source;
mod tokens;
mod trained;
mod training;
mod vectors;
mod verdict;

pub use error::Error;
pub use evaluation::{Bin, Evaluation, FalseTrivial, IntentFigures, Judged, Point};
pub use examples::{ExampleProblem, Examples, Utterances};
pub use language::Language;
pub use model::{Model, Trace};
pub use pool::{Classifier, PoolConfig};
pub use runtime::{Backend, Preference, Runtime, RuntimeConfig, start};
pub use source::Source;
pub use training::{Adaptation, Trained, TrainingConfig, TrainingFigures, train};
pub use verdict::Verdict;
