//! Questions about whole numbers: divisors, multiples, primes, choices, rounding.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::Signed;

use crate::{
    Context,
    expression::{Expression, Function},
    figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<calc>] [the] (gcd|gcf|hcf|greatest common divisor|greatest common factor|highest common factor|greatest common denominator) (of|for|between) {list}",
        say: divisor,
    },
    Rule {
        pattern: "gcd ( {list} )",
        say: divisor,
    },
    Rule {
        pattern: "lcm ( {list} )",
        say: multiple,
    },
    Rule {
        pattern: "[<calc>] [the] (lcm|least common multiple|lowest common multiple|smallest common multiple) (of|for|between) {list}",
        say: multiple,
    },
    Rule {
        pattern: "is {number} [a] prime [number]",
        say: is_prime,
    },
    Rule {
        pattern: "is {number} (a composite|composite) [number]",
        say: is_prime,
    },
    Rule {
        pattern: "is {number} [a] prime or (composite|not)",
        say: is_prime,
    },
    Rule {
        pattern: "[<calc>] [the] (prime factors|prime factorization|prime factorisation|prime decomposition) (of|for) {number}",
        say: factors,
    },
    Rule {
        pattern: "(factorize|factorise) {number} [into primes|into prime factors]",
        say: factors,
    },
    Rule {
        pattern: "factor {number} (into primes|into prime factors)",
        say: factors,
    },
    Rule {
        pattern: "factor {number}",
        say: large_factors,
    },
    Rule {
        pattern: "[<calc>] [all] [the] (factors|divisors) of {number}",
        say: divisors,
    },
    Rule {
        pattern: "is {number} [an] (even|odd) [number]",
        say: parity,
    },
    Rule {
        pattern: "is {number} (even or odd|odd or even)",
        say: parity,
    },
    Rule {
        pattern: "is {number} (divisible by|a multiple of|evenly divisible by) {number}",
        say: divisible,
    },
    Rule {
        pattern: "is {number} a (factor|divisor) of {number}",
        say: divides,
    },
    Rule {
        pattern: "is {number} a perfect square",
        say: perfect_square,
    },
    Rule {
        pattern: "(what is the|find the|the|) next prime [number] after {number}",
        say: next_prime,
    },
    Rule {
        pattern: "[<calc>] {number} choose {number}",
        say: choose,
    },
    Rule {
        pattern: "[<calc>] {number} permute {number}",
        say: arrange,
    },
    Rule {
        pattern: "[<calc>] [the] [number of] combinations [are there] [of] {number} [items|things|people|objects] (from|out of) [a set of|a group of] {number} [items|things|people|objects]",
        say: |found, _| said_choose(found.number(1)?, found.number(0)?),
    },
    Rule {
        pattern: "how many combinations [are there] [of] {number} [items|things|people|objects] (from|out of) [a set of|a group of] {number} [items|things|people|objects]",
        say: |found, _| said_choose(found.number(1)?, found.number(0)?),
    },
    Rule {
        pattern: "how many ways [are there] [can you|can i|can we] [to] (choose|pick|select) {number} [items|things|people|objects|cards] (from|out of) {number} [items|things|people|objects|cards]",
        say: |found, _| said_choose(found.number(1)?, found.number(0)?),
    },
    Rule {
        pattern: "is {number} a (power|perfect power) of {number}",
        say: is_power,
    },
    Rule {
        pattern: "is {number} a (perfect cube|cube number|cube)",
        say: perfect_cube,
    },
];

/// Trial division stays quick below this.
const MAX_PRIME: i64 = 1_000_000_000_000;

fn integers(found: &Match<'_>) -> Option<Vec<BigInt>> {
    let list = found.list(0)?;
    list.iter()
        .all(|value| value.is_integer() && value.is_positive())
        .then(|| list.iter().map(BigRational::to_integer).collect())
}

fn named(values: &[BigInt]) -> Option<String> {
    let texts: Option<Vec<String>> = values.iter().map(figures::integer).collect();
    Some(figures::listed(&texts?))
}

pub(super) fn divisor(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let values = integers(found)?;
    let result = values
        .iter()
        .fold(BigInt::from(0), |gcd, value| gcd.gcd(value));
    Some(format!(
        "The greatest common divisor of {} is {}.",
        named(&values)?,
        figures::integer(&result)?
    ))
}

