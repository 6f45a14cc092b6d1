//! Close matches in operators' tables: hides the vectors of their rows, and how the thresholds are found.
//!
//! A table is asked for its rows' own slips and wordings ([`Table::trials`]). Each is a question that the table
//! without that row does not answer, and the most alike of the other rows is then a false match. For words of the
//! question's own, rows with one word changed ([`Table::strangers`]) are false matches, too. With `n` rows and a
//! risk of `r`, a threshold is the `k`-th highest of those likenesses, where `k` is the largest whole number of at
//! most `r × (n + 1)`. If questions from outside are like those (are exchangeable with them), one of them is above
//! the threshold in at most `k / (n + 1)` of cases: split conformal prediction, Vovk et al., "Algorithmic Learning
//! in a Random World", 2005, §2.2. See docs/lookup.md.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use downshift_answers::{Asked, Entry, Manner, Table, Trial};
use downshift_intent::{Error as ClassifierError, Model, Runtime};
use downshift_policy::{AnswerConfig, CloseConfig};

use crate::config::{Loaded, Problem};
use crate::router::Tables;

/// How much more alike the best row must be than the next one with another answer, as a cosine.
const MARGIN: f32 = 0.02;

/// No likeness below this is a match, whatever the table's own rows say.
const LEAST: f32 = 0.5;

/// A table of more rows is calibrated by so many of them, evenly spread.
const SAMPLE: usize = 400;

/// Tables that also answer what is close, by the intent that they answer.
pub type Closes = BTreeMap<Arc<str>, Vec<Close>>;

/// One table with the meanings of its rows.
#[derive(Debug)]
pub struct Close {
    /// The path by which the policy names it.
    pub table: String,
    rows: Rows,
    thresholds: Thresholds,
}

/// How alike a row must be at least, as a cosine, by how the question differs from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Where every word that counts is the row's.
    pub slip: f32,
    /// Where the question has words of its own.
    pub wording: f32,
}

/// What a threshold was found to do on the table's own rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The thresholds.
    pub thresholds: Thresholds,
    /// How many rows it was found by.
    pub rows: usize,
    /// The share of slips and other wordings that it lets through to their row.
    pub matched: f32,
}

#[derive(Debug)]
struct Rows(Vec<(Entry, Vec<f32>)>);

/// A trial with its meaning.
struct Tried {
    asked: Asked,
    row: usize,
    vector: Vec<f32>,
}

// === impl Close ===

impl Close {
    /// The answer of the one row that a question with this meaning is close to.
    pub fn answer(&self, table: &Table, asked: &Asked, vector: &[f32]) -> Option<String> {
        let (entry, manner, likeness) = self.rows.nearest(table, asked, vector, None)?;
        let near = likeness > self.thresholds.of(manner);
        near.then(|| table.told(asked, entry)).flatten()
    }
}

// === impl Thresholds ===

impl Thresholds {
    fn both(similarity: f32) -> Self {
        Self {
            slip: similarity,
            wording: similarity,
        }
    }

    fn of(self, manner: Manner) -> f32 {
        match manner {
            Manner::Slip => self.slip,
            Manner::Wording => self.wording,
        }
    }
}

// === impl Rows ===

