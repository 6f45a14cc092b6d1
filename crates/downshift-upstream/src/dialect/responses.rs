//! OpenAI's responses: what a client said in them passes through but for the model's name, all else is translated.

use bytes::Bytes;
use downshift_wire::responses::{EventReader, decode_reply, request_for};
use downshift_wire::sse::Event;
use downshift_wire::{ChatReply, ChatRequest, Error, Told};
use http::HeaderName;
use http::header::AUTHORIZATION;

use super::{Api, Dialect, Encoded, Events};
use crate::{Endpoint, Secret};

/// The dialect.
#[derive(Debug)]
pub(crate) struct Responses;

/// One stream's events.
struct Reading(EventReader);

impl Dialect for Responses {
    fn api(&self) -> Api {
        Api::Responses
    }

    fn path(&self, _: &str) -> &'static str {
        "/responses"
    }

    fn key_header(&self, key: &Secret) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {}", key.expose()))
    }

    fn takes(&self, header: &str) -> bool {
        !header.starts_with("anthropic-")
    }

    fn encode(&self, request: &ChatRequest, endpoint: &Endpoint) -> Result<Encoded, Error> {
        request_for(request, &endpoint.model).map(Into::into)
    }

    fn decode(&self, body: Bytes) -> Result<ChatReply, Error> {
        decode_reply(body)
    }

    fn events(&self, _: &ChatRequest) -> Box<dyn Events> {
        Box::new(Reading(EventReader::default()))
    }
}

impl Events for Reading {
    fn read(&mut self, event: Event) -> Result<Told, Error> {
        self.0.read(event)
    }

    /// A response ends with `response.completed` or `response.incomplete`, or it was cut off.
    fn is_complete(&self) -> bool {
        false
    }
}
