//! Keeps a client's connection alive while the stream it asked for is held back.
//!
//! A 200 is committed to once a model has begun to reply and is still held after a few seconds:
//! from then on comments tell the client, and whatever stands between, that there is somebody. What
//! fails after that is an error event. Until a model has begun nothing is sent, so that a
//! failure keeps its status.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::response::Response;
use bytes::Bytes;
use downshift_upstream::DROPPED;
use downshift_wire::sse;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio::time::timeout;
use tower::ServiceExt;

use super::{Encoding, refusal, reply};
use crate::endpoints::Shared;
use crate::ladder::Ask;
use crate::rescue::Rescue;
use crate::rungs::account::{Failure, Settled};

/// How long a client hears nothing.
const SILENCE: Duration = Duration::from_secs(5);

/// A request on its way up the ladder.
type Climbing = BoxFuture<'static, Result<Settled, Box<Failure>>>;

/// A response whose status is sent.
enum Committed {
    Waiting(Climbing, Box<Encoding>),
    Flowing(BodyDataStream),
    Ended,
}

/// Sends a request up the ladder and waits for what there is to say.
pub(super) async fn climb(shared: Shared, ask: Ask, encoding: Encoding) -> Response {
    let (stream, begun) = (ask.request.stream, ask.begun.clone());
    let mut climbing = shared.ladder.clone().oneshot(ask).boxed();
    loop {
        match timeout(SILENCE, &mut climbing).await {
            Ok(Ok(settled)) => return reply(settled, encoding),
            Ok(Err(failure)) => return refusal(&shared, &failure),
            Err(_) if stream && begun.is_set() => break,
            Err(_) => {}
        }
    }
    let committed = Committed::Waiting(climbing, Box::new(encoding));
    let first = stream::iter([Ok::<_, Infallible>(sse::comment("held back"))]);
    let rest = stream::unfold((committed, shared), |(committed, shared)| async move {
        let (bytes, committed) = committed.next(&shared).await?;
        Some((Ok(bytes), (committed, shared)))
    });
    let mut response = Response::new(Body::from_stream(first.chain(rest)));
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/event-stream; charset=utf-8");
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

// === impl Committed ===

impl Committed {
    /// The next bytes, and what is to come after them.
    async fn next(self, shared: &Shared) -> Option<(Bytes, Self)> {
        match self {
            Self::Ended => None,
            Self::Flowing(mut body) => {
                let bytes = body.next().await?.ok()?;
                Some((bytes, Self::Flowing(body)))
            }
            Self::Waiting(mut climbing, encoding) => {
                let climbed = timeout(SILENCE, pin!(&mut climbing)).await;
                match climbed {
                    Err(_) => {
                        let waiting = Self::Waiting(climbing, encoding);
                        Some((sse::comment("held back"), waiting))
                    }
                    Ok(Ok(settled)) => {
                        let (head, body) = reply(settled, *encoding).into_parts();
                        let mut body = body.into_data_stream();
                        let bytes = body.next().await?.ok()?;
                        // The head is long gone: what it would say of the request is a comment.
                        let bytes = match head.headers.get(&DROPPED).map(HeaderValue::to_str) {
                            Some(Ok(dropped)) => {
                                let told = sse::comment(&format!("{DROPPED}: {dropped}"));
                                [told, bytes].concat().into()
                            }
                            _ => bytes,
                        };
                        Some((bytes, Self::Flowing(body)))
                    }
                    Ok(Err(failure)) => {
                        let rescue = Rescue::failure(&failure, |model, error| {
                            shared.router.explain_error(model, error)
                        });
                        let mut writer = encoding.dialect.events(&encoding.exchange);
                        Some((writer.fail(&rescue.error_body()), Self::Ended))
                    }
                }
            }
        }
    }
}
