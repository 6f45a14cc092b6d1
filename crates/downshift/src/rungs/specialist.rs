//! The second rung: asks the small model that is good at this one domain.
//!
//! A specialist that cannot be had passes on, whatever the fault: the next rung
//! may still take the query. Where its reply is to be judged, the judge stands
//! between the attempt and the return.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{Rung, Step};
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use super::asking::{self, Asking};
use crate::ladder::{Error, Planned, Reply};
use crate::router::Models;

/// Makes [`SpecialistRung`] services.
#[derive(Debug, Clone)]
pub struct SpecialistLayer {
    models: Arc<Models>,
}

/// Replies with a specialist's words, or passes on.
#[derive(Debug, Clone)]
pub struct SpecialistRung<S> {
    models: Arc<Models>,
    inner: S,
}

// === impl SpecialistLayer ===

impl SpecialistLayer {
    /// Asks the specialists among `models`.
    pub fn new(models: Arc<Models>) -> Self {
        Self { models }
    }
}

impl<S> Layer<S> for SpecialistLayer {
    type Service = SpecialistRung<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SpecialistRung {
            models: self.models.clone(),
            inner,
        }
    }
}

// === impl SpecialistRung ===

impl<S> Service<Planned> for SpecialistRung<S>
where
    S: Service<Planned, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, planned: Planned) -> Self::Future {
        let inner = self.inner.clone();
        let step = planned.plan.specialist.clone();
        let model = step.and_then(|step| self.models.get(&step.model).cloned());
        let Some(model) = model else {
            planned.skip(Rung::Specialist);
            return Box::pin(inner.oneshot(planned));
        };
        Box::pin(async move {
            let asking = Asking {
                query: &planned.query,
                rung: Rung::Specialist,
                rescued: planned.plan.llm.is_some(),
                hold_back: None,
            };
            match asking::ask(asking, &model).await {
                Ok(held) => Ok(held.release()),
                // Where no rung above may try, the failure is the caller's answer.
                Err(asking::Failed { error, .. }) if planned.plan.llm.is_none() => {
                    Err(Error::Upstream {
                        rung: Rung::Specialist,
                        model: model.name().clone(),
                        source: error,
                    })
                }
                Err(asking::Failed { error, spent }) => {
                    planned.query.tab.pass_on(Step {
                        rung: Rung::Specialist,
                        reason: asking::reason(&error),
                        confidence: planned.plan.confidence,
                        detail: Some(model.explain(&error)),
                        spent,
                    });
                    inner.oneshot(planned).await
                }
            }
        })
    }
}
