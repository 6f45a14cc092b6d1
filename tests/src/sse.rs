//! A strict reader of the event streams that the router writes: `data: …`, an empty line, nothing else.

use std::time::Duration;

use bytes::BytesMut;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::client::Connection;

/// How long an event may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The JSON of a chunk.
    Chunk(Value),
    /// An `error` object in OpenAI's shape.
    Error(Value),
    /// `[DONE]`.
    Done,
    /// The body ended, cleanly or not.
    End {
        /// Whether it was complete as HTTP sees it.
        clean: bool,
    },
}

/// A stream that is being read; dropped, its connection is closed.
#[derive(Debug)]
pub struct Stream {
    body: Incoming,
    buffer: BytesMut,
    _connection: Connection,
}

// === impl Stream ===

impl Stream {
    pub(crate) fn new(body: Incoming, connection: Connection) -> Self {
        Self {
            body,
            buffer: BytesMut::new(),
            _connection: connection,
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.buffered() {
                return event;
            }
            let frame = tokio::time::timeout(PATIENCE, self.body.frame()).await;
            match frame.unwrap_or_else(|_| panic!("no event within {PATIENCE:?}")) {
                Some(Ok(frame)) => {
                    let data = frame.into_data().expect("no trailers are sent");
                    self.buffer.extend_from_slice(&data);
                }
                Some(Err(_)) => return Event::End { clean: false },
                None => {
                    assert!(self.buffer.is_empty(), "half an event: {:?}", self.buffer);
                    return Event::End { clean: true };
                }
            }
        }
    }

    fn buffered(&mut self) -> Option<Event> {
        loop {
            let end = self.buffer.windows(2).position(|pair| pair == b"\n\n")?;
            let frame = self.buffer.split_to(end + 2);
            let frame = std::str::from_utf8(&frame[..end]).expect("an event is UTF-8");
            if frame.starts_with(':') {
                continue;
            }
            return Some(Event::read(frame));
        }
    }

    /// All events up to the end of the body, which must be clean.
    pub async fn all(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            match self.next().await {
                Event::End { clean } => {
                    assert!(clean, "the body broke after {events:#?}");
                    return events;
                }
                event => events.push(event),
            }
        }
    }

    /// The chunks of a stream that must be complete: chunks, `[DONE]`, the end.
    pub async fn chunks(self) -> Vec<Value> {
        let mut events = self.all().await;
        assert_eq!(
            events.pop(),
            Some(Event::Done),
            "the stream ends with [DONE] after {events:#?}"
        );
        let chunk = |event| match event {
            Event::Chunk(chunk) => chunk,
            other => panic!("{other:?} in a complete stream"),
        };
        events.into_iter().map(chunk).collect()
    }

    /// The text of a complete stream's first choice, once its shape has been checked.
    pub async fn answer(self) -> String {
        let chunks = self.chunks().await;
        check_chunks(&chunks);
        let text = |chunk: &Value| {
            chunk["choices"][0]["delta"]["content"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        chunks.iter().map(text).collect()
    }
}

impl Event {
    fn read(frame: &str) -> Self {
        let data = frame.strip_prefix("data: ");
        let data = data.unwrap_or_else(|| panic!("not `data: `: {frame:?}"));
        assert!(!data.contains('\n'), "one line per event: {frame:?}");
        if data == "[DONE]" {
            return Self::Done;
        }
        let value: Value =
            serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in {data}"));
        match value.get("error") {
            Some(error) => Self::Error(error.clone()),
            None => Self::Chunk(value),
        }
    }
}

/// Fails unless these are the chunks of one complete reply, as OpenAI documents them.
pub(crate) fn check_chunks(chunks: &[Value]) {
    let first = chunks.first().expect("a complete stream has chunks");
    assert_eq!(
        first["choices"][0]["delta"]["role"], "assistant",
        "the first delta has the role: {first}"
    );
    let mut finished = false;
    for chunk in chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk", "{chunk}");
        assert!(
            chunk["id"].as_str().is_some_and(|id| !id.is_empty()),
            "{chunk}"
        );
        assert!(
            chunk["model"]
                .as_str()
                .is_some_and(|model| !model.is_empty()),
            "{chunk}"
        );
        assert_eq!(chunk["id"], first["id"], "one id on all chunks");
        assert_eq!(chunk["created"], first["created"], "one time on all chunks");
        assert!(chunk["created"].as_u64().is_some(), "{chunk}");
        let choices = chunk["choices"]
            .as_array()
            .unwrap_or_else(|| panic!("no choices in {chunk}"));
        match choices.first() {
            Some(choice) => {
                assert!(!finished, "nothing after finish_reason: {chunk}");
                assert!(choice["delta"].is_object(), "{chunk}");
                finished = choice["finish_reason"].is_string();
            }
            None => assert!(
                finished && chunk["usage"].is_object(),
                "the usage chunk is last: {chunk}"
            ),
        }
    }
    assert!(finished, "some chunk has a finish_reason");
}
