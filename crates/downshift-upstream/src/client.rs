//! Hides the HTTP client: TLS, connection pools, proxies, and that no redirect is followed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig as TlsConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::address::Address;
use crate::{Error, ErrorKind};

/// How upstreams are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientConfig {
    /// The `user-agent` upstreams see.
    pub user_agent: String,
    /// How long an unused connection is kept.
    pub pool_idle: Duration,
    /// Whether `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are heeded; this machine is
    /// reached without a proxy in any case.
    pub system_proxy: bool,
}

/// The one HTTP client of a process. Cloning gives another handle to it.
///
/// A connection's time limit belongs to the pool it is made for, so there is one pool per
/// limit in use: mostly one, and one more for servers on this machine.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: ClientConfig,
    tls: TlsConfig,
    pools: Mutex<HashMap<Pool, reqwest::Client>>,
}

/// What all connections of a pool have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Pool {
    connect: Duration,
    loopback: bool,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            user_agent: concat!("downshift/", env!("CARGO_PKG_VERSION")).to_owned(),
            pool_idle: Duration::from_mins(1),
            system_proxy: true,
        }
    }
}

// === impl Client ===

impl Client {
    /// Builds the client. A machine without certificate authorities gets one that reaches
    /// `http://` only; an `https://` call then fails and says so.
    pub fn new(config: &ClientConfig) -> Result<Self, Error> {
        let client = Self {
            shared: Arc::new(Shared {
                config: config.clone(),
                tls: tls()?,
                pools: Mutex::default(),
            }),
        };
        // What cannot work is found out now, not in the first call.
        client.shared.build(Pool {
            connect: Duration::from_secs(5),
            loopback: false,
        })?;
        Ok(client)
    }

    /// The pool for an address, with this limit on connecting.
    pub(crate) fn pool(
        &self,
        address: &Address,
        connect: Duration,
    ) -> Result<reqwest::Client, Error> {
        let pool = Pool {
            connect,
            loopback: address.is_loopback(),
        };
        let mut pools = self
            .shared
            .pools
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = pools.get(&pool) {
            return Ok(client.clone());
        }
        let client = self.shared.build(pool)?;
        pools.insert(pool, client.clone());
        Ok(client)
    }
}

// === impl Shared ===

impl Shared {
    fn build(&self, pool: Pool) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(&self.config.user_agent)
            // A key must not follow to another host.
            .redirect(Policy::none())
            .referer(false)
            .tls_backend_preconfigured(self.tls.clone())
            .connect_timeout(pool.connect)
            .pool_idle_timeout(self.config.pool_idle)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30));
        if pool.loopback || !self.config.system_proxy {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| {
            Error::new(
                ErrorKind::Config,
                format!("the HTTP client cannot be built: {error}"),
            )
            .with_source(error)
        })
    }
}

/// TLS by rustls on ring, trusting what the platform trusts.
fn tls() -> Result<TlsConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = TlsConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            Error::new(ErrorKind::Config, format!("TLS cannot be set up: {error}"))
                .with_source(error)
        })?;
    let mut tls = match verifier(provider) {
        Some(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        None => builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
    };
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

fn verifier(provider: Arc<CryptoProvider>) -> Option<Verifier> {
    match Verifier::new(provider) {
        Ok(verifier) => Some(verifier),
        Err(error) => {
            tracing::warn!(%error, "this machine has no certificate authorities: https:// upstreams cannot be reached");
            None
        }
    }
}
