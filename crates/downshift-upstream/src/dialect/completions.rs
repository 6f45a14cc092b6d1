//! OpenAI's legacy completions, at a server that has them beside its chats: prompts pass through but for what must change.

use bytes::Bytes;
use downshift_wire::completions::{EventReader, decode_reply, native_request};
use downshift_wire::sse::Event;
use downshift_wire::{ChatReply, ChatRequest, ChatTarget, Error, Told};
use http::{HeaderMap, HeaderName};

use super::openai::OpenAi;
use super::{Api, Dialect, Encoded, Events};
use crate::{Endpoint, Secret};

/// The dialect.
#[derive(Debug)]
pub(crate) struct Completions;

/// One stream's events.
struct Reading(EventReader);

impl Dialect for Completions {
    fn api(&self) -> Api {
        Api::OpenAi
    }

    fn path(&self, _: &str) -> &'static str {
        "/completions"
    }

    fn key_header(&self, key: &Secret) -> (HeaderName, String) {
        OpenAi.key_header(key)
    }

    fn takes(&self, header: &str) -> bool {
        OpenAi.takes(header)
    }

    fn encode(&self, request: &ChatRequest, endpoint: &Endpoint) -> Result<Encoded, Error> {
        let target = ChatTarget {
            model: &endpoint.model,
            include_usage: endpoint.include_usage,
            max_completion_tokens: false,
        };
        Ok(Encoded {
            body: native_request(request, target)?,
            headers: HeaderMap::new(),
            dropped: Vec::new(),
        })
    }

    fn decode(&self, body: Bytes) -> Result<ChatReply, Error> {
        decode_reply(body)
    }

    fn events(&self, request: &ChatRequest) -> Box<dyn Events> {
        Box::new(Reading(EventReader::new(request)))
    }
}

impl Events for Reading {
    fn read(&mut self, event: Event) -> Result<Told, Error> {
        self.0.read(event)
    }

    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }
}
