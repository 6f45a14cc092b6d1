//! `downshift train DATA.jsonl --out DIR`.

mod log;

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use downshift_intent::{Adaptation, Model, Source, Trained, TrainingConfig, TrainingFigures};
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
    /// Queries that nobody labelled: one `{"text": "…"}` per line, or what `downshift export` wrote of a policy that keeps
    /// bodies. They are learned from if that makes the model better, by cross-validation on the labelled ones.
    #[arg(long, value_name = "LOG.jsonl")]
    unlabelled: Option<PathBuf>,
    /// An encoder to train over, in place of the policy's: a directory as Hugging Face's tools export BERT to ONNX.
    #[arg(long, value_name = "DIR")]
    encoder: Option<PathBuf>,
    /// Train over the vectors of the first of the model's two readers alone: queries then cost microseconds and not
    /// milliseconds, and two to four in a hundred more are told wrongly.
    #[arg(long, conflicts_with = "encoder")]
    quick: bool,
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
        let mut over = loaded.classifier_source();
        let encoder = self.encoder.clone().or(over.encoder);
        over.encoder = encoder.filter(|_| !self.quick);
        let mut model = Model::load(&loaded.inference()?, &over)?;
        self.choose_readers(&mut model)?;
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
        let unlabelled = self.unlabelled.as_deref().map(log::read).transpose()?;
        let unlabelled = unlabelled.unwrap_or_default();
        let started = Instant::now();
        let trained = downshift_intent::train(&mut model, &rows, &unlabelled, &config)
            .with_context(|| format!("{} is not enough", self.data.display()))?;
        let seconds = started.elapsed().as_secs_f64();
        let vectors = if let Some(encoder) = model.encoder() {
            format!("the encoder {encoder}")
        } else {
            let readers = if model.compares_by_both() {
                "both readers"
            } else {
                "the first reader"
            };
            format!("{readers} of {} {}", model.name(), model.version())
        };
        self.keep(&trained, &over, &config, &vectors)?;
        self.report(&trained, seconds)
    }

    /// Has the model compare texts by both its readers, or with `--quick` by the first, unless an encoder stands in.
    fn choose_readers(&self, model: &mut Model) -> anyhow::Result<()> {
        if !self.quick {
            if model.encoder().is_none() {
                model.compare_by_both();
            }
            return Ok(());
        }
        let others = match model.encoder() {
            Some(_) => "an encoder",
            None if model.compares_by_both() => "both readers",
            None => return Ok(()),
        };
        bail!(
            "--quick trains over the first reader, but `classifier.model` is {}, whose head goes by {others}; \
             name a policy without it",
            model.name()
        );
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
            adaptation,
            ..
        } = &trained.figures;
        let labels = trained.labels().len();
        let shown = self.out.display();
        let mut out = io::stdout().lock();
        if self.json {
            let report = json!({
                "out": shown.to_string(), "texts": texts, "labels": labels, "outside": outside, "accuracy": accuracy,
                "loss": loss, "letters": letters, "temperature": temperature, "wordless": wordless, "seconds": seconds,
                "unlabelled": adaptation.as_ref().map(adapted),
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
        if let Some(adaptation) = adaptation {
            writeln!(out, "{}", told(adaptation))?;
        } else if let Some(log) = &self.unlabelled {
            writeln!(out, "no new queries in {}", log.display())?;
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

/// What a log was worth, for programs.
fn adapted(adaptation: &Adaptation) -> serde_json::Value {
    let Adaptation {
        texts,
        labelled,
        without,
        with,
        kept,
    } = adaptation;
    let figures = |(accuracy, loss)| json!({ "accuracy": accuracy, "loss": loss });
    json!({ "texts": texts, "labelled": labelled, "without": figures(*without), "with": figures(*with), "kept": kept })
}

/// What a log was worth, as a sentence.
fn told(adaptation: &Adaptation) -> String {
    let Adaptation {
        texts,
        labelled,
        without: (before, loss_before),
        with: (after, loss_after),
        kept,
    } = adaptation;
    format!(
        "{} {labelled} of {texts} queries that nobody labelled: on labelled ones it had not seen, log loss {loss_before:.3} \
         without them and {loss_after:.3} with them, {:.1} % and {:.1} % right",
        if *kept {
            "learned from"
        } else {
            "left alone are"
        },
        before * 100.0,
        after * 100.0
    )
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
        adaptation,
        ..
    } = &trained.figures;
    let adaptation = adaptation.as_ref().map(|adaptation| {
        let told = told(adaptation);
        format!("{}{}.\n\n", told[..1].to_uppercase(), &told[1..])
    });
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
         {}The licence of the vectors holds for all files but `head.json` and `head.bin`, which are made from the data \
         alone.\n\n\
         | intent | queries |\n|---|---|\n",
        env!("CARGO_PKG_VERSION"),
        per_intent.len(),
        accuracy * 100.0,
        adaptation.unwrap_or_default()
    );
    for (intent, queries) in per_intent {
        let intent = intent.replace('|', "\\|");
        writeln!(card, "| {intent} | {queries} |").unwrap_or_default();
    }
    card
}
