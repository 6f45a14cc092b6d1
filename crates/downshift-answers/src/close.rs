//! Close matches: hides what of a question is compared with a table's rows, and which likeness is none.
//!
//! Meanings are compared by the caller, who has vectors for them. Here is what needs no vector: the texts
//! to compare, made-up slips to set a threshold by, and the differences that no likeness makes good:
//! other numbers, a "not", the opposite, a "where" for a "when".

use crate::{
    Table,
    reading::{Kind, Reading, Token, tokens},
    table::{self, key_of, pair_key},
};

/// What a question leaves open: a text to be compared with the table's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The whole question without its framing, or the name that no row has.
    pub text: String,
    /// The attribute that was asked for, where the text is a name.
    attribute: Option<usize>,
}

/// A text of a table that a question may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The text to compare: a question without its framing, or a name.
    pub text: String,
    /// Entries with the same answer have the same row.
    pub row: usize,
    /// Which question or key it is.
    at: usize,
}

/// How a question differs from a row that it may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// Every word of it that counts is the row's, or a slip for one.
    Slip,
    /// It has words of its own.
    Wording,
}

/// A slip of the finger or another wording of a row that the table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What is asked.
    pub asked: Asked,
    /// The row that answers it.
    pub row: usize,
}

impl Table {
    /// What questions are compared with; none for rates.
    pub fn entries(&self) -> Vec<Entry> {
        match &self.kind {
            table::Kind::Pairs(pairs) => {
                let rows = pairs.rows.iter().zip(pairs.first_with_answer());
                rows.enumerate()
                    .filter_map(|(at, ((question, _), row))| {
                        let text = pair_key(question)?;
                        Some(Entry { text, row, at })
                    })
                    .collect()
            }
            table::Kind::Records(records) => {
                let mut entries: Vec<Entry> = records
                    .by_name
                    .iter()
                    .map(|(name, row)| Entry {
                        text: name.clone(),
                        row: *row,
                        at: *row,
                    })
                    .collect();
                entries.sort_by(|one, other| (one.row, &one.text).cmp(&(other.row, &other.text)));
                entries
            }
            table::Kind::Rates(_) => Vec::new(),
        }
    }

    /// What of a question is to be compared; `None` where the table answers it as it stands, or could
    /// not whatever row was meant.
    pub fn asked(&self, question: &str) -> Option<Asked> {
        match &self.kind {
            table::Kind::Pairs(pairs) => {
                let text = pair_key(question)?;
                let words = text.split(' ').count();
                (words > 1 && !pairs.by_question.contains_key(&text)).then_some(Asked {
                    text,
                    attribute: None,
                })
            }
            table::Kind::Records(records) => {
                let reading = Reading::of(question)?;
                let (attribute, text) = records.gap(&reading.tokens)?;
                Some(Asked {
                    text,
                    attribute: Some(attribute),
                })
            }
            table::Kind::Rates(_) => None,
        }
    }

    /// Slips and other wordings of every row, each of which only its own row answers.
    pub fn trials(&self) -> Vec<Trial> {
        let attribute = matches!(self.kind, table::Kind::Records(_)).then_some(0);
        let of = |entry: Entry| {
            let row = entry.row;
            let texts = slips(&entry.text, attribute.is_none()).into_iter();
            texts.map(move |text| Trial {
                asked: Asked { text, attribute },
                row,
            })
        };
        self.entries().into_iter().flat_map(of).collect()
    }

    /// Rows with one word that counts in another's place: each looks like its row, and asks something else.
    pub fn strangers(&self) -> Vec<Trial> {
        if !matches!(self.kind, table::Kind::Pairs(_)) {
            return Vec::new();
        }
        let entries = self.entries();
        let words: Vec<&str> = entries.iter().map(|entry| longest(&entry.text)).collect();
        let stranger = |(at, entry): (usize, &Entry)| {
            let own = words.get(at)?;
            let mut others = words.iter().cycle().skip(at + 1).take(words.len());
            let other = others.find(|word| !entry.text.contains(**word))?;
            let text = entry.text.replacen(own, other, 1);
            Some(Trial {
                asked: Asked {
                    text,
                    attribute: None,
                },
                row: entry.row,
            })
        };
        entries.iter().enumerate().filter_map(stranger).collect()
    }

