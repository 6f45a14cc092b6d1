//! Lists of single words with commas between them, where nothing marks their ends.

use crate::reading::{Kind, Reading};

/// The fewest items that are a list and no aside.
const LEAST: usize = 3;

/// The list that starts at `at`: where it ends, and its text as it was typed. A last "and" is read
/// as the comma that it stands for.
pub(super) fn list(reading: &Reading, at: usize) -> Option<(usize, String)> {
    let word = |at: usize| {
        let token = reading.get(at)?;
        let alone = token.kind == Kind::Word || (token.kind == Kind::Number && !token.grouped);
        alone.then(|| token.typed.clone())
    };
    let mut items = vec![word(at)?];
    let mut end = at + 1;
    while reading.is(end, ",") || reading.is(end, "and") {
        let and = usize::from(reading.is(end, ",") && reading.is(end + 1, "and"));
        let last = and == 1 || reading.is(end, "and");
        let Some(item) = word(end + 1 + and) else {
            break;
        };
        items.push(item);
        end += 2 + and;
        if last {
            break;
        }
    }
    (items.len() >= LEAST).then(|| (end, items.join(", ")))
}
