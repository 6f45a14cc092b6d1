//! New UUIDs: version 4 from the operating system's randomness, version 7 at the request's instant.

use std::sync::LazyLock;

use uuid::{NoContext, Timestamp, Uuid};

use crate::{
    Context, number,
    pattern::{Fragment, Grammar, Match, Rule},
    reading::Reading,
};

/// The most that are made for one question.
const MAX_COUNT: i64 = 20;

/// The UUIDs that a question asks for, a line each.
pub(super) fn answer(reading: &Reading, context: &Context<'_>) -> Option<String> {
    // The grammar settles what is asked for; what is made differs every time.
    let asked = GRAMMAR.say(reading, context)?;
    let (version, count) = asked.split_once(' ')?;
    let count: usize = count.parse().ok()?;
    let one = |_| match version {
        "7" => {
            let seconds = u64::try_from(context.now.as_second()).ok()?;
            let nanoseconds = u32::try_from(context.now.subsec_nanosecond()).ok()?;
            let instant = Timestamp::from_unix(NoContext, seconds, nanoseconds);
            Some(Uuid::new_v7(instant).to_string())
        }
        _ => Some(Uuid::new_v4().to_string()),
    };
    let made: Option<Vec<String>> = (0..count).map(one).collect();
    Some(made?.join("\n"))
}

pub(super) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::new(RULES, FRAGMENTS));

const RULES: &[Rule] = &[
    Rule {
        pattern: "<make> [me] [a|an|one] [new|random|fresh|unique|valid] <id>",
        say: fourth,
    },
    Rule {
        pattern: "(a|an) [new|random|fresh|unique|valid] <id>",
        say: fourth,
    },
    Rule {
        pattern: "(random|new) <id>",
        say: fourth,
    },
    Rule {
        pattern: "(<make> [me] [a|an|one] [new|random|fresh|unique|valid]|a|random|new) (uuid|guid) [-] v7",
        say: seventh,
    },
    Rule {
        pattern: "(<make> [me] [a|an|one] [new|random]|a|random|new) (uuidv7|uuid7|v7 uuid|time - ordered uuid)",
        say: seventh,
    },
    Rule {
        pattern: "[<make>] [me] {count} [new|random|unique|different] (uuids|guids|uuid|guid) [v4]",
        say: several,
    },
    Rule {
        pattern: "[<make>] [me] {count} [new|random|unique|different] (uuids|guids|v7 uuids|uuidv7s) [v7]",
        say: several_of_seven,
    },
];

const FRAGMENTS: &[Fragment] = &[
    (
        "make",
        "(generate|create|make|get|produce|give me|spit out|i need|need|print|provide)",
    ),
    (
        "id",
        "(uuid|guid|uuid v4|uuid - v4|uuidv4|uuid4|v4 uuid|guid v4)",
    ),
];

#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn fourth(_: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some("4 1".to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a rule's sentence")]
fn seventh(_: &Match<'_>, _: &Context<'_>) -> Option<String> {
    Some("7 1".to_owned())
}

fn several(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let count = number::integer_in(found.number(0)?, 1..=MAX_COUNT)?;
    Some(format!("4 {count}"))
}

fn several_of_seven(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let count = number::integer_in(found.number(0)?, 1..=MAX_COUNT)?;
    let said = |name: &str| found.reading.tokens.iter().any(|token| token.is(name));
    let is_seven = said("v7") || said("uuidv7s");
    Some(format!("{} {count}", if is_seven { 7 } else { 4 }))
}
