//! Hides one model's endpoint behind one call: a request goes in, a reply or a typed error comes out.

use std::sync::Arc;

use downshift_wire::{ChatReply, ChatRequest, ReportedError};
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Response;
use tokio::time::Instant;

use crate::address::Address;
use crate::chunks::{self, Chunks};
use crate::dialect::Dialect;
use crate::exchange::{self, Deadlines};
use crate::headers::PLAIN;
use crate::{Api, Client, Error, ErrorKind, Secret, Timeouts, complaint, headers};

/// One model somewhere, and how to call it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name in the policy.
    pub name: Arc<str>,
    /// What it speaks.
    pub api: Api,
    /// The address its paths are appended to, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// The name the model is asked under.
    pub model: String,
    /// The key it wants.
    pub key: Option<Secret>,
    /// The variable that should hold the key and does not: every call then fails without I/O.
    pub missing_variable: Option<String>,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// Whether it can be asked for the usage of a stream; a few servers refuse the field.
    pub include_usage: bool,
    /// Whether it has OpenAI's legacy `/completions` beside its chats: prompts go there as they came.
    pub completions: bool,
    /// Whether the caller's `openai-organization` and `openai-project` go there; by default to
    /// OpenAI's own hosts only.
    pub account_headers: Option<bool>,
    /// The largest reply, in bytes; of a stream, all its events with their framing.
    pub max_reply_bytes: usize,
}

/// One model that can be called. Cloning gives another handle to it.
#[derive(Debug, Clone)]
pub struct Upstream {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    address: Address,
    key: Option<(HeaderName, HeaderValue)>,
    dialect: &'static dyn Dialect,
    http: reqwest::Client,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is asked.
    pub request: Arc<ChatRequest>,
    /// The caller's headers that may go upstream; credentials among them are dropped all the same.
    pub headers: HeaderMap,
    /// Sent as `x-request-id`, so that both sides' logs can be laid beside each other.
    pub request_id: String,
    /// When the reply must be complete, if that is sooner than the timeouts say.
    pub end: Option<Instant>,
}

/// What came back.
#[derive(Debug)]
pub enum Reply {
    /// A reply in one piece, because one was asked for.
    Whole(Whole),
    /// A reply as it comes, because that was asked for. Its first event has been seen.
    Stream(Streaming),
}

/// A reply in one piece.
#[derive(Debug)]
pub struct Whole {
    /// The status, a success.
    pub status: u16,
    /// The headers that may go to the caller: `openai-*`, `x-ratelimit-*`, `x-request-id`.
    pub headers: HeaderMap,
    /// The reply.
    pub reply: ChatReply,
}

/// A reply as it comes.
#[derive(Debug)]
pub struct Streaming {
    /// The headers that may go to the caller, as of a whole reply.
    pub headers: HeaderMap,
    /// The pieces.
    pub chunks: Chunks,
}

impl Default for Endpoint {
    /// An endpoint without an address, to be filled in.
    fn default() -> Self {
        Self {
            name: "".into(),
            api: Api::default(),
            base_url: String::new(),
            model: String::new(),
            key: None,
            missing_variable: None,
            timeouts: Timeouts::default(),
            include_usage: true,
            completions: false,
            account_headers: None,
            max_reply_bytes: 64 * 1024 * 1024,
        }
    }
}

// === impl Upstream ===

impl Upstream {
    /// Checks an endpoint. Nothing is sent yet.
    pub fn new(client: &Client, endpoint: Endpoint) -> Result<Self, Error> {
        let mut address = Address::parse(&endpoint.base_url)?;
        if endpoint.key.is_some() {
            address = address.without_credentials()?;
        }
        let dialect = endpoint.api.dialect();
        let key = endpoint
            .key
            .as_ref()
            .map(|key| key_header(dialect, key))
            .transpose()?;
        let http = client.pool(&address, endpoint.timeouts.connect)?;
        Ok(Self {
            shared: Arc::new(Shared {
                endpoint,
                address,
                key,
                dialect,
                http,
            }),
        })
    }

    /// Its name in the policy.
    pub fn name(&self) -> &Arc<str> {
        &self.shared.endpoint.name
    }

    /// Where it is: scheme, host and port, to show.
    pub fn origin(&self) -> String {
        self.shared.address.origin()
    }

