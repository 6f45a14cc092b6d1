//! Lookup tables: rows with a key, other names for it, and attributes.

use std::collections::HashMap;

use crate::{
    currency::{Rates, RatesError},
    reading::fold_key,
};

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is not CSV, or a row has too many or too few cells.
    #[error("table {table:?}: {source}")]
    Csv {
        /// The table's name.
        table: String,
        /// What the CSV reader says, with the line.
        #[source]
        source: csv::Error,
    },
    /// There is nothing to look up.
    #[error(
        "table {table:?} has no column beside its key; its first line must name a key column and at least one more"
    )]
    NoAttributes {
        /// The table's name.
        table: String,
    },
    /// Two rows claim one name.
    #[error(
        "table {table:?}, line {line}: {key:?} stands in line {earlier} already; every key and alias must be unique"
    )]
    Duplicate {
        /// The table's name.
        table: String,
        /// The line of the second row, from 1.
        line: usize,
        /// The line of the first row.
        earlier: usize,
        /// The name.
        key: String,
    },
    /// Exchange rates that are none.
    #[error("table {table:?}: {source}")]
    Rates {
        /// The table's name.
        table: String,
        /// What is wrong, and where.
        #[source]
        source: RatesError,
    },
    /// A row without a key.
    #[error("table {table:?}, line {line}: the key is empty")]
    EmptyKey {
        /// The table's name.
        table: String,
        /// The line, from 1.
        line: usize,
    },
}

/// A table that `lookup` answers from.
#[derive(Debug)]
pub struct Table {
    name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Questions in full, with their answers.
    Pairs(Pairs),
    /// Keys with attributes.
    Records(Records),
    /// Exchange rates.
    Rates(Rates),
}

#[derive(Debug)]
pub(crate) struct Pairs {
    /// Answers by the folded question.
    pub(crate) by_question: HashMap<String, String>,
    /// Questions as written with their answers, in the order written, but for those that have two.
    pub(crate) rows: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Records {
    /// What a key is: "country".
    pub(crate) key: String,
    /// The attribute columns.
    pub(crate) attributes: Vec<Attribute>,
    /// Rows: the key as written, and a cell for each attribute.
    pub(crate) rows: Vec<(String, Vec<String>)>,
    /// Rows by folded key and alias.
    pub(crate) by_name: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    /// Its first name, which sentences use.
    pub(crate) label: String,
    /// All its names, folded.
    pub(crate) names: Vec<String>,
}

/// The name of the column with other names for the key.
const ALIASES: &str = "aliases";

impl Table {
    /// Reads CSV text whose first line names the columns.
    ///
    /// The first column is the key. A column named `aliases` holds other names for the key, with
    /// `|` between them. Every other column is an attribute; its header may give several names
    /// with `|` between them, the first of which is used in sentences. A cell with several values
    /// has `;` between them; an empty cell is not answered from.
    pub fn from_csv(name: &str, text: &str) -> Result<Self, Error> {
        let csv_error = |source| Error::Csv {
            table: name.to_owned(),
            source,
        };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().map_err(csv_error)?.clone();
        let aliases = header.iter().position(|cell| cell == ALIASES);
        let columns: Vec<usize> = (1..header.len())
            .filter(|column| Some(*column) != aliases)
            .collect();
        if columns.is_empty() {
            return Err(Error::NoAttributes {
                table: name.to_owned(),
            });
        }
        let attributes = columns
            .iter()
            .filter_map(|column| header.get(*column))
            .map(attribute)
            .collect();
        let key = header.get(0).unwrap_or_default().to_owned();
        let mut records = Records {
            key,
            attributes,
            rows: Vec::new(),
            by_name: HashMap::new(),
        };
        let mut lines: Vec<usize> = Vec::new();
        for record in reader.records() {
            let record = record.map_err(csv_error)?;
            let position = record.position().map_or(0, csv::Position::line);
            let line = usize::try_from(position).unwrap_or(0);
            let others = aliases
                .and_then(|column| record.get(column))
                .unwrap_or_default();
            let key = record.get(0).unwrap_or_default();
            records.claim(name, (key, others), line, &lines)?;
            let cell = |column: &usize| record.get(*column).unwrap_or_default().to_owned();
            records
                .rows
                .push((key.to_owned(), columns.iter().map(cell).collect()));
            lines.push(line);
        }
        Ok(Self {
            name: name.to_owned(),
            kind: Kind::Records(records),
        })
    }

