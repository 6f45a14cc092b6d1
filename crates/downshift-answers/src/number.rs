//! Numbers as people write them, in digits and in words, as exact rationals.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::reading::{Kind, Reading, Token};

/// The largest power of ten that a literal may be written with.
const MAX_EXPONENT: i32 = 300;

/// The value of digits, with an optional point, exponent or slash: `2340.5`, `1e6`, `1/2`.
pub(crate) fn decimal(text: &str) -> Option<BigRational> {
    if let Some((top, bottom)) = text.split_once('/') {
        let bottom = decimal(bottom)?;
        return (!bottom.is_zero()).then_some(decimal(top)? / bottom);
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    if exponent.abs() > MAX_EXPONENT {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let scale = exponent - i32::try_from(fraction.len()).ok()?;
    let power = BigRational::from_integer(power_of_ten(scale.unsigned_abs()));
    let value = BigRational::from_integer(digits);
    Some(if scale < 0 {
        value / power
    } else {
        value * power
    })
}

/// Ten to a small power.
pub(crate) fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// A whole number as a rational.
pub(crate) fn whole(value: i64) -> BigRational {
    BigRational::from_integer(BigInt::from(value))
}

/// A ratio of two whole numbers.
pub(crate) fn ratio(top: i64, bottom: i64) -> BigRational {
    BigRational::new(
        BigInt::from(top),
        BigInt::from(if bottom == 0 { 1 } else { bottom }),
    )
}

/// Ordinal numbers in words, "first" in front.
pub(crate) const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// Which of [`ORDINALS`] a token is, from 1.
pub(crate) fn ordinal(token: &Token) -> Option<i64> {
    let place = ORDINALS.iter().position(|word| token.is(word))?;
    i64::try_from(place + 1).ok()
}

/// The longest number that starts at `at`, without a sign, and where it ends.
pub(crate) fn unsigned(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    if let Some(found) = share_of_scale(reading, at).ok()? {
        return Some(found);
    }
    let (end, value) = digits(reading, at).or_else(|| in_words(reading, at))?;
    Some(scaled(reading, end, value))
}

/// What stands there may be a fraction of a scale, or a division by so many of it.
struct Unsure;

/// "1/2 dozen", "a 3/4 million", "1/2 a gross": a part of the scale. A fraction that is more than one ("6/2 dozen"),
/// or is written like a division ("1 / 2 dozen"), may be either.
fn share_of_scale(reading: &Reading, at: usize) -> Result<Option<(usize, BigRational)>, Unsure> {
    let at = at + usize::from(reading.is(at, "a"));
    let end = at + 3;
    let after = skip_article(reading, end);
    let integer = |at| reading.get(at).and_then(Token::integer);
    let (Some(top), true, Some(bottom), Some(scale)) = (
        integer(at),
        reading.is(at + 1, "/"),
        integer(at + 2),
        scale(reading, after),
    ) else {
        return Ok(None);
    };
    match slashed(reading, at) {
        Some((_, share)) if share < BigRational::one() => Ok(Some((after + 1, share * scale))),
        Some(_) => Err(Unsure),
        None if after > end || top < bottom => Err(Unsure),
        // "6 / 2 million" divides.
        None => Ok(None),
    }
}

/// A number with an optional sign in front.
pub(crate) fn signed(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let negative = reading.is(at, "-") || reading.is(at, "minus") || reading.is(at, "negative");
    let positive = reading.is(at, "+") || reading.is(at, "plus") || reading.is(at, "positive");
    if !negative && !positive {
        return unsigned(reading, at);
    }
    let (end, value) = unsigned(reading, at + 1)?;
    Some((end, if negative { -value } else { value }))
}

/// A number that may be a fraction written with a slash, which elsewhere is a division.
pub(crate) fn fractional(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let negative = reading.is(at, "-");
    let part = slashed(reading, at + usize::from(negative));
    match part.filter(|(end, _)| !is_scale(reading, *end)) {
        Some((end, value)) => Some((end, if negative { -value } else { value })),
        None => signed(reading, at),
    }
}

/// Digits, with a fraction after them: `3`, `3 1/2`, `1/2`, `3½`.
fn digits(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let token = reading.get(at)?;
    let value = token.value()?;
    let next = at + 1;
    if value.is_integer() {
        if let Some(fraction) = reading
            .get(next)
            .filter(|next| next.kind == Kind::Number && next.text.contains('/'))
        {
            return Some((next + 1, value + fraction.value()?));
        }
        let spaced = reading.get(next).is_some_and(|token| token.spaced);
        let proper =
            slashed(reading, next).filter(|(_, part)| spaced && *part < BigRational::one());
        if let Some((end, fraction)) = proper {
            return Some((end, value + fraction));
        }
        if let Some(end) = reading.phrase(next, "and a half").map(|count| next + count) {
            return Some((end, value + ratio(1, 2)));
        }
    }
    Some((next, value))
}

/// A proper fraction written tight with a slash, both sides small whole numbers.
pub(crate) fn slashed(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    let top = reading.get(at)?.integer()?;
    let slash = reading.get(at + 1)?;
    let bottom = reading.get(at + 2)?;
    let tight = slash.is("/") && !slash.spaced && !bottom.spaced;
    let denominator = bottom
        .integer()
        .filter(|value| (2..=1_000).contains(value))?;
    let more = reading
        .get(at + 3)
        .is_some_and(|token| !token.spaced && token.is("/"));
    (tight && !more).then(|| (at + 3, ratio(top, denominator)))
}

/// "million", "dozen" and the like after a number; not "gross", which after one is most often a sum
/// before tax.
fn scaled(reading: &Reading, end: usize, value: BigRational) -> (usize, BigRational) {
    match scale(reading, end).filter(|_| !reading.is(end, "gross")) {
        Some(scale) => (end + 1, value * scale),
        None => (end, value),
    }
}

/// Whether a word that multiplies the number before it stands at `at`, with or without an article.
pub(crate) fn is_scale(reading: &Reading, at: usize) -> bool {
    scale(reading, skip_article(reading, at)).is_some()
}

fn skip_article(reading: &Reading, at: usize) -> usize {
    at + usize::from(reading.is(at, "a") || reading.is(at, "an"))
}

/// What the word at `at` multiplies the number before it by.
fn scale(reading: &Reading, at: usize) -> Option<BigRational> {
    let word = reading.get(at).filter(|token| token.kind == Kind::Word)?;
    if word.is("dozen") {
        return Some(whole(12));
    }
    if word.is("gross") {
        return Some(whole(144));
    }
    let power = scale_word(&word.text)?;
    Some(BigRational::from_integer(power_of_ten(power)))
}

/// The scale of a question about one number that is not in figures alone: any number of dozens, and
/// a fraction with a slash of another scale.
pub(crate) fn scale_asked(reading: &Reading) -> Option<(&str, BigRational)> {
    let mut words = reading.tokens.iter().enumerate();
    let (word, scale) = words.find_map(|(at, word)| Some((word, scale(reading, at)?)))?;
    let part = word.is("dozen") || reading.tokens.iter().any(|token| token.is("/"));
    part.then_some((word.text.as_str(), scale))
}

/// The power of ten of a scale word; the short scale, which all of English uses today.
fn scale_word(word: &str) -> Option<u32> {
    Some(match word {
        "hundred" => 2,
        "thousand" => 3,
        "million" => 6,
        "billion" => 9,
        "trillion" => 12,
        "quadrillion" => 15,
        _ => return None,
    })
}

fn small_word(word: &str) -> Option<i64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    ONES.iter()
        .position(|known| *known == word)
        .and_then(|index| i64::try_from(index).ok())
}

fn tens_word(word: &str) -> Option<i64> {
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    if word == "fourty" {
        return Some(40);
    }
    TENS.iter()
        .position(|known| *known == word)
        .and_then(|index| i64::try_from(index).ok())
        .map(|index| (index + 2) * 10)
}

/// Number words: "two thousand three hundred and forty-one", "three point one four", "two and a half".
fn in_words(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    for (phrase, value) in [
        ("a dozen", 12),
        ("half a dozen", 6),
        ("a hundred", 100),
        ("a thousand", 1_000),
        ("a million", 1_000_000),
        ("a billion", 1_000_000_000),
        ("half a hundred", 50),
        ("half a thousand", 500),
        ("half a million", 500_000),
        ("half a billion", 500_000_000),
        ("quarter million", 250_000),
        ("a quarter million", 250_000),
    ] {
        if let Some(count) = reading.phrase(at, phrase) {
            return Some((at + count, whole(value)));
        }
    }
    let (mut end, value) = cardinal(reading, at)?;
    let mut value = whole(value);
    if reading.is(end, "point") {
        let mut scale = ratio(1, 10);
        let mut next = end + 1;
        while let Some(digit) = reading
            .get(next)
            .and_then(|token| small_word(&token.text))
            .filter(|digit| *digit < 10)
        {
            value += whole(digit) * &scale;
            scale /= whole(10);
            next += 1;
        }
        if next > end + 1 {
            end = next;
        }
    } else if let Some((end, part)) = and_part(reading, end) {
        return Some((end, value + part));
    }
    Some((end, value))
}

/// "and a half" or "and a quarter" at `at`.
pub(crate) fn and_part(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    [("and a half", 2), ("and a quarter", 4)]
        .iter()
        .find_map(|(phrase, bottom)| Some((at + reading.phrase(at, phrase)?, ratio(1, *bottom))))
}

/// A whole number in words, below a quadrillion.
fn cardinal(reading: &Reading, at: usize) -> Option<(usize, i64)> {
    let (mut end, mut group) = below_hundred(reading, at)?;
    let mut total = 0_i64;
    let mut last_scale = u32::MAX;
    loop {
        if reading.is(end, "hundred") && (1..100).contains(&group) {
            group *= 100;
            end += 1;
            if let Some((next, rest)) =
                below_hundred(reading, skip_and(reading, end)).filter(|(_, rest)| *rest > 0)
            {
                group += rest;
                end = next;
            }
        }
        let scale = reading
            .get(end)
            .and_then(|token| scale_word(&token.text))
            .filter(|scale| *scale > 2 && *scale < 15);
        let Some(scale) = scale else {
            return Some((end, total + group));
        };
        if scale >= last_scale {
            return None;
        }
        last_scale = scale;
        total += group.checked_mul(10_i64.checked_pow(scale)?)?;
        end += 1;
        match below_hundred(reading, skip_and(reading, end)).filter(|(_, rest)| *rest > 0) {
            Some((next, rest)) => {
                group = rest;
                end = next;
            }
            None => return Some((end, total)),
        }
    }
}

fn skip_and(reading: &Reading, at: usize) -> usize {
    if reading.is(at, "and") { at + 1 } else { at }
}

fn below_hundred(reading: &Reading, at: usize) -> Option<(usize, i64)> {
    let word = reading.get(at).filter(|token| token.kind == Kind::Word)?;
    if let Some(small) = small_word(&word.text) {
        return Some((at + 1, small));
    }
    let tens = tens_word(&word.text)?;
    let next = if reading.is(at + 1, "-") {
        at + 2
    } else {
        at + 1
    };
    match reading
        .get(next)
        .and_then(|token| small_word(&token.text))
        .filter(|ones| (1..10).contains(ones))
    {
        Some(ones) => Some((next + 1, tens + ones)),
        None => Some((at + 1, tens)),
    }
}

/// "two thirds", "one quarter", "three fifths", with nothing it is a part of after it.
pub(crate) fn spoken_fraction(reading: &Reading, at: usize) -> Option<(usize, BigRational)> {
    const PARTS: &[(&str, &str, i64)] = &[
        ("half", "halves", 2),
        ("third", "thirds", 3),
        ("quarter", "quarters", 4),
        ("fourth", "fourths", 4),
        ("fifth", "fifths", 5),
        ("sixth", "sixths", 6),
        ("seventh", "sevenths", 7),
        ("eighth", "eighths", 8),
        ("ninth", "ninths", 9),
        ("tenth", "tenths", 10),
    ];
    let top = small_word(&reading.get(at)?.text).filter(|top| (1..20).contains(top))?;
    let next = at + 1 + usize::from(reading.is(at + 1, "-"));
    let bottom = PARTS.iter().find_map(|(one, many, bottom)| {
        let word = if top == 1 { one } else { many };
        reading.is(next, word).then_some(*bottom)
    })?;
    (!reading.is(next + 1, "of")).then(|| (next + 1, ratio(top, bottom)))
}

/// A whole number in the range, from a rational.
pub(crate) fn integer_in(value: &BigRational, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    if !value.is_integer() {
        return None;
    }
    i64::try_from(value.to_integer())
        .ok()
        .filter(|value| range.contains(value))
}

#[cfg(test)]
mod tests;
