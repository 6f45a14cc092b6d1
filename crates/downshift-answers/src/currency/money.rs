//! Currencies by their codes, names and signs, and amounts of them as people write them.

use std::{collections::HashMap, sync::LazyLock};

use num_rational::BigRational;
use num_traits::One;

use crate::{number, reading::Reading};

/// A currency of ISO 4217.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Currency {
    /// Three letters, in capitals.
    pub(crate) code: &'static str,
    /// Decimal places of its smallest coin.
    pub(crate) minor: u32,
    /// What one is called.
    pub(crate) one: &'static str,
    /// What several are called.
    pub(crate) many: &'static str,
}

impl Currency {
    /// Its name beside an amount.
    pub(super) fn called(&self, amount: &BigRational) -> &'static str {
        if amount.is_one() { self.one } else { self.many }
    }
}

/// So much of a currency.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Amount {
    pub(crate) value: BigRational,
    pub(crate) currency: &'static Currency,
}

/// The longest name, in tokens.
const MAX_WORDS: usize = 4;

/// All currencies, by what they are called.
static NAMES: LazyLock<HashMap<String, &'static Currency>> = LazyLock::new(|| {
    static ALL: LazyLock<Vec<(Currency, Vec<&'static str>)>> = LazyLock::new(|| {
        include_str!("../../data/currencies.txt")
            .lines()
            .filter_map(currency_of)
            .collect()
    });
    let mut names = HashMap::new();
    for (currency, known) in ALL.iter() {
        names.insert(currency.code.to_lowercase(), currency);
        for name in known {
            names.insert((*name).to_owned(), currency);
        }
    }
    names
});

fn currency_of(line: &'static str) -> Option<(Currency, Vec<&'static str>)> {
    let mut cells = line.split('|');
    let code = cells.next().filter(|code| !code.starts_with('#'))?;
    let minor = cells.next()?.parse().ok()?;
    let (one, many) = (cells.next()?, cells.next()?);
    let currency = Currency {
        code,
        minor,
        one,
        many,
    };
    Some((currency, cells.collect()))
}

/// The currency whose longest name starts at `at`.
pub(crate) fn currency(reading: &Reading, at: usize) -> Option<(usize, &'static Currency)> {
    let mut found = None;
    let mut key = String::new();
    for end in at..(at + MAX_WORDS).min(reading.tokens.len()) {
        let token = reading.get(end)?;
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&token.text);
        if let Some(currency) = NAMES.get(&key) {
            found = Some((end + 1, *currency));
        }
    }
    found
}

/// "$50", "50 euros", "USD 50", "a pound", "the dollar".
pub(crate) fn amount(reading: &Reading, at: usize) -> Option<(usize, Amount)> {
    if let Some((end, value)) = number::unsigned(reading, at) {
        let (end, currency) = currency(reading, end)?;
        return Some((end, Amount { value, currency }));
    }
    if ["a", "an", "one", "the"]
        .iter()
        .any(|word| reading.is(at, word))
    {
        return one(reading, at + 1);
    }
    let (next, named) = currency(reading, at)?;
    let (end, value) = number::unsigned(reading, next)?;
    // "$50 CAD" says which dollar.
    let (end, currency) = match currency(reading, end) {
        Some((after, said)) if named.code == "USD" => (after, said),
        _ => (end, named),
    };
    Some((end, Amount { value, currency }))
}

fn one(reading: &Reading, at: usize) -> Option<(usize, Amount)> {
    let (end, currency) = currency(reading, at)?;
    let value = BigRational::one();
    Some((end, Amount { value, currency }))
}
