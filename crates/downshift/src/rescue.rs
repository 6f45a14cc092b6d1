//! The one place where a failure becomes an HTTP status, a code and a body.
//!
//! [`CODES`] is the table; an error of the upstream's own that is the caller's
//! to mend passes through as it came.

use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use downshift_ledger::{Rung, Step, Trail};
use downshift_upstream::{self as upstream, ErrorKind};
use downshift_wire::{ErrorBody, ReportedError, anthropic};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::ladder;
use crate::rungs::account::Failure;

/// Tells the official SDKs whether to try again by themselves.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// An error code: its status, OpenAI's `type`, and whether the same request may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// As it stands in the body's `code`.
    pub name: &'static str,
    /// The HTTP status.
    pub status: StatusCode,
    /// The body's `type`.
    pub kind: &'static str,
    /// Whether trying again may help.
    pub retryable: bool,
}

const INVALID: &str = "invalid_request_error";
const SERVER: &str = "server_error";

macro_rules! codes {
    ($($constant:ident: $name:literal, $status:ident, $kind:ident, $retryable:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: Code = Code {
                name: $name,
                status: StatusCode::$status,
                kind: $kind,
                retryable: $retryable,
            };
        )+

        /// Every code there is.
        pub const CODES: &[Code] = &[$($constant),+];
    };
}

codes! {
    INVALID_REQUEST: "invalid_request", BAD_REQUEST, INVALID, false;
    INVALID_HEADER: "invalid_header", BAD_REQUEST, INVALID, false;
    NOT_FOUND: "not_found", NOT_FOUND, INVALID, false;
    MODEL_NOT_FOUND: "model_not_found", NOT_FOUND, INVALID, false;
    METHOD_NOT_ALLOWED: "method_not_allowed", METHOD_NOT_ALLOWED, INVALID, false;
    REQUEST_TIMEOUT: "request_timeout", REQUEST_TIMEOUT, INVALID, true;
    REQUEST_TOO_LARGE: "request_too_large", PAYLOAD_TOO_LARGE, INVALID, false;
    RUNG_DECLINED: "rung_declined", UNPROCESSABLE_ENTITY, INVALID, false;
    INTERNAL: "internal_error", INTERNAL_SERVER_ERROR, SERVER, true;
    BAD_UPSTREAM_REPLY: "bad_upstream_reply", BAD_GATEWAY, SERVER, true;
    UPSTREAM_REFUSED_KEY: "upstream_refused_key", BAD_GATEWAY, SERVER, false;
    UPSTREAM_ERROR: "upstream_error", BAD_GATEWAY, SERVER, true;
    STORE_UNAVAILABLE: "store_unavailable", SERVICE_UNAVAILABLE, SERVER, true;
    MODEL_NOT_CONFIGURED: "model_not_configured", SERVICE_UNAVAILABLE, SERVER, false;
    MODEL_UNREACHABLE: "model_unreachable", SERVICE_UNAVAILABLE, SERVER, true;
    MODEL_RESTING: "model_resting", SERVICE_UNAVAILABLE, SERVER, true;
    MODEL_PAUSED: "model_paused", TOO_MANY_REQUESTS, SERVER, true;
    UPSTREAM_TIMEOUT: "upstream_timeout", GATEWAY_TIMEOUT, SERVER, true;
}

/// Marks the response to a request that was refused before it had an entry in the ledger, by the
/// name of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

/// A refusal in the caller's own dialect.
#[derive(Debug, Clone)]
pub struct Rescue {
    code: Code,
    status: StatusCode,
    message: String,
    param: Option<String>,
    /// The request has an entry in the ledger.
    booked: bool,
    upstream: Option<Box<UpstreamAnswer>>,
}

/// What an upstream said of its failure that the caller should hear.
#[derive(Debug, Clone)]
struct UpstreamAnswer {
    /// Those that clients act on: `retry-after`, `x-should-retry`, rate limits.
    headers: HeaderMap,
    /// Its own error body, as it came.
    body: Option<Bytes>,
}

// === impl Rescue ===

