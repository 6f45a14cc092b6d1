//! The first rung: computes the answer, where both keys turn; no model is called.
//!
//! The policy has checked the first key, the classifier's. Here is the second:
//! the grammars of the intents in question read the query, and exactly one
//! answer must come out of them. Two that disagree are no answer.
//!
//! A table whose close matches the policy allows is asked once more where no grammar understood: which of
//! its rows means nearly the same, by the classifier's own vectors. The answer names that row.
//!
//! A lookup over HTTP turns its key the same way; then the host that the policy
//! names is asked. If its reply does not fill the whole sentence, the rung passes on.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_answers::{
    Answer, Context as Circumstances, Exchange, Misread, Question, Table, Unfilled,
};
use downshift_intent::Classifier;
use downshift_ledger::{AttemptOutcome, Reason, Rung, Spent, Step, Tab, estimate_tokens};
use downshift_policy::{AnswerStep, Candidate};
use downshift_wire::{ChatReply, Usage, Written, written_chunks};
use futures_util::stream;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::{RungFuture, asking};
use crate::close::Closes;
use crate::gets::{self, Fetch, Gets};
use crate::ladder::{Ask, Error, Planned, Query, Reply, ReplyBody};
use crate::router::{Router, Tables};

/// Replies with a computed answer, or passes on.
#[derive(Debug, Clone)]
pub struct AnswerRung<S> {
    sources: Sources,
    inner: S,
}

/// What answers are looked up in.
#[derive(Debug, Clone)]
struct Sources {
    tables: Arc<Tables>,
    closes: Arc<Closes>,
    classifier: Arc<Classifier>,
    gets: Arc<Gets>,
    /// Whether hosts may be asked; to explain, none is.
    fetches: bool,
}

/// What both keys opened.
enum Found {
    /// The text is there.
    Computed(String),
    /// A host knows.
    Fetch(Fetch),
}

/// What was found and who found it.
struct Answered {
    found: Found,
    intent: Arc<str>,
    answerer: Arc<str>,
}

/// A host that was asked in vain.
struct Missed {
    error: gets::Error,
    spent: Spent,
}

// === impl Sources ===

impl Sources {
    fn of(router: &Router) -> Self {
        Self {
            tables: router.tables.clone(),
            closes: router.closes.clone(),
            classifier: router.classifier.clone(),
            gets: router.gets.clone(),
            fetches: true,
        }
    }
}

// === impl AnswerRung ===

impl<S> AnswerRung<S> {
    /// Looks things up in the router's tables, and at the hosts that its policy names.
    pub fn layer(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        Self::over(Sources::of(router))
    }

    /// Asks no host: a lookup over HTTP replies with an empty stream in place of its answer.
    pub fn layer_without_fetching(router: &Router) -> impl Layer<S, Service = Self> + Clone {
        Self::over(Sources {
            fetches: false,
            ..Sources::of(router)
        })
    }

    fn over(sources: Sources) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |inner| Self {
            sources: sources.clone(),
            inner,
        })
    }
}

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
        let answered = self.sources.answer(&planned.query, step);
        if matches!(answered, Err(Reason::NotUnderstood)) && self.sources.allow_close(step) {
            let rung = self.clone();
            let step = step.clone();
            return Box::pin(async move {
                let answered = rung.sources.close(&planned.query, &step).await;
                rung.settle(answered, step.confidence, planned).await
            });
        }
        let confidence = step.confidence;
        self.settle(answered, confidence, planned)
    }
}

impl<S> AnswerRung<S>
where
    S: Service<Planned, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    /// Replies with what was found, or passes on with the reason why nothing was.
    fn settle(
        &self,
        answered: Result<Answered, Reason>,
        confidence: f32,
        planned: Planned,
    ) -> RungFuture {
        let inner = self.inner.clone();
        let pass_on = move |tab: &Tab, reason, detail, spent| {
            tab.pass_on(Step {
                rung: Rung::Answer,
                reason,
                confidence: Some(confidence),
                detail,
                spent,
            });
        };
        let Answered {
            found,
            intent,
            answerer,
        } = match answered {
            Ok(answered) => answered,
            Err(reason) => {
                pass_on(&planned.query.tab, reason, None, None);
                return Box::pin(inner.oneshot(planned));
            }
        };
        let model: Arc<str> = format!("downshift/{answerer}").into();
        let fetch = match found {
            Found::Computed(text) if over_limit(&planned.query.ask, &text) => {
                pass_on(&planned.query.tab, Reason::CutByLength, None, None);
                return Box::pin(inner.oneshot(planned));
            }
            Found::Computed(text) if stops(&planned.query.ask, &text) => {
                pass_on(&planned.query.tab, Reason::StopSequence, None, None);
                return Box::pin(inner.oneshot(planned));
            }
            Found::Computed(text) => {
                let reply = written(&planned.query.ask, model, intent, text);
                return Box::pin(std::future::ready(Ok(reply)));
            }
            Found::Fetch(_) if !self.sources.fetches => {
                return Box::pin(std::future::ready(Ok(unasked(model, intent))));
            }
            Found::Fetch(fetch) => fetch,
        };
        Box::pin(async move {
            let Query { ask, tab, .. } = &planned.query;
            match said(&fetch, tab, &model).await {
                Ok(text) if stops(ask, &text) => {
                    pass_on(tab, Reason::StopSequence, None, None);
                    inner.oneshot(planned).await
                }
                Ok(text) => Ok(written(ask, model, intent, text)),
                Err(Missed { error, spent }) => {
                    pass_on(tab, reason(&error), Some(error.to_string()), Some(spent));
                    inner.oneshot(planned).await
                }
            }
        })
    }
}

