//! A report as a table for people: hides how figures are shortened without saying more than is known.

use std::io::{self, Write};

use downshift_ledger::{Line, Money, Report, Totals};

const HEADS: [&str; 11] = [
    "",
    "requests",
    "share",
    "cost",
    "baseline",
    "saved",
    "tokens in",
    "out",
    "energy J",
    "p50",
    "p95",
];

/// Escalation reasons shown at most.
const REASONS: usize = 12;

/// Prints a report.
pub(super) fn print(out: &mut impl Write, report: &Report, store: &str) -> io::Result<()> {
    let total = report.total();
    let bound = |moment: Option<jiff::Timestamp>, open: &str| {
        moment.map_or_else(|| open.to_owned(), |moment| format!("{moment:.0}"))
    };
    let since = bound(report.window.since, "the beginning");
    let until = bound(report.window.until, "now");
    writeln!(out, "{store}, from {since} to {until}\n")?;
    if total.totals.requests == 0 {
        return writeln!(out, "no requests");
    }
    let by = report.by.map_or("", downshift_ledger::By::label);
    let mut rows = vec![HEADS.map(str::to_owned)];
    by.clone_into(&mut rows[0][0]);
    rows.extend(report.lines().iter().map(row));
    rows.push(row(&total));
    aligned(out, &rows)?;
    remarks(out, total.totals)?;
    escalations(out, &total)
}

fn row(line: &Line<'_>) -> [String; HEADS.len()] {
    let totals = line.totals;
    [
        line.name.unwrap_or("total").to_owned(),
        grouped(totals.requests),
        format!("{:.1} %", line.share * 100.0),
        money(totals.cost),
        money(totals.baseline),
        money(totals.saving),
        grouped(totals.input_tokens),
        grouped(totals.output_tokens),
        format!(
            "{}–{}",
            short(totals.energy_min_joules),
            short(totals.energy_max_joules)
        ),
        seconds(line.seconds_p50),
        seconds(line.seconds_p95),
    ]
}

/// The first column to the left, the others to the right; the last row under a rule.
fn aligned(out: &mut impl Write, rows: &[[String; HEADS.len()]]) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    for (index, row) in rows.iter().enumerate() {
        if index == 1 || index + 1 == rows.len() {
            let length = widths.iter().sum::<usize>() + 2 * (HEADS.len() - 1);
            writeln!(out, "{}", "─".repeat(length))?;
        }
        write!(out, "{:<width$}", row[0], width = widths[0])?;
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            write!(out, "  {cell:>width$}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// What the sums leave out.
fn remarks(out: &mut impl Write, totals: &Totals) -> io::Result<()> {
    let unknown = [
        (totals.cost_unknown, "cost"),
        (totals.baseline_unknown, "baseline"),
        (totals.saving_unknown, "saving"),
        (totals.energy_unknown, "energy"),
        (totals.co2e_unknown % totals.requests.max(1), "CO₂e"),
    ];
    let unknown: Vec<String> = unknown
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what} of {}", grouped(*count)))
        .collect();
    writeln!(out)?;
    if !unknown.is_empty() {
        writeln!(out, "unknown, and in no sum: {}", unknown.join(", "))?;
    }
    let failed = totals.requests - totals.ok;
    if failed > 0 {
        writeln!(out, "without a whole reply: {}", grouped(failed))?;
    }
    carbon(out, totals)?;
    writeln!(
        out,
        "energy is an estimate, at least – at most; docs/cost-model.md says how it is made"
    )
}

/// Greenhouse gases, where the policy gives the grids' intensity.
fn carbon(out: &mut impl Write, totals: &Totals) -> io::Result<()> {
    if totals.co2e_unknown >= totals.requests {
        return Ok(());
    }
    let used = grams(totals.co2e_min_grams, totals.co2e_max_grams);
    let alone = grams(
        totals.baseline_co2e_min_grams,
        totals.baseline_co2e_max_grams,
    );
    write!(out, "greenhouse gases: {used} CO₂e")?;
    if totals.baseline_co2e_unknown < totals.ok {
        write!(out, "; at the large model alone: {alone}")?;
    }
    writeln!(out)
}

fn grams(min: f64, max: f64) -> String {
    format!("{}–{} g", short(min), short(max))
}

fn escalations(out: &mut impl Write, total: &Line<'_>) -> io::Result<()> {
    let mut reasons: Vec<_> = total.escalations.iter().collect();
    if reasons.is_empty() {
        return Ok(());
    }
    reasons.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    writeln!(out, "\npassed on by")?;
    for (name, count) in reasons.iter().take(REASONS) {
        writeln!(out, "{:>10}  {}", grouped(**count), name.replace(':', ": "))?;
    }
    Ok(())
}

/// `1 234 567`, with narrow spaces.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Dollars to the cent, and below one dollar to three digits.
fn money(money: Money) -> String {
    let dollars = money.approximate_usd();
    let sign = if dollars < 0.0 { "-" } else { "" };
    match dollars.abs() {
        0.0 => "$0".to_owned(),
        dollars if dollars >= 1.0 => format!("{sign}${dollars:.2}"),
        dollars => format!("{sign}${}", digits(dollars, 3)),
    }
}

/// Two digits and a thousand's letter: an estimate has no more to say.
fn short(joules: f64) -> String {
    if joules <= 0.0 {
        return "0".to_owned();
    }
    for (scale, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if joules >= scale {
            return format!("{}{letter}", digits(joules / scale, 2));
        }
    }
    digits(joules, 2)
}

fn seconds(seconds: Option<f64>) -> String {
    match seconds {
        None => String::new(),
        Some(seconds) if seconds < 1e-3 => format!("{} µs", digits(seconds * 1e6, 2)),
        Some(seconds) if seconds < 1.0 => format!("{} ms", digits(seconds * 1e3, 2)),
        Some(seconds) => format!("{} s", digits(seconds, 2)),
    }
}

/// A positive number to so many digits.
fn digits(number: f64, wanted: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the logarithm of a float is small"
    )]
    let magnitude = number.log10().floor() as i32;
    let decimals = usize::try_from(wanted - 1 - magnitude).unwrap_or_default();
    let scale = 10_f64.powi(magnitude + 1 - wanted);
    format!("{:.decimals$}", (number / scale).round() * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: &str, expected: &str) {
        assert_eq!(found, expected);
    }

    #[test]
    fn figures_say_no_more_than_is_known() {
        check(&grouped(1_234_567), "1\u{202f}234\u{202f}567");
        check(&grouped(999), "999");
        check(&money(Money::from_usd("1234.567").unwrap()), "$1234.57");
        check(
            &money(Money::from_usd("0.000012345").unwrap()),
            "$0.0000123",
        );
        check(&money(Money::from_usd("-0.25").unwrap()), "-$0.250");
        check(&money(Money::ZERO), "$0");
        check(&short(0.0), "0");
        check(&short(0.0123), "0.012");
        check(&short(12.3), "12");
        check(&short(98_765.0), "99k");
        check(&short(1.26e6), "1.3M");
        check(&seconds(Some(0.000_026)), "26 µs");
        check(&seconds(Some(0.0123)), "12 ms");
        check(&seconds(Some(123.0)), "120 s");
        check(&seconds(None), "");
    }
}
