//! Asks one model for a reply, and books the attempt however it ends.
//!
//! A reply comes back [`Held`]: nothing of it has left, so that it may be judged, and then
//! released to the caller or dropped in favour of another. What breaks while it is held is
//! a call that failed like any other.

mod booked;
mod held;

use downshift_ledger::{AttemptOutcome, Reason, Rung, Spent};
use downshift_upstream::{self as upstream, Call, ErrorKind, HoldBack};

use self::booked::Booked;
pub(super) use self::held::Held;
use self::held::{Beginning, HeldBody};
use crate::ladder::Query;
use crate::model::Model;

/// Who asks, and what for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking<'a> {
    /// What is asked.
    pub(super) query: &'a Query,
    /// The rung that asks.
    pub(super) rung: Rung,
    /// Whether the reply is only to judge another's by.
    pub(super) judging: bool,
    /// Whether somebody else takes the query should this one fail.
    pub(super) rescued: bool,
    /// How much of a stream to hold where the model's own `hold_back` does not say.
    pub(super) hold_back: Option<HoldBack>,
}

/// A model that was asked in vain.
#[derive(Debug)]
pub(super) struct Failed {
    /// What happened.
    pub(super) error: upstream::Error,
    /// What it cost all the same.
    pub(super) spent: Option<Spent>,
}

/// Asks `model`; the attempt is on the request's tab whether it replies, fails or is dropped.
pub(super) async fn ask(asking: Asking<'_>, model: &Model) -> Result<Held, Failed> {
    let Asking { query, rung, .. } = asking;
    let name = model.name();
    let attempt = if asking.judging {
        query.tab.second_opinion(rung, name.clone())
    } else {
        query.tab.attempt(rung, name.clone())
    };
    let call = Call {
        request: query.ask.request.clone(),
        headers: query.ask.headers.clone(),
        request_id: query.ask.id.to_string(),
    };
    let reply = match model.upstream.call(call).await {
        Ok(reply) => reply,
        Err(error) => {
            let spent = attempt.finish(outcome(&error));
            return Err(Failed::of(error, Some(spent)));
        }
    };
    attempt.first_token();
    let (headers, body) = match reply {
        upstream::Reply::Whole(whole) => {
            if let Some(usage) = whole.reply.usage {
                attempt.usage(usage);
            }
            let spent = attempt.finish(AttemptOutcome::Ok);
            (whole.headers, HeldBody::Whole(whole.reply, spent))
        }
        upstream::Reply::Stream(streaming) => {
            let booked = Booked::new(streaming.chunks, attempt);
            let beginning = Beginning::hold(booked, asking.hold_back(model)).await?;
            (streaming.headers, HeldBody::Stream(beginning))
        }
    };
    Ok(Held::new(rung, name.clone(), headers, body))
}

/// Why a model that failed could not take the query, for the trail.
pub(super) fn reason(error: &upstream::Error) -> Reason {
    match error.kind {
        ErrorKind::Unconfigured => Reason::Unconfigured,
        ErrorKind::Connect | ErrorKind::ConnectTimeout => Reason::Unreachable,
        ErrorKind::FirstTokenTimeout
        | ErrorKind::BetweenTokensTimeout
        | ErrorKind::TotalTimeout => Reason::Timeout,
        ErrorKind::Status(_) => Reason::UpstreamStatus,
        ErrorKind::Cut => Reason::Cut,
        _ => Reason::BadReply,
    }
}

/// How an attempt that failed is booked.
pub(crate) fn outcome(error: &upstream::Error) -> AttemptOutcome {
    match error.kind {
        ErrorKind::Unconfigured | ErrorKind::Connect | ErrorKind::ConnectTimeout => {
            AttemptOutcome::NotSent
        }
        ErrorKind::Status(_) => AttemptOutcome::Rejected,
        _ => AttemptOutcome::Failed,
    }
}

// === impl Asking ===

impl Asking<'_> {
    /// What the policy says of the model; else what the rung wants; else the default, if there is
    /// somebody who could take over: holding what nobody can rescue only costs time.
    fn hold_back(&self, model: &Model) -> HoldBack {
        let unwritten = if self.rescued {
            HoldBack::default()
        } else {
            HoldBack::None
        };
        model.hold_back.or(self.hold_back).unwrap_or(unwritten)
    }
}

// === impl Failed ===

impl Failed {
    fn of(error: upstream::Error, spent: Option<Spent>) -> Self {
        Self { error, spent }
    }
}
