//! The real router, started in this process from a policy's text.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use downshift::config::Loaded;
use downshift::serve::Server;
use serde_json::Value;

use crate::client::Client;
use crate::metrics::Metrics;
use crate::policy::Policy;

/// A router that runs; stops when it is dropped.
#[derive(Debug)]
pub struct Router {
    server: Server,
    running: Arc<downshift::Router>,
    public: Client,
    admin: Client,
}

// === impl Router ===

impl Router {
    /// Starts on free ports.
    pub async fn start(policy: &Policy) -> Self {
        let started = Self::try_start(policy).await;
        started.unwrap_or_else(|error| panic!("the router does not start: {error}"))
    }

    /// Starts on free ports, or says why not.
    pub async fn try_start(policy: &Policy) -> Result<Self, String> {
        Self::try_start_on(policy, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Listens for clients on `address`, or says why not.
    pub async fn try_start_on(policy: &Policy, address: SocketAddr) -> Result<Self, String> {
        let loaded = Loaded::parse(
            "router.yaml",
            policy.render(address),
            Some(policy.folder().to_owned()),
        );
        let loaded = loaded.map_err(|error| chain(&error))?;
        let router = downshift::router::Router::build(loaded).map_err(|error| chain(&error))?;
        let server = Server::start(router.clone()).await;
        let server = server.map_err(|error| chain(&error))?;
        let public = Client::new(server.public_addr());
        let admin = Client::new(server.admin_addr());
        Ok(Self {
            server,
            running: router,
            public,
            admin,
        })
    }

    /// A client of the public port.
    pub fn client(&self) -> &Client {
        &self.public
    }

    /// A client of the admin port.
    pub fn admin(&self) -> &Client {
        &self.admin
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.public.address()
    }

    /// What Prometheus would read now.
    pub async fn metrics(&self) -> Metrics {
        let scrape = self.admin.get("/metrics").await.expect(200).await;
        Metrics::parse(&scrape.text().await)
    }

    /// The ledger entry of a request, once it is closed.
    pub async fn entry(&self, id: &str) -> Value {
        for _ in 0..400 {
            let response = self.admin.get(&format!("/requests/{id}")).await;
            if response.status == 200 {
                return response.json().await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no ledger entry for {id}")
    }

    /// Stops as SIGTERM would; what Prometheus would read at the very end.
    pub async fn shutdown(self) -> Metrics {
        self.server.shutdown().await;
        let page = self.running.metrics.encode().expect("metrics can be read");
        Metrics::parse(std::str::from_utf8(&page).expect("metrics are text"))
    }
}

/// An error as the command line prints it: each cause behind a colon.
fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
