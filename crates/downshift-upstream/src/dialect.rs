//! Hides what upstreams speak. A dialect is pure translation, between the client's chat
//! requests, replies and chunks and the upstream's bytes; the transport exists once, elsewhere.
//!
//! A new dialect is a file beside `openai.rs`, a variant of [`Api`] and a line in [`DIALECTS`].

mod anthropic;
mod completions;
mod openai;
mod responses;

use std::fmt::Debug;

use bytes::Bytes;
use downshift_wire::sse::Event;
use downshift_wire::{ChatReply, ChatRequest, Error, Protocol, Told, Translated};
use http::{HeaderMap, HeaderName};
use serde::Deserialize;

use crate::{Endpoint, Secret};

/// Every dialect that is spoken.
const DIALECTS: &[&dyn Dialect] = &[
    &openai::OpenAi,
    &anthropic::Anthropic,
    &responses::Responses,
];

/// What a server of the chat API may speak beside it: where a prompt goes as it came.
const COMPLETIONS: &dyn Dialect = &completions::Completions;

/// What an upstream speaks, as an operator writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// OpenAI chat completions: `openai`.
    #[default]
    OpenAi,
    /// Anthropic messages: `anthropic`.
    Anthropic,
    /// OpenAI responses: `responses`.
    Responses,
}

/// A dialect: no state, no I/O.
pub(crate) trait Dialect: Debug + Send + Sync {
    /// Its name in a policy.
    fn api(&self) -> Api;

    /// Where requests go, behind this base URL.
    fn path(&self, base_url: &str) -> &'static str;

    /// The header a key travels in, and its value.
    fn key_header(&self, key: &Secret) -> (HeaderName, String);

    /// Whether a header of the caller's means something to the upstream.
    fn takes(&self, header: &str) -> bool;

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
    fn read(&mut self, event: Event) -> Result<Told, Error>;

    /// Whether the stream may end here although no event said so.
    fn is_complete(&self) -> bool;
}

/// A request as the upstream reads it.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) body: Bytes,
    /// The dialect's own, such as a version; the caller's count before them.
    pub(crate) headers: HeaderMap,
    /// Fields of the request that the dialect cannot express and that were left out.
    pub(crate) dropped: Vec<String>,
}

impl From<Translated> for Encoded {
    fn from(translated: Translated) -> Self {
        let Translated { body, dropped } = translated;
        Self {
            body,
            headers: HeaderMap::new(),
            dropped,
        }
    }
}

impl Api {
    pub(crate) fn dialect(self) -> &'static dyn Dialect {
        DIALECTS
            .iter()
            .copied()
            .find(|dialect| dialect.api() == self)
            .unwrap_or(&openai::OpenAi)
    }

    /// The dialect in which this request goes to an endpoint: the chat API's servers may have the
    /// older endpoint too, for those who ask by it.
    pub(crate) fn dialect_for(
        self,
        request: &ChatRequest,
        endpoint: &Endpoint,
    ) -> &'static dyn Dialect {
        let older = request.said_in(Protocol::Completions).is_some();
        if self == Self::OpenAi && older && endpoint.completions {
            COMPLETIONS
        } else {
            self.dialect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_has_its_dialect_and_no_two_share_one() {
        for (at, dialect) in DIALECTS.iter().enumerate() {
            assert!(dialect.path("http://a").starts_with('/'));
            let first = DIALECTS
                .iter()
                .position(|other| other.api() == dialect.api());
            assert_eq!(first, Some(at), "{dialect:?}");
        }
        let read: Api = serde_json::from_str("\"openai\"").unwrap();
        assert_eq!(read.dialect().api(), Api::OpenAi);
    }
}
