//! One model of the policy: how to call it, what keeps it callable, and what to tell an operator when it cannot be had.
//!
//! What a call goes through stands in `service`, read from top to bottom. Which other models
//! take its place, and how much of its streams is held, is the business of who asks.

mod attempt;
mod booked;
mod endpoints;
mod fallbacks;
mod health;
mod hedge;
mod help;
mod retry;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use downshift_upstream::{self as upstream, BreakerConfig, Client, Endpoint, HoldBack};
use downshift_upstream::{Timeouts, Upstream};
use serde_json::{Value, json};
use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;

use self::attempt::Attempts;
pub(crate) use self::attempt::{Failed, Opened, OpenedBody, Try};
pub(crate) use self::booked::Booked;
use self::endpoints::Endpoints;
pub(crate) use self::endpoints::Tried;
pub(crate) use self::fallbacks::resolve;
use self::hedge::Hedge;
pub(crate) use self::help::Help;
use self::retry::{Allowance, Retrying};
use crate::config::yaml::Unresolved;
use crate::config::{Config, ModelConfig, SecretConfig};
use crate::metrics::UpstreamMetrics;
use crate::rungs::asking;

/// A model as it is asked: gives the reply once it has begun.
pub(crate) type Service = BoxCloneSyncService<Try, Opened, Failed>;

/// A model that may be asked.
#[derive(Debug, Clone)]
pub struct Model {
    /// The first of its servers, for what is passed on as it came.
    pub upstream: Upstream,
    /// Asks it.
    pub(crate) service: Service,
    /// The models that take its place, in order.
    pub(crate) fallbacks: Vec<Model>,
    /// How much of its streams is held, if the policy says so.
    pub(crate) hold_back: Option<HoldBack>,
    /// Whether token log-probabilities may be asked of it; found out at the first call that refuses.
    pub(crate) gives_logprobs: Arc<AtomicBool>,
    /// The longest prompt and reply together, in tokens.
    pub(crate) context: Option<u64>,
    /// How long a request may take that it is the first to be asked for.
    pub(crate) request: Duration,
    endpoints: Arc<Endpoints>,
    help: Arc<Help>,
    metrics: UpstreamMetrics,
}

/// Why a model of the policy cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its address or its timeouts.
    #[error(transparent)]
    Upstream(#[from] upstream::Error),
    /// Its key.
    #[error("the key cannot be read: {0}")]
    Key(Unresolved),
}

/// Everything a try of a model goes through.
fn service(
    all: &Config,
    config: &ModelConfig,
    endpoints: &Arc<Endpoints>,
    (help, metrics): (&Arc<Help>, &UpstreamMetrics),
) -> Service {
    let allowance = Allowance::new();
    let retries = config.retries.or(all.retries);
    let hedge = config.hedge.or(all.hedge);
    // A refusal that is certain is worse than a try, unless the operator says otherwise.
    let strict = config.breaker.or(all.breaker) != BreakerConfig::default();
    let (help, metrics) = (help.clone(), metrics.clone());
    let stack = ServiceBuilder::new()
        // Again, after a while, if it may go better then.
        .retry(Retrying::new(
            retries,
            allowance.clone(),
            help.clone(),
            metrics.clone(),
        ))
        // Twice at once, if the first takes too long; whichever begins first is taken.
        .layer(Hedge::layer(hedge, allowance, help.clone(), metrics))
        // One of its servers, not one whose circuit is open; booked, however it ends.
        .service(Attempts::new(endpoints.clone(), help, strict));
    BoxCloneSyncService::new(stack)
}

// === impl Model ===

impl Model {
    /// A model as the policy describes it.
    pub fn new(
        client: &Client,
        name: &str,
        all: &Config,
        metrics: &UpstreamMetrics,
    ) -> Result<Self, Error> {
        let config = &all.models[name];
        let name: Arc<str> = name.into();
        let (key, variable) = match config.key.as_ref().map(SecretConfig::resolve) {
            Some(Ok(key)) => (Some(key), None),
            Some(Err(Unresolved::Unset(variable))) => (None, Some(variable)),
            Some(Err(malformed @ Unresolved::Malformed(_))) => return Err(Error::Key(malformed)),
            None => (None, None),
        };
        let timeouts = Timeouts::try_from(config.timeouts.clone().or(&all.timeouts))?;
        let upstream = |base_url: &String| {
            // A server on plain HTTP is somebody's own and usually wants no key;
            // one behind HTTPS that was given a key's name does want it.
            let missing_variable = variable
                .clone()
                .filter(|_| base_url.starts_with("https://"));
            let endpoint = Endpoint {
                name: name.clone(),
                api: config.api,
                base_url: base_url.clone(),
                model: config.model.clone(),
                key: key.clone(),
                missing_variable,
                timeouts,
                include_usage: config.include_usage,
                completions: config.completions,
                account_headers: config.account_headers,
                ..Endpoint::default()
            };
            Upstream::new(client, endpoint)
        };
        let upstreams = config.base_url.iter().map(upstream);
        let upstreams = upstreams.collect::<Result<Vec<_>, _>>()?;
        let first = upstream(config.base_url.first())?;
        let breaker = config.breaker.or(all.breaker);
        let endpoints = Arc::new(Endpoints::new(upstreams, breaker));
        let help = Arc::new(Help {
            name,
            base_url: config.base_url.first().clone(),
            model: config.model.clone(),
            variable,
        });
        Ok(Self {
            upstream: first,
            service: service(all, config, &endpoints, (&help, metrics)),
            fallbacks: Vec::new(),
            hold_back: config.hold_back.or(all.hold_back),
            gives_logprobs: Arc::new(AtomicBool::new(config.logprobs)),
            context: config.context,
            request: all.limits.request.0,
            endpoints,
            help,
            metrics: metrics.clone(),
        })
    }

    /// Its name in the policy.
    pub fn name(&self) -> &Arc<str> {
        &self.help.name
    }

    /// This model, or the one of that name which takes its place.
    pub(crate) fn in_line(&self, name: &str) -> &Self {
        let mut others = self.fallbacks.iter();
        others.find(|other| &**other.name() == name).unwrap_or(self)
    }

    /// What went wrong, and what an operator can do about it.
    pub fn explain(&self, error: &upstream::Error) -> String {
        self.help.explain(error)
    }

    /// Books a failure that somebody else takes over.
    pub(crate) fn note(&self, asked: &Try, failed: &Failed) {
        asked.note(&self.help, failed);
    }

    /// Books a failure after which another model takes its place.
    pub(crate) fn gives_way(&self, asked: &Try, failed: &Failed) {
        self.note(asked, failed);
        let reason = asking::reason(&failed.error);
        self.metrics.fell_back(self.name(), reason);
    }

    /// How it is, for operators.
    pub fn health(&self) -> Value {
        let health = self.endpoints.health();
        let best = health.iter().min_by_key(|health| health.level());
        json!({
            "name": self.name(),
            "model": self.help.model,
            "available": best.is_none_or(|health| health.level() < 2),
            "fallback": self.fallbacks.iter().map(Model::name).collect::<Vec<_>>(),
            "servers": health.iter().map(health::Health::json).collect::<Vec<_>>(),
        })
    }

    /// Writes how it is into the gauges.
    pub fn report(&self, metrics: &UpstreamMetrics) {
        let health = self.endpoints.health();
        let level = health.iter().map(health::Health::level).min();
        metrics.breaker(self.name(), level.unwrap_or(0));
    }
}
