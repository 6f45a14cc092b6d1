//! `POST /v1/messages`: Anthropic's messages.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use downshift_upstream::Api;
use downshift_wire::{
    ChatChunk, ChatReply, ChatRequest, Error, ErrorBody, Protocol, Translated, anthropic, sse,
};
use http::HeaderName;
use http::header::CONTENT_TYPE;

use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::{Shared, exchange, passthrough};
use crate::rescue::Rescue;
use crate::subject::Subject;

/// Serves one message.
pub async fn create(State(shared): State<Shared>, request: Request) -> Response {
    exchange::serve(&Messages, shared, request).await
}

/// Counts the tokens of a message that is not sent: Anthropic's own count where the model speaks
/// its API, else the router's estimate, which a header says it is.
pub async fn count_tokens(State(shared): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let counted = async {
        let body = exchange::read(body, &shared.router.loaded.config.limits).await?;
        let asked = Messages.decode(body.clone());
        let asked = asked.map_err(|error| Rescue::invalid(&error))?;
        let router = &shared.router;
        if !router.knows(&asked.model) {
            return Err(exchange::unknown_model(&shared, &asked.model));
        }
        let model = router.provider(&asked.model).unwrap_or(router.llm());
        Ok((model.upstream.endpoint().api, asked, body))
    };
    match counted.await {
        Ok((Api::Anthropic, _, body)) => {
            let request = Request::from_parts(parts, Body::from(body));
            passthrough::pass(State(shared), request).await
        }
        Ok((_, asked, _)) => estimated(Subject::of(&asked).tokens),
        Err(rescue) => rescue.into_response(),
    }
}

fn estimated(tokens: u64) -> Response {
    let body = format!("{{\"input_tokens\":{tokens}}}");
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (ESTIMATE, "input_tokens"),
    ];
    (headers, body).into_response()
}

/// On a reply: which of its figures is an estimate of the router's.
const ESTIMATE: HeaderName = HeaderName::from_static("x-downshift-estimate");

/// The dialect.
struct Messages;

impl ClientDialect for Messages {
    fn protocol(&self) -> Protocol {
        Protocol::Messages
    }

    fn decode(&self, body: Bytes) -> Result<ChatRequest, Error> {
        anthropic::decode_request(body)
    }

    fn whole(&self, _: &Exchange, reply: &ChatReply) -> Translated {
        anthropic::encode_reply(reply)
    }

    fn own_error(&self, body: &Bytes) -> Option<Bytes> {
        anthropic::is_error(body).then(|| sse::event(Some("error"), body))
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

    fn dropped(&self) -> &[String] {
        anthropic::EventWriter::dropped(self)
    }
}
