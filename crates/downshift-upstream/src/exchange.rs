//! Hides one HTTP exchange: sending, waiting no longer than allowed, reading no more than allowed.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use downshift_wire::ReportedError;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::{Request, Response};
use tokio::time::{Instant, timeout_at};

use crate::address::{Address, redacted};
use crate::timeouts::shown;
use crate::{Error, ErrorKind, Secret, Timeouts, complaint, headers, retry_after};

/// How much of an error's body is kept.
pub(crate) const MAX_ERROR_BODY: usize = 64 * 1024;

/// How long an error's body is waited for: the status is what counts.
const ERROR_BODY_TIME: Duration = Duration::from_secs(5);

/// A call whose time ends sooner than a full one's by no more than this is a first try.
const FIRST_TRY: Duration = Duration::from_millis(50);

/// When a call has taken too long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadlines {
    started: Instant,
    timeouts: Timeouts,
    /// When all must be there, if that is sooner than the timeouts say.
    end: Option<Instant>,
}

/// A moment, and what it means to have missed it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) at: Instant,
    kind: ErrorKind,
    allowed: Duration,
    /// Whether `allowed` is what earlier tries have left of the time, not what the policy says.
    left: bool,
}

// === impl Deadlines ===

impl Deadlines {
    pub(crate) fn start(timeouts: &Timeouts) -> Self {
        Self {
            started: Instant::now(),
            timeouts: *timeouts,
            end: None,
        }
    }

    /// The same, and all must be there by `end`.
    pub(crate) fn by(self, end: Option<Instant>) -> Self {
        Self { end, ..self }
    }

    /// When the first event of a stream must be there; the end of the call, if that is sooner.
    pub(crate) fn first_token(&self) -> Limit {
        let allowed = self.timeouts.first_token;
        let first = Limit {
            at: self.started + allowed,
            kind: ErrorKind::FirstTokenTimeout,
            allowed,
            left: false,
        };
        if first.at <= self.total().at {
            first
        } else {
            self.total()
        }
    }

    /// When the next event must be there.
    pub(crate) fn next_token(&self) -> Limit {
        let allowed = self.timeouts.between_tokens;
        Limit {
            at: Instant::now() + allowed,
            kind: ErrorKind::BetweenTokensTimeout,
            allowed,
            left: false,
        }
    }

    /// When all must be there.
    pub(crate) fn total(&self) -> Limit {
        let total = self.timeouts.total;
        let full = self.started + total;
        let at = self.end.map_or(full, |end| end.min(full));
        // A first try ends a moment sooner: the time was taken when the request was made.
        let left = full - at > FIRST_TRY;
        let remaining = at.saturating_duration_since(self.started).as_millis();
        let remaining = Duration::from_millis(remaining.try_into().unwrap_or(u64::MAX));
        Limit {
            at,
            kind: ErrorKind::TotalTimeout,
            allowed: if left { remaining } else { total },
            left,
        }
    }
}

// === impl Limit ===

impl Limit {
    /// The error of having missed it.
    pub(crate) fn missed(&self, address: &Address) -> Error {
        let (origin, allowed) = (address.origin(), shown(self.allowed));
        let message = match self.kind {
            ErrorKind::FirstTokenTimeout => {
                format!("{origin} sent no first token within {allowed} (timeouts.first_token)")
            }
            ErrorKind::BetweenTokensTimeout => {
                format!(
                    "{origin} fell silent in mid-stream for {allowed} (timeouts.between_tokens)"
                )
            }
            _ if self.left => format!(
                "{origin} did not finish its reply within the {allowed} that earlier tries had left (timeouts.total, limits.request)"
            ),
            _ => format!("{origin} did not finish its reply within {allowed} (timeouts.total)"),
        };
        Error::new(self.kind, message)
    }
}

/// Sends a request and waits for the head of its answer.
pub(crate) async fn send(
    http: &reqwest::Client,
    request: Request,
    address: &Address,
    limit: Limit,
) -> Result<Response, Error> {
    match timeout_at(limit.at, http.execute(request)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(complaint::unsent(address, error)),
        Err(_) => Err(limit.missed(address)),
    }
}

