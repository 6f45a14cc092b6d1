//! What the demo asks, in which order, and what goes wrong on the way: the same for the same seed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::stand_in::Mishap;

/// Queries with their replies: who should reply, query and reply, a tab between them.
const QUERIES: &str = include_str!("../../../../config/demo/queries.tsv");

/// The first column of what no model is needed for.
const COMPUTED: &str = "answer";

/// The stand-in on the top rung.
pub(super) const LARGE: &str = "stand-in-large";

/// One streamed request in so many.
const STREAMED: usize = 6;

/// One caller in so many who streams goes away before the end.
const LEAVES: usize = 7;

/// One query in so many about law meets a stand-in that says nothing.
const HANGS: usize = 4;

/// One query in so many about code or medicine gets a reply that its model is not sure of.
const WEAK: usize = 7;

/// The part of the run in which the coder is down.
const OUTAGE: std::ops::Range<f64> = 0.45..0.6;

/// One query in so many for the large model fails there too.
const FAILS: usize = 31;

/// One query of the list.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The stand-in that should reply when all is well; `None` for what is computed.
    pub(super) model: Option<&'static str>,
    /// What is asked.
    pub(super) query: &'static str,
    /// What a stand-in says to it; empty for what is computed.
    pub(super) reply: String,
}

/// One request of the run.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is asked.
    pub query: &'static str,
    /// Whether the reply is streamed.
    pub stream: bool,
    /// Whether the caller goes away before the stream has ended.
    pub leaves: bool,
    /// When it is sent, from the start of the run.
    pub at: Duration,
    /// What goes wrong, and at which stand-in.
    pub(super) mishap: Option<(&'static str, Mishap)>,
}

/// The requests of a run.
#[derive(Debug, Clone)]
pub struct Script {
    /// In the order they are sent.
    pub requests: Vec<Request>,
}

// === impl Line ===

impl Line {
    /// The list, in the order of the file.
    pub(super) fn all() -> Vec<Self> {
        let lines = QUERIES.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(Self::read).collect()
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        Some(Self {
            model: columns.next().filter(|model| *model != COMPUTED),
            query: columns.next()?,
            reply: columns.next()?.replace("\\n", "\n"),
        })
    }
}

// === impl Script ===

impl Script {
    /// `count` requests spread over `length`; the whole list in a new order, again and again.
    pub fn new(count: usize, length: Duration, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let list = Line::all();
        let mut deck: Vec<&Line> = Vec::new();
        let mut turns = BTreeMap::new();
        let mut requests = Vec::with_capacity(count);
        for index in 0..count {
            if deck.is_empty() {
                deck = list.iter().collect();
                random.shuffle(&mut deck);
            }
            let Some(line) = deck.pop() else { break };
            let progress = index as f64 / count as f64;
            let stream = random.usize(..STREAMED) == 0;
            let leaves = stream && line.model == Some(LARGE) && random.usize(..LEAVES) == 0;
            let mishap = mishap(line, progress, &mut turns).filter(|_| !leaves);
            requests.push(Request {
                query: line.query,
                stream,
                leaves,
                at: length.mul_f64((progress + random.f64() / count as f64).min(1.0)),
                mishap,
            });
        }
        Self { requests }
    }
}

/// What goes wrong with a query, by how many there were before it for the same stand-in.
fn mishap(
    line: &Line,
    progress: f64,
    turns: &mut BTreeMap<&'static str, usize>,
) -> Option<(&'static str, Mishap)> {
    let model = line.model?;
    let turn = turns.entry(model).or_default();
    *turn += 1;
    let every = |count: usize| turn.is_multiple_of(count);
    let mishap = match model {
        "stand-in-coder" if OUTAGE.contains(&progress) => Mishap::Unavailable,
        "stand-in-coder" | "stand-in-medic" if every(WEAK) => Mishap::Unsure,
        "stand-in-counsel" if every(HANGS) => Mishap::Hangs,
        LARGE if every(FAILS) => Mishap::Unavailable,
        _ => return None,
    };
    Some((model, mishap))
}

#[cfg(test)]
mod tests;
