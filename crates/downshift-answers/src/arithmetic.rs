//! Calculation: expressions, percentages, whole-number questions, lists, bases, interest.

mod bases;
mod bill;
mod compare;
mod interest;
mod lists;
mod percent;
mod rounding;
mod shapes;
pub(crate) mod variants;
mod whole;

use std::sync::LazyLock;

use num_rational::BigRational;

use crate::{
    Answer, Answerer, Context, Example, Question,
    expression::{self, Constant, Evaluated, Expression},
    figures, number,
    pattern::{Fragment, Grammar, Match, Rule},
    reading::Reading,
};

/// Significant digits of a value that is not exact.
pub(crate) const SIGNIFICANT: u32 = 10;

/// Answers calculations.
#[derive(Debug)]
pub(crate) struct Arithmetic;

impl Answerer for Arithmetic {
    fn name(&self) -> &'static str {
        "arithmetic"
    }

    fn about(&self) -> &'static str {
        "exact arithmetic, percentages, tips, roots, factorials, primes, bases, Roman numerals, comparison, averages, interest"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "what is 15% of 2,340",
                answer_contains: "351",
            },
            Example {
                query: "calculate 17 * 23",
                answer_contains: "391",
            },
            Example {
                query: "0.1 + 0.2",
                answer_contains: "= 0.3.",
            },
            Example {
                query: "what's the square root of 144?",
                answer_contains: "12",
            },
            Example {
                query: "is 9.11 greater than 9.9",
                answer_contains: "No",
            },
            Example {
                query: "20% tip on $45.50",
                answer_contains: "$9.10",
            },
            Example {
                query: "greatest common divisor of 48 and 36",
                answer_contains: "12",
            },
            Example {
                query: "convert 255 to hex",
                answer_contains: "0xFF",
            },
            Example {
                query: "2024 in roman numerals",
                answer_contains: "MMXXIV",
            },
            Example {
                query: "average of 4, 8, 15, 16, 23 and 42",
                answer_contains: "18",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = Reading::of(&compare::plain(question.text))?;
        if has_two_points(&reading) {
            return None;
        }
        // "what is 5 + 5!" may be 10 with surprise, or 125.
        if reading.exclamations > 0
            && !is_lone_factorial(&reading)
            && reading
                .tokens
                .iter()
                .any(|token| token.kind == crate::reading::Kind::Number)
        {
            let without = reading
                .tokens
                .last()
                .is_some_and(|last| last.kind == crate::reading::Kind::Number);
            if without {
                return factorial_or_nothing(&reading);
            }
            // "(2 + 3)!" is a factorial as surely as it is a shout.
            if reading.tokens.last().is_some_and(|last| last.is(")")) {
                return None;
            }
        }
        GRAMMAR
            .say_or(&variants::GRAMMAR, &reading, context)
            .map(|text| Answer { text })
    }
}

/// "1.500 + 1,500": one of the signs groups thousands, and which one is not said.
fn has_two_points(reading: &Reading) -> bool {
    let numbers = || {
        reading
            .tokens
            .iter()
            .filter(|token| token.kind == crate::reading::Kind::Number)
    };
    let comma = numbers().any(|token| token.grouped && !token.text.contains('.'));
    let both = numbers().any(|token| token.grouped && token.text.contains('.'));
    let point = numbers().any(|token| {
        !token.grouped
            && token.text.split_once('.').is_some_and(|(whole, rest)| {
                rest.len() == 3 && whole.len() <= 3 && !whole.starts_with('0')
            })
    });
    (comma && point && !both) || reading.has_continental()
}

fn is_lone_factorial(reading: &Reading) -> bool {
    reading.tokens.iter().any(|token| token.is("factorial"))
}

/// "what is 5!": nobody asks what five is.
fn factorial_or_nothing(reading: &Reading) -> Option<Answer> {
    // "5!!" is a double factorial, or more surprise.
    if reading.exclamations > 1 {
        return None;
    }
    let numbers = reading
        .tokens
        .iter()
        .filter(|token| token.kind == crate::reading::Kind::Number)
        .count();
    let (last, before) = reading.tokens.split_last()?;
    let asks = before.len() == 2 && before[0].is("what") && before[1].is("is")
        || before.len() == 1 && before[0].is("calculate")
        || before.is_empty();
    if numbers != 1 || !asks {
        return None;
    }
    let value = expression::factorial(&last.value()?)?;
    Some(Answer {
        text: format!("{}! = {}.", last.text, figures::integer(&value)?),
    })
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [
        RULES,
        percent::RULES,
        bill::RULES,
        rounding::RULES,
        shapes::RULES,
        whole::RULES,
        lists::RULES,
        bases::RULES,
        compare::RULES,
        interest::RULES,
    ]
    .concat();
    Grammar::new(
        &rules,
        &[FRAGMENTS, compare::FRAGMENTS, shapes::FRAGMENTS].concat(),
    )
});