/// The answer, if it is a success; else the error it is.
pub(crate) async fn accepted(
    response: Response,
    address: &Address,
    key: Option<&Secret>,
    limit: Limit,
) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return match foreign_encoding(response.headers()) {
            Some(encoding) => Err(complaint::bad(
                address,
                &format!("a reply packed with {encoding}, which was not asked for"),
            )),
            None => Ok(response),
        };
    }
    let kind = ErrorKind::Status(status.as_u16());
    let reply_headers = headers::inward(response.headers());
    let come_back = retry_after::read(response.headers());
    if let Some(target) = redirection(&response) {
        let message = format!(
            "{} redirects to {target}; redirects are not followed, so set base_url to where the server really is",
            address.origin()
        );
        return Err(Error::new(kind, message).with_answer(reply_headers, Bytes::new()));
    }
    let body = error_body(response, limit).await;
    let body = without_key(body, key);
    let message = format!(
        "{} answered {}",
        address.origin(),
        complaint::status_line(status, &body)
    );
    let reported = ReportedError::decode(&body);
    Err(Error::new(kind, message)
        .refused(reported.as_ref())
        .with_retry_after(come_back)
        .with_answer(reply_headers, body))
}

/// All of a reply's body.
pub(crate) async fn whole(
    response: Response,
    address: &Address,
    max_bytes: usize,
    limit: Limit,
) -> Result<Bytes, Error> {
    if let Some(kind) = foreign_type(response.headers(), "text/event-stream") {
        return Err(complaint::bad(
            address,
            &format!("{kind} where JSON was asked for"),
        ));
    }
    match timeout_at(limit.at, read(response, max_bytes)).await {
        Ok(Ok((body, true))) => checked(body, address),
        Ok(Ok((_, false))) => Err(complaint::too_large(address, max_bytes)),
        Ok(Err(error)) => Err(complaint::cut(address, error)),
        Err(_) => Err(limit.missed(address)),
    }
}

/// The start of a body that is not what was asked for, for finding out what it says.
pub(crate) async fn excerpt(response: Response, limit: Limit) -> Bytes {
    error_body(response, limit).await
}

fn checked(body: Bytes, address: &Address) -> Result<Bytes, Error> {
    match body.trim_ascii_start().first() {
        Some(b'<') => Err(complaint::bad(address, "HTML")),
        Some(_) => Ok(body),
        None => Err(complaint::bad(address, "nothing")),
    }
}

/// Reads until the end or `max_bytes`; whether the end was reached.
pub(crate) async fn read(
    mut response: Response,
    max_bytes: usize,
) -> Result<(Bytes, bool), reqwest::Error> {
    let announced = response
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > max_bytes) {
        return Ok((Bytes::new(), false));
    }
    // An announced length is room to make, not a promise: it is not reserved beyond 1 MiB.
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(1024 * 1024));
    while let Some(bytes) = response.chunk().await? {
        if bytes.len() > max_bytes - body.len() {
            return Ok((body.freeze(), false));
        }
        body.extend_from_slice(&bytes);
    }
    Ok((body.freeze(), true))
}

/// What can be had of an error's body; an error while reading it leaves what there is.
async fn error_body(mut response: Response, limit: Limit) -> Bytes {
    let deadline = limit.at.min(Instant::now() + ERROR_BODY_TIME);
    let mut body = BytesMut::new();
    while let Ok(Ok(Some(bytes))) = timeout_at(deadline, response.chunk()).await {
        let room = MAX_ERROR_BODY - body.len();
        body.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if bytes.len() >= room {
            break;
        }
    }
    body.freeze()
}

/// What an upstream said, without this key in it.
pub(crate) fn without_key(body: Bytes, key: Option<&Secret>) -> Bytes {
    let redacted = key.and_then(|key| key.redact(std::str::from_utf8(&body).ok()?));
    redacted.map_or(body, Bytes::from)
}

/// Where an answer redirects to, without credentials or query.
fn redirection(response: &Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = response.url().join(location).ok()?;
    Some(redacted(target.as_str()))
}

/// HTML, or what was not to be sent here, by its content type.
pub(crate) fn foreign_type(headers: &HeaderMap, unwanted: &str) -> Option<String> {
    let written = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let kind = written
        .split(';')
        .next()
        .unwrap_or(written)
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "text/html" => Some("HTML".to_owned()),
        kind if kind == unwanted => Some(kind.to_owned()),
        _ => None,
    }
}

pub(crate) fn foreign_encoding(headers: &HeaderMap) -> Option<String> {
    let encoding = headers
        .get(CONTENT_ENCODING)?
        .to_str()
        .unwrap_or("an unknown method");
    (!encoding.eq_ignore_ascii_case("identity")).then(|| complaint::quoted(encoding))
}
