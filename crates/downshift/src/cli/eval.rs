//! `downshift eval DATA.jsonl`.

mod page;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use downshift_intent::{Error, Evaluation, Judged, Model, Source, Verdict};

use super::labelled::{self, Labelled};
use super::{PolicyArgs, progress};
use crate::config::Loaded;

/// Say what a classifier is worth on labelled queries.
#[derive(Debug, Args)]
pub(super) struct Eval {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Labelled queries: one `{"text": "…", "label": "…"}` per line; `oos` labels those that have no intent.
    #[arg(value_name = "DATA.jsonl")]
    data: PathBuf,
    /// A model directory; the model that is compiled in if absent, with the intents the policy teaches by examples.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
    /// Write the curves to an HTML page too.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let loaded = self.policy.load()?;
        let rows = labelled::read(&self.data)?;
        let mut model = self.model(&loaded)?;
        known(&rows, &model.intents())?;
        let judged = judge(&mut model, rows)?;
        let evaluation = Evaluation::of(&judged, &trivial(&loaded));
        let name = format!("{} {}", model.name(), model.version());
        if let Some(path) = &self.html {
            let page = page::written(&evaluation, &name, &self.data.display().to_string());
            fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
        }
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, &evaluation)?;
            writeln!(out)?;
        } else {
            table::print(&mut out, &evaluation, &name)?;
        }
        Ok(())
    }

    fn model(&self, loaded: &Loaded) -> Result<Model, Error> {
        match &self.model {
            Some(folder) => Model::load(&loaded.inference()?, &Source::directory(folder.clone())),
            None => loaded.classifier(),
        }
    }
}

/// Labels that the model cannot give would count as its errors.
fn known(rows: &[Labelled], intents: &[Arc<str>]) -> anyhow::Result<()> {
    let stranger = rows.iter().find_map(|row| {
        let label = row.label.as_ref()?;
        (!intents.contains(label)).then_some((label, row.line))
    });
    let Some((label, line)) = stranger else {
        return Ok(());
    };
    bail!(
        "line {line}: the model has no intent `{label}`; it has {}, and `{}` for queries that have none",
        intents.join(", "),
        labelled::OUT_OF_SCOPE
    );
}

fn judge(model: &mut Model, rows: Vec<Labelled>) -> anyhow::Result<Vec<Judged>> {
    let mut judged = Vec::with_capacity(rows.len());
    let mut progress = progress::Progress::over(rows.len(), "queries");
    for Labelled { text, label, line } in rows {
        let verdict = match model.classify(&text) {
            Ok(verdict) => verdict,
            Err(Error::Empty) => nothing(model),
            Err(error) => return Err(error).with_context(|| format!("line {line}")),
        };
        judged.push(Judged {
            truth: label,
            verdict,
        });
        progress.one_more();
    }
    Ok(judged)
}

/// A query without a word is met with all the doubt there is.
fn nothing(model: &Model) -> Verdict {
    let intents = model.intents();
    let share = 1.0 / intents.len().max(1) as f32;
    Verdict {
        intents: intents.into_iter().map(|intent| (intent, share)).collect(),
        out_of_scope: 1.0,
        tokens: 0,
        flops: 0,
        seconds: 0.0,
    }
}

/// The intents that the policy has answered without a model.
fn trivial(loaded: &Loaded) -> BTreeSet<Arc<str>> {
    let intents = loaded.config.intents.iter();
    intents
        .filter(|(_, intent)| intent.answer.is_some())
        .map(|(name, _)| name.as_str().into())
        .collect()
}
