//! Conversion between units of measure.

mod compare;
mod lapse;
pub(crate) mod variants;
mod year;

use std::sync::LazyLock;

use crate::{
    Answer, Answerer, Context, Example, Question, number,
    pattern::{Fragment, Grammar, Match, Rule},
    reading::Reading,
    unit::{self, Quantity, convert},
};

/// Answers how much a stated quantity is in another unit.
#[derive(Debug)]
pub(crate) struct Units;

impl Answerer for Units {
    fn name(&self) -> &'static str {
        "units"
    }

    fn about(&self) -> &'static str {
        "conversion of length, mass, volume, temperature, speed, area, pressure, energy, power, data, time and angle"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "26.2 miles in km",
                answer_contains: "42.1648",
            },
            Example {
                query: "convert 5 ft 11 in to cm",
                answer_contains: "180.34 centimetres",
            },
            Example {
                query: "how many ounces are in a pound?",
                answer_contains: "16 ounces",
            },
            Example {
                query: "what's 100 degrees fahrenheit in celsius",
                answer_contains: "37.7778 °C",
            },
            Example {
                query: "how many litres is 5 gallons",
                answer_contains: "imperial gallons",
            },
            Example {
                query: "5 GB to MB please",
                answer_contains: "5,000 megabytes",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let reading = Reading::of(question.text).filter(|reading| !reading.has_continental())?;
        let text = GRAMMAR
            .say_or(&variants::GRAMMAR, &reading, context)
            .or_else(|| self.follow_up(&reading, question, context))?;
        Some(Answer {
            text: in_spelling(&reading, text),
        })
    }
}

impl Units {
    /// "and in miles?" directly after a conversion that was answered here.
    fn follow_up(
        &self,
        reading: &Reading,
        question: &Question<'_>,
        context: &Context<'_>,
    ) -> Option<String> {
        let (last, before) = question.earlier.split_last()?;
        let earlier = Question {
            text: last.question,
            earlier: before,
        };
        if self.answer(&earlier, context)?.text != last.answer {
            return None;
        }
        let asked = Reading::of(last.question)?;
        let mut quantities = (0..asked.tokens.len()).filter_map(|at| unit::quantity(&asked, at));
        let (_, quantity) = quantities.next()?;
        let target = FOLLOW_UP.values(reading, |found| found.unit(0).copied())?;
        convert(&quantity, target)
    }
}

static FOLLOW_UP: LazyLock<Grammar> = LazyLock::new(|| {
    let pattern = "[what about|how about|and|or] [in|to|into|as] {unit}";
    Grammar::new(
        &[Rule {
            pattern,
            say: |_, _| None,
        }],
        &[],
    )
});

/// American spelling for those who write it.
fn in_spelling(reading: &Reading, text: String) -> String {
    let american = reading.tokens.iter().any(|token| {
        ["meter", "meters", "liter", "liters"]
            .iter()
            .any(|ending| token.text.ends_with(ending))
    });
    if american {
        text.replace("metre", "meter").replace("litre", "liter")
    } else {
        text
    }
}

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules: Vec<Rule> = [RULES, compare::RULES, year::RULES].concat();
    Grammar::new(&rules, FRAGMENTS)
});

