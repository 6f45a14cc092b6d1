//! Hides what upstreams speak. A dialect is pure translation, between the client's chat
//! requests, replies and chunks and the upstream's bytes; the transport exists once, elsewhere.
//!
//! A new dialect is a file beside `openai.rs`, a variant of [`Api`] and a line in [`DIALECTS`].

mod openai;

use std::fmt::Debug;

use bytes::Bytes;
use downshift_wire::sse::Event;
use downshift_wire::{ChatChunk, ChatReply, ChatRequest, Error, ReportedError};
use http::{HeaderMap, HeaderName};
use serde::Deserialize;

use crate::{Endpoint, Secret};

/// Every dialect that is spoken.
const DIALECTS: &[&dyn Dialect] = &[&openai::OpenAi];

/// What an upstream speaks, as an operator writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// OpenAI chat completions: `openai`.
    #[default]
    OpenAi,
}

/// A dialect: no state, no I/O.
pub(crate) trait Dialect: Debug + Send + Sync {
    /// Its name in a policy.
    fn api(&self) -> Api;

    /// Where requests go, behind the base URL.
    fn path(&self) -> &'static str;

    /// The header a key travels in, and its value.
    fn key_header(&self, key: &Secret) -> (HeaderName, String);

    /// A request as the upstream reads it.
    fn encode(&self, request: &ChatRequest, endpoint: &Endpoint) -> Result<Encoded, Error>;

    /// A reply in one piece.
    fn decode(&self, body: Bytes) -> Result<ChatReply, Error>;

    /// A reader for the events of one stream.
    fn events(&self, request: &ChatRequest) -> Box<dyn Events>;
}

/// Reads the events of one stream, in order; it may remember what it read.
pub(crate) trait Events: Send + Sync {
    /// What an event says.
    fn read(&mut self, event: Event) -> Result<Said, Error>;

    /// Whether the stream may end here although no event said so.
    fn is_complete(&self) -> bool;
}

/// A request as the upstream reads it.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) body: Bytes,
    /// The dialect's own, such as a version.
    pub(crate) headers: HeaderMap,
}

/// What an event says.
#[derive(Debug)]
pub(crate) enum Said {
    /// A piece of the reply.
    Chunk(Box<ChatChunk>),
    /// That the upstream failed.
    Failed(ReportedError),
    /// Nothing a client needs to know.
    #[expect(dead_code, reason = "the dialects to come have such events")]
    Nothing,
    /// That the reply is complete.
    End,
}

impl Api {
    pub(crate) fn dialect(self) -> &'static dyn Dialect {
        DIALECTS
            .iter()
            .copied()
            .find(|dialect| dialect.api() == self)
            .unwrap_or(&openai::OpenAi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_has_its_dialect_and_no_two_share_one() {
        for (at, dialect) in DIALECTS.iter().enumerate() {
            assert!(dialect.path().starts_with('/'));
            let first = DIALECTS
                .iter()
                .position(|other| other.api() == dialect.api());
            assert_eq!(first, Some(at), "{dialect:?}");
        }
        let read: Api = serde_json::from_str("\"openai\"").unwrap();
        assert_eq!(read.dialect().api(), Api::OpenAi);
    }
}
