//! The slots of patterns: what may stand in `{number}`, `{place}`, `{day}` and the like.

use num_rational::BigRational;

use crate::{
    clock::{self, Clock},
    day::{self, Day},
    expression::{self, Expression},
    number,
    place::{self, Place},
    reading::{Kind, Reading},
    span::{self, Length},
    unit::{self, Quantity, Unit},
};

/// What a slot took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(BigRational),
    Money(Money),
    Expression(Expression),
    List(Vec<BigRational>),
    Place(Place),
    Clock(Clock),
    Day(Day),
    Span(Length),
    Quantity(Quantity),
    Unit(&'static Unit),
    Word(String),
    Month(i8),
}

/// An amount with the currency sign it was written with, or with none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Money {
    pub(crate) amount: BigRational,
    pub(crate) sign: &'static str,
}

/// All the ways in which a slot can take tokens from a place on: where each ends, and its value.
pub(crate) type Slot = fn(&Reading, usize) -> Vec<(usize, Value)>;

/// The slot of that name.
pub(crate) fn named(name: &str) -> Option<Slot> {
    SLOTS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, slot)| *slot)
}

const SLOTS: &[(&str, Slot)] = &[
    ("number", |reading, at| {
        one(number::fractional(reading, at), Value::Number)
    }),
    ("count", count),
    ("money", |reading, at| one(money(reading, at), Value::Money)),
    ("expression", |reading, at| {
        one(expression::parse(reading, at), Value::Expression)
    }),
    ("list", |reading, at| one(list(reading, at), Value::List)),
    ("place", |reading, at| {
        all(place::parse(reading, at), Value::Place)
    }),
    ("zone", |reading, at| {
        all(place::parse_zone(reading, at), Value::Place)
    }),
    ("clock", |reading, at| {
        all(clock::parse(reading, at), Value::Clock)
    }),
    ("day", |reading, at| {
        all(day::parse(reading, at), Value::Day)
    }),
    ("span", |reading, at| {
        one(span::parse(reading, at), Value::Span)
    }),
    ("quantity", |reading, at| {
        all(unit::quantities(reading, at), Value::Quantity)
    }),
    ("unit", |reading, at| {
        all(unit::parse(reading, at), Value::Unit)
    }),
    ("word", word),
    ("month", |reading, at| {
        one(
            reading
                .get(at)
                .and_then(|token| Some((at + 1, day::month(&token.text)?))),
            Value::Month,
        )
    }),
];

fn one<T>(found: Option<(usize, T)>, wrap: fn(T) -> Value) -> Vec<(usize, Value)> {
    found
        .map(|(end, value)| (end, wrap(value)))
        .into_iter()
        .collect()
}

fn all<T>(found: Vec<(usize, T)>, wrap: fn(T) -> Value) -> Vec<(usize, Value)> {
    found
        .into_iter()
        .map(|(end, value)| (end, wrap(value)))
        .collect()
}

/// A whole number, also as an ordinal.
fn count(reading: &Reading, at: usize) -> Vec<(usize, Value)> {
    let ordinal = reading
        .get(at)
        .filter(|token| token.ordinal)
        .and_then(crate::reading::Token::integer);
    match ordinal {
        Some(value) => vec![(at + 1, Value::Number(number::whole(value)))],
        None => one(
            number::unsigned(reading, at).filter(|(_, value)| value.is_integer()),
            Value::Number,
        ),
    }
}

/// Any one word, number or based literal, as text.
fn word(reading: &Reading, at: usize) -> Vec<(usize, Value)> {
    match reading.get(at) {
        Some(token) if token.kind != Kind::Symbol => {
            vec![(at + 1, Value::Word(token.text.clone()))]
        }
        _ => Vec::new(),
    }
}

const CURRENCIES: &[(&str, &str)] = &[("$", "$"), ("€", "€"), ("£", "£"), ("¥", "¥"), ("₹", "₹")];

/// An amount, with or without a currency: "$45.50", "45.50 dollars", "80".
fn money(reading: &Reading, at: usize) -> Option<(usize, Money)> {
    let token = reading.get(at)?;
    if let Some((_, sign)) = CURRENCIES.iter().find(|(symbol, _)| token.is(symbol)) {
        let (end, amount) = number::unsigned(reading, at + 1)?;
        return Some((end, Money { amount, sign }));
    }
    let (end, amount) = number::unsigned(reading, at)?;
    let (end, sign) = match reading.get(end) {
        Some(unit)
            if unit.is("dollars")
                || unit.is("bucks")
                || unit.is("dollar")
                || unit.is("usd")
                || unit.is("$") =>
        {
            (end + 1, "$")
        }
        Some(unit) if unit.is("euros") || unit.is("euro") || unit.is("€") || unit.is("eur") => {
            (end + 1, "€")
        }
        Some(unit) if unit.is("£") || unit.is("gbp") || unit.is("quid") => (end + 1, "£"),
        Some(unit) if unit.is("rupees") || unit.is("rs") || unit.is("inr") => (end + 1, "₹"),
        _ => (end, ""),
    };
    Some((end, Money { amount, sign }))
}

/// Two or more numbers with commas, spaces or "and" between them.
fn list(reading: &Reading, at: usize) -> Option<(usize, Vec<BigRational>)> {
    let mut values = Vec::new();
    let mut grouped = false;
    let bracketed = reading.is(at, "[") || reading.is(at, "(") || reading.is(at, "{");
    let mut next = if bracketed { at + 1 } else { at };
    loop {
        grouped |= reading.get(next).is_some_and(|token| token.grouped);
        let (end, value) = number::fractional(reading, next)?;
        values.push(value);
        next = end;
        let comma = usize::from(reading.is(next, ",") || reading.is(next, ";"));
        let and = usize::from(reading.is(next + comma, "and") || reading.is(next + comma, "&"));
        let more = next + comma + and;
        if number::signed(reading, more).is_none()
            || (comma + and == 0
                && reading.is(more, "-")
                && !reading.get(more).is_some_and(|token| token.spaced))
        {
            break;
        }
        next = more;
    }
    if bracketed {
        if !(reading.is(next, "]") || reading.is(next, ")") || reading.is(next, "}")) {
            return None;
        }
        next += 1;
    }
    // "100,200,300" may be one number or three.
    let tight = grouped && values.len() < 3;
    (values.len() >= 2 && !tight).then_some((next, values))
}
