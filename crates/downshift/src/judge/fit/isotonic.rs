//! Isotonic regression: hides how a curve that never falls is laid through noisy points.
//!
//! Pool-adjacent-violators (Ayer et al., "An empirical distribution function for sampling with incomplete
//! information", Ann. Math. Stat. 26, 1955) over groups of equal or neighbouring scores.

use super::rounded;

/// Scores in a group at least, unless they are all there is.
const FEWEST: f64 = 20.0;
/// Groups at most: a group holds at least this part of all scores.
const GROUPS: f64 = 10.0;
/// How many scores what all have in common counts as, in every group: no group is certain.
const PRIOR: f64 = 2.0;

/// Neighbouring scores.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    count: f64,
    /// The sum of the scores.
    scores: f64,
    good: f64,
}

/// The corners `[score, how good]` of the curve; none for no cases.
pub(super) fn fit(mut cases: Vec<(f64, f64)>) -> Vec<[f64; 2]> {
    cases.sort_by(|one, other| one.0.total_cmp(&other.0));
    let all = cases.len() as f64;
    let base = cases.iter().map(|case| case.1).sum::<f64>() / all;
    let mut blocks: Vec<Group> = Vec::new();
    for mut group in groups(&cases, FEWEST.max(all / GROUPS)) {
        // Who is no better than those below is as good as they are together.
        while let Some(last) = blocks.last()
            && last.mean() >= group.mean()
        {
            group = group.and(*last);
            blocks.pop();
        }
        blocks.push(group);
    }
    let mut corners: Vec<[f64; 2]> = Vec::new();
    for block in blocks {
        let x = rounded(block.scores / block.count);
        let y = rounded(shrunk(block.good, block.count, base));
        match corners.last_mut() {
            // The prior, or rounding, may have turned what was a rise.
            Some(last) if x <= last[0] => last[1] = last[1].max(y),
            Some(last) => {
                let y = y.max(last[1]);
                corners.push([x, y]);
            }
            None => corners.push([x, y]),
        }
    }
    corners
}

/// The mean of `count` cases that sum up to `good`, drawn a little towards `base`.
pub(super) fn shrunk(good: f64, count: f64, base: f64) -> f64 {
    (good + PRIOR * base) / (count + PRIOR)
}

/// Sorted cases in groups of at least `fewest`; equal scores stay together, and the rest joins the last.
fn groups(cases: &[(f64, f64)], fewest: f64) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut open = Group::default();
    for (at, (score, good)) in cases.iter().enumerate() {
        open = open.and(Group {
            count: 1.0,
            scores: *score,
            good: *good,
        });
        let ends = cases.get(at + 1).is_none_or(|next| next.0 > *score);
        if ends && open.count >= fewest {
            groups.push(std::mem::take(&mut open));
        }
    }
    if open.count > 0.0 {
        let last = groups.pop().unwrap_or_default();
        groups.push(last.and(open));
    }
    groups
}

// === impl Group ===

impl Group {
    fn mean(&self) -> f64 {
        self.good / self.count
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            scores: self.scores + other.scores,
            good: self.good + other.good,
        }
    }
}
