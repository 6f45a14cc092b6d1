//! One transaction: hides the statements by which entries become rows and sums.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::any::AnyArguments;
use sqlx::any::AnyRow;
use sqlx::query::Query;
use sqlx::{Any, AnyPool, Row, Transaction};

use super::rollup::{self, Cell};
use super::{Bodies, Item};
use crate::entry::Entry;
use crate::history::StoreError;
use crate::money::Money;
use crate::report::{Figures, Group};
use crate::totals::Totals;

/// Rows written by one statement.
const ROWS: usize = 64;

/// Sums kept in memory at most, so that they need not be read before they are written.
const MOST_SUMS: usize = 2_000;

/// The columns of `requests` in the order they are bound, and whether each is a number with a
/// fraction. Those are bound as text and cast: the driver has no null of their type that it keeps
/// apart.
const COLUMNS: [(&str, bool); 26] = [
    ("id", false),
    ("started_us", false),
    ("rung", false),
    ("intent", false),
    ("model", false),
    ("caller_key", false),
    ("outcome", false),
    ("attempts", false),
    ("tokens_unknown", false),
    ("input_tokens", false),
    ("cached_input_tokens", false),
    ("cache_write_tokens", false),
    ("output_tokens", false),
    ("cost_picousd", false),
    ("known_cost_picousd", false),
    ("unknown_costs", false),
    ("baseline_picousd", false),
    ("saving_picousd", false),
    ("flops", true),
    ("energy_min_joules", true),
    ("energy_max_joules", true),
    ("co2e_min_grams", true),
    ("co2e_max_grams", true),
    ("seconds", true),
    ("own_seconds", true),
    ("entry", false),
];

/// The sums that this process has written, as they stand in the database.
#[derive(Debug)]
pub(super) struct Sums {
    /// Sums of two processes that write at the same time lie in rows of their own.
    writer: String,
    known: HashMap<Cell, Figures>,
}

// === impl Sums ===

impl Sums {
    pub(super) fn new(writer: String) -> Self {
        Self {
            writer,
            known: HashMap::new(),
        }
    }

    /// Writes items in one transaction. An entry whose id is there already is left as it is.
    /// After an error nothing is known of what was written; writing the same again is safe.
    pub(super) async fn write(&mut self, pool: &AnyPool, items: &[Item]) -> Result<(), StoreError> {
        let result = self.attempt(pool, items).await;
        if result.is_err() || self.known.len() > MOST_SUMS {
            // They are read again from the database, which knows whether they were committed.
            self.known.clear();
        }
        result
    }

    /// Reads sums from the database before they are next written.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    async fn attempt(&mut self, pool: &AnyPool, items: &[Item]) -> Result<(), StoreError> {
        let mut transaction = pool.begin().await?;
        let entries: Vec<&Arc<Entry>> = items
            .iter()
            .filter_map(|item| match item {
                Item::Entry(entry) => Some(entry),
                Item::Bodies(_) => None,
            })
            .collect();
        let mut new = HashSet::new();
        for rows in entries.chunks(ROWS) {
            new.extend(insert(&mut transaction, rows).await?);
        }
        // Each id once, should two entries of one batch share it.
        let counted = entries.into_iter().filter(|entry| new.remove(&entry.id));
        let mut sums = rollup::cells(counted.map(|entry| &**entry));
        for (cell, figures) in &mut sums {
            if let Some(before) = self.before(&mut transaction, cell).await? {
                figures.merge(&before);
            }
            self.put(&mut transaction, cell, figures).await?;
        }
        for item in items {
            if let Item::Bodies(bodies) = item {
                put_bodies(&mut transaction, bodies).await?;
            }
        }
        transaction.commit().await?;
        self.known.extend(sums);
        Ok(())
    }

    /// A sum as it stands before this transaction.
    async fn before(
        &self,
        transaction: &mut Transaction<'_, Any>,
        cell: &Cell,
    ) -> Result<Option<Figures>, StoreError> {
        if let Some(known) = self.known.get(cell) {
            return Ok(Some(known.clone()));
        }
        let sql = "SELECT figures FROM rollups WHERE span_seconds = $1 AND start_us = $2 \
             AND rung = $3 AND intent = $4 AND model = $5 AND caller_key = $6 AND writer = $7";
        let row = self
            .of(cell, sqlx::query(sql))
            .fetch_optional(&mut **transaction)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(serde_json::from_str(row.try_get(0)?)?)
    }

    async fn put(
        &self,
        transaction: &mut Transaction<'_, Any>,
        cell: &Cell,
        figures: &Figures,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO rollups (span_seconds, start_us, rung, intent, model, caller_key, \
             writer, figures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (span_seconds, start_us, rung, intent, model, caller_key, writer) \
             DO UPDATE SET figures = excluded.figures";
        let figures = serde_json::to_string(figures)?;
        let query = self.of(cell, sqlx::query(sql)).bind(figures);
        query.execute(&mut **transaction).await?;
        Ok(())
    }

    /// A query with the key of a sum bound to `$1` … `$7`.
    fn of<'q>(
        &self,
        cell: &Cell,
        query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Query<'q, Any, AnyArguments<'q>> {
        query
            .bind(cell.span)
            .bind(cell.start)
            .bind(cell.group.rung.clone())
            .bind(cell.group.intent.clone())
            .bind(cell.group.model.clone())
            .bind(cell.group.key.clone())
            .bind(self.writer.clone())
    }
}

