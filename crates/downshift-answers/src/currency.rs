//! Conversion between currencies by the operator's own rates, whose date is part of every answer.
//!
//! Without a table of rates, or with one that is older than the operator allows, nothing is answered.

mod money;
mod rates;

use std::sync::LazyLock;

use num_rational::BigRational;
use num_traits::{One, Signed};

pub(crate) use self::money::{Amount, Currency};
pub(crate) use self::rates::Rates;
pub use self::rates::RatesError;
use crate::{
    Answer, Answerer, Context, Example, Question, day, figures, number,
    pattern::{Fragment, Grammar, Match, Rule},
    reading::Reading,
    table::Kind,
};

pub(crate) mod slots {
    //! What stands in `{sum}` and `{currency}`.
    pub(crate) use super::money::{amount, currency};
}

/// Answers what an amount is in another currency.
#[derive(Debug)]
pub(crate) struct CurrencyAnswerer;

impl Answerer for CurrencyAnswerer {
    fn name(&self) -> &'static str {
        "currency"
    }

    fn about(&self) -> &'static str {
        "amounts in another currency, by a table of rates that the operator supplies"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "how much is 50 dollars in euros",
                answer_contains: "50 US dollars",
            },
            Example {
                query: "convert €120 to yen",
                answer_contains: "Japanese yen",
            },
            Example {
                query: "usd to gbp exchange rate",
                answer_contains: "1 US dollar is",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        rates(context)?;
        let reading = Reading::of(question.text)?;
        GRAMMAR.say(&reading, context).map(|text| Answer { text })
    }
}

/// The rates, if there are any and they are fresh.
fn rates<'a>(context: &Context<'a>) -> Option<&'a Rates> {
    match &context.table?.kind {
        Kind::Rates(rates) if rates.is_fresh(context.now) => Some(rates),
        _ => None,
    }
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(RULES, FRAGMENTS));

const FRAGMENTS: &[Fragment] = &[
    ("conv", "[convert|change|exchange|turn|value of|worth of]"),
    (
        "into",
        "(in|to|into|for|as|equals|equal|make|makes|worth in|converted to|converted into|expressed in|=|in terms of|worth)",
    ),
    (
        "of",
        "(in|per|to|for|from|equal|equals|make|worth|=|as|does|buy)",
    ),
    (
        "rate",
        "(exchange rate|rate|conversion rate|rate of exchange|exchange rates|conversion|exchange)",
    ),
    ("today", "[today|at the moment|at today 's rate|at present]"),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} <conv> {filler} {sum} {filler} <into> {filler} {currency} {filler} <today>",
        say: converted,
    },
    Rule {
        pattern: "{filler} {currency} {filler} [<of>] {filler} {sum} {filler} [worth|make|equal|in] <today>",
        say: target_first,
    },
    Rule {
        pattern: "{filler} <rate> {filler} [between|from|of|for] {filler} {currency} (to|and|into|in|vs|versus|/|-) {filler} {currency} {filler} <today>",
        say: rate,
    },
    Rule {
        pattern: "{filler} {currency} (to|/|vs|versus|in|into|and|-) {currency} [<rate>] {filler} <today>",
        say: rate,
    },
    Rule {
        pattern: "{filler} {currency} {filler} <of> (a|an|one|the) {currency} {filler} <today>",
        say: rate_of_second,
    },
    Rule {
        pattern: "convert [from] {currency} (to|into) {currency}",
        say: rate,
    },
];

fn converted(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (amount, target) = (found.amount(0)?, *found.currency(0)?);
    said(&amount.value, amount.currency, target, context)
}

/// "how many yen is 3 euros"; "USD 50 EUR" says too little.
fn target_first(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks = [
        "how", "is", "are", "in", "for", "to", "from", "per", "does", "worth",
    ];
    found
        .has(&asks)
        .then(|| converted(found, context))
        .flatten()
}

fn rate(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (source, target) = (*found.currency(0)?, *found.currency(1)?);
    said(&BigRational::one(), source, target, context)
}

/// "how many dollars to the pound".
fn rate_of_second(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let (target, source) = (*found.currency(0)?, *found.currency(1)?);
    said(&BigRational::one(), source, target, context)
}

/// "50 US dollars is about 46.16 euros, at the rates of 24 November 2026."
fn said(
    amount: &BigRational,
    source: &'static Currency,
    target: &'static Currency,
    context: &Context<'_>,
) -> Option<String> {
    let rates = rates(context)?;
    if source == target || !amount.is_positive() {
        return None;
    }
    let value = amount * rates.of(target.code)? / rates.of(source.code)?;
    let (text, exact) = shown(&value, target, amount.is_one())?;
    let about = if exact { "" } else { "about " };
    let in_coins = figures::fixed(amount, source.minor)?;
    let whole = figures::exact(amount)?;
    // "1,000.50 dollars", but "0.005 dollars".
    let written = if whole.len() < in_coins.len() && !amount.is_integer() {
        in_coins
    } else {
        whole
    };
    Some(format!(
        "{written} {} is {about}{text} {}, at the rates of {}.",
        source.called(amount),
        if text == "1" { target.one } else { target.many },
        day::without_weekday(rates.date)
    ))
}

/// To the minor unit of the currency; more places where one unit is asked for or that is nothing.
fn shown(value: &BigRational, target: &Currency, unit: bool) -> Option<(String, bool)> {
    let cent = number::ratio(1, 10_i64.pow(target.minor));
    if unit || value < &(&cent * number::whole(10)) {
        let text = figures::rounded(value, 5)?;
        let exact = figures::exact(value).is_some_and(|exact| exact == text);
        return Some((text, exact));
    }
    let text = figures::fixed(value, target.minor)?;
    Some((text, (value / cent).is_integer()))
}

#[cfg(test)]
mod tests;
