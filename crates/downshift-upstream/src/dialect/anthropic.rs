//! Anthropic's messages: what a client said in them passes through but for the model's name, all else is translated.

use bytes::Bytes;
use downshift_wire::anthropic::{EventReader, decode_reply, request_for};
use downshift_wire::sse::Event;
use downshift_wire::{ChatReply, ChatRequest, Error, Told};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Api, Dialect, Encoded, Events};
use crate::{Endpoint, Secret};

/// The version of the API where the client names none; the only one there has been since 2023.
const VERSION: &str = "2023-06-01";

/// The dialect.
#[derive(Debug)]
pub(crate) struct Anthropic;

/// One stream's events.
struct Reading(EventReader);

impl Dialect for Anthropic {
    fn api(&self) -> Api {
        Api::Anthropic
    }

    /// Anthropic's own clients name the address without `/v1`; both are understood.
    fn path(&self, base_url: &str) -> &'static str {
        if base_url.trim_end_matches('/').ends_with("/v1") {
            "/messages"
        } else {
            "/v1/messages"
        }
    }

    fn key_header(&self, key: &Secret) -> (HeaderName, String) {
        (
            HeaderName::from_static("x-api-key"),
            key.expose().to_owned(),
        )
    }

    fn takes(&self, header: &str) -> bool {
        !header.starts_with("openai-")
    }

    fn encode(&self, request: &ChatRequest, endpoint: &Endpoint) -> Result<Encoded, Error> {
        let version = HeaderName::from_static("anthropic-version");
        let headers = HeaderMap::from_iter([(version, HeaderValue::from_static(VERSION))]);
        let translated = request_for(request, &endpoint.model)?;
        Ok(Encoded {
            headers,
            ..translated.into()
        })
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

    /// A message ends with `message_stop`, or it was cut off.
    fn is_complete(&self) -> bool {
        false
    }
}
