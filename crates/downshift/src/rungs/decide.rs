//! Asks the policy which rungs may try a query.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_policy::Policy;
use tower::layer::layer_fn;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::ladder::{Error, Planned, Query, Reply};

/// Turns a [`Query`] into a [`Planned`] one.
#[derive(Debug, Clone)]
pub struct Decide<S> {
    policy: Arc<Policy>,
    inner: S,
}

// === impl Decide ===

impl<S> Decide<S> {
    /// Decides by `policy`.
    pub fn layer(policy: Arc<Policy>) -> impl Layer<S, Service = Self> + Clone {
        layer_fn(move |inner| Self {
            policy: policy.clone(),
            inner,
        })
    }
}

impl<S> Service<Query> for Decide<S>
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

    fn call(&mut self, query: Query) -> Self::Future {
        let plan = self.policy.decide(&query.facts);
        // What a rule makes of a query is what it is booked as.
        if let Some(intent) = plan.intent.as_ref()
            && query.tab.verdict().0.as_ref() != Some(intent)
        {
            query.tab.ruled(intent.clone(), plan.confidence);
        }
        Box::pin(self.inner.clone().oneshot(Planned { query, plan }))
    }
}
