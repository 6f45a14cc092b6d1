//! Answers out of a table that the policy names.

mod code;
mod gap;
mod inverse;
mod sentence;
mod shape;
mod whether;

use crate::{
    Answer, Answerer, Context, Example, Question,
    reading::{Reading, Token},
    table::{Kind, Records, key_of, pair_key},
};

/// Looks up an attribute of a key, a key by an attribute, or a whole question.
#[derive(Debug)]
pub(crate) struct Lookup;

impl Answerer for Lookup {
    fn name(&self) -> &'static str {
        "lookup"
    }

    fn about(&self) -> &'static str {
        "facts out of a table: an attribute of a key, the key that has an attribute, or a whole question"
    }

    fn examples(&self) -> &'static [Example] {
        const EXAMPLES: &[Example] = &[
            Example {
                query: "what is the capital of Mongolia?",
                answer_contains: "Ulaanbaatar",
            },
            Example {
                query: "japan's currency",
                answer_contains: "Japanese yen",
            },
            Example {
                query: "which country has the calling code +976",
                answer_contains: "Mongolia",
            },
            Example {
                query: "capital of south africa",
                answer_contains: "Cape Town (legislative)",
            },
            Example {
                query: "what's the iso code for switzerland",
                answer_contains: "CH",
            },
        ];
        EXAMPLES
    }

    fn answer(&self, question: &Question<'_>, context: &Context<'_>) -> Option<Answer> {
        let table = context.table?;
        let text = match &table.kind {
            Kind::Pairs(pairs) => pairs.by_question.get(&pair_key(question.text)?)?.clone(),
            Kind::Rates(_) => return None,
            Kind::Records(records) => {
                let reading = Reading::of(question.text)?;
                records
                    .answer(&reading.tokens)
                    .or_else(|| records.follow_up(&reading.tokens, question))?
            }
        };
        Some(Answer { text })
    }
}

/// What may stand before an attribute; each is a whole phrase.
const ASKS: &[&str] = &[
    "what is",
    "what are",
    "what s",
    "whats",
    "which is",
    "what",
    "which",
    "give me",
    "show me",
    "find",
    "look up",
    "name",
    "say",
    "get",
    "get me",
    "who is",
    "is there",
    "do you know",
    "which city is",
    "what city is",
    "which town is",
    "identify",
    "state",
    "i need",
    "i want",
];

/// More words than this are no attribute with its key inside.
const MAX_AROUND: usize = 10;

/// Words that carry nothing next to an attribute.
const FILLERS: &[&str] = &["the", "current", "official", "of", "for", "in", "a", "an"];

impl Records {
    fn answer(&self, tokens: &[Token]) -> Option<String> {
        let words = words_of(tokens);
        let start = longest(&words, ASKS).unwrap_or(0);
        let mut said: Vec<String> = Vec::new();
        let typed: Vec<&str> = tokens.iter().map(|token| token.typed.as_str()).collect();
        said.extend(self.symbol_asked(&words, &typed));
        said.extend(self.coined(&words, &typed));
        for from in [0, start] {
            let rest = &words[from..];
            said.extend(self.around(rest));
            said.extend(self.by_meaning(rest));
            said.extend(self.by_number(rest, from > 0));
            said.extend(self.forward(rest));
            said.extend(self.verb(rest));
            said.extend(self.inverse(rest));
            said.extend(self.meaning(rest, from > 0));
        }
        said.extend(self.whether(&words));
        said.sort();
        said.dedup();
        // Two readings that differ are no answer.
        if said.len() == 1 { said.pop() } else { None }
    }

    /// "and Germany?" directly after the same attribute of another key.
    fn follow_up(&self, tokens: &[Token], question: &Question<'_>) -> Option<String> {
        let last = question.earlier.last()?;
        let words = words_of(tokens);
        let key = longest(&words, &["what about", "how about", "and", "or"])
            .map_or(words.as_slice(), |count| &words[count..]);
        let row = self.row(strip(key, &["of", "for", "in"]))?;
        let attribute = (0..self.attributes.len()).find(|attribute| {
            (0..self.rows.len())
                .any(|row| self.fact(*attribute, row).as_deref() == Some(last.answer))
        })?;
        self.fact(attribute, row)
    }