    /// A table of whole questions and their answers, found exactly after normalisation.
    ///
    /// A question that stands there twice with two answers has none.
    pub fn from_pairs(name: &str, pairs: Vec<(String, String)>) -> Self {
        let mut by_question: HashMap<String, Option<String>> = HashMap::new();
        for (question, answer) in &pairs {
            let Some(key) = pair_key(question) else {
                continue;
            };
            by_question
                .entry(key)
                .and_modify(|known| {
                    if known.as_ref() != Some(answer) {
                        *known = None;
                    }
                })
                .or_insert(Some(answer.clone()));
        }
        let by_question: HashMap<String, String> = by_question
            .into_iter()
            .filter_map(|(key, answer)| Some((key, answer?)))
            .collect();
        let answered = |(question, _): &(String, String)| {
            pair_key(question).is_some_and(|key| by_question.contains_key(&key))
        };
        let rows = pairs.into_iter().filter(answered).collect();
        Self {
            name: name.to_owned(),
            kind: Kind::Pairs(Pairs { by_question, rows }),
        }
    }

    /// Reads exchange rates: CSV with the columns `base,date,currency,rate`, where one unit of the
    /// base is `rate` of the currency, and base and date are the same in every line.
    ///
    /// Rates older than `max_age` days are not answered from.
    pub fn from_rates(name: &str, text: &str, max_age: i32) -> Result<Self, Error> {
        let rates = Rates::from_csv(text, max_age).map_err(|source| Error::Rates {
            table: name.to_owned(),
            source,
        })?;
        Ok(Self {
            name: name.to_owned(),
            kind: Kind::Rates(rates),
        })
    }

    /// Exchange rates by their currency, where one unit of `base` is so much of each on `date`, all written
    /// as in [`Table::from_rates`].
    pub fn from_rate_list(
        name: &str,
        (base, date): (&str, &str),
        rates: &[(String, String)],
        max_age: i32,
    ) -> Result<Self, Error> {
        let rates =
            Rates::from_list(base, date, rates, max_age).map_err(|source| Error::Rates {
                table: name.to_owned(),
                source,
            })?;
        Ok(Self {
            name: name.to_owned(),
            kind: Kind::Rates(rates),
        })
    }

    /// The name it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows or questions it has.
    pub fn len(&self) -> usize {
        match &self.kind {
            Kind::Pairs(pairs) => pairs.by_question.len(),
            Kind::Records(records) => records.rows.len(),
            Kind::Rates(rates) => rates.len(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Pairs {
    /// For each row, the first one with its answer.
    pub(crate) fn first_with_answer(&self) -> Vec<usize> {
        let mut first = HashMap::new();
        let rows = self.rows.iter().enumerate();
        rows.map(|(at, (_, answer))| *first.entry(answer).or_insert(at))
            .collect()
    }
}

impl Records {
    /// Books the names of the row that comes next, each of which must be new.
    fn claim(
        &mut self,
        table: &str,
        (key, others): (&str, &str),
        line: usize,
        lines: &[usize],
    ) -> Result<(), Error> {
        if key_of(key).is_empty() {
            let table = table.to_owned();
            return Err(Error::EmptyKey { table, line });
        }
        let row = self.rows.len();
        for folded in std::iter::once(key).chain(others.split('|')).map(key_of) {
            if folded.is_empty() {
                continue;
            }
            let first = *self.by_name.entry(folded.clone()).or_insert(row);
            if first != row {
                let earlier = lines.get(first).copied().unwrap_or(0);
                let table = table.to_owned();
                return Err(Error::Duplicate {
                    table,
                    line,
                    earlier,
                    key: folded,
                });
            }
        }
        Ok(())
    }
}

fn attribute(header: &str) -> Attribute {
    let names: Vec<String> = header
        .split('|')
        .map(fold_key)
        .filter(|name| !name.is_empty())
        .collect();
    let label = header
        .split('|')
        .next()
        .unwrap_or_default()
        .trim()
        .replace('_', " ");
    Attribute { label, names }
}

/// A key as it is compared: folded, without the article.
pub(crate) fn key_of(text: &str) -> String {
    let folded = fold_key(text);
    folded
        .strip_prefix("the ")
        .map_or_else(|| folded.clone(), str::to_owned)
}

/// A whole question as it is compared: its framing taken off, its words joined.
pub(crate) fn pair_key(question: &str) -> Option<String> {
    let reading = crate::reading::Reading::of(question)?;
    let words: Vec<&str> = reading
        .tokens
        .iter()
        .map(|token| token.meant.unwrap_or(&token.text))
        .collect();
    Some(words.join(" "))
}

#[cfg(test)]
mod tests;
