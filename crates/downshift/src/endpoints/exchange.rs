//! Hides what all endpoints that take a prompt have in common: decode, climb the ladder, encode.

mod waiting;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use downshift_ledger::{Entry, Rung};
use downshift_upstream::{DROPPED, note_dropped};
use downshift_wire::{ChatChunk, ChatReply, ErrorBody, Protocol, Translated, sse};
use futures_util::Stream;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::tz::TimeZone;

use super::dialect::{ClientDialect, EventWriter, Exchange};
use super::references::CallersItems;
use super::{Shared, upload};
use crate::clock;
use crate::config::LimitsConfig;
use crate::headers::{self, Route};
use crate::ladder::{Ask, Begun, ChunkStream, ReplyBody};
use crate::layers::request_id::RequestId;
use crate::layers::trace;
use crate::rescue::{self, Rescue};
use crate::rungs::account::{Failure, Settled};

/// The longest model name that is looked at; names are kept with each request's entry.
pub(super) const LONGEST_NAME: usize = 256;

/// Serves one request of a client that speaks this dialect.
pub(super) async fn serve(
    dialect: &'static dyn ClientDialect,
    shared: Shared,
    request: Request,
) -> Response {
    let items = shared.items.of(request.headers());
    match decode(dialect, &shared, &items, request).await {
        Ok(ask) => {
            let encoding = Encoding::of(dialect, &shared, &ask, items);
            waiting::climb(shared, ask, encoding).await
        }
        Err(rescue) => rescue.into_response(),
    }
}

/// How the caller wants the reply written.
struct Encoding {
    dialect: &'static dyn ClientDialect,
    exchange: Exchange,
    /// The requested name, where the policy says replies carry it.
    echo: Option<String>,
}

impl Encoding {
    fn of(
        dialect: &'static dyn ClientDialect,
        shared: &Shared,
        ask: &Ask,
        items: CallersItems,
    ) -> Self {
        let echo = shared.router.loaded.config.echo_model;
        Self {
            dialect,
            exchange: Exchange {
                request: ask.request.clone(),
                now: ask.now,
                id: ask.id.clone(),
                items,
            },
            echo: echo.then(|| ask.request.model.clone()),
        }
    }

    /// A whole reply; in the bytes it came in where the upstream speaks as the client does.
    fn whole(&self, reply: ChatReply) -> Translated {
        let reply = match &self.echo {
            Some(model) => reply.with_model(model),
            None => reply,
        };
        match &reply.native {
            Some(native) if native.protocol == self.dialect.protocol() => native.body().into(),
            _ => {
                let Translated { body, dropped } = self.dialect.whole(&self.exchange, &reply);
                let before = reply.native.iter().flat_map(|native| &native.dropped);
                Translated {
                    body,
                    dropped: before
                        .chain(&dropped)
                        .map(|field| of_reply(field))
                        .collect(),
                }
            }
        }
    }
}

async fn decode(
    dialect: &dyn ClientDialect,
    shared: &Shared,
    items: &CallersItems,
    request: Request,
) -> Result<Ask, Rescue> {
    let arrived = Instant::now();
    let now = clock::now();
    let (parts, body) = request.into_parts();
    unpacked(&parts.headers)?;
    let forced = forced(&parts.headers)?;
    let zone = zone(shared, &parts.headers)?;
    let id = parts
        .extensions
        .get::<RequestId>()
        .cloned()
        .unwrap_or_default();
    let limits = &shared.router.loaded.config.limits;
    let body = read(body, limits).await?;
    let resolved = dialect.resolve(items, body, limits.body_bytes);
    let body = resolved.ok_or_else(|| upload::too_large(limits.body_bytes))?;
    let request = dialect
        .decode(body)
        .map_err(|error| Rescue::invalid(&error))?;
    if request.model.len() > LONGEST_NAME {
        let message = format!("`model` is longer than the {LONGEST_NAME} bytes a name may have");
        return Err(Rescue::new(rescue::INVALID_REQUEST, message).about("model"));
    }
    if !shared.router.knows(&request.model) {
        return Err(unknown_model(shared, &request.model));
    }
    let conversation = shared.router.sticky.conversation(&parts.headers, &request);
    Ok(Ask {
        id: id.0,
        conversation,
        request: Arc::new(request),
        headers: headers::forwarded(&parts.headers),
        forced,
        zone,
        now,
        arrived,
        begun: Begun::default(),
        trace: trace::of(&parts.extensions),
    })
}

/// A body that is compressed is not looked into.
fn unpacked(headers: &HeaderMap) -> Result<(), Rescue> {
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            let message = "the body is compressed, as content-encoding says; send it as it is";
            Err(Rescue::new(rescue::INVALID_HEADER, message))
        }
        _ => Ok(()),
    }
}

fn forced(headers: &HeaderMap) -> Result<Option<Rung>, Rescue> {
    let Some(value) = headers.get(headers::RUNG) else {
        return Ok(None);
    };
    let rung = value.to_str().ok().and_then(headers::rung);
    rung.map(Some).ok_or_else(|| {
        let message = "x-downshift-rung must be answer, specialist or llm";
        Rescue::new(rescue::INVALID_HEADER, message)
    })
}

fn zone(shared: &Shared, headers: &HeaderMap) -> Result<TimeZone, Rescue> {
    let Some(value) = headers.get(headers::TIMEZONE) else {
        return Ok(shared.router.zone.clone());
    };
    let zone = value
        .to_str()
        .ok()
        .and_then(|name| TimeZone::get(name).ok());
    zone.ok_or_else(|| {
        let message = "x-downshift-timezone must be an IANA time zone such as Europe/London";
        Rescue::new(rescue::INVALID_HEADER, message)
    })
}