    /// In which manner the question can mean the entry, if it can at all, however alike they are.
    pub fn manner(&self, asked: &Asked, entry: &Entry) -> Option<Manner> {
        match asked.attribute {
            Some(_) => is_slip_of_name(&asked.text, &entry.text).then_some(Manner::Slip),
            None => is_same_sense(&asked.text, &entry.text).then(|| {
                if is_slip_of_question(&asked.text, &entry.text) {
                    Manner::Slip
                } else {
                    Manner::Wording
                }
            }),
        }
    }

    /// The entry's answer, which names the row that it was taken from.
    pub fn told(&self, asked: &Asked, entry: &Entry) -> Option<String> {
        match (&self.kind, asked.attribute) {
            (table::Kind::Pairs(pairs), None) => {
                let (question, answer) = pairs.rows.get(entry.at)?;
                let question = question.trim();
                Some(format!(
                    "{answer}\n\n(This is the answer to \"{question}\".)"
                ))
            }
            (table::Kind::Records(records), Some(attribute)) => {
                let fact = records.fact(attribute, entry.row)?;
                let (key, _) = records.rows.get(entry.row)?;
                Some(format!("{fact} (Read \"{}\" as {key}.)", asked.text))
            }
            _ => None,
        }
    }
}

/// Words that a sentence can do without.
const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "the", "do", "does", "did", "is", "are", "am", "i", "me", "you", "my", "your", "we",
    "us", "our", "to", "of", "for", "can", "could", "it", "be", "there", "have", "has", "get",
    "in", "on", "at", "and", "or", "how", "what", "which", "will", "would", "should", "s", "'s",
];

/// The longest word, and the last of several.
fn longest(text: &str) -> &str {
    let words = text.split(' ');
    words
        .max_by_key(|word| word.chars().count())
        .unwrap_or_default()
}

/// The text itself, and with two letters of its longest word changed places, with one of them left out,
/// and, for a whole question, without its function words.
fn slips(text: &str, whole: bool) -> Vec<String> {
    let mut found = vec![text.to_owned()];
    let words: Vec<&str> = text.split(' ').collect();
    let longest = words
        .iter()
        .enumerate()
        .max_by_key(|(_, word)| word.chars().count());
    if let Some((at, word)) = longest.filter(|(_, word)| word.chars().count() > 4) {
        let letters: Vec<char> = word.chars().collect();
        let middle = letters.len() / 2;
        let mut swapped = letters.clone();
        swapped.swap(middle - 1, middle);
        let mut short = letters;
        short.remove(middle);
        for slip in [swapped, short] {
            let slip: String = slip.into_iter().collect();
            let mut words: Vec<&str> = words.clone();
            if let Some(word) = words.get_mut(at) {
                *word = &slip;
            }
            found.push(words.join(" "));
        }
    }
    if whole {
        let telegram: Vec<&str> = words
            .into_iter()
            .filter(|word| !FUNCTION_WORDS.contains(word))
            .collect();
        found.push(telegram.join(" "));
    }
    found.retain(|text| !text.is_empty());
    found.dedup();
    found
}

/// Whether every word of a question that counts is a word of the other, or a slip for one.
fn is_slip_of_question(asked: &str, known: &str) -> bool {
    let counts = |word: &&str| !FUNCTION_WORDS.contains(word);
    let mut words = asked.split(' ').filter(counts).peekable();
    let of_known = |word: &str| {
        known
            .split(' ')
            .any(|own| own == word || is_slip(word, own))
    };
    words.peek().is_some() && words.all(of_known)
}

/// Whether every word of one name is a word of the other, or a slip for it.
fn is_slip_of_name(asked: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let folded = key_of(text);
        let words = folded
            .split(' ')
            .filter(|word| !["the", "of", "and", "&"].contains(word));
        words.map(str::to_owned).collect()
    };
    let (asked, mut name) = (words(asked), words(name));
    if asked.is_empty() || asked.len() != name.len() {
        return false;
    }
    asked.iter().all(|word| {
        let same = name.iter().position(|known| known == word);
        let found = same.or_else(|| name.iter().position(|known| is_slip(word, known)));
        found.map(|at| name.swap_remove(at)).is_some()
    })
}

/// One slip in a word of four letters or more, two in one of eight or more; never in a number.
fn is_slip(word: &str, known: &str) -> bool {
    let allowed = match word.chars().count().min(known.chars().count()) {
        ..=3 => return false,
        4..=7 => 1,
        _ => 2,
    };
    let digits = |word: &str| word.contains(|letter: char| letter.is_ascii_digit());
    !digits(word) && !digits(known) && strsim::osa_distance(word, known) <= allowed
}

