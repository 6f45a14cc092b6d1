//! The classifier's part of a policy.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use downshift_intent::{
    Error, Examples, Language, Model, PoolConfig, Preference, Runtime, RuntimeConfig, Source,
    Utterances,
};
use downshift_policy::LANGUAGES;
use serde::Deserialize;

use super::{Loaded, variable};
use crate::duration::Seconds;

/// Every language there is.
const ANY: &str = "any";

/// Nothing is kept.
const OFF: &str = "off";

/// A thread classifies some tens of thousands of queries a second; more than this only cost memory.
const MOST_WORKERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The classifier and its threads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClassifierConfig {
    /// A model directory in place of the model that is compiled in.
    pub model: Option<PathBuf>,
    /// A directory with an encoder of BERT's kind, as Hugging Face's tools export it to ONNX: its vectors are what examples
    /// and close matches are compared by, and what `train` fits a head to. The model's own if absent.
    pub encoder: Option<PathBuf>,
    /// What runs it: `any` (ONNX Runtime where it is found, else tract), `onnxruntime` or `tract`.
    pub backend: Preference,
    /// Threads, each with a session of its own.
    pub workers: NonZeroUsize,
    /// The languages it can read: `[en]` if absent, `[any]` for a model that reads all. A query that is surely in
    /// another goes up, whatever the classifier says; a rule's word still counts.
    pub languages: Vec<String>,
    /// Where what was learned from examples is kept for the next start: a folder, or `off`; `downshift` in this user's
    /// folder of caches if absent.
    pub cache: Option<PathBuf>,
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
            encoder: None,
            backend: Preference::Any,
            workers: std::thread::available_parallelism()
                .map_or(pool.workers, |cores| cores.min(MOST_WORKERS)),
            languages: vec![Language::ENGLISH.code().to_owned()],
            cache: None,
            queue: pool.queue,
            timeout: Seconds(Duration::from_secs(1)),
        }
    }
}

impl ClassifierConfig {
    /// Whether the classifier's verdict on a query in this language says something.
    pub fn reads(&self, language: Language) -> bool {
        let read = |name: &String| name == ANY || name == language.code();
        self.languages.iter().any(read)
    }

    /// What is wrong with the languages, by their place in the list.
    pub fn strange_languages(&self) -> impl Iterator<Item = (usize, String)> {
        let each = self.languages.iter().enumerate();
        let strange = each.filter(|(_, name)| *name != ANY && !LANGUAGES.contains(&name.as_str()));
        strange.map(|(at, name)| {
            let known = LANGUAGES.join(", ");
            (
                at,
                format!("unknown language `{name}`; write `any`, or some of {known}"),
            )
        })
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
        let ClassifierConfig { model, encoder, .. } = &self.config.classifier;
        let resolved = |folder: &PathBuf| self.resolve(folder);
        Source {
            model: model.as_ref().map(resolved),
            encoder: encoder.as_ref().map(resolved),
        }
    }

    /// Where what was learned from examples is kept, if anywhere.
    pub fn classifier_cache(&self) -> Option<PathBuf> {
        match &self.config.classifier.cache {
            Some(folder) if folder.as_os_str() == OFF => None,
            Some(folder) => Some(self.resolve(folder)),
            None => cache_folder(),
        }
    }

    /// The utterances by which the policy teaches intents.
    pub fn examples(&self) -> Examples {
        let intents = self.config.intents.iter();
        let taught = intents.filter(|(_, intent)| !intent.examples.is_empty());
        taught
            .map(|(name, intent)| {
                let utterances = Utterances {
                    examples: intent.examples.clone(),
                    counter_examples: intent.counter_examples.clone(),
                };
                (name.clone(), utterances)
            })
            .collect()
    }
}

/// Where this user's programs keep what they can make again: systemd's `CacheDirectory`, else the folder the XDG base
/// directory specification names.
fn cache_folder() -> Option<PathBuf> {
    let named = |name| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    // A unit with several directories has them separated by colons: the first is taken.
    let unit = variable("CACHE_DIRECTORY");
    let unit = unit.and_then(|all| all.split(':').next().map(PathBuf::from));
    let of_user = || {
        let home = || named("HOME").map(|home| home.join(".cache"));
        let caches = named("XDG_CACHE_HOME")
            .or_else(home)
            .or_else(|| named("LOCALAPPDATA"));
        caches.map(|caches| caches.join("downshift"))
    };
    unit.or_else(of_user)
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
