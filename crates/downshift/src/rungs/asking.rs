//! Asks a model for a reply, and those that take its place where it cannot be had.
//!
//! A reply comes back [`Held`]: nothing of it has left, so that it may be judged, and then
//! released to the caller or dropped in favour of another. What breaks while it is held is
//! a call that failed like any other. Every try is on the request's tab, and every failure
//! that somebody else takes over on its trail.

mod held;
mod takeover;

use downshift_ledger::{AttemptOutcome, Reason, Rung};
use downshift_upstream::{self as upstream, Call, ErrorKind, HoldBack, Refusal};
use tokio::time::Instant;
use tower::ServiceExt;

pub(super) use self::held::Held;
use self::held::{Beginning, HeldBody};
use self::takeover::Line;
use crate::ladder::Query;
pub(crate) use crate::model::Failed;
use crate::model::{Model, OpenedBody, Tried, Try};

/// Who asks, and what for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    /// What is asked.
    pub(super) query: &'a Query,
    /// The rung that asks.
    pub(super) rung: Rung,
    /// Whether the reply is only to judge another's by: then this model is asked, once, or none.
    pub(super) judging: bool,
    /// Whether a rung above takes the query should this one fail.
    pub(super) rescued: bool,
    /// How much of a stream to hold where the policy does not say.
    pub(super) hold_back: Option<HoldBack>,
}

/// Asks `model`, then those that take its place. A failure after which another model is asked is
/// put on the trail here; the last is the rung's to tell.
pub(super) async fn ask(asking: Asking<'_>, model: &Model) -> Result<Held, Failed> {
    let arrived = Instant::from_std(asking.query.ask.arrived);
    let end = arrived + model.request;
    let mut line = if asking.judging {
        Line::alone()
    } else {
        Line::of(model)
    };
    let mut asked = model;
    let mut first: Option<Failed> = None;
    loop {
        let attempt = asking.attempt(asked, end, line.goes_on());
        let failed = match one(asking, asked, &attempt).await {
            Ok(held) => return Ok(held),
            Err(failed) => failed,
        };
        let next = line
            .next(asked, &failed.error)
            .filter(|_| Instant::now() < end);
        if let Some(next) = next {
            asked.gives_way(&attempt, &failed);
            asked = next;
            first = Some(takeover::told(first.take(), failed));
            continue;
        }
        if asking.rescued || first.is_none() {
            return Err(failed);
        }
        asked.note(&attempt, &failed);
        return Err(takeover::told(first, failed));
    }
}

/// Asks one model, as often as it may be asked.
async fn one(asking: Asking<'_>, model: &Model, attempt: &Try) -> Result<Held, Failed> {
    let opened = model.service.clone().oneshot(attempt.clone()).await?;
    let body = match opened.body {
        OpenedBody::Whole(reply, spent) => HeldBody::Whole(reply, spent),
        OpenedBody::Stream(booked) => {
            asking.query.ask.begun.set();
            let hold_back = asking.hold_back(model, attempt.rescued);
            let beginning = Beginning::hold(*booked, hold_back).await;
            let beginning = beginning.map_err(|(error, spent)| Failed {
                model: model.name().clone(),
                error,
                spent,
            })?;
            HeldBody::Stream(Box::new(beginning))
        }
    };
    let model = model.name().clone();
    Ok(Held::new(asking.rung, model, opened.headers, body))
}

/// Why a model that failed could not take the query, for the trail.
pub(crate) fn reason(error: &upstream::Error) -> Reason {
    match (error.refusal(), error.kind) {
        (Some(Refusal::ContextLength), _) => Reason::ContextLength,
        (Some(Refusal::Prefill), _) => Reason::Prefill,
        (_, ErrorKind::Unconfigured) => Reason::Unconfigured,
        (_, ErrorKind::Connect | ErrorKind::ConnectTimeout) => Reason::Unreachable,
        (
            _,
            ErrorKind::FirstTokenTimeout
            | ErrorKind::BetweenTokensTimeout
            | ErrorKind::TotalTimeout,
        ) => Reason::Timeout,
        (_, ErrorKind::Status(_)) => Reason::UpstreamStatus,
        (_, ErrorKind::CircuitOpen | ErrorKind::Paused) => Reason::Resting,
        (_, ErrorKind::Encode) => Reason::Unsupported,
        (_, ErrorKind::Cut) => Reason::Cut,
        _ => Reason::BadReply,
    }
}

/// How an attempt that failed is booked.
pub(crate) fn outcome(error: &upstream::Error) -> AttemptOutcome {
    match error.kind {
        ErrorKind::Unconfigured
        | ErrorKind::Encode
        | ErrorKind::Connect
        | ErrorKind::ConnectTimeout => AttemptOutcome::NotSent,
        ErrorKind::Status(_) => AttemptOutcome::Rejected,
        _ => AttemptOutcome::Failed,
    }
}

// === impl Asking ===

impl Asking<'_> {
    /// What the model is asked; `more` says that another model takes its place should it fail.
    fn attempt(&self, model: &Model, end: Instant, more: bool) -> Try {
        let query = self.query;
        let end = end.min(Instant::now() + model.upstream.endpoint().timeouts.total);
        Try {
            call: Call {
                request: query.ask.request.clone(),
                headers: query.ask.headers.clone(),
                request_id: query.ask.id.to_string(),
                end: Some(end),
            },
            tab: query.tab.clone(),
            rung: self.rung,
            confidence: query.tab.verdict().1,
            judging: self.judging,
            above: self.rescued || self.judging,
            rescued: self.rescued || self.judging || more,
            end,
            tried: Tried::default(),
        }
    }

    /// What the policy says; else what the rung wants; else the default, if there is somebody who
    /// could take over: holding what nobody can rescue only costs time.
    fn hold_back(&self, model: &Model, rescued: bool) -> HoldBack {
        let unwritten = if rescued {
            HoldBack::default()
        } else {
            HoldBack::None
        };
        model.hold_back.or(self.hold_back).unwrap_or(unwritten)
    }
}
