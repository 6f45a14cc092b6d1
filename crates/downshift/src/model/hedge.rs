//! Sends a second try beside a first that is slow: hides when, and that the one that loses is cancelled.
//!
//! What counts is who begins to reply first. The other is dropped, which closes its connection
//! and books it as abandoned. Second tries come out of the model's budget for retries, so that a
//! server that is slow for everybody is not asked everything twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use downshift_upstream::{HedgeConfig, Times};
use futures_util::future::{BoxFuture, Either, select};
use tokio::time::{Instant, sleep};
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::Help;
use super::attempt::{Failed, Opened, Try};
use super::retry::Allowance;
use crate::metrics::UpstreamMetrics;

/// Asks twice where once takes too long.
#[derive(Debug, Clone)]
pub(super) struct Hedge<S> {
    hedging: Option<Arc<Hedging>>,
    inner: S,
}

#[derive(Debug)]
struct Hedging {
    config: HedgeConfig,
    allowance: Allowance,
    help: Arc<Help>,
    metrics: UpstreamMetrics,
    /// How long calls took to begin to reply: whole replies, streams.
    times: [Mutex<Times>; 2],
}

// === impl Hedging ===

impl Hedging {
    fn times(&self, stream: bool) -> &Mutex<Times> {
        &self.times[usize::from(stream)]
    }

    /// How long the first try is waited for alone.
    fn patience(&self, stream: bool) -> Option<Duration> {
        let times = self.times(stream);
        let times = times.lock().unwrap_or_else(PoisonError::into_inner);
        self.config.after.time(&times)
    }

    fn observe(&self, stream: bool, took: Duration) {
        let times = self.times(stream);
        let mut times = times.lock().unwrap_or_else(PoisonError::into_inner);
        times.observe(took);
    }

    async fn ask<S>(&self, inner: S, asked: Try) -> Result<Opened, Failed>
    where
        S: Service<Try, Response = Opened, Error = Failed> + Clone + Send + 'static,
        S::Future: Send,
    {
        let stream = asked.call.request.stream;
        let (started, second) = (Instant::now(), inner.clone());
        let first = Box::pin(inner.oneshot(asked.clone()));
        let Some(patience) = self.patience(stream) else {
            let opened = first.await;
            if opened.is_ok() {
                self.observe(stream, started.elapsed());
            }
            return opened;
        };
        let opened = match select(first, Box::pin(sleep(patience))).await {
            Either::Left((opened, _)) => opened,
            Either::Right(((), first)) if !self.allowance.take() => first.await,
            Either::Right(((), first)) => {
                self.metrics.hedged(&self.help.name);
                let second = Box::pin(second.oneshot(asked.clone()));
                match select(first, second).await {
                    Either::Left((Err(failed), second)) => self.other(&asked, failed, second).await,
                    Either::Right((Err(failed), first)) => self.other(&asked, failed, first).await,
                    Either::Left((opened, _)) | Either::Right((opened, _)) => opened,
                }
            }
        };
        if opened.is_ok() {
            self.observe(stream, started.elapsed());
        }
        opened
    }

    /// One of two tries has failed; what counts is the other.
    async fn other(
        &self,
        asked: &Try,
        failed: Failed,
        other: impl Future<Output = Result<Opened, Failed>>,
    ) -> Result<Opened, Failed> {
        asked.note(&self.help, &failed);
        other.await
    }
}

// === impl Hedge ===

impl<S> Hedge<S> {
    /// Sends second tries as `config` says; none at all without it.
    pub(super) fn layer(
        config: Option<HedgeConfig>,
        allowance: Allowance,
        help: Arc<Help>,
        metrics: UpstreamMetrics,
    ) -> impl Layer<S, Service = Self> + Clone {
        let hedging = config.map(|config| {
            Arc::new(Hedging {
                config,
                allowance,
                help,
                metrics,
                times: Default::default(),
            })
        });
        layer_fn(move |inner| Self {
            hedging: hedging.clone(),
            inner,
        })
    }
}

impl<S> Service<Try> for Hedge<S>
where
    S: Service<Try, Response = Opened, Error = Failed> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Opened;
    type Error = Failed;
    type Future = BoxFuture<'static, Result<Opened, Failed>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, asked: Try) -> Self::Future {
        let inner = self.inner.clone();
        match self.hedging.clone() {
            Some(hedging) => Box::pin(async move { hedging.ask(inner, asked).await }),
            None => Box::pin(inner.oneshot(asked)),
        }
    }
}
