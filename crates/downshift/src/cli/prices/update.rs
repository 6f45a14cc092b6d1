//! `downshift prices --update`: hides where new prices are read, and which of them are taken.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow};
use downshift_ledger::litellm::{self, Imported, Provenance};
use downshift_ledger::{Change, PriceBook, PriceRow, Update};
use downshift_upstream::{Client, ClientConfig, FetchConfig, Fetcher};
use http::Uri;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::json;

use super::{Prices, table};
use crate::cli::{Failed, runtime, whole};
use crate::clock;
use crate::config::{Loaded, prices};

/// How long a source may take.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The largest source, in bytes: ten times the map as it was in 2026.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Lines of one kind that are shown at most without `--all`.
const SHOWN: usize = 20;

/// The same of models whose price cannot be read.
const UNREADABLE: usize = 3;

/// The field by which a list of this program's own is told from a map of models.
#[derive(Deserialize)]
struct Own {
    per_tokens: Option<serde::de::IgnoredAny>,
}

// === impl Prices ===

impl Prices {
    pub(super) fn update(&self, loaded: &Loaded, source: &str) -> anyhow::Result<()> {
        let file = self.target(loaded)?;
        let shipped = prices::shipped()?;
        let before = before(&file, &shipped)?;
        let mut imported = import(source)?;
        imported.rows.retain(|row| {
            self.only.is_empty() || self.only.iter().any(|pattern| row.is_named(pattern))
        });
        if imported.rows.is_empty() {
            return Err(anyhow!(
                "{source} has no price that can be taken: {}",
                left_out(&imported)
            ));
        }
        let update = Update::new(&before, &shipped, &imported.rows);
        let new = !file.exists() || !before.rows().eq(&update.rows);
        let write = new && !self.dry_run;
        if write {
            let text = before.to_json(&update.rows)?;
            // What was written must be read again: a file that is not would stop the next start.
            PriceBook::from_json(&text).context("the new price list is not one")?;
            whole::replace(&file, &text)
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            let shown = json!({
                "file": file, "source": source, "written": write, "update": update,
                "left_out": imported.left_out, "unreadable": imported.unreadable,
            });
            serde_json::to_writer_pretty(&mut out, &shown)?;
            writeln!(out)?;
            return Ok(());
        }
        self.told(&mut out, &update)?;
        writeln!(out, "left out of {source}: {}", left_out(&imported))?;
        let unreadable = imported.unreadable.iter();
        for model in unreadable.take(if self.all { usize::MAX } else { UNREADABLE }) {
            writeln!(out, "  {model}")?;
        }
        let done = match (new, write) {
            (false, _) => "up to date: nothing was written to",
            (true, false) => "a dry run: nothing was written to",
            (true, true) => "written:",
        };
        writeln!(out, "\n{done} {}", file.display())?;
        Ok(())
    }

    /// The file to update.
    fn target(&self, loaded: &Loaded) -> anyhow::Result<PathBuf> {
        let named = self.file.clone().or_else(|| loaded.price_file());
        named.ok_or_else(|| {
            let message = format!(
                "{} names no price file to update: write `prices: prices.json` into it, or say --file FILE",
                loaded.file
            );
            Failed { message, code: 2 }.into()
        })
    }

    fn shown(&self) -> usize {
        if self.all { usize::MAX } else { SHOWN }
    }

    fn told(&self, out: &mut impl Write, update: &Update) -> io::Result<()> {
        let change = |change: &Change| {
            let name = name(&change.before);
            format!(
                "{name}: {} → {}",
                table::line(&change.before),
                table::line(&change.after)
            )
        };
        let kept = |change: &Change| {
            let name = name(&change.before);
            format!(
                "{name}: {}; the source says {}",
                table::line(&change.before),
                table::line(&change.after)
            )
        };
        let row = |row: &PriceRow| format!("{}: {}", name(row), table::line(row));
        self.list(out, "changed", update.changed.iter().map(change))?;
        self.list(out, "added", update.added.iter().map(row))?;
        self.list(
            out,
            "yours, and left as they are",
            update.kept.iter().map(kept),
        )?;
        self.list(
            out,
            "gone from the source, and left as they are",
            update.gone.iter().map(row),
        )?;
        writeln!(out, "{} the same", update.unchanged)
    }

