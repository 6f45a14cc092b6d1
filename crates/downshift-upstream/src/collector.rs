//! Hides how telemetry is handed over: one address that bytes are posted to, bounded in time and size.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::timeout;

use crate::address::{Address, redacted};
use crate::timeouts::shown;
use crate::{Client, Error, ErrorKind, Secret, complaint, exchange, retry_after};

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where telemetry goes.
#[derive(Debug, Clone)]
pub struct CollectorConfig {
    /// The whole address, such as `http://127.0.0.1:4318/v1/traces`.
    pub url: String,
    /// Headers that go along; their values may be keys.
    pub headers: Vec<(String, Secret)>,
    /// What the body is, such as `application/x-protobuf`.
    pub content_type: &'static str,
    /// For one exchange, connecting included.
    pub timeout: Duration,
}

/// One address that bytes are posted to.
#[derive(Debug, Clone)]
pub struct Collector {
    address: Address,
    headers: HeaderMap,
    timeout: Duration,
    http: reqwest::Client,
}

// === impl Collector ===

impl Collector {
    /// Checks an address and its headers. Nothing is sent yet.
    pub fn new(client: &Client, config: &CollectorConfig) -> Result<Self, Error> {
        let refused = |_| {
            let shown = redacted(&config.url);
            let message = format!(
                "`{shown}` is no address of a collector; write one such as http://127.0.0.1:4318"
            );
            Error::new(ErrorKind::Config, message)
        };
        let address = Address::parse(&config.url).map_err(refused)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(config.content_type));
        for (name, value) in &config.headers {
            let unusable = || {
                Error::new(
                    ErrorKind::Config,
                    format!("`{name}` cannot be sent as a header"),
                )
            };
            let header: HeaderName = name.parse().map_err(|_| unusable())?;
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| unusable())?;
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        let http = client.pool(&address, config.timeout)?;
        Ok(Self {
            address,
            headers,
            timeout: config.timeout,
            http,
        })
    }

    /// Scheme, host and port, to show.
    pub fn origin(&self) -> String {
        self.address.origin()
    }

    /// Posts a body; gives the body of a success.
    pub async fn post(&self, body: Bytes) -> Result<Bytes, Error> {
        let exchange = timeout(self.timeout, self.exchange(body));
        exchange.await.unwrap_or_else(|_| {
            let allowed = shown(self.timeout);
            let message = format!("{} did not reply within {allowed}", self.origin());
            Err(Error::new(ErrorKind::TotalTimeout, message))
        })
    }

    async fn exchange(&self, body: Bytes) -> Result<Bytes, Error> {
        let request = self.http.post(self.address.join(""));
        let request = request.headers(self.headers.clone()).body(body);
        let response = request.send().await;
        let response = response.map_err(|error| complaint::unsent(&self.address, error))?;
        let (status, pause) = (response.status(), retry_after::read(response.headers()));
        if !status.is_success() {
            let says = complaint::status_line(status, &[]);
            let message = format!("{} answered {says}", self.origin());
            let error = Error::new(ErrorKind::Status(status.as_u16()), message);
            return Err(error.with_retry_after(pause));
        }
        let body = exchange::read(response, LONGEST_ANSWER).await;
        let (body, _) = body.map_err(|error| complaint::cut(&self.address, error))?;
        Ok(body)
    }
}
