//! `POST /v1/chat/completions`: the ladder's own words, which pass through but for what must change.

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, Translated, sse,
};

use super::Shared;
use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::exchange;
use crate::rescue;

/// Serves one chat completion.
pub async fn complete(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Chat, shared, request).await
}

/// The dialect.
struct Chat;

/// One stream.
struct Chunks {
    include_usage: bool,
    /// In Unix seconds, for chunks whose upstream has no such field.
    created: String,
}

impl ClientDialect for Chat {
    fn protocol(&self) -> Protocol {
        Protocol::Chat
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        ChatRequest::decode(body)
    }

    fn whole(&self, exchange: &Exchange, reply: &ChatReply) -> Translated {
        if reply.native.is_none() {
            return reply.body().clone().into();
        }
        let created = exchange.now.as_second().to_string();
        reply.with_field("created", &created).body().clone().into()
    }

    fn own_error(&self, body: &Bytes) -> Option<Bytes> {
        rescue::is_chat_error(body).then(|| sse::data(body))
    }

    fn events(&self, exchange: &Exchange) -> Box<dyn EventWriter> {
        Box::new(Chunks {
            include_usage: exchange.request.include_usage,
            created: exchange.now.as_second().to_string(),
        })
    }
}

impl EventWriter for Chunks {
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes {
        if chunk.is_usage_only() && !self.include_usage {
            return Bytes::new();
        }
        match &chunk.native {
            None => sse::data(chunk.data()),
            Some(_) => sse::data(chunk.with_field("created", &self.created).data()),
        }
    }

    fn end(&mut self) -> Bytes {
        Bytes::from_static(sse::DONE)
    }

    fn fail(&mut self, error: &ErrorBody) -> Bytes {
        sse::data(error.to_json().as_bytes())
    }

    fn dropped(&self) -> &[String] {
        &[]
    }
}
