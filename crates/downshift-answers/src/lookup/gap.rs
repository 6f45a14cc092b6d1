//! Questions for a known attribute of a name that no row has.

use super::{ASKS, FILLERS, Records, longest, strip, words_of};
use crate::reading::Token;

/// Longer names than this many words are none.
const MAX_WORDS: usize = 6;

impl Records {
    /// "the price of the widgit", "widgit price": the attribute, and the name; `None` where the words may
    /// be split in two ways.
    pub(crate) fn gap(&self, tokens: &[Token]) -> Option<(usize, String)> {
        let words = words_of(tokens);
        let rest = words.get(longest(&words, ASKS).unwrap_or(0)..)?;
        let mut found: Vec<(usize, String)> = Vec::new();
        for split in 1..rest.len() {
            let (left, right) = rest.split_at(split);
            if let Some((joint, name)) = right.split_first()
                && ["of", "for"].contains(joint)
            {
                found.extend(self.named(strip(left, FILLERS), strip(name, FILLERS)));
            }
            let own = right.strip_prefix(&["'s"]).unwrap_or(right);
            found.extend(self.named(own, strip(left, FILLERS)));
        }
        found.sort();
        found.dedup();
        (found.len() == 1).then(|| found.pop()).flatten()
    }

    fn named(&self, attribute: &[&str], name: &[&str]) -> Option<(usize, String)> {
        let attribute = self.attribute(attribute)?;
        let fits = (1..=MAX_WORDS).contains(&name.len()) && self.row(name).is_none();
        fits.then(|| (attribute, name.join(" ")))
    }
}
