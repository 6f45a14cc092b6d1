//! `downshift report`.

mod table;

use std::io::{self, Write};

use clap::Args;
use downshift_ledger::{By, Report as Figures};
use serde_json::Value;

use super::stored::{self, StoredArgs};

/// Say what requests came to: money, tokens, energy, time, and what was saved.
#[derive(Debug, Args)]
pub(super) struct Report {
    #[command(flatten)]
    stored: StoredArgs,
    /// A line for each rung, intent, model, key or day.
    #[arg(long, value_name = "WHAT", value_parser = by, default_value = "rung")]
    by: By,
    /// Print JSON: what `GET /report` says.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV, a row for each line and one for the total.
    #[arg(long)]
    csv: bool,
}

// === impl Report ===

impl Report {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let store = self.stored.open()?;
        let window = self.stored.window()?;
        let report = super::runtime()?.block_on(store.report(window, Some(self.by)));
        let report = stored::read(&store, report)?;
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        } else if self.csv {
            csv(&mut out, &report)?;
        } else {
            table::print(&mut out, &report, &store.address().to_string())?;
        }
        Ok(())
    }
}

fn by(name: &str) -> Result<By, String> {
    let all = By::ALL.map(By::label).join(", ");
    By::named(name).ok_or_else(|| format!("write one of {all}"))
}

/// The lines of the JSON, flat: what is no single value is left out.
fn csv(out: &mut impl Write, report: &Figures) -> anyhow::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    let mut total = report.total();
    total.name = Some("total");
    let lines = report.lines();
    for (index, line) in lines.iter().chain([&total]).enumerate() {
        let Value::Object(fields) = serde_json::to_value(line)? else {
            continue;
        };
        let flat = fields.iter().filter(|(_, value)| !value.is_object());
        let (names, values): (Vec<_>, Vec<_>) = flat.unzip();
        if index == 0 {
            rows.write_record(names)?;
        }
        rows.write_record(values.into_iter().map(|value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }))?;
    }
    rows.flush()?;
    Ok(())
}
