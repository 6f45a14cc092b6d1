//! Sends recorded requests up the ladder of a policy.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use downshift_ledger::{Price, Rung};
use downshift_upstream::Api;
use futures_util::{Stream, StreamExt, stream};
use tower::ServiceExt;

use super::grade;
use super::log::{Log, Record};
use super::outcome::Outcome;
use super::recorded::Recorded;
use crate::config::Loaded;
use crate::duration::Seconds;
use crate::ladder::{Ask, ReplyBody};
use crate::layers::request_id::RequestId;
use crate::rescue::Rescue;
use crate::router::Router;
use crate::stack;
use crate::subject::Subject;

/// Requests under way at once.
const AT_ONCE: usize = 32;
/// How long a request waits for its verdict: nobody waits for the request.
const PATIENCE: Seconds = Seconds(Duration::from_mins(1));

/// A policy whose models are recorded upstreams.
#[derive(Debug)]
pub struct Replay {
    router: Arc<Router>,
    recorded: Recorded,
    log: Arc<Log>,
    /// What the policy routes: the name that requests ask for.
    routed: String,
    price: Option<Price>,
}

// === impl Replay ===

impl Replay {
    /// Builds the policy in front of the log's replies. Nothing is stored, and no other host is asked.
    pub async fn start(mut loaded: Loaded, log: Arc<Log>) -> anyhow::Result<Self> {
        let recorded = Recorded::assuming(log.clone(), assumed(&loaded)).await?;
        let price = price(&loaded)?;
        let config = &mut loaded.config;
        for (name, model) in &mut config.models {
            model.base_url = recorded.base_url(name).into();
            model.api = Api::OpenAi;
            model.logprobs = false;
            model.key = None;
        }
        config.store = None;
        config.classifier.timeout = PATIENCE;
        let routed = config.route.iter().find(|name| !name.contains(['*', '?']));
        let routed = routed.cloned().unwrap_or_else(|| "auto".to_owned());
        Ok(Self {
            router: Router::build(loaded)?,
            recorded,
            log,
            routed,
            price,
        })
    }

    /// The outcome of each record, in the order of the log.
    pub fn run(&self) -> impl Stream<Item = Outcome> {
        stream::iter(&self.log.records)
            .map(|record| self.one(record))
            .buffered(AT_ONCE)
    }

    /// What the upstreams were asked.
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    async fn one(&self, record: &Record) -> Outcome {
        let request = match record.asked(&self.routed) {
            Ok(request) => Arc::new(request),
            // The log was checked as it was read.
            Err(message) => return self.graded(record, failed(record, message), None),
        };
        let zone = self.router.zone.clone();
        let ask = Ask::unsent(RequestId::new().0, request.clone(), zone);
        match stack::ladder(&self.router).oneshot(ask).await {
            Ok(settled) => {
                let text = match &settled.reply.body {
                    ReplyBody::Whole(reply) => Some(reply.text.clone()),
                    ReplyBody::Stream(_) => None,
                };
                let Some(entry) = &settled.entry else {
                    return failed(record, "the reply came as a stream".to_owned());
                };
                let question = Subject::of(&request).text;
                let outcome = Outcome::of(&record.id, record.weight, entry);
                self.graded(
                    record,
                    outcome,
                    text.as_deref().map(|text| (question.as_str(), text)),
                )
            }
            Err(failure) => {
                let rescue = Rescue::failure(&failure, |model, error| {
                    self.router.explain_error(model, error)
                });
                let mut outcome = Outcome::of(&record.id, record.weight, &failure.entry);
                outcome.error = Some(rescue.message().to_owned());
                outcome.score = Some(0.0);
                self.graded(record, outcome, None)
            }
        }
    }

    /// The outcome with what its reply and the LLM's are worth.
    fn graded(&self, record: &Record, mut outcome: Outcome, said: Option<(&str, &str)>) -> Outcome {
        let at_provider = |name: &str| {
            let model = self.router.loaded.config.models.get(name);
            model.map_or("", |model| model.model.as_str())
        };
        let llm = self.router.policy.llm();
        let reference = record
            .reply(llm, at_provider(llm))
            .or(record.assumed.as_ref());
        outcome.llm_score = reference.and_then(|reply| reply.score);
        outcome.llm_cost = reference
            .zip(self.price.as_ref())
            .and_then(|(reply, price)| price.cost(&reply.usage()));
        let computed = outcome.rung == Some(Rung::Answer);
        let recorded = outcome
            .model
            .as_ref()
            .filter(|_| !computed)
            .and_then(|model| record.reply(model, at_provider(model)));
        let gold = record.gold.as_deref();
        outcome.score = outcome
            .score
            .or_else(|| recorded.and_then(|reply| reply.score))
            .or_else(|| {
                let ((question, text), gold) = said.zip(gold)?;
                Some(f64::from(u8::from(grade::states(question, text, gold))))
            });
        outcome
    }
}

fn failed(record: &Record, message: String) -> Outcome {
    Outcome {
        id: record.id.clone(),
        weight: record.weight,
        rung: None,
        intent: None,
        model: None,
        cost: None,
        energy: None,
        score: Some(0.0),
        llm_cost: None,
        llm_score: None,
        judged: Vec::new(),
        error: Some(message),
    }
}

/// The models that may be assumed to say what another said: all but those that judge by what they say.
/// That they agree cannot be assumed.
fn assumed(loaded: &Loaded) -> BTreeSet<String> {
    let judges = loaded
        .config
        .intents
        .values()
        .filter_map(|intent| intent.judge.as_ref());
    let judging = judges.flat_map(|judge| {
        let agreeing = judge
            .agreement
            .iter()
            .flat_map(|agreement| &agreement.0.models);
        agreeing.chain(&judge.verifier)
    });
    let judging = judging.collect::<BTreeSet<_>>();
    let all = loaded.config.models.keys();
    all.filter(|name| **name == loaded.config.llm || !judging.contains(name))
        .cloned()
        .collect()
}

/// What the LLM costs, as the ledger has it.
fn price(loaded: &Loaded) -> anyhow::Result<Option<Price>> {
    let Some(llm) = loaded.config.models.get(&loaded.config.llm) else {
        return Ok(None);
    };
    Ok(llm.price_of(&loaded.prices()?).price())
}