/// Inserts rows; the ids of those that were not there yet.
async fn insert(
    transaction: &mut Transaction<'_, Any>,
    entries: &[&Arc<Entry>],
) -> Result<Vec<String>, StoreError> {
    let sql = insert_sql(entries.len());
    let mut query = sqlx::query(&sql);
    for entry in entries {
        query = bind(query, entry)?;
    }
    let rows = query.fetch_all(&mut **transaction).await?;
    let ids = rows.iter().map(|row: &AnyRow| row.try_get(0));
    Ok(ids.collect::<Result<_, sqlx::Error>>()?)
}

fn insert_sql(rows: usize) -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut next = 0;
    let rows: Vec<String> = (0..rows)
        .map(|_| {
            let values = COLUMNS.iter().map(|(_, fraction)| {
                next += 1;
                if *fraction {
                    format!("CAST(${next} AS DOUBLE PRECISION)")
                } else {
                    format!("${next}")
                }
            });
            format!("({})", values.collect::<Vec<_>>().join(","))
        })
        .collect();
    let (names, rows) = (names.join(","), rows.join(","));
    format!("INSERT INTO requests ({names}) VALUES {rows} ON CONFLICT (id) DO NOTHING RETURNING id")
}

/// Binds an entry in the order of [`COLUMNS`].
fn bind<'q>(
    query: Query<'q, Any, AnyArguments<'q>>,
    entry: &Entry,
) -> Result<Query<'q, Any, AnyArguments<'q>>, StoreError> {
    let totals: Totals = std::iter::once(entry).collect();
    let group = Group::of(entry);
    let energy = entry.energy;
    Ok(query
        .bind(entry.id.clone())
        .bind(entry.started.as_microsecond())
        .bind(group.rung)
        .bind(group.intent)
        .bind(group.model)
        .bind(group.key)
        .bind(entry.outcome.label())
        .bind(count(totals.attempts))
        .bind(count(totals.tokens_unknown))
        .bind(count(totals.input_tokens))
        .bind(count(totals.cached_input_tokens))
        .bind(count(totals.cache_write_tokens))
        .bind(count(totals.output_tokens))
        .bind(entry.cost.and_then(picodollars))
        .bind(picodollars(entry.known_cost).unwrap_or(i64::MAX))
        .bind(count(entry.unknown_costs))
        .bind(entry.baseline.and_then(picodollars))
        .bind(entry.saving.and_then(picodollars))
        .bind(entry.flops.map(fraction))
        .bind(energy.map(|energy| fraction(energy.min_joules)))
        .bind(energy.map(|energy| fraction(energy.max_joules)))
        .bind(entry.co2e.map(|co2e| fraction(co2e.min_grams)))
        .bind(entry.co2e.map(|co2e| fraction(co2e.max_grams)))
        .bind(Some(fraction(entry.seconds)))
        .bind(Some(fraction(entry.own_seconds)))
        .bind(serde_json::to_string(entry)?))
}

async fn put_bodies(
    transaction: &mut Transaction<'_, Any>,
    bodies: &Bodies,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO bodies (id, started_us, request, reply) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(sql)
        .bind(bodies.id.clone())
        .bind(bodies.started.as_microsecond())
        .bind(bodies.request.clone())
        .bind(bodies.reply.clone());
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// An amount that a column can hold: up to nine million dollars. The entry beside it holds any.
fn picodollars(money: Money) -> Option<i64> {
    i64::try_from(money.picodollars()).ok()
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The shortest text that reads back as the same number.
fn fraction(number: f64) -> String {
    format!("{number:e}")
}
