//! Hides how a request that is no chat is passed on: as it came, to a model's server, with the
//! router's key in place of the caller's, and the answer back as it comes.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use reqwest::{Response, Url};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::address::Address;
use crate::exchange::{self, Deadlines, Limit};
use crate::headers::PLAIN;
use crate::leash::Leash;
use crate::upstream::Upstream;
use crate::{Error, ErrorKind, Secret, complaint, headers};

/// What the paths of the API begin with.
const VERSION: &str = "/v1";

/// How much of a refusal is looked through for the router's key before it is passed back.
const MAX_REFUSAL: usize = 64 * 1024;

/// A body on its way, in pieces.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send>>;

/// Why a caller's body could not be read.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A request as its caller sent it.
pub struct Forward {
    /// The method.
    pub method: Method,
    /// The path, percent-encoded: `/v1/audio/speech`.
    pub path: String,
    /// The query, percent-encoded.
    pub query: Option<String>,
    /// The caller's headers; what belongs to one hop, to us, or to the caller alone stays here.
    pub headers: HeaderMap,
    /// The body; `None` if there is none.
    pub body: Option<Upload>,
    /// Sent as `x-request-id` unless the caller has its own.
    pub request_id: String,
}

/// A body that goes up as it comes.
pub struct Upload {
    /// Its pieces; an error ends the request.
    pub pieces: Pieces,
    /// How long it is, where that is known.
    pub length: Option<u64>,
}

/// An answer as the server sends it, whatever its status.
#[derive(Debug)]
pub struct Forwarded {
    /// The status.
    pub status: StatusCode,
    /// Its headers, without what belongs to one hop or to the server's own host.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Download,
}

/// A body that comes down as it is sent. Dropping it closes the upstream's connection.
///
/// A break-off gives an error as the last item.
pub struct Download {
    /// Not there once the body has ended.
    pieces: Option<Leash<Incoming>>,
    /// Read already, to look through it.
    first: Option<Bytes>,
    address: Address,
    deadlines: Deadlines,
    waiting: Limit,
    alarm: Pin<Box<Sleep>>,
}

type Incoming = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

impl Upstream {
    /// Passes a request on. An answer of any status is an answer: redirects are neither followed
    /// nor hidden. Dropping the call, or the body it gives, closes the connection.
    pub async fn forward(&self, forward: Forward) -> Result<Forwarded, Error> {
        self.configured()?;
        let endpoint = self.endpoint();
        let deadlines = Deadlines::start(&endpoint.timeouts);
        let address = self.address();
        let request = self.forwarding(forward)?;
        let sent = exchange::send(self.http(), request, address, deadlines.total()).await;
        let response = sent.map_err(|error| error.without_key(endpoint.key.as_ref()))?;
        Ok(forwarded(response, address, deadlines, endpoint.key.as_ref()).await)
    }

    fn forwarding(&self, forward: Forward) -> Result<reqwest::Request, Error> {
        let url = self.target(&forward)?;
        let mut headers = headers::forwarded(&forward.headers);
        headers.insert(ACCEPT_ENCODING, PLAIN);
        self.keep_account(&mut headers);
        if let Some(length) = forward.body.as_ref().and_then(|body| body.length) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let id = HeaderName::from_static("x-request-id");
        if let (false, Ok(value)) = (
            headers.contains_key(&id),
            HeaderValue::from_str(&forward.request_id),
        ) {
            headers.insert(id, value);
        }
        headers.extend(self.own_headers());
        let mut request = self.http().request(forward.method, url).headers(headers);
        if let Some(body) = forward.body {
            request = request.body(reqwest::Body::wrap_stream(body.pieces));
        }
        request.build().map_err(|error| {
            let message = format!(
                "the request cannot be sent upstream: {}",
                error.without_url()
            );
            Error::new(ErrorKind::Encode, message)
        })
    }