// === impl Sources ===

impl Sources {
    /// Turns the second key: the one answer on which all grammars that understood agree.
    fn answer(&self, query: &Query, step: &AnswerStep) -> Result<Answered, Reason> {
        let mut answered: Option<Answered> = None;
        for candidate in &step.candidates {
            for found in self.found(query, candidate)? {
                match &answered {
                    Some(first) if !first.found.agrees(&found) => return Err(Reason::Ambiguous),
                    Some(_) => {}
                    None => {
                        answered = Some(Answered {
                            found,
                            intent: candidate.intent.clone(),
                            answerer: candidate.answerer.clone(),
                        });
                    }
                }
            }
        }
        answered.ok_or(Reason::NotUnderstood)
    }

    /// Whether a table of one of the intents also answers what is close.
    fn allow_close(&self, step: &AnswerStep) -> bool {
        let mut candidates = step.candidates.iter();
        candidates.any(|candidate| self.closes.contains_key(&candidate.intent))
    }

    /// The one answer on which all tables with a row close enough agree.
    async fn close(&self, query: &Query, step: &AnswerStep) -> Result<Answered, Reason> {
        let mut answered: Option<Answered> = None;
        for candidate in &step.candidates {
            for close in self.closes.get(&candidate.intent).into_iter().flatten() {
                let Some(table) = self.tables.get(&close.table) else {
                    continue;
                };
                let Some(asked) = table.asked(&query.subject.text) else {
                    continue;
                };
                // A classifier that fails leaves nothing to compare by.
                let Ok(Some(vector)) = self.classifier.embed(asked.text.clone()).await else {
                    continue;
                };
                let Some(text) = close.answer(table, &asked, &vector) else {
                    continue;
                };
                let found = Found::Computed(text);
                match &answered {
                    Some(first) if !first.found.agrees(&found) => return Err(Reason::Ambiguous),
                    Some(_) => {}
                    None => {
                        answered = Some(Answered {
                            found,
                            intent: candidate.intent.clone(),
                            answerer: candidate.answerer.clone(),
                        });
                    }
                }
            }
        }
        answered.ok_or(Reason::NotUnderstood)
    }

    /// What one candidate's grammar makes of the query.
    fn found(&self, query: &Query, candidate: &Candidate) -> Result<Vec<Found>, Reason> {
        let Some(get) = self.gets.get(&candidate.intent) else {
            let answers = ask(query, candidate, &self.tables).into_iter();
            return Ok(answers.map(|answer| Found::Computed(answer.text)).collect());
        };
        match get.read(&query.subject.text) {
            Ok(fetch) => Ok(vec![Found::Fetch(fetch)]),
            Err(Misread::NotUnderstood) => Ok(Vec::new()),
            Err(Misread::Ambiguous) => Err(Reason::Ambiguous),
        }
    }
}

// === impl Found ===

impl Found {
    /// Whether two grammars say the same; what a host will say is not known yet.
    fn agrees(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Computed(one), Self::Computed(two)) if one == two)
    }
}

/// Asks the host; its time is booked as an upstream's, at no cost.
async fn said(fetch: &Fetch, tab: &Tab, model: &Arc<str>) -> Result<String, Missed> {
    let attempt = tab.attempt(Rung::Answer, model.clone());
    attempt.usage(Usage::default());
    match fetch.say().await {
        Ok(text) => {
            attempt.finish(AttemptOutcome::Ok);
            Ok(text)
        }
        Err(error) => {
            let outcome = match &error {
                gets::Error::Upstream(error) => asking::outcome(error),
                gets::Error::Unfilled { .. } => AttemptOutcome::Failed,
            };
            let spent = attempt.finish(outcome);
            Err(Missed { error, spent })
        }
    }
}

fn reason(error: &gets::Error) -> Reason {
    match error {
        gets::Error::Upstream(error) => asking::reason(error),
        gets::Error::Unfilled {
            unfilled: Unfilled::NotJson,
            ..
        } => Reason::BadReply,
        gets::Error::Unfilled { .. } => Reason::LookupFailed,
    }
}

/// Whether the caller bounds the reply to less than the whole answer.
fn over_limit(ask: &Ask, text: &str) -> bool {
    let limit = ask.request.max_tokens;
    limit.is_some_and(|limit| estimate_tokens(text) > limit)
}

/// Whether the answer would break off at one of the caller's stop sequences. Part of an answer is
/// none.
fn stops(ask: &Ask, text: &str) -> bool {
    let stop = ask.request.field("stop").unwrap_or(b"null");
    let stop = serde_json::from_slice(stop).unwrap_or(serde_json::Value::Null);
    let alone = std::slice::from_ref(&stop);
    let sequences = stop.as_array().map_or(alone, Vec::as_slice);
    let mut sequences = sequences.iter().filter_map(serde_json::Value::as_str);
    sequences.any(|sequence| text.contains(sequence))
}

/// In place of an answer that nobody was asked for.
fn unasked(model: Arc<str>, intent: Arc<str>) -> Reply {
    Reply {
        rung: Rung::Answer,
        model,
        intent: Some(intent),
        headers: http::HeaderMap::new(),
        usage: None,
        body: ReplyBody::Stream(Box::pin(stream::empty())),
    }
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

fn written(ask: &Ask, model: Arc<str>, intent: Arc<str>, text: String) -> Reply {
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
    Reply {
        rung: Rung::Answer,
        model,
        intent: Some(intent),
        headers: http::HeaderMap::new(),
        usage: Some(usage),
        body,
    }
}
