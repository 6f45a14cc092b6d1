//! The slots of patterns: what may stand in `{number}`, `{place}`, `{day}` and the like.

mod filler;
mod items;

use std::rc::Rc;

use num_rational::BigRational;

use crate::{
    clock::{self, Clock},
    currency,
    day::{self, Day},
    expression::{self, Expression},
    instant::{self, Instant},
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
    Amount(currency::Amount),
    Currency(&'static currency::Currency),
    Expression(Expression),
    List(Vec<BigRational>),
    Place(Place),
    Clock(Clock),
    Day(Day),
    Instant(Instant),
    Span(Length),
    Quantity(Quantity),
    Unit(&'static Unit),
    Word(String),
    Month(i8),
    Period(day::Period),
    Text(String),
    Letter(char),
    /// Words that carry nothing.
    Filler,
}

/// An amount with the currency sign it was written with, or with none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Money {
    pub(crate) amount: BigRational,
    pub(crate) sign: &'static str,
}

/// All the ways in which a slot can take tokens from a place on: where each ends, and its value.
type Slot = fn(&Reading, usize) -> Vec<(usize, Value)>;

/// Which slot has that name.
pub(crate) fn named(name: &str) -> Option<usize> {
    SLOTS.iter().position(|(known, _)| *known == name)
}

/// Where each way ends, and its value.
type Ways = Rc<[(usize, Value)]>;

/// What slots have taken of one question, so that rules which share a slot share its work.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    reading: &'a Reading,
    known: Vec<Option<Ways>>,
}

impl<'a> Taken<'a> {
    /// Nothing taken yet.
    pub(crate) fn of(reading: &'a Reading) -> Self {
        let places = SLOTS.len() * (reading.tokens.len() + 1);
        Self {
            reading,
            known: vec![None; places],
        }
    }

    /// The question.
    pub(crate) fn reading(&self) -> &'a Reading {
        self.reading
    }

    /// All the ways in which a slot can take tokens from `at` on.
    pub(crate) fn by(&mut self, slot: usize, at: usize) -> Ways {
        let place = at * SLOTS.len() + slot;
        if let Some(Some(known)) = self.known.get(place) {
            return Rc::clone(known);
        }
        let found: Ways = match SLOTS.get(slot) {
            Some((_, take)) => take(self.reading, at).into(),
            None => Rc::new([]),
        };
        if let Some(entry) = self.known.get_mut(place) {
            *entry = Some(Rc::clone(&found));
        }
        found
    }
}