const FRAGMENTS: &[Fragment] = &[
    (
        "ask",
        "[what is|whats|what s|what would|what are|what will|what does|how much would|how many would|what is the equivalent of|how much is|how long is|how tall is|how heavy is|how far is|how hot is|how cold is|how fast is|how big is|how high is|how many is|convert|convert from|change|turn|express|translate|transform|calculate|give me|show me|do|switch|the conversion of|what is the conversion of|tell me]",
    ),
    (
        "to",
        "(to|in|into|as|in terms of|converted to|converted into|expressed in|measured in|when converted to|as an amount of|is how many|to how many|-> |equals how many|equal how many|are how many|is what in|equals what in|is equal to how many|= how many|= ? |in to|equals to|is equivalent to how many|=|→|= >|- >)",
    ),
    ("are", "(are|is|r|s) [there]"),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "[what is] [the] conversion (of|between|from|for) [a] {unit} (to|and|into|in) [a] {unit}",
        say: one_of,
    },
    Rule {
        pattern: "what amount of {unit} (are|is) in {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "what is the [total] (number|amount|correct amount) of {unit} in {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} (will make|make|equal|equals|make up|makes) {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "if (i have|there are|you have) {quantity} [,] how many {unit} is that",
        say: plain,
    },
    Rule {
        pattern: "how many {unit} (are|is) equivalent to {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "<ask> {quantity} <to> {unit}",
        say: plain,
    },
    Rule {
        pattern: "<ask> {quantity} <to> {unit} (and|&) {unit}",
        say: compound,
    },
    Rule {
        pattern: "how many {unit} and {unit} (is|are|in|are in|are there in) {quantity}",
        say: compound,
    },
    Rule {
        pattern: "<ask> {quantity} be (in|as) {unit}",
        say: plain,
    },
    Rule {
        pattern: "in {unit} [,] (how much|what|how long|how far|how tall|how heavy) is {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "(convert|) {unit} (to|into) {unit}",
        say: one_of,
    },
    Rule {
        pattern: "(how many|what is the number of) {unit} (are|is) equal to {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} <are> (in|to|per) {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} (in|to|per) {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} (is|are|equal|equals|make|makes|make up|go into|fit in|fit into|does|do|would be) {quantity} [equal|make|have|contain|equal to]",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} (does|do) {quantity} (have|contain|equal|make|weigh|measure)",
        say: target_first,
    },
    Rule {
        pattern: "how many {unit} (can|could|would|will) {quantity} (be|make)",
        say: target_first,
    },
    Rule {
        pattern: "how much is {quantity} (in|into|to|as) {unit}",
        say: plain,
    },
    Rule {
        pattern: "what is [the] {unit} (of|for|equivalent of|equivalent to) {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "{quantity} (equals|is|are|=|is equal to|equal) how many {unit}",
        say: plain,
    },
    Rule {
        pattern: "[number of|the number of|what is the number of] {unit} in {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "<ask> {unit} (in|per|to the) {quantity}",
        say: target_first_if_one,
    },
    Rule {
        pattern: "convert {quantity} (from {unit}) (to|into) {unit}",
        say: from_named,
    },
    Rule {
        pattern: "(convert|change) {number} from {unit} (to|into|in) {unit}",
        say: number_from,
    },
    Rule {
        pattern: "<ask> {quantity} {unit} conversion",
        say: plain,
    },
    Rule {
        pattern: "(how|how do i|how do you) convert {quantity} (to|into) {unit}",
        say: plain,
    },
    Rule {
        pattern: "<ask> {quantity} (converted to|converted into|conversion to) {unit}",
        say: plain,
    },
    Rule {
        pattern: "convert to {unit} [:] {quantity}",
        say: target_first,
    },
    Rule {
        pattern: "(what|how much) (does|would) {quantity} (equal|come to|weigh|make|measure) in {unit}",
        say: plain,
    },
    Rule {
        pattern: "if (something|it|i) (is|weighs|weigh|am) {quantity} (how|what) (much|many|is) (is it|is that|that) in {unit}",
        say: plain,
    },
];

pub(super) fn plain(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (quantity, unit) = (found.quantity(0)?, found.unit(0)?);
    year::said(quantity, unit).or_else(|| convert(quantity, unit))
}

pub(super) fn target_first(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    plain(found, context)
}

/// "180 cm in feet and inches".
pub(super) fn compound(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    unit::compound(found.quantity(0)?, found.unit(0)?, found.unit(1)?)
}

/// "km to miles": one of the first.
pub(super) fn one_of(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let (from, to) = (*found.unit(0)?, *found.unit(1)?);
    if from == to || from.dimension == "temperature" || from.inverse || to.inverse {
        return None;
    }
    convert(
        &Quantity {
            parts: vec![(number::whole(1), from)],
        },
        to,
    )
}

/// "ounces in a pound", but not "feet in 5 inches".
fn target_first_if_one(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    plain(found, context)
}

/// "convert 5 miles from miles to km" must agree with itself.
fn from_named(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let quantity = found.quantity(0)?;
    let same = quantity
        .parts
        .iter()
        .all(|(_, unit)| Some(unit) == found.unit(0));
    if same {
        convert(quantity, found.unit(1)?)
    } else {
        None
    }
}

/// "convert 5 from miles to km".
fn number_from(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let quantity = Quantity {
        parts: vec![(found.number(0)?.clone(), found.unit(0)?)],
    };
    let negative = quantity.in_base() < number::whole(0);
    if negative {
        None
    } else {
        convert(&quantity, found.unit(1)?)
    }
}
