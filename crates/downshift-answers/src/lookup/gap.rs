//! Questions for a known attribute of a name that no row has.

use super::{ASKS, FILLERS, Records, begins, strip};
use crate::reading::Token;

/// Longer names than this many words are none.
const MAX_WORDS: usize = 6;

impl Records {
    /// "the price of the widgit", "widgit price": the attribute, and the name; `None` where the words may
    /// be split in two ways.
    pub(crate) fn gap(&self, tokens: &[Token]) -> Option<(usize, String)> {
        let words: Vec<&str> = tokens
            .iter()
            .map(|token| token.meant.unwrap_or(&token.text))
            .collect();
        let asked = ASKS.iter().filter(|phrase| begins(&words, phrase));
        let start = asked
            .map(|phrase| phrase.split(' ').count())
            .max()
            .unwrap_or(0);
        let rest = words.get(start..)?;
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
