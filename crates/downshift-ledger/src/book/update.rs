//! Bringing a price file up to date: hides whose a row is, and what is said of each change.

use std::collections::HashMap;

use serde::Serialize;

use super::{PriceBook, PriceRow};

/// What an update would do to a price file.
#[derive(Debug, Clone, Serialize)]
pub struct Update {
    /// The rows of the new file: the old one's in their order, then what is new.
    #[serde(skip)]
    pub rows: Vec<PriceRow>,
    /// Rows that were not there.
    pub added: Vec<PriceRow>,
    /// Rows with another price than before.
    pub changed: Vec<Change>,
    /// The operator's own rows of which the source says something else; they stay as they are.
    pub kept: Vec<Change>,
    /// Imported rows that the source has no more; they stay as they are.
    pub gone: Vec<PriceRow>,
    /// Rows whose price is the same.
    pub unchanged: u64,
}

/// A row before and after, or the operator's and the source's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// As it is in the file.
    pub before: PriceRow,
    /// As the source has it.
    pub after: PriceRow,
}

/// What a row goes for.
type Key<'a> = (&'a str, Option<&'a str>);

impl Update {
    /// What `imported` makes of the rows of a file. A row is the operator's own, and is not touched,
    /// unless an update wrote it or `shipped` has it just so.
    pub fn new(file: &PriceBook, shipped: &PriceBook, imported: &[PriceRow]) -> Self {
        let mut news: HashMap<Key<'_>, &PriceRow> =
            imported.iter().map(|row| (row.key(), row)).collect();
        let shipped: HashMap<Key<'_>, &PriceRow> =
            shipped.rows().map(|row| (row.key(), row)).collect();
        let mut update = Self {
            rows: Vec::new(),
            added: Vec::new(),
            changed: Vec::new(),
            kept: Vec::new(),
            gone: Vec::new(),
            unchanged: 0,
        };
        for row in file.rows() {
            let own = !row.imported && shipped.get(&row.key()) != Some(&row);
            update.row(row, own, news.remove(&row.key()));
        }
        for row in imported {
            if news.contains_key(&row.key()) {
                update.added.push(row.clone());
                update.rows.push(row.clone());
            }
        }
        update
    }

    fn row(&mut self, row: &PriceRow, own: bool, new: Option<&PriceRow>) {
        let Some(new) = new else {
            if row.imported {
                self.gone.push(row.clone());
            }
            self.rows.push(row.clone());
            return;
        };
        let change = || Change {
            before: row.clone(),
            after: new.clone(),
        };
        match (row.price() == new.price(), own) {
            (true, _) => self.unchanged += 1,
            (false, true) => self.kept.push(change()),
            (false, false) => self.changed.push(change()),
        }
        self.rows.push(if own { row } else { new }.clone());
    }

    /// Whether the file would say another price than before.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }
}

#[cfg(test)]
mod tests;
