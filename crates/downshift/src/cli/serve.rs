//! `downshift serve`.

use std::net::SocketAddr;

use clap::Args;

use super::PolicyArgs;
use crate::Router;
use crate::log;
use crate::serve::Server;

/// Serve the policy until SIGTERM or ctrl-c.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Where clients connect, in place of the policy's `listen`.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where operators connect, in place of the policy's `admin`.
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin: Option<SocketAddr>,
    /// How the log is written, in place of the policy's `log.format`.
    #[arg(long, value_name = "FORMAT", env = "DOWNSHIFT_LOG_FORMAT")]
    log_format: Option<log::Format>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut loaded = self.policy.load()?;
        log::init("info", self.log_format.unwrap_or(loaded.config.log.format))?;
        loaded.config.listen = self.listen.unwrap_or(loaded.config.listen);
        loaded.config.admin = self.admin.unwrap_or(loaded.config.admin);
        super::runtime()?.block_on(async {
            let router = Router::begin(loaded)?;
            if let Some(store) = &router.store {
                tracing::info!(store = %store.address(), "the ledger is kept");
            }
            let server = Server::start(router).await?;
            tracing::info!(
                listen = %server.public_addr(),
                admin = %server.admin_addr(),
                "downshift is serving; point a client's base URL at http://{}/v1",
                server.public_addr(),
            );
            stop_signal().await?;
            tracing::info!("shutting down: open requests may finish");
            server.shutdown().await;
            Ok(())
        })
    }
}

/// Completes on SIGTERM or ctrl-c.
pub(super) async fn stop_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
