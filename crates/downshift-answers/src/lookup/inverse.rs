//! Keys by the value of one of their attributes.

use super::{FILLERS, Records, sentence, strip, value_of};

impl Records {
    /// "which country has the calling code 976", "Paris is the capital of which country".
    pub(super) fn inverse(&self, words: &[&str]) -> Option<String> {
        let key = self.key.as_str();
        // "element with symbol Ag"
        if let Some(rest) = words.strip_prefix(&[key, "with"]) {
            return self.by_value(strip(rest, &["the", "a", "an"]));
        }
        for ask in ["which", "what"] {
            // "+39 is which country's calling code"
            let mut asked = words.windows(3);
            if let Some(at) = asked.position(|three| three == ["is", ask, key]) {
                let attribute = words.get(at + 3..)?.strip_prefix(&["'s"]);
                if let Some(attribute) = attribute {
                    if attribute == ["code"] {
                        return self.by_sign(&words[..at]);
                    }
                    return self.owner(self.attribute(attribute)?, &words[..at]);
                }
            }
            if let Some(rest) = words.strip_prefix(&[ask, key, "'s"]) {
                let is = rest.iter().position(|word| *word == "is")?;
                return self.owner(self.attribute(&rest[..is])?, &rest[is + 1..]);
            }
            if let Some(rest) = words.strip_prefix(&[ask, key, "does"]) {
                return self.belongs(rest);
            }
            if let Some(rest) = words.strip_prefix(&[ask, key]) {
                let (verb, rest) = rest.split_first()?;
                if !["has", "uses", "is", "have"].contains(verb) {
                    return None;
                }
                // "what country is bratislava the capital of", "what country is the .nl domain"
                if let Some(front) = rest.strip_suffix(&["of"])
                    && let Some(at) = front.iter().position(|word| *word == "the")
                {
                    return self.owner(self.attribute(&front[at + 1..])?, &front[..at]);
                }
                let named = strip(rest, &["the"]);
                let value_first = (1..named.len()).find_map(|split| {
                    let (value, name) = named.split_at(split);
                    self.owner(self.attribute(name)?, value)
                });
                if value_first.is_some() {
                    return value_first;
                }
                let value = strip(rest, &["the", "a", "as", "its", "with"]);
                let found = self.by_value(value).or_else(|| self.by_sign(value));
                // "which country has the real beauty" is about none.
                let used = || self.by_last_word("currency", value);
                return found.or_else(|| (*verb == "uses").then(used).flatten());
            }
            // "portugal is in which continent"
            if let Some(at) = words.windows(2).position(|two| two == ["in", ask]) {
                let key = words[..at].strip_suffix(&["is"])?;
                return self.fact(self.attribute(&words[at + 2..])?, self.row(key)?);
            }
            if let Some(front) = words.strip_suffix(&[ask, key]) {
                let front = front
                    .strip_suffix(&["of"])
                    .or_else(|| front.strip_suffix(&["for"]))?;
                let is = front.iter().position(|word| *word == "is")?;
                let attribute = self.attribute(strip(&front[is + 1..], FILLERS))?;
                return self.owner(attribute, &front[..is]);
            }
        }
        None
    }

    /// "the .ch domain belong to"
    fn belongs(&self, words: &[&str]) -> Option<String> {
        let named = strip(words.strip_suffix(&["belong", "to"])?, &["the"]);
        let owner = |split| {
            let (value, name) = named.split_at(split);
            self.owner(self.attribute(name)?, value)
        };
        (1..named.len())
            .find_map(owner)
            .or_else(|| self.by_sign(named))
    }

    /// "capital Ulaanbaatar", "Ulaanbaatar as its capital".
    fn by_value(&self, words: &[&str]) -> Option<String> {
        (1..words.len()).find_map(|split| {
            let (left, right) = words.split_at(split);
            let direct = self
                .attribute(left)
                .and_then(|attribute| self.owner(attribute, strip(right, &["of", "is"])));
            direct.or_else(|| {
                let right = right.strip_prefix(&["as"])?;
                let right = strip(right, &["its", "the", "a"]);
                self.owner(self.attribute(right)?, left)
            })
        })
    }

    /// "zloty": the last word of one row's value alone, "Polish złoty".
    fn by_last_word(&self, attribute: &str, value: &[&str]) -> Option<String> {
        let (column, [word]) = (self.attribute(&[attribute])?, value) else {
            return None;
        };
        let mut owners = self.rows.iter().filter_map(|(_, cells)| {
            let value = value_of(cells.get(column)?);
            value.ends_with(&format!(" {word}")).then_some(value)
        });
        let named = owners.next()?;
        let words: Vec<&str> = named.split(' ').collect();
        owners
            .next()
            .is_none()
            .then(|| self.owner(column, &words))
            .flatten()
    }

    /// "+351", ".ch": the sign in front says which attribute it is a value of.
    fn by_sign(&self, value: &[&str]) -> Option<String> {
        let sign = value.first().filter(|sign| ["+", "."].contains(sign))?;
        let signed = |column: &usize| {
            let mut cells = self.rows.iter().filter_map(|(_, cells)| cells.get(*column));
            cells.any(|cell| cell.starts_with(sign))
        };
        let mut columns = (0..self.attributes.len()).filter(signed);
        let column = columns.next().filter(|_| columns.next().is_none())?;
        self.owner(column, value)
    }

    /// The one row whose attribute has that value.
    pub(super) fn owner(&self, attribute: usize, value: &[&str]) -> Option<String> {
        let wanted = value_of(&value.join(" "));
        let mut owners = self.rows.iter().filter(|(_, cells)| {
            cells
                .get(attribute)
                .is_some_and(|cell| cell.split(';').any(|part| value_of(part) == wanted))
        });
        let (key, cells) = owners.next()?;
        if owners.next().is_some() || wanted.is_empty() {
            return None;
        }
        let label = &self.attributes.get(attribute)?.label;
        if label == "meaning" {
            return sentence::fact(key, label, cells.get(attribute)?);
        }
        sentence::owner(key, label, cells.get(attribute)?, &wanted)
    }
}
