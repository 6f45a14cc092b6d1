//! What an event of a translated stream says.

use serde_json::{Map, Value, json};

use crate::sse::Event;
use crate::{ChatChunk, Error, Native, Protocol, ReportedError};

/// What an event says.
#[derive(Debug)]
pub enum Told {
    /// Pieces of the reply.
    Pieces(Vec<ChatChunk>),
    /// The last pieces of a reply that is complete.
    Ending(Vec<ChatChunk>),
    /// That the upstream failed.
    Failed(ReportedError),
    /// Nothing yet.
    Nothing,
}

/// One stream of another dialect as it is told again, in chunks of a chat completion; each chunk carries the event it
/// was made from.
#[derive(Debug)]
pub(crate) struct Retold {
    protocol: Protocol,
    id: Value,
    model: Value,
}

// === impl Retold ===

impl Retold {
    /// A stream in `protocol` of which nothing is known yet.
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            id: Value::Null,
            model: Value::Null,
        }
    }

    /// The reply says which it is, and whose; so does the first piece.
    pub(crate) fn begin(&mut self, reply: &Value, event: Event) -> Result<ChatChunk, Error> {
        self.id = reply["id"].clone();
        self.model = reply["model"].clone();
        let delta = json!({ "role": "assistant", "content": "" });
        let native = Native::event(self.protocol, event);
        self.said((&delta, &Value::Null), &Value::Null, native)
    }

    /// A piece of the reply.
    pub(crate) fn piece(&self, delta: &Value, event: Event) -> Result<Told, Error> {
        self.piece_with(delta, &Value::Null, event)
    }

    /// A piece of the reply, with its tokens' log-probabilities.
    pub(crate) fn piece_with(
        &self,
        delta: &Value,
        logprobs: &Value,
        event: Event,
    ) -> Result<Told, Error> {
        let native = Native::event(self.protocol, event);
        let chunk = self.said((delta, logprobs), &Value::Null, native)?;
        Ok(Told::Pieces(vec![chunk]))
    }

    /// An event that the chat API has no words for; clients of its own dialect see it all the same.
    pub(crate) fn untold(&self, event: Event) -> Told {
        let native = Native::event(self.protocol, event);
        Told::Pieces(vec![ChatChunk::untranslated(native)])
    }

    /// An event whose loss is to be told to clients of other dialects, under this name.
    pub(crate) fn lost(&self, event: Event, name: &str) -> Told {
        let native = Native::event(self.protocol, event).without(vec![name.to_owned()]);
        Told::Pieces(vec![ChatChunk::untranslated(native)])
    }

    /// That the model refuses, which it says in no words of its own. The event that says so comes with the
    /// [last](Self::last) chunk.
    pub(crate) fn refusal(&self, text: &str) -> Result<ChatChunk, Error> {
        let native = Native::elsewhere(self.protocol);
        let delta = json!({ "refusal": text });
        self.said((&delta, &Value::Null), &Value::Null, native)
    }

    /// Why the reply ends, and what is lost of that. The event that says so comes with the [last](Self::last) chunk.
    pub(crate) fn finish(
        &self,
        reason: impl Into<Value>,
        dropped: Vec<String>,
    ) -> Result<ChatChunk, Error> {
        let native = Native::elsewhere(self.protocol).without(dropped);
        self.said((&json!({}), &Value::Null), &reason.into(), native)
    }

    /// The last chunk, with the usage where that is known. The events of it all wait for this one, so that what they
    /// say of cost can be put into them.
    pub(crate) fn last(
        &self,
        usage: Value,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<ChatChunk, Error> {
        let mut native = Native::elsewhere(self.protocol);
        for event in events {
            native
                .parts
                .extend(Native::event(self.protocol, event).parts);
        }
        if usage.is_null() {
            return Ok(ChatChunk::untranslated(native));
        }
        ChatChunk::translated(self.chunk(&json!([]), Some(usage)), native)
    }

    fn said(
        &self,
        (delta, logprobs): (&Value, &Value),
        reason: &Value,
        native: Native,
    ) -> Result<ChatChunk, Error> {
        let choice =
            json!({ "index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason });
        ChatChunk::translated(self.chunk(&json!([choice]), None), native)
    }

    fn chunk(&self, choices: &Value, usage: Option<Value>) -> String {
        let mut chunk = Map::new();
        chunk.insert("id".into(), self.id.clone());
        chunk.insert("object".into(), "chat.completion.chunk".into());
        chunk.insert("created".into(), 0.into());
        chunk.insert("model".into(), self.model.clone());
        chunk.insert("choices".into(), choices.clone());
        if let Some(usage) = usage {
            chunk.insert("usage".into(), usage);
        }
        Value::Object(chunk).to_string()
    }
}
