//! What can be wrong with a number, a price or a price file.

/// Why a price could not be read. Each message says what was wrong and what is accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a plain decimal number.
    #[error("`{0}` is not an amount of money; write a plain decimal number such as 2.50")]
    NotDecimal(String),
    /// More decimals than can be kept exactly.
    #[error("`{number}` has more than {decimals} decimals, and could not be kept exactly")]
    TooManyDecimals {
        /// The number, cut to forty characters.
        number: String,
        /// How many are kept.
        decimals: u32,
    },
    /// A price below zero, or of more than a billion dollars.
    #[error("`{0}` is no price; write USD per million tokens, from 0 to 1000000000")]
    PriceOutOfRange(String),
    /// A price of an image or an hour below zero, or of more than a billion dollars.
    #[error("`{0}` is no price; write USD, from 0 to 1000000000")]
    UnitPriceOutOfRange(String),
    /// The price file is not what it should be.
    #[error("the price file cannot be read: {0}")]
    BadFile(String),
    /// Two rows of the price file say different things of one model.
    #[error("the price file has two rows for `{0}`; keep one")]
    Duplicate(String),
}
