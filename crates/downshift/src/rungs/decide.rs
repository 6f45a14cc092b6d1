//! Asks the policy which rungs may try a query.

use std::sync::Arc;
use std::task::{Context, Poll};

use downshift_policy::Policy;
use tower::{Layer, Service, ServiceExt};

use super::RungFuture;
use crate::ladder::{Error, Planned, Query, Reply};

/// Makes [`Decide`] services.
#[derive(Debug, Clone)]
pub struct DecideLayer {
    policy: Arc<Policy>,
}

/// Turns a [`Query`] into a [`Planned`] one.
#[derive(Debug, Clone)]
pub struct Decide<S> {
    policy: Arc<Policy>,
    inner: S,
}

// === impl DecideLayer ===

impl DecideLayer {
    /// Decides by `policy`.
    pub fn new(policy: Arc<Policy>) -> Self {
        Self { policy }
    }
}

impl<S> Layer<S> for DecideLayer {
    type Service = Decide<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Decide {
            policy: self.policy.clone(),
            inner,
        }
    }
}

// === impl Decide ===

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
        Box::pin(self.inner.clone().oneshot(Planned { query, plan }))
    }
}
