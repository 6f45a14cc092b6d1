//! Grammars as data: patterns over tokens that must consume a whole question.
//!
//! A pattern is words, `[optional]`, `(one|or the other)`, `{slot}` and `<fragment>`. All complete
//! parses of all rules of a grammar are followed, and a question is answered only when they
//! all say the same: an ambiguity that the grammar itself has is a refusal.

mod compile;

use std::fmt;

use crate::{
    question::Context,
    reading::Reading,
    slot::{Taken, Value},
};

/// More complete parses than this is a refusal.
const MAX_PARSES: usize = 48;
/// More steps than this for one rule is a refusal.
const MAX_STEPS: usize = 4_000;

/// What a rule says; `None` refuses the question for the whole grammar.
pub(crate) type Say = fn(&Match<'_>, &Context<'_>) -> Option<String>;

/// A pattern and what is said when it takes the whole question.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) pattern: &'static str,
    pub(crate) say: Say,
}

/// A named part of patterns.
pub(crate) type Fragment = (&'static str, &'static str);

/// One complete parse.
#[derive(Debug)]
pub(crate) struct Match<'a> {
    /// What the slots took, in their order.
    values: &'a [Value],
    /// The tokens, for rules that quote the question.
    pub(crate) reading: &'a Reading,
}

/// How to get the `nth` value of one type out of a match.
macro_rules! getters {
    ($($name:ident: $variant:ident => $type:ty;)*) => {
        impl Match<'_> {
            $(
                #[doc = concat!("The value of the n-th slot that took a `", stringify!($variant), "`, from 0.")]
                pub(crate) fn $name(&self, nth: usize) -> Option<&$type> {
                    self.values
                        .iter()
                        .filter_map(|value| if let Value::$variant(inner) = value { Some(inner) } else { None })
                        .nth(nth)
                }
            )*
        }
    };
}

getters! {
    number: Number => num_rational::BigRational;
    money: Money => crate::slot::Money;
    amount: Amount => crate::currency::Amount;
    currency: Currency => &'static crate::currency::Currency;
    expression: Expression => crate::expression::Expression;
    list: List => Vec<num_rational::BigRational>;
    place: Place => crate::place::Place;
    clock: Clock => crate::clock::Clock;
    day: Day => crate::day::Day;
    instant: Instant => crate::instant::Instant;
    span: Span => crate::span::Length;
    quantity: Quantity => crate::unit::Quantity;
    unit: Unit => &'static crate::unit::Unit;
    word: Word => String;
    month: Month => i8;
    period: Period => crate::day::Period;
    text: Text => String;
    letter: Letter => char;
}

impl Match<'_> {
    /// Whether one of these words or symbols stands in the question.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        let mut tokens = self.reading.tokens.iter();
        tokens.any(|token| words.iter().any(|word| token.is(word)))
    }
}

/// Instructions of a compiled pattern.
#[derive(Debug)]
enum Step {
    Word(String),
    /// Which slot.
    Slot(usize),
    /// Both ways are tried, the first one first.
    Split(usize, usize),
    Jump(usize),
    Done,
}

/// Compiled rules.
pub(crate) struct Grammar {
    rules: Vec<(Vec<Step>, Say)>,
    broken: Vec<&'static str>,
}

impl fmt::Debug for Grammar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grammar")
            .field("rules", &self.rules.len())
            .field("broken", &self.broken)
            .finish()
    }
}

impl Grammar {
    /// Compiles the rules; a pattern that does not compile is left out, which a test looks for.
    pub(crate) fn new(rules: &[Rule], fragments: &[Fragment]) -> Self {
        let mut grammar = Self {
            rules: Vec::new(),
            broken: Vec::new(),
        };
        for rule in rules {
            match compile::compile(rule.pattern, fragments) {
                Some(program) => grammar.rules.push((program, rule.say)),
                None => grammar.broken.push(rule.pattern),
            }
        }
        grammar
    }