    fn list(
        &self,
        out: &mut impl Write,
        title: &str,
        lines: impl ExactSizeIterator<Item = String>,
    ) -> io::Result<()> {
        let count = lines.len();
        if count == 0 {
            return Ok(());
        }
        writeln!(out, "{count} {title}")?;
        for line in lines.take(self.shown()) {
            writeln!(out, "  {line}")?;
        }
        if count > self.shown() {
            writeln!(
                out,
                "  … and {} more; --all shows them",
                count - self.shown()
            )?;
        }
        Ok(())
    }
}

/// The file as it is; where there is none yet, the list that is compiled in.
fn before(file: &Path, shipped: &PriceBook) -> anyhow::Result<PriceBook> {
    match fs::read_to_string(file) {
        Ok(text) => PriceBook::from_json(&text).with_context(|| file.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(PriceBook::from_rows(shipped.rows().cloned())?)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn import(source: &str) -> anyhow::Result<Imported> {
    let is_url = source.starts_with("https://") || source.starts_with("http://");
    let text = if is_url {
        runtime()?.block_on(fetch(source))?
    } else {
        fs::read_to_string(source).with_context(|| format!("cannot read {source}"))?
    };
    // A query may hold a key, and says nothing of whose prices they are.
    let name = source.split_once(['?', '#']).filter(|_| is_url);
    let provenance = Provenance {
        source: name.map_or(source, |(name, _)| name).to_owned(),
        date: TimeZone::UTC.to_datetime(clock::now()).date(),
    };
    let no_list = || format!("{source} is neither a LiteLLM price map nor a price list");
    let own: Own = serde_json::from_str(&text).with_context(no_list)?;
    if own.per_tokens.is_none() {
        return litellm::read(&text, &provenance).with_context(no_list);
    }
    let book = PriceBook::from_json(&text).with_context(|| source.to_owned())?;
    let rows = book.rows().cloned().map(|row| PriceRow {
        imported: true,
        ..row
    });
    Ok(Imported {
        rows: rows.collect(),
        ..Imported::default()
    })
}

async fn fetch(url: &str) -> anyhow::Result<String> {
    let uri: Uri = url.parse().with_context(|| format!("{url} is no URL"))?;
    let origin = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or("https"),
        uri.authority()
            .map(http::uri::Authority::as_str)
            .unwrap_or_default()
    );
    let client = Client::new(&ClientConfig::default())?;
    let config = FetchConfig {
        origin,
        key: None,
        missing_variable: None,
        timeout: TIMEOUT,
        max_bytes: MAX_BYTES,
    };
    let fetcher = Fetcher::new(&client, config).with_context(|| format!("cannot fetch {url}"))?;
    let body = fetcher.fetch(uri.path(), uri.query()).await;
    let body = body.with_context(|| format!("cannot fetch {url}"))?;
    String::from_utf8(body.to_vec()).with_context(|| format!("{url} is no text"))
}

fn name(row: &PriceRow) -> String {
    match &row.host {
        Some(host) => format!("{} at {host}", row.model),
        None => row.model.clone(),
    }
}

/// How many of a source's models were not taken, and why.
fn left_out(imported: &Imported) -> String {
    let mut parts: Vec<String> = imported
        .left_out
        .iter()
        .map(|(why, count)| format!("{count} {why}"))
        .collect();
    if !imported.unreadable.is_empty() {
        let count = imported.unreadable.len();
        parts.push(format!(
            "{count} whose price cannot be kept exactly, or read"
        ));
    }
    if parts.is_empty() {
        return "nothing".to_owned();
    }
    parts.join(", ")
}