    /// "the capital of France", "France capital", "France's capital city".
    fn forward(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for split in 1..words.len() {
            let (left, right) = words.split_at(split);
            found.extend(self.attribute_then_key(left, right));
            found.extend(self.key_then_attribute(left, right));
        }
        found
    }

    fn attribute_then_key(&self, left: &[&str], right: &[&str]) -> Option<String> {
        let joined = right
            .first()
            .is_some_and(|word| ["of", "for", "in"].contains(word));
        let used = ["used", "spoken", "use", "spoke"]
            .iter()
            .find_map(|verb| right.strip_prefix(&[*verb, "in"]));
        let key = match used {
            Some(key) => key,
            None if joined => &right[1..],
            None => right,
        };
        self.fact(self.attribute(strip(left, FILLERS))?, self.row(key)?)
    }

    /// "default postgres port", "official mexico language": the attribute on both sides.
    fn around(&self, words: &[&str]) -> Option<String> {
        if words.len() > MAX_AROUND {
            return None;
        }
        let spans =
            (1..words.len()).flat_map(|from| (from + 1..words.len()).map(move |to| (from, to)));
        spans.into_iter().find_map(|(from, to)| {
            let row = self.row(words.get(from..to)?)?;
            let left = strip(words.get(..from)?, &["the"]);
            let name = [left, words.get(to..)?].concat();
            let split = !left.is_empty() && self.attribute(left).is_none();
            split
                .then(|| self.fact(self.attribute(&name)?, row))
                .flatten()
        })
    }

    fn key_then_attribute(&self, left: &[&str], right: &[&str]) -> Option<String> {
        let right = right
            .strip_prefix(&["'s"])
            .or_else(|| right.strip_prefix(&["'"]))
            .unwrap_or(right);
        let row = self.row(left).or_else(|| {
            // "canadas capital"
            let (last, before) = left.split_last()?;
            self.row(&[before, &[last.strip_suffix('s')?]].concat())
        });
        self.fact(self.attribute(right)?, row?)
    }

    /// "what currency does Japan use", "what language do they speak in Brazil".
    fn verb(&self, words: &[&str]) -> Option<String> {
        const VERBS: &[&str] = &["use", "have", "speak", "belong", "lie", "sit"];
        const PLACED: &[&[&str]] = &[
            &["belong", "to"],
            &["lie", "in"],
            &["located", "in"],
            &["located"],
            &["located", "on"],
            &["situated", "in"],
            &["part", "of"],
            &["lie", "on"],
        ];
        const ON: &[&str] = &["run", "listen", "operate", "work"];
        let placed = words
            .strip_prefix(&["in"])
            .or_else(|| words.strip_prefix(&["on"]));
        if let Some(rest) = placed {
            // "in which continent is Kenya"
            let is = rest.iter().position(|word| *word == "is")?;
            let asks = strip(&rest[..is], &["which", "what"]);
            return self.fact(self.attribute(asks)?, self.row(&rest[is + 1..])?);
        }
        let does = words
            .iter()
            .position(|word| ["does", "do", "is", "are"].contains(word))?;
        let attribute = self.attribute(strip(&words[..does], FILLERS))?;
        let rest = &words[does + 1..];
        let people = rest
            .strip_prefix(&["they", "speak", "in"])
            .or_else(|| rest.strip_prefix(&["they", "use", "in"]))
            .or_else(|| rest.strip_prefix(&["people", "speak", "in"]))
            .or_else(|| rest.strip_prefix(&["spoken", "in"]))
            .or_else(|| rest.strip_prefix(&["used", "in"]))
            .or_else(|| rest.strip_prefix(&["you", "use", "in"]));
        if let Some(key) = people {
            return self.fact(attribute, self.row(key)?);
        }
        if words[does] == "is" {
            // "what continent is peru", "what port is ssh on"
            let key = rest.strip_suffix(&["on"]).unwrap_or(rest);
            if let Some(row) = self.row(key) {
                return self.fact(attribute, row);
            }
            let value = self.owner(attribute, rest);
            if value.is_some() {
                return value;
            }
        }
        let placed: Option<&[&str]> = PLACED.iter().find_map(|end| rest.strip_suffix(*end));
        if let Some(row) = placed.and_then(|key| self.row(key)) {
            return self.fact(attribute, row);
        }
        let (last, key) = rest.split_last()?;
        if let Some((verb, key)) = key.split_last().filter(|_| *last == "on")
            && ON.contains(verb)
        {
            return self.fact(attribute, self.row(key)?);
        }
        let lies_in = ["in", "on"].contains(last) && words[does] == "is";
        if !VERBS.contains(last) && !lies_in {
            return None;
        }
        self.fact(attribute, self.row(key)?)
    }

