//! The ladder, as one function: read it from top to bottom and the product is seen.

use std::sync::Arc;

use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;

use crate::explain::Undecided;
use crate::ladder::{Accounted, Ask, Error, Reply};
use crate::router::Router;
use crate::rungs::account::{Account, Failure, Settled};
use crate::rungs::answer::AnswerRung;
use crate::rungs::classify::Classify;
use crate::rungs::decide::Decide;
use crate::rungs::llm::LlmRung;
use crate::rungs::record::Record;
use crate::rungs::shadow::Shadow;
use crate::rungs::specialist::SpecialistRung;
use crate::rungs::stick::Stick;
use crate::rungs::worth::Worth;

/// The ladder as endpoints call it.
pub type Ladder = BoxCloneSyncService<Ask, Settled, Box<Failure>>;

/// The ladder down to where a model would be called.
pub type Decision = BoxCloneSyncService<Accounted, Reply, Error>;

/// Everything a query goes through. Content-blind HTTP layers stand before it, in [`crate::serve`].
pub fn ladder(router: &Arc<Router>) -> Ladder {
    let stack = ServiceBuilder::new()
        // What was said, where the policy has it kept; it sees the reply as the client does.
        .layer(Record::layer(router))
        // Around all rungs, so that whatever happens below is on the one entry it opens.
        .layer(Account::layer(router.ledger.clone()))
        // A conversation that is with a model already stays on it.
        .layer(Stick::layer(router))
        // What the query is about: an intent and how sure, or nothing at all.
        .layer(Classify::layer(router))
        // Which rungs may try, by the operator's policy.
        .layer(Decide::layer(router.policy.clone()))
        // Where the policy only watches: the LLM answers, and the rungs below run beside it.
        .layer(Shadow::layer(router))
        // Rung 1: computed here, or passed on.
        .layer(AnswerRung::layer(router))
        // Asks no small model where that cannot pay; below rung 1, which costs nothing.
        .layer(Worth::layer(router))
        // Rung 2: a small model that is good at this domain, or passed on.
        .layer(SpecialistRung::layer(router))
        // Rung 3: only what nothing smaller was sure of.
        .service(LlmRung::new(router.models.clone()));
    BoxCloneSyncService::new(stack)
}

/// The same ladder without what costs money or leaves this machine: what `explain` walks.
pub fn decision(router: &Arc<Router>) -> Decision {
    let stack = ServiceBuilder::new()
        .layer(Classify::layer(router))
        .layer(Decide::layer(router.policy.clone()))
        .layer(AnswerRung::layer_without_fetching(router))
        .layer(Worth::layer(router))
        .service(Undecided);
    BoxCloneSyncService::new(stack)
}
