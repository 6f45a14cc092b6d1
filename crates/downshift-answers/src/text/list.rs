//! A stated list with commas: sorted, or each item once.

use crate::{
    Context,
    pattern::{Match, Rule},
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        pattern: "<sort> [these|these words|the words|this list|the list|the following|the following words|this] [alphabetically|in alphabetical order] : ({rest}|{quoted})",
        say: sorted,
    },
    Rule {
        pattern: "<sort> [these|these words|the words|this list|the list] : ({rest}|{quoted}) (alphabetically|in alphabetical order)",
        say: sorted,
    },
    Rule {
        pattern: "put (these|these words|the words|this list|the following|the following words|this) in alphabetical order : ({rest}|{quoted})",
        say: sorted,
    },
    Rule {
        pattern: "<sort> {quoted} [alphabetically|in alphabetical order]",
        say: sorted,
    },
    Rule {
        pattern: "(remove duplicates|remove the duplicates|remove duplicate words|deduplicate|dedupe|dedup) [from|in] [this list|the list|these|this|the following|the following list] : ({rest}|{quoted})",
        say: deduplicated,
    },
    Rule {
        pattern: "reverse (the list|this list|the order of|the sequence|the array|the following list|the order of the list|the order of this list|the items) [:] {items}",
        say: reversed,
    },
    Rule {
        pattern: "reverse (the list|this list|the order of|the sequence|the array|the following list|the order of the list|the order of this list|the items) : {rest}",
        say: reversed,
    },
    Rule {
        pattern: "reverse (the list|this list|the order of|the sequence|the array|the numbers|these numbers|the following list|the following numbers) [:] {list}",
        say: reversed_numbers,
    },
    Rule {
        pattern: "(remove duplicates from|remove the duplicates from|deduplicate|dedupe|dedup) {quoted}",
        say: deduplicated,
    },
];

/// The items of a list with commas between them.
fn items(text: &str) -> Option<Vec<&str>> {
    let items: Vec<&str> = text
        .trim_end_matches('.')
        .split(',')
        .map(str::trim)
        .collect();
    let clear = items.len() >= 2
        && items.iter().all(|item| {
            !item.is_empty()
                && !item.starts_with("and ")
                && !item.contains(['"', ':', ';', '.', '?', '!', '\n', '(', ')'])
        });
    clear.then_some(items)
}

/// Whether the last item may have words of the question behind it: it has more words than any other.
fn runs_on(items: &[&str]) -> bool {
    let words = |item: &&str| item.split_whitespace().count();
    let Some((last, others)) = items.split_last() else {
        return false;
    };
    words(last) > others.iter().map(words).max().unwrap_or(1)
}

pub(super) fn sorted(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut items = items(found.text(0)?)?;
    // Numbers have another order than words.
    let words = items
        .iter()
        .all(|item| item.starts_with(char::is_alphabetic));
    if !words || runs_on(&items) {
        return None;
    }
    let key = |item: &str| crate::reading::fold_key(item);
    items.sort_by_key(|item| key(item));
    // "é" and "e" are one letter to some and two to others.
    let unsure = items
        .windows(2)
        .any(|two| two[0] != two[1] && key(two[0]) == key(two[1]));
    (!unsure).then(|| items.join(", "))
}

fn reversed(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let mut items = items(found.text(0)?)?;
    if runs_on(&items) || super::refers::trails(found.text(0)?) {
        return None;
    }
    items.reverse();
    Some(items.join(", "))
}

fn reversed_numbers(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let numbers = found.list(0)?.iter().rev().map(crate::figures::exact);
    Some(numbers.collect::<Option<Vec<String>>>()?.join(", "))
}

pub(super) fn deduplicated(found: &Match<'_>, _: &Context<'_>) -> Option<String> {
    let items = items(found.text(0)?)?;
    if runs_on(&items) {
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut folded = std::collections::HashMap::new();
    for item in items {
        let first = *folded.entry(item.to_lowercase()).or_insert(item);
        // "Apple" and "apple" may be one or two.
        if first != item {
            return None;
        }
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    Some(seen.join(", "))
}
