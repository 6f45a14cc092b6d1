//! Keys by their codes: a number among its nouns ("a 404 error"), a symbol ("which element is Fe").

use super::{Records, strip, value_of};

/// What people call the number of a key beside the key's own first word.
const NOUNS: &[&str] = &["status", "error", "response", "code", "message"];
/// What may stand between the nouns of a code and its meaning.
const MEANS: &[&str] = &["for", "of", "means", "meaning", "is"];

/// Where symbols of elements stand.
const PLACES: &[&[&str]] = &[
    &["on", "the", "periodic", "table"],
    &["in", "the", "periodic", "table"],
    &["in", "chemistry"],
];

impl Records {
    /// The row of "http 404", "404 status code", "a 404 error"; the number alone only where
    /// something is asked.
    pub(super) fn numbered(&self, words: &[&str], asked: bool) -> Option<usize> {
        self.attribute(&["meaning"])?;
        let words = strip(words, &["a", "an", "the"]);
        let mut numbers = words.iter().filter(|word| is_number(word));
        let row = *self.by_name.get(*numbers.next()?)?;
        let (prefix, _) = self.rows.get(row)?.0.split_once(' ')?;
        let prefix = prefix.to_lowercase();
        let others = || words.iter().filter(|word| !is_number(word));
        let known = numbers.next().is_none()
            && others().all(|word| *word == prefix || NOUNS.contains(word));
        (known && (asked || words.contains(&prefix.as_str()))).then_some(row)
    }

    /// "the http status code for not found", "which http code means unauthorized".
    pub(super) fn by_meaning(&self, words: &[&str]) -> Option<String> {
        let meaning = self.attribute(&["meaning"])?;
        let (prefix, _) = self.rows.first()?.0.split_once(' ')?;
        let prefix = prefix.to_lowercase();
        let words = strip(words, &["the"]);
        let nouns = words
            .iter()
            .take_while(|word| **word == prefix || NOUNS.contains(word))
            .count();
        let (nouns, rest) = words.split_at(nouns);
        let named = nouns.contains(&"code") || nouns.contains(&"status");
        let (means, value) = rest.split_first()?;
        let value = value.strip_suffix(&["error"]).unwrap_or(value);
        (named && MEANS.contains(means))
            .then(|| self.owner(meaning, value))
            .flatten()
    }

    /// The owner of a symbol, written as the table writes it: "ZA" and not "za".
    pub(super) fn by_symbol(&self, typed: &str) -> Option<String> {
        let mut columns = (0..self.attributes.len()).filter(|column| {
            let label = self.attributes.get(*column).map(|found| &found.label);
            label.is_some_and(|label| label.contains("symbol") || label.contains("letter code"))
                && self
                    .rows
                    .iter()
                    .any(|(_, cells)| cells.get(*column).is_some_and(|cell| cell == typed))
        });
        let column = columns.next().filter(|_| columns.next().is_none())?;
        self.owner(column, &[typed])
    }

    /// "what currency is THB": what every row with that code calls it.
    pub(super) fn coined(&self, words: &[&str], typed: &[&str]) -> Option<String> {
        let [ask, "currency", "is", _] = words else {
            return None;
        };
        let code = typed.last().filter(|code| code.len() == 3)?;
        let shouted = code.bytes().all(|letter| letter.is_ascii_uppercase());
        let of_code = self.attribute(&["currency", "code"])?;
        let currency = self.attribute(&["currency"])?;
        let coded = self.rows.iter().filter(|(_, cells)| {
            let mut codes = cells
                .get(of_code)
                .into_iter()
                .flat_map(|cell| cell.split(';'));
            codes.any(|known| known == *code)
        });
        let mut names: Vec<&str> = coded
            .filter_map(|(_, cells)| cells.get(currency).map(String::as_str))
            .collect();
        names.dedup();
        let [name] = names[..] else {
            return None;
        };
        let plain = shouted && !name.contains(';') && ["what", "which"].contains(ask);
        plain.then(|| format!("{code} is {name}."))
    }

    /// "country is ZA", "element is Fe", "ZA is which country", "iso code CHE is what country".
    pub(super) fn symbol_asked(&self, words: &[&str], typed: &[&str]) -> Option<String> {
        // In capitals throughout, a word cannot be told from a symbol.
        if !typed
            .iter()
            .any(|word| word.chars().any(char::is_lowercase) && word.len() > 2)
        {
            return None;
        }
        let key = self.key.as_str();
        let is = words.iter().position(|word| *word == "is")?;
        let (front, back) = (&words[..is], words.get(is + 1..)?);
        // "what is W on the periodic table"
        if let ([_], Some([_])) = (
            front,
            PLACES.iter().find_map(|place| back.strip_suffix(*place)),
        ) && key == "element"
        {
            return self.by_symbol(typed.get(is + 1)?);
        }
        let asks = |words: &[&str]| {
            ["what", "which"]
                .iter()
                .any(|ask| words == [*ask, key] || words == [key])
        };
        if asks(front) {
            return match back {
                [_] | ["code" | "symbol", _] => self.by_symbol(typed.last()?),
                _ => None,
            };
        }
        let (_, named) = front.split_last()?;
        let attributed = named.is_empty() || self.attribute(strip(named, &["the"])).is_some();
        (asks(back) && attributed)
            .then(|| self.by_symbol(typed.get(is - 1)?))
            .flatten()
    }

    /// "port 22 used for", "port 53 is for what", "element number 92", "element 8".
    pub(super) fn by_number(&self, words: &[&str], asked: bool) -> Option<String> {
        const USES: &[&[&str]] = &[
            &["used", "for"],
            &["is", "for", "what"],
            &["is", "used", "for", "what"],
            &["for"],
        ];
        let words = strip(words, &["the"]);
        let (front, used) = USES
            .iter()
            .find_map(|uses| Some((words.strip_suffix(*uses)?, true)))
            .unwrap_or((words, false));
        let front = ["uses", "runs on", "listens on", "is on"]
            .iter()
            .find_map(|verb| {
                let verb: Vec<&str> = verb.split(' ').collect();
                front.strip_prefix(verb.as_slice()).filter(|_| asked)
            })
            .unwrap_or(front);
        let (number, name) = front.split_last().filter(|(last, _)| is_number(last))?;
        // "element 8" alone may be a title.
        let bare = asked && name == [self.key.as_str()];
        if bare || name == [self.key.as_str(), "number"] {
            let column = self
                .attributes
                .iter()
                .position(|column| column.label.ends_with("number"))?;
            return self.owner(column, &[number]);
        }
        let column = self.attribute(name)?;
        let numbers = self.rows.iter().all(|(_, cells)| {
            cells
                .get(column)
                .is_none_or(|cell| is_number(&value_of(cell)))
        });
        (numbers && (used || asked))
            .then(|| self.owner(column, &[number]))
            .flatten()
    }
}

/// Whether one word is surely a code. "what is 100" asks for anything, "what does 200 mean" most often for a sum;
/// what HTTP calls an error is known by its number.
pub(super) fn stands_alone(word: &str, prefix: &str, said: bool) -> bool {
    let error = || word.parse().is_ok_and(|code: u32| code >= 400);
    !is_number(word) || said && (prefix != "http" || error())
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}
