//! `downshift train DATA.jsonl --out DIR`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use downshift_intent::{Model, Source, Trained, TrainingConfig, TrainingFigures};
use serde_json::json;

use super::{PolicyArgs, labelled};
use crate::clock;

/// Make a classifier of your own from labelled queries: a model directory that `classifier.model` may name.
#[derive(Debug, Args)]
pub(super) struct Train {
    #[command(flatten)]
    policy: PolicyArgs,
    /// Labelled queries: one `{"text": "…", "label": "…"}` per line; `oos` labels those that have no intent.
    #[arg(value_name = "DATA.jsonl")]
    data: PathBuf,
    /// Where the model directory is written; it must not exist yet, or be empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What the model is called; the name of its directory if absent.
    #[arg(long)]
    name: Option<String>,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

impl Train {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let loaded = self.policy.load()?;
        let rows = labelled::read(&self.data)?;
        vacant(&self.out)?;
        let over = loaded.classifier_source();
        let mut model = Model::load(&loaded.inference()?, &over)?;
        let folder = self
            .out
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = self
            .name
            .clone()
            .or(folder)
            .unwrap_or_else(|| "unnamed".to_owned());
        let config = TrainingConfig {
            name,
            version: clock::now().strftime("%Y.%m.%d").to_string(),
        };
        let rows: Vec<_> = rows.into_iter().map(|row| (row.text, row.label)).collect();
        let started = Instant::now();
        let trained = downshift_intent::train(&mut model, &rows, &config)
            .with_context(|| format!("{} is not enough", self.data.display()))?;
        let seconds = started.elapsed().as_secs_f64();
        self.keep(
            &trained,
            &over,
            &config,
            &format!("{} {}", model.name(), model.version()),
        )?;
        self.report(&trained, seconds)
    }

    fn keep(
        &self,
        trained: &Trained,
        over: &Source,
        config: &TrainingConfig,
        encoder: &str,
    ) -> anyhow::Result<()> {
        fs::create_dir_all(&self.out)
            .with_context(|| format!("cannot make {}", self.out.display()))?;
        trained.save(over, &self.out)?;
        let path = self.out.join("MODEL_CARD.md");
        let card = card(trained, config, encoder);
        fs::write(&path, card).with_context(|| format!("cannot write {}", path.display()))
    }

    fn report(&self, trained: &Trained, seconds: f64) -> anyhow::Result<()> {
        let TrainingFigures {
            texts,
            outside,
            accuracy,
            loss,
            letters,
            temperature,
            wordless,
            ..
        } = &trained.figures;
        let labels = trained.labels().len();
        let shown = self.out.display();
        let mut out = io::stdout().lock();
        if self.json {
            let report = json!({
                "out": shown.to_string(), "texts": texts, "labels": labels, "outside": outside, "accuracy": accuracy,
                "loss": loss, "letters": letters, "temperature": temperature, "wordless": wordless, "seconds": seconds,
            });
            writeln!(out, "{report}")?;
            return Ok(());
        }
        writeln!(
            out,
            "{labels} intents learned from {texts} queries in {seconds:.1} s"
        )?;
        if *wordless > 0 {
            writeln!(out, "{wordless} hold no words and were passed over")?;
        }
        writeln!(
            out,
            "{:.1} % right on queries it had not seen (cross-validation); `downshift eval` says more",
            accuracy * 100.0
        )?;
        writeln!(
            out,
            "written to {shown}; to use it, in router.yaml:\n\n  classifier: {{ model: {shown} }}"
        )?;
        Ok(())
    }
}

/// Somebody's model is not written over.
fn vacant(folder: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot use {}", folder.display()));
        }
    };
    if entries.count() == 0 {
        return Ok(());
    }
    bail!(
        "{} is not empty; name a directory that is, or that does not exist",
        folder.display()
    );
}

/// What whoever finds the directory needs to know.
fn card(trained: &Trained, config: &TrainingConfig, encoder: &str) -> String {
    let TrainingFigures {
        texts,
        outside,
        outside_given,
        per_intent,
        accuracy,
        loss,
        letters,
        temperature,
        ..
    } = &trained.figures;
    let TrainingConfig { name, version } = config;
    let whose = if *outside_given {
        "labelled `oos` in the data"
    } else {
        "everyday queries that come with Downshift, since the data labels none `oos`"
    };
    let mut card = format!(
        "# {name}\n\nVersion {version}, made by `downshift train` {} over the vectors of {encoder}.\n\n\
         | figure | value |\n|---|---|\n| queries | {texts} |\n| intents | {} |\n| accuracy, cross-validated | {:.1} % |\n\
         | log loss, cross-validated | {loss:.3} |\n| share of the function over letters | {letters} |\n\
         | temperature | {temperature:.3} |\n| out-of-scope queries | {outside}, {whose} |\n\n\
         The licence of the vectors holds for `model.onnx` and `tokenizer.json`; the head is made from the data alone.\n\n\
         | intent | queries |\n|---|---|\n",
        env!("CARGO_PKG_VERSION"),
        per_intent.len(),
        accuracy * 100.0
    );
    for (intent, queries) in per_intent {
        let intent = intent.replace('|', "\\|");
        writeln!(card, "| {intent} | {queries} |").unwrap_or_default();
    }
    card
}