impl Rescue {
    /// A refusal with one of our codes.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            status: code.status,
            message,
            param: None,
            booked: false,
            upstream: None,
        }
    }

    /// The same refusal, naming the part of the request that is at fault.
    #[must_use]
    pub fn about(self, param: &str) -> Self {
        Self {
            param: Some(param.to_owned()),
            ..self
        }
    }

    /// A body that could not be decoded.
    pub fn invalid(error: &downshift_wire::Error) -> Self {
        let rescue = Self::new(INVALID_REQUEST, error.to_string());
        Self {
            param: error.param.clone(),
            ..rescue
        }
    }

    /// A path that cannot be read.
    pub fn path(error: &PathRejection) -> Self {
        let message = format!("the path cannot be read: {}", error.body_text());
        Self::new(INVALID_REQUEST, message)
    }

    /// A request that climbed the ladder and found no reply.
    pub fn failure(failure: &Failure, explain: impl Fn(&str, &upstream::Error) -> String) -> Self {
        let trail = &failure.entry.trail;
        let rescue = match &failure.error {
            ladder::Error::Internal => Self::new(
                INTERNAL,
                "a part of the router failed; the request was not answered",
            ),
            ladder::Error::Declined(rung) => Self::new(RUNG_DECLINED, declined(*rung, trail)),
            ladder::Error::Upstream { model, source, .. } => {
                let told = format!("{}{}", explain(model, source), before_it(trail));
                Self::upstream(model, source, told)
            }
        };
        Self {
            booked: true,
            ..rescue
        }
    }

    fn upstream(model: &str, error: &upstream::Error, told: String) -> Self {
        let code = match error.kind {
            ErrorKind::Unconfigured | ErrorKind::Config | ErrorKind::Status(404 | 405) => {
                MODEL_NOT_CONFIGURED
            }
            ErrorKind::Status(401 | 403) => UPSTREAM_REFUSED_KEY,
            ErrorKind::Encode => INVALID_REQUEST,
            ErrorKind::Connect | ErrorKind::ConnectTimeout => MODEL_UNREACHABLE,
            ErrorKind::FirstTokenTimeout
            | ErrorKind::BetweenTokensTimeout
            | ErrorKind::TotalTimeout => UPSTREAM_TIMEOUT,
            ErrorKind::Status(_) | ErrorKind::UpstreamError => UPSTREAM_ERROR,
            ErrorKind::CircuitOpen => MODEL_RESTING,
            ErrorKind::Paused => MODEL_PAUSED,
            ErrorKind::BadReply | ErrorKind::Cut | ErrorKind::TooLarge => BAD_UPSTREAM_REPLY,
        };
        let code = Code {
            retryable: code.retryable && error.may_retry(),
            ..code
        };
        let mut rescue = Self::new(code, told);
        if error.kind == ErrorKind::Encode {
            rescue.message = error.to_string();
            rescue.param = error.param().map(str::to_owned);
        }
        if code.name == UPSTREAM_REFUSED_KEY.name {
            rescue.message = format!(
                "the model `{model}` refused the router's own key; check the variable that its `key` names"
            );
        } else if [UPSTREAM_ERROR, MODEL_PAUSED, MODEL_RESTING]
            .iter()
            .any(|relayed| relayed.name == code.name)
        {
            rescue.relay(error);
        }
        rescue
    }

    /// Passes on what an upstream said of a failure that is not the operator's: its status, its
    /// error in a body with all four keys, and the headers that clients act on.
    fn relay(&mut self, error: &upstream::Error) {
        if let Some(status) = error
            .status()
            .and_then(|status| StatusCode::from_u16(status).ok())
            && !status.is_redirection()
        {
            self.status = status;
            if status.is_client_error() {
                self.code.kind = INVALID;
            }
        }
        let reported = error.body().and_then(|body| ReportedError::decode(body));
        self.upstream = Some(Box::new(UpstreamAnswer {
            headers: error.headers().cloned().unwrap_or_default(),
            body: error.body().cloned(),
        }));
        if let Some(reported) = reported {
            self.message = reported.message;
        }
    }

    /// The error as the caller reads it.
    pub fn body(&self) -> Bytes {
        match self.upstreams(is_chat_error) {
            Some(body) => body,
            None => Bytes::from(self.error_body().to_json()),
        }
    }

    /// The error as a caller of Anthropic's API reads it; `id` is the request's.
    pub fn anthropic_body(&self, id: &str) -> Bytes {
        match self.upstreams(anthropic::is_error) {
            Some(body) => body,
            None => anthropic::encode_error(&self.error_body(), self.status.as_u16(), Some(id)),
        }
    }

    /// The upstream's own body, if it is an error in the caller's API.
    fn upstreams(&self, is_error: impl Fn(&[u8]) -> bool) -> Option<Bytes> {
        let body = self.upstream.as_ref()?.body.as_ref()?;
        is_error(body).then(|| body.clone())
    }

    /// The error in the router's own words, for an event in mid-stream.
    pub fn error_body(&self) -> ErrorBody {
        ErrorBody {
            message: self.message.clone(),
            kind: self.code.kind,
            param: self.param.clone(),
            code: Some(self.code.name.to_owned()),
        }
    }

    /// The status it is sent with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, in a sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for Rescue {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body().into());
        if !self.booked {
            response.extensions_mut().insert(Refused(self.code.name));
        }
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !self.code.retryable {
            headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
        }
        if let Some(answer) = &self.upstream {
            headers.extend(answer.headers.clone());
        }
        // For the layer that knows which API the caller speaks.
        response.extensions_mut().insert(self);
        response
    }
}

/// Whether an upstream's body is an error in OpenAI's shape with all its keys, fit to be passed on as it is.
/// It has no type: the events of OpenAI's responses have one, and hold an error of the same shape.
pub(crate) fn is_chat_error(body: &[u8]) -> bool {
    let parsed: Result<serde_json::Value, _> = serde_json::from_slice(body);
    let keys = ["message", "type", "param", "code"];
    parsed.is_ok_and(|value| {
        let error = value.get("error").and_then(serde_json::Value::as_object);
        value.get("type").is_none()
            && error.is_some_and(|error| keys.iter().all(|key| error.contains_key(*key)))
    })
}

fn declined(rung: Rung, trail: &Trail) -> String {
    let reason = last(trail, rung).map_or_else(String::new, |step| {
        format!(": {}", step.reason.describe().trim_end_matches('.'))
    });
    format!(
        "the `{}` rung was asked for by x-downshift-rung and passed on{reason}",
        rung.label()
    )
}

/// What was tried before the rung that failed, so that the caller sees every missing server at once.
fn before_it(trail: &Trail) -> String {
    let step = last(trail, Rung::Specialist).and_then(|step| step.detail.as_deref());
    step.map_or_else(String::new, |detail| format!(". Before it, {detail}"))
}

fn last(trail: &Trail, rung: Rung) -> Option<&Step> {
    trail.steps().iter().rev().find(|step| step.rung == rung)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_a_response_is_no_error_of_a_chat() {
        let error = r#""error":{"message":"m","type":"t","param":null,"code":null}"#;
        assert!(is_chat_error(format!("{{{error}}}").as_bytes()));
        let event = format!(r#"{{"type":"error",{error},"sequence_number":1}}"#);
        assert!(!is_chat_error(event.as_bytes()));
    }
}
