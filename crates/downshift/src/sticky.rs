//! Remembers which model a conversation is with: hides how a conversation is recognised, and what is forgotten.
//!
//! A conversation is known by its `x-downshift-session`, else by a hash of its system prompts, its
//! tools and its first user turn; a tool loop is known by the ids of the calls that were made. All
//! of these are the caller's own: two callers never share one. Nothing a caller writes is kept,
//! only hashes of it, under keys that no caller knows.

mod memory;

use std::hash::{Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use downshift_ledger::Rung;
use downshift_wire::{ChatRequest, Role};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;

use self::memory::Memory;
use crate::duration::Seconds;
use crate::hashed::{Hashed, Keys};
use crate::headers;
use crate::subject::{Subject, without_harness_blocks};

/// A line of Claude Code's system prompt that is another in each request.
const BILLING: &str = "x-anthropic-billing-header:";

/// How long conversations stay on their models.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StickyConfig {
    /// How long a conversation may be silent before it is forgotten.
    pub idle: Seconds,
    /// How many conversations and open tool calls are remembered; the oldest are forgotten first.
    /// 0 turns stickiness off.
    pub remember: usize,
}

impl Default for StickyConfig {
    fn default() -> Self {
        Self {
            idle: Seconds(Duration::from_mins(30)),
            remember: 20_000,
        }
    }
}

/// Which conversation is with which model.
#[derive(Debug)]
pub struct Sticky {
    keys: Keys,
    memory: Option<Mutex<Memory>>,
}

/// The model that a conversation is with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    rung: Rung,
    model: Arc<str>,
}

/// What a request tells of the conversation it belongs to.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    key: Option<Hashed>,
    caller: Hashed,
    /// The calls whose results it brings.
    calls: Vec<Hashed>,
    /// It may have been seen before; the first turn of a conversation without a name was not.
    goes_on: bool,
    /// The model it stays on.
    pub model: Option<Arc<str>>,
}

// === impl Sticky ===

impl Sticky {
    /// Remembers as much, and as long, as the policy says.
    pub fn new(config: &StickyConfig) -> Self {
        let memory = NonZeroUsize::new(config.remember);
        Self {
            keys: Keys::default(),
            memory: memory.map(|most| Mutex::new(Memory::new(most, config.idle.0))),
        }
    }

    /// What a request tells of its conversation.
    pub fn conversation(&self, headers: &HeaderMap, request: &ChatRequest) -> Conversation {
        if self.memory.is_none() {
            return Conversation::default();
        }
        let caller = self.keys.caller(headers);
        let session = headers.get(headers::SESSION);
        let session = session
            .map(HeaderValue::as_bytes)
            .filter(|session| !session.is_empty());
        let key = match session {
            Some(session) => self.keys.hashed(&(caller, "session", session)),
            None => self
                .keys
                .hashed(&(caller, "conversation", Opening(request))),
        };
        let answered = request
            .messages
            .iter()
            .any(|message| message.role == Role::Assistant);
        let calls = request.result_ids();
        Conversation {
            key: Some(key),
            caller,
            calls: calls.iter().map(|id| self.call(caller, id)).collect(),
            goes_on: session.is_some() || answered,
            model: None,
        }
    }

    /// The model that made the calls whose results are brought, else the one the conversation is
    /// with.
    pub fn find(&self, conversation: &Conversation) -> Option<Arc<str>> {
        let now = Instant::now();
        let mut memory = self.memory()?;
        let by_call = conversation
            .calls
            .iter()
            .find_map(|call| memory.get(call, now));
        let by_call = by_call.map(|bound| bound.model);
        let key = conversation.key.filter(|_| conversation.goes_on);
        by_call.or_else(|| memory.get(&key?, now).map(|bound| bound.model))
    }

    /// The conversation goes on with this model. One that has moved up does not come down again.
    pub fn stay(&self, conversation: &Conversation, rung: Rung, model: &Arc<str>) {
        let (Some(mut memory), Some(key)) = (self.memory(), conversation.key) else {
            return;
        };
        let now = Instant::now();
        if memory.get(&key, now).is_none_or(|bound| bound.rung <= rung) {
            memory.put(
                key,
                Bound {
                    rung,
                    model: model.clone(),
                },
                now,
            );
        }
    }

    /// This model has made these calls.
    pub fn called(
        &self,
        conversation: &Conversation,
        rung: Rung,
        model: &Arc<str>,
        ids: &[String],
    ) {
        let Some(mut memory) = self.memory().filter(|_| conversation.key.is_some()) else {
            return;
        };
        let now = Instant::now();
        for id in ids {
            let call = self.call(conversation.caller, id);
            memory.put(
                call,
                Bound {
                    rung,
                    model: model.clone(),
                },
                now,
            );
        }
    }

    fn call(&self, caller: Hashed, id: &str) -> Hashed {
        self.keys.hashed(&(caller, "call", id))
    }

    fn memory(&self) -> Option<MutexGuard<'_, Memory>> {
        let memory = self.memory.as_ref()?;
        // Nothing is left half done by a panic elsewhere.
        Some(memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What stays the same from the first turn of a conversation to its last.
struct Opening<'a>(&'a ChatRequest);

impl Hash for Opening<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self(request) = self;
        for message in &request.messages {
            match message.role {
                Role::System | Role::Developer => {
                    let text = message.content.text();
                    let same = text.lines().filter(|line| !line.starts_with(BILLING));
                    same.for_each(|line| line.hash(state));
                }
                Role::User if Subject::is_human(&message.content) => {
                    without_harness_blocks(&message.content.text())
                        .0
                        .hash(state);
                    break;
                }
                _ => {}
            }
        }
        request.field("tools").hash(state);
        request.field("functions").hash(state);
    }
}

#[cfg(test)]
mod tests;
