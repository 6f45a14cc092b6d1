//! What a program is made of, once it is read.

use std::rc::Rc;

/// A name in a program.
pub(super) type Name = Rc<str>;

/// A sequence of statements.
pub(super) type Block = Vec<Statement>;

/// One statement.
#[derive(Debug)]
pub(super) enum Statement {
    Expression(Expression),
    /// `a = b = value`.
    Assign(Vec<Expression>, Expression),
    /// `target += value`.
    Augment(Expression, Operator, Expression),
    /// The branches, and `else`.
    If(Vec<(Expression, Block)>, Block),
    For(For),
    /// The condition, the body, and `else`.
    While(Expression, Block, Block),
    Define(Rc<Function>),
    Return(Option<Expression>),
    Break,
    Continue,
    /// Nothing: `pass`, and imports of what needs none.
    Pass,
    Delete(Vec<Expression>),
    Assert(Expression),
    /// The exception's name; none raises again what is being handled.
    Raise(Option<Name>),
    Try(Try),
}

/// `for target in iterable`.
#[derive(Debug)]
pub(super) struct For {
    pub(super) target: Expression,
    pub(super) iterable: Expression,
    pub(super) body: Block,
    pub(super) otherwise: Block,
}

/// `try` and what belongs to it.
#[derive(Debug)]
pub(super) struct Try {
    pub(super) body: Block,
    /// The names each handler catches (none: all), and what it does.
    pub(super) handlers: Vec<(Vec<Name>, Block)>,
    pub(super) otherwise: Block,
    pub(super) finally: Block,
}

/// A function or a lambda.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: Name,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Body,
    /// The names that are bound in it, and so are its own.
    pub(super) locals: Vec<Name>,
}

/// What a function does.
#[derive(Debug)]
pub(super) enum Body {
    Block(Block),
    Value(Expression),
}

/// A parameter of a function.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: Name,
    pub(super) default: Option<Expression>,
    pub(super) kind: ParameterKind,
}

/// How a parameter takes its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    Plain,
    /// `*rest`.
    Rest,
}

/// One expression.
#[derive(Debug)]
pub(super) enum Expression {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<str>),
    /// An f-string's pieces.
    Format(Vec<Piece>),
    Name(Name),
    Tuple(Vec<Expression>),
    List(Vec<Expression>),
    Set(Vec<Expression>),
    /// Pairs; a value without a key is `**value`.
    Dict(Vec<(Option<Expression>, Expression)>),
    /// `*value` in a display, a call or a target.
    Starred(Box<Expression>),
    Unary(Unary, Box<Expression>),
    Binary(Operator, Box<(Expression, Expression)>),
    /// `a < b <= c`.
    Compare(Box<Expression>, Vec<(Comparison, Expression)>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    /// The condition, and what it chooses between.
    Choose(Box<(Expression, Expression, Expression)>),
    Call(Box<Expression>, Vec<Argument>),
    Attribute(Box<Expression>, Name),
    Index(Box<(Expression, Expression)>),
    Slice(Box<Expression>, Box<[Option<Expression>; 3]>),
    Lambda(Rc<Function>),
    Comprehension(Box<Comprehension>),
}

/// An argument of a call.
#[derive(Debug)]
pub(super) enum Argument {
    Plain(Expression),
    Named(Name, Expression),
    /// `*values`.
    Spread(Expression),
}

/// A piece of an f-string.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    /// A value, its conversion if any, and its format.
    Value(Expression, Option<char>, String),
}

/// A comprehension or a generator expression.
#[derive(Debug)]
pub(super) struct Comprehension {
    pub(super) kind: ComprehensionKind,
    pub(super) element: Expression,
    /// The value that belongs to a dict's key.
    pub(super) value: Option<Expression>,
    pub(super) clauses: Vec<Clause>,
    /// The names its targets bind.
    pub(super) locals: Vec<Name>,
}

/// What a comprehension makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

/// `for target in iterable if … if …`.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) target: Expression,
    pub(super) iterable: Expression,
    pub(super) conditions: Vec<Expression>,
}

/// An operator before its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Minus,
    Plus,
    Invert,
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Is,
    IsNot,
}
