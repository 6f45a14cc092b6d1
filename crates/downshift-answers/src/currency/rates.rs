//! A table of exchange rates, as an operator writes it.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use num_rational::BigRational;
use num_traits::One;

use crate::number;

/// Why a table of rates could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RatesError {
    /// The text is not CSV.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// The columns are others.
    #[error("the first line must be `base,date,currency,rate`, and is `{0}`")]
    Header(String),
    /// A cell is not what its column holds.
    #[error("line {line}: {message}")]
    Cell {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
    /// A base, a date or a rate of a list is none.
    #[error("{0}")]
    Listed(String),
    /// There are no rates.
    #[error("there is no rate in it; write a line such as `EUR,2026-11-24,USD,1.0832`")]
    Empty,
}

/// What one unit of a base is worth in other currencies, on one day.
#[derive(Debug)]
pub(crate) struct Rates {
    /// The day of the rates.
    pub(crate) date: Date,
    /// Rates older than so many days are not answered from.
    max_age: i32,
    /// Units of each currency for one of the base, the base among them.
    by_code: HashMap<String, BigRational>,
}

impl Rates {
    /// Reads CSV with the columns `base,date,currency,rate`: one unit of the base is `rate` of the
    /// currency. Base and date are the same in every line.
    pub(crate) fn from_csv(text: &str, max_age: i32) -> Result<Self, RatesError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let header = reader.headers()?.iter().collect::<Vec<_>>().join(",");
        if header != "base,date,currency,rate" {
            return Err(RatesError::Header(header));
        }
        let mut known: Option<(String, Date)> = None;
        let mut by_code = HashMap::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let wrong = |message: String| RatesError::Cell { line, message };
            let base = code(cell(0)).map_err(wrong)?;
            let date = date(cell(1)).map_err(wrong)?;
            let (first, day) = known.get_or_insert_with(|| (base.clone(), date));
            if *first != base || *day != date {
                let message =
                    format!("base and date must be those of the first line, {first} and {day}");
                return Err(wrong(message));
            }
            let currency = code(cell(2)).map_err(wrong)?;
            let rate = rate(cell(3)).map_err(wrong)?;
            if currency == base || by_code.insert(currency.clone(), rate).is_some() {
                return Err(wrong(format!("{currency} has a rate already")));
            }
        }
        let (base, date) = known.ok_or(RatesError::Empty)?;
        by_code.insert(base, BigRational::one());
        Ok(Self {
            date,
            max_age,
            by_code,
        })
    }

    /// Reads a base, a day and the rates of that day by their currency.
    pub(crate) fn from_list(
        base: &str,
        day: &str,
        rates: &[(String, String)],
        max_age: i32,
    ) -> Result<Self, RatesError> {
        let wrong = |field: &str| {
            let field = field.to_owned();
            move |message: String| RatesError::Listed(format!("{field}: {message}"))
        };
        let base = code(base).map_err(wrong("base"))?;
        let date = date(day).map_err(wrong("date"))?;
        let mut by_code = HashMap::new();
        for (currency, text) in rates {
            let place = format!("rates.{currency}");
            let currency = code(currency).map_err(wrong("rates"))?;
            let rate = rate(text).map_err(wrong(&place))?;
            if currency == base || by_code.insert(currency.clone(), rate).is_some() {
                return Err(wrong(&place)(format!("{currency} has a rate already")));
            }
        }
        if by_code.is_empty() {
            return Err(RatesError::Empty);
        }
        by_code.insert(base, BigRational::one());
        Ok(Self {
            date,
            max_age,
            by_code,
        })
    }

    /// Units of a currency for one of the base.
    pub(crate) fn of(&self, code: &str) -> Option<&BigRational> {
        self.by_code.get(code)
    }

    /// How many currencies there are.
    pub(crate) fn len(&self) -> usize {
        self.by_code.len()
    }

    /// Whether the rates are of today or of a day not too long ago; a day's difference of zones ahead
    /// of UTC is none.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        let today = now.to_zoned_datetime(TimeZone::UTC).date();
        self.date
            .until(today)
            .is_ok_and(|age| (-1..=self.max_age).contains(&age.get_days()))
    }
}

fn code(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is no currency; write its ISO 4217 code, such as USD"
        ))
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no date; write it as 2026-11-24"))
}

fn rate(text: &str) -> Result<BigRational, String> {
    let plain = text.len() <= 30
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain
        .then(|| number::decimal(text))
        .flatten()
        .filter(num_traits::Signed::is_positive)
        .ok_or_else(|| {
            format!("`{text}` is no rate; write a decimal number above 0, such as 1.0832")
        })
}
