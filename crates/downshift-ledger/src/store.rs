//! The durable ledger: hides the database, its batches, and what becomes of them when it fails.
//!
//! Entries are handed to a bounded queue and written behind the requests' backs, many to a
//! transaction. When the database is away or its disk is full, the queue fills; what finds it full
//! is dropped and counted. No reply ever waits for the store.

mod address;
mod database;
mod read;
mod rollup;
mod schema;
mod timeline;
mod write;
mod writer;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

pub use self::address::Address;
use self::database::Database;
pub use self::read::Exported;
use crate::entry::Entry;
use crate::recent::Sink;

/// How long a reader waits for entries that are on their way to the database.
const SETTLE: Duration = Duration::from_secs(2);

/// How the store works.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database.
    pub address: Address,
    /// How long entries are kept; forever if absent.
    pub retention: Option<Duration>,
    /// Entries that may wait to be written; what comes after them is dropped and counted.
    pub queue: usize,
    /// Entries written in one transaction.
    pub batch: usize,
    /// How long an entry waits for others to be written with: what a killed process loses at most.
    pub flush_every: Duration,
    /// The wall clock, which tells what is too old to keep.
    pub clock: fn() -> Timestamp,
}

/// The durable ledger.
#[derive(Debug)]
pub struct Store {
    queue: mpsc::Sender<Item>,
    orders: mpsc::Sender<Order>,
    /// The writer's ends of the queue and of the orders, until it is started.
    ends: Mutex<Option<Ends>>,
    config: StoreConfig,
    database: Database,
    health: Arc<Health>,
    steps: timeline::Steps,
}

/// What was said in one request, kept only where the policy says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    /// The request's id.
    pub id: String,
    /// When it arrived.
    pub started: Timestamp,
    /// The request as JSON.
    pub request: Option<String>,
    /// The text of the reply.
    pub reply: Option<String>,
}

/// How the store is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreHealth {
    /// Whether the last transaction was written.
    pub up: bool,
    /// Entries written.
    pub written: u64,
    /// Entries dropped because the queue was full, or because the store was away at shutdown.
    pub dropped: u64,
    /// Transactions that failed; each is tried again.
    pub failures: u64,
    /// Entries that wait to be written.
    pub queued: u64,
}

#[derive(Debug, Default)]
struct Health {
    up: AtomicBool,
    written: AtomicU64,
    dropped: AtomicU64,
    failures: AtomicU64,
    queued: AtomicU64,
}

/// What is written.
#[derive(Debug)]
enum Item {
    Entry(Arc<Entry>),
    Bodies(Box<Bodies>),
}

/// What the writer is told.
#[derive(Debug)]
enum Order {
    /// Write what is queued, then say so.
    Flush(oneshot::Sender<()>),
    /// The same, and end.
    Close(oneshot::Sender<()>),
}

#[derive(Debug)]
struct Ends {
    queue: mpsc::Receiver<Item>,
    orders: mpsc::Receiver<Order>,
}

// === impl StoreConfig ===

impl StoreConfig {
    /// A store that is only read.
    pub fn reading(address: Address, clock: fn() -> Timestamp) -> Self {
        Self {
            address,
            retention: None,
            queue: 1,
            batch: 1,
            flush_every: Duration::ZERO,
            clock,
        }
    }
}

// === impl Store ===

impl Store {
    /// A store that takes entries, and writes them once it is started.
    pub fn new(config: StoreConfig) -> Self {
        let (queue, items) = mpsc::channel(config.queue.max(1));
        let (orders, ordered) = mpsc::channel(64);
        Self {
            queue,
            orders,
            ends: Mutex::new(Some(Ends {
                queue: items,
                orders: ordered,
            })),
            database: Database::new(config.address.clone()),
            health: Arc::default(),
            steps: timeline::Steps::default(),
            config,
        }
    }

    /// Begins to write, on the runtime it is called on; the second time it does nothing.
    pub fn start(&self) {
        let ends = self
            .ends
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(ends) = ends {
            let writer = writer::Writer::new(
                self.config.clone(),
                self.database.clone(),
                self.health.clone(),
            );
            tokio::spawn(writer.run(ends));
        }
    }

    /// Writes what is queued and ends; what cannot be written within `patience` is counted as
    /// dropped.
    pub async fn close(&self, patience: Duration) {
        if !self.order(Order::Close, patience).await {
            let left = self.health.queued.load(Ordering::Relaxed);
            self.health.dropped.fetch_add(left, Ordering::Relaxed);
            if left > 0 {
                tracing::error!(
                    entries = left,
                    "the store is away at shutdown; entries are lost"
                );
            }
        }
        self.database.close().await;
    }

    /// Keeps what was said in one request; dropped when the queue is full.
    pub fn keep(&self, bodies: Bodies) {
        self.push(Item::Bodies(Box::new(bodies)));
    }

    /// How the store is doing.
    pub fn health(&self) -> StoreHealth {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        StoreHealth {
            up: self.health.up.load(Ordering::Relaxed),
            written: read(&self.health.written),
            dropped: read(&self.health.dropped),
            failures: read(&self.health.failures),
            queued: read(&self.health.queued),
        }
    }

    /// What the store writes to.
    pub fn address(&self) -> &Address {
        &self.config.address
    }

    /// Waits until what is queued is written, so that readers see what they were told of.
    async fn settle(&self) {
        self.order(Order::Flush, SETTLE).await;
    }

    /// Gives the writer an order; whether it was carried out in time.
    async fn order(&self, order: fn(oneshot::Sender<()>) -> Order, patience: Duration) -> bool {
        if self
            .ends
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
        {
            return true; // Never started: nothing is to be written.
        }
        let (done, carried_out) = oneshot::channel();
        let ordered = async {
            self.orders.send(order(done)).await.ok()?;
            carried_out.await.ok()
        };
        matches!(tokio::time::timeout(patience, ordered).await, Ok(Some(())))
    }

    fn push(&self, item: Item) {
        let entries = u64::from(matches!(item, Item::Entry(_)));
        // Before it is sent: the writer may have it written before this line's next.
        self.health.queued.fetch_add(entries, Ordering::Relaxed);
        if self.queue.try_send(item).is_err() {
            self.health.queued.fetch_sub(entries, Ordering::Relaxed);
            self.health.dropped.fetch_add(entries, Ordering::Relaxed);
        }
    }
}

impl Sink for Store {
    fn record(&self, entry: &Arc<Entry>) {
        self.push(Item::Entry(entry.clone()));
    }
}

#[cfg(test)]
mod tests;
