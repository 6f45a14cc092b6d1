//! A LiteLLM price map: hides its field names, and which of its models are sold at which host.
//!
//! The map is `model_prices_and_context_window.json` of <https://github.com/BerriAI/litellm>: one object
//! per model, prices in USD per token as JSON numbers. They are read as the digits they are written
//! with; no float comes between.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::PriceRow;
use crate::Error;
use crate::price::{LongInputConfig, LongInputs, Rate, UnitPrice};

/// What a map's rows are marked with: where it was read, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The URL or the path it was read from.
    pub source: String,
    /// The day it was read.
    pub date: jiff::civil::Date,
}

/// What was read of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Prices that this router can charge by.
    pub rows: Vec<PriceRow>,
    /// How many models were left out, by the reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Models whose price cannot be read, each with its reason.
    pub unreadable: Vec<String>,
}

/// One who sells models, as the map and as policies know him.
struct Seller {
    /// `litellm_provider`.
    provider: &'static str,
    /// What the map puts before the names the provider goes by.
    prefix: &'static str,
    /// Where the names are served. The addresses are those of LiteLLM's own client.
    hosts: &'static [&'static str],
    /// What the names begin with of models that nobody else sells: their price goes for them at any
    /// host.
    alone: &'static [&'static str],
}

const fn seller(
    provider: &'static str,
    prefix: &'static str,
    hosts: &'static [&'static str],
    alone: &'static [&'static str],
) -> Seller {
    Seller {
        provider,
        prefix,
        hosts,
        alone,
    }
}

/// Those whose API this router speaks and whose prices are by the token. Clouds that name models in
/// their own way, or sell by the hour, are not among them.
#[rustfmt::skip]
const SELLERS: &[Seller] = &[
    seller("openai", "", &["api.openai.com"], &[""]),
    seller("text-completion-openai", "", &["api.openai.com"], &[""]),
    seller("anthropic", "", &["api.anthropic.com"], &["claude-"]),
    seller("gemini", "gemini/", &["generativelanguage.googleapis.com"], &["gemini-"]),
    seller("xai", "xai/", &["api.x.ai"], &["grok-"]),
    seller("mistral", "mistral/", &["api.mistral.ai"], &[]),
    seller("deepseek", "deepseek/", &["api.deepseek.com"], &[]),
    seller("cohere_chat", "", &["api.cohere.ai", "api.cohere.com"], &[]),
    seller("groq", "groq/", &["api.groq.com"], &[]),
    seller("cerebras", "cerebras/", &["api.cerebras.ai"], &[]),
    seller("sambanova", "sambanova/", &["api.sambanova.ai"], &[]),
    seller("together_ai", "together_ai/", &["api.together.xyz", "api.together.ai"], &[]),
    seller("fireworks_ai", "fireworks_ai/", &["api.fireworks.ai"], &[]),
    seller("deepinfra", "deepinfra/", &["api.deepinfra.com"], &[]),
    seller("novita", "novita/", &["api.novita.ai"], &[]),
    seller("nebius", "nebius/", &["api.studio.nebius.ai"], &[]),
    seller("hyperbolic", "hyperbolic/", &["api.hyperbolic.xyz"], &[]),
    seller("nscale", "nscale/", &["inference.api.nscale.com"], &[]),
    seller("lambda_ai", "lambda_ai/", &["api.lambda.ai"], &[]),
    seller("moonshot", "moonshot/", &["api.moonshot.ai"], &[]),
    seller("zai", "zai/", &["api.z.ai"], &[]),
    seller("minimax", "minimax/", &["api.minimax.io"], &[]),
    seller("dashscope", "dashscope/", &["dashscope-intl.aliyuncs.com"], &[]),
    seller("voyage", "voyage/", &["api.voyageai.com"], &[]),
    seller("inception", "inception/", &["api.inceptionlabs.ai"], &[]),
];

/// Kinds of models that are charged by the token.
const MODES: [&str; 4] = ["chat", "completion", "embedding", "responses"];

const OTHER_SELLER: &str = "sold by somebody this router knows no address of";
const OTHER_MODE: &str = "not charged by the token";
const NO_PRICE: &str = "without a price, or with zero for one";
const OTHER_CHARGES: &str = "charged for more than tokens, or by the hour of the day";
const TWICE: &str = "named a second time";

/// The fields of one model, as they are written.
#[derive(Deserialize)]
#[serde(transparent)]
struct Fields<'a>(#[serde(borrow)] BTreeMap<String, &'a RawValue>);

