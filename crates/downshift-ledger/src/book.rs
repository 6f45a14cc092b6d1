//! The price file: hides its layout, and which of its rows speaks of a model.

pub mod litellm;
mod update;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::update::{Change, Update};
use crate::Error;
use crate::price::{LongInputs, Price, PriceConfig, Rate, TokenPriceConfig, UnitPrice};

/// Published prices, each with its source and date.
///
/// A row's `model` is a name or a pattern with `*` (any characters) and `?` (one character) for
/// dated snapshots. A row without a `host` goes for the name wherever it is served: only one
/// company sells it. A row with a `host` goes for that host alone: open models are sold by many
/// at different prices, and run by others for none.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    exact: BTreeMap<String, Vec<Arc<PriceRow>>>,
    patterns: Vec<Arc<PriceRow>>,
    rows: Vec<Arc<PriceRow>>,
    about: Option<String>,
}

/// One row of the price file. Prices in USD per million tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRow {
    /// The model's name in the provider's API, or a pattern.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// The only host the price goes for, such as `api.groq.com`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Input tokens.
    pub input: Rate,
    /// Input tokens read from the provider's cache; as `input` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_input: Option<Rate>,
    /// Input tokens written to the provider's cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Rate>,
    /// The same, to be kept for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<Rate>,
    /// Output tokens.
    pub output: Rate,
    /// Output tokens that were thought and not shown; as `output` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Rate>,
    /// Input tokens that are audio; unknown when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_input: Option<Rate>,
    /// Output tokens that are audio; unknown when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_output: Option<Rate>,
    /// Input tokens that are images, where a server counts them apart; unknown when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_input: Option<Rate>,
    /// Each image of the prompt, in USD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<UnitPrice>,
    /// Other prices for requests with a long input.
    #[serde(default, skip_serializing_if = "LongInputs::is_empty")]
    pub long_input: LongInputs,
    /// The page that publishes the price.
    pub source: String,
    /// The day the price was seen there, or at the latest was still in force.
    pub date: jiff::civil::Date,
    /// Whether an update wrote the row, and the next one may write it anew. All others are the
    /// operator's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub imported: bool,
}

/// What the file is, for its readers, where it does not say so itself.
const ABOUT: &str = "Prices in USD per million tokens. A row marked `imported` was written by `downshift prices --update`, and the next update may write it anew; all others are yours, and no update touches them. A price in router.yaml goes before this file.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What the file is, for its readers.
    #[serde(default)]
    about: Option<String>,
    currency: String,
    per_tokens: u64,
    prices: Vec<PriceRow>,
}

// === impl PriceBook ===

