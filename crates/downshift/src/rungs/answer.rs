//! The first rung: computes the answer, where both keys turn; no model is called.
//!
//! The policy has checked the first key, the classifier's. Here is the second:
//! the grammars of the intents in question read the query, and exactly one
//! answer must come out of them. Two that disagree are no answer.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_answers::{Answer, Context as Circumstances, Exchange, Question, Table};
use downshift_ledger::{Reason, Rung, Step, estimate_tokens};
use downshift_policy::{AnswerStep, Candidate};
use downshift_wire::{ChatReply, Usage, Written, written_chunks};
use futures_util::stream;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::ladder::{Ask, Error, Planned, Query, Reply, ReplyBody};
use crate::router::Tables;

/// Makes [`AnswerRung`] services.
#[derive(Debug, Clone)]
pub struct AnswerLayer {
    tables: Arc<Tables>,
}

/// Replies with a computed answer, or passes on.
#[derive(Debug, Clone)]
pub struct AnswerRung<S> {
    tables: Arc<Tables>,
    inner: S,
}

/// An answer and who gave it.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The intent it belongs to.
    pub intent: Arc<str>,
    /// The answerer's name.
    pub answerer: Arc<str>,
}

// === impl AnswerLayer ===

impl AnswerLayer {
    /// Looks things up in `tables`.
    pub fn new(tables: Arc<Tables>) -> Self {
        Self { tables }
    }
}

impl<S> Layer<S> for AnswerLayer {
    type Service = AnswerRung<S>;

    fn layer(&self, inner: S) -> Self::Service {
        AnswerRung {
            tables: self.tables.clone(),
            inner,
        }
    }
}

// === impl AnswerRung ===

impl<S> Service<Planned> for AnswerRung<S>
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
        let Some(step) = &planned.plan.answer else {
            planned.skip(Rung::Answer);
            return Box::pin(self.inner.clone().oneshot(planned));
        };
        match answer(&planned.query, step, &self.tables) {
            Ok(answered) => Box::pin(std::future::ready(Ok(reply(&planned.query.ask, answered)))),
            Err(reason) => {
                let tab = &planned.query.tab;
                tab.pass_on(Step {
                    rung: Rung::Answer,
                    reason,
                    confidence: Some(step.confidence),
                    detail: None,
                    spent: None,
                });
                Box::pin(self.inner.clone().oneshot(planned))
            }
        }
    }
}

/// Turns the second key: the one answer on which all grammars that understood agree.
fn answer(query: &Query, step: &AnswerStep, tables: &Tables) -> Result<Answered, Reason> {
    let mut found: Option<Answered> = None;
    for candidate in &step.candidates {
        for answer in ask(query, candidate, tables) {
            match &found {
                Some(first) if first.answer.text != answer.text => return Err(Reason::Ambiguous),
                Some(_) => {}
                None => {
                    found = Some(Answered {
                        answer,
                        intent: candidate.intent.clone(),
                        answerer: candidate.answerer.clone(),
                    });
                }
            }
        }
    }
    found.ok_or(Reason::NotUnderstood)
}

/// What one candidate's grammar makes of the query; a lookup may say something for each of its tables.
fn ask(query: &Query, candidate: &Candidate, tables: &Tables) -> Vec<Answer> {
    let Some(answerer) = downshift_answers::answerer(&candidate.answerer) else {
        return Vec::new();
    };
    let earlier = query.subject.earlier.as_ref().map(|earlier| Exchange {
        question: &earlier.question,
        answer: &earlier.answer,
    });
    let question = Question {
        text: &query.subject.text,
        earlier: earlier.as_slice(),
    };
    let answer = |table: Option<&Table>| {
        let circumstances = Circumstances {
            now: query.ask.now,
            zone: Some(&query.ask.zone),
            table,
        };
        answerer.answer(&question, &circumstances)
    };
    if candidate.tables.is_empty() {
        return answer(None).into_iter().collect();
    }
    let named = candidate
        .tables
        .iter()
        .filter_map(|path| tables.get(&**path));
    named.filter_map(|table| answer(Some(table))).collect()
}

fn reply(ask: &Ask, answered: Answered) -> Reply {
    let model: Arc<str> = format!("downshift/{}", answered.answerer).into();
    let text = answered.answer.text;
    let prompt = ask
        .request
        .messages
        .iter()
        .map(|message| estimate_tokens(&message.content.text()));
    let usage = Usage {
        input: prompt.sum(),
        output: estimate_tokens(&text),
        ..Usage::default()
    };
    let written = Written {
        id: format!("chatcmpl-{}", ask.id),
        created: ask.now.as_second(),
        model: model.to_string(),
        text,
        usage,
    };
    let body = if ask.request.stream {
        let chunks = written_chunks(&written, ask.request.include_usage);
        ReplyBody::Stream(Box::pin(stream::iter(chunks.into_iter().map(Ok))))
    } else {
        ReplyBody::Whole(ChatReply::written(&written))
    };
    let intent = Some(answered.intent);
    Reply {
        rung: Rung::Answer,
        model,
        intent,
        headers: http::HeaderMap::new(),
        usage: Some(usage),
        body,
    }
}
