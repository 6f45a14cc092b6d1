//! Areas, perimeters and volumes of stated shapes with stated sides.

use num_rational::BigRational;
use num_traits::Signed;

use crate::{
    Context,
    expression::{Constant, Expression, Operator},
    number,
    pattern::{Fragment, Match, Rule},
};

pub(super) const FRAGMENTS: &[Fragment] = &[
    ("of", "(of|for) [a|an|the]"),
    ("with", "[,] [with|that has|whose|has|of|having] [a|an|the]"),
    (
        "side",
        "[side|sides|side length|sides of|edge|edges|edge length|edge of] [of|is|=|length]",
    ),
    ("radius", "(radius|r|radius of) [of|is|=]"),
    ("round", "(<radius>|(diameter|d) [of|is|=]) {number}"),
    ("height", "(height|high) [of|is|=]"),
    ("by", "(by|x|*|and|times|×)"),
    (
        "sided",
        "[sides|dimensions|length and width|sides of length|measuring|that is] [of]",
    ),
    ("length", "(length|l) [of|is|=]"),
    ("width", "(width|w|breadth) [of|is|=]"),
    ("base", "(base|b) [of|is|=]"),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "[<calc>] [the] area <of> circle <with> <round>",
        say: |found, _| said("area of the circle", &circle(&radius(found)?)?),
    },
    Rule {
        pattern: "[<calc>] [the] circumference <of> circle <with> <round>",
        say: |found, _| said("circumference", &of_pi(&double(&radius(found)?))?),
    },
    Rule {
        pattern: "[<calc>] [the] area <of> square <with> <side> {number}",
        say: |found, _| said("area of the square", &plain(power(positive(found, 0)?, 2))),
    },
    Rule {
        pattern: "[<calc>] [the] perimeter <of> square <with> <side> {number}",
        say: |found, _| {
            said(
                "perimeter of the square",
                &plain(positive(found, 0)? * number::whole(4)),
            )
        },
    },
    Rule {
        pattern: "[<calc>] [the] (volume) <of> cube <with> <side> {number}",
        say: |found, _| said("volume of the cube", &plain(power(positive(found, 0)?, 3))),
    },
    Rule {
        pattern: "[<calc>] [the] surface area <of> cube <with> <side> {number}",
        say: |found, _| {
            said(
                "surface area of the cube",
                &plain(power(positive(found, 0)?, 2) * number::whole(6)),
            )
        },
    },
    Rule {
        pattern: "[<calc>] [the] volume <of> sphere <with> <round>",
        say: |found, _| said("volume of the sphere", &sphere(&radius(found)?)?),
    },
    Rule {
        pattern: "[<calc>] [the] area <of> [rectangle] [<with>] <sided> {number} <by> {number} [rectangle]",
        say: rectangle,
    },
    Rule {
        pattern: "[<calc>] [the] area <of> rectangle <with> <length> {number} [,|and] [a] <width> {number}",
        say: rectangle,
    },
    Rule {
        pattern: "[<calc>] [the] perimeter <of> [rectangle] [<with>] <sided> {number} <by> {number} [rectangle]",
        say: around,
    },
    Rule {
        pattern: "[<calc>] [the] perimeter <of> rectangle <with> <length> {number} [,|and] [a] <width> {number}",
        say: around,
    },
    Rule {
        pattern: "[<calc>] [the] area <of> triangle <with> <base> {number} [,|and] [a] <height> {number}",
        say: |found, _| {
            let twice = positive(found, 0)? * positive(found, 1)?;
            said("area of the triangle", &plain(half(&twice)))
        },
    },
    Rule {
        pattern: "[<calc>] [the] volume <of> cylinder <with> <radius> {number} [,|and] [a] <height> {number}",
        say: |found, _| {
            let squared = power(positive(found, 0)?, 2) * positive(found, 1)?;
            said("volume of the cylinder", &of_pi(&squared)?)
        },
    },
    Rule {
        pattern: "[<calc>] [the] volume <of> cone <with> <radius> {number} [,|and] [a] <height> {number}",
        say: |found, _| {
            let squared = power(positive(found, 0)?, 2) * positive(found, 1)?;
            said("volume of the cone", &of_pi(&(squared / number::whole(3)))?)
        },
    },
    Rule {
        pattern: "[<calc>] [the] volume <of> (box|cuboid|rectangular prism) <with> <sided> {number} <by> {number} <by> {number}",
        say: |found, _| {
            let sides = positive(found, 0)? * positive(found, 1)? * positive(found, 2)?;
            said("volume of the box", &plain(sides))
        },
    },
];

fn half(value: &BigRational) -> BigRational {
    value / number::whole(2)
}

fn double(value: &BigRational) -> BigRational {
    value * number::whole(2)
}

fn power(value: &BigRational, exponent: usize) -> BigRational {
    std::iter::repeat_n(value, exponent).product()
}

fn positive<'a>(found: &'a Match<'_>, nth: usize) -> Option<&'a BigRational> {
    found.number(nth).filter(|value| value.is_positive())
}

/// The radius, which may have been said by its double.
fn radius(found: &Match<'_>) -> Option<BigRational> {
    let stated = positive(found, 0)?;
    Some(if found.has(&["diameter", "d"]) {
        half(stated)
    } else {
        stated.clone()
    })
}

fn plain(value: BigRational) -> Expression {
    Expression::Number(value)
}

/// So many times π.
fn of_pi(value: &BigRational) -> Option<Expression> {
    value.is_positive().then(|| {
        Expression::Binary(
            Operator::Multiply,
            Expression::Number(value.clone()).into(),
            Expression::Constant(Constant::Pi).into(),
        )
    })
}

fn circle(radius: &BigRational) -> Option<Expression> {
    of_pi(&power(radius, 2))
}

fn sphere(radius: &BigRational) -> Option<Expression> {
    of_pi(&(power(radius, 3) * number::ratio(4, 3))).filter(|_| radius.is_positive())
}

fn rectangle(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said("area", &plain(positive(found, 0)? * positive(found, 1)?))
}

fn around(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    said(
        "perimeter",
        &plain(double(&(positive(found, 0)? + positive(found, 1)?))),
    )
}

/// "The area of the circle is about 78.53981634."
fn said(what: &str, expression: &Expression) -> Option<String> {
    let value = expression.evaluate()?;
    if !value.value.is_positive() {
        return None;
    }
    let (text, exact) = super::shown(&value)?;
    let about = if exact { "" } else { "about " };
    Some(format!("The {what} is {about}{text}."))
}
