//! The second rung: asks the small model that is good at this one domain.
//!
//! A specialist that cannot be had passes on, whatever the fault: the next rung
//! may still take the query. Where its reply is to be judged, the judge stands
//! between the attempt and the return.

mod panel;

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{Reason, Rung, Spent, Step};
use downshift_policy::{Judging, Logprobs};
use futures_util::StreamExt;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use self::panel::{Judged, Panel};
use super::RungFuture;
use super::asking::{self, Asking, Failed};
use crate::judge::{Calibration, Calibrations, Ruling};
use crate::ladder::{Error, Planned, Reply, ReplyBody};
use crate::model::Model;
use crate::router::{Models, Router};

/// Replies with a specialist's words, or passes on.
#[derive(Debug, Clone)]
pub struct SpecialistRung<S> {
    models: Arc<Models>,
    calibrations: Arc<Calibrations>,
    inner: S,
}

// === impl SpecialistRung ===

impl<S> SpecialistRung<S> {
    /// Asks the router's specialists, and judges them by its calibrations.
    pub fn layer(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        let models = router.models.clone();
        let calibrations = router.calibrations.clone();
        layer_fn(move |inner| Self {
            models: models.clone(),
            calibrations: calibrations.clone(),
            inner,
        })
    }
}

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
        let model = step
            .as_ref()
            .and_then(|step| self.models.get(&step.model).cloned());
        let (Some(step), Some(model)) = (step, model) else {
            planned.skip(Rung::Specialist);
            return Box::pin(inner.oneshot(planned));
        };
        let (models, calibrations) = (self.models.clone(), self.calibrations.clone());
        Box::pin(async move {
            let replied = match &step.judging {
                Some(judging) => judged(&planned, &model, judging, (&models, &calibrations)).await,
                None => unjudged(&planned, &model).await,
            };
            match replied {
                Ok(reply) => Ok(reply),
                // Where no rung above may try, the failure is the caller's answer.
                Err(Passed::Failed(failed)) if planned.plan.llm.is_none() => Err(Error::Upstream {
                    rung: Rung::Specialist,
                    model: failed.model,
                    source: failed.error,
                }),
                Err(passed) => {
                    planned.query.tab.pass_on(passed.step(&planned, &model));
                    inner.oneshot(planned).await
                }
            }
        })
    }
}

/// Why the specialist's reply is not the caller's.
enum Passed {
    /// There is none.
    Failed(Failed),
    /// It was judged and is not good enough.
    Weak(Box<Ruling>, Option<Spent>),
}

/// The specialist's reply as it comes.
async fn unjudged(planned: &Planned, model: &Model) -> Result<Reply, Passed> {
    let asking = Asking {
        query: &planned.query,
        rung: Rung::Specialist,
        judging: false,
        rescued: planned.plan.llm.is_some(),
        hold_back: None,
    };
    let held = asking::ask(asking, model).await.map_err(Passed::Failed)?;
    Ok(held.release())
}

/// The specialist's reply, if the judges let it pass.
async fn judged(
    planned: &Planned,
    model: &Model,
    judging: &Judging,
    (models, calibrations): (&Models, &Calibrations),
) -> Result<Reply, Passed> {
    let default = Calibration::default();
    let intent = planned.plan.intent.as_ref();
    let calibration = intent.and_then(|intent| calibrations.get(intent));
    let panel = Panel {
        planned,
        model,
        models,
        judging,
        calibration: calibration.unwrap_or(&default),
    };
    let Judged {
        held,
        ruling,
        spent,
    } = panel.ask().await.map_err(Passed::Failed)?;
    planned.query.tab.judged(ruling.judgement.clone());
    if ruling.reason.is_some() {
        let spent = [held.abandon(), spent].into_iter().flatten();
        return Err(Passed::Weak(Box::new(ruling), spent.reduce(Spent::and)));
    }
    let reply = held.release();
    let unasked = !planned.query.ask.request.logprobs && judging.logprobs != Logprobs::Unasked;
    Ok(if unasked {
        without_logprobs(reply)
    } else {
        reply
    })
}

/// The reply without what was asked for judging alone.
fn without_logprobs(reply: Reply) -> Reply {
    let body = match reply.body {
        ReplyBody::Whole(whole) => ReplyBody::Whole(whole.without_logprobs()),
        ReplyBody::Stream(chunks) => {
            let plain = chunks.map(|chunk| chunk.map(|chunk| chunk.without_logprobs()));
            ReplyBody::Stream(Box::pin(plain))
        }
    };
    Reply { body, ..reply }
}

// === impl Passed ===

impl Passed {
    fn step(self, planned: &Planned, model: &Model) -> Step {
        match self {
            Self::Failed(failed) => Step {
                rung: Rung::Specialist,
                reason: asking::reason(&failed.error),
                confidence: planned.plan.confidence,
                detail: Some(model.in_line(&failed.model).explain(&failed.error)),
                spent: failed.spent,
            },
            Self::Weak(ruling, spent) => Step {
                rung: Rung::Specialist,
                reason: ruling.reason.unwrap_or(Reason::WeakReply),
                confidence: Some(ruling.judgement.probability),
                detail: Some(ruling.judgement.to_string()),
                spent,
            },
        }
    }
}
