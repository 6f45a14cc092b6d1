//! `downshift prices`.

mod table;
mod update;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use downshift_ledger::PriceBook;
use serde_json::{Value, json};

use super::PolicyArgs;
use crate::config::Loaded;
use crate::config::prices::PriceOf;

/// Show what models cost, and bring the price file up to date.
#[derive(Debug, Args)]
pub(super) struct Prices {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Show every row of the price list, and not the policy's models alone.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Bring the price file up to date from a URL or a file: a LiteLLM price map,
    /// or a list in this program's own format.
    #[arg(long, value_name = "SOURCE")]
    update: Option<String>,
    /// The price file to update, in place of the policy's `prices:`.
    #[arg(long, value_name = "FILE", requires = "update")]
    file: Option<PathBuf>,
    /// Take only models of this name from the source; `*` and `?` are allowed, and it may be said again.
    #[arg(long, value_name = "NAME", requires = "update")]
    only: Vec<String>,
    /// Say what would change, and write nothing.
    #[arg(long, requires = "update")]
    dry_run: bool,
}

// === impl Prices ===

impl Prices {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let loaded = self.policy.load()?;
        if let Some(source) = &self.update {
            return self.update(&loaded, source);
        }
        let prices = loaded.prices()?;
        let mut out = io::stdout().lock();
        if self.json {
            let models: Vec<Value> = models(&loaded, &prices);
            let all: Vec<_> = prices.rows().filter(|_| self.all).collect();
            let shown = json!({ "file": loaded.price_file(), "models": models, "rows": all });
            serde_json::to_writer_pretty(&mut out, &shown)?;
            writeln!(out)?;
        } else if self.all {
            table::rows(&mut out, prices.rows())?;
        } else {
            table::models(&mut out, &loaded, &prices)?;
        }
        Ok(())
    }
}

/// The policy's models with their prices, for programs.
fn models(loaded: &Loaded, prices: &PriceBook) -> Vec<Value> {
    let models = loaded.config.models.iter().map(|(name, model)| {
        let (from, row, price) = match model.price_of(prices) {
            PriceOf::Policy(price) => ("policy", None, Some(price)),
            PriceOf::Row(row) => ("file", Some(row), None),
            PriceOf::Unknown => ("unknown", None, None),
        };
        json!({ "name": name, "model": model.model, "from": from, "price": price, "row": row })
    });
    models.collect()
}
