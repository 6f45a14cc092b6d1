//! `POST /v1/completions`: OpenAI's legacy completions.

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, Translated, completions,
};

use super::Shared;
use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::exchange;

/// Serves one completion.
pub async fn complete(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Completions, shared, request).await
}

/// The dialect.
struct Completions;

impl ClientDialect for Completions {
    fn protocol(&self) -> Protocol {
        Protocol::Completions
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        completions::decode_request(body)
    }

    fn whole(&self, exchange: &Exchange, reply: &ChatReply) -> Translated {
        completions::encode_reply(&exchange.request, reply, exchange.now.as_second())
    }

    fn events(&self, exchange: &Exchange) -> Box<dyn EventWriter> {
        let created = exchange.now.as_second();
        Box::new(completions::EventWriter::new(&exchange.request, created))
    }
}

impl EventWriter for completions::EventWriter {
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes {
        self.write(chunk)
    }

    fn end(&mut self) -> Bytes {
        completions::EventWriter::end(self)
    }

    fn fail(&mut self, error: &ErrorBody) -> Bytes {
        completions::EventWriter::fail(self, error)
    }

    fn dropped(&self) -> &[String] {
        completions::EventWriter::dropped(self)
    }
}
