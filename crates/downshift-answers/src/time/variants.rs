//! Hides the orders in which people put the same few words of a question about time.
//!
//! The words that say what is asked for stand in each pattern; words of asking may stand around
//! them, as many as there are. Nothing else may.

use std::sync::LazyLock;

use super::{convert, here, lapse, later, offset, there};
use crate::{
    Context,
    pattern::{Fragment, Grammar, Match, Rule},
};

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let rules = [RULES, lapse::RULES].concat();
    Grammar::new(&rules, FRAGMENTS)
});

const FRAGMENTS: &[Fragment] = &[
    ("tz", "(timezone|time zone)"),
    ("at", "(in|at|for|over in|on|of)"),
    (
        "moment",
        "[at the moment|at this moment|today|at present|rn|atm]",
    ),
    ("from", "{clock} [in|at|on|from|by] {zone} [time|<tz>]"),
    ("into", "(in|to|into|at|for|as|on) {zone} [time|<tz>]"),
    ("when", "[if|when|at|given] [it|its] {filler}"),
    (
        "mine",
        "(here|my time|local time here|my local time|our time|in my time|in my timezone|in my time zone|where i am|my time zone)",
    ),
    (
        "me",
        "(here|me|us|home|my location|my place|where i am|my time zone)",
    ),
    (
        "apart",
        "(time difference|time diff|difference in time|hour difference|hours difference|difference in hours|time zone difference|timezone difference|hours of difference)",
    ),
    (
        "use",
        "[in|on|use|used|have|using|observe|follow|located|located in|keep]",
    ),
    ("clockform", "[-] [hour|hr|h] [time|clock|format|notation]"),
    (
        "dst",
        "(dst|daylight saving time|daylight savings time|daylight saving|daylight savings|summer time)",
    ),
];