pub(super) fn multiple(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let values = integers(found)?;
    let result = values
        .iter()
        .fold(BigInt::from(1), |lcm, value| lcm.lcm(value));
    Some(format!(
        "The least common multiple of {} is {}.",
        named(&values)?,
        figures::integer(&result)?
    ))
}

/// The smallest prime factor, for numbers from 2.
fn smallest_factor(value: i64) -> i64 {
    if value % 2 == 0 {
        return 2;
    }
    (3..)
        .step_by(2)
        .take_while(|factor| factor * factor <= value)
        .find(|factor| value % factor == 0)
        .unwrap_or(value)
}

fn whole(found: &Match<'_>, nth: usize, least: i64) -> Option<i64> {
    number::integer_in(found.number(nth)?, least..=MAX_PRIME)
}

fn shown(value: i64) -> Option<String> {
    figures::integer(&BigInt::from(value))
}

pub(super) fn is_prime(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = whole(found, 0, 0)?;
    let text = shown(value)?;
    if value < 2 {
        return Some(format!("No, {text} is neither prime nor composite."));
    }
    let asks_composite = found
        .reading
        .tokens
        .iter()
        .any(|token| token.is("composite"))
        && !found.reading.tokens.iter().any(|token| token.is("prime"));
    let factor = smallest_factor(value);
    let prime = factor == value;
    let answer = if prime == asks_composite { "No" } else { "Yes" };
    Some(if prime {
        format!("{answer}, {text} is a prime number.")
    } else {
        let note = format!("{} × {}", shown(factor)?, shown(value / factor)?);
        if asks_composite {
            format!("{answer}, {text} is composite: it is {note}.")
        } else {
            format!("{answer}, {text} is not a prime number: it is {note}.")
        }
    })
}

pub(super) fn factors(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = whole(found, 0, 2)?;
    let mut rest = value;
    let mut powers: Vec<(i64, u32)> = Vec::new();
    while rest > 1 {
        let factor = smallest_factor(rest);
        rest /= factor;
        match powers.last_mut() {
            Some((last, power)) if *last == factor => *power += 1,
            _ => powers.push((factor, 1)),
        }
    }
    if powers.len() == 1 && powers[0].1 == 1 {
        return Some(format!("{} is prime.", shown(value)?));
    }
    let parts: Vec<String> = powers
        .iter()
        .map(|(factor, power)| {
            if *power == 1 {
                factor.to_string()
            } else {
                format!("{factor}^{power}")
            }
        })
        .collect();
    Some(format!("{} = {}.", shown(value)?, parts.join(" × ")))
}

/// "factor 50" is sunscreen; nothing is sold by larger ones.
fn large_factors(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    whole(found, 0, 101)?;
    factors(found, context)
}

pub(super) fn divisors(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = number::integer_in(found.number(0)?, 1..=1_000_000)?;
    let all: Vec<String> = (1..=value)
        .filter(|divisor| value % divisor == 0)
        .filter_map(shown)
        .collect();
    Some(format!(
        "The factors of {} are {}.",
        shown(value)?,
        figures::listed(&all)
    ))
    .filter(|_| all.len() > 1)
}

fn parity(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    if !value.is_integer() {
        return None;
    }
    let even = value.to_integer().is_even();
    let text = figures::integer(&value.to_integer())?;
    let is = if even { "even" } else { "odd" };
    let has = |word: &str| found.reading.tokens.iter().any(|token| token.is(word));
    Some(match (has("even"), has("odd")) {
        (true, true) => format!("{text} is {is}."),
        (asks_even, _) if asks_even == even => format!("Yes, {text} is {is}."),
        _ => format!("No, {text} is {is}."),
    })
}

fn divisible(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_divisible(found.number(0)?, found.number(1)?)
}

fn divides(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_divisible(found.number(1)?, found.number(0)?)
}

