//! Hides the orders in which people put the same few words of a calculation.
//!
//! The words that say what is asked for stand in each pattern; words of asking may stand around
//! them, as many as there are. Nothing else may.

use std::sync::LazyLock;

use super::{bases, bill, compare, interest, lists, percent, whole};
use crate::pattern::{Fragment, Grammar, Rule};

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let fragments = [super::FRAGMENTS, FRAGMENTS].concat();
    Grammar::new(RULES, &fragments)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "over",
        "[of|for|from|in|among|to] [all] [the|these|this|those|following] [numbers|integers|values|list|set|dataset|data set|data] {filler}",
    ),
    (
        "up",
        "(ascending|ascending order|increasing order|numerical order|numeric order|numerically|order|from smallest to largest|from least to greatest|from low to high|from lowest to highest|smallest to largest|smallest first|least to greatest|low to high|lowest to highest|from small to large)",
    ),
    (
        "down",
        "(descending|descending order|decreasing order|from largest to smallest|from greatest to least|from high to low|from highest to lowest|largest to smallest|largest first|greatest to least|high to low|highest to lowest|reverse order)",
    ),
    (
        "bigger",
        "(bigger|larger|greater|higher|more|biggest|largest|greatest|highest)",
    ),
    (
        "bill",
        "[bill|check|meal|dinner|tab|lunch|restaurant bill|total]",
    ),
    (
        "people",
        "(people|persons|friends|ways|of us|person|diners)",
    ),
    ("deal", "(discount|reduction|off|rebate|price cut|markdown)"),
    (
        "goods",
        "[something|an item|the item|item|a product|a shirt|it]",
    ),
    (
        "rate",
        "{number} <pct> [interest|annual interest|apr|per year|per annum|a year|annually|simple interest]",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} (average|mean|arithmetic mean|avg) <over> {list} {filler}",
        say: lists::mean,
    },
    Rule {
        pattern: "{filler} median <over> {list} {filler}",
        say: lists::median,
    },
    Rule {
        pattern: "{filler} mode <over> {list} {filler}",
        say: lists::mode,
    },
    Rule {
        pattern: "{filler} range <over> {list} {filler}",
        say: lists::range,
    },
    Rule {
        pattern: "{filler} (sum|add|add up|sum up|add together) <over> {list} {filler} [together|up]",
        say: lists::sum,
    },
    Rule {
        pattern: "{filler} (product|multiply) <over> {list} {filler} [together]",
        say: lists::product,
    },
    Rule {
        pattern: "{filler} (largest|biggest|greatest|highest|maximum|max) [number|one|value] (of|for|in|among|from|:|between) {filler} [these|numbers|these numbers] {filler} {list} {filler}",
        say: lists::maximum,
    },
    Rule {
        pattern: "{filler} (smallest|lowest|least|minimum|min) [number|one|value] (of|for|in|among|from|:|between) {filler} [these|numbers|these numbers] {filler} {list} {filler}",
        say: lists::minimum,
    },
    Rule {
        pattern: "{filler} (standard deviation|std dev|stdev|std deviation|stddev|std) <over> {list} {filler}",
        say: lists::deviation,
    },
    Rule {
        pattern: "{filler} variance <over> {list} {filler}",
        say: lists::variance,
    },
    Rule {
        pattern: "{filler} (sort|order|arrange|rank|put) <over> {list} [in|into] <up>",
        say: lists::ascending,
    },
    Rule {
        pattern: "{filler} (sort|order|arrange|rank|put) <over> {list} [in|into] <down>",
        say: lists::descending,
    },
    Rule {
        pattern: "{filler} (sort|order|arrange|rank|put) <over> [in|into] <up> {filler} {list}",
        say: lists::ascending,
    },
    Rule {
        pattern: "{filler} (sort|order|arrange|rank|put) <over> [in|into] <down> {filler} {list}",
        say: lists::descending,
    },
    Rule {
        pattern: "{filler} sum {filler} first {count} (natural numbers|positive integers|integers|whole numbers|counting numbers|numbers)",
        say: lists::first_series,
    },
    Rule {
        pattern: "{filler} (sum|add) {filler} digits (of|in) {number} {filler}",
        say: whole::digit_sum,
    },
    Rule {
        pattern: "{filler} digit sum {filler} {number}",
        say: whole::digit_sum,
    },
    Rule {
        pattern: "{filler} (ncr|c|combinations|binomial) ( {number} , {number} )",
        say: whole::choose,
    },
    Rule {
        pattern: "{filler} (npr|p|permutations) ( {number} , {number} )",
        say: whole::arrange,
    },
    Rule {
        pattern: "{filler} combinations {filler} {number} (taken|choose|things taken|items taken) {number} [at a time]",
        say: whole::choose,
    },
    Rule {
        pattern: "{filler} permutations {filler} {number} (taken|things taken|items taken) {number} [at a time]",
        say: whole::arrange,
    },
    Rule {
        pattern: "{filler} (prime factors|prime factorization|prime factorisation|prime decomposition|factorise|factorize) {filler} {number}",
        say: whole::factors,
    },
    Rule {
        pattern: "{filler} (factors|divisors) {filler} {number}",
        say: whole::divisors,
    },
    Rule {
        pattern: "{filler} (gcd|gcf|hcf|greatest common divisor|greatest common factor|highest common factor) <over> [between] {list} {filler}",
        say: whole::divisor,
    },
    Rule {
        pattern: "{filler} (lcm|least common multiple|lowest common multiple) <over> [between] {list} {filler}",
        say: whole::multiple,
    },
    Rule {
        pattern: "{filler} {number} {filler} (perfect square|square number)",
        say: whole::perfect_square,
    },
    Rule {
        pattern: "{filler} {number} {filler} (prime|prime number) [or not]",
        say: whole::is_prime,
    },
    Rule {
        pattern: "{filler} hypotenuse {filler} (of|for|with|) [right triangle|right angled triangle|triangle] (with|of|) [legs|sides|] {number} (and|,|x|by) {number}",
        say: whole::hypotenuse,
    },
    Rule {
        pattern: "{filler} {number} in scientific notation",
        say: bases::scientific,
    },
    Rule {
        pattern: "{filler} scientific notation {filler} (for|of) {number}",
        say: bases::scientific,
    },
    Rule {
        pattern: "what does {word} (equal|mean|stand for) [in numbers|in arabic numerals]",
        say: bases::from_long_roman,
    },
    Rule {
        pattern: "{filler} (bigger|larger|greater|higher|bigger number|larger number) {filler} {expression} (or|and|vs|versus) {expression}",
        say: compare::computed_larger,
    },
    Rule {
        pattern: "{filler} {number} <pct> of {number} <pct> of {number} <ends>",
        say: percent::of_share,
    },
    Rule {
        pattern: "{filler} {money} (plus|+|minus|-) {number} <pct> <ends>",
        say: percent::of_itself,
    },
    Rule {
        pattern: "{filler} [final|sale|new|discounted] [price|cost] {filler} (after|with) [a|an] {number} <pct> <deal> (on|of|from) <goods> {money}",
        say: percent::discount,
    },
    Rule {
        pattern: "[if] <goods> {filler} {number} <pct> (off|off of) {money} [,] {filler} [pay|cost|price|it cost] {filler}",
        say: percent::discount,
    },
    Rule {
        pattern: "[if] <goods> (costs|cost|is priced at|is|was) {money} (and|with|but) [is|has|] [a|an] {number} <pct> <deal> [,] {filler} [pay|cost|price|it cost|final price] {filler}",
        say: percent::discount,
    },
    Rule {
        pattern: "{filler} tip [of] {number} <pct> (on|for|of) {filler} {money} <bill> {filler}",
        say: bill::tip,
    },
    Rule {
        pattern: "{filler} {number} <pct> {filler} (tip|gratuity) {filler} (on|for|of) {filler} {money} <bill> {filler}",
        say: bill::tip,
    },
    Rule {
        pattern: "{filler} tip {filler} (on|for) {filler} {money} <bill> [at|with|of] {number} <pct> {filler}",
        say: bill::tip,
    },
    Rule {
        pattern: "[split] {filler} {money} <bill> [,] [and|with|plus|at|+] [a|an] {number} <pct> (tip|gratuity) [,] [and] [split|divided|shared] [evenly|equally] [between|among|by|for|with] {count} <people> {filler} [each]",
        say: bill::tip_then_split,
    },
    Rule {
        pattern: "[split] {filler} {money} <bill> [,] [evenly|equally] [between|among|by|for|with] {count} <people> [,] [and|with|plus|at|+] [a|an] {number} <pct> (tip|gratuity) {filler} [each]",
        say: bill::split_with_tip,
    },
    Rule {
        pattern: "[if] {filler} (invest|put|deposit|save) {money} at <rate> compounded <often> (for|over) {number} <years> [,] {filler} [be worth|grow to|at the end|end up with]",
        say: interest::compound,
    },
    Rule {
        pattern: "{filler} simple interest {filler} [on] {money} [,] [at] <rate> [,] [for|over] {number} <years>",
        say: interest::simple,
    },
    Rule {
        pattern: "{filler} compound interest {filler} [on] {money} [,] [at] <rate> [,] [compounded <often>] [for|over] {number} <years> [compounded <often>]",
        say: interest::compound,
    },
];
