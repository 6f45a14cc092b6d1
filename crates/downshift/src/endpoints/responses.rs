//! `POST /v1/responses`: OpenAI's responses.

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, Translated, responses,
};

use super::Shared;
use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::exchange;

/// Serves one response.
pub async fn create(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Responses, shared, request).await
}

/// The dialect.
struct Responses;

impl ClientDialect for Responses {
    fn protocol(&self) -> Protocol {
        Protocol::Responses
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        responses::decode_request(body)
    }

    fn whole(&self, exchange: &Exchange, reply: &ChatReply) -> Translated {
        responses::encode_reply(&exchange.request, reply, exchange.now.as_second())
    }

    fn events(&self, exchange: &Exchange) -> Box<dyn EventWriter> {
        let created = exchange.now.as_second();
        Box::new(responses::EventWriter::new(&exchange.request, created))
    }
}

impl EventWriter for responses::EventWriter {
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes {
        self.write(chunk)
    }

    fn end(&mut self) -> Bytes {
        responses::EventWriter::end(self)
    }

    fn fail(&mut self, error: &ErrorBody) -> Bytes {
        responses::EventWriter::fail(self, error)
    }

    fn dropped(&self) -> &[String] {
        responses::EventWriter::dropped(self)
    }
}