    /// What it was made from.
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.endpoint
    }

    /// Calls the model. Dropping the call, or the stream it gives, closes the connection.
    pub async fn call(&self, call: Call) -> Result<Reply, Error> {
        let reply = self.exchange(call).await;
        reply.map_err(|error| error.without_key(self.shared.endpoint.key.as_ref()))
    }

    async fn exchange(&self, call: Call) -> Result<Reply, Error> {
        self.configured()?;
        let Shared {
            endpoint, address, ..
        } = &*self.shared;
        let deadlines = Deadlines::start(&endpoint.timeouts).by(call.end);
        let stream = call.request.stream;
        let dialect = endpoint.api.dialect_for(&call.request, endpoint);
        let (request, dropped) = self.request(&call, dialect)?;
        let limit = if stream {
            deadlines.first_token()
        } else {
            deadlines.total()
        };
        let response = exchange::send(&self.shared.http, request, address, limit).await?;
        let response =
            exchange::accepted(response, address, endpoint.key.as_ref(), deadlines.total()).await?;
        let mut reply_headers = headers::inward(response.headers());
        headers::note_dropped(&mut reply_headers, &dropped);
        let asked = (&*call.request, dialect);
        let read = self.read(response, reply_headers, asked, deadlines).await;
        read.map_err(Error::begun)
    }

    /// What a success replies.
    async fn read(
        &self,
        response: Response,
        headers: HeaderMap,
        (request, dialect): (&ChatRequest, &dyn Dialect),
        deadlines: Deadlines,
    ) -> Result<Reply, Error> {
        let Shared {
            endpoint, address, ..
        } = &*self.shared;
        if request.stream {
            let events = dialect.events(request);
            let opening = chunks::Opening {
                response,
                events,
                address,
                deadlines,
                unasked_usage: endpoint.include_usage && !request.include_usage,
            };
            let chunks = chunks::open(opening, endpoint).await?;
            return Ok(Reply::Stream(Streaming { headers, chunks }));
        }
        let status = response.status().as_u16();
        let body = exchange::whole(
            response,
            address,
            endpoint.max_reply_bytes,
            deadlines.total(),
        )
        .await?;
        let reply = dialect.decode(body.clone()).map_err(|error| {
            let reported = ReportedError::decode(&body);
            reported.map_or_else(
                || complaint::bad_reply(address, &error),
                |reported| complaint::reported(address, &reported),
            )
        })?;
        Ok(Reply::Whole(Whole {
            status,
            headers,
            reply,
        }))
    }

    /// Whether the key it wants is there.
    pub(crate) fn configured(&self) -> Result<(), Error> {
        let Some(variable) = &self.shared.endpoint.missing_variable else {
            return Ok(());
        };
        let message = format!(
            "{variable} is not set; it holds the key for {}",
            self.shared.address.origin()
        );
        Err(Error::new(ErrorKind::Unconfigured, message))
    }

    pub(crate) fn address(&self) -> &Address {
        &self.shared.address
    }

    /// The path that chats go to, behind the base URL.
    pub(crate) fn path(&self) -> &'static str {
        self.shared.dialect.path(&self.shared.endpoint.base_url)
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.shared.http
    }

    /// Takes the caller's account out of headers that go to somebody to whom it means nothing.
    pub(crate) fn keep_account(&self, headers: &mut HeaderMap) {
        let of_openai = || {
            let host = self.shared.address.host();
            host == "openai.com" || host.ends_with(".openai.com")
        };
        if !self
            .shared
            .endpoint
            .account_headers
            .unwrap_or_else(of_openai)
        {
            headers.remove("openai-organization");
            headers.remove("openai-project");
        }
    }

    /// The key, in its header.
    pub(crate) fn own_headers(&self) -> Option<(HeaderName, HeaderValue)> {
        self.shared.key.clone()
    }

    /// The request, and which of its fields had to be left out.
    fn request(
        &self,
        call: &Call,
        dialect: &dyn Dialect,
    ) -> Result<(reqwest::Request, Vec<String>), Error> {
        let Shared {
            endpoint,
            address,
            key,
            http,
            ..
        } = &*self.shared;
        let url = address.join(dialect.path(&endpoint.base_url));
        let unsendable = |error: &dyn std::fmt::Display| {
            Error::new(
                ErrorKind::Encode,
                format!("the request cannot be sent upstream: {error}"),
            )
        };
        let encoded = dialect
            .encode(&call.request, endpoint)
            .map_err(|error| Error::new(ErrorKind::Encode, error.message).about(error.param))?;
        let mut headers = headers::outward(&call.headers, |name| dialect.takes(name));
        for (name, value) in &encoded.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        self.keep_account(&mut headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accepted = if call.request.stream {
            "text/event-stream"
        } else {
            "application/json"
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accepted));
        headers.insert(ACCEPT_ENCODING, PLAIN);
        if let Ok(id) = HeaderValue::from_str(&call.request_id) {
            headers.insert(HeaderName::from_static("x-request-id"), id);
        }
        headers.extend(key.clone());
        let request = http.post(url).headers(headers).body(encoded.body).build();
        let request = request.map_err(|error| unsendable(&error.without_url()))?;
        Ok((request, encoded.dropped))
    }
}

fn key_header(dialect: &dyn Dialect, key: &Secret) -> Result<(HeaderName, HeaderValue), Error> {
    let (name, value) = dialect.key_header(key);
    // The error's source would name the value.
    let Ok(mut value) = HeaderValue::from_str(&value) else {
        let message = "the key holds a character that no HTTP header can hold, such as a line end; check its variable";
        return Err(Error::new(ErrorKind::Config, message));
    };
    value.set_sensitive(true);
    Ok((name, value))
}
