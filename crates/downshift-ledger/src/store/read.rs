//! What is asked of the store: hides the statements behind lists, reports and exports.

use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::Store;
use super::rollup::{self, Segment};
use crate::entry::Entry;
use crate::filter::{Filter, Place};
use crate::history::StoreError;
use crate::report::{By, Group, Report, Window};

/// Entries that are exported at a time.
const PAGE: i64 = 500;

/// An entry with what was said, where that was kept.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The entry.
    pub entry: Entry,
    /// The request as JSON.
    pub request: Option<String>,
    /// The text of the reply.
    pub reply: Option<String>,
}

// === impl Store ===

impl Store {
    /// The entry with this id.
    pub async fn get(&self, id: &str) -> Result<Option<Arc<Entry>>, StoreError> {
        self.settle().await;
        let pool = self.database.existing().await?;
        let query = sqlx::query("SELECT entry FROM requests WHERE id = $1").bind(id.to_owned());
        let row = query.fetch_optional(&pool).await?;
        row.map(|row| entry(&row).map(Arc::new)).transpose()
    }

    /// The entries a filter holds, the newest first.
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Arc<Entry>>, StoreError> {
        self.settle().await;
        let pool = self.database.existing().await?;
        let (sql, texts) = list_sql(filter);
        let mut query = sqlx::query(&sql);
        if let Some(before) = &filter.before {
            query = query
                .bind(before.started.as_microsecond())
                .bind(before.id.clone());
        }
        if let Some(since) = filter.since {
            query = query.bind(since.as_microsecond());
        }
        for text in texts {
            query = query.bind(text);
        }
        let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
        let rows = query.bind(limit).fetch_all(&pool).await?;
        rows.iter().map(|row| entry(row).map(Arc::new)).collect()
    }

    /// What the entries of a window came to.
    pub async fn report(&self, window: Window, by: Option<By>) -> Result<Report, StoreError> {
        self.settle().await;
        let pool = self.database.existing().await?;
        // One transaction, so that all parts are of the same moment.
        let mut transaction = pool.begin().await?;
        let mut report = Report::new(window, by);
        for segment in rollup::segments(window) {
            match segment {
                Segment::Sums { span, from, to } => {
                    add_sums(&mut transaction, &mut report, [span, from, to]).await?;
                }
                Segment::Entries { from, to } => {
                    add_entries(&mut transaction, &mut report, [from, to]).await?;
                }
            }
        }
        Ok(report)
    }

    /// The entries of a window that follow a place in it, the oldest first, so many at a time: an
    /// empty page is the end.
    pub async fn export(
        &self,
        window: Window,
        after: Option<&Place>,
    ) -> Result<Vec<Exported>, StoreError> {
        let pool = self.database.existing().await?;
        let sql = "SELECT r.entry, b.request, b.reply FROM requests r \
             LEFT JOIN bodies b ON b.id = r.id \
             WHERE r.started_us >= $1 AND r.started_us < $2 AND (r.started_us, r.id) > ($3, $4) \
             ORDER BY r.started_us, r.id LIMIT $5";
        let micros =
            |moment: Option<Timestamp>, open: i64| moment.map_or(open, Timestamp::as_microsecond);
        let (started, id) = after.map_or((i64::MIN, ""), |place| {
            (place.started.as_microsecond(), &*place.id)
        });
        // From where the last page ended: every row before it would be looked at again.
        let query = sqlx::query(sql)
            .bind(micros(window.since, i64::MIN).max(started))
            .bind(micros(window.until, i64::MAX))
            .bind(started)
            .bind(id.to_owned())
            .bind(PAGE);
        let rows = query.fetch_all(&pool).await?;
        let exported = |row: &AnyRow| {
            Ok(Exported {
                entry: entry(row)?,
                request: row.try_get(1)?,
                reply: row.try_get(2)?,
            })
        };
        rows.iter().map(exported).collect()
    }
}

async fn add_sums(
    transaction: &mut Transaction<'_, Any>,
    report: &mut Report,
    [span, from, to]: [i64; 3],
) -> Result<(), StoreError> {
    let sql = "SELECT start_us, rung, intent, model, caller_key, figures FROM rollups \
         WHERE span_seconds = $1 AND start_us >= $2 AND start_us < $3";
    let mut rows = sqlx::query(sql)
        .bind(span)
        .bind(from)
        .bind(to)
        .fetch(&mut **transaction);
    while let Some(row) = rows.try_next().await? {
        let group = Group {
            rung: row.try_get(1)?,
            intent: row.try_get(2)?,
            model: row.try_get(3)?,
            key: row.try_get(4)?,
        };
        let start = Timestamp::from_microsecond(row.try_get(0)?).unwrap_or(Timestamp::MAX);
        report.merge(&group, start, &serde_json::from_str(row.try_get(5)?)?);
    }
    Ok(())
}

async fn add_entries(
    transaction: &mut Transaction<'_, Any>,
    report: &mut Report,
    [from, to]: [i64; 2],
) -> Result<(), StoreError> {
    let sql = "SELECT entry FROM requests WHERE started_us >= $1 AND started_us < $2";
    let mut rows = sqlx::query(sql)
        .bind(from)
        .bind(to)
        .fetch(&mut **transaction);
    while let Some(row) = rows.try_next().await? {
        report.add(&entry(&row)?);
    }
    Ok(())
}

/// The statement of a list, and the texts to bind after its place and moment.
fn list_sql(filter: &Filter) -> (String, Vec<String>) {
    let mut conditions = Vec::new();
    let mut bound = 0;
    let mut next = || {
        bound += 1;
        bound
    };
    if filter.before.is_some() {
        conditions.push(format!("(started_us, id) < (${}, ${})", next(), next()));
    }
    if filter.since.is_some() {
        conditions.push(format!("started_us >= ${}", next()));
    }
    let mut texts = Vec::new();
    let outcome = filter.outcome.map(|outcome| outcome.label().to_owned());
    for (column, wanted) in [
        ("rung", &filter.rung),
        ("intent", &filter.intent),
        ("model", &filter.model),
        ("caller_key", &filter.key),
        ("outcome", &outcome),
    ] {
        if let Some(wanted) = wanted {
            conditions.push(format!("{column} = ${}", next()));
            texts.push(wanted.clone());
        }
    }
    let conditions = match &*conditions {
        [] => String::new(),
        all => format!("WHERE {}", all.join(" AND ")),
    };
    let limit = next();
    let sql = format!(
        "SELECT entry FROM requests {conditions} ORDER BY started_us DESC, id DESC LIMIT ${limit}"
    );
    (sql, texts)
}

fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    Ok(serde_json::from_str(row.try_get(0)?)?)
}
