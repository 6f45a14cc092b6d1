//! Hides the choices that are made on held-out texts, each by the likelihood it gives to what is true of them.

use crate::trained::{OutOfScope, blended};

/// How much letters may count beside the vector.
const LETTERS: [f32; 10] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
/// The coolest and the warmest temperature looked at.
const TEMPERATURES: (f64, f64) = (0.05, 10.0);
const STEPS: usize = 40;

/// What both functions say of one text.
pub(super) struct Probe {
    pub(super) linear: Vec<f32>,
    pub(super) lexical: Vec<f32>,
}

/// A text that the functions were not fitted to, and its class.
pub(super) struct Held {
    pub(super) class: usize,
    pub(super) probe: Probe,
}

/// What was chosen, and what it is worth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) letters: f32,
    pub(super) temperature: f32,
    pub(super) accuracy: f64,
    pub(super) loss: f64,
}

/// The share of letters, and the temperature, that make the held-out texts' classes likeliest.
pub(super) fn choose(held: &[Held]) -> Chosen {
    let of = |letters: f32| {
        let likely: Vec<_> = held
            .iter()
            .map(|held| {
                let scored = blended(&held.probe.linear, &held.probe.lexical, letters);
                (scored.likely, held.class)
            })
            .collect();
        let (temperature, loss) = coolest(&likely);
        let right = likely
            .iter()
            .filter(|(likely, class)| best(likely) == Some(*class));
        Chosen {
            letters,
            temperature,
            accuracy: right.count() as f64 / likely.len().max(1) as f64,
            loss,
        }
    };
    let mut chosen = of(LETTERS[0]);
    for letters in &LETTERS[1..] {
        let other = of(*letters);
        if other.loss < chosen.loss {
            chosen = other;
        }
    }
    chosen
}

fn best(likely: &[f32]) -> Option<usize> {
    let best = likely
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map(|(class, _)| class)
}

/// The temperature of the least loss, and that loss: golden-section search over its logarithm, in which the loss has
/// one minimum.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a temperature between bounds"
)]
fn coolest(likely: &[(Vec<f32>, usize)]) -> (f32, f64) {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (TEMPERATURES.0.ln(), TEMPERATURES.1.ln());
    let at = |warmth: f64| loss(likely, warmth.exp());
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut of_left, mut of_right) = (at(left), at(right));
    for _ in 0..STEPS {
        if of_left < of_right {
            high = right;
            (right, of_right) = (left, of_left);
            left = high - ratio * (high - low);
            of_left = at(left);
        } else {
            low = left;
            (left, of_left) = (right, of_right);
            right = low + ratio * (high - low);
            of_right = at(right);
        }
    }
    let warmth = f64::midpoint(low, high);
    (warmth.exp() as f32, at(warmth))
}

/// Mean negative log-probability of the true class.
fn loss(likely: &[(Vec<f32>, usize)], temperature: f64) -> f64 {
    let each = likely.iter().map(|(likely, class)| {
        let scores = likely.iter().map(|score| f64::from(*score) / temperature);
        let largest = scores.clone().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.clone().map(|score| (score - largest).exp()).sum();
        let truth = scores.clone().nth(*class).unwrap_or(largest);
        largest + sum.ln() - truth
    });
    each.sum::<f64>() / likely.len().max(1) as f64
}

/// P(outside) = sigmoid(offset − slope · score), texts inside and outside counted alike, by Newton's method on the
/// standardised score with a weak pull to nought, so that sets which a line parts wholly give a finite one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a slope and an offset of ordinary size"
)]
pub(super) fn line(inside: &[f64], outside: &[f64]) -> OutOfScope {
    let scores: Vec<_> = inside.iter().chain(outside).copied().collect();
    let count = scores.len().max(1) as f64;
    let mean = scores.iter().sum::<f64>() / count;
    let spread = scores
        .iter()
        .map(|score| (score - mean).powi(2))
        .sum::<f64>()
        / count;
    let spread = spread.sqrt().max(1e-9);
    let weight = |outside_too: bool| {
        0.5 / (if outside_too {
            outside.len()
        } else {
            inside.len()
        })
        .max(1) as f64
    };
    let samples: Vec<_> = inside
        .iter()
        .map(|score| ((score - mean) / spread, 0.0, weight(false)))
        .chain(
            outside
                .iter()
                .map(|score| ((score - mean) / spread, 1.0, weight(true))),
        )
        .collect();
    let (mut slope, mut offset) = (0.0, 0.0);
    for _ in 0..STEPS {
        // The gradient and the Hessian of the loss, the pull included.
        let (mut by_slope, mut by_offset) = (PULL * slope, PULL * offset);
        let (mut slopes, mut both, mut offsets) = (PULL, 0.0, PULL);
        for (score, truth, weight) in &samples {
            let likely = 1.0 / (1.0 + (slope * score - offset).exp());
            let error = weight * (likely - truth);
            let sway = weight * likely * (1.0 - likely);
            by_slope -= error * score;
            by_offset += error;
            slopes += sway * score * score;
            both -= sway * score;
            offsets += sway;
        }
        let determinant = slopes * offsets - both * both;
        slope -= (offsets * by_slope - both * by_offset) / determinant;
        offset -= (slopes * by_offset - both * by_slope) / determinant;
    }
    OutOfScope {
        slope: (slope / spread) as f32,
        offset: (offset + slope * mean / spread) as f32,
    }
}

const PULL: f64 = 1e-3;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(inside: &[f64], outside: &[f64], score: f64, low: f64, high: f64) {
        let OutOfScope { slope, offset } = line(inside, outside);
        let found = 1.0 / (1.0 + (f64::from(slope) * score - f64::from(offset)).exp());
        assert!((low..=high).contains(&found), "{found}, {slope} {offset}");
    }

    #[test]
    fn the_line_parts_the_familiar_from_the_strange() {
        let inside = [8.0, 9.0, 10.0, 11.0];
        let outside = [1.0, 2.0, 3.0];
        check(&inside, &outside, 10.0, 0.0, 0.1);
        check(&inside, &outside, 2.0, 0.9, 1.0);
        check(&inside, &outside, 5.7, 0.3, 0.7);
    }

    #[test]
    fn scores_that_tell_nothing_give_even_odds() {
        check(&[5.0, 5.0], &[5.0], 5.0, 0.49, 0.51);
    }

    #[test]
    fn confidence_that_is_too_high_is_cooled_until_it_is_right() {
        // Three of four are right, said with 0.95.
        let say = |class| Held {
            class,
            probe: Probe {
                linear: vec![0.95_f32.ln(), 0.05_f32.ln()],
                lexical: vec![0.0, 0.0],
            },
        };
        let chosen = choose(&[say(0), say(0), say(0), say(1)]);
        let odds = (0.95_f64 / 0.05).ln() * f64::from(1.0 - chosen.letters);
        let said = 1.0 / (1.0 + (-odds / f64::from(chosen.temperature)).exp());
        assert!((said - 0.75).abs() < 0.01, "{said} by {chosen:?}");
        assert!((chosen.accuracy - 0.75).abs() < 1e-9);
    }
}
