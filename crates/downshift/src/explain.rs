//! The decision without the cost: which rung a query would stop on, and why.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use downshift_ledger::{Ledger, Opening, Rung, Step};
use downshift_policy::Mode;
use downshift_wire::ChatRequest;
use http::HeaderMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use tower::{Service, ServiceExt};

use crate::clock;
use crate::ladder::{Accounted, Ask, Error, Planned, Reply, ReplyBody};
use crate::router::Router;
use crate::rungs::RungFuture;
use crate::stack::{self, Decision};

/// Stands where the rungs that cost money would: says who would be asked, and asks nobody.
#[derive(Debug, Clone, Copy)]
pub struct Undecided;

/// Why a query would stop where it would.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The query.
    pub query: String,
    /// The rung that replies, or would.
    pub rung: &'static str,
    /// The intent.
    pub intent: Option<Arc<str>>,
    /// How sure the classifier is of it, 0 to 1.
    pub confidence: Option<f32>,
    /// The model that would be asked; `downshift/<answerer>` on the first rung.
    pub model: Option<Arc<str>>,
    /// The computed answer; `null` where somebody would be asked.
    pub answer: Option<String>,
    /// The host that a lookup would ask; nobody is asked to explain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// The llm replies all the same, and this is only recorded: the policy shadows it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// Why each rung below passed on.
    pub trail: Vec<Step>,
}

/// When and where a query is asked; the present, and the policy's own zone, by default.
#[derive(Debug, Clone, Default)]
pub struct Circumstances {
    /// The caller's zone.
    pub zone: Option<TimeZone>,
    /// The moment.
    pub now: Option<Timestamp>,
}

/// Explains queries, one call each.
#[derive(Debug, Clone)]
pub struct Explainer {
    router: Arc<Router>,
    ledger: Arc<Ledger>,
    decision: Decision,
}

// === impl Undecided ===

impl Service<Planned> for Undecided {
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, planned: Planned) -> Self::Future {
        if planned.plan.specialist.is_none() {
            planned.skip(Rung::Specialist);
        }
        let Planned { plan, .. } = planned;
        let would = match (plan.specialist, plan.llm) {
            (Some(step), _) => Ok((Rung::Specialist, step.model)),
            (None, Some(model)) => Ok((Rung::Llm, model)),
            (None, None) => Err(Error::Declined(Rung::Answer)),
        };
        Box::pin(std::future::ready(would.map(|(rung, model)| Reply {
            rung,
            model,
            intent: plan.intent,
            headers: HeaderMap::new(),
            usage: None,
            body: ReplyBody::Stream(Box::pin(futures_util::stream::empty())),
        })))
    }
}

// === impl Explainer ===

impl Explainer {
    /// Explains by the given router's policy.
    pub fn new(router: &Arc<Router>) -> Self {
        Self {
            decision: stack::decision(router),
            ledger: Arc::new(Ledger::new([], "none", [])),
            router: router.clone(),
        }
    }

    /// What would become of one query, asked as a single user turn.
    pub async fn explain(&self, query: &str, at: &Circumstances) -> Explanation {
        let request = ChatRequest::from_text("auto", query);
        self.explain_request(query, request, at).await
    }

    /// What would become of a whole request.
    pub async fn explain_request(
        &self,
        query: &str,
        request: ChatRequest,
        at: &Circumstances,
    ) -> Explanation {
        let now = at.now.unwrap_or_else(clock::now);
        let arrived = Instant::now();
        let entry = self.ledger.open(Opening {
            id: String::new(),
            started: now,
            arrived,
            requested_model: request.model.clone(),
            stream: false,
        });
        let tab = entry.tab();
        let zone = at.zone.clone().unwrap_or_else(|| self.router.zone.clone());
        let ask = Ask {
            now,
            arrived,
            ..Ask::unsent("explain".into(), Arc::new(request), zone)
        };
        let result = self
            .decision
            .clone()
            .oneshot(Accounted {
                ask,
                tab: tab.clone(),
            })
            .await;
        let (intent, confidence) = tab.verdict();
        let (rung, model, named, answer) = match result {
            Ok(reply) => (
                reply.rung.label(),
                Some(reply.model),
                reply.intent,
                text(reply.body),
            ),
            Err(_) => ("none", None, None, None),
        };
        let intent = named.or(intent);
        let would_fetch = rung == Rung::Answer.label() && answer.is_none();
        let get = intent.as_ref().filter(|_| would_fetch);
        let get = get.and_then(|intent| self.router.gets.get(intent));
        let always = self.router.loaded.config.mode == Mode::Shadow;
        let of_intent = intent
            .as_ref()
            .is_some_and(|intent| self.router.policy.shadows(intent));
        Explanation {
            shadow: rung != Rung::Llm.label() && (always || of_intent),
            query: query.to_owned(),
            rung,
            asks: get.map(|get| get.origin()),
            intent,
            confidence,
            model,
            answer,
            trail: tab.trail().into_steps(),
        }
    }
}

fn text(body: ReplyBody) -> Option<String> {
    match body {
        ReplyBody::Whole(reply) => Some(reply.text),
        ReplyBody::Stream(_) => None,
    }
}
