//! The classifier's part of a policy.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use downshift_intent::{
    Error, Examples, Model, PoolConfig, Preference, Runtime, RuntimeConfig, Source,
};
use serde::Deserialize;

use super::{Loaded, variable};
use crate::duration::Seconds;

/// A thread classifies some tens of thousands of queries a second; more than this only cost memory.
const MOST_WORKERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The classifier and its threads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassifierConfig {
    /// A model directory in place of the model that is compiled in.
    pub model: Option<PathBuf>,
    /// What runs it: `any` (ONNX Runtime where it is found, else tract), `onnxruntime` or `tract`.
    pub backend: Preference,
    /// Threads, each with a session of its own.
    pub workers: NonZeroUsize,
    /// Queries that may wait for a thread; one more fails open to the LLM.
    pub queue: NonZeroUsize,
    /// How long a query waits for its verdict before it fails open to the LLM.
    pub timeout: Seconds,
}

impl Default for ClassifierConfig {
    fn default() -> Self {
        let pool = PoolConfig::default();
        Self {
            model: None,
            backend: Preference::Any,
            workers: std::thread::available_parallelism()
                .map_or(pool.workers, |cores| cores.min(MOST_WORKERS)),
            queue: pool.queue,
            timeout: Seconds(Duration::from_secs(1)),
        }
    }
}

impl Loaded {
    /// The inference backend, as the policy prefers it.
    pub fn inference(&self) -> Result<Runtime, Error> {
        downshift_intent::start(&RuntimeConfig {
            libraries: onnx_runtime_libraries(),
            prefer: self.config.classifier.backend,
        })
    }

    /// The policy's model with the intents it teaches, for work that needs no pool of threads.
    pub fn classifier(&self) -> Result<Model, Error> {
        let mut model = Model::load(&self.inference()?, &self.classifier_source())?;
        model.learn(&self.examples())?;
        Ok(model)
    }

    /// Where the classifier's model comes from.
    pub fn classifier_source(&self) -> Source {
        match &self.config.classifier.model {
            Some(folder) => Source::Directory(self.resolve(folder)),
            None => Source::Shipped,
        }
    }

    /// The utterances by which the policy teaches intents.
    pub fn examples(&self) -> Examples {
        let intents = self.config.intents.iter();
        let taught = intents.filter(|(_, intent)| !intent.examples.is_empty());
        taught
            .map(|(name, intent)| (name.clone(), intent.examples.clone()))
            .collect()
    }
}

/// Where an ONNX Runtime library may lie: `ORT_DYLIB_PATH`, then where
/// `pip install --target .onnxruntime onnxruntime` puts it.
fn onnx_runtime_libraries() -> Vec<PathBuf> {
    let named = variable("ORT_DYLIB_PATH").map(PathBuf::from);
    named
        .into_iter()
        .chain([PathBuf::from(".onnxruntime/onnxruntime/capi")])
        .collect()
}