/// Why a model has no row.
enum Skip {
    LeftOut(&'static str),
    Unreadable(String),
}

/// Reads the text of a map. An error when it is not one; a model that cannot be charged by is left
/// out and counted.
pub fn read(text: &str, provenance: &Provenance) -> Result<Imported, Error> {
    let models: BTreeMap<String, Fields<'_>> =
        serde_json::from_str(text).map_err(|error| Error::BadFile(error.to_string()))?;
    let mut imported = Imported::default();
    let mut seen = HashSet::new();
    for (name, fields) in &models {
        let rows = match rows(name, fields, provenance) {
            Ok(rows) => rows,
            Err(Skip::LeftOut(why)) => {
                *imported.left_out.entry(why).or_default() += 1;
                continue;
            }
            Err(Skip::Unreadable(why)) => {
                imported.unreadable.push(format!("{name}: {why}"));
                continue;
            }
        };
        for row in rows {
            if seen.insert((row.model.clone(), row.host.clone())) {
                imported.rows.push(row);
            } else {
                *imported.left_out.entry(TWICE).or_default() += 1;
            }
        }
    }
    Ok(imported)
}

/// The rows of one model, one a host.
fn rows(name: &str, fields: &Fields<'_>, of: &Provenance) -> Result<Vec<PriceRow>, Skip> {
    let provider = fields.text("litellm_provider").unwrap_or_default();
    let seller = SELLERS.iter().find(|seller| seller.provider == provider);
    let seller = seller.ok_or(Skip::LeftOut(OTHER_SELLER))?;
    let mode = fields.text("mode").unwrap_or_default();
    if !MODES.contains(&&*mode) {
        return Err(Skip::LeftOut(OTHER_MODE));
    }
    let price = fields.price(seller)?;
    let model = name.strip_prefix(seller.prefix).unwrap_or(name);
    // A fine-tuned model goes by its base's name with the owner's behind it.
    let model = if model.starts_with("ft:") {
        format!("{model}*")
    } else {
        model.to_owned()
    };
    let alone = seller.alone.iter().any(|start| model.starts_with(start));
    let hosts: Vec<Option<&str>> = if alone {
        vec![None]
    } else {
        seller.hosts.iter().copied().map(Some).collect()
    };
    let row = |host: Option<&str>| PriceRow {
        model: model.clone(),
        provider: provider.clone(),
        host: host.map(str::to_owned),
        source: of.source.clone(),
        date: of.date,
        imported: true,
        ..price.clone()
    };
    Ok(hosts.into_iter().map(row).collect())
}

// === impl Fields ===

impl Fields<'_> {
    /// A row in which only the prices are of this model.
    fn price(&self, seller: &Seller) -> Result<PriceRow, Skip> {
        if self.0.contains_key("off_peak_pricing") || self.0.contains_key("input_cost_per_request")
        {
            return Err(Skip::LeftOut(OTHER_CHARGES));
        }
        let input = self.rate("input_cost_per_token")?;
        let output = self.rate("output_cost_per_token")?;
        let (Some(input), Some(output)) = (input, output) else {
            return Err(Skip::LeftOut(NO_PRICE));
        };
        // Zero stands for free tiers and for prices that nobody looked up alike.
        if input.is_zero() && output.is_zero() {
            return Err(Skip::LeftOut(NO_PRICE));
        }
        Ok(PriceRow {
            model: String::new(),
            provider: String::new(),
            host: None,
            input,
            cached_input: self.rate("cache_read_input_token_cost")?,
            cache_write: self.rate("cache_creation_input_token_cost")?,
            cache_write_1h: self.rate("cache_creation_input_token_cost_above_1hr")?,
            output,
            reasoning: self.rate("output_cost_per_reasoning_token")?,
            audio_input: self.rate("input_cost_per_audio_token")?,
            audio_output: self.rate("output_cost_per_audio_token")?,
            image_input: None,
            image: self.image(seller)?,
            long_input: self.long_inputs(input, output)?,
            source: String::new(),
            date: jiff::civil::Date::ZERO,
            imported: true,
        })
    }

    /// Prices by the length of the input: `input_cost_per_token_above_200k_tokens` and its like. What a
    /// length does not name costs what it does at shorter ones.
    fn long_inputs(&self, input: Rate, output: Rate) -> Result<LongInputs, Skip> {
        let mut all = Vec::new();
        let thousands = self.0.keys().filter_map(|field| {
            let rest = field.strip_prefix("input_cost_per_token_above_")?;
            rest.strip_suffix("k_tokens")?.parse::<u64>().ok()
        });
        for thousand in thousands {
            let at = |field: &str| -> Result<Option<Rate>, Skip> {
                match self.rate(&format!("{field}_above_{thousand}k_tokens"))? {
                    Some(rate) => Ok(Some(rate)),
                    None => self.rate(field),
                }
            };
            all.push(LongInputConfig {
                above: thousand.saturating_mul(1000),
                input: at("input_cost_per_token")?.unwrap_or(input),
                cached_input: at("cache_read_input_token_cost")?,
                cache_write: at("cache_creation_input_token_cost")?,
                cache_write_1h: at("cache_creation_input_token_cost_above_1hr")?,
                output: at("output_cost_per_token")?.unwrap_or(output),
                reasoning: at("output_cost_per_reasoning_token")?,
            });
        }
        all.sort_by_key(|long| long.above);
        Ok(LongInputs(all))
    }

    /// Google counts an image's tokens with the input's; the map names their sum beside.
    fn image(&self, seller: &Seller) -> Result<Option<UnitPrice>, Skip> {
        if seller.provider == "gemini" {
            return Ok(None);
        }
        self.number("input_cost_per_image", UnitPrice::from_usd)
    }

    fn rate(&self, field: &str) -> Result<Option<Rate>, Skip> {
        self.number(field, Rate::from_usd_per_token)
    }

    fn number<T>(
        &self,
        field: &str,
        read: impl Fn(&str) -> Result<T, Error>,
    ) -> Result<Option<T>, Skip> {
        let Some(value) = self.0.get(field).filter(|value| value.get() != "null") else {
            return Ok(None);
        };
        // Some numbers are written as text.
        let digits = value.get().trim_matches('"');
        let unreadable = |error| Skip::Unreadable(format!("`{field}`: {error}"));
        read(digits).map(Some).map_err(unreadable)
    }

    fn text(&self, field: &str) -> Option<String> {
        serde_json::from_str(self.0.get(field)?.get()).ok()
    }
}

#[cfg(test)]
mod tests;