const FRAGMENTS: &[Fragment] = &[
    (
        "calc",
        "(list|list all|what is|whats|what s|what are|what does|what do|find me|solve this|solve this equation|answer this|the answer to|the answer for|the solution to|solution for|answer for|answer the equation|what is the solution to|i need the answer to|how much is|how much are|how much does|calculate|compute|work out|figure out|evaluate|solve|solve for|find|find out|give me|get me|get|do|show me|what would|what will|how many is|the value of|what is the value of|find the value of|what is the answer to|what is the result of|the result of|result of|calculate the value of|compute the value of|what do you get when you|what do you get if you|how do you calculate|what)",
    ),
    ("asks", "(what is|whats|what s|how much is|calculate|find)"),
    (
        "these",
        "[these numbers|the two numbers|two numbers|the numbers|these|numbers|the following numbers|the following|these values|the values|the list|this list|list] [:]",
    ),
    (
        "conv",
        "[convert|what is|whats|what s|express|write|change|translate|how do you write|how do i write|how do you say|show]",
    ),
    (
        "binary",
        "(binary|base 2|base two|a binary number|binary form|binary notation)",
    ),
    ("octal", "(octal|base 8)"),
    ("hex", "(hex|hexadecimal|base 16)"),
    ("decimal", "(decimal|base 10|denary|base ten)"),
    ("roman", "(roman numerals|roman numeral|roman numbers)"),
    (
        "more",
        "(greater than|bigger than|larger than|more than|higher than|above|>)",
    ),
    (
        "less",
        "(less than|smaller than|lower than|fewer than|below|under)",
    ),
    ("years", "(years|year|yrs)"),
    (
        "often",
        "(annually|yearly|monthly|quarterly|semiannually|semi annually|semi - annually|every year|every month)",
    ),
    ("pct", "(%|percent|per cent|pct|percents)"),
    (
        "levy",
        "(tax|sales tax|vat|gst|service charge|service|markup|interest)",
    ),
    (
        "ends",
        "[=|equals|equal|equal to|is equal to|is what|is|make|come to|add up to|= what|equals what|is how much|be|come out to]",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "[<calc>] [the] {expression} <ends>",
        say: expression,
    },
    Rule {
        pattern: "[<calc>] [the] (sum|total) of {number} and {number}",
        say: |found, context| spoken(found, context, expression::Operator::Add),
    },
    Rule {
        pattern: "[<calc>] [the] product of {number} and {number}",
        say: |found, context| spoken(found, context, expression::Operator::Multiply),
    },
    Rule {
        pattern: "[<calc>] [the] quotient of {number} and {number}",
        say: |found, context| spoken(found, context, expression::Operator::Divide),
    },
    Rule {
        pattern: "[<calc>] [the] difference (between|of) {number} and {number}",
        say: difference,
    },
    Rule {
        pattern: "[<calc>] (add|adding) {number} (and|to|with|+) {number}",
        say: |found, context| spoken(found, context, expression::Operator::Add),
    },
    Rule {
        pattern: "[<calc>] (multiply|multiplying) {number} (by|and|with|times) {number}",
        say: |found, context| spoken(found, context, expression::Operator::Multiply),
    },
    Rule {
        pattern: "[<calc>] (divide|dividing) {number} by {number}",
        say: |found, context| spoken(found, context, expression::Operator::Divide),
    },
    Rule {
        pattern: "[<calc>] (subtract|subtracting|take|taking|take away) {number} from {number}",
        say: subtract,
    },
    Rule {
        pattern: "(<asks>|what number is) {number} more than {number}",
        say: |found, _| {
            binary(
                expression::Operator::Add,
                found.number(1)?,
                found.number(0)?,
            )
        },
    },
    Rule {
        pattern: "(<asks>|what number is) {number} (less|fewer) than {number}",
        say: subtract,
    },
    Rule {
        pattern: "how many times (does|can|will) {number} go into {number}",
        say: goes_into,
    },
    Rule {
        pattern: "[<calc>] [the] remainder (when|of|if|from) {number} [is] divided by {number}",
        say: remainder,
    },
    Rule {
        pattern: "[<calc>] [the] remainder (of|when dividing|from dividing) {number} (by|/|and) {number}",
        say: remainder,
    },
    Rule {
        pattern: "[<calc>] {number} % {number}",
        say: remainder_sign,
    },
    Rule {
        pattern: "[<calc>] [the] square of {number}",
        say: |found, _| powered(found, 2),
    },
    Rule {
        pattern: "[<calc>] [the] cube of {number}",
        say: |found, _| powered(found, 3),
    },
    Rule {
        pattern: "[<calc>] [the] factorial of {number}",
        say: factorial,
    },
    Rule {
        pattern: "[<calc>] [the] (reciprocal|inverse) of {number}",
        say: reciprocal,
    },
];

