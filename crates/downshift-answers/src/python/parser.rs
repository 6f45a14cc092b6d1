//! Statements of a program; what stands outside the known part of the language is refused.

mod display;
mod expression;
mod names;
mod text;

use std::rc::Rc;

use super::lexer::{self, Token};
use super::syntax::{
    Argument, Block, Body, Expression, For, Function, Name, Operator, Parameter, ParameterKind,
    Statement, Try,
};

/// Blocks and expressions nested deeper than this are refused.
const MAX_DEPTH: usize = 40;

/// Words that are no names.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// Signs that change a value in its place.
const AUGMENTS: &[(&str, Operator)] = &[
    ("+=", Operator::Add),
    ("-=", Operator::Subtract),
    ("*=", Operator::Multiply),
    ("/=", Operator::Divide),
    ("//=", Operator::FloorDivide),
    ("%=", Operator::Modulo),
    ("**=", Operator::Power),
    ("&=", Operator::And),
    ("|=", Operator::Or),
    ("^=", Operator::Xor),
    (">>=", Operator::ShiftRight),
    ("<<=", Operator::ShiftLeft),
];

/// A program that was read.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) body: Block,
    /// The names that are bound at its top.
    pub(super) locals: Vec<Name>,
}

/// Reads tokens one after the other.
struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Whether a `return` has a function around it.
    in_function: bool,
    in_loop: bool,
}

/// Reads a program.
pub(super) fn program(source: &str) -> Option<Program> {
    let mut parser = Parser::of(source)?;
    let mut body = Vec::new();
    while !parser.peek_is(&Token::End) {
        parser.statement(&mut body)?;
    }
    let locals = names::bound_in(&body);
    Some(Program { body, locals })
}

/// Reads a lone expression.
pub(super) fn expression(source: &str) -> Option<Expression> {
    let mut parser = Parser::of(source)?;
    let value = parser.expressions()?;
    parser.take(&Token::Newline);
    parser.peek_is(&Token::End).then_some(value)
}

impl Parser {
    fn of(source: &str) -> Option<Self> {
        Some(Self {
            tokens: lexer::tokens(source)?,
            at: 0,
            depth: 0,
            in_function: false,
            in_loop: false,
        })
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn peek_is(&self, token: &Token) -> bool {
        self.peek() == token
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    /// Takes the token if it is next.
    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek_is(token);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let taken = self.is_sign(sign);
        self.at += usize::from(taken);
        taken
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(next) if *next == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(next) if **next == *word)
    }

    fn word(&mut self, word: &str) -> bool {
        let taken = self.is_word(word);
        self.at += usize::from(taken);
        taken
    }

    fn name(&mut self) -> Option<Name> {
        match self.advance() {
            Token::Name(name) if !KEYWORDS.contains(&&*name) => Some(name),
            _ => None,
        }
    }

