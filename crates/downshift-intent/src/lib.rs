//! Prompt text to a calibrated verdict: the only crate that knows ONNX.
//!
//! A model is three files: `model.onnx` (WordPiece ids and hashed bigrams in, one logit per intent out),
//! `tokenizer.json`, and `model.json` (the intents, the calibration, what a run costs). Each is checked against the
//! others when the model is loaded, so that a model which loads also runs.
//!
//! ```
//! # fn main() -> Result<(), downshift_intent::Error> {
//! use downshift_intent::{Model, RuntimeConfig, Source};
//!
//! let runtime = downshift_intent::start(&RuntimeConfig::default())?;
//! let mut model = Model::load(&runtime, &Source::Shipped)?;
//! let verdict = model.classify("what time is it in paris")?;
//! assert_eq!(verdict.top().map(|(intent, _)| &**intent), Some("time"));
//! # Ok(())
//! # }
//! ```
//!
//! A server asks through a [`Classifier`], which keeps inference off the async threads, bounded in number and time.

mod bigrams;
mod description;
mod error;
mod graph;
mod model;
mod pool;
mod runtime;
mod session;
mod source;
mod tokens;
mod verdict;

pub use error::Error;
pub use model::{Model, Trace};
pub use pool::{Classifier, PoolConfig};
pub use runtime::{Backend, Preference, Runtime, RuntimeConfig, start};
pub use source::Source;
pub use verdict::Verdict;
