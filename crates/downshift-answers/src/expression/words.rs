//! The signs and words of operators, functions and parts.

use super::Function;

/// Addition.
pub(super) const PLUS: &[&str] = &["+", "plus", "added to"];
/// Subtraction.
pub(super) const MINUS: &[&str] = &["-", "minus", "take away"];
/// Multiplication.
pub(super) const TIMES: &[&str] = &["*", "x", "times", "multiplied by", "multiplied with"];
/// Division.
pub(super) const OVER: &[&str] = &["/", "divided by"];
/// The remainder.
pub(super) const MODULO: &[&str] = &["mod", "modulo", "modulus"];
/// A power, before its exponent.
pub(super) const POWER: &[&str] = &[
    "^",
    "* *",
    "to the power of",
    "raised to the power of",
    "raised to the",
    "raised to",
    "to the power",
    "to the",
];
/// What stands after its operand.
pub(super) const AFTER: &[&str] = &["squared", "cubed", "factorial", "!"];
/// Hundredths.
pub(super) const PERCENT: &[&str] = &["%", "percent", "per cent", "pct"];

/// Names of functions.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("√", Function::SquareRoot),
    ("sqrt", Function::SquareRoot),
    ("square root", Function::SquareRoot),
    ("the square root", Function::SquareRoot),
    ("cbrt", Function::CubeRoot),
    ("cube root", Function::CubeRoot),
    ("the cube root", Function::CubeRoot),
    ("abs", Function::Absolute),
    ("absolute value", Function::Absolute),
    ("the absolute value", Function::Absolute),
    ("floor", Function::Floor),
    ("the floor", Function::Floor),
    ("ceil", Function::Ceiling),
    ("ceiling", Function::Ceiling),
    ("the ceiling", Function::Ceiling),
    ("ln", Function::NaturalLogarithm),
    ("natural log", Function::NaturalLogarithm),
    ("the natural log", Function::NaturalLogarithm),
    ("natural logarithm", Function::NaturalLogarithm),
    ("the natural logarithm", Function::NaturalLogarithm),
    ("sin", Function::Sine),
    ("sine", Function::Sine),
    ("the sine", Function::Sine),
    ("cos", Function::Cosine),
    ("cosine", Function::Cosine),
    ("the cosine", Function::Cosine),
    ("tan", Function::Tangent),
    ("tangent", Function::Tangent),
    ("the tangent", Function::Tangent),
];

/// Parts of something: words, numerator, denominator.
pub(super) const PARTS: &[(&str, i64, i64)] = &[
    ("half of", 1, 2),
    ("one half of", 1, 2),
    ("a third of", 1, 3),
    ("one third of", 1, 3),
    ("two thirds of", 2, 3),
    ("a quarter of", 1, 4),
    ("one quarter of", 1, 4),
    ("quarter of", 1, 4),
    ("one fourth of", 1, 4),
    ("a fourth of", 1, 4),
    ("three quarters of", 3, 4),
    ("three fourths of", 3, 4),
    ("a fifth of", 1, 5),
    ("one fifth of", 1, 5),
    ("two fifths of", 2, 5),
    ("three fifths of", 3, 5),
    ("four fifths of", 4, 5),
    ("an eighth of", 1, 8),
    ("one eighth of", 1, 8),
    ("a tenth of", 1, 10),
    ("one tenth of", 1, 10),
    ("twice", 2, 1),
    ("double", 2, 1),
    ("triple", 3, 1),
];
