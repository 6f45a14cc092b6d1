//! The listeners: from a policy to a server that accepts, and back to silence without losing a request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router as Routes;
use downshift_ledger::Store;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_io_timeout::TimeoutWriter;

use crate::config::LimitsConfig;
use crate::endpoints::{self, Items, Shared};
use crate::layers::error_dialect::ErrorDialectLayer;
use crate::layers::refusals::CountRefusals;
use crate::layers::request_id::RequestIdLayer;
use crate::layers::trace::Trace;
use crate::router::Router;
use crate::stack;
use crate::telemetry::Telemetry;

/// How often an idle HTTP/2 client is asked whether it is still there.
const HTTP2_KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long accepting rests after it failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long a client that has sent one to three bytes is left alone before it is looked at again.
const PEEK_PAUSE: Duration = Duration::from_millis(20);

/// How long operators' open requests may take once the clients' have ended.
const ADMIN_DRAIN: Duration = Duration::from_secs(1);

/// How long what was booked may take to be written once all requests have ended.
const STORE_DRAIN: Duration = Duration::from_secs(5);

/// How long telemetry that is left may take to be sent.
const TELEMETRY_DRAIN: Duration = Duration::from_secs(2);

/// How long connections that are cut off may take to book what they were doing.
const CUT: Duration = Duration::from_secs(1);

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address could not be listened on.
    #[error("cannot listen on {address}, which `{field}` names")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The policy's field that names it.
        field: &'static str,
        /// Why.
        source: io::Error,
    },
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    public: Listening,
    admin: Listening,
    draining: Draining,
    drain: Duration,
    store: Option<Arc<Store>>,
    telemetry: Option<Arc<Telemetry>>,
}

/// Whether the server has been asked to stop.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

/// What connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    /// Go on.
    No,
    /// Let the open request end, and take no other.
    Drain,
    /// End at once: what is open is booked as abandoned.
    Cut,
}

/// How long connections may keep the server waiting.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For the head of a request.
    head: Duration,
    /// Until they read on.
    unread: Duration,
}

#[derive(Debug)]
struct Listening {
    stop: watch::Sender<Stop>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

// === impl Server ===

impl Server {
    /// Listens on both of the policy's addresses and serves until [`Server::shutdown`].
    pub async fn start(router: Arc<Router>) -> Result<Self, Error> {
        let config = &router.loaded.config;
        let limits = config.limits.clone();
        let public = bind(config.listen, "listen").await?;
        let admin = bind(config.admin, "admin").await?;
        let draining = Draining::default();
        let store = router.store.clone();
        if let Some(store) = &store {
            store.start();
        }
        let telemetry = router.telemetry.clone();
        if let Some(telemetry) = &telemetry {
            telemetry.start();
        }
        let metrics = router.metrics.clone();
        let shared = Shared {
            ladder: stack::ladder(&router),
            router,
            items: Arc::<Items>::default(),
            draining: draining.clone(),
        };
        let for_clients = endpoints::public(shared.clone())
            .layer(ErrorDialectLayer)
            .layer(CountRefusals::layer(metrics))
            .layer(Trace::layer(telemetry.clone()))
            .layer(RequestIdLayer);
        let patience = Patience::of(&limits);
        Ok(Self {
            public: listen(public, for_clients, patience),
            admin: listen(admin, endpoints::admin(shared), patience),
            draining,
            drain: limits.drain.0,
            store,
            telemetry,
        })
    }

    /// Where clients connect.
    pub fn public_addr(&self) -> SocketAddr {
        self.public.address
    }

    /// Where operators connect.
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin.address
    }

    /// Accepts no more, lets open requests end (for as long as `limits.drain` says), and returns.
    /// Operators are served until then: `/readyz` says that the server is draining.
    pub async fn shutdown(self) {
        self.draining.0.store(true, Ordering::Relaxed);
        if !self.public.stop(self.drain).await {
            tracing::warn!("requests were still open after limits.drain and are cut off");
        }
        self.admin.stop(ADMIN_DRAIN).await;
        if let Some(store) = &self.store {
            store.close(STORE_DRAIN).await;
        }
        if let Some(telemetry) = &self.telemetry {
            telemetry.close(TELEMETRY_DRAIN).await;
        }
    }
}

// === impl Listening ===

impl Listening {
    /// Accepts no more and waits for what is open; `false` if that took too long and was cut off.
    async fn stop(mut self, patience: Duration) -> bool {
        self.stop.send_replace(Stop::Drain);
        if tokio::time::timeout(patience, &mut self.task).await.is_ok() {
            return true;
        }
        self.stop.send_replace(Stop::Cut);
        if tokio::time::timeout(CUT, &mut self.task).await.is_err() {
            self.task.abort();
        }
        false
    }
}

// === impl Draining ===

impl Draining {
    /// Whether the server has been asked to stop.
    pub fn is_draining(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

async fn bind(address: SocketAddr, field: &'static str) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| Error::Listen {
        address,
        field,
        source,
    })
}

impl Patience {
    fn of(limits: &LimitsConfig) -> Self {
        Self {
            head: limits.head.0,
            unread: limits.unread.0,
        }
    }
}

fn listen(listener: TcpListener, routes: Routes, patience: Patience) -> Listening {
    let (stop, stopped) = watch::channel(Stop::No);
    let address = listener
        .local_addr()
        .unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)));
    Listening {
        stop,
        address,
        task: tokio::spawn(accept(listener, routes, patience, stopped)),
    }
}

/// Waits for enough of a request to tell HTTP/1 from HTTP/2: hyper does not bound that wait.
async fn speaks(stream: &TcpStream) -> io::Result<()> {
    let mut start = [0; 4];
    loop {
        match stream.peek(&mut start).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read if read == start.len() => return Ok(()),
            _ => tokio::time::sleep(PEEK_PAUSE).await,
        }
    }
}

async fn accept(
    listener: TcpListener,
    routes: Routes,
    Patience { head, unread }: Patience,
    mut stopped: watch::Receiver<Stop>,
) {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(HTTP2_KEEP_ALIVE));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.wait_for(|stop| *stop >= Stop::Drain) => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: let some connections end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Without it the first token of a stream waits ~40 ms for the client's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let service = TowerToHyperService::new(routes.clone());
        let (http, watcher, mut stopped) = (http.clone(), graceful.watcher(), stopped.clone());
        tokio::spawn(async move {
            let silent = tokio::select! {
                spoken = tokio::time::timeout(head, speaks(&stream)) => !matches!(spoken, Ok(Ok(()))),
                _ = stopped.wait_for(|stop| *stop >= Stop::Drain) => true,
            };
            if silent {
                return;
            }
            // Who does not read what it is sent is taken for gone: what its request holds is let go.
            let mut stream = TimeoutWriter::new(stream);
            stream.set_timeout(Some(unread));
            let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
            tokio::select! {
                ended = watcher.watch(connection.into_owned()) => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                },
                _ = stopped.wait_for(|stop| *stop == Stop::Cut) => {}
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}
