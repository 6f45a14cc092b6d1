//! Characters into tokens.

use super::{Kind, Token, fold, typo};

/// A folded character and the byte range it came from.
#[derive(Clone, Copy)]
struct Folded {
    character: char,
    start: usize,
    end: usize,
}

/// The tokens of a text, or `None` when there are more than `max`.
pub(super) fn scan(text: &str, max: usize) -> Option<Vec<Token>> {
    let folded = folded(text);
    let mut scanner = Scanner {
        text,
        folded: &folded,
        at: 0,
        tokens: Vec::new(),
        spaced: false,
    };
    while scanner.step() {
        if scanner.tokens.len() > max {
            return None;
        }
    }
    Some(scanner.tokens)
}

fn folded(text: &str) -> Vec<Folded> {
    let mut all = Vec::with_capacity(text.len());
    let mut piece = String::new();
    for (start, character) in text.char_indices() {
        piece.clear();
        fold::fold(character, &mut piece);
        let end = start + character.len_utf8();
        all.extend(piece.chars().map(|character| Folded {
            character,
            start,
            end,
        }));
    }
    all
}

struct Scanner<'a> {
    text: &'a str,
    folded: &'a [Folded],
    at: usize,
    tokens: Vec<Token>,
    spaced: bool,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.folded
            .get(self.at + ahead)
            .map(|folded| folded.character)
    }

    fn digit(&self, ahead: usize) -> bool {
        self.peek(ahead)
            .is_some_and(|character| character.is_ascii_digit())
    }

    fn letter(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(is_letter)
    }

    /// How many digits stand from there on.
    fn digits(&self, from: usize) -> usize {
        let rest = self.folded.get(self.at + from..).unwrap_or_default();
        rest.iter()
            .take_while(|folded| folded.character.is_ascii_digit())
            .count()
    }

    /// Takes one token; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(character) = self.peek(0) else {
            return false;
        };
        if character.is_whitespace() {
            self.at += 1;
            self.spaced = true;
        } else if is_letter(character) {
            self.word();
        } else if self.digit(0) || (character == '.' && self.digit(1) && self.point_starts()) {
            self.number();
        } else if let Some((top, bottom)) = fold::fraction(character) {
            self.push(Kind::Number, format!("{top}/{bottom}"), 1);
        } else if character == '\''
            && self.peek(1) == Some('s')
            && !self.letter(2)
            && !self.digit(2)
        {
            let is = self
                .tokens
                .last()
                .is_some_and(|last| takes_is(last.meant.unwrap_or(&last.text)));
            self.push(Kind::Word, if is { "is" } else { "'s" }.to_owned(), 2);
        } else {
            self.push(Kind::Symbol, character.to_string(), 1);
        }
        true
    }

    /// A point starts a number when it does not end a word or another number.
    fn point_starts(&self) -> bool {
        self.spaced
            || self
                .tokens
                .last()
                .is_none_or(|last| last.kind == Kind::Symbol && last.text != ".")
    }

    fn push(&mut self, kind: Kind, text: String, length: usize) {
        let Some(first) = self.folded.get(self.at) else {
            return;
        };
        let last = self
            .folded
            .get(self.at + length.max(1) - 1)
            .unwrap_or(first);
        let meant = if kind == Kind::Word {
            typo::meant(&text)
        } else {
            None
        };
        self.tokens.push(Token {
            kind,
            text,
            typed: self
                .text
                .get(first.start..last.end)
                .unwrap_or_default()
                .to_owned(),
            meant,
            spaced: self.spaced,
            grouped: false,
            ordinal: false,
            start: first.start,
            end: last.end,
        });
        self.spaced = false;
        self.at += length;
    }

    fn word(&mut self) {
        let after_number = !self.spaced
            && self
                .tokens
                .last()
                .is_some_and(|last| last.kind == Kind::Number);
        if after_number && self.peek(0) == Some('x') && self.digit(1) {
            return self.push(Kind::Word, "x".to_owned(), 1);
        }
        if let Some((text, length)) = self.initials() {
            return self.push(Kind::Word, text, length);
        }
        let mut text = String::new();
        let mut length = 0;
        while let Some(character) = self.peek(length) {
            let inner = character == '\'' && self.letter(length + 1);
            let possessive =
                inner && self.peek(length + 1) == Some('s') && !self.letter(length + 2);
            if possessive || !(inner || is_letter(character) || character.is_ascii_digit()) {
                break;
            }
            if !inner {
                text.push(character);
            }
            length += 1;
        }
        let abbreviated = self.peek(length) == Some('.') && is_abbreviation(&text);
        match expansion(&text) {
            Some((first, second)) => {
                self.push(Kind::Word, first.to_owned(), length);
                self.at -= 1;
                self.push(Kind::Word, second.to_owned(), 1);
            }
            None => self.push(Kind::Word, text, length),
        }
        let followed = self.peek(1).is_some_and(char::is_whitespace)
            && self.folded[self.at + 1..]
                .iter()
                .any(|next| !next.character.is_whitespace());
        if abbreviated && followed {
            self.at += 1;
        }
    }

    /// Letters each followed by a point ("p.m.", "U.S.A."), as one word.
    fn initials(&self) -> Option<(String, usize)> {
        let mut text = String::new();
        let mut length = 0;
        while self.letter(length) && self.peek(length + 1) == Some('.') {
            text.extend(self.peek(length));
            length += 2;
        }
        if self.letter(length) && !self.letter(length + 1) && !text.is_empty() {
            text.extend(self.peek(length));
            length += 1;
        }
        let whole = !self.letter(length) && !self.digit(length);
        (text.len() >= 2 && whole).then_some((text, length))
    }

    fn number(&mut self) {
        if self.based() {
            return;
        }
        let mut text = String::new();
        let (mut length, grouped) = self.whole_part(&mut text);
        if self.peek(length) == Some('.') && self.digit(length + 1) {
            text.push('.');
            length += 1;
            while self.digit(length) {
                text.extend(self.peek(length));
                length += 1;
            }
        }
        let ordinal = self.ordinal(length, &text);
        let length = self.exponent(length, &mut text);
        self.push(Kind::Number, text, length);
        if let Some(token) = self.tokens.last_mut() {
            token.grouped = grouped;
        }
        if ordinal {
            self.at += 2;
            if let Some(token) = self.tokens.last_mut() {
                token.ordinal = true;
                token.end += 2;
            }
        }
    }

    /// Digits with well-placed separators, as `1,234,567` or `12,34,567`.
    fn whole_part(&self, text: &mut String) -> (usize, bool) {
        let digits = |from: usize| self.digits(from);
        let mut length = digits(0);
        let mut groups = Vec::new();
        let mut end = length;
        while self.peek(end) == Some(',') && digits(end + 1) > 0 {
            let count = digits(end + 1);
            groups.push(count);
            end += 1 + count;
        }
        let western = length <= 3 && groups.iter().all(|count| *count == 3);
        let indian = length <= 2
            && groups.last() == Some(&3)
            && groups.iter().rev().skip(1).all(|count| *count == 2);
        let leading_zero = self.peek(0) == Some('0');
        let grouped = !groups.is_empty() && (western || indian) && !leading_zero;
        if grouped {
            length = end;
        }
        text.extend(
            (0..length)
                .filter_map(|ahead| self.peek(ahead))
                .filter(|c| *c != ','),
        );
        (length, grouped)
    }

    /// `0x1f`, `0b101`, `0o17` are one word.
    fn based(&mut self) -> bool {
        if self.peek(0) != Some('0') || !matches!(self.peek(1), Some('x' | 'b' | 'o')) {
            return false;
        }
        let mut length = 2;
        while self.peek(length).is_some_and(|c| c.is_ascii_alphanumeric()) {
            length += 1;
        }
        if length == 2 {
            return false;
        }
        let text = (0..length).filter_map(|ahead| self.peek(ahead)).collect();
        self.push(Kind::Word, text, length);
        true
    }

    fn ordinal(&self, length: usize, text: &str) -> bool {
        let suffix: String = (length..length + 2)
            .filter_map(|ahead| self.peek(ahead))
            .collect();
        let teen = text.len() >= 2 && text.as_bytes()[text.len() - 2] == b'1';
        let right = match text.as_bytes().last() {
            Some(b'1') if !teen => "st",
            Some(b'2') if !teen => "nd",
            Some(b'3') if !teen => "rd",
            _ => "th",
        };
        suffix == right
            && !text.contains('.')
            && !self.letter(length + 2)
            && !self.digit(length + 2)
    }

    /// `1e6`, `2.5e-3`: the exponent belongs to the number.
    fn exponent(&self, length: usize, text: &mut String) -> usize {
        if self.peek(length) != Some('e') {
            return length;
        }
        let sign = usize::from(matches!(self.peek(length + 1), Some('+' | '-')));
        let from = length + 1 + sign;
        let count = self.digits(from);
        if count == 0 || self.letter(from + count) {
            return length;
        }
        text.extend((length..from + count).filter_map(|ahead| self.peek(ahead)));
        from + count
    }
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic() && !matches!(character, 'π')
}

