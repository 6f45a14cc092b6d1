//! How a run of the demo looks in a terminal: a line for each request, and the closing table.

use std::io::{self, Write};
use std::time::Duration;

use downshift_ledger::{Entry, Money, Outcome, Rung, Totals};

use crate::demo::{Asked, Share, Tally};

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
    let Totals {
        requests,
        cost,
        baseline,
        saving,
        ..
    } = tally.all.totals;
    writeln!(
        out,
        "\n{requests} requests in {:.1} s. The models were stand-ins: scripted replies at assumed prices and sizes.\n",
        took.as_secs_f64()
    )?;
    writeln!(
        out,
        "{:<13}{:>8}{:>9}{:>12}{:>14}{:>12}{:>18}{:>18}",
        "rung", "requests", "share", "cost", "llm alone", "saved", "energy", "llm alone"
    )?;
    for rung in Rung::ALL {
        let share = tally.rungs.get(&rung).copied().unwrap_or_default();
        let percent = tally.share(rung) * 100.0;
        row(out, rung.label(), percent, &share)?;
    }
    let failed: u64 = tally.failed.values().sum();
    if failed > 0 {
        let percent = failed as f64 / requests.max(1) as f64 * 100.0;
        writeln!(out, "{:<13}{failed:>8}{percent:>7.1} %", "no reply")?;
    }
    row(out, "all", 100.0, &tally.all)?;
    let part = |part: f64, of: f64| if of > 0.0 { part / of * 100.0 } else { 0.0 };
    writeln!(
        out,
        "\nsaved        {:.0} % of the money: {} spent in place of {}",
        part(saving.approximate_usd(), baseline.approximate_usd()),
        money(cost),
        money(baseline),
    )?;
    writeln!(
        out,
        "             {:.0} % of the energy, which is estimated: joules as min–max; see docs/cost-model.md",
        100.0
            - part(
                tally.all.totals.energy_max_joules,
                tally.all.baseline_energy_max_joules
            )
    )?;
    remarks(out, tally)
}

/// Money in a column; nothing is told from next to nothing.
fn money(money: Money) -> String {
    if money == Money::ZERO {
        return "$0".to_owned();
    }
    format!("${:.4}", money.approximate_usd())
}

fn row(out: &mut impl Write, name: &str, percent: f64, share: &Share) -> io::Result<()> {
    let Totals {
        requests,
        cost,
        baseline,
        saving,
        energy_min_joules,
        energy_max_joules,
        ..
    } = share.totals;
    writeln!(
        out,
        "{name:<13}{requests:>8}{percent:>7.1} %{:>12}{:>14}{:>12}{:>18}{:>18}",
        money(cost),
        money(baseline),
        money(saving),
        joules(energy_min_joules, energy_max_joules),
        joules(
            share.baseline_energy_min_joules,
            share.baseline_energy_max_joules
        ),
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

fn remarks(out: &mut impl Write, tally: &Tally) -> io::Result<()> {
    if let Some(seconds) = tally.median_own_seconds() {
        writeln!(
            out,
            "own time     {:.2} ms of each request, in the median",
            seconds * 1e3
        )?;
    }
    if !tally.went_up.is_empty() {
        let reasons = tally.went_up.iter();
        let reasons = reasons.map(|(reason, count)| format!("{count} {reason}"));
        let reasons = reasons.collect::<Vec<_>>().join(", ");
        writeln!(out, "went up      {reasons}")?;
    }
    let unknown = tally.all.totals.cost_unknown;
    if unknown > 0 {
        writeln!(
            out,
            "unknown      what {unknown} requests cost, since a try of theirs was cut off; left out of the sums"
        )?;
    }
    if !tally.failed.is_empty() {
        let outcomes = tally.failed.iter();
        let outcomes = outcomes.map(|(outcome, count)| format!("{count} {outcome}"));
        let outcomes = outcomes.collect::<Vec<_>>().join(", ");
        writeln!(out, "no reply     {outcomes}, as the script wants it")?;
    }
    Ok(())
}