fn expression(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let expression = found.expression(0)?;
    // A number by itself is no sum, but that of some dozens, or a part of a million, is one that people ask for.
    if let Expression::Number(value) = expression
        && let Some((name, scale)) = number::scale_asked(found.reading)
    {
        let count = figures::exact(&(value / scale))?;
        return Some(format!("{count} {name} is {}.", figures::exact(value)?));
    }
    // "what is pi" asks for more than its digits.
    if *expression == Expression::Constant(Constant::Pi) && found.has(&["value"]) {
        return Some(format!("π {}.", equals(&expression.evaluate()?)?));
    }
    if !expression.computes() || expression::is_label(found.reading) {
        return None;
    }
    sentence(expression)
}

/// The sentence for an expression: "17 × 23 = 391."
pub(crate) fn sentence(expression: &Expression) -> Option<String> {
    let value = expression.evaluate()?;
    let written = expression.written()?;
    if let Expression::PercentOf(..) | Expression::Part(..) = expression {
        let written = figures::capitalised(&written);
        let (text, exact) = shown(&value)?;
        return Some(format!(
            "{written} is {}{text}.",
            if exact { "" } else { "about " }
        ));
    }
    Some(format!("{written} {}.", equals(&value)?))
}

/// "= 391", "≈ 3.333333333 (exactly 3 1/3)".
pub(crate) fn equals(value: &Evaluated) -> Option<String> {
    let (text, exact) = shown(value)?;
    if exact {
        return Some(format!("= {text}"));
    }
    match figures::fraction(&value.value).filter(|_| value.exact) {
        Some(fraction) => Some(format!("≈ {text} (exactly {fraction})")),
        None => Some(format!("≈ {text}")),
    }
}

/// The value in figures, and whether they are all of it.
pub(crate) fn shown(value: &Evaluated) -> Option<(String, bool)> {
    if value.exact {
        return figures::short(&value.value, SIGNIFICANT);
    }
    Some((figures::rounded(&value.value, SIGNIFICANT)?, false))
}

fn spoken(found: &Match<'_>, _: &Context<'_>, operator: expression::Operator) -> Option<String> {
    binary(operator, found.number(0)?, found.number(1)?)
}

fn binary(
    operator: expression::Operator,
    left: &BigRational,
    right: &BigRational,
) -> Option<String> {
    let leaf = |value: &BigRational| Box::new(Expression::Number(value.clone()));
    sentence(&Expression::Binary(operator, leaf(left), leaf(right)))
}

/// A difference is not negative, whichever number comes first.
fn difference(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (first, second) = (found.number(0)?, found.number(1)?);
    // "the difference between 301 and 302" may be that of two replies of a server.
    let class = |value| number::integer_in(value, 100..=599).map(|code| code / 100);
    let codes = class(first).is_some() && class(first) == class(second);
    // "2.0 and 3.0" are versions.
    let versions = found.reading.tokens.iter().any(|token| {
        token.value().is_some_and(|value| value.is_integer()) && token.text.contains('.')
    });
    if codes || versions {
        return None;
    }
    binary(
        expression::Operator::Subtract,
        first.max(second),
        first.min(second),
    )
}

fn subtract(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    binary(
        expression::Operator::Subtract,
        found.number(1)?,
        found.number(0)?,
    )
}

fn goes_into(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    binary(
        expression::Operator::Divide,
        found.number(1)?,
        found.number(0)?,
    )
}

fn remainder(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    binary(
        expression::Operator::Modulo,
        found.number(0)?,
        found.number(1)?,
    )
}

/// "17 % 5": the sign of programmers; nothing else puts a number right after a percent sign.
fn remainder_sign(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    remainder(found, context)
}

fn powered(found: &Match<'_>, exponent: i64) -> Option<String> {
    let leaf = |value: BigRational| Box::new(Expression::Number(value));
    let base = found.number(0)?.clone();
    sentence(&Expression::Binary(
        expression::Operator::Power,
        leaf(base),
        leaf(number::whole(exponent)),
    ))
}

fn factorial(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    sentence(&Expression::Factorial(
        Expression::Number(found.number(0)?.clone()).into(),
    ))
}

fn reciprocal(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    binary(
        expression::Operator::Divide,
        &number::whole(1),
        found.number(0)?,
    )
}
