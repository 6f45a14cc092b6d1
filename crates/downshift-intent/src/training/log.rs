//! Hides what a log of queries that nobody labelled is worth to a head, and that it is left alone where that is nothing.

use std::collections::HashSet;
use std::sync::Arc;

use super::Adaptation;
use crate::reader::{Chosen, Fitted, Material, Reader};
use crate::{Error, Model};

/// The most texts that are looked at, evenly spread over the log. More take longer and, on the logs that were tried, make
/// no difference.
const MOST: usize = 5000;

/// The texts of a log with their vectors: each once, without those that are labelled or hold no words.
pub(super) fn read<'a>(
    model: &mut Model,
    labelled: &[(String, Option<Arc<str>>)],
    unlabelled: &'a [String],
) -> Result<Vec<(&'a str, Vec<f32>)>, Error> {
    let mut seen: HashSet<_> = labelled.iter().map(|(text, _)| text.trim()).collect();
    let texts = unlabelled.iter().map(|text| text.trim());
    let new: Vec<_> = texts.filter(|text| seen.insert(text)).collect();
    let new = spread(&new, MOST);
    let mut read = Vec::with_capacity(new.len());
    for text in new {
        read.extend(model.embed(text)?.map(|vector| (text, vector)));
    }
    Ok(read)
}

/// So many of a list, evenly spread over it, or all of a shorter one.
fn spread<'a>(all: &[&'a str], most: usize) -> Vec<&'a str> {
    let count = all.len().min(most);
    (0..count).map(|at| all[at * all.len() / count]).collect()
}

/// The head that is the better one by the loss of labelled texts it has not seen: the one fitted to these alone, or one
/// that learned from the log as well.
pub(super) fn adapted(
    material: Material<'_>,
    alone: Fitted,
    log: &[(&str, Vec<f32>)],
) -> (Fitted, Option<Adaptation>) {
    if log.is_empty() {
        return (alone, None);
    }
    let (beside, labelled) = Reader::fit_beside(material, log, &alone.chosen);
    let figures = |chosen: Chosen| (chosen.accuracy, chosen.loss);
    let adaptation = Adaptation {
        texts: log.len(),
        labelled,
        without: figures(alone.chosen),
        with: figures(beside.chosen),
        kept: beside.chosen.loss < alone.chosen.loss,
    };
    let better = if adaptation.kept { beside } else { alone };
    (better, Some(adaptation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_log_is_looked_at_in_as_many_places() {
        let all = ["a", "b", "c", "d", "e", "f"];
        assert_eq!(spread(&all, 9), all);
        assert_eq!(spread(&all, 5), ["a", "b", "c", "d", "e"]);
        assert_eq!(spread(&all, 4), ["a", "b", "d", "e"]);
        assert_eq!(spread(&all, 3), ["a", "c", "e"]);
        assert!(spread(&[], 3).is_empty());
    }
}
