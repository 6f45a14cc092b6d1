//! `downshift replay LOG`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use futures_util::StreamExt;
use serde_json::json;

use super::{PolicyArgs, progress};
use crate::config::Loaded;
use crate::replay::{Counts, Difference, LeftOut, Log, Outcome, Replay, Summary};

/// Send recorded traffic through a policy; no model is called, each says what was recorded of it.
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    policy: PolicyArgs,
    /// What `downshift export` wrote of a policy that keeps bodies, or recorded requests with each model's
    /// reply, a JSON object per line; docs/replay.md has the format.
    #[arg(value_name = "LOG.jsonl")]
    log: PathBuf,
    /// Compare with this policy.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Write what became of each request here, a JSON object per line.
    #[arg(long, value_name = "FILE")]
    outcomes: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// One policy's replay.
pub(super) struct Replayed {
    pub(super) outcomes: Vec<Outcome>,
    upstreams: BTreeMap<String, Counts>,
}

impl ReplayArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("error")?;
        let log = Arc::new(Log::read(&self.log)?);
        let loaded = self.policy.load()?;
        let against = self.against.as_deref().map(|path| Loaded::open(Some(path)));
        let against = against.transpose()?;
        let (this, other) = super::runtime()?.block_on(async {
            let this = replayed(loaded, &log).await?;
            let other = match against {
                Some(loaded) => Some(replayed(loaded, &log).await?),
                None => None,
            };
            anyhow::Ok((this, other))
        })?;
        if let Some(path) = &self.outcomes {
            write_outcomes(path, &this.outcomes)?;
        }
        let summary = Summary::of(&this.outcomes);
        let difference = other.map(|other| Difference::between(&this.outcomes, &other.outcomes));
        let mut out = io::stdout().lock();
        if self.json {
            let report = json!({
                "summary": summary, "upstreams": this.upstreams, "difference": difference,
                "left_out": log.left_out,
            });
            writeln!(out, "{report}")?;
        } else {
            print(&mut out, &summary)?;
            if !log.left_out.is_none() {
                let LeftOut {
                    without_body,
                    no_chat,
                } = log.left_out;
                writeln!(
                    out,
                    "left out   {without_body} entries without a body, {no_chat} that are no chat"
                )?;
            }
            calls(&mut out, &this.upstreams)?;
            if let Some(difference) = &difference {
                compared(&mut out, difference)?;
            }
        }
        Ok(())
    }
}

pub(super) async fn replayed(loaded: Loaded, log: &Arc<Log>) -> anyhow::Result<Replayed> {
    let replay = Replay::start(loaded, log.clone()).await?;
    let mut progress = progress::Progress::over(log.records.len(), "requests");
    let mut outcomes = Vec::with_capacity(log.records.len());
    let mut run = std::pin::pin!(replay.run());
    while let Some(outcome) = run.next().await {
        outcomes.push(outcome);
        progress.one_more();
    }
    Ok(Replayed {
        outcomes,
        upstreams: replay.recorded().counts(),
    })
}

fn write_outcomes(path: &Path, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    for outcome in outcomes {
        serde_json::to_writer(&mut file, outcome)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

fn print(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
    let percent = |share: Option<f64>| {
        share.map_or("unknown".to_owned(), |share| {
            format!("{:.2} %", share * 100.0)
        })
    };
    writeln!(
        out,
        "requests   {}, {} failed",
        summary.requests, summary.failed
    )?;
    writeln!(
        out,
        "cost       {} of {} at the llm alone: {} (weighted); {} without a price",
        summary.cost,
        summary.llm_cost,
        percent(summary.cost_share),
        summary.unpriced
    )?;
    writeln!(
        out,
        "quality    {} of {}: {} kept; {} cannot be graded",
        percent(summary.quality),
        percent(summary.llm_quality),
        percent(summary.quality_kept),
        summary.ungraded
    )?;
    if let Some(energy) = &summary.energy {
        writeln!(out, "energy     {energy} J, estimated")?;
    }
    writeln!(
        out,
        "\n{:<11}{:>9}{:>10}{:>10}",
        "rung", "requests", "share", "right"
    )?;
    for (rung, share) in &summary.rungs {
        writeln!(
            out,
            "{rung:<11}{:>9}{:>10}{:>10}",
            share.requests,
            percent(Some(share.share)),
            percent(share.quality)
        )?;
    }
    Ok(())
}

fn calls(out: &mut impl Write, upstreams: &BTreeMap<String, Counts>) -> io::Result<()> {
    writeln!(
        out,
        "\n{:<24}{:>8}{:>14}{:>14}{:>12}{:>9}",
        "model", "calls", "input tokens", "output tokens", "unrecorded", "assumed"
    )?;
    for (model, counts) in upstreams {
        writeln!(
            out,
            "{model:<24}{:>8}{:>14}{:>14}{:>12}{:>9}",
            counts.calls, counts.input_tokens, counts.output_tokens, counts.missing, counts.assumed
        )?;
    }
    Ok(())
}

fn compared(out: &mut impl Write, difference: &Difference) -> io::Result<()> {
    writeln!(out, "\nagainst the other policy")?;
    writeln!(out, "cost       {} more", difference.cost)?;
    let joules = difference
        .joules
        .map_or("unknown".to_owned(), |(least, most)| {
            format!("{least:.3} to {most:.3} J more, estimated")
        });
    writeln!(out, "energy     {joules}")?;
    if let Some(kept) = difference.quality_kept {
        writeln!(out, "quality    {:+.2} points kept", kept * 100.0)?;
    }
    let changed: u64 = difference.changed.values().sum();
    writeln!(out, "{changed} requests go elsewhere")?;
    for (route, count) in &difference.changed {
        writeln!(out, "  {count:>8}  {route}")?;
    }
    Ok(())
}
