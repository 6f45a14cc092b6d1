//! `POST /v1/responses`: OpenAI's responses.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, Translated, responses, sse,
};
use serde::Deserialize;

use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::references::CallersItems;
use super::{Shared, exchange};

/// Serves one response.
pub async fn create(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Responses, shared, request).await
}

/// The dialect.
struct Responses;

/// One stream, whose items are kept when it has ended.
struct Events {
    writer: responses::EventWriter,
    /// The response's id, until the first chunk is given it.
    id: Option<Arc<str>>,
    keeps: Option<CallersItems>,
}

impl ClientDialect for Responses {
    fn protocol(&self) -> Protocol {
        Protocol::Responses
    }

    fn resolve(&self, items: &CallersItems, body: Bytes, limit: usize) -> Option<Bytes> {
        items.resolve(body, limit)
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        responses::decode_request(body)
    }

    fn whole(&self, exchange: &Exchange, reply: &ChatReply) -> Translated {
        let mut reply = reply.clone();
        reply.id = exchange.id.to_string();
        let created = exchange.now.as_second();
        let response = responses::encode_reply(&exchange.request, &reply, created);
        if let Some(items) = kept(exchange) {
            items.keep(&response.body);
        }
        response
    }

    fn own_error(&self, body: &Bytes) -> Option<Bytes> {
        #[derive(Deserialize)]
        struct Event<'a> {
            #[serde(borrow)]
            r#type: Cow<'a, str>,
            #[serde(rename = "sequence_number")]
            _number: u64,
        }
        let event: Event<'_> = serde_json::from_slice(body).ok()?;
        let is_error = matches!(&*event.r#type, "error" | "response.failed");
        is_error.then(|| sse::event(Some(&event.r#type), body))
    }

    fn events(&self, exchange: &Exchange) -> Box<dyn EventWriter> {
        let created = exchange.now.as_second();
        Box::new(Events {
            writer: responses::EventWriter::new(&exchange.request, created),
            id: Some(exchange.id.clone()),
            keeps: kept(exchange),
        })
    }
}

/// Where a response is kept, if its client wants that: as at OpenAI, it need not say so.
fn kept(exchange: &Exchange) -> Option<CallersItems> {
    #[derive(Deserialize)]
    struct Asked {
        #[serde(default)]
        store: Option<bool>,
    }
    let original = exchange.request.original.as_ref()?;
    let asked: Asked = serde_json::from_slice(&original.body).ok()?;
    (asked.store != Some(false)).then(|| exchange.items.clone())
}

impl EventWriter for Events {
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes {
        // Ids of items are made of the reply's, and a server's own may come again.
        match self.id.take() {
            Some(id) => {
                let id = format!("\"{id}\"");
                self.writer.write(&chunk.with_field("id", &id))
            }
            None => self.writer.write(chunk),
        }
    }

    fn end(&mut self) -> Bytes {
        let events = self.writer.end();
        if let Some(items) = self.keeps.take() {
            let last = events.trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
            items.keep_event(last.unwrap_or_default());
        }
        events
    }

    fn fail(&mut self, error: &ErrorBody) -> Bytes {
        self.writer.fail(error)
    }

    fn dropped(&self) -> &[String] {
        self.writer.dropped()
    }
}
