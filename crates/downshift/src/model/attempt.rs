//! One try of a model: hides that it goes to one of several servers, and that it is booked.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_ledger::{AttemptOutcome, Rung, Spent, Step, Tab};
use downshift_upstream::{self as upstream, Call};
use downshift_wire::ChatReply;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use tokio::time::Instant;
use tower::Service;

use super::Help;
use super::booked::Booked;
use super::endpoints::{Endpoints, Tried};
use crate::rungs::asking;
use crate::telemetry::context;

/// What a model is asked.
#[derive(Debug, Clone)]
pub(crate) struct Try {
    /// The call.
    pub(crate) call: Call,
    /// Where it is booked.
    pub(crate) tab: Tab,
    /// The rung that asks.
    pub(crate) rung: Rung,
    /// Whether the reply is only to judge another's by.
    pub(crate) judging: bool,
    /// How sure the classifier was, for the trail.
    pub(crate) confidence: Option<f32>,
    /// Whether a rung above takes the query should the model fail.
    pub(crate) above: bool,
    /// Whether somebody takes the query should the model fail: that rung, or another model.
    pub(crate) rescued: bool,
    /// When the reply must be complete.
    pub(crate) end: Instant,
    /// The servers it was sent to.
    pub(crate) tried: Tried,
}

/// A model that has begun to reply.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The headers that may go to the caller.
    pub(crate) headers: HeaderMap,
    /// The reply.
    pub(crate) body: OpenedBody,
}

/// A reply in one piece, with what it cost, or as it comes.
#[derive(Debug)]
pub(crate) enum OpenedBody {
    /// In one piece.
    Whole(Box<ChatReply>, Spent),
    /// As it comes.
    Stream(Box<Booked>),
}

/// A model that was asked in vain.
#[derive(Debug)]
pub(crate) struct Failed {
    /// The model, by its name in the policy.
    pub(crate) model: Arc<str>,
    /// What happened.
    pub(crate) error: upstream::Error,
    /// What it cost all the same; `None` if nothing was sent.
    pub(crate) spent: Option<Spent>,
}

/// The innermost service of a model: asks one of its servers, once.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    endpoints: Arc<Endpoints>,
    help: Arc<Help>,
    /// Whether an open circuit refuses also those who have nowhere else to go.
    strict: bool,
}

// === impl Try ===

impl Try {
    /// Books a failure that somebody else takes over.
    pub(super) fn note(&self, help: &Help, failed: &Failed) {
        self.tab.pass_on(Step {
            rung: self.rung,
            reason: asking::reason(&failed.error),
            confidence: self.confidence,
            detail: Some(help.explain(&failed.error)),
            spent: failed.spent,
        });
    }
}

// === impl Attempts ===

impl Attempts {
    pub(super) fn new(endpoints: Arc<Endpoints>, help: Arc<Help>, strict: bool) -> Self {
        Self {
            endpoints,
            help,
            strict,
        }
    }

    async fn ask(self, mut asked: Try) -> Result<Opened, Failed> {
        let model = self.help.name.clone();
        let failed = |error, spent| Failed {
            model: model.clone(),
            error,
            spent,
        };
        let chosen = self
            .endpoints
            .choose(&asked.tried, !asked.rescued && !self.strict);
        let mut permit = chosen.map_err(|error| failed(error, None))?;
        let attempt = if asked.judging {
            asked.tab.second_opinion(asked.rung, model.clone())
        } else {
            asked.tab.attempt(asked.rung, model.clone())
        };
        let has_span = asked.tab.has_span();
        let span = has_span.then(|| context::descend(&mut asked.call.headers));
        attempt.sent(permit.origin().clone(), span.flatten());
        attempt.images(asked.call.request.images());
        let upstream = permit.upstream().clone();
        match upstream.call(asked.call).await {
            Err(error) => {
                permit.ended(Err(&error));
                let spent = attempt.finish(asking::outcome(&error));
                Err(failed(error, Some(spent)))
            }
            Ok(upstream::Reply::Whole(whole)) => {
                attempt.first_token();
                permit.begun();
                permit.ended(Ok(()));
                if let Some(usage) = whole.reply.usage {
                    attempt.usage(usage);
                }
                attempt.replied_by(&whole.reply.model);
                if let Some(reason) = &whole.reply.finish_reason {
                    attempt.finish_reason(reason);
                }
                let spent = attempt.finish(AttemptOutcome::Ok);
                Ok(Opened {
                    headers: whole.headers,
                    body: OpenedBody::Whole(Box::new(whole.reply), spent),
                })
            }
            Ok(upstream::Reply::Stream(streaming)) => {
                attempt.first_token();
                permit.begun();
                let booked = Booked::new(streaming.chunks, attempt, permit);
                Ok(Opened {
                    headers: streaming.headers,
                    body: OpenedBody::Stream(Box::new(booked)),
                })
            }
        }
    }
}

impl Service<Try> for Attempts {
    type Response = Opened;
    type Error = Failed;
    type Future = BoxFuture<'static, Result<Opened, Failed>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, asked: Try) -> Self::Future {
        Box::pin(self.clone().ask(asked))
    }
}
