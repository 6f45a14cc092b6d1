//! Hides how an evaluation is laid out for a terminal.

use std::io::{self, Write};

use downshift_intent::Evaluation;

/// Intents listed, the weakest first.
const WEAKEST: usize = 12;

pub(super) fn print(out: &mut impl Write, found: &Evaluation, name: &str) -> io::Result<()> {
    let Evaluation {
        in_scope,
        out_of_scope,
        ..
    } = found;
    writeln!(
        out,
        "{name}: {in_scope} queries with an intent, {out_of_scope} without\n"
    )?;
    let figures = [
        ("accuracy", percent(found.accuracy)),
        ("macro-F1", plain(found.macro_f1)),
        ("out-of-scope AUROC", plain(found.oos_auroc)),
        ("out-of-scope FPR at 95 % recall", percent(found.oos_fpr95)),
        ("AUROC of own errors", plain(found.error_auroc)),
        ("expected calibration error", percent(found.ece)),
    ];
    for (figure, value) in figures {
        writeln!(out, "{figure:<32}{value:>8}")?;
    }
    reliability(out, found)?;
    risk(out, found)?;
    false_trivial(out, found)?;
    intents(out, found)
}

fn reliability(out: &mut impl Write, found: &Evaluation) -> io::Result<()> {
    writeln!(out, "\nconfidence     queries   said   right")?;
    for bin in &found.reliability {
        writeln!(
            out,
            "{:.2} to {:.2}{:>10}{:>7.1}{:>8.1} %",
            bin.from,
            bin.to,
            bin.queries,
            bin.confidence * 100.0,
            bin.accuracy * 100.0
        )?;
    }
    Ok(())
}

fn risk(out: &mut impl Write, found: &Evaluation) -> io::Result<()> {
    writeln!(out, "\naccepted   wrong among them   from confidence")?;
    for point in found.risk_coverage.iter().skip(4).step_by(5) {
        writeln!(
            out,
            "{:>6.0} %{:>17.2} %{:>18.3}",
            point.coverage * 100.0,
            point.risk * 100.0,
            point.threshold
        )?;
    }
    Ok(())
}

fn false_trivial(out: &mut impl Write, found: &Evaluation) -> io::Result<()> {
    if found.false_trivial.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nby the classifier alone, without the answerers' grammars:"
    )?;
    writeln!(out, "threshold   falsely trivial   of the trivial met")?;
    for row in found.false_trivial.iter().chain(&found.false_trivial_at_85) {
        writeln!(
            out,
            "{:>9.3}{:>16.2} %{:>19.1} %",
            row.threshold,
            row.rate * 100.0,
            row.coverage * 100.0
        )?;
    }
    Ok(())
}

fn intents(out: &mut impl Write, found: &Evaluation) -> io::Result<()> {
    let mut intents: Vec<_> = found.per_intent.iter().collect();
    intents.sort_by(|(_, a), (_, b)| a.f1.total_cmp(&b.f1));
    let width = intents.iter().map(|(intent, _)| intent.chars().count());
    let width = width.max().unwrap_or(0).max(6);
    writeln!(
        out,
        "\n{:<width$}  queries  precision  recall     F1  taken for",
        "intent"
    )?;
    for (intent, figures) in intents.iter().take(WEAKEST) {
        let mut wrong: Vec<_> = figures.confused_with.iter().collect();
        wrong.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        let wrong: Vec<_> = wrong
            .iter()
            .take(3)
            .map(|(other, times)| format!("{other} {times}"))
            .collect();
        writeln!(
            out,
            "{intent:<width$}{:>9}{:>11}{:>8.3}{:>7.3}  {}",
            figures.queries,
            plain(figures.precision),
            figures.recall,
            figures.f1,
            wrong.join(", ")
        )?;
    }
    if intents.len() > WEAKEST {
        writeln!(out, "and {} that do better", intents.len() - WEAKEST)?;
    }
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

fn plain(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}
