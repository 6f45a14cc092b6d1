//! One model of the policy: how to call it, and what to tell an operator when it cannot be had.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use downshift_upstream::{self as upstream, Client, Endpoint, ErrorKind, HoldBack};
use downshift_upstream::{Timeouts, Upstream};

use crate::config::yaml::Unresolved;
use crate::config::{ModelConfig, SecretConfig};

/// Ollama's default port: the one server whose start we can spell out.
const OLLAMA_PORT: &str = ":11434";

/// A model that may be asked.
#[derive(Debug, Clone)]
pub struct Model {
    /// The service that calls it.
    pub upstream: Upstream,
    /// How much of its streams is held, if the policy says so.
    pub hold_back: Option<HoldBack>,
    /// Whether token log-probabilities may be asked of it; found out at the first call that refuses.
    pub gives_logprobs: Arc<AtomicBool>,
    help: Arc<Help>,
}

/// Why a model of the policy cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its address or its timeouts.
    #[error(transparent)]
    Upstream(#[from] upstream::Error),
    /// Its key.
    #[error("the key cannot be read: {0}")]
    Key(Unresolved),
}

/// What an operator needs to know to get a model going.
#[derive(Debug)]
struct Help {
    name: Arc<str>,
    base_url: String,
    model: String,
    variable: Option<String>,
}

// === impl Model ===

impl Model {
    /// A model as the policy describes it.
    pub fn new(client: &Client, name: &str, config: &ModelConfig) -> Result<Self, Error> {
        let name: Arc<str> = name.into();
        let (key, variable) = match config.key.as_ref().map(SecretConfig::resolve) {
            Some(Ok(key)) => (Some(key), None),
            Some(Err(Unresolved::Unset(variable))) => (None, Some(variable)),
            Some(Err(malformed @ Unresolved::Malformed(_))) => return Err(Error::Key(malformed)),
            None => (None, None),
        };
        // A server on plain HTTP is somebody's own and usually wants no key;
        // one behind HTTPS that was given a key's name does want it.
        let missing_variable = variable
            .clone()
            .filter(|_| config.base_url.starts_with("https://"));
        let endpoint = Endpoint {
            name: name.clone(),
            api: config.api,
            base_url: config.base_url.clone(),
            model: config.model.clone(),
            key,
            missing_variable,
            timeouts: Timeouts::try_from(config.timeouts.clone())?,
            include_usage: config.include_usage,
            account_headers: config.account_headers,
            ..Endpoint::default()
        };
        let help = Help {
            name,
            base_url: config.base_url.clone(),
            model: config.model.clone(),
            variable,
        };
        Ok(Self {
            upstream: Upstream::new(client, endpoint)?,
            hold_back: config.hold_back,
            gives_logprobs: Arc::new(AtomicBool::new(config.logprobs)),
            help: Arc::new(help),
        })
    }

    /// Its name in the policy.
    pub fn name(&self) -> &Arc<str> {
        &self.help.name
    }

    /// What went wrong, and what an operator can do about it.
    pub fn explain(&self, error: &upstream::Error) -> String {
        let Help { name, model, .. } = &*self.help;
        match error.kind {
            ErrorKind::Unconfigured => format!(
                "the model `{name}` is not configured: set {} to its key, or its base_url to a server that needs none",
                self.help
                    .variable
                    .as_deref()
                    .unwrap_or("the variable its `key` names")
            ),
            ErrorKind::Connect | ErrorKind::ConnectTimeout if self.is_ollama() => format!(
                "the model `{name}` cannot be reached: {error}; start it with `ollama serve`, and once `ollama pull {model}`"
            ),
            ErrorKind::Connect | ErrorKind::ConnectTimeout => format!(
                "the model `{name}` cannot be reached: {error}; start the server, or mend models.{name}.base_url"
            ),
            ErrorKind::Status(404) if self.is_ollama() => format!(
                "the model `{name}` is not there: {error}; fetch it with `ollama pull {model}`"
            ),
            ErrorKind::Status(404) => format!(
                "the model `{name}` is not there: {error}; mend models.{name}.model or its base_url"
            ),
            _ => format!("the model `{name}` failed: {error}"),
        }
    }

    fn is_ollama(&self) -> bool {
        let after = self
            .help
            .base_url
            .split_once(OLLAMA_PORT)
            .map(|(_, after)| after);
        after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
    }
}
