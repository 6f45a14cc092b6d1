//! Deterministic answers with two keys: time, date, arithmetic, units, lookups.
//!
//! The first key is the classifier's, elsewhere; the second is here. An [`Answerer`] is a grammar
//! that must account for every token of the question, and an engine that computes the answer.
//! Whatever is left over, ambiguous or out of bounds is passed on as `None`.
//!
//! The crate is pure: the clock, the caller's zone and the operator's tables are handed in. A new
//! UUID alone takes its bits from the operating system.

mod arithmetic;
mod ask;
mod clock;
mod close;
mod currency;
mod date;
mod day;
mod earlier_turns;
mod expression;
mod figures;
mod instant;
mod lookup;
mod number;
mod pattern;
mod place;
mod python;
mod question;
mod reading;
mod slot;
mod smalltalk;
mod span;
mod statement;
mod system_prompt;
mod table;
mod template;
mod text;
mod time;
mod unit;
mod units;

pub use ask::{Ask, Captures, Misread, PatternError};
pub use close::{Asked, Entry, Manner, Trial};
pub use currency::RatesError;
pub use earlier_turns::neutral_turn;
pub use question::{Answer, Answerer, Context, Example, Exchange, Question};
pub use statement::{Refuted, refuted};
pub use system_prompt::neutral_system_prompt;
pub use table::{Error, Table};
pub use template::{Sentence, Target, TemplateError, Unfilled, UrlTemplate};

/// All answerers, each with a name of its own.
pub const ANSWERERS: &[&dyn Answerer] = &[
    &time::Time,
    &date::Date,
    &arithmetic::Arithmetic,
    &units::Units,
    &currency::CurrencyAnswerer,
    &text::Text,
    &lookup::Lookup,
    &smalltalk::Smalltalk,
    &python::Python,
];

/// The answerer of that name.
pub fn answerer(name: &str) -> Option<&'static dyn Answerer> {
    ANSWERERS
        .iter()
        .copied()
        .find(|answerer| answerer.name() == name)
}

#[cfg(test)]
mod tests;
