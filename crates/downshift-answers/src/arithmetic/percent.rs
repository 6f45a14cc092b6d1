//! Percentages: shares, changes, discounts, taxes, tips and bills split.

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use crate::{
    Context,
    expression::{self, Expression, Operator},
    figures, number,
    pattern::{Match, Rule},
    slot::Money,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "what (percentage|percent) {number} is of {number}",
        say: share_part_first,
    },
    Rule {
        pattern: "[<calc>] (what|how many) (percent|percentage|%) of {number} (is|are|does|=) {number}",
        say: share_whole_first,
    },
    Rule {
        pattern: "(what|which|how many) (percent|percentage|%) (of|out of) {number} (is|are|=) {number}",
        say: share_whole_first,
    },
    Rule {
        pattern: "[<calc>] [the] percentage of {number} that {number} is",
        say: share_whole_first,
    },
    Rule {
        pattern: "{number} is what (percent|percentage|%) of {number}",
        say: share_part_first,
    },
    Rule {
        pattern: "(what|which) (percent|percentage|%) is {number} (of|out of) {number}",
        say: share_part_first,
    },
    Rule {
        pattern: "[<calc>] {number} (out of|of|over|/) {number} (as a|as|in|in a|to a|to) (percentage|percent|%)",
        say: share_part_first,
    },
    Rule {
        pattern: "[<calc>] {number} as a (percentage|percent|%) of {number}",
        say: share_part_first,
    },
    Rule {
        pattern: "convert {number} (out of|/) {number} to (a percentage|a percent|percent|percentage|%)",
        say: share_part_first,
    },
    Rule {
        pattern: "[<calc>] [the] (percentage|percent|%) (of|for) {number} (out of|over|from) {number}",
        say: share_part_first,
    },
    Rule {
        pattern: "{number} is {number} <pct> of what [number]",
        say: whole_of,
    },
    Rule {
        pattern: "[<calc>] {number} <pct> of [the] {money}",
        say: share_of_money,
    },
    Rule {
        pattern: "[<calc>] {money} (+|plus) {money} [=]",
        say: money_sum,
    },
    Rule {
        pattern: "[<calc>] {money} (-|minus) {money} [=]",
        say: money_difference,
    },
    Rule {
        pattern: "[<calc>] [the] (percentage|percent|%) (change|increase|decrease|difference|growth|drop) from {money} to {money}",
        say: change,
    },
    Rule {
        pattern: "by (what|how many) (percent|percentage) (did|does) {money} (increase|grow|decrease) to {money}",
        say: refuse,
    },
    Rule {
        pattern: "[<calc>] (increase|raise) {money} by {number} <pct>",
        say: increase,
    },
    Rule {
        pattern: "[<calc>] add {number} <pct> to {money}",
        say: increase,
    },
    Rule {
        pattern: "[<calc>] (subtract|take|deduct) {number} <pct> (from|off) {money}",
        say: decrease,
    },
    Rule {
        pattern: "<asks> {number} <pct> (more|higher) than {money}",
        say: increase,
    },
    Rule {
        pattern: "<asks> {number} <pct> (less|lower) than {money}",
        say: decrease,
    },
    Rule {
        pattern: "[<calc>] {money} (increased|raised|marked up) by {number} <pct>",
        say: increase,
    },
    Rule {
        pattern: "[<calc>] (decrease|reduce|lower|discount) {money} by {number} <pct>",
        say: decrease,
    },
    Rule {
        pattern: "[<calc>] {money} (decreased|reduced|discounted|lowered) by {number} <pct>",
        say: decrease,
    },
    Rule {
        pattern: "[<calc>] {number} <pct> (off|off of|discount on|discount off|discount off of|off a price of) {money}",
        say: discount,
    },
    Rule {
        pattern: "[<calc>] {money} (with|after|at|minus|less) [a|an] {number} <pct> (off|discount|taken off)",
        say: discount_second,
    },
    Rule {
        pattern: "[<calc>] {money} {number} <pct> off",
        say: discount_second,
    },
    Rule {
        pattern: "[<calc>] {money} (plus|with|and|including|+) {number} <pct> <levy>",
        say: with_levy,
    },
    Rule {
        pattern: "[<calc>] add {number} <pct> <levy> (to|on) [a|an] {money}",
        say: with_levy,
    },
    Rule {
        pattern: "[<calc>] {number} <pct> (sales tax|tax|vat|gst) on {money}",
        say: levy,
    },
    Rule {
        pattern: "[<calc>] {number} <pct> (as a|as|to a|to|in|in a) (decimal|decimal number)",
        say: to_decimal,
    },
    Rule {
        pattern: "[<calc>] {number} <pct> (as a|as|to a|to|in|in a) fraction",
        say: to_fraction,
    },
    Rule {
        pattern: "[convert|what is|express|write] {number} (as a|to a|as|to|in) (percentage|percent|%)",
        say: to_percent,
    },
];