fn said_divisible(value: &BigRational, by: &BigRational) -> Option<String> {
    if !value.is_integer() || !by.is_integer() || !by.is_positive() || value.is_negative() {
        return None;
    }
    let (quotient, rest) = value.to_integer().div_rem(&by.to_integer());
    let (value, by) = (figures::exact(value)?, figures::exact(by)?);
    Some(if rest == BigInt::from(0) {
        format!(
            "Yes, {value} is divisible by {by}: {value} ÷ {by} = {}.",
            figures::integer(&quotient)?
        )
    } else {
        format!(
            "No, {value} is not divisible by {by}: the remainder is {}.",
            figures::integer(&rest)?
        )
    })
}

pub(super) fn perfect_square(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    if !value.is_integer() || value.is_negative() {
        return None;
    }
    let value = value.to_integer();
    let root = value.sqrt();
    let text = figures::integer(&value)?;
    Some(if &root * &root == value {
        format!(
            "Yes, {text} is a perfect square: {}^2.",
            figures::integer(&root)?
        )
    } else {
        format!("No, {text} is not a perfect square.")
    })
}

/// Whether a number is a base multiplied by itself; 1 is the power 0 of every base.
fn is_power(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = number::integer_in(found.number(0)?, 1..=i64::MAX)?;
    let base = number::integer_in(found.number(1)?, 2..=i64::MAX)?;
    let mut power: i64 = 1;
    let mut exponent = 0;
    while power < value {
        power = power.checked_mul(base)?;
        exponent += 1;
    }
    let (text, base) = (shown(value)?, shown(base)?);
    Some(if power == value {
        format!("Yes, {text} is a power of {base}: {base}^{exponent}.")
    } else {
        format!("No, {text} is not a power of {base}.")
    })
}

fn perfect_cube(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    let value = (value.is_integer() && !value.is_negative()).then(|| value.to_integer())?;
    let root = value.cbrt();
    let text = figures::integer(&value)?;
    Some(if root.pow(3) == value {
        format!(
            "Yes, {text} is a perfect cube: {}^3.",
            figures::integer(&root)?
        )
    } else {
        format!("No, {text} is not a perfect cube.")
    })
}

fn next_prime(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = number::integer_in(found.number(0)?, 0..=1_000_000_000)?;
    let next =
        (value + 1..value + 1_000).find(|next| *next >= 2 && smallest_factor(*next) == *next)?;
    Some(format!(
        "The next prime after {} is {}.",
        shown(value)?,
        shown(next)?
    ))
}

pub(super) fn choose(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said_choose(found.number(0)?, found.number(1)?)
}

fn said_choose(from: &BigRational, taken: &BigRational) -> Option<String> {
    let n = number::integer_in(from, 0..=1_000)?;
    let k = number::integer_in(taken, 0..=n)?;
    let result = (1..=k.min(n - k)).fold(BigInt::from(1), |product, step| {
        product * (n - k.min(n - k) + step) / step
    });
    Some(format!("{n} choose {k} is {}.", figures::integer(&result)?))
}

/// The number of ordered choices of k out of n.
pub(super) fn arrange(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let n = number::integer_in(found.number(0)?, 0..=1_000)?;
    let k = number::integer_in(found.number(1)?, 0..=n)?;
    let result = (0..k).fold(BigInt::from(1), |product, step| product * (n - step));
    Some(format!(
        "The number of permutations of {k} out of {n} is {}.",
        figures::integer(&result)?
    ))
}

pub(super) fn digit_sum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let value = found.number(0)?;
    if !value.is_integer() || value.is_negative() {
        return None;
    }
    let digits = value.to_integer().to_string();
    let sum = digits.chars().filter_map(|digit| digit.to_digit(10));
    Some(format!(
        "The digits of {} add up to {}.",
        figures::integer(&value.to_integer())?,
        sum.sum::<u32>()
    ))
}

/// The root of the sum of two squares.
pub(super) fn hypotenuse(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (a, b) = (found.number(0)?, found.number(1)?);
    if !a.is_positive() || !b.is_positive() {
        return None;
    }
    let square = Expression::Number(a * a + b * b);
    let root = Expression::Call(Function::SquareRoot, square.into());
    let (text, exact) = super::shown(&root.evaluate()?)?;
    Some(format!(
        "The hypotenuse is {}{text}.",
        if exact { "" } else { "about " }
    ))
}
