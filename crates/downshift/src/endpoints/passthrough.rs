//! Any other path under `/v1`: goes to the provider of the requested model, or of the llm, as it came.
//!
//! Bodies stream both ways. Only where a model may be named in one is its start held back: JSON as
//! a whole, of a form as much as it takes to find the field. A name that only the policy knows is
//! replaced by the one its provider knows; nothing else changes.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use downshift_upstream::{self as upstream, Forward, Pieces};
use downshift_wire::{Edit, JsonObject};
use futures_util::{StreamExt, stream};
use http::header::{CONTENT_TYPE, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body::Body as _;

use super::forwarding::Forwarding;
use super::multipart::{FieldFinder, Found};
use super::upload::{Fault, Upload, too_large};
use super::{Shared, exchange};
use crate::layers::request_id::RequestId;
use crate::layers::trace;
use crate::model::Model;
use crate::rescue::{self, Rescue};
use crate::router::Router;

/// How much of a form is looked through for its model.
const PEEK: usize = 64 * 1024;

/// Where forms do name a model: there they are looked through to their end.
const NAME_A_MODEL: &[&str] = &["/v1/audio/", "/v1/images/", "/v1/videos"];

/// A request on its way up.
struct Passing {
    model: Option<String>,
    body: Option<upstream::Upload>,
    /// What is wrong with the body, should that be found while it is sent.
    fault: Fault,
}

/// Who is to answer.
struct Provider {
    model: Model,
    /// The name the request gave is this model's.
    named: bool,
    /// The name it is to be asked under, where that is another than the request gave.
    rename: Option<String>,
}

/// Passes one request on.
pub async fn pass(State(shared): State<Shared>, request: Request) -> Response {
    match forward(&shared, request).await {
        Ok(response) => response,
        Err(rescue) => rescue.into_response(),
    }
}

async fn forward(shared: &Shared, request: Request) -> Result<Response, Rescue> {
    let (parts, body) = request.into_parts();
    refuse(&parts)?;
    let id = parts.extensions.get::<RequestId>().cloned();
    let id = id.unwrap_or_default().0;
    let passing = decode(shared, &parts, body).await?;
    let requested = passing.model.or_else(|| in_query(&parts));
    let Provider { model, named, .. } = provider(&shared.router, requested.as_deref());
    // What a GET tells of tokens was spent by another request.
    let counts = named && parts.method == Method::POST;
    let requested = requested.unwrap_or_default();
    let forwarding = Forwarding::open(shared, &id, &requested, model)
        .traced(trace::of(&parts.extensions))
        .counting(counts);
    let sent = forwarding.send(Forward {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body: passing.body,
        request_id: id.to_string(),
    });
    match sent.await {
        Ok((forwarding, forwarded)) => Ok(forwarding.pass(forwarded, &parts.method)),
        Err(failure) => match passing.fault.found() {
            Some(rescue) => Err(rescue),
            None => Ok(exchange::refusal(shared, &failure)),
        },
    }
}

/// Refuses what cannot be passed on.
fn refuse(parts: &Parts) -> Result<(), Rescue> {
    let Parts { method, uri, .. } = parts;
    // A TRACE would echo the key.
    if matches!(*method, Method::TRACE | Method::CONNECT) {
        let message = format!("{} does not take {method}", uri.path());
        return Err(Rescue::new(rescue::METHOD_NOT_ALLOWED, message));
    }
    if parts.headers.contains_key(UPGRADE) {
        let message = "connections that change their protocol, such as WebSockets, are not passed on; use plain HTTP";
        return Err(Rescue::new(rescue::INVALID_REQUEST, message));
    }
    Ok(())
}

async fn decode(shared: &Shared, parts: &Parts, body: Body) -> Result<Passing, Rescue> {
    let limits = &shared.router.loaded.config.limits;
    let length = body.size_hint().exact();
    if length.is_some_and(|length| length > limits.body_bytes as u64) {
        return Err(too_large(limits.body_bytes));
    }
    if body.is_end_stream() {
        return Ok(Passing {
            model: None,
            body: None,
            fault: Fault::default(),
        });
    }
    let content_type = text(&parts.headers, CONTENT_TYPE.as_str());
    if is_json(content_type) {
        let body = exchange::read(body, limits).await?;
        return Ok(json(&shared.router, body));
    }
    let upload = Upload::new(body, limits);
    let fault = upload.fault();
    let peeked = match FieldFinder::new("model", content_type) {
        Some(finder) => {
            let most = if NAME_A_MODEL
                .iter()
                .any(|path| parts.uri.path().starts_with(path))
            {
                limits.body_bytes
            } else {
                PEEK
            };
            peek(upload, finder, most)
                .await
                .ok_or_else(|| fault.found())
        }
        None => Ok(Peeked::unseen(upload)),
    };
    let peeked = match peeked {
        Ok(peeked) => peeked,
        Err(fault) => return Err(fault.unwrap_or_else(super::upload::broken_off)),
    };
    Ok(peeked.passing(&shared.router, length, fault))
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// A body of JSON, whole. One that cannot be read is the provider's to refuse.
fn json(router: &Router, body: Bytes) -> Passing {
    let object = JsonObject::decode(body.clone()).ok();
    let model = object.as_ref().and_then(|object| object.text("model"));
    let model = model.filter(|model| model.len() <= exchange::LONGEST_NAME);
    let renamed = provider(router, model.as_deref()).rename.and_then(|name| {
        let object = object.as_ref()?;
        object.rewritten(&[Edit::string("model", &name)]).ok()
    });
    Passing {
        model,
        body: Some(upstream::Upload::whole(renamed.unwrap_or(body))),
        fault: Fault::default(),
    }
}

/// The start of a body, and the rest to come.
struct Peeked {
    start: Bytes,
    model: Option<std::ops::Range<usize>>,
    rest: Upload,
}

/// Reads until the model is found, cannot be there, or was looked for long enough; `None` if the
/// body cannot be read.
async fn peek(mut upload: Upload, mut finder: FieldFinder, most: usize) -> Option<Peeked> {
    let mut start = BytesMut::new();
    let mut model = None;
    while start.len() < most {
        let Some(piece) = upload.next().await else {
            break;
        };
        start.extend_from_slice(&piece.ok()?);
        match finder.look(&start) {
            Found::NotYet => {}
            Found::Nowhere => break,
            Found::Here(range) => {
                model = Some(range);
                break;
            }
        }
    }
    Some(Peeked {
        start: start.freeze(),
        model,
        rest: upload,
    })
}

// === impl Peeked ===

impl Peeked {
    /// A body that names no model.
    fn unseen(rest: Upload) -> Self {
        Self {
            start: Bytes::new(),
            model: None,
            rest,
        }
    }

    fn passing(self, router: &Router, length: Option<u64>, fault: Fault) -> Passing {
        let Self { start, model, rest } = self;
        let named = model.and_then(|range| {
            let name = std::str::from_utf8(&start[range.clone()]).ok()?;
            (name.len() <= exchange::LONGEST_NAME).then(|| (range, name.to_owned()))
        });
        let mut sent = vec![start.clone()];
        let mut length = length;
        let mut model = None;
        if let Some((range, name)) = named {
            if let Some(new) = provider(router, Some(&name)).rename {
                let grown =
                    |length: u64| (length + new.len() as u64).checked_sub(range.len() as u64);
                length = length.and_then(grown);
                let (before, behind) = (start.slice(..range.start), start.slice(range.end..));
                sent = vec![before, Bytes::from(new), behind];
            }
            model = Some(name);
        }
        let sent = sent.into_iter().filter(|piece| !piece.is_empty()).map(Ok);
        let pieces: Pieces = Box::pin(stream::iter(sent).chain(rest));
        Passing {
            model,
            body: Some(upstream::Upload { pieces, length }),
            fault,
        }
    }
}

/// The provider of the model that a request names, if that is one of the policy's by its own name
/// or its provider's; else that of the llm.
fn provider(router: &Router, requested: Option<&str>) -> Provider {
    let known = requested.and_then(|name| router.provider(name));
    let named = known.is_some();
    let model = known.unwrap_or_else(|| router.llm()).clone();
    let upstream = &model.upstream.endpoint().model;
    // A name that a wildcard routes may be one of the provider's other models: `gpt-image-1`.
    let rename = requested.filter(|name| named && name != upstream);
    Provider {
        rename: rename.map(|_| upstream.clone()),
        named,
        model,
    }
}

fn in_query(parts: &Parts) -> Option<String> {
    let mut pairs = parts.uri.query()?.split('&');
    let model = pairs.find_map(|pair| pair.strip_prefix("model="))?;
    (model.len() <= exchange::LONGEST_NAME).then(|| model.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}
