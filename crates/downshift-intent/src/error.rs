//! What can go wrong between a prompt and its verdict, said so that its reader can act on it.

use std::time::Duration;

use crate::examples::{ExampleProblem, told};

/// Why there is no runtime, no model or no verdict.
///
/// Errors of [`start`](crate::start), [`Model::load`](crate::Model::load) and
/// [`Classifier::start`](crate::Classifier::start) are the operator's to mend; those of `classify` are
/// counted by [`Error::label`] and the query goes on without a verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No inference backend could be started.
    #[error("no usable ONNX backend: {tried}")]
    NoBackend {
        /// What was tried and why each failed.
        tried: String,
    },

    /// A file of the model could not be read.
    #[error("cannot read {file}")]
    Unreadable {
        /// The file, as an operator would name it.
        file: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },

    /// A file of the model could not be written.
    #[error("cannot write {file}")]
    Unwritable {
        /// The file, as an operator would name it.
        file: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },

    /// Labelled texts cannot be trained on.
    #[error("cannot train on these texts: {0}")]
    Untrainable(String),

    /// `model.json` is not what it should be.
    #[error("{file} does not describe a model: {problem}")]
    Description {
        /// The file.
        file: String,
        /// What is wrong, where, and what is accepted.
        problem: String,
    },

    /// `tokenizer.json` is not a tokenizer that this model can use.
    #[error("{file} is not a usable tokenizer: {problem}")]
    Tokenizer {
        /// The file.
        file: String,
        /// What is wrong and what is accepted.
        problem: String,
    },

    /// `model.onnx` is not an ONNX model, or one that the backend cannot run.
    #[error("{file} is not a usable ONNX model: {problem}")]
    Graph {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },

    /// `model.onnx` is a model, but not one of ours.
    #[error("{file} has {found}, expected {expected}")]
    Contract {
        /// The file.
        file: String,
        /// What it has.
        found: String,
        /// What is accepted.
        expected: String,
    },

    /// Intents cannot be learned from the examples given for them.
    #[error("cannot learn from the examples of {}", told(.0))]
    Examples(
        /// All that is wrong with them.
        Vec<ExampleProblem>,
    ),

    /// A worker thread could not be started.
    #[error("cannot start a classifier thread")]
    Thread(#[source] std::io::Error),

    /// There is nothing to classify: the text has no tokens.
    #[error("nothing to classify: the text holds no words")]
    Empty,

    /// Too many queries wait already.
    #[error("the classifier's queue is full ({waiting} waiting)")]
    Busy {
        /// How many wait.
        waiting: usize,
    },

    /// No verdict in time.
    #[error("no verdict within {after:?}")]
    Timeout {
        /// The time limit.
        after: Duration,
    },

    /// The text could not be cut into tokens.
    #[error("the tokenizer failed")]
    Tokenise(#[source] Box<dyn std::error::Error + Send + Sync>),

    /// The model could not be run.
    #[error("the model failed: {problem}")]
    Run {
        /// What the backend said.
        problem: String,
    },

    /// The model produced something that is not a number.
    #[error("the model's logit for `{label}` is {logit}, not a finite number")]
    NotFinite {
        /// The intent.
        label: String,
        /// Its logit.
        logit: f32,
    },

    /// The worker panicked: a bug, met by this one query.
    #[error("the classifier panicked")]
    Panicked,

    /// The classifier is being shut down.
    #[error("the classifier has stopped")]
    Stopped,
}

impl Error {
    /// The error's name in metrics: one of a closed set.
    pub fn label(&self) -> &'static str {
        match self {
            Self::NoBackend { .. } => "no_backend",
            Self::Unreadable { .. } => "unreadable",
            Self::Unwritable { .. } => "unwritable",
            Self::Untrainable(_) => "untrainable",
            Self::Description { .. } => "description",
            Self::Tokenizer { .. } => "tokenizer",
            Self::Graph { .. } => "graph",
            Self::Contract { .. } => "contract",
            Self::Examples(_) => "examples",
            Self::Thread(_) => "thread",
            Self::Empty => "empty",
            Self::Busy { .. } => "busy",
            Self::Timeout { .. } => "timeout",
            Self::Tokenise(_) => "tokenise",
            Self::Run { .. } => "run",
            Self::NotFinite { .. } => "not_finite",
            Self::Panicked => "panicked",
            Self::Stopped => "stopped",
        }
    }
}
