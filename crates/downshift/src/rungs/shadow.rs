//! Shadow mode: the caller gets the LLM's answer, and what the ladder would have answered is only recorded.
//!
//! The ladder runs beside the request, on its own time, and never delays it: bounded in number
//! and time, and dropped under load. What it costs is booked apart from the request's own cost.

mod config;
mod heard;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use downshift_ledger::{
    Closing, Ledger, Opening, Outcome, Reason, Rung, ShadowEntry, ShadowOutcome, ShadowRun, Step,
};
use downshift_policy::Mode;
use downshift_wire::{ChatRequest, Edit};
use tokio::sync::{Semaphore, oneshot};
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};
use tracing::Instrument;

pub use self::config::ShadowConfig;
use self::heard::heard;
use super::RungFuture;
use crate::judge::compare;
use crate::ladder::{Error, Planned, Reply, ReplyBody};
use crate::router::Router;

/// Lets the LLM answer, and the ladder beside it.
#[derive(Debug, Clone)]
pub struct Shadow<S> {
    shared: Arc<Shared>,
    inner: S,
}

#[derive(Debug)]
struct Shared {
    /// Prices what the ladder spends, and tells nobody.
    aside: Ledger,
    always: bool,
    share: f64,
    deadline: Duration,
    slots: Arc<Semaphore>,
}

/// What a run needs.
struct Run<S> {
    inner: S,
    planned: Planned,
    aside: Ledger,
    deadline: Duration,
    said: oneshot::Receiver<String>,
}

// === impl Shared ===

impl Shared {
    /// Whether the ladder may only be watched here. A forced rung is the caller's own wish.
    fn shadows(&self, planned: &Planned) -> bool {
        let plan = &planned.plan;
        let tries = plan.answer.is_some() || plan.specialist.is_some();
        let chosen = self.always || plan.shadow || sampled(&planned.query.ask.id, self.share);
        plan.llm.is_some() && tries && planned.query.ask.forced.is_none() && chosen
    }
}

/// Whether a request is among so large a share of all; the same id always is, or never.
fn sampled(id: &str, share: f64) -> bool {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    // 32 bits are exact in a double.
    let place = f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(u32::MAX));
    place < share * 4_294_967_296.0
}

// === impl Shadow ===

impl<S> Shadow<S> {
    /// Shadows what the router's policy says.
    pub fn layer(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        let config = &router.loaded.config;
        let shared = Arc::new(Shared {
            aside: router.ledger.aside(),
            always: config.mode == Mode::Shadow,
            share: config.shadow.share,
            deadline: config.shadow.deadline.0,
            slots: Arc::new(Semaphore::new(config.shadow.in_flight)),
        });
        layer_fn(move |inner| Self {
            shared: shared.clone(),
            inner,
        })
    }
}

impl<S> Service<Planned> for Shadow<S>
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
        if !self.shared.shadows(&planned) {
            return Box::pin(inner.oneshot(planned));
        }
        let booked = planned.query.tab.shadow();
        let live = live(&planned);
        let Ok(slot) = self.shared.slots.clone().try_acquire_owned() else {
            booked.finish(ShadowEntry::without_result(ShadowOutcome::Dropped));
            return Box::pin(inner.oneshot(live));
        };
        let (says, said) = oneshot::channel();
        let run = Run {
            inner: inner.clone(),
            planned,
            aside: self.shared.aside.clone(),
            deadline: self.shared.deadline,
            said,
        };
        let beside = async move {
            run.go(booked).await;
            drop(slot);
        };
        tokio::spawn(beside.in_current_span());
        Box::pin(async move {
            let mut reply = inner.oneshot(live).await?;
            reply.body = heard(reply.body, says);
            Ok(reply)
        })
    }
}

/// The plan by which the LLM answers; the rungs that would have tried are on the trail.
fn live(planned: &Planned) -> Planned {
    let mut live = planned.clone();
    let answer = live.plan.answer.take().map(|_| Rung::Answer);
    let specialist = live.plan.specialist.take().map(|_| Rung::Specialist);
    for rung in [answer, specialist].into_iter().flatten() {
        live.query.tab.pass_on(Step {
            rung,
            reason: Reason::Shadow,
            confidence: live.plan.confidence,
            detail: None,
            spent: None,
        });
    }
    live
}

// === impl Run ===

impl<S> Run<S>
where
    S: Service<Planned, Response = Reply, Error = Error> + Send,
    S::Future: Send,
{
    /// What the ladder would have done, laid beside what the LLM said.
    async fn go(self, booked: ShadowRun) {
        let Self {
            inner,
            planned,
            aside,
            deadline,
            said,
        } = self;
        let question = planned.query.subject.text.clone();
        let entry = aside.open(opening(&planned));
        let alone = alone(planned, &entry.tab());
        let replied = tokio::time::timeout(deadline, inner.oneshot(alone)).await;
        let (outcome, reply) = match replied {
            Ok(Ok(reply)) => (ShadowOutcome::Answered, Some(reply)),
            Ok(Err(_)) => (ShadowOutcome::Escalated, None),
            Err(_) => (ShadowOutcome::TimedOut, None),
        };
        let closed = entry.close(Closing {
            rung: reply.as_ref().map(|reply| reply.rung),
            model: reply.as_ref().map(|reply| reply.model.clone()),
            ..Closing::with(Outcome::Ok)
        });
        let of_llm = said.await.ok();
        let agreement = reply
            .as_ref()
            .zip(of_llm)
            .and_then(|(reply, of_llm)| match &reply.body {
                ReplyBody::Whole(own) => {
                    let compared = compare(&question, &own.text, std::iter::once(of_llm.as_str()));
                    Some(compared.share())
                }
                ReplyBody::Stream(_) => None,
            });
        booked.finish(ShadowEntry {
            outcome,
            rung: closed.rung,
            model: closed.model.clone(),
            agreement,
            cost: closed.cost,
            live_cost: None,
            flops: closed.flops,
            energy: closed.energy,
            seconds: closed.seconds,
            judged: closed.judged.clone(),
            trail: closed.trail.clone(),
            attempts: closed.attempts.clone(),
        });
    }
}

fn opening(planned: &Planned) -> Opening {
    let ask = &planned.query.ask;
    Opening {
        id: ask.id.to_string(),
        started: ask.now,
        arrived: Instant::now(),
        requested_model: ask.request.model.clone(),
        stream: false,
    }
}

/// The plan without the LLM, whose answer is the caller's; in one piece, and on a tab of its own.
fn alone(mut planned: Planned, tab: &downshift_ledger::Tab) -> Planned {
    planned.plan.llm = None;
    planned.query.tab = tab.clone();
    let edits = [Edit::remove("stream"), Edit::remove("stream_options")];
    let body = planned.query.ask.request.rewritten(&edits);
    if let Ok(request) = body.and_then(ChatRequest::decode) {
        planned.query.ask.request = Arc::new(request);
    }
    planned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_about_that_share_and_always_the_same() {
        let ids = (0..10_000).map(|number| format!("req_{number}"));
        let count = |share| ids.clone().filter(|id| sampled(id, share)).count();
        assert_eq!((count(0.0), count(1.0)), (0, 10_000));
        assert!((800..1200).contains(&count(0.1)), "{}", count(0.1));
        assert_eq!(count(0.1), count(0.1));
    }
}
