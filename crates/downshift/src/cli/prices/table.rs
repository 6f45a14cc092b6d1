//! Prices as a table for people: hides which column a price stands in.

use std::io::{self, Write};

use downshift_ledger::{LongInputConfig, PriceBook, PriceConfig, PriceRow, Rate, TokenPriceConfig};

use crate::config::prices::PriceOf;
use crate::config::{Loaded, ModelConfig};

const HEADS: [&str; 10] = [
    "model",
    "input",
    "cached",
    "write 5m",
    "write 1h",
    "output",
    "reasoning",
    "image",
    "per hour",
    "from",
];

/// What stands for a price that is not given.
const NONE: &str = "–";

type Cells = [String; HEADS.len()];

/// The policy's models, each with the price it is charged by.
pub(super) fn models(out: &mut impl Write, loaded: &Loaded, prices: &PriceBook) -> io::Result<()> {
    let list = loaded.price_file().map_or_else(
        || "the list that is compiled in".to_owned(),
        |file| file.display().to_string(),
    );
    writeln!(
        out,
        "{}: the policy's own prices, then {list}\n",
        loaded.file
    )?;
    let mut cells = Vec::new();
    for (name, model) in &loaded.config.models {
        cells.extend(model_cells(name, model, prices));
    }
    aligned(out, &cells)?;
    writeln!(
        out,
        "\nUSD per million tokens; images and hours in USD apiece"
    )?;
    writeln!(
        out,
        "{NONE} is not given: cached, write and reasoning tokens then cost what input and output do"
    )
}

/// Every row of a price list.
pub(super) fn rows<'a>(
    out: &mut impl Write,
    rows: impl IntoIterator<Item = &'a PriceRow>,
) -> io::Result<()> {
    let mut cells = Vec::new();
    for row in rows {
        let name = match &row.host {
            Some(host) => format!("{} at {host}", row.model),
            None => row.model.clone(),
        };
        cells.extend(token_cells(name, &row.tokens(), &said_by(row)));
    }
    aligned(out, &cells)
}

/// A price in one line, of what is given: `input 2.5, output 15`.
pub(super) fn line(row: &PriceRow) -> String {
    let TokenPriceConfig {
        input,
        cached_input,
        cache_write,
        cache_write_1h,
        output,
        reasoning,
        audio_input,
        audio_output,
        image_input,
        image,
        long_input,
    } = row.tokens();
    let given = [
        ("input", Some(input.to_string())),
        ("cached", cached_input.map(|rate| rate.to_string())),
        ("write 5m", cache_write.map(|rate| rate.to_string())),
        ("write 1h", cache_write_1h.map(|rate| rate.to_string())),
        ("output", Some(output.to_string())),
        ("reasoning", reasoning.map(|rate| rate.to_string())),
        ("audio input", audio_input.map(|rate| rate.to_string())),
        ("audio output", audio_output.map(|rate| rate.to_string())),
        ("image input", image_input.map(|rate| rate.to_string())),
        ("image", image.map(|price| price.to_string())),
    ];
    let mut parts: Vec<String> = given
        .into_iter()
        .filter_map(|(name, price)| Some(format!("{name} {}", price?)))
        .collect();
    parts.extend(long_input.0.iter().map(|long| {
        format!(
            "above {} tokens input {} output {}",
            long.above, long.input, long.output
        )
    }));
    parts.join(", ")
}

fn model_cells(name: &str, model: &ModelConfig, prices: &PriceBook) -> Vec<Cells> {
    let title = if name == model.model {
        name.to_owned()
    } else {
        format!("{name} ({})", model.model)
    };
    match model.price_of(prices) {
        PriceOf::Row(row) => token_cells(title, &row.tokens(), &said_by(row)),
        PriceOf::Policy(PriceConfig::Token(price)) => token_cells(title, price, "the policy"),
        PriceOf::Policy(PriceConfig::Hour(price)) => {
            let mut cells = blank(title, "the policy");
            cells[8] = price.per_hour.to_string();
            vec![cells]
        }
        PriceOf::Unknown => vec![blank(title, "nowhere: its cost is unknown")],
    }
}

/// The ordinary prices, and a line for each length of input that has others.
fn token_cells(title: String, price: &TokenPriceConfig, from: &str) -> Vec<Cells> {
    let mut cells = blank(title, from);
    cells[1] = price.input.to_string();
    cells[2] = or_none(price.cached_input);
    cells[3] = or_none(price.cache_write);
    cells[4] = or_none(price.cache_write_1h);
    cells[5] = price.output.to_string();
    cells[6] = or_none(price.reasoning);
    cells[7] = price
        .image
        .map_or(NONE.to_owned(), |image| image.to_string());
    let mut all = vec![cells];
    for (title, input, output) in [
        ("  audio", price.audio_input, price.audio_output),
        ("  images by the token", price.image_input, None),
    ] {
        if input.or(output).is_some() {
            let mut cells = blank(title.to_owned(), "");
            cells[1] = or_none(input);
            cells[5] = or_none(output);
            all.push(cells);
        }
    }
    all.extend(price.long_input.0.iter().map(long_cells));
    all
}

fn long_cells(long: &LongInputConfig) -> Cells {
    let mut cells = blank(format!("  above {} tokens", long.above), "");
    cells[1] = long.input.to_string();
    cells[2] = or_none(long.cached_input);
    cells[3] = or_none(long.cache_write);
    cells[4] = or_none(long.cache_write_1h);
    cells[5] = long.output.to_string();
    cells[6] = or_none(long.reasoning);
    cells
}

fn blank(title: String, from: &str) -> Cells {
    let mut cells: Cells = std::array::from_fn(|_| NONE.to_owned());
    cells[0] = title;
    from.clone_into(&mut cells[HEADS.len() - 1]);
    cells
}

fn or_none(rate: Option<Rate>) -> String {
    rate.map_or(NONE.to_owned(), |rate| rate.to_string())
}

/// Whose word a row is: its pattern is not repeated, its page and day are.
fn said_by(row: &PriceRow) -> String {
    format!("{} {}", row.date, row.source)
}

/// Names and where they are from to the left, prices to the right.
fn aligned(out: &mut impl Write, rows: &[Cells]) -> io::Result<()> {
    let heads: Cells = HEADS.map(str::to_owned);
    let all = || std::iter::once(&heads).chain(rows);
    let widths: [usize; HEADS.len()] = std::array::from_fn(|column| {
        let cells = all().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    });
    for row in all() {
        write!(out, "{:<width$}", row[0], width = widths[0])?;
        for column in 1..HEADS.len() - 1 {
            write!(out, "  {:>width$}", row[column], width = widths[column])?;
        }
        writeln!(out, "  {}", row[HEADS.len() - 1])?;
    }
    Ok(())
}
