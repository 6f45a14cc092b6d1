//! Hides the choices that are made on held-out texts, each by the likelihood it gives to what is true of them.

use super::Scored;
use crate::trained::OutOfScope;

/// How much letters may count beside the vector.
const LETTERS: [f32; 10] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
/// The coolest and the warmest temperature looked at.
const TEMPERATURES: (f64, f64) = (0.05, 10.0);
const STEPS: usize = 40;

/// What both functions say of one text.
#[derive(Debug, Clone)]
pub(crate) struct Probe {
    pub(crate) linear: Vec<f32>,
    pub(crate) lexical: Vec<f32>,
}

/// A text that the functions were not fitted to, its class, and how much it counts.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) class: usize,
    pub(crate) weight: f64,
    pub(crate) probe: Probe,
}

/// What was chosen, and what it is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen {
    pub(crate) letters: f32,
    pub(crate) temperature: f32,
    pub(crate) accuracy: f64,
    pub(crate) loss: f64,
}

/// The share of letters, and the temperature, that make the held-out texts' classes likeliest.
pub(crate) fn choose(held: &[Held]) -> Chosen {
    let of = |letters: f32| {
        let likely: Vec<_> = held
            .iter()
            .map(|held| {
                let Scored { likely, .. } = held.probe.blended(letters);
                Said {
                    likely,
                    class: held.class,
                    weight: held.weight,
                }
            })
            .collect();
        let (temperature, loss) = coolest(&likely);
        let right = likely
            .iter()
            .filter(|held| best(&held.likely) == Some(held.class));
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

/// Log-probabilities of a text, blended.
struct Said {
    likely: Vec<f32>,
    class: usize,
    weight: f64,
}

// === impl Probe ===

impl Probe {
    /// The scores of both functions as one, `letters` being the share of the second.
    pub(crate) fn blended(&self, letters: f32) -> Scored {
        let pairs = || self.linear.iter().zip(&self.lexical);
        let mix = |one: f32, two: f32| (1.0 - letters) * one + letters * two;
        let familiar = pairs().map(|(one, two)| mix(*one, *two));
        let familiar = familiar.fold(f32::NEG_INFINITY, f32::max);
        let (one, two) = (log_sum(&self.linear), log_sum(&self.lexical));
        Scored {
            likely: pairs().map(|(a, b)| mix(a - one, b - two)).collect(),
            familiar,
        }
    }
}

/// `ln Σ exp`, without overflow.
fn log_sum(scores: &[f32]) -> f32 {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - largest).exp()).sum();
    largest + sum.ln()
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
fn coolest(likely: &[Said]) -> (f32, f64) {
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
fn loss(held: &[Said], temperature: f64) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for Said {
        likely,
        class,
        weight,
    } in held
    {
        let scores = likely.iter().map(|score| f64::from(*score) / temperature);
        let largest = scores.clone().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.clone().map(|score| (score - largest).exp()).sum();
        let truth = scores.clone().nth(*class).unwrap_or(largest);
        sum += weight * (largest + total.ln() - truth);
        weights += weight;
    }
    sum / if weights > 0.0 { weights } else { 1.0 }
}

/// P(outside) = sigmoid(offset − slope · score), texts inside and outside counted alike, by Newton's method on the
/// standardised score with a weak pull to nought, so that sets which a line parts wholly give a finite one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a slope and an offset of ordinary size"
)]
pub(crate) fn line(inside: &[f64], outside: &[f64]) -> OutOfScope {
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
            weight: 0.5,
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
