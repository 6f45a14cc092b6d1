//! Cost by time out of the store: hides that steps which are over are read once and remembered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::Row;
use tokio::sync::Mutex;

use super::Store;
use crate::history::StoreError;
use crate::money::Money;
use crate::timeline::{Point, Span};

/// A step is asked for again for so long: an entry lies where its request began, and is written
/// when it has ended.
const OPEN: i64 = 20 * 60;

/// After so long all steps are read again: another process may have written late.
const FORGOTTEN: Duration = Duration::from_mins(10);

/// The steps of both spans.
#[derive(Debug, Default)]
pub(super) struct Steps {
    hour: Mutex<Read>,
    day: Mutex<Read>,
}

/// What was read of one span, by the number of the step.
#[derive(Debug, Default)]
struct Read {
    points: BTreeMap<i64, Point>,
    /// The first step that is to be asked for again.
    open: i64,
    begun: Option<Instant>,
}

// === impl Store ===

impl Store {
    /// The steps of the span that ends at `now` in which requests arrived, the oldest first.
    pub async fn timeline(&self, span: Span, now: Timestamp) -> Result<Vec<Point>, StoreError> {
        self.settle().await;
        let pool = self.database.existing().await?;
        let step = span.step();
        let first = now.as_second().div_euclid(step) - span.steps() + 1;
        let read = match span {
            Span::Hour => &self.steps.hour,
            Span::Day => &self.steps.day,
        };
        // Held while the database is asked, so that two readers do not ask for the same.
        let mut read = read.lock().await;
        if read.begun.is_none_or(|begun| begun.elapsed() > FORGOTTEN) {
            *read = Read {
                begun: Some(Instant::now()),
                ..Read::default()
            };
        }
        // A clock may have been set back since the last time.
        let open = (now.as_second() - OPEN).div_euclid(step);
        let from = read.open.min(open).max(first);
        let sql = "SELECT started_us / $1, COUNT(*), CAST(SUM(known_cost_picousd) AS BIGINT), \
             CAST(COALESCE(SUM(baseline_picousd), 0) AS BIGINT) \
             FROM requests WHERE started_us >= $2 GROUP BY 1";
        let query = sqlx::query(sql)
            .bind(step * 1_000_000)
            .bind(from.saturating_mul(step * 1_000_000));
        let rows = query.fetch_all(&pool).await?;
        read.points.retain(|index, _| (first..from).contains(index));
        for row in &rows {
            let index: i64 = row.try_get(0)?;
            let point = Point {
                at: index * step,
                requests: u64::try_from(row.try_get::<i64, _>(1)?).unwrap_or(0),
                cost: Money::from_picodollars(row.try_get::<i64, _>(2)?.into()),
                baseline: Money::from_picodollars(row.try_get::<i64, _>(3)?.into()),
            };
            read.points.insert(index, point);
        }
        read.open = open;
        Ok(read.points.values().cloned().collect())
    }
}