/// Words that turn a sentence round.
const DENIALS: &[&str] = &[
    "not", "no", "never", "without", "cannot", "nor", "except", "unless", "dont", "doesnt", "cant",
    "wont", "isnt", "arent", "didnt", "t", "nt",
];

/// What a question asks for, by its words: a place is no time.
const ASKED_FOR: &[(&str, &[&str])] = &[
    ("place", &["where"]),
    ("time", &["when"]),
    ("person", &["who", "whom", "whose"]),
    ("reason", &["why"]),
];

/// How much of what; "how" by itself is a way.
const AMOUNTS: &[&str] = &["much", "many", "long", "often", "far", "old", "soon", "big"];

/// What a question begins with that is answered by yes or no.
const WHETHER: &[&str] = &[
    "can", "could", "may", "do", "does", "did", "is", "are", "will", "would", "should", "has",
    "have",
];

/// What a question asks for, where it says so.
fn asked_for(tokens: &[Token]) -> Option<&str> {
    let is = |token: &Token, words: &[&str]| words.contains(&token.text.as_str());
    let named = ASKED_FOR
        .iter()
        .find(|(_, words)| tokens.iter().any(|token| is(token, words)));
    if let Some((kind, _)) = named {
        return Some(kind);
    }
    if let Some(how) = tokens.iter().position(|token| token.text == "how") {
        let amount = tokens.get(how + 1).filter(|token| is(token, AMOUNTS));
        return Some(amount.map_or("way", |amount| amount.text.as_str()));
    }
    let first = tokens.first()?;
    is(first, WHETHER).then_some("whether")
}

/// Words that mean the opposite of each other.
const OPPOSITES: &[(&[&str], &[&str])] = &[
    (
        &["open", "opening", "opens"],
        &["close", "closing", "closes", "closed"],
    ),
    (
        &["start", "starts", "begin", "activate"],
        &["stop", "end", "ends", "cancel", "finish", "deactivate"],
    ),
    (
        &["enable", "on", "subscribe", "join"],
        &["disable", "off", "unsubscribe", "leave"],
    ),
    (&["buy", "purchase", "order"], &["sell", "return", "cancel"]),
    (&["before", "earlier"], &["after", "later"]),
    (&["add", "create", "insert"], &["remove", "delete", "drop"]),
    (
        &["increase", "raise", "upgrade", "up"],
        &["decrease", "lower", "downgrade", "down"],
    ),
    (
        &["send", "export", "upload", "pay"],
        &["receive", "import", "download", "refund"],
    ),
    (
        &["minimum", "min", "least", "cheapest"],
        &["maximum", "max", "most"],
    ),
    (
        &["import", "arrival", "arrive"],
        &["export", "departure", "depart"],
    ),
    (&["lock", "block"], &["unlock", "unblock"]),
    (&["change", "edit", "update"], &["cancel", "delete"]),
    (
        &["domestic", "national"],
        &["international", "abroad", "overseas"],
    ),
    (&["child", "children", "kids"], &["adult", "adults"]),
    (&["weekday", "weekdays"], &["weekend", "weekends"]),
];

/// Whether two questions differ in nothing that turns the answer round.
fn is_same_sense(asked: &str, known: &str) -> bool {
    let (asked, known) = (tokens(asked), tokens(known));
    let numbers = |tokens: &[Token]| {
        let numbers = tokens.iter().filter(|token| token.kind == Kind::Number);
        let mut numbers: Vec<String> = numbers.map(|token| token.text.clone()).collect();
        numbers.sort_unstable();
        numbers
    };
    let has = |tokens: &[Token], words: &[&str]| {
        tokens
            .iter()
            .any(|token| words.contains(&token.text.as_str()))
    };
    let other_kind = match (asked_for(&asked), asked_for(&known)) {
        // Whether it can be done is told by how.
        (Some("whether"), Some("way")) | (Some("way"), Some("whether")) => false,
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    let turned = OPPOSITES.iter().any(|(one, other)| {
        let sides = |tokens: &[Token]| (has(tokens, one), has(tokens, other));
        let (asked, known) = (sides(&asked), sides(&known));
        asked != known && (asked.0 || asked.1) && (known.0 || known.1)
    });
    numbers(&asked) == numbers(&known)
        && has(&asked, DENIALS) == has(&known, DENIALS)
        && !other_kind
        && !turned
}

#[cfg(test)]
mod tests;
