//! Hides what makes an utterance a usable example, and what the examples are held against.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Utterances by the intent they teach.
pub type Examples = BTreeMap<String, Utterances>;

/// What teaches the classifier one intent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Utterances {
    /// Ways to ask for it.
    pub examples: Vec<String>,
    /// Queries that are like those, and are not of this intent, whatever else they are.
    pub counter_examples: Vec<String>,
}

/// The most characters of one example: it is a query, not a document.
const LONGEST: usize = 1000;
/// The most examples of one intent. Beyond some dozens a model of one's own does better, and learning takes seconds.
const MOST: usize = 200;
/// Fewer than this say little about what an intent is.
pub(crate) const FEW: usize = 3;

pub(crate) const BACKGROUND: &str = include_str!("../../../config/intent/background.txt");

/// What is wrong with the examples of one intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleProblem {
    /// The intent.
    pub intent: String,
    /// Whether it is about the counter-examples.
    pub counter: bool,
    /// Which of them, counted from 0; `None` if it is about all of them.
    pub index: Option<usize>,
    /// What is wrong and what is accepted.
    pub message: String,
}

impl fmt::Display for ExampleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.intent)?;
        if let Some(index) = self.index {
            let what = if self.counter {
                "counter-example"
            } else {
                "example"
            };
            write!(f, ", {what} {}", index + 1)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Several problems as one sentence.
pub(crate) fn told(problems: &[ExampleProblem]) -> String {
    let each: Vec<_> = problems.iter().map(ToString::to_string).collect();
    each.join("; ")
}

/// Everyday queries: what the operator's intents are told from.
pub(crate) fn background() -> impl Iterator<Item = &'static str> {
    BACKGROUND
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Collects the examples that can be learned and what is wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) problems: Vec<ExampleProblem>,
    /// Every example by what the model reads in it, with the intent and text that had it first.
    seen: HashMap<Vec<u32>, (String, String)>,
}

/// Where an example stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) intent: &'a str,
    pub(crate) counter: bool,
    pub(crate) index: usize,
}

impl Reading {
    /// Whether an intent's examples, or its counter-examples, are few enough to be read one by one.
    pub(crate) fn admits(&mut self, intent: &str, counter: bool, examples: &[String]) -> bool {
        if examples.len() > MOST {
            let message = format!(
                "it has {} {}, at most {MOST} are learned; `classifier.model` names a model made from more",
                examples.len(),
                if counter {
                    "counter-examples"
                } else {
                    "examples"
                }
            );
            self.add(intent, counter, None, message);
        }
        examples.len() <= MOST
    }

    /// Whether one example is short enough to be a query.
    pub(crate) fn fits(&mut self, place: Place<'_>, example: &str) -> bool {
        let length = example.chars().count();
        if length > LONGEST {
            let message = format!(
                "it is {length} characters long, at most {LONGEST} are one query; write what a person would ask"
            );
            self.add(place.intent, place.counter, Some(place.index), message);
        }
        length <= LONGEST
    }

    /// Whether the model has not read the same before. The same in another intent is a problem, in this one a
    /// needless line. A counter-example may well be an example of another intent, but not of its own.
    pub(crate) fn is_new(&mut self, place: Place<'_>, example: &str, ids: &[u32]) -> bool {
        let found = self.seen.get(ids);
        let Some((other, text)) = found else {
            if !place.counter {
                let first = (place.intent.to_owned(), example.to_owned());
                self.seen.insert(ids.to_vec(), first);
            }
            return true;
        };
        if (other == place.intent) == place.counter {
            let message = format!(
                "the classifier reads {example:?} as it does {text:?}, an example of `{other}`"
            );
            self.add(place.intent, place.counter, Some(place.index), message);
        }
        place.counter
    }

    /// Notes that none of an intent's examples can be learned, unless that has been said of each.
    pub(crate) fn none_left(&mut self, intent: &str) {
        if !self.problems.iter().any(|problem| problem.intent == intent) {
            let message = "none of its examples holds a word".to_owned();
            self.add(intent, false, None, message);
        }
    }

    fn add(&mut self, intent: &str, counter: bool, index: Option<usize>, message: String) {
        let intent = intent.to_owned();
        self.problems.push(ExampleProblem {
            intent,
            counter,
            index,
            message,
        });
    }
}
