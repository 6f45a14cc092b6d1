//! `POST /v1/messages`: Anthropic's messages.

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use downshift_wire::{ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, anthropic};

use super::Shared;
use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::exchange;

/// Serves one message.
pub async fn create(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Messages, shared, request).await
}

/// The dialect.
struct Messages;

impl ClientDialect for Messages {
    fn protocol(&self) -> Protocol {
        Protocol::Messages
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        anthropic::decode_request(body)
    }

    fn whole(&self, _: &Exchange, reply: &ChatReply) -> Bytes {
        anthropic::encode_reply(reply)
    }

    fn events(&self, _: &Exchange) -> Box<dyn EventWriter> {
        Box::new(anthropic::EventWriter::default())
    }
}

impl EventWriter for anthropic::EventWriter {
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes {
        self.write(chunk)
    }

    fn end(&mut self) -> Bytes {
        anthropic::EventWriter::end(self)
    }

    fn fail(&mut self, error: &ErrorBody) -> Bytes {
        anthropic::EventWriter::fail(self, error)
    }
}
