//! Restaurant bills: tips, and what each pays.

use num_rational::BigRational;

use super::percent::{cents, hundredths};
use crate::{
    Context, figures, number,
    pattern::{Match, Rule},
    slot::Money,
};

pub(super) const RULES: &[Rule] = &[
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
        pattern: "[<calc>] divide [a] {money} [bill|check|tab] [evenly|equally] by {count} (people|friends|ways)",
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
        pattern: "[<calc>] {money} [bill|check|tab] (with|plus|and|+) [a|an] {number} <pct> (tip|gratuity) [,] (split|divided) [evenly] (between|among|by) {count} [people|friends|ways]",
        say: tip_then_split,
    },
    Rule {
        pattern: "[<calc>] [a|an|the] {number} <pct> (tip|gratuity) (on|for|of) [a|an] {money} [bill|check|tab|meal|dinner] [,] [if|when|and] [we|it is|it s|] (split|divided|shared|split it|divide it) [evenly|equally] [between|among|by|amongst|for] {count} [people|friends|ways|of us|persons] [each]",
        say: tip_shared,
    },
    Rule {
        pattern: "[<calc>] (split|divide) [a|an] (bill|check|tab|dinner|meal) of {money} [evenly|equally] [between|among|by|amongst|for|with] {count} [people|friends|ways|of us|persons]",
        say: split,
    },
    Rule {
        pattern: "[<calc>] {money} [bill|check|tab] (with|plus|and|+) [a|an] {number} <pct> (tip|gratuity) [,] (split|divided) [evenly] {count} ways",
        say: tip_then_split,
    },
];

pub(super) fn tip(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_tip(found.money(0)?, found.number(0)?)
}

fn tip_second(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    tip(found, context)
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

fn bill_with_tip(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    tip(found, context)
}

fn split(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let bill = found.money(0)?;
    said_split(&bill.amount, bill.sign, found.number(0)?, "")
}

pub(super) fn split_with_tip(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    tipped_split(found.money(0)?, found.number(1)?, found.number(0)?)
}

pub(super) fn tip_then_split(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    tipped_split(found.money(0)?, found.number(0)?, found.number(1)?)
}

/// "20% tip on 84.50 split 3 ways" may share the bill with the tip or the tip alone: both are told.
fn tip_shared(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (bill, percent, people) = (found.money(0)?, found.number(0)?, found.number(1)?);
    let tip = &bill.amount * hundredths(percent);
    let count = number::integer_in(people, 2..=1_000_000)?;
    let each = (&bill.amount + &tip) / people;
    let tip_each = &tip / people;
    let total = &bill.amount + &tip;
    Some(format!(
        "{} each, of {} with a {}% tip split {count} ways; of the tip alone ({}), {} each.",
        cents(&each, bill.sign)?,
        cents(&total, bill.sign)?,
        figures::exact(percent)?,
        cents(&tip, bill.sign)?,
        cents(&tip_each, bill.sign)?,
    ))
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