    /// The patterns that did not compile; there are none.
    #[cfg(test)]
    pub(crate) fn broken(&self) -> &[&'static str] {
        &self.broken
    }

    /// What the one complete parse holds, as `read` takes it out.
    pub(crate) fn values<T>(
        &self,
        reading: &Reading,
        read: impl Fn(&Match<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut found = Vec::new();
        let mut taken = Taken::of(reading);
        for (program, _) in &self.rules {
            found.extend(Walk::over(program, &mut taken)?);
        }
        match found.as_slice() {
            [values] => read(&Match { values, reading }),
            _ => None,
        }
    }

    /// What the question, or the direct question behind it, is answered with.
    pub(crate) fn say(&self, reading: &Reading, context: &Context<'_>) -> Option<String> {
        let mut understood = false;
        self.agreed(reading, context, &mut understood)
            .or_else(|| self.agreed(&reading.direct()?, context, &mut understood))
    }

    /// What this grammar says, or the `wider` one about a question that this one cannot read. What
    /// this one reads and refuses stays refused.
    pub(crate) fn say_or(
        &self,
        wider: &Self,
        reading: &Reading,
        context: &Context<'_>,
    ) -> Option<String> {
        let mut understood = false;
        let said = self.agreed(reading, context, &mut understood).or_else(|| {
            let direct = reading.direct()?;
            self.agreed(&direct, context, &mut understood)
        });
        said.or_else(|| (!understood).then(|| wider.say(reading, context)).flatten())
    }

    /// What all complete parses agree on; whether there is one is told, too.
    fn agreed(
        &self,
        reading: &Reading,
        context: &Context<'_>,
        understood: &mut bool,
    ) -> Option<String> {
        let mut said: Option<String> = None;
        let mut parses = 0;
        let mut taken = Taken::of(reading);
        for (program, say) in &self.rules {
            for values in Walk::over(program, &mut taken)? {
                *understood = true;
                parses += 1;
                let text = say(
                    &Match {
                        values: &values,
                        reading,
                    },
                    context,
                )?;
                if parses > MAX_PARSES || said.as_ref().is_some_and(|earlier| *earlier != text) {
                    return None;
                }
                said = Some(text);
            }
        }
        said
    }
}

struct Walk<'a, 'b> {
    program: &'a [Step],
    taken: &'a mut Taken<'b>,
    values: Vec<Value>,
    steps: usize,
    found: Vec<Vec<Value>>,
}

impl<'a, 'b> Walk<'a, 'b> {
    /// All complete parses of a rule; `None` when there is too much to follow.
    fn over(program: &'a [Step], taken: &'a mut Taken<'b>) -> Option<Vec<Vec<Value>>> {
        let mut walk = Self {
            program,
            taken,
            values: Vec::new(),
            steps: 0,
            found: Vec::new(),
        };
        walk.step(0, 0)?;
        Some(walk.found)
    }

    /// Follows all ways from here; `None` when that takes too long.
    fn step(&mut self, mut at: usize, mut token: usize) -> Option<()> {
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            match self.program.get(at) {
                Some(Step::Word(word)) => {
                    if !self.taken.reading().is(token, word) {
                        return Some(());
                    }
                    at += 1;
                    token += 1;
                }
                Some(Step::Jump(to)) => at = *to,
                Some(Step::Split(first, second)) => {
                    self.step(*first, token)?;
                    at = *second;
                }
                Some(Step::Slot(slot)) => {
                    for (end, value) in self.taken.by(*slot, token).iter() {
                        self.values.push(value.clone());
                        self.step(at + 1, *end)?;
                        self.values.pop();
                    }
                    return Some(());
                }
                Some(Step::Done) => {
                    if token == self.taken.reading().tokens.len()
                        && !self.found.contains(&self.values)
                    {
                        self.found.push(self.values.clone());
                    }
                    return Some(());
                }
                None => return Some(()),
            }
        }
    }
}

#[cfg(test)]
mod tests;
