//! Sums, averages and orders of a stated list.

use num_rational::BigRational;

use crate::{
    Context,
    expression::{Expression, Function},
    figures, number,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<calc>] [the] (average|mean|arithmetic mean|avg) (of|for|between) <these> {list}",
        say: mean,
    },
    Rule {
        pattern: "(average|find the average|find the mean) <these> {list}",
        say: mean,
    },
    Rule {
        pattern: "[<calc>] [the] median (of|for) <these> {list}",
        say: median,
    },
    Rule {
        pattern: "[<calc>] [the] mode (of|for) <these> {list}",
        say: mode,
    },
    Rule {
        pattern: "[<calc>] [the] range of <these> {list}",
        say: range,
    },
    Rule {
        pattern: "[<calc>] [the] (sum|total) (of|for) <these> {list}",
        say: sum,
    },
    Rule {
        pattern: "[<calc>] [the] sum of [all] [the] (numbers|integers|whole numbers|natural numbers|positive integers) [from] {count} (to|through|thru|up to) {count}",
        say: series,
    },
    Rule {
        pattern: "(add|add up|sum|sum up) [all] [the] (numbers|integers|whole numbers) from {count} (to|through) {count}",
        say: series,
    },
    Rule {
        pattern: "(add|sum|add up|total|sum up|add together) <these> {list} [together|up]",
        say: sum,
    },
    Rule {
        pattern: "[<calc>] [the] product of <these> {list}",
        say: product,
    },
    Rule {
        pattern: "(what is|which is|which|find|) [the] (largest|biggest|greatest|highest|maximum|max) [number|one|value] (of|in|among|from|out of|:) <these> {list}",
        say: maximum,
    },
    Rule {
        pattern: "(what is|which is|which|find|) [the] (smallest|lowest|least|minimum|min) [number|one|value] (of|in|among|from|out of|:) <these> {list}",
        say: minimum,
    },
    Rule {
        pattern: "sort <these> {list} [in] [ascending order|from smallest to largest|from least to greatest|from low to high|ascending|numerically|in order|smallest to largest|increasing order]",
        say: ascending,
    },
    Rule {
        pattern: "(sort|order|arrange) <these> {list} [in] (descending order|from largest to smallest|from greatest to least|from high to low|descending|largest to smallest|decreasing order)",
        say: descending,
    },
];

fn shown(value: &BigRational) -> Option<String> {
    let (text, exact) = figures::short(value, 8)?;
    Some(if exact { text } else { format!("about {text}") })
}

fn named(list: &[BigRational]) -> Option<String> {
    let texts: Option<Vec<String>> = list.iter().map(figures::exact).collect();
    Some(figures::listed(&texts?))
}

fn said(name: &str, list: &[BigRational], value: &BigRational) -> Option<String> {
    Some(format!(
        "The {name} of {} is {}.",
        named(list)?,
        shown(value)?
    ))
}

fn total(list: &[BigRational]) -> BigRational {
    list.iter().sum()
}

fn length(list: &[BigRational]) -> Option<BigRational> {
    i64::try_from(list.len()).ok().map(number::whole)
}

pub(super) fn mean(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    said("average", list, &(total(list) / length(list)?))
}

fn sorted(list: &[BigRational]) -> Vec<BigRational> {
    let mut sorted = list.to_vec();
    sorted.sort();
    sorted
}

pub(super) fn median(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    let sorted = sorted(list);
    let middle = sorted.len() / 2;
    let value = if sorted.len() % 2 == 1 {
        sorted.get(middle)?.clone()
    } else {
        (sorted.get(middle - 1)? + sorted.get(middle)?) / number::whole(2)
    };
    said("median", list, &value)
}

/// Only one most frequent number is a mode that everybody agrees on.
pub(super) fn mode(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    let count = |value: &BigRational| list.iter().filter(|other| *other == value).count();
    let most = list.iter().map(count).max()?;
    let mut modes = sorted(list);
    modes.retain(|value| count(value) == most);
    modes.dedup();
    if modes.len() == 1 && most > 1 {
        said("mode", list, modes.first()?)
    } else {
        None
    }
}

pub(super) fn range(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    said("range", list, &(list.iter().max()? - list.iter().min()?))
}

pub(super) fn sum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    if list.len() == 2 {
        return super::binary(
            crate::expression::Operator::Add,
            list.first()?,
            list.get(1)?,
        );
    }
    said("sum", list, &total(list))
}

/// Whole numbers from one to another, both counted.
fn series(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (from, to) = (found.number(0)?, found.number(1)?);
    if from >= to {
        return None;
    }
    let total = (from + to) * (to - from + number::whole(1)) / number::whole(2);
    Some(format!(
        "The sum of the whole numbers from {} to {} is {}.",
        figures::exact(from)?,
        figures::exact(to)?,
        figures::exact(&total)?
    ))
}

pub(super) fn product(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    if list.len() == 2 {
        return super::binary(
            crate::expression::Operator::Multiply,
            list.first()?,
            list.get(1)?,
        );
    }
    let product = list
        .iter()
        .fold(number::whole(1), |product, value| product * value);
    said("product", list, &product)
}

pub(super) fn maximum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    Some(format!(
        "{} is the largest of {}.",
        figures::exact(list.iter().max()?)?,
        named(list)?
    ))
}

pub(super) fn minimum(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    Some(format!(
        "{} is the smallest of {}.",
        figures::exact(list.iter().min()?)?,
        named(list)?
    ))
}

pub(super) fn ascending(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    joined(&sorted(found.list(0)?))
}

pub(super) fn descending(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut list = sorted(found.list(0)?);
    list.reverse();
    joined(&list)
}

/// "the sum of the first 50 natural numbers".
pub(super) fn first_series(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let count = found.number(0)?;
    let total = count * (count + number::whole(1)) / number::whole(2);
    Some(format!(
        "The sum of the whole numbers from 1 to {} is {}.",
        figures::exact(count)?,
        figures::exact(&total)?
    ))
}

/// The sum of squares of the distances from the mean, and how many numbers there are.
fn spread(list: &[BigRational]) -> Option<(BigRational, BigRational)> {
    let count = length(list)?;
    let mean = total(list) / &count;
    let squares = list.iter().map(|value| {
        let distance = value - &mean;
        &distance * &distance
    });
    Some((squares.sum(), count))
}

/// Of a population and of a sample, which differ.
pub(super) fn variance(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    let (squares, count) = spread(list)?;
    let of_sample = &squares / (&count - number::whole(1));
    Some(format!(
        "The variance of {} is {} (population), or {} (sample).",
        named(list)?,
        shown(&(squares / count))?,
        shown(&of_sample)?
    ))
}

/// The square root of the variance, of a population and of a sample.
pub(super) fn deviation(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let list = found.list(0)?;
    let (squares, count) = spread(list)?;
    let root = |variance: BigRational| {
        let root = Expression::Call(Function::SquareRoot, Expression::Number(variance).into());
        let (text, exact) = super::shown(&root.evaluate()?)?;
        Some(if exact { text } else { format!("about {text}") })
    };
    let of_sample = &squares / (&count - number::whole(1));
    Some(format!(
        "The standard deviation of {} is {} (population), or {} (sample).",
        named(list)?,
        root(squares / count)?,
        root(of_sample)?
    ))
}

fn joined(list: &[BigRational]) -> Option<String> {
    let texts: Option<Vec<String>> = list.iter().map(figures::exact).collect();
    Some(format!("{}.", texts?.join(", ")))
}