const SLOTS: &[(&str, Slot)] = &[
    ("number", |reading, at| {
        one(number::fractional(reading, at), Value::Number)
    }),
    ("count", count),
    // The hours on the face of a clock.
    ("face", |reading, at| {
        let mut found = count(reading, at);
        found.retain(|(_, value)| {
            [12, 24]
                .iter()
                .any(|hours| *value == Value::Number(number::whole(*hours)))
        });
        found
    }),
    ("money", |reading, at| one(money(reading, at), Value::Money)),
    ("sum", |reading, at| {
        one(currency::slots::amount(reading, at), Value::Amount)
    }),
    ("currency", |reading, at| {
        one(currency::slots::currency(reading, at), Value::Currency)
    }),
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
    ("instant", |reading, at| {
        all(instant::parse(reading, at), Value::Instant)
    }),
    ("nthday", |reading, at| {
        one(day::nth(reading, at), Value::Day)
    }),
    ("weekday", |reading, at| {
        one(day::plain_weekday(reading, at), Value::Day)
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
    ("based", |reading, at| {
        let mut found = word(reading, at);
        found.retain(|(_, value)| {
            matches!(value, Value::Word(text) if ["0x", "0b", "0o"].iter().any(|base| text.starts_with(base)))
        });
        found
    }),
    ("quoted", |reading, at| {
        all(quoted(reading, at), Value::Text)
    }),
    ("bare", |reading, at| all(bare(reading, at), Value::Text)),
    ("rest", |reading, at| one(rest(reading, at), Value::Text)),
    ("letter", letter),
    ("filler", |reading, at| {
        vec![(filler::end(reading, at), Value::Filler)]
    }),
    ("items", |reading, at| {
        one(items::list(reading, at), Value::Text)
    }),
    ("weekdays", |reading, at| {
        one(day::weekdays(reading, at), Value::Day)
    }),
    ("period", |reading, at| {
        one(day::period(reading, at), Value::Period)
    }),
    ("stretch", |reading, at| {
        let mut found = one(day::period(reading, at), Value::Period);
        found.retain(|(_, value)| {
            matches!(
                value,
                Value::Period(day::Period::Quarter(_) | day::Period::Year(_))
            )
        });
        found
    }),
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

/// Text between quotes, or one word that is called a word.
fn quoted(reading: &Reading, at: usize) -> Vec<(usize, String)> {
    const NAMES: &[&str] = &[
        "the word",
        "word",
        "the string",
        "string",
        "the name",
        "the phrase",
        "the text",
        "the sentence",
    ];
    let named = NAMES
        .iter()
        .filter_map(|name| reading.phrase(at, name))
        .max();
    let start = at + named.unwrap_or(0);
    if let Some(found) = between_quotes(reading, start) {
        return vec![found];
    }
    if named.is_some() {
        run(reading, start).into_iter().collect()
    } else {
        Vec::new()
    }
}

/// Text between quotes, or one run of characters without white space.
fn bare(reading: &Reading, at: usize) -> Vec<(usize, String)> {
    // What a question about a procedure names, and not a text.
    const GENERIC: &[&str] = &[
        "a",
        "an",
        "the",
        "this",
        "that",
        "it",
        "text",
        "string",
        "strings",
        "file",
        "files",
        "image",
        "images",
        "password",
        "passwords",
        "data",
        "word",
        "words",
        "letters",
        "algorithm",
        "hash",
        "hashes",
        "json",
        "url",
        "urls",
        "hex",
        "base64",
        "me",
        "something",
        "number",
        "hebrew",
        "greek",
        "arabic",
        "english",
        "russian",
        "alphabet",
        "cyrillic",
        "korean",
        "japanese",
    ];
    let found = quoted(reading, at);
    if !found.is_empty() {
        return found;
    }
    run(reading, at)
        .filter(|(_, text)| !GENERIC.contains(&text.to_lowercase().as_str()))
        .into_iter()
        .collect()
}

fn between_quotes(reading: &Reading, at: usize) -> Option<(usize, String)> {
    let quote = reading
        .get(at)
        .filter(|token| ["\"", "'", "`"].iter().any(|quote| token.is(quote)))?;
    let last = (at + 1..reading.tokens.len()).find(|end| reading.is(*end, &quote.text))?;
    let inside = reading.source.get(quote.end..reading.get(last)?.start)?;
    (!inside.is_empty()).then(|| (last + 1, inside.to_owned()))
}

/// Tokens with no white space between them.
fn run(reading: &Reading, at: usize) -> Option<(usize, String)> {
    let first = reading.get(at)?;
    let more = reading
        .tokens
        .iter()
        .skip(at + 1)
        .take_while(|token| !token.spaced)
        .count();
    let text = reading.typed(at, at + 1 + more)?;
    let plain = first.kind != Kind::Symbol || first.is("#") || more > 0;
    (plain && !text.contains(['"', '`'])).then(|| (at + 1 + more, text.to_owned()))
}

/// All that was typed from here on, when no word was taken off its end; quoted text is no rest.
fn rest(reading: &Reading, at: usize) -> Option<(usize, String)> {
    let first = reading.get(at)?;
    let text = reading.source.get(first.start..)?.trim_end();
    let taken_off = reading.source.get(reading.tokens.last()?.end..)?;
    let whole = text.len() >= 2 && !taken_off.contains(char::is_alphanumeric);
    (whole && !["\"", "'", "`", ":"].iter().any(|mark| first.is(mark)))
        .then(|| (reading.tokens.len(), text.to_owned()))
}

/// One letter: "r", "r's", "Rs", "'r'", "the letter r".
fn letter(reading: &Reading, at: usize) -> Vec<(usize, Value)> {
    let at = at
        + ["the letter", "letter"]
            .iter()
            .filter_map(|name| reading.phrase(at, name))
            .max()
            .unwrap_or(0);
    let open = usize::from(reading.is(at, "'") || reading.is(at, "\""));
    let found = reading
        .get(at + open)
        // An accented letter is another letter, or none, to whoever asks.
        .filter(|token| token.kind == Kind::Word && token.typed.is_ascii())
        .and_then(|token| {
            let mut characters = token.text.chars();
            let first = characters.next()?;
            // "how many Rs": the plural without an apostrophe.
            match (characters.next(), characters.next()) {
                (None, _) => Some(first),
                (Some('s'), None) if open == 0 => Some(first),
                _ => None,
            }
        });
    let Some(character) = found else {
        return Vec::new();
    };
    let mut end = at + open + 1;
    if open == 1 && (reading.is(end, "'") || reading.is(end, "\"")) {
        end += 1;
    }
    if reading.is(end, "'s") {
        end += 1;
    }
    vec![(end, Value::Letter(character))]
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
    // "1,000,2,000" is no list of a 1, a 0 and a 2,000.
    let padded =
        |token: &crate::reading::Token| token.kind == Kind::Number && token.text.starts_with("00");
    let bracketed = reading.is(at, "[") || reading.is(at, "(") || reading.is(at, "{");
    let mut next = if bracketed { at + 1 } else { at };
    loop {
        grouped |= reading.get(next).is_some_and(|token| token.grouped);
        if reading.get(next).is_some_and(padded) {
            return None;
        }
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
