//! Hides how a fact is fetched: one GET of one host, bounded in time and size, without redirects.
//!
//! The host is fixed when the [`Fetcher`] is made; a call names a path and a query, and nothing
//! of the caller's request is sent along.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, StatusCode};
use tokio::time::timeout;

use crate::address::Address;
use crate::timeouts::shown;
use crate::{Client, Error, ErrorKind, Secret, Timeouts, complaint, exchange};

/// Connecting may take as long as a slow fetch as a whole, whose own limit comes first.
const SLOW_CONNECT: Duration = Duration::from_mins(1);

/// A host, and how it is asked.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// Scheme, host and port, such as `https://orders.example.com`.
    pub origin: String,
    /// Sent as `authorization: Bearer …`.
    pub key: Option<Secret>,
    /// The variable that should hold the key and does not: every fetch then fails without I/O.
    pub missing_variable: Option<String>,
    /// For the whole exchange, connecting included.
    pub timeout: Duration,
    /// The largest reply, in bytes.
    pub max_bytes: usize,
}

/// One host that can be asked for facts in JSON. Cloning gives another handle to it.
#[derive(Debug, Clone)]
pub struct Fetcher {
    config: FetchConfig,
    address: Address,
    authorization: Option<HeaderValue>,
    http: reqwest::Client,
}

// === impl Fetcher ===

impl Fetcher {
    /// Checks a host. Nothing is sent yet.
    pub fn new(client: &Client, config: FetchConfig) -> Result<Self, Error> {
        let address = Address::of_host(&config.origin)?;
        let authorization = config.key.as_ref().map(bearer).transpose()?;
        let usual = Timeouts::default().connect;
        let connect = if config.timeout < usual {
            usual
        } else {
            SLOW_CONNECT
        };
        let http = client.pool(&address, connect)?;
        Ok(Self {
            config,
            address,
            authorization,
            http,
        })
    }

    /// Scheme, host and port, to show.
    pub fn origin(&self) -> String {
        self.address.origin()
    }

    /// The body of a 200 at a path and query, both percent-encoded. Dropping the call closes the
    /// connection.
    pub async fn fetch(&self, path: &str, query: Option<&str>) -> Result<Bytes, Error> {
        if let Some(variable) = &self.config.missing_variable {
            let message = format!(
                "{variable} is not set; it holds the key for {}",
                self.origin()
            );
            return Err(Error::new(ErrorKind::Unconfigured, message));
        }
        let exchange = timeout(self.config.timeout, self.exchange(path, query));
        let fetched = exchange.await.unwrap_or_else(|_| {
            let allowed = shown(self.config.timeout);
            let message = format!("{} did not reply within {allowed}", self.origin());
            Err(Error::new(ErrorKind::TotalTimeout, message))
        });
        fetched.map_err(|error| error.without_key(self.config.key.as_ref()))
    }

    async fn exchange(&self, path: &str, query: Option<&str>) -> Result<Bytes, Error> {
        let unsendable = || {
            let message = "the address of the fetch is not one that can be asked";
            Error::new(ErrorKind::Encode, message)
        };
        let url = self.address.at(path, query).ok_or_else(unsendable)?;
        let mut request = self
            .http
            .get(url)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let request = request.build().map_err(|_| unsendable())?;
        let response = self.http.execute(request).await;
        let response = response.map_err(|error| complaint::unsent(&self.address, error))?;
        self.accepted(&response)?;
        let body = exchange::read(response, self.config.max_bytes).await;
        match body.map_err(|error| complaint::cut(&self.address, error))? {
            (body, true) => Ok(body),
            (_, false) => Err(complaint::too_large(&self.address, self.config.max_bytes)),
        }
    }

    /// Whether an answer's head promises a body of JSON.
    fn accepted(&self, response: &reqwest::Response) -> Result<(), Error> {
        let (origin, status) = (self.origin(), response.status());
        if status.is_redirection() {
            let message = format!("{origin} redirects ({status}); redirects are not followed");
            return Err(Error::new(ErrorKind::Status(status.as_u16()), message));
        }
        if status != StatusCode::OK {
            let message = format!("{origin} answered {}", complaint::status_line(status, &[]));
            return Err(Error::new(ErrorKind::Status(status.as_u16()), message));
        }
        let foreign = exchange::foreign_type(response.headers(), "text/event-stream")
            .or_else(|| exchange::foreign_encoding(response.headers()));
        foreign.map_or(Ok(()), |foreign| {
            let message = format!("{origin} answered with {foreign} where JSON was asked for");
            Err(Error::new(ErrorKind::BadReply, message))
        })
    }
}

fn bearer(key: &Secret) -> Result<HeaderValue, Error> {
    let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", key.expose())) else {
        let message = "the key holds a character that no HTTP header can hold, such as a line end; check its variable";
        return Err(Error::new(ErrorKind::Config, message));
    };
    value.set_sensitive(true);
    Ok(value)
}
