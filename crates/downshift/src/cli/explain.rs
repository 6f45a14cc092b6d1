//! `downshift explain QUERY`.

use std::io::{self, BufRead, Write};

use clap::Args;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{PolicyArgs, ask, trail};
use crate::explain::{Circumstances, Explainer, Explanation};

/// Queries explained at once with `--lines`; enough to keep every classifier thread busy.
const AT_ONCE: usize = 64;

/// Say where a query would stop, and why; no model is called.
#[derive(Debug, Args)]
pub(super) struct Explain {
    #[command(flatten)]
    policy: PolicyArgs,
    /// The query.
    #[arg(required_unless_present = "lines", conflicts_with = "lines", num_args = 1..)]
    query: Vec<String>,
    /// Read a query per line from standard input.
    #[arg(long)]
    lines: bool,
    /// Your IANA time zone, such as Europe/London.
    #[arg(long, value_parser = ask::zone)]
    timezone: Option<TimeZone>,
    /// The moment to ask at, such as 2026-11-25T18:44:00Z; the present if absent.
    #[arg(long)]
    now: Option<Timestamp>,
    /// Print a JSON object per query.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<()> {
        super::init_logs("warn")?;
        let decider = Explainer::new(&self.policy.build()?);
        super::runtime()?.block_on(async {
            if self.lines {
                return self.explain_lines(&decider).await;
            }
            let query = self.query.join(" ");
            let explained = decider.explain(&query, &self.circumstances()).await;
            self.print(&mut io::stdout().lock(), &explained)
        })
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            zone: self.timezone.clone(),
            now: self.now,
        }
    }

    /// Explains standard input line by line, in order; a line that is not UTF-8 is read as far as it is.
    async fn explain_lines(&self, explainer: &Explainer) -> anyhow::Result<()> {
        let lines = io::stdin().lock().split(b'\n');
        let at = &self.circumstances();
        let explanations = stream::iter(lines).map(|line| async move {
            let line = line?;
            let text = String::from_utf8_lossy(&line);
            io::Result::Ok(explainer.explain(text.trim_end_matches('\r'), at).await)
        });
        let mut explanations = std::pin::pin!(explanations.buffered(AT_ONCE));
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        while let Some(explanation) = explanations.next().await {
            self.print(&mut out, &explanation?)?;
        }
        Ok(out.flush()?)
    }

    fn print(&self, out: &mut impl Write, explanation: &Explanation) -> anyhow::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, explanation)?;
            writeln!(out)?;
            return Ok(());
        }
        let Explanation {
            query,
            rung,
            model,
            answer,
            ..
        } = explanation;
        let model = model.as_deref().unwrap_or("no model");
        writeln!(out, "query      {query}")?;
        for step in &explanation.trail {
            trail::line(out, step)?;
        }
        match answer {
            Some(answer) => writeln!(out, "{rung:<11}{answer}   ({model})")?,
            None => match &explanation.asks {
                Some(host) => writeln!(out, "{rung:<11}would ask {host}   ({model})")?,
                None => writeln!(out, "{rung:<11}would ask {model}")?,
            },
        }
        if explanation.shadow {
            writeln!(
                out,
                "shadow     the llm replies all the same; this is only recorded"
            )?;
        }
        match (&explanation.intent, explanation.confidence) {
            (Some(intent), Some(confidence)) => {
                writeln!(out, "intent     {intent}, {:.1} % sure", confidence * 100.0)?;
            }
            _ => writeln!(out, "intent     none")?,
        }
        Ok(())
    }
}
