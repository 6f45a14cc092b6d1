//! How a run of the demo looks in a terminal: a line for each request, and the closing table.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use downshift_ledger::{Entry, Line, Money, Outcome, Rung, Totals};

use crate::demo::{Asked, Tally};

/// Columns of a line that a query may take.
const QUERY: usize = 46;

/// One request in one line.
pub(super) fn line(asked: &Asked, colour: bool) -> String {
    let query = shortened(asked.query);
    let Some(entry) = &asked.entry else {
        return format!("{:<11}{query}", "lost");
    };
    let (rung, code) = match (entry.outcome, entry.rung) {
        (Outcome::Ok, Some(Rung::Answer)) => ("answer", "32"),
        (Outcome::Ok, Some(Rung::Specialist)) => ("specialist", "36"),
        (Outcome::Ok, Some(Rung::Llm)) => ("llm", "33"),
        (outcome, _) => (outcome.label(), "31"),
    };
    let rung = format!("{rung:<15}");
    let rung = if colour {
        format!("\u{1b}[{code}m{rung}\u{1b}[0m")
    } else {
        rung
    };
    let model = entry.model.as_deref().unwrap_or("no model");
    let time = format!("{:.1} ms", entry.seconds * 1e3);
    format!(
        "{rung}{query:<QUERY$}  {model:<21}{time:>10}  {}",
        remark(entry)
    )
}

/// What is worth saying of a request at the end of its line.
fn remark(entry: &Entry) -> String {
    let tried = entry.trail.iter().find(|step| step.spent.is_some());
    match (tried, entry.saving) {
        (Some(step), _) => format!("went up: {} {}", step.rung, step.reason),
        (None, Some(saving)) if saving > Money::ZERO => {
            format!("saved ${:.5}", saving.approximate_usd())
        }
        _ => String::new(),
    }
}

fn shortened(query: &str) -> String {
    if query.chars().count() <= QUERY {
        return query.to_owned();
    }
    let kept: String = query.chars().take(QUERY - 1).collect();
    format!("{kept}…")
}

/// The closing table.
pub(super) fn print(out: &mut impl Write, tally: &Tally, took: Duration) -> io::Result<()> {
    let all = tally.report.total();
    let requests = all.totals.requests;
    writeln!(
        out,
        "\n{requests} requests in {:.1} s. The models were stand-ins: scripted replies at assumed prices and sizes.\n",
        took.as_secs_f64()
    )?;
    writeln!(
        out,
        "{:<12}{:>9}{:>9}{:>11}{:>12}{:>11}{:>17}{:>17}",
        "rung", "requests", "share", "cost", "llm alone", "saved", "energy", "llm alone"
    )?;
    let lines = tally.report.lines();
    for rung in Rung::ALL {
        if let Some(line) = lines.iter().find(|line| line.name == Some(rung.label())) {
            row(out, rung.label(), line)?;
        }
    }
    row(out, "all", &all)?;
    let part = |part: f64, of: f64| if of > 0.0 { part / of * 100.0 } else { 0.0 };
    let Totals {
        cost,
        baseline,
        saving,
        energy_max_joules: spent,
        baseline_energy_max_joules: alone,
        ..
    } = *all.totals;
    writeln!(
        out,
        "\nsaved       {:.0} % of the money: {} spent in place of {}",
        part(saving.approximate_usd(), baseline.approximate_usd()),
        money(cost),
        money(baseline),
    )?;
    writeln!(
        out,
        "            {:.0} % of the energy, which is estimated, joules as min–max: see docs/cost-model.md",
        100.0 - part(spent, alone)
    )?;
    remarks(out, tally, &all)
}

/// Money in a column; nothing is told from next to nothing.
fn money(money: Money) -> String {
    if money == Money::ZERO {
        return "$0".to_owned();
    }
    let usd = money.approximate_usd();
    let sign = if usd < 0.0 { "-" } else { "" };
    let digits = if usd.abs() < 0.0001 { 6 } else { 4 };
    format!("{sign}${:.digits$}", usd.abs())
}

fn row(out: &mut impl Write, name: &str, line: &Line<'_>) -> io::Result<()> {
    let Totals {
        requests,
        cost,
        baseline,
        saving,
        energy_min_joules,
        energy_max_joules,
        baseline_energy_min_joules,
        baseline_energy_max_joules,
        ..
    } = *line.totals;
    writeln!(
        out,
        "{name:<12}{requests:>9}{:>7.1} %{:>11}{:>12}{:>11}{:>17}{:>17}",
        line.share * 100.0,
        money(cost),
        money(baseline),
        money(saving),
        joules(energy_min_joules, energy_max_joules),
        joules(baseline_energy_min_joules, baseline_energy_max_joules),
    )
}

/// A range of joules with as many digits as mean something.
fn joules(min: f64, max: f64) -> String {
    let figure = |joules: f64| match joules {
        joules if joules >= 100.0 => format!("{joules:.0}"),
        joules if joules >= 1.0 => format!("{joules:.1}"),
        joules => format!("{joules:.2}"),
    };
    format!("{}–{} J", figure(min), figure(max))
}

fn remarks(out: &mut impl Write, tally: &Tally, all: &Line<'_>) -> io::Result<()> {
    if let Some(seconds) = all.own_seconds_p50 {
        let milliseconds = seconds * 1e3;
        writeln!(
            out,
            "own time    {milliseconds:.2} ms of each request, in the median"
        )?;
    }
    if !tally.went_up.is_empty() {
        writeln!(out, "went up     {}", counts(&tally.went_up))?;
    }
    let unknown = all.totals.cost_unknown;
    if unknown > 0 {
        writeln!(
            out,
            "unknown     what {unknown} requests cost, since a try of theirs was cut off; left out of the sums"
        )?;
    }
    if !tally.failed.is_empty() {
        let failed = counts(&tally.failed);
        writeln!(out, "no reply    {failed}; the script wants it so")?;
    }
    Ok(())
}

/// `3 specialist:timeout, 1 specialist:cut`.
fn counts(counts: &BTreeMap<impl Display, u64>) -> String {
    let counts = counts.iter();
    let counts = counts.map(|(name, count)| format!("{count} {name}"));
    counts.collect::<Vec<_>>().join(", ")
}