const RULES: &[Rule] = &[
    Rule {
        pattern: "{filler} time {filler} <moment> <at> {filler} {place} [<tz>] {filler} <moment>",
        say: now_there,
    },
    Rule {
        pattern: "<at> {place} [,] {filler} time {filler} <moment>",
        say: now_there,
    },
    Rule {
        pattern: "(at the moment|at this moment|at present) {filler} time {filler}",
        say: here,
    },
    Rule {
        pattern: "what {filler} time {filler} (where i am|at home|where i live|of day|at my place)",
        say: here,
    },
    // A stated time elsewhere.
    Rule {
        pattern: "{filler} <when> <from> [,|then|.] {filler} [what about|how about] {filler} [time] {filler} <into> {filler}",
        say: convert::stated,
    },
    Rule {
        pattern: "{filler} time {filler} <into> [when|if|at] [it] {filler} <from> {filler}",
        say: convert::asked,
    },
    Rule {
        pattern: "{filler} convert {filler} <from> <into>",
        say: convert::stated,
    },
    Rule {
        pattern: "{filler} <when> {clock} <mine> [,|then|.] {filler} [time] {filler} <into> {filler}",
        say: convert::from_here,
    },
    Rule {
        pattern: "{filler} time {filler} <into> [when|if|at] [it] {filler} {clock} <mine> {filler}",
        say: convert::from_here,
    },
    Rule {
        pattern: "{filler} <when> <from> [,|then] {filler} [time] {filler} [in|for|at|to] <me>",
        say: convert::to_here,
    },
    Rule {
        pattern: "{filler} time {filler} <me> {filler} [when|if|at] [it] {filler} <from> {filler}",
        say: convert::to_here,
    },
    Rule {
        pattern: "[convert] {filler} {clock} [in|at] {zone} [time] [on] {day} <into>",
        say: convert::dated,
    },
    Rule {
        pattern: "[convert] {filler} {clock} [on] {day} [,] [in|at] {zone} [time] <into>",
        say: convert::dated,
    },
    Rule {
        pattern: "{filler} time {filler} {clock} [on] {day} [in|at] {zone} [time] <into>",
        say: convert::dated,
    },
    // How far apart.
    Rule {
        pattern: "{filler} <apart> {filler} [between|from|of] {filler} {zone} [time|<tz>] (and|to|vs|versus|&|or|from|than) {zone} [time|<tz>] {filler} <moment>",
        say: offset::between,
    },
    Rule {
        pattern: "{filler} hours {filler} between {filler} {zone} [time|<tz>] and {zone} [time|<tz>] {filler} <moment>",
        say: offset::between,
    },
    Rule {
        pattern: "{filler} hours [difference|different|apart|away|time difference] {filler} {zone} (from|and|than) {zone} {filler} [apart|different] <moment>",
        say: hours_apart,
    },
    Rule {
        pattern: "{filler} {zone} [time] (and|to|vs|versus|-|&) {zone} [time] <apart> {filler}",
        say: offset::between,
    },
    Rule {
        pattern: "{filler} (later|earlier|ahead|behind) {filler} {zone} (than|from|of|to|compared to) {zone} {filler} <moment>",
        say: offset::between,
    },
    Rule {
        pattern: "{filler} <apart> {filler} [between|from] <me> (and|to) {zone} {filler}",
        say: offset::from_here,
    },
    Rule {
        pattern: "{filler} <apart> {filler} [between|from] {zone} (and|to) <me> {filler}",
        say: offset::from_here,
    },
    // What zone.
    Rule {
        pattern: "{filler} <tz> {filler} [in|for|of|at|where] {filler} {place} {filler} <use> [in] {filler}",
        say: zone,
    },
    Rule {
        pattern: "[in|for|if] {filler} [in] {place} [,] {filler} <tz> {filler} <use> {filler} [in]",
        say: zone,
    },
    Rule {
        pattern: "{filler} {place} {filler} [found in|located in|in] {filler} <tz> {filler} [in]",
        say: zone,
    },
    Rule {
        pattern: "{filler} (utc|gmt) offset {filler} [in|for|of|at] {place} {filler} <use> {filler}",
        say: zone,
    },
    // Later and earlier.
    Rule {
        pattern: "{filler} time {filler} in {span} {filler} [from now]",
        say: later::later,
    },
    Rule {
        pattern: "{filler} {span} from now {filler} time {filler}",
        say: later::later,
    },
    Rule {
        pattern: "in {span} [,] {filler} time {filler}",
        say: later::later,
    },
    Rule {
        pattern: "{filler} time {filler} in {place} in {span} {filler} [from now]",
        say: later::later_there,
    },
    Rule {
        pattern: "{filler} time {filler} in {span} {filler} [from now] in {place}",
        say: later::later_there,
    },
    Rule {
        pattern: "{filler} time {filler} {span} ago {filler}",
        say: later::earlier,
    },
    // Summer time.
    Rule {
        pattern: "{filler} <dst> {filler} <moment> (in|for) {place} {filler} <moment>",
        say: offset::summer_now,
    },
    Rule {
        pattern: "{filler} {place} {filler} <moment> (on|in|observing|using) <dst> {filler} <moment>",
        say: offset::summer_now,
    },
    Rule {
        pattern: "(does|do) {place} {filler} (observe|use|have|keep|do|follow|go on) {filler} <dst>",
        say: offset::summer_ever,
    },
];

/// "what is the exact time now over in Lagos"; not how much of it there is.
fn now_there(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let other = found.has(&[
        "how",
        "much",
        "many",
        "long",
        "left",
        "remaining",
        "need",
        "have",
        "has",
        "had",
        "number",
        "count",
        "total",
        "amount",
        "want",
        "when",
        "work",
        "did",
        "was",
        "were",
        "an",
        "will",
        "would",
        "should",
        "could",
        "they",
        "we",
    ]);
    // "a time for London" is not London's.
    if other || found.has(&["a"]) {
        return None;
    }
    there(found, context)
}

/// Without such a word, "how many hours is Tokyo from London" asks for the flight.
fn hours_apart(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    found
        .has(&["difference", "different", "apart"])
        .then(|| offset::between(found, context))
        .flatten()
}

fn zone(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    let asks = found.has(&[
        "what", "which", "whats", "tell", "give", "find", "check", "current",
    ]) || found.reading.is(0, "timezone")
        || found.reading.is(0, "time");
    let other = found.has(&[
        "how", "much", "many", "long", "when", "need", "have", "has", "number", "count",
    ]) && !found.has(&["have"]);
    if !asks || other || found.place(0)?.is_zone {
        return None;
    }
    offset::zone(found, context)
}
