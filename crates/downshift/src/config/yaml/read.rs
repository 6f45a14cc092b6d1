//! Reads a tree again and again, each time without what was at fault before, until all is told.

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;

use super::deserializer::ValueDeserializer;
use super::fault::{Kind, Spot};
use super::node::Node;
use super::problem::Problem;

/// The most problems told at once.
pub(super) const MOST: usize = 50;

/// Reads `root` as a `T`; beside it, or in its place, all that is wrong with it.
/// `parents` says of each node by its id who holds it.
pub(super) fn read<T: DeserializeOwned>(
    root: &Node,
    parents: &[usize],
) -> (Option<T>, Vec<Problem>) {
    let mut reading = Reading::default();
    let mut problems = Vec::new();
    loop {
        let fault = match T::deserialize(ValueDeserializer::new(root, &reading)) {
            Ok(value) => return (Some(value), problems),
            Err(fault) => fault,
        };
        let (kind, spot, path) = fault.in_root(root);
        if !reading.follows(&kind, &spot) {
            problems.push(spot.problem(&kind, path));
        }
        if problems.len() >= MOST || !reading.mend(&kind, &spot, parents) {
            return (None, problems);
        }
    }
}

/// What earlier readings found, so that the next gets further.
#[derive(Default)]
pub(super) struct Reading {
    /// The nodes that are left out.
    left_out: HashSet<usize>,
    /// For each node that holds one of them, the fields that it lacks by that.
    wounds: HashMap<usize, Vec<String>>,
    /// For each node, the fields missing from it, which are filled in blank.
    blanks: HashMap<usize, Vec<&'static str>>,
}

// === impl Reading ===

impl Reading {
    /// Whether `node` is not left out.
    pub(super) fn reads(&self, node: &Node) -> bool {
        !self.left_out.contains(&node.id)
    }

    /// The fields to fill in blank.
    pub(super) fn blanks(&self, node: &Node) -> &[&'static str] {
        self.blanks.get(&node.id).map_or(&[], Vec::as_slice)
    }

    /// Whether a fault is but the consequence of what was left out or filled in before.
    fn follows(&self, kind: &Kind, spot: &Spot) -> bool {
        let wounds = self.wounds.get(&spot.id);
        match kind {
            Kind::Blank => true,
            Kind::MissingField { field } => {
                wounds.is_some_and(|lacking| lacking.iter().any(|lacks| lacks == field))
            }
            _ => wounds.is_some() || self.blanks.contains_key(&spot.id),
        }
    }

    /// Sees to it that the next reading gets past this fault; `false` if there is nothing left to read.
    fn mend(&mut self, kind: &Kind, spot: &Spot, parents: &[usize]) -> bool {
        if let Kind::MissingField { field } = kind {
            let blanks = self.blanks.entry(spot.id).or_default();
            if !blanks.contains(field) {
                blanks.push(field);
                return true;
            }
        }
        self.leave_out(kind, spot, parents)
    }

    fn leave_out(&mut self, kind: &Kind, spot: &Spot, parents: &[usize]) -> bool {
        let root = 0;
        if spot.id == root || !self.left_out.insert(spot.id) {
            return false;
        }
        let parent = parents.get(spot.id).copied().unwrap_or(root);
        let lacking = self.wounds.entry(parent).or_default();
        lacking.extend(spot.field.clone());
        if let Kind::UnknownField { field, known } = kind {
            let meant = downshift_policy::nearest(field, known.iter().copied());
            lacking.extend(meant.map(str::to_owned));
        }
        true
    }
}