    /// Where a request goes; a path that would lead elsewhere than it says goes nowhere. Base URLs
    /// hold the `/v1`, except of servers whose dialect adds it.
    fn target(&self, forward: &Forward) -> Result<Url, Error> {
        let path = forward.path.strip_prefix(VERSION);
        let path = path.filter(|_| !self.path().starts_with(VERSION));
        let path = path.unwrap_or(&forward.path);
        let url = self.address().below(path, forward.query.as_deref());
        url.ok_or_else(|| {
            let message =
                "the path or its query cannot be passed on as it is written; percent-encode it, and write it without `.` and `..`";
            Error::new(ErrorKind::Encode, message)
        })
    }
}

async fn forwarded(
    response: Response,
    address: &Address,
    deadlines: Deadlines,
    key: Option<&Secret>,
) -> Forwarded {
    let status = response.status();
    let mut headers = headers::returned(response.headers());
    let waiting = deadlines.next_token();
    let mut pieces: Incoming = Box::pin(response.bytes_stream());
    let refused = status.is_client_error() || status.is_server_error();
    let first = match key.filter(|_| refused) {
        Some(key) => Some(redacted(&mut pieces, key, waiting, &mut headers).await),
        None => None,
    };
    let body = Download {
        pieces: Some(Leash::new(pieces, deadlines.total().at)),
        first,
        address: address.clone(),
        deadlines,
        waiting,
        alarm: Box::pin(sleep_until(waiting.at)),
    };
    Forwarded {
        status,
        headers,
        body,
    }
}

/// Reads the start of a refusal, and takes our key out of it should the server have echoed it.
async fn redacted(
    pieces: &mut Incoming,
    key: &Secret,
    waiting: Limit,
    headers: &mut HeaderMap,
) -> Bytes {
    let mut start = BytesMut::new();
    while start.len() < MAX_REFUSAL {
        match timeout_at(waiting.at, pieces.next()).await {
            Ok(Some(Ok(piece))) => start.extend_from_slice(&piece),
            // What went wrong is found again when the rest is read.
            _ => break,
        }
    }
    let redacted = std::str::from_utf8(&start)
        .ok()
        .and_then(|text| key.redact(text));
    match redacted {
        Some(text) => {
            headers.remove(CONTENT_LENGTH);
            Bytes::from(text)
        }
        None => start.freeze(),
    }
}

// === impl Forward ===

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forward")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

// === impl Upload ===

impl Upload {
    /// A body that is there as a whole.
    pub fn whole(body: Bytes) -> Self {
        Self {
            length: Some(body.len() as u64),
            pieces: Box::pin(stream::iter([Ok(body)])),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

// === impl Download ===

impl Download {
    /// All of it, or an error if that is more than `max_bytes`.
    pub async fn whole(mut self, max_bytes: usize) -> Result<Bytes, Error> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if piece.len() > max_bytes - body.len() {
                return Err(complaint::too_large(&self.address, max_bytes));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }

    fn end(&mut self, error: Option<Error>) -> Poll<Option<Result<Bytes, Error>>> {
        self.pieces = None;
        Poll::Ready(error.map(Err))
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(first) = this.first.take().filter(|first| !first.is_empty()) {
            return Poll::Ready(Some(Ok(first)));
        }
        let Some(pieces) = &this.pieces else {
            return Poll::Ready(None);
        };
        let total = this.deadlines.total();
        if Instant::now() >= total.at {
            let missed = total.missed(&this.address);
            return this.end(Some(missed));
        }
        let Some(polled) = pieces.with(|pieces| pieces.as_mut().poll_next(cx)) else {
            let missed = total.missed(&this.address);
            return this.end(Some(missed));
        };
        match polled {
            Poll::Ready(Some(Ok(piece))) => {
                let next = this.deadlines.next_token();
                this.waiting = if next.at < total.at { next } else { total };
                this.alarm.as_mut().reset(this.waiting.at);
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(Some(Err(error))) => {
                let cut = complaint::cut(&this.address, error);
                this.end(Some(cut))
            }
            Poll::Ready(None) => this.end(None),
            Poll::Pending => {
                ready!(this.alarm.as_mut().poll(cx));
                let missed = this.waiting.missed(&this.address);
                this.end(Some(missed))
            }
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").finish_non_exhaustive()
    }
}