    /// Runs one level further down.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn statement(&mut self, into: &mut Block) -> Option<()> {
        let Token::Name(word) = self.peek().clone() else {
            return self.simple_line(into);
        };
        let statement = match &*word {
            "if" => self.deeper(Self::branch)?,
            "for" => self.deeper(Self::for_loop)?,
            "while" => self.deeper(Self::while_loop)?,
            "def" => self.deeper(Self::define)?,
            "try" => self.deeper(Self::attempt)?,
            _ => return self.simple_line(into),
        };
        into.push(statement);
        Some(())
    }

    /// Statements on one line, between semicolons.
    fn simple_line(&mut self, into: &mut Block) -> Option<()> {
        loop {
            let statement = self.simple()?;
            into.push(statement);
            if self.sign(";") && !self.peek_is(&Token::Newline) {
                continue;
            }
            return self.take(&Token::Newline).then_some(());
        }
    }

    fn simple(&mut self) -> Option<Statement> {
        let Token::Name(word) = self.peek().clone() else {
            return self.assignment();
        };
        let statement = match &*word {
            "pass" => Statement::Pass,
            "break" if self.in_loop => Statement::Break,
            "continue" if self.in_loop => Statement::Continue,
            "return" if self.in_function => {
                self.at += 1;
                let ends = self.peek_is(&Token::Newline) || self.is_sign(";");
                let value = if ends {
                    None
                } else {
                    Some(self.expressions()?)
                };
                return Some(Statement::Return(value));
            }
            "del" => {
                self.at += 1;
                return match self.expressions()? {
                    Expression::Tuple(targets) => Some(Statement::Delete(targets)),
                    target => Some(Statement::Delete(vec![target])),
                };
            }
            "assert" => {
                self.at += 1;
                let condition = self.expression()?;
                if self.sign(",") && !is_message(&self.expression()?) {
                    return None;
                }
                return Some(Statement::Assert(condition));
            }
            "raise" => return self.raise(),
            "from" => return self.import_of_types(),
            _ => return self.assignment(),
        };
        self.at += 1;
        Some(statement)
    }

    /// `raise`, `raise Name`, `raise Name("…")`.
    fn raise(&mut self) -> Option<Statement> {
        self.at += 1;
        if self.peek_is(&Token::Newline) {
            return Some(Statement::Raise(None));
        }
        let name = match self.expression()? {
            Expression::Name(name) => name,
            Expression::Call(function, arguments) => match *function {
                Expression::Name(name) if arguments.iter().all(is_plain_message) => name,
                _ => return None,
            },
            _ => return None,
        };
        Some(Statement::Raise(Some(name)))
    }

    /// `from typing import List, Dict`: names that stand in annotations alone.
    fn import_of_types(&mut self) -> Option<Statement> {
        self.at += 1;
        if !self.word("typing") || !self.word("import") {
            return None;
        }
        self.name()?;
        while self.sign(",") {
            self.name()?;
        }
        Some(Statement::Pass)
    }

    fn assignment(&mut self) -> Option<Statement> {
        let first = self.expressions()?;
        if let Some((_, operator)) = AUGMENTS.iter().find(|(sign, _)| self.is_sign(sign)) {
            self.at += 1;
            if !is_single_target(&first) {
                return None;
            }
            return Some(Statement::Augment(first, *operator, self.expressions()?));
        }
        if self.is_sign(":") {
            self.at += 1;
            self.expression()?;
            let annotated = matches!(first, Expression::Name(_)) && self.sign("=");
            return if annotated {
                Some(Statement::Assign(vec![first], self.expressions()?))
            } else {
                None
            };
        }
        let mut values = vec![first];
        while self.sign("=") {
            values.push(self.expressions()?);
        }
        let value = values.pop()?;
        if values.is_empty() {
            return Some(Statement::Expression(value));
        }
        values
            .iter()
            .all(is_target)
            .then_some(Statement::Assign(values, value))
    }

    /// `:` and the block behind it.
    fn block(&mut self) -> Option<Block> {
        if !self.sign(":") {
            return None;
        }
        let mut body = Vec::new();
        if !self.take(&Token::Newline) {
            self.simple_line(&mut body)?;
            return Some(body);
        }
        if !self.take(&Token::Indent) {
            return None;
        }
        while !self.take(&Token::Dedent) {
            self.statement(&mut body)?;
        }
        Some(body)
    }

    fn loop_block(&mut self) -> Option<Block> {
        let outside = std::mem::replace(&mut self.in_loop, true);
        let body = self.block();
        self.in_loop = outside;
        body
    }

    fn otherwise(&mut self) -> Option<Block> {
        if self.word("else") {
            self.block()
        } else {
            Some(Vec::new())
        }
    }

    fn branch(&mut self) -> Option<Statement> {
        self.at += 1;
        let mut branches = Vec::new();
        loop {
            let condition = self.expression()?;
            branches.push((condition, self.block()?));
            if !self.word("elif") {
                break;
            }
        }
        Some(Statement::If(branches, self.otherwise()?))
    }

    fn for_loop(&mut self) -> Option<Statement> {
        self.at += 1;
        let target = self.targets()?;
        if !self.word("in") {
            return None;
        }
        let iterable = self.expressions()?;
        let body = self.loop_block()?;
        let otherwise = self.otherwise()?;
        Some(Statement::For(For {
            target,
            iterable,
            body,
            otherwise,
        }))
    }

    fn while_loop(&mut self) -> Option<Statement> {
        self.at += 1;
        let condition = self.expression()?;
        let body = self.loop_block()?;
        Some(Statement::While(condition, body, self.otherwise()?))
    }

    fn attempt(&mut self) -> Option<Statement> {
        self.at += 1;
        let body = self.block()?;
        let mut handlers = Vec::new();
        while self.word("except") {
            let mut names = Vec::new();
            if self.sign("(") {
                names.push(self.name()?);
                while self.sign(",") {
                    names.push(self.name()?);
                }
                if !self.sign(")") {
                    return None;
                }
            } else if !self.is_sign(":") {
                names.push(self.name()?);
            }
            handlers.push((names, self.block()?));
        }
        let otherwise = self.otherwise()?;
        let finally = if self.word("finally") {
            self.block()?
        } else {
            Vec::new()
        };
        if handlers.is_empty() && finally.is_empty() {
            return None;
        }
        Some(Statement::Try(Try {
            body,
            handlers,
            otherwise,
            finally,
        }))
    }

    fn define(&mut self) -> Option<Statement> {
        self.at += 1;
        let name = self.name()?;
        if !self.sign("(") {
            return None;
        }
        let parameters = self.parameters(")", true)?;
        if self.sign("->") {
            self.expression()?;
        }
        let outside = (
            std::mem::replace(&mut self.in_function, true),
            std::mem::replace(&mut self.in_loop, false),
        );
        let body = self.block()?;
        (self.in_function, self.in_loop) = outside;
        let mut locals = names::bound_in(&body);
        locals.extend(parameters.iter().map(|parameter| parameter.name.clone()));
        Some(Statement::Define(Rc::new(Function {
            name,
            parameters,
            body: Body::Block(body),
            locals,
        })))
    }

    /// Parameters up to and with `end`.
    fn parameters(&mut self, end: &str, annotated: bool) -> Option<Vec<Parameter>> {
        let mut parameters: Vec<Parameter> = Vec::new();
        while !self.sign(end) {
            let kind = if self.sign("*") {
                ParameterKind::Rest
            } else {
                ParameterKind::Plain
            };
            let name = self.name()?;
            if annotated && self.sign(":") {
                self.expression()?;
            }
            let default = if self.sign("=") {
                Some(self.expression()?)
            } else {
                None
            };
            let last = parameters.last();
            let misplaced = last.is_some_and(|last| {
                last.kind == ParameterKind::Rest || last.default.is_some() && default.is_none()
            });
            let twice = parameters.iter().any(|earlier| earlier.name == name);
            let odd = kind == ParameterKind::Rest && default.is_some();
            if misplaced || twice || odd {
                return None;
            }
            parameters.push(Parameter {
                name,
                default,
                kind,
            });
            if !self.sign(",") && !self.is_sign(end) {
                return None;
            }
        }
        Some(parameters)
    }
}

/// An exception's text is not kept, so it must be one that does nothing.
fn is_message(value: &Expression) -> bool {
    matches!(value, Expression::Str(_))
}

fn is_plain_message(argument: &Argument) -> bool {
    matches!(argument, Argument::Plain(value) if is_message(value))
}

/// Whether something can be assigned to it.
fn is_target(value: &Expression) -> bool {
    match value {
        Expression::Tuple(items) | Expression::List(items) => {
            let starred = |item: &&Expression| matches!(item, Expression::Starred(_));
            items.iter().filter(starred).count() <= 1
                && items.iter().all(|item| match item {
                    Expression::Starred(inner) => is_single_target(inner),
                    item => is_target(item),
                })
        }
        value => is_single_target(value),
    }
}

fn is_single_target(value: &Expression) -> bool {
    matches!(
        value,
        Expression::Name(_) | Expression::Index(_) | Expression::Slice(..)
    )
}
