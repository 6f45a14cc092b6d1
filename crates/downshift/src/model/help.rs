//! What an operator needs to know to get a model going: hides how its failures are put.

use std::sync::Arc;

use downshift_upstream::{self as upstream, ErrorKind};

/// Ollama's default port: the one server whose start we can spell out.
const OLLAMA_PORT: &str = ":11434";

/// What is known of a model when it fails.
#[derive(Debug)]
pub(crate) struct Help {
    /// Its name in the policy.
    pub(super) name: Arc<str>,
    /// Where its first server is.
    pub(super) base_url: String,
    /// The name it is asked under.
    pub(super) model: String,
    /// The variable that should hold its key and does not.
    pub(super) variable: Option<String>,
}

// === impl Help ===

impl Help {
    /// What went wrong, and what an operator can do about it.
    pub(super) fn explain(&self, error: &upstream::Error) -> String {
        let Self { name, model, .. } = self;
        match error.kind {
            ErrorKind::Unconfigured => format!(
                "the model `{name}` is not configured: set {} to its key, or its base_url to a server that needs none",
                self.variable
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
            ErrorKind::CircuitOpen | ErrorKind::Paused => {
                format!("the model `{name}` is not asked for now: {error}")
            }
            _ => format!("the model `{name}` failed: {error}"),
        }
    }

    fn is_ollama(&self) -> bool {
        let after = self
            .base_url
            .split_once(OLLAMA_PORT)
            .map(|(_, after)| after);
        after.is_some_and(|after| after.is_empty() || after.starts_with('/'))
    }
}
