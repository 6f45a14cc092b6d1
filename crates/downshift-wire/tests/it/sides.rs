//! Both sides of the router without what lies between: a request on its way up, a reply on its way down.

use downshift_wire::sse::{self, DONE_DATA, Event, SseDecoder};
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, ChatTarget, Choices, Edit, Error, ErrorBody, Protocol, Told,
    Translated, anthropic, completions, responses,
};

/// When every reply is created, in Unix seconds.
const CREATED: i64 = 1_700_000_000;

/// The name that upstreams have for the model.
pub(crate) const MODEL: &str = "model-1";

/// A dialect, as its goldens are called.
pub(crate) fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Chat => "chat",
        Protocol::Messages => "messages",
        Protocol::Responses => "responses",
        Protocol::Completions => "completions",
    }
}

/// Who calls.
pub(crate) const CLIENTS: [Protocol; 4] = [
    Protocol::Chat,
    Protocol::Messages,
    Protocol::Responses,
    Protocol::Completions,
];

/// Who is called.
pub(crate) const UPSTREAMS: [Protocol; 3] =
    [Protocol::Chat, Protocol::Messages, Protocol::Responses];

/// A client's request as the ladder reads it.
pub(crate) fn decode_request(client: Protocol, body: &str) -> Result<ChatRequest, Error> {
    let body = body.to_owned().into();
    match client {
        Protocol::Chat => ChatRequest::decode(body),
        Protocol::Messages => anthropic::decode_request(body),
        Protocol::Responses => responses::decode_request(body),
        Protocol::Completions => completions::decode_request(body),
    }
}

/// The same as an upstream reads it.
pub(crate) fn encode_request(
    request: &ChatRequest,
    upstream: Protocol,
) -> Result<Translated, Error> {
    match upstream {
        Protocol::Messages => anthropic::request_for(request, MODEL),
        Protocol::Responses => responses::request_for(request, MODEL),
        _ if request.original.is_none() => request
            .rewritten(&[Edit::string("model", MODEL)])
            .map(Into::into),
        _ => request.encode_translated(ChatTarget {
            model: MODEL,
            include_usage: true,
            max_completion_tokens: true,
        }),
    }
}

/// An upstream's whole reply as the ladder reads it.
pub(crate) fn decode_reply(upstream: Protocol, body: &str) -> Result<ChatReply, Error> {
    let body = body.to_owned().into();
    match upstream {
        Protocol::Messages => anthropic::decode_reply(body),
        Protocol::Responses => responses::decode_reply(body),
        _ => ChatReply::decode(body),
    }
}

/// The same as a client reads it, and what was lost on the way.
pub(crate) fn encode_reply(
    client: Protocol,
    request: &ChatRequest,
    reply: &ChatReply,
) -> Translated {
    let native = reply.native.as_deref();
    if let Some(native) = native.filter(|native| native.protocol == client) {
        return native.body().into();
    }
    let mut told = match client {
        Protocol::Messages => anthropic::encode_reply(reply),
        Protocol::Responses => responses::encode_reply(request, reply, CREATED),
        Protocol::Completions => completions::encode_reply(request, reply, CREATED),
        Protocol::Chat => Translated::from(reply.body().clone()),
    };
    let before = native.into_iter().flat_map(|native| native.dropped.clone());
    let mut dropped: Vec<String> = Vec::new();
    for field in before.chain(told.dropped) {
        if !dropped.contains(&field) {
            dropped.push(field);
        }
    }
    told.dropped = dropped;
    told
}

/// A stream on its way down, as it is after some of its bytes.
pub(crate) struct Flow {
    client: Protocol,
    decoder: SseDecoder,
    reader: Reader,
    writer: Writer,
    /// What the client has been sent.
    pub(crate) sent: String,
    /// What it was not told.
    pub(crate) dropped: Vec<String>,
    /// Whether the end was reached, or a failure told.
    pub(crate) ended: bool,
    native: bool,
}

enum Reader {
    Chat(Choices),
    Messages(anthropic::EventReader),
    Responses(responses::EventReader),
}

enum Writer {
    Chat { include_usage: bool },
    Messages(anthropic::EventWriter),
    Responses(Box<responses::EventWriter>),
    Completions(completions::EventWriter),
}

impl Flow {
    pub(crate) fn new(client: Protocol, upstream: Protocol, request: &ChatRequest) -> Self {
        Self {
            client,
            decoder: SseDecoder::new(1 << 20),
            reader: match upstream {
                Protocol::Messages => Reader::Messages(anthropic::EventReader::default()),
                Protocol::Responses => Reader::Responses(responses::EventReader::default()),
                _ => Reader::Chat(Choices::default()),
            },
            writer: match client {
                Protocol::Messages => Writer::Messages(anthropic::EventWriter::default()),
                Protocol::Responses => {
                    Writer::Responses(Box::new(responses::EventWriter::new(request, CREATED)))
                }
                Protocol::Completions => {
                    Writer::Completions(completions::EventWriter::new(request, CREATED))
                }
                Protocol::Chat => Writer::Chat {
                    include_usage: request.include_usage,
                },
            },
            sent: String::new(),
            dropped: Vec::new(),
            ended: false,
            native: false,
        }
    }

