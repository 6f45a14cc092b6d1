//! `downshift export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use downshift_ledger::{Exported, Place};
use serde::Serialize;
use serde_json::value::RawValue;

use super::stored::{self, StoredArgs};
use downshift_ledger::Entry;

/// Write the ledger's entries to a file or to standard output, the oldest first.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    stored: StoredArgs,
    /// The file; standard output if absent.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
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
        let mut out: Box<dyn Write> = match &self.output {
            Some(path) => {
                let file = File::create(path);
                let file = file.with_context(|| format!("cannot write {}", path.display()))?;
                Box::new(BufWriter::new(file))
            }
            None => Box::new(BufWriter::new(io::stdout().lock())),
        };
        let runtime = super::runtime()?;
        let mut after: Option<Place> = None;
        loop {
            let page = runtime.block_on(store.export(window, after.as_ref()));
            let page = stored::read(&store, page)?;
            let Some(last) = page.last() else {
                break;
            };
            after = Some(Place::of(&last.entry));
            for exported in &page {
                serde_json::to_writer(&mut out, &Row::of(exported))?;
                writeln!(out)?;
            }
        }
        Ok(out.flush()?)
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
