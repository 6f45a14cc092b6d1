//! The top rung: the remote large model. There is nothing above it, so its failure is the caller's answer.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::Rung;
use tower::Service;

use super::RungFuture;
use super::asking::{self, Asking, Held};
use crate::ladder::{Error, Planned, Reply};
use crate::router::Models;

/// The innermost service of the ladder.
#[derive(Debug, Clone)]
pub struct LlmRung {
    models: Arc<Models>,
}

impl LlmRung {
    /// Asks the large one among `models`.
    pub fn new(models: Arc<Models>) -> Self {
        Self { models }
    }
}

impl Service<Planned> for LlmRung {
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, planned: Planned) -> Self::Future {
        let model = planned
            .plan
            .llm
            .as_ref()
            .and_then(|name| self.models.get(name).cloned());
        Box::pin(async move {
            let Some(model) = model else {
                return Err(Error::Declined(planned.forced_rung()));
            };
            let asking = Asking {
                query: &planned.query,
                rung: Rung::Llm,
                judging: false,
                rescued: false,
                hold_back: None,
            };
            let held = asking::ask(asking, &model).await;
            held.map(Held::release).map_err(|failed| Error::Upstream {
                rung: Rung::Llm,
                model: failed.model,
                source: failed.error,
            })
        })
    }
}
