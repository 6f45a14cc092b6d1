//! `downshift export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use downshift_ledger::{Entry, Exported, ParquetFile, Place, Store, Window};
use serde::Serialize;
use serde_json::value::RawValue;

use super::stored::{self, StoredArgs};

/// Write the ledger's entries to a file or to standard output, the oldest first.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    stored: StoredArgs,
    /// The file; standard output if absent.
    #[arg(long, short, visible_alias = "out", value_name = "FILE")]
    output: Option<PathBuf>,
    /// JSON lines, or columns that DuckDB, Spark and pandas read; by the file's name if absent.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line of JSON for each.
    Jsonl,
    /// One Parquet file of the same columns.
    Parquet,
}

/// A line of the export: the entry's own fields, and what was said, where that was kept.
#[derive(Debug, Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    /// The request as the client sent it.
    request: Option<&'a RawValue>,
    /// The text of the reply.
    reply: Option<&'a str>,
}

// === impl Export ===

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let store = self.stored.open()?;
        let window = self.stored.window()?;
        let mut out: Box<dyn Write + Send> = match &self.output {
            Some(path) => {
                let file = File::create(path);
                let file = file.with_context(|| format!("cannot write {}", path.display()))?;
                Box::new(BufWriter::new(file))
            }
            None => Box::new(BufWriter::new(io::stdout())),
        };
        match self.format() {
            Format::Jsonl => {
                each(&store, window, |exported| {
                    serde_json::to_writer(&mut out, &Row::of(exported))?;
                    Ok(writeln!(out)?)
                })?;
            }
            Format::Parquet => {
                let mut file = ParquetFile::new(&mut out)?;
                each(&store, window, |exported| Ok(file.add(exported)?))?;
                file.finish()?;
            }
        }
        Ok(out.flush()?)
    }

    fn format(&self) -> Format {
        let extension = self.output.as_ref().and_then(|path| path.extension());
        let named = if extension.is_some_and(|extension| extension == "parquet") {
            Format::Parquet
        } else {
            Format::Jsonl
        };
        self.format.unwrap_or(named)
    }
}

/// Hands on the entries of a window, the oldest first.
fn each(
    store: &Store,
    window: Window,
    mut take: impl FnMut(&Exported) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let runtime = super::runtime()?;
    let mut after: Option<Place> = None;
    loop {
        let page = runtime.block_on(store.export(window, after.as_ref()));
        let page = stored::read(store, page)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(Place::of(&last.entry));
        for exported in &page {
            take(exported)?;
        }
    }
}

// === impl Row ===

impl<'a> Row<'a> {
    fn of(exported: &'a Exported) -> Self {
        let request = exported.request.as_deref();
        Self {
            entry: &exported.entry,
            request: request.and_then(|text| serde_json::from_str(text).ok()),
            reply: exported.reply.as_deref(),
        }
    }
}