    /// "what is a 404", "what does HTTP 404 mean", for tables with a column of meanings.
    fn meaning(&self, words: &[&str], asked: bool) -> Option<String> {
        let attribute = self.attribute(&["meaning"])?;
        let place = ["in", self.rows.first()?.0.split(' ').next()?];
        let folded = place.map(str::to_lowercase);
        let placed = [folded[0].as_str(), folded[1].as_str()];
        let stated = words.ends_with(&placed);
        let words = words.strip_suffix(&placed).unwrap_or(words);
        let inner = words
            .strip_suffix(&["mean"])
            .or_else(|| words.strip_suffix(&["stand", "for"]));
        let key = match inner {
            Some(inner) => inner
                .strip_prefix(&["does"])
                .or_else(|| inner.strip_prefix(&["do"]))?,
            None => words,
        };
        let asked = asked || inner.is_some();
        let bare = strip(key, &["a", "an", "the"]);
        let said = inner.is_some() || bare.len() < key.len();
        if bare.len() == 1 && !stated && !code::stands_alone(bare[0], placed[1], said) {
            return None;
        }
        let named = || self.row(strip(key, &["a", "an", "the"])).filter(|_| asked);
        self.fact(attribute, self.numbered(key, asked).or_else(named)?)
    }

    fn attribute(&self, words: &[&str]) -> Option<usize> {
        let name = match shape::canonical(words) {
            Some(name) => name.to_owned(),
            None => words.join(" "),
        };
        let singular = name.strip_suffix('s').unwrap_or(&name);
        self.attributes.iter().position(|attribute| {
            attribute
                .names
                .iter()
                .any(|known| *known == name || known == singular)
        })
    }

    fn row(&self, words: &[&str]) -> Option<usize> {
        let named = |words: &[&str]| self.by_name.get(&key_of(&words.join(" "))).copied();
        named(words).or_else(|| named(strip(words, &["a", "an"])))
    }

    pub(crate) fn fact(&self, attribute: usize, row: usize) -> Option<String> {
        let (key, cells) = self.rows.get(row)?;
        let cell = cells.get(attribute).filter(|cell| !cell.is_empty())?;
        sentence::fact(key, &self.attributes.get(attribute)?.label, cell)
    }
}

/// What the tokens say, slips mended.
fn words_of(tokens: &[Token]) -> Vec<&str> {
    tokens
        .iter()
        .map(|token| token.meant.unwrap_or(&token.text))
        .collect()
}

/// How many words the longest of the phrases takes that the words begin with.
fn longest(words: &[&str], phrases: &[&str]) -> Option<usize> {
    let found = phrases.iter().filter(|phrase| begins(words, phrase));
    found.map(|phrase| phrase.split(' ').count()).max()
}

fn begins(words: &[&str], phrase: &str) -> bool {
    let count = phrase.split(' ').count();
    count < words.len()
        && phrase
            .split(' ')
            .zip(words)
            .all(|(wanted, word)| wanted == *word)
}

/// The words without those of `fillers` in front.
fn strip<'a, 'b>(words: &'a [&'b str], fillers: &[&str]) -> &'a [&'b str] {
    let skip = words
        .iter()
        .take_while(|word| fillers.contains(word))
        .count();
    &words[skip..]
}

/// A value as it is compared: folded, without signs and without what stands in brackets.
fn value_of(text: &str) -> String {
    let plain = text.split('(').next().unwrap_or_default();
    let folded = key_of(plain);
    folded
        .split(' ')
        .filter(|word| !["+", "-", ".", "'"].contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
