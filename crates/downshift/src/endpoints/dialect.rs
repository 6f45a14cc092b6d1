//! What an endpoint knows of its clients' API: how it is read and written. The ladder knows only the chat API.

use std::sync::Arc;

use bytes::Bytes;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, JsonObject, Protocol, Translated,
    anthropic, completions, responses,
};

use super::references::CallersItems;

/// One exchange with a client.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// What the client asked.
    pub request: Arc<ChatRequest>,
    /// When it asked.
    pub now: jiff::Timestamp,
    /// The request's id.
    pub id: Arc<str>,
    /// What the client got earlier.
    pub items: CallersItems,
}

/// An API that clients speak: no state, no I/O.
pub(super) trait ClientDialect: Send + Sync {
    /// The API.
    fn protocol(&self) -> Protocol;

    /// A request's body with what it names in place of its names; `None` if that is more than so many bytes.
    fn resolve(&self, _: &CallersItems, body: Bytes, _limit: usize) -> Option<Bytes> {
        Some(body)
    }

    /// A request as the ladder reads it.
    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error>;

    /// A whole reply.
    fn whole(&self, exchange: &Exchange, reply: &ChatReply) -> Translated;

    /// The event of an error that an upstream told in these words, if they are this API's.
    fn own_error(&self, _: &Bytes) -> Option<Bytes> {
        None
    }

    /// A writer for the events of one stream.
    fn events(&self, exchange: &Exchange) -> Box<dyn EventWriter>;
}

/// Writes the events of one stream, in order, framed.
pub(super) trait EventWriter: Send {
    /// The events of a chunk; there may be none.
    fn chunk(&mut self, chunk: &ChatChunk) -> Bytes;

    /// The events that end a stream that is complete.
    fn end(&mut self) -> Bytes;

    /// The event that says that the stream broke.
    fn fail(&mut self, error: &ErrorBody) -> Bytes;

    /// What the API had no words for so far.
    fn dropped(&self) -> &[String];
}

/// A request that did not come by a path, in the API whose field for the prompt it has.
pub(crate) fn decode_any(body: Bytes) -> Result<ChatRequest, Error> {
    let fields = JsonObject::decode(body.clone())?;
    match (
        fields.has("messages"),
        fields.has("prompt"),
        fields.has("input"),
    ) {
        (true, ..) if fields.has("system") => anthropic::decode_request(body),
        (false, true, _) => completions::decode_request(body),
        (false, _, true) => responses::decode_request(body),
        _ => ChatRequest::decode(body),
    }
}
