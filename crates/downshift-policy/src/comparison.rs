//! Bounds on a count, as an operator writes them: `"<2000"`, `">=100"`, `"100..2000"`, `3`.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};

/// A non-empty set of whole numbers, as one range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// The least number in it.
    least: u64,
    /// The greatest number in it.
    greatest: u64,
}

const ACCEPTED: &str = r#"a bound such as "<2000", ">=100" or "100..2000" (from 100, below 2000)"#;

impl Comparison {
    /// Whether `number` lies in it.
    pub(crate) fn holds(self, number: u64) -> bool {
        (self.least..=self.greatest).contains(&number)
    }
}

impl FromStr for Comparison {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let bounds = if let Some((from, to)) = text.split_once("..") {
            (number(from)?, number(to)?.checked_sub(1))
        } else if let Some(least) = text.strip_prefix(">=") {
            (number(least)?, Some(u64::MAX))
        } else if let Some(greatest) = text.strip_prefix("<=") {
            (0, Some(number(greatest)?))
        } else if let Some(below) = text.strip_prefix('<') {
            (0, number(below)?.checked_sub(1))
        } else if let Some(above) = text.strip_prefix('>') {
            let least = number(above)?
                .checked_add(1)
                .ok_or("no number is that large")?;
            (least, Some(u64::MAX))
        } else {
            let exactly = number(text.strip_prefix('=').unwrap_or(text))?;
            (exactly, Some(exactly))
        };
        match bounds {
            (least, Some(greatest)) if least <= greatest => Ok(Self { least, greatest }),
            _ => Err("no number lies within these bounds"),
        }
    }
}

/// Digits, which `_` may group.
fn number(text: &str) -> Result<u64, &'static str> {
    let text = text.trim();
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return Err("a whole number is missing");
    }
    text.replace('_', "")
        .parse()
        .map_err(|_| "not a whole number")
}

impl<'de> Deserialize<'de> for Comparison {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ComparisonVisitor)
    }
}

struct ComparisonVisitor;

impl Visitor<'_> for ComparisonVisitor {
    type Value = Comparison;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ACCEPTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Comparison, E> {
        text.parse()
            .map_err(|why| E::custom(format_args!("`{text}`: {why}; expected {ACCEPTED}")))
    }

    fn visit_u64<E: de::Error>(self, exactly: u64) -> Result<Comparison, E> {
        Ok(Comparison {
            least: exactly,
            greatest: exactly,
        })
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Comparison, E> {
        match u64::try_from(number) {
            Ok(exactly) => self.visit_u64(exactly),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Comparison;

    #[track_caller]
    fn check(text: &str, expected: Result<(u64, u64), &str>) {
        let parsed = text
            .parse::<Comparison>()
            .map(|bounds| (bounds.least, bounds.greatest));
        assert_eq!(parsed, expected, "{text}");
    }

    #[test]
    fn bounds_read_as_written() {
        check("<2000", Ok((0, 1999)));
        check("<= 2000", Ok((0, 2000)));
        check(">100", Ok((101, u64::MAX)));
        check(" >= 1_000 ", Ok((1000, u64::MAX)));
        check("100..2000", Ok((100, 1999)));
        check("100 .. 2000", Ok((100, 1999)));
        check("=3", Ok((3, 3)));
        check("3", Ok((3, 3)));
    }

    #[test]
    fn bounds_that_say_nothing_are_refused() {
        check("", Err("a whole number is missing"));
        check("<", Err("a whole number is missing"));
        check("<-1", Err("a whole number is missing"));
        check("<+1", Err("a whole number is missing"));
        check("_1", Err("a whole number is missing"));
        check("100..", Err("a whole number is missing"));
        check("<2k", Err("not a whole number"));
        check("<1.5", Err("not a whole number"));
        check("1...3", Err("a whole number is missing"));
        check("99999999999999999999", Err("not a whole number"));
        check("<0", Err("no number lies within these bounds"));
        check("5..5", Err("no number lies within these bounds"));
        check("5..0", Err("no number lies within these bounds"));
        check(">18446744073709551615", Err("no number is that large"));
    }
}