fn refuse(_: &Match<'_>, _: &Context<'_>) -> Option<String> {
    None
}

pub(super) fn hundredths(value: &BigRational) -> BigRational {
    value / number::whole(100)
}

/// "25", or "about 33.33".
fn about(value: &BigRational, places: u32) -> Option<String> {
    match figures::exact(value).filter(|text| text.len() <= 12) {
        Some(text) => Some(text),
        None => Some(format!("about {}", figures::fixed(value, places)?)),
    }
}

fn said_share(part: &BigRational, whole: &BigRational) -> Option<String> {
    if whole.is_zero() {
        return None;
    }
    let share = part / whole * number::whole(100);
    Some(format!(
        "{} is {}% of {}.",
        figures::exact(part)?,
        about(&share, 2)?,
        figures::exact(whole)?
    ))
}

fn share_whole_first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_share(found.number(1)?, found.number(0)?)
}

fn share_part_first(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_share(found.number(0)?, found.number(1)?)
}

fn whole_of(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (part, percent) = (found.number(0)?, found.number(1)?);
    if percent.is_zero() {
        return None;
    }
    let whole = part / hundredths(percent);
    Some(format!(
        "{} is {}% of {}.",
        figures::exact(part)?,
        figures::exact(percent)?,
        about(&whole, 2)?
    ))
}

fn change(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (from, to) = (found.money(0)?, found.money(1)?);
    if !from.amount.is_positive() || from.sign != to.sign {
        return None;
    }
    let change = (&to.amount - &from.amount) / &from.amount * number::whole(100);
    let word = if change.is_negative() {
        "decrease"
    } else {
        "increase"
    };
    Some(format!(
        "From {} to {} is a {}% {word}.",
        money(from)?,
        money(to)?,
        about(&change.abs(), 2)?
    ))
}

fn money(money: &Money) -> Option<String> {
    amount(&money.amount, money.sign)
}

/// An amount with its sign, to the cent where there is a currency.
fn amount(value: &BigRational, sign: &str) -> Option<String> {
    if sign.is_empty() {
        about(value, 2)
    } else {
        Some(format!("{sign}{}", figures::money(value)?))
    }
}

/// "18% of $54": without a sign it is said as any other percentage.
fn share_of_money(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    if base.sign.is_empty() {
        let leaf = |value: &BigRational| Box::new(Expression::Number(value.clone()));
        return super::sentence(&Expression::PercentOf(leaf(percent), leaf(&base.amount)));
    }
    let share = &base.amount * hundredths(percent);
    Some(format!(
        "{}% of {} is {}.",
        figures::exact(percent)?,
        money(base)?,
        amount(&share, base.sign)?
    ))
}

fn money_sum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_sum(found, Operator::Add)
}

fn money_difference(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_sum(found, Operator::Subtract)
}

