//! The types that climb the ladder: what each rung is given, and what comes back.
//!
//! Each stage owns the type it hands on, so that a later stage cannot be reached
//! without an earlier one: [`Ask`] → [`Accounted`] → [`Query`] → [`Planned`], and
//! [`Reply`] or [`Error`] on the way back.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use downshift_ledger::{Rung, Step, Tab, Trace};
use downshift_policy::{Facts, Plan};
use downshift_upstream as upstream;
use downshift_wire::{ChatChunk, ChatReply, ChatRequest, Usage};
use futures_util::Stream;
use http::HeaderMap;
use jiff::tz::TimeZone;

use crate::clock;
use crate::reasons;
use crate::sticky::Conversation;
use crate::subject::Subject;

/// One request, decoded: what enters the ladder.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The request's id, as the caller sees it in `x-downshift-id`.
    pub id: Arc<str>,
    /// What was asked.
    pub request: Arc<ChatRequest>,
    /// The caller's headers that may go upstream.
    pub headers: HeaderMap,
    /// The rung the caller insists on, by `x-downshift-rung`.
    pub forced: Option<Rung>,
    /// The conversation it belongs to, and the model that one stays on.
    pub conversation: Conversation,
    /// The caller's time zone, from `x-downshift-timezone`, the policy or the server.
    pub zone: TimeZone,
    /// The wall clock when the request arrived; the only one its answer sees.
    pub now: jiff::Timestamp,
    /// The monotonic clock at the same moment.
    pub arrived: Instant,
    /// Whether a model has begun to reply.
    pub begun: Begun,
    /// The trace it belongs to, if any.
    pub trace: Option<Trace>,
}

/// Told by who asks models, to who waits for a reply: a model has begun to.
#[derive(Debug, Clone, Default)]
pub struct Begun(Arc<AtomicBool>);

/// An ask whose ledger entry is open.
#[derive(Debug, Clone)]
pub struct Accounted {
    /// The request.
    pub ask: Ask,
    /// Where each rung writes what it did and what it spent.
    pub tab: Tab,
}

/// An ask of which it is known what it is about.
#[derive(Debug, Clone)]
pub struct Query {
    /// The request.
    pub ask: Ask,
    /// Where each rung writes what it did and what it spent.
    pub tab: Tab,
    /// What the newest human turn says.
    pub subject: Subject,
    /// All that a policy decides on, the classifier's verdict included.
    pub facts: Facts,
}

/// A query of which it is decided who may try to answer it.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The query.
    pub query: Query,
    /// Which rungs may try, with which thresholds, and why not the others.
    pub plan: Plan,
}

/// What a rung replied.
#[derive(Debug)]
pub struct Reply {
    /// The rung that replied.
    pub rung: Rung,
    /// The model that replied, by its name in the policy; `downshift/<answerer>` on the first rung.
    pub model: Arc<str>,
    /// The intent it replied to, where that is not the classifier's first choice.
    pub intent: Option<Arc<str>>,
    /// The upstream's headers that may go to the caller.
    pub headers: HeaderMap,
    /// What the reply counts as, where no model was called that could have counted.
    pub usage: Option<Usage>,
    /// The reply itself.
    pub body: ReplyBody,
}

/// A reply in one piece, or as it comes.
#[expect(
    clippy::large_enum_variant,
    reason = "it is moved a few times in its life, which costs less than a box each"
)]
pub enum ReplyBody {
    /// In one piece.
    Whole(ChatReply),
    /// As it comes.
    Stream(ChunkStream),
}

/// Chunks as they come; an error is the last item of a stream that broke.
pub type ChunkStream = Pin<Box<dyn Stream<Item = Result<ChatChunk, upstream::Error>> + Send>>;

// === impl Ask ===

impl Ask {
    /// A request of nobody's over HTTP, which arrives now: without headers, conversation or trace.
    pub fn unsent(id: Arc<str>, request: Arc<ChatRequest>, zone: TimeZone) -> Self {
        Self {
            id,
            request,
            headers: HeaderMap::new(),
            forced: None,
            conversation: Conversation::default(),
            zone,
            now: clock::now(),
            arrived: Instant::now(),
            begun: Begun::default(),
            trace: None,
        }
    }
}

// === impl Begun ===

impl Begun {
    /// A model has begun to reply.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether a model has begun to reply.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

// === impl Planned ===

impl Planned {
    /// Books why a rung may not try, as the policy decided.
    pub fn skip(&self, rung: Rung) {
        let Some(why) = self.plan.why_not(reasons::policy_rung(rung)) else {
            return;
        };
        self.query.tab.pass_on(Step {
            rung,
            reason: reasons::reason(why),
            confidence: self.plan.confidence,
            detail: None,
            spent: None,
        });
    }

    /// The rung that the caller insisted on; only then is there a plan without the top rung.
    pub fn forced_rung(&self) -> Rung {
        self.query.ask.forced.unwrap_or(Rung::Llm)
    }
}

// === impl ReplyBody ===

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(reply) => f.debug_tuple("Whole").field(reply).finish(),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// Why no rung replied.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The top rung was asked, and failed.
    #[error("the model `{model}` failed: {source}")]
    Upstream {
        /// The rung it stands on.
        rung: Rung,
        /// The model, by its name in the policy.
        model: Arc<str>,
        /// What happened.
        source: upstream::Error,
    },
    /// The rung the caller insisted on passed on, and no other may be tried.
    #[error("the {rung} rung was asked for and passed on", rung = .0.label())]
    Declined(Rung),
    /// A layer panicked; the request is lost, the router goes on.
    #[error("a part of the router failed")]
    Internal,
}
