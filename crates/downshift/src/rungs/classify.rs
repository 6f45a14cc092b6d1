//! Finds out what a request is about; on any failure the query goes up unclassified.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_intent::{Language, Verdict};
use downshift_ledger::{Classified, Tab};
use downshift_policy::Facts;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::ladder::{Accounted, Ask, Error, Query, Reply};
use crate::router::Router;
use crate::subject::Subject;

/// A turn of more words than this is classified by itself, however unsure the verdict.
const FOLLOW_UP_WORDS: usize = 8;

/// A verdict at least this sure stands without the turn before.
const SURE: f32 = 0.6;

/// Turns an [`Accounted`] ask into a [`Query`].
#[derive(Debug, Clone)]
pub struct Classify<S> {
    router: Arc<Router>,
    inner: S,
}

// === impl Classify ===

impl<S> Classify<S> {
    /// Asks the router's classifier about every request that is routed.
    pub fn layer(router: &Arc<Router>) -> impl Layer<S, Service = Self> + Clone {
        let router = router.clone();
        layer_fn(move |inner| Self {
            router: router.clone(),
            inner,
        })
    }
}

impl<S> Service<Accounted> for Classify<S>
where
    S: Service<Query, Response = Reply, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Reply;
    type Error = Error;
    type Future = RungFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, Accounted { ask, tab }: Accounted) -> Self::Future {
        let router = self.router.clone();
        let inner = self.inner.clone();
        Box::pin(async move {
            let subject = Subject::of(&ask.request);
            let mut facts = facts(&ask, &subject, router.routes(&ask.request.model));
            tab.prompt_tokens(subject.tokens);
            // A tool's result is for the model that called the tool, whatever was asked before.
            if facts.routed && !subject.text.is_empty() && !subject.tool_result {
                let language = Language::of(&subject.text);
                facts.language = language.code();
                facts.unreadable = !router.loaded.config.classifier.reads(language);
                classify(&router, &subject, &tab, &mut facts).await;
            }
            inner
                .oneshot(Query {
                    ask,
                    tab,
                    subject,
                    facts,
                })
                .await
        })
    }
}

async fn classify(router: &Router, subject: &Subject, tab: &Tab, facts: &mut Facts) {
    let mut verdict = verdict(router, subject.text.clone()).await;
    if let Some(text) = with_window(subject)
        && verdict.as_ref().is_ok_and(|verdict| !is_sure(verdict))
    {
        verdict = self::verdict(router, text).await;
    }
    match verdict {
        Ok(verdict) => {
            tab.classified(booked(&verdict));
            facts.out_of_scope = verdict.out_of_scope;
            facts.intents = verdict.intents;
        }
        Err(error) => {
            tracing::warn!(%error, "the classifier failed open");
            router.metrics.classifier().failed_open(&error);
            facts.classifier_failed = true;
        }
    }
}

async fn verdict(router: &Router, text: String) -> Result<Verdict, downshift_intent::Error> {
    let verdict = router.classifier.classify(text).await?;
    router.metrics.classifier().classified(&verdict);
    Ok(verdict)
}

fn is_sure(verdict: &Verdict) -> bool {
    verdict
        .top()
        .is_some_and(|(_, probability)| probability >= SURE)
}

/// A short turn with the question it follows: "and in miles?" says little by itself.
fn with_window(subject: &Subject) -> Option<String> {
    let earlier = subject.earlier.as_ref()?;
    let short = subject.text.split_whitespace().count() <= FOLLOW_UP_WORDS;
    short.then(|| format!("{} {}", earlier.question, subject.text))
}

fn booked(verdict: &Verdict) -> Classified {
    let top = verdict.top();
    Classified {
        intent: top.map(|(intent, _)| intent.clone()),
        confidence: top.map(|(_, probability)| probability),
        seconds: verdict.seconds,
        flops: verdict.flops,
    }
}

/// All that can be known without a model.
fn facts(ask: &Ask, subject: &Subject, routed: bool) -> Facts {
    let request = &ask.request;
    Facts {
        tokens: subject.tokens,
        tools: request.tools,
        images: subject.images,
        audio: subject.audio || request.audio_out,
        files: subject.files,
        structured: request.structured,
        several_choices: request.n > 1,
        options: crate::judge::lists_options(&subject.text),
        logprobs: request.logprobs,
        unfinished_turn: subject.unfinished,
        tool_result: subject.tool_result,
        reply_tokens: request.max_tokens.unwrap_or(0),
        nothing_asked: subject.text.is_empty(),
        bound_by_earlier_turns: subject.bound,
        neutral_system_prompt: subject
            .system
            .iter()
            .all(|prompt| downshift_answers::neutral_system_prompt(prompt)),
        turns: subject.turns,
        stream: request.stream,
        requested_model: request.model.clone(),
        stays_on: ask.conversation.model.clone(),
        forced: ask.forced.map(crate::reasons::policy_rung),
        routed,
        ..Facts::default()
    }
}