fn said_sum(found: &Match<'_>, operator: Operator) -> Option<String> {
    let (first, second) = (found.money(0)?, found.money(1)?);
    if expression::is_label(found.reading) || first.sign != second.sign {
        return None;
    }
    if first.sign.is_empty() {
        return super::binary(operator, &first.amount, &second.amount);
    }
    let (value, sign) = match operator {
        Operator::Add => (&first.amount + &second.amount, "+"),
        _ => (&first.amount - &second.amount, "-"),
    };
    if value.is_negative() {
        return None;
    }
    Some(format!(
        "{} {sign} {} = {}.",
        money(first)?,
        money(second)?,
        amount(&value, first.sign)?
    ))
}

fn scaled(found: &Match<'_>, up: bool) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    let part = &base.amount * hundredths(percent);
    let value = if up {
        &base.amount + part
    } else {
        &base.amount - part
    };
    let word = if up { "increased" } else { "decreased" };
    Some(format!(
        "{} {word} by {}% is {}.",
        money(base)?,
        figures::exact(percent)?,
        amount(&value, base.sign)?
    ))
}

fn increase(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    scaled(found, true)
}

fn decrease(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    scaled(found, false)
}

pub(super) fn discount(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    if percent > &number::whole(100) || percent.is_negative() {
        return None;
    }
    let saved = &base.amount * hundredths(percent);
    let paid = &base.amount - &saved;
    Some(format!(
        "{} with {}% off is {} (you save {}).",
        money(base)?,
        figures::exact(percent)?,
        cents(&paid, base.sign)?,
        cents(&saved, base.sign)?
    ))
}

fn discount_second(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    discount(found, context)
}

/// What is taxed is money, said to the cent also where no currency is.
fn with_levy(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    let added = &base.amount * hundredths(percent);
    let total = &base.amount + &added;
    Some(format!(
        "{} plus {}% is {} ({} added).",
        cents(&base.amount, base.sign)?,
        figures::exact(percent)?,
        cents(&total, base.sign)?,
        cents(&added, base.sign)?
    ))
}

/// "80 plus 15%", read as people who ask it mean it, which the answer says. As a formula, "80 + 15%" is
/// 92 to some calculators and 80.15 to others.
pub(super) fn of_itself(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    if base.sign.is_empty() && found.has(&["+", "-"]) {
        return None;
    }
    let share = &base.amount * hundredths(percent);
    let (sign, value) = if found.has(&["plus", "+"]) {
        ("+", &base.amount + share)
    } else {
        ("-", &base.amount - share)
    };
    let (base_text, percent) = (money(base)?, figures::exact(percent)?);
    Some(format!(
        "{base_text} {sign} {percent}% = {}, taking {percent}% of {base_text}.",
        amount(&value, base.sign)?
    ))
}

/// "10% of 20% of 500".
pub(super) fn of_share(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second, base) = (found.number(0)?, found.number(1)?, found.number(2)?);
    let value = base * hundredths(first) * hundredths(second);
    Some(format!(
        "{}% of {}% of {} is {}.",
        figures::exact(first)?,
        figures::exact(second)?,
        figures::exact(base)?,
        about(&value, 4)?
    ))
}

fn levy(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    with_levy(found, context)
}

/// Two places, also where no currency was written.
pub(super) fn cents(value: &BigRational, sign: &str) -> Option<String> {
    Some(format!("{sign}{}", figures::money(value)?))
}

fn to_decimal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let percent = found.number(0)?;
    Some(format!(
        "{}% is {} as a decimal.",
        figures::exact(percent)?,
        figures::exact(&hundredths(percent))?
    ))
}

fn to_fraction(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let percent = found.number(0)?;
    let value = hundredths(percent);
    let text = figures::fraction(&value).or_else(|| figures::exact(&value))?;
    Some(format!(
        "{}% is {text} as a fraction.",
        figures::exact(percent)?
    ))
}

fn to_percent(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    let text = figures::exact(value).or_else(|| figures::fraction(value))?;
    Some(format!(
        "{text} is {}%.",
        about(&(value * number::whole(100)), 2)?
    ))
}
