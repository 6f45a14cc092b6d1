//! What models cost: hides whether a price stands in the policy, in its price file or in the one that is
//! compiled in.

use std::path::PathBuf;

use downshift_ledger::{Price, PriceBook, PriceConfig, PriceRow};

use super::{Loaded, ModelConfig};

/// Public prices that are compiled in; see docs/cost-model.md.
const SHIPPED: &str = include_str!("../../../../config/prices.json");

/// Why there are no prices.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// The file cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        why: std::io::Error,
    },
    /// What it says is no price list.
    #[error("{file}: {why}")]
    Bad {
        /// The file.
        file: String,
        /// What is wrong with it, and where.
        why: downshift_ledger::Error,
    },
}

/// Where a model's price is from.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceOf<'a> {
    /// The policy says it.
    Policy(&'a PriceConfig),
    /// A row of the price file says it.
    Row(&'a PriceRow),
    /// Nobody says it.
    Unknown,
}

/// The prices that are compiled in.
pub fn shipped() -> Result<PriceBook, PricesError> {
    PriceBook::from_json(SHIPPED).map_err(|why| PricesError::Bad {
        file: "the price file that is compiled in".to_owned(),
        why,
    })
}

// === impl Loaded ===

impl Loaded {
    /// The price file the policy names, seen from the working directory; `None` for the one compiled in.
    pub fn price_file(&self) -> Option<PathBuf> {
        self.config.prices.as_ref().map(|path| self.resolve(path))
    }

    /// The price list in force.
    pub fn prices(&self) -> Result<PriceBook, PricesError> {
        let Some(path) = self.price_file() else {
            return shipped();
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(why) => return Err(PricesError::Read { path, why }),
        };
        PriceBook::from_json(&text).map_err(|why| PricesError::Bad {
            file: path.display().to_string(),
            why,
        })
    }
}

// === impl ModelConfig ===

impl ModelConfig {
    /// What the model costs, and who says so: the policy first, then the price list.
    pub fn price_of<'a>(&'a self, prices: &'a PriceBook) -> PriceOf<'a> {
        if let Some(price) = &self.price {
            return PriceOf::Policy(price);
        }
        let row = prices.row_at(&self.model, self.base_url.first());
        row.map_or(PriceOf::Unknown, PriceOf::Row)
    }
}

// === impl PriceOf ===

impl PriceOf<'_> {
    /// The price, if it is known.
    pub fn price(&self) -> Option<Price> {
        match self {
            Self::Policy(price) => Some(Price::from((*price).clone())),
            Self::Row(row) => Some(row.price()),
            Self::Unknown => None,
        }
    }
}
