//! Whether a key has a stated value: "is Sydney the capital of Australia", "is Peru in Asia".

use super::{Records, strip, value_of};
use crate::place;

impl Records {
    /// The fact, after the yes or no that was asked for.
    pub(super) fn whether(&self, words: &[&str]) -> Option<String> {
        let words = words.strip_prefix(&["is"])?;
        self.is_value_of(words).or_else(|| self.is_placed(words))
    }

    /// "sydney the capital of australia": the value must be some row's, or a city that none of this row's is.
    fn is_value_of(&self, words: &[&str]) -> Option<String> {
        let of = words.iter().rposition(|word| *word == "of")?;
        let row = self.row(words.get(of + 1..)?)?;
        let the = words
            .iter()
            .position(|word| ["the", "an", "a"].contains(word))?;
        let attribute = self.attribute(strip(words.get(the + 1..of)?, &["official", "current"]))?;
        self.answered(attribute, row, words.get(..the)?)
    }

    /// "peru in asia".
    fn is_placed(&self, words: &[&str]) -> Option<String> {
        let at = words.iter().position(|word| *word == "in")?;
        let row = self.row(words.get(..at)?)?;
        let attribute = self.attribute(&["continent"])?;
        self.answered(attribute, row, words.get(at + 1..)?)
    }

    fn answered(&self, attribute: usize, row: usize, value: &[&str]) -> Option<String> {
        let said = value.join(" ");
        let wanted = value_of(&said);
        let has = |(_, cells): &(String, Vec<String>)| {
            cells
                .get(attribute)
                .is_some_and(|cell| cell.split(';').any(|part| value_of(part) == wanted))
        };
        let other_city = || {
            let cell = self.rows.get(row)?.1.get(attribute)?;
            let mut values = cell.split(';').map(value_of);
            // "Washington" may be Washington, D.C.
            let apart = |value: &str| !value.contains(&wanted) && !wanted.contains(value);
            let named = place::cities(&said).filter(|cities| !cities.is_empty())?;
            let other = |value: &str| {
                let own = place::cities(value).unwrap_or_default();
                !own.is_empty() && own.iter().all(|city| !named.contains(city))
            };
            values
                .all(|value| apart(&value) && other(&value))
                .then_some(())
        };
        let known = self.rows.iter().any(has) || other_city().is_some();
        if wanted.is_empty() || !known {
            return None;
        }
        let yes = has(self.rows.get(row)?);
        let fact = self.fact(attribute, row)?;
        let fact = fact.replacen("The ", "the ", 1);
        Some(format!("{}, {fact}", if yes { "Yes" } else { "No" }))
    }
}