    /// The whole stream.
    pub(crate) fn all(
        client: Protocol,
        upstream: Protocol,
        request: &ChatRequest,
        stream: &str,
    ) -> Self {
        let mut flow = Self::new(client, upstream, request);
        flow.push(stream.as_bytes());
        flow.finish();
        flow
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.decoder.push(bytes).expect("events are small");
        self.take();
    }

    /// The upstream's body has ended: one that is not complete is broken off.
    pub(crate) fn finish(&mut self) {
        self.decoder.finish();
        self.take();
        if self.ended {
            return;
        }
        let complete = match &self.reader {
            Reader::Chat(choices) => choices.all_ended(),
            _ => false,
        };
        if complete {
            self.end();
        } else {
            self.fail();
        }
    }

    fn take(&mut self) {
        while let Some(event) = self.decoder.next_event() {
            if self.ended {
                return;
            }
            match self.reader.read(event) {
                Ok(Told::Pieces(pieces)) => self.write(&pieces),
                Ok(Told::Ending(pieces)) => {
                    self.write(&pieces);
                    self.end();
                }
                Ok(Told::Nothing) => {}
                Ok(Told::Failed(_)) | Err(_) => self.fail(),
            }
        }
    }

    fn write(&mut self, pieces: &[ChatChunk]) {
        for chunk in pieces {
            let native = chunk.native.as_ref();
            if let Some(native) = native.filter(|native| native.protocol == self.client) {
                self.native = true;
                self.send(&native.framed());
                continue;
            }
            self.note(native.into_iter().flat_map(|native| native.dropped.clone()));
            if chunk.is_untranslated() {
                continue;
            }
            let bytes = self.writer.write(chunk);
            self.send(&bytes);
        }
    }

    fn end(&mut self) {
        self.ended = true;
        if !self.native {
            let bytes = self.writer.end();
            self.note(self.writer.dropped());
            self.send(&bytes);
        }
    }

    fn fail(&mut self) {
        self.ended = true;
        let bytes = self.writer.fail(&ErrorBody {
            message: "the stream broke".into(),
            kind: "server_error",
            param: None,
            code: Some("cut".into()),
        });
        self.send(&bytes);
    }

    fn note(&mut self, dropped: impl IntoIterator<Item = String>) {
        for name in dropped {
            if !self.dropped.contains(&name) {
                self.dropped.push(name);
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.sent += std::str::from_utf8(bytes).expect("UTF-8");
    }
}

impl Reader {
    fn read(&mut self, event: Event) -> Result<Told, Error> {
        let choices = match self {
            Self::Messages(reader) => return reader.read(event),
            Self::Responses(reader) => return reader.read(event),
            Self::Chat(choices) => choices,
        };
        if event.data.trim_ascii() == DONE_DATA {
            return Ok(Told::Ending(Vec::new()));
        }
        let mut chunk = ChatChunk::decode(event.data)?;
        if let Some(error) = chunk.error.take() {
            return Ok(Told::Failed(error));
        }
        choices.merge(chunk.progress);
        Ok(Told::Pieces(vec![chunk]))
    }
}

impl Writer {
    fn write(&mut self, chunk: &ChatChunk) -> bytes::Bytes {
        match self {
            Self::Chat { include_usage } if chunk.is_usage_only() && !*include_usage => {
                bytes::Bytes::new()
            }
            Self::Chat { .. } => sse::data(chunk.data()),
            Self::Messages(writer) => writer.write(chunk),
            Self::Responses(writer) => writer.write(chunk),
            Self::Completions(writer) => writer.write(chunk),
        }
    }

    fn end(&mut self) -> bytes::Bytes {
        match self {
            Self::Chat { .. } => bytes::Bytes::from_static(sse::DONE),
            Self::Messages(writer) => writer.end(),
            Self::Responses(writer) => writer.end(),
            Self::Completions(writer) => writer.end(),
        }
    }

    fn fail(&mut self, error: &ErrorBody) -> bytes::Bytes {
        match self {
            Self::Chat { .. } => sse::data(error.to_json().as_bytes()),
            Self::Messages(writer) => writer.fail(error),
            Self::Responses(writer) => writer.fail(error),
            Self::Completions(writer) => writer.fail(error),
        }
    }

    fn dropped(&self) -> Vec<String> {
        match self {
            Self::Chat { .. } => Vec::new(),
            Self::Messages(writer) => writer.dropped().to_vec(),
            Self::Responses(writer) => writer.dropped().to_vec(),
            Self::Completions(writer) => writer.dropped().to_vec(),
        }
    }
}