impl PriceBook {
    /// Reads the text of a price file (JSON).
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let file: File =
            serde_json::from_str(text).map_err(|error| Error::BadFile(error.to_string()))?;
        if file.currency != "USD" || file.per_tokens != 1_000_000 {
            let message =
                "prices are in USD per 1000000 tokens; no other currency or unit is known";
            return Err(Error::BadFile(message.to_owned()));
        }
        Ok(Self {
            about: file.about,
            ..Self::from_rows(file.prices)?
        })
    }

    /// The text of a price file with these rows, one a line, and this book's word of what it is.
    pub fn to_json<'a>(
        &self,
        rows: impl IntoIterator<Item = &'a PriceRow>,
    ) -> Result<String, Error> {
        let bad = |error: serde_json::Error| Error::BadFile(error.to_string());
        let about = self.about.as_deref().unwrap_or(ABOUT);
        let about = serde_json::to_string(about).map_err(bad)?;
        let mut text = format!(
            "{{\n  \"about\": {about},\n  \"currency\": \"USD\",\n  \"per_tokens\": 1000000,\n  \"prices\": ["
        );
        for (index, row) in rows.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let row = serde_json::to_string(row).map_err(bad)?;
            text.extend([comma, "\n    ", &row]);
        }
        text.push_str("\n  ]\n}\n");
        Ok(text)
    }

    /// A book of these rows; an error when two of them speak of the same model and host.
    pub fn from_rows(rows: impl IntoIterator<Item = PriceRow>) -> Result<Self, Error> {
        let mut book = Self::default();
        let mut seen = HashSet::new();
        for row in rows {
            let row = Arc::new(row);
            if !seen.insert((row.model.clone(), row.host.clone())) {
                return Err(Error::Duplicate(row.model.clone()));
            }
            if row.model.contains(['*', '?']) {
                book.patterns.push(row.clone());
            } else {
                book.exact
                    .entry(row.model.clone())
                    .or_default()
                    .push(row.clone());
            }
            book.rows.push(row);
        }
        // The most specific pattern first: the one with the most literal characters.
        book.patterns
            .sort_by_key(|row| std::cmp::Reverse(literal_characters(&row.model)));
        Ok(book)
    }

    /// The price of a model that only one company sells; `None` when unknown.
    pub fn lookup(&self, model: &str) -> Option<Price> {
        self.row(model, None).map(PriceRow::price)
    }

    /// The price of a model at the server with this base URL; `None` when unknown.
    pub fn lookup_at(&self, model: &str, base_url: &str) -> Option<Price> {
        self.row_at(model, base_url).map(PriceRow::price)
    }

    /// The row that speaks of a model at the server with this base URL.
    pub fn row_at(&self, model: &str, base_url: &str) -> Option<&PriceRow> {
        self.row(model, host(base_url))
    }

    /// The row that speaks of a model: its exact name before any pattern, this host before any host.
    pub fn row(&self, model: &str, host: Option<&str>) -> Option<&PriceRow> {
        let exact = self.exact.get(model).into_iter().flatten();
        let patterns = self
            .patterns
            .iter()
            .filter(|row| matches(&row.model, model));
        let rows: Vec<&Arc<PriceRow>> = exact.chain(patterns).collect();
        let here = rows
            .iter()
            .find(|row| row.host.is_some() && row.host.as_deref() == host);
        let anywhere = rows.iter().find(|row| row.host.is_none());
        here.or(anywhere).map(|row| &***row)
    }

    /// All rows, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = &PriceRow> {
        self.rows.iter().map(|row| &**row)
    }
}

impl PriceRow {
    /// What the row goes for.
    fn key(&self) -> (&str, Option<&str>) {
        (&self.model, self.host.as_deref())
    }

    /// Whether a pattern with `*` (any characters) and `?` (one character) is of its name.
    pub fn is_named(&self, pattern: &str) -> bool {
        matches(pattern, &self.model)
    }

    /// The row's price.
    pub fn price(&self) -> Price {
        PriceConfig::Token(self.tokens()).into()
    }

    /// The row's price as an operator would write it.
    pub fn tokens(&self) -> TokenPriceConfig {
        TokenPriceConfig {
            input: self.input,
            cached_input: self.cached_input,
            cache_write: self.cache_write,
            cache_write_1h: self.cache_write_1h,
            output: self.output,
            reasoning: self.reasoning,
            audio_input: self.audio_input,
            audio_output: self.audio_output,
            image_input: self.image_input,
            image: self.image,
            long_input: self.long_input.clone(),
        }
    }
}

fn literal_characters(pattern: &str) -> usize {
    pattern
        .chars()
        .filter(|character| !matches!(character, '*' | '?'))
        .count()
}

/// The host of a URL, without user, port or path.
fn host(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let address = authority.rsplit('@').next()?;
    let host = address.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

/// Whether `*` (any characters) and `?` (one character) can stand for `text`'s.
/// Goes back to the last star only, so that the time is bounded by the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some('?') => (at, read) = (at + 1, read + 1),
            Some(literal) if *literal == text[read] => (at, read) = (at + 1, read + 1),
            _ => match star {
                Some((star_at, start)) => {
                    star = Some((star_at, start + 1));
                    (at, read) = (star_at + 1, start + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|character| *character == '*')
}

#[cfg(test)]
mod tests;