/// All of a request's body, within the limits.
pub(super) async fn read(body: Body, limits: &LimitsConfig) -> Result<Bytes, Rescue> {
    let limit = limits.body_bytes;
    let collected = tokio::time::timeout(limits.body.0, Limited::new(body, limit).collect());
    let collected = collected.await.map_err(|_| upload::too_slow(limits))?;
    let collected = collected.map(http_body_util::Collected::to_bytes);
    collected.map_err(|error| {
        if error.is::<LengthLimitError>() {
            upload::too_large(limit)
        } else {
            upload::broken_off()
        }
    })
}

/// A 404 in the caller's dialect that says which names there are.
pub(super) fn unknown_model(shared: &Shared, model: &str) -> Rescue {
    let message = shared.router.unknown_model(model);
    Rescue::new(rescue::MODEL_NOT_FOUND, message).about("model")
}

fn reply(settled: Settled, encoding: Encoding) -> Response {
    let Settled {
        reply,
        confidence,
        trail,
        entry,
        ..
    } = settled;
    let mut head = reply.headers;
    headers::set_route(
        &mut head,
        &Route {
            rung: Some(reply.rung.label()),
            intent: reply.intent.as_deref(),
            confidence,
            model: Some(&reply.model),
            trail: &trail,
        },
    );
    let mut response = match reply.body {
        ReplyBody::Whole(whole) => {
            if let Some(entry) = &entry {
                headers::set_costs(&mut head, &entry.costs());
            }
            head.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            let Translated { body, dropped } = encoding.whole(whole);
            note_dropped(&mut head, &dropped);
            Response::new(Body::from(body))
        }
        ReplyBody::Stream(chunks) => {
            head.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("text/event-stream; charset=utf-8"),
            );
            head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            Response::new(Body::from_stream(Events {
                chunks,
                writer: encoding.dialect.events(&encoding.exchange),
                encoding,
                native: false,
                dropped: Vec::new(),
                closed: false,
            }))
        }
    };
    response.headers_mut().extend(head);
    response
}

/// What a caller is told of a request that found no reply.
pub(super) fn refusal(shared: &Shared, failure: &Failure) -> Response {
    let entry: &Entry = &failure.entry;
    let rescue = Rescue::failure(failure, |model, error| {
        shared.router.explain_error(model, error)
    });
    let mut response = rescue.into_response();
    headers::set_route(
        response.headers_mut(),
        &Route {
            rung: entry.rung.map(Rung::label),
            intent: entry.intent.as_deref(),
            confidence: entry.confidence,
            model: entry.model.as_deref(),
            trail: &entry.trail,
        },
    );
    response
}

/// Chunks as server-sent events: the dialect's end after a complete stream, an error event after a broken one.
struct Events {
    chunks: ChunkStream,
    encoding: Encoding,
    writer: Box<dyn EventWriter>,
    /// The upstream speaks as the client does: its events are written as they came, its last one included.
    native: bool,
    /// What of the reply the chat API had no words for so far.
    dropped: Vec<String>,
    closed: bool,
}

impl Events {
    fn write(&mut self, chunk: ChatChunk) -> Bytes {
        let chunk = match &self.encoding.echo {
            Some(model) => chunk.with_model(model),
            None => chunk,
        };
        match &chunk.native {
            Some(native) if native.protocol == self.encoding.dialect.protocol() => {
                // What ends a completion is no event of it, and is written here.
                self.native = native.protocol != Protocol::Completions;
                native.framed()
            }
            native => {
                let dropped = native.iter().flat_map(|native| &native.dropped);
                self.dropped.extend(dropped.cloned());
                if chunk.is_untranslated() {
                    return Bytes::new();
                }
                self.writer.chunk(&chunk)
            }
        }
    }

    fn end(&mut self) -> Bytes {
        self.closed = true;
        if self.native {
            return Bytes::new();
        }
        let end = self.writer.end();
        [self.told_dropped(), end].concat().into()
    }

    /// The head is long gone when it is known: a comment says what of the reply was left out.
    fn told_dropped(&self) -> Bytes {
        let mut told: Vec<String> = Vec::new();
        for field in self.dropped.iter().chain(self.writer.dropped()) {
            let field = of_reply(field);
            if !told.contains(&field) {
                told.push(field);
            }
        }
        if told.is_empty() {
            return Bytes::new();
        }
        sse::comment(&format!("{DROPPED}: {}", told.join(", ")))
    }
}

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.closed {
                return Poll::Ready(None);
            }
            let events = match ready!(self.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => self.write(chunk),
                Some(Err(error)) => {
                    self.closed = true;
                    let own = error.body();
                    let own = own.and_then(|body| self.encoding.dialect.own_error(body));
                    own.unwrap_or_else(|| self.writer.fail(&error_body(&error)))
                }
                None => self.end(),
            };
            if !events.is_empty() {
                return Poll::Ready(Some(Ok(events)));
            }
        }
    }
}

/// A field of a reply, beside those of requests.
fn of_reply(field: &str) -> String {
    format!("reply.{field}")
}

fn error_body(error: &downshift_upstream::Error) -> ErrorBody {
    ErrorBody {
        message: format!("the stream broke before it was complete: {error}"),
        kind: "server_error",
        param: None,
        code: Some(error.kind.label().to_owned()),
    }
}
