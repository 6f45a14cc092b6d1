//! The connection: hides when it is made, and what differs between SQLite and Postgres.

use std::sync::Arc;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection, Executor};
use tokio::sync::Mutex;

use super::address::Address;
use super::schema;
use crate::history::StoreError;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// Connections at most: one writes, the others read.
const CONNECTIONS: u32 = 4;

/// WAL lets readers read while one writes, and no process that is killed leaves it corrupt. With
/// `NORMAL`, only a machine that loses its power can lose the last transactions.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;";

/// A database that is connected to when it is first needed, and again whenever that failed.
#[derive(Debug, Clone)]
pub(super) struct Database {
    address: Address,
    pool: Arc<Mutex<Option<AnyPool>>>,
}

// === impl Database ===

impl Database {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            pool: Arc::default(),
        }
    }

    /// The database with all its tables, made if need be.
    pub(super) async fn ready(&self) -> Result<AnyPool, StoreError> {
        self.pool(true).await
    }

    /// The database as it is; an error when there is none.
    pub(super) async fn existing(&self) -> Result<AnyPool, StoreError> {
        if let Address::Sqlite(path) = &self.address
            && !path.exists()
        {
            return Err(StoreError::Missing(path.clone()));
        }
        self.pool(false).await
    }

    pub(super) async fn close(&self) {
        if let Some(pool) = self.pool.lock().await.take() {
            pool.close().await;
        }
    }

    async fn pool(&self, create: bool) -> Result<AnyPool, StoreError> {
        let mut kept = self.pool.lock().await;
        if let Some(pool) = &*kept {
            return Ok(pool.clone());
        }
        let pool = self.connect(create).await?;
        match schema::migrator().run(&pool).await {
            Ok(()) => {
                *kept = Some(pool.clone());
                Ok(pool)
            }
            Err(error) => {
                pool.close().await;
                Err(match error {
                    MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                        StoreError::Newer
                    }
                    MigrateError::Execute(error) => error.into(),
                    other => StoreError::Schema(other),
                })
            }
        }
    }

    async fn connect(&self, create: bool) -> Result<AnyPool, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let url = self.address.url(create);
        let first = match &self.address {
            Address::Sqlite(path) => {
                if create && let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)
                        .map_err(|error| StoreError::Folder(folder.to_owned(), error))?;
                }
                Some(probe(&url).await?)
            }
            Address::Postgres(_) => None,
        };
        let is_sqlite = first.is_some();
        let options = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if is_sqlite {
                        connection.execute(SQLITE_SETTINGS).await?;
                    }
                    Ok(())
                })
            });
        let pool = options.connect(&url).await?;
        // Not sooner: the last to leave a file tidies it up.
        if let Some(first) = first {
            first.close().await?;
        }
        Ok(pool)
    }
}

/// A connection to a file that can be worked with. A pool would find out for seconds that it cannot, and
/// log each try.
async fn probe(url: &str) -> Result<AnyConnection, sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    connection.execute(SQLITE_SETTINGS).await?;
    Ok(connection)
}