/// Words after which `'s` is "is".
fn takes_is(word: &str) -> bool {
    matches!(
        word,
        "what" | "who" | "when" | "where" | "how" | "it" | "that" | "there" | "here" | "which"
    )
}

/// Words that are two words.
fn expansion(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "whats" | "wats" | "wuts" => ("what", "is"),
        "hows" => ("how", "is"),
        "whens" => ("when", "is"),
        "wheres" => ("where", "is"),
        "thats" => ("that", "is"),
        "tomorrows" => ("tomorrow", "'s"),
        "yesterdays" => ("yesterday", "'s"),
        "whatre" => ("what", "are"),
        "gimme" => ("give", "me"),
        "wanna" => ("want", "to"),
        "gonna" => ("going", "to"),
        "dunno" => ("dont", "know"),
        _ => return None,
    })
}

/// Words after which a point does not end anything.
fn is_abbreviation(word: &str) -> bool {
    matches!(
        word,
        "st" | "mt"
            | "ft"
            | "approx"
            | "vs"
            | "no"
            | "sq"
            | "cu"
            | "fl"
            | "oz"
            | "lb"
            | "lbs"
            | "in"
            | "tbsp"
            | "tsp"
            | "jan"
            | "feb"
            | "mar"
            | "apr"
            | "jun"
            | "jul"
            | "aug"
            | "sep"
            | "sept"
            | "oct"
            | "nov"
            | "dec"
            | "mon"
            | "tue"
            | "tues"
            | "wed"
            | "thu"
            | "thurs"
            | "fri"
            | "sat"
            | "sun"
            | "etc"
    )
}
