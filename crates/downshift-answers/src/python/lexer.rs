//! A program as tokens, with its indentation.

use std::rc::Rc;

/// More tokens than this are no small program.
const MAX_TOKENS: usize = 3_000;

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(Rc<str>),
    Int(i64),
    Float(f64),
    Str(String),
    /// What stands between the quotes of an f-string, escapes and all; whether it is raw.
    Format(String, bool),
    Sign(&'static str),
    Newline,
    Indent,
    Dedent,
    End,
}

/// Signs, the longest first.
const SIGNS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "!=", "->", ":=", "==", "<=", ">=", "+=", "-=", "*=", "/=",
    "%=", "&=", "|=", "^=", "**", "//", "<<", ">>", "+", "-", "*", "/", "%", "&", "|", "^", "~",
    "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "@",
];

struct Lexer<'a> {
    rest: &'a str,
    tokens: Vec<Token>,
    /// The white space that each open block starts with; the innermost last.
    indents: Vec<&'a str>,
    /// Open brackets.
    nesting: usize,
}

/// The tokens of a program; `None` if it is not one, or not one for here.
pub(super) fn tokens(source: &str) -> Option<Vec<Token>> {
    let mut lexer = Lexer {
        rest: source,
        tokens: Vec::new(),
        indents: Vec::new(),
        nesting: 0,
    };
    lexer.program()?;
    Some(lexer.tokens)
}

impl<'a> Lexer<'a> {
    fn program(&mut self) -> Option<()> {
        while !self.rest.is_empty() {
            self.indentation()?;
            self.line()?;
        }
        if self.nesting > 0 {
            return None;
        }
        for _ in 0..self.indents.len() {
            self.tokens.push(Token::Dedent);
        }
        self.tokens.push(Token::End);
        Some(())
    }

    /// What a line starts with; blank lines and comments count for nothing.
    fn indentation(&mut self) -> Option<()> {
        loop {
            let length = self
                .rest
                .find(|sign: char| sign != ' ' && sign != '\t')
                .unwrap_or(self.rest.len());
            let (indent, rest) = self.rest.split_at(length);
            if rest.starts_with('#') || rest.starts_with('\n') {
                self.rest = rest.find('\n').map_or("", |end| &rest[end + 1..]);
                continue;
            }
            self.rest = rest;
            if rest.is_empty() {
                return Some(());
            }
            return self.indent(indent);
        }
    }

    fn indent(&mut self, indent: &'a str) -> Option<()> {
        let current = self.indents.last().copied().unwrap_or("");
        if indent.len() > current.len() {
            if !indent.starts_with(current) {
                return None;
            }
            self.indents.push(indent);
            self.tokens.push(Token::Indent);
            return Some(());
        }
        while self.indents.last().copied().unwrap_or("").len() > indent.len() {
            self.indents.pop();
            self.tokens.push(Token::Dedent);
        }
        (self.indents.last().copied().unwrap_or("") == indent).then_some(())
    }

    /// The tokens to the end of the logical line.
    fn line(&mut self) -> Option<()> {
        loop {
            if self.tokens.len() > MAX_TOKENS {
                return None;
            }
            let Some(first) = self.rest.chars().next() else {
                self.tokens.push(Token::Newline);
                return Some(());
            };
            match first {
                ' ' | '\t' => self.rest = &self.rest[1..],
                '#' => self.rest = self.rest.find('\n').map_or("", |end| &self.rest[end..]),
                '\n' => {
                    self.rest = &self.rest[1..];
                    if self.nesting == 0 {
                        self.tokens.push(Token::Newline);
                        return Some(());
                    }
                }
                '\\' => self.rest = self.rest.strip_prefix("\\\n")?,
                _ => self.token(first)?,
            }
        }
    }

    fn token(&mut self, first: char) -> Option<()> {
        if first.is_ascii_digit()
            || first == '.' && self.second().is_some_and(|c| c.is_ascii_digit())
        {
            return self.number();
        }
        if first == '"' || first == '\'' {
            return self.string("");
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let end = self
                .rest
                .find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
                .unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            if rest.starts_with(['"', '\'']) {
                self.rest = rest;
                return self.string(word);
            }
            // A letter of another alphabet would go on with the name.
            if rest.chars().next().is_some_and(|next| !next.is_ascii()) {
                return None;
            }
            self.rest = rest;
            self.tokens.push(Token::Name(word.into()));
            return Some(());
        }
        let sign = SIGNS.iter().find(|sign| self.rest.starts_with(**sign))?;
        match *sign {
            "(" | "[" | "{" => self.nesting += 1,
            ")" | "]" | "}" => self.nesting = self.nesting.checked_sub(1)?,
            _ => {}
        }
        self.rest = &self.rest[sign.len()..];
        self.tokens.push(Token::Sign(sign));
        Some(())
    }

    fn second(&self) -> Option<char> {
        self.rest.chars().nth(1)
    }

    fn number(&mut self) -> Option<()> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut end = digits(0);
        let mut float = false;
        if bytes.get(end) == Some(&b'.') {
            float = true;
            end += 1;
            end += digits(end);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits((end + 1 + sign).min(bytes.len()));
            if exponent == 0 {
                return None;
            }
            float = true;
            end += 1 + sign + exponent;
        }
        let (text, rest) = self.rest.split_at(end);
        // `0x10`, `1_000`, `2j`, `007`.
        let goes_on = rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let zeros = !float && text.len() > 1 && text.starts_with('0');
        if goes_on || zeros {
            return None;
        }
        self.tokens.push(if float {
            let value: f64 = text.parse().ok()?;
            if !value.is_finite() {
                return None;
            }
            Token::Float(value)
        } else {
            Token::Int(text.parse().ok()?)
        });
        self.rest = rest;
        Some(())
    }

    fn string(&mut self, prefix: &str) -> Option<()> {
        let (raw, format) = match prefix.to_ascii_lowercase().as_str() {
            "" | "u" => (false, false),
            "r" => (true, false),
            "f" => (false, true),
            "fr" | "rf" => (true, true),
            _ => return None,
        };
        let quote = self.rest.get(..1)?;
        let triple = self.rest.starts_with(&quote.repeat(3));
        let mark = if triple {
            quote.repeat(3)
        } else {
            quote.to_owned()
        };
        let body = &self.rest[mark.len()..];
        let mut end = 0;
        loop {
            let rest = body.get(end..)?;
            if rest.starts_with(mark.as_str()) {
                break;
            }
            let next = rest.chars().next()?;
            if next == '\n' && !triple {
                return None;
            }
            end += next.len_utf8();
            if next == '\\' {
                end += body.get(end..)?.chars().next()?.len_utf8();
            }
        }
        let inner = &body[..end];
        self.rest = &body[end + mark.len()..];
        self.tokens.push(if format {
            Token::Format(inner.to_owned(), raw)
        } else if raw {
            Token::Str(inner.to_owned())
        } else {
            Token::Str(unescape(inner)?)
        });
        Some(())
    }
}

/// A string's text with its escapes resolved; `None` for one that is not known here.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            out.push(sign);
            continue;
        }
        match signs.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '\\' => out.push('\\'),
            '\'' => out.push('\''),
            '"' => out.push('"'),
            '\n' => {}
            'x' => out.push(hex(&mut signs, 2)?),
            'u' => out.push(hex(&mut signs, 4)?),
            _ => return None,
        }
    }
    Some(out)
}

fn hex(signs: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + signs.next()?.to_digit(16)?;
    }
    char::from_u32(code)
}
