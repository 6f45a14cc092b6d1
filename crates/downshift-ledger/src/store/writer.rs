//! The task that writes: hides when a batch is written, and what happens while it cannot be.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::database::Database;
use super::rollup::SPANS;
use super::write::Sums;
use super::{Ends, Health, Item, Order, StoreConfig};
use crate::history::StoreError;

/// How long one transaction may take before it is given up and tried again.
const PATIENCE: Duration = Duration::from_secs(15);

/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How often what is too old is deleted.
const PURGE_EVERY: Duration = Duration::from_mins(10);

/// Rows deleted by one statement, so that nobody waits long for it.
const PURGED_AT_ONCE: u64 = 2_000;

/// How long others have their turn before the next are deleted.
const PURGE_PAUSE: Duration = Duration::from_millis(100);

/// Writes what comes out of the queue.
pub(super) struct Writer {
    config: StoreConfig,
    database: Database,
    health: Arc<Health>,
    sums: Sums,
    batch: Vec<Item>,
    /// When the batch is to be written.
    due: Instant,
    /// Tries in a row that failed.
    failed: u32,
}

// === impl Writer ===

impl Writer {
    pub(super) fn new(config: StoreConfig, database: Database, health: Arc<Health>) -> Self {
        // Two processes that write to one database take different names.
        let name = || RandomState::new().hash_one(std::process::id());
        Self {
            sums: Sums::new(format!("{:016x}{:016x}", name(), name())),
            batch: Vec::with_capacity(config.batch),
            due: Instant::now(),
            failed: 0,
            config,
            database,
            health,
        }
    }

    pub(super) async fn run(mut self, mut ends: Ends) {
        let mut purge = Instant::now();
        loop {
            let waiting = self.batch.len();
            let room = self.config.batch.max(1).saturating_sub(waiting);
            tokio::select! {
                order = ends.orders.recv() => match order {
                    Some(Order::Flush(done)) => {
                        if self.drain(&mut ends.queue).await {
                            done.send(()).ok();
                        }
                    }
                    Some(Order::Close(done)) => {
                        while !self.drain(&mut ends.queue).await {
                            tokio::time::sleep(self.wait()).await;
                        }
                        done.send(()).ok();
                        return;
                    }
                    None => return,
                },
                taken = ends.queue.recv_many(&mut self.batch, room), if room > 0 => {
                    if taken == 0 {
                        return;
                    }
                    if waiting == 0 {
                        self.due = Instant::now() + self.config.flush_every;
                    }
                    if taken == room && self.failed == 0 {
                        self.write().await;
                    }
                }
                () = tokio::time::sleep_until(self.due), if waiting > 0 => {
                    self.write().await;
                }
                () = tokio::time::sleep_until(purge) => {
                    purge = Instant::now() + self.purge().await;
                }
            }
        }
    }

    /// Writes all that was queued when it began; `false` if it could not.
    async fn drain(&mut self, queue: &mut mpsc::Receiver<Item>) -> bool {
        let mut left = queue.len();
        loop {
            let room = self.config.batch.max(1).saturating_sub(self.batch.len());
            for _ in 0..room.min(left) {
                let Ok(item) = queue.try_recv() else { break };
                self.batch.push(item);
                left -= 1;
            }
            if self.batch.is_empty() {
                return true;
            }
            if !self.write().await {
                return false;
            }
        }
    }

    /// Tries to write the batch; keeps it if that failed.
    async fn write(&mut self) -> bool {
        match self.attempt().await {
            Ok(()) => {
                let entries = self
                    .batch
                    .iter()
                    .filter(|item| matches!(item, Item::Entry(_)))
                    .count();
                let entries = entries as u64;
                self.batch.clear();
                self.health.written.fetch_add(entries, Ordering::Relaxed);
                self.health.queued.fetch_sub(entries, Ordering::Relaxed);
                self.recovered();
                true
            }
            Err(error) => {
                self.complain(&error);
                self.due = Instant::now() + self.wait();
                false
            }
        }
    }

    async fn attempt(&mut self) -> Result<(), StoreError> {
        let writing = async {
            let pool = self.database.ready().await?;
            self.sums.write(&pool, &self.batch).await
        };
        let result = tokio::time::timeout(PATIENCE, writing).await;
        result.unwrap_or_else(|_| {
            // Whether it was committed is unknown: the database is asked next time.
            self.sums.forget();
            Err(StoreError::Slow)
        })
    }

    /// Deletes some of what is too old; how long to wait before the next time.
    async fn purge(&mut self) -> Duration {
        match tokio::time::timeout(PATIENCE, self.delete()).await {
            Ok(Ok(more)) => {
                // With entries waiting, only writing them shows that the store takes entries.
                if self.batch.is_empty() {
                    self.recovered();
                }
                return if more { PURGE_PAUSE } else { PURGE_EVERY };
            }
            Ok(Err(error)) => self.complain(&error),
            Err(_) => tracing::warn!("deleting old entries takes long; the rest is deleted later"),
        }
        PURGE_EVERY
    }

    /// Whether there is more to delete.
    async fn delete(&mut self) -> Result<bool, StoreError> {
        let pool = self.database.ready().await?;
        let now = (self.config.clock)();
        let retention = self.config.retention;
        let Some(oldest) = retention.and_then(|retention| now.checked_sub(retention).ok()) else {
            return Ok(false);
        };
        let oldest = oldest.as_microsecond();
        let mut more = false;
        for table in ["requests", "bodies"] {
            let sql = format!(
                "DELETE FROM {table} WHERE id IN \
                 (SELECT id FROM {table} WHERE started_us < $1 ORDER BY started_us \
                 LIMIT {PURGED_AT_ONCE})"
            );
            let deleted = sqlx::query(&sql).bind(oldest).execute(&pool).await?;
            more |= deleted.rows_affected() == PURGED_AT_ONCE;
        }
        if !more {
            for span in SPANS {
                let sql = "DELETE FROM rollups WHERE span_seconds = $1 AND start_us <= $2";
                let query = sqlx::query(sql).bind(span).bind(oldest - span * 1_000_000);
                query.execute(&pool).await?;
            }
            self.sums.forget();
        }
        Ok(more)
    }

    /// How long to wait before the next try.
    fn wait(&self) -> Duration {
        let first = Duration::from_millis(100);
        first
            .saturating_mul(2_u32.saturating_pow(self.failed.min(8)))
            .min(LONGEST_WAIT)
    }

    fn recovered(&mut self) {
        if self.failed > 0 {
            let queued = self.health.queued.load(Ordering::Relaxed);
            tracing::info!(store = %self.config.address, queued, "the store takes entries again");
        }
        self.failed = 0;
        self.health.up.store(true, Ordering::Relaxed);
    }

    fn complain(&mut self, error: &StoreError) {
        self.failed = self.failed.saturating_add(1);
        self.health.up.store(false, Ordering::Relaxed);
        self.health.failures.fetch_add(1, Ordering::Relaxed);
        if self.failed == 1 {
            let cause = std::error::Error::source(error).map(ToString::to_string);
            tracing::error!(
                store = %self.config.address,
                cause = cause.as_deref(),
                "{error}; requests are served, and entries wait in memory"
            );
        }
    }
}
