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
        pattern: "[<calc>] {number} <pct> (sales tax|tax|vat|gst) on {money}",
        say: levy,
    },
    Rule {
        pattern: "[<calc>] [a|an] {number} <pct> (tip|gratuity) (on|for|of) [a] {money} [bill|check|meal|dinner|tab]",
        say: tip,
    },
    Rule {
        pattern: "[<calc>] [the] (tip|gratuity) (on|for) [a] {money} [bill|check|meal|dinner|tab] (at|with|of) {number} <pct>",
        say: tip_second,
    },
    Rule {
        pattern: "[<calc>] [a] tip of {number} <pct> (on|for) [a] {money} [bill|check|meal|tab]",
        say: tip,
    },
    Rule {
        pattern: "how much (should i tip|do i tip|to tip|is the tip|should the tip be|would the tip be|tip) (on|for) [a] {money} [bill|check|meal|dinner|tab] (at|with|if i tip|for) {number} <pct>",
        say: tip_second,
    },
    Rule {
        pattern: "how much is (a|an) {number} <pct> tip (on|for) [a] {money} [bill|check|meal|dinner|tab]",
        say: tip,
    },
    Rule {
        pattern: "[<calc>] [a] {money} (bill|check|meal|dinner|tab) (with|plus) [a|an] {number} <pct> tip",
        say: bill_with_tip,
    },
    Rule {
        pattern: "[<calc>] {money} (with|plus|+) [a|an] {number} <pct> tip",
        say: bill_with_tip,
    },
    Rule {
        pattern: "[<calc>] (split|divide) [a] {money} [bill|check|tab] [evenly|equally] (between|among|with|for|amongst|across) {count} [people|friends|ways|persons|of us]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] {money} [bill|check|tab] (split|divided) [evenly|equally] (between|among|amongst|for) {count} [people|friends|ways|of us]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] split [a] {money} [bill|check|tab] [evenly|equally] by {count} [people|friends|ways]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] divide {money} [bill|check|tab] [evenly|equally] by {count} (people|friends|ways)",
        say: split,
    },
    Rule {
        pattern: "[<calc>] (split|divide) [a] {money} [bill|check|tab] {count} ways [evenly|equally]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] {money} [bill|check|tab] (split|divided) {count} ways [be|each]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] (split|divide) [a] {money} [bill|check|tab] [evenly|equally] (between|among|with|for) {count} [people|friends|ways|persons] (with|plus|including) [a|an] {number} <pct> tip",
        say: split_with_tip,
    },
    Rule {
        pattern: "[<calc>] (split|divide) [a] {money} [bill|check|tab] {count} ways (with|plus|including) [a|an] {number} <pct> tip",
        say: split_with_tip,
    },
    Rule {
        pattern: "[<calc>] {money} [bill|check|tab] (with|plus) [a|an] {number} <pct> tip [,] split (between|among|by) {count} [people|friends|ways]",
        say: tip_then_split,
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

fn hundredths(value: &BigRational) -> BigRational {
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

fn discount(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
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

fn with_levy(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (base, percent) = (found.money(0)?, found.number(0)?);
    let added = &base.amount * hundredths(percent);
    let total = &base.amount + &added;
    Some(format!(
        "{} plus {}% is {} ({} added).",
        money(base)?,
        figures::exact(percent)?,
        amount(&total, base.sign)?,
        amount(&added, base.sign)?
    ))
}

fn levy(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    with_levy(found, context)
}

fn tip(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_tip(found.money(0)?, found.number(0)?)
}

fn tip_second(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    tip(found, context)
}

/// "An" before 8, 11, 18 and the eighties.
fn article(number: &BigRational) -> Option<&'static str> {
    let text = figures::exact(number)?;
    let whole = text.split('.').next().unwrap_or_default();
    Some(
        if whole.starts_with('8') || whole == "11" || whole == "18" {
            "An"
        } else {
            "A"
        },
    )
}

fn said_tip(bill: &Money, percent: &BigRational) -> Option<String> {
    let tip = &bill.amount * hundredths(percent);
    let total = &bill.amount + &tip;
    Some(format!(
        "{} {}% tip on {} is {}, for a total of {}.",
        article(percent)?,
        figures::exact(percent)?,
        cents(&bill.amount, bill.sign)?,
        cents(&tip, bill.sign)?,
        cents(&total, bill.sign)?
    ))
}

/// Two places, also where no currency was written.
fn cents(value: &BigRational, sign: &str) -> Option<String> {
    Some(format!("{sign}{}", figures::money(value)?))
}

fn bill_with_tip(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    tip(found, context)
}

fn split(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let bill = found.money(0)?;
    said_split(&bill.amount, bill.sign, found.number(0)?, "")
}

fn split_with_tip(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    tipped_split(found.money(0)?, found.number(1)?, found.number(0)?)
}

fn tip_then_split(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    tipped_split(found.money(0)?, found.number(0)?, found.number(1)?)
}

fn tipped_split(bill: &Money, percent: &BigRational, people: &BigRational) -> Option<String> {
    let total = &bill.amount + &bill.amount * hundredths(percent);
    let note = format!(" (with a {}% tip)", figures::exact(percent)?);
    said_split(&total, bill.sign, people, &note)
}

fn said_split(total: &BigRational, sign: &str, people: &BigRational, note: &str) -> Option<String> {
    let count = number::integer_in(people, 2..=1_000_000)?;
    let each = total / people;
    let exact = figures::exact(&each).is_some_and(|text| {
        text.split_once('.')
            .is_none_or(|(_, places)| places.len() <= 2)
    });
    let about = if exact { "" } else { "about " };
    let total = cents(total, sign)?;
    Some(format!(
        "{total}{note} split {count} ways is {about}{} each.",
        cents(&each, sign)?
    ))
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