impl Rows {
    /// The row that is most alike and may be meant, without those of `left_out`; `None` where the next one
    /// with another answer is nearly as much so.
    fn nearest(
        &self,
        table: &Table,
        asked: &Asked,
        vector: &[f32],
        left_out: Option<usize>,
    ) -> Option<(&Entry, Manner, f32)> {
        let others = self
            .0
            .iter()
            .filter(|(entry, _)| Some(entry.row) != left_out);
        let mut best: Option<(&Entry, f32)> = None;
        let mut next = f32::NEG_INFINITY;
        for (entry, known) in others {
            let likeness = cosine(vector, known);
            match best {
                Some((first, most)) if likeness > most => {
                    if first.row != entry.row {
                        next = most.max(next);
                    }
                    best = Some((entry, likeness));
                }
                Some((first, _)) if first.row != entry.row => next = next.max(likeness),
                Some(_) => {}
                None => best = Some((entry, likeness)),
            }
        }
        let (entry, most) = best.filter(|(_, most)| most - next >= MARGIN)?;
        Some((entry, table.manner(asked, entry)?, most))
    }
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// Reads the rows of every table whose close matches the policy allows; what is wrong with one is told at
/// its place in the file.
pub(crate) fn closes(
    loaded: &Loaded,
    tables: &Tables,
    runtime: &Runtime,
    problems: &mut Vec<Problem>,
) -> Result<Closes, ClassifierError> {
    let mut model = None;
    let mut closes = Closes::new();
    for (intent, config) in &loaded.config.intents {
        let Some(AnswerConfig::Lookup { lookup, close }) = &config.answer else {
            continue;
        };
        // A bound that is none is told by the policy.
        if *close == CloseConfig::Off || close.problem().is_some() {
            continue;
        }
        let model = match &mut model {
            Some(model) => model,
            none => none.insert(Model::load(runtime, &loaded.classifier_source())?),
        };
        let known = lookup
            .iter()
            .filter_map(|path| Some((path, tables.get(path)?)));
        for (path, table) in known {
            match close_of(path, table, *close, model)? {
                Ok(close) => closes
                    .entry(intent.as_str().into())
                    .or_default()
                    .push(close),
                Err(message) => {
                    let place = format!("intents.{intent}.answer.close");
                    problems.push(Problem::at(place, message));
                }
            }
        }
    }
    Ok(closes)
}

fn close_of(
    path: &str,
    table: &Table,
    config: CloseConfig,
    model: &mut Model,
) -> Result<Result<Close, String>, ClassifierError> {
    let mut rows = Vec::new();
    for entry in table.entries() {
        if let Some(vector) = model.embed(&entry.text)? {
            rows.push((entry, vector));
        }
    }
    if rows.is_empty() {
        return Ok(Err(format!(
            "{path}: the classifier's model gives no vectors to compare rows by"
        )));
    }
    let rows = Rows(rows);
    let thresholds = match config {
        CloseConfig::Risk(risk) => {
            let (own, strangers) = (
                tried(table.trials(), model)?,
                tried(table.strangers(), model)?,
            );
            match calibrated(table, &rows, (&own, &strangers), risk) {
                Ok(found) => {
                    tracing::info!(
                        table = path,
                        rows = found.rows,
                        risk,
                        slip = found.thresholds.slip,
                        wording = found.thresholds.wording,
                        matched = found.matched,
                        "close matches calibrated"
                    );
                    found.thresholds
                }
                Err(message) => return Ok(Err(format!("{path}: {message}"))),
            }
        }
        CloseConfig::Similarity(similarity) => Thresholds::both(similarity),
        CloseConfig::Off => Thresholds::both(f32::INFINITY),
    };
    Ok(Ok(Close {
        table: path.to_owned(),
        rows,
        thresholds,
    }))
}

/// Trials with their meanings, those of at most [`SAMPLE`] rows.
fn tried(trials: Vec<Trial>, model: &mut Model) -> Result<Vec<Tried>, ClassifierError> {
    let rows: BTreeSet<usize> = trials.iter().map(|trial| trial.row).collect();
    let step = rows.len().div_ceil(SAMPLE).max(1);
    let chosen: BTreeSet<usize> = rows.into_iter().step_by(step).collect();
    let mut tried = Vec::new();
    for trial in trials
        .into_iter()
        .filter(|trial| chosen.contains(&trial.row))
    {
        if let Some(vector) = model.embed(&trial.asked.text)? {
            tried.push(Tried {
                asked: trial.asked,
                row: trial.row,
                vector,
            });
        }
    }
    Ok(tried)
}

/// The thresholds under which the table's own rows, and strangers to it, are mistaken for a row as seldom as
/// `risk` says; or why they cannot show so little.
fn calibrated(
    table: &Table,
    rows: &Rows,
    (own, strangers): (&[Tried], &[Tried]),
    risk: f32,
) -> Result<Calibration, String> {
    // How alike a row is to what it does not answer, at the worst for each row and manner.
    let count = own
        .iter()
        .map(|trial| trial.row)
        .collect::<BTreeSet<_>>()
        .len();
    let mut mistaken: BTreeMap<(Manner, usize), f32> = BTreeMap::new();
    let left_out = own.iter().map(|trial| (trial, Some(trial.row)));
    for (trial, left_out) in left_out.chain(strangers.iter().map(|trial| (trial, None))) {
        if let Some((_, manner, likeness)) =
            rows.nearest(table, &trial.asked, &trial.vector, left_out)
        {
            let worst = mistaken.entry((manner, trial.row)).or_insert(likeness);
            *worst = worst.max(likeness);
        }
    }
    let allowed = allowed(risk, count);
    if allowed == 0 {
        return Err(too_few(count, risk));
    }
    let threshold = |manner| {
        let of_manner = mistaken.iter().filter(|((of, _), _)| *of == manner);
        let mut worst: Vec<f32> = of_manner.map(|(_, likeness)| *likeness).collect();
        worst.sort_by(|one, other| other.total_cmp(one));
        worst.get(allowed - 1).copied().unwrap_or(LEAST).max(LEAST)
    };
    let thresholds = Thresholds {
        slip: threshold(Manner::Slip),
        wording: threshold(Manner::Wording),
    };
    let right = own.iter().filter(|trial| {
        let nearest = rows.nearest(table, &trial.asked, &trial.vector, None);
        nearest.is_some_and(|(entry, manner, likeness)| {
            entry.row == trial.row && likeness > thresholds.of(manner)
        })
    });
    Ok(Calibration {
        thresholds,
        rows: count,
        matched: right.count() as f32 / own.len().max(1) as f32,
    })
}

fn too_few(count: usize, risk: f32) -> String {
    let least = 1.0 / (count as f64 + 1.0);
    let needed = (1.0 / f64::from(risk) - 1.0 - 1e-4).ceil();
    format!(
        "{count} different answers can show no risk of close matches below {least:.2}; \
         for a risk of {risk} it needs {needed}. Write `close: {{ risk: {:.2} }}` to allow more, or give \
         the threshold by `close: {{ similarity: 0.9 }}`",
        (least * 100.0).ceil() / 100.0,
    )
}

/// The largest whole number of at most `risk × (rows + 1)`.
fn allowed(risk: f32, rows: usize) -> usize {
    (1..=rows)
        .rev()
        .find(|allowed| *allowed as f64 <= f64::from(risk) * (rows as f64 + 1.0) + 1e-6)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
