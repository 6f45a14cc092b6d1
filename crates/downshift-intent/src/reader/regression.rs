//! Hides a multinomial logistic regression: a fixed number of steps, the same result every time, no line search.
//!
//! Each step minimises a quadratic that lies above the loss everywhere, since the Hessian of a softmax is never above
//! half of `XᵀX` (Böhning, "Multinomial logistic regression algorithm", 1992); one factorisation serves all steps and
//! all classes. Steps carry momentum (Nesterov, 1983), so that few of them come far.
//!
//! Weights are penalised along directions in which texts of one class differ, as within-class covariance normalisation
//! does for kernels (Hatch, Kajarekar and Stolcke, 2006): on ten examples per intent of BANKING77 a point better than
//! to penalise all alike, of CLINC150 and HWU64 a tenth.

use super::{Classes, Sample, Truth, excess};
use crate::vectors::{dot, softmax};

/// With one to ten intents of public sets (BANKING77, CLINC150, HWU64) at eight examples each, forty steps and a hundred
/// decide as twenty do.
const STEPS: usize = 25;
/// Samples that are looked at together: a class's weights are then read once for all of them, from the nearest cache.
const BLOCK: usize = 16;
/// Squared weights count against the fit by half of this.
const PENALTY: f64 = 1e-3;
/// The most of the penalty that goes by how texts of one class differ; the rest is alike in all directions.
const SHAPED: f64 = 0.7;

/// A linear function per class, made probabilities by a softmax.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Regression {
    /// For each class the weight of every dimension, then the constant.
    classes: Vec<Vec<f32>>,
}

impl Regression {
    /// Fits a function per class to the samples, whose vectors are all of one width.
    pub(crate) fn fit(samples: &[Sample<'_>], classes: Classes) -> Self {
        let width = samples.first().map_or(0, |sample| sample.vector.len());
        let penalty = penalty(samples, classes, width);
        let inverse = Factor::of(bound(samples, width, &penalty), width + 1).inverse();
        let penalty: Vec<f32> = penalty.into_iter().map(single).collect();
        let mut fitted = Self {
            classes: vec![vec![0.0; width + 1]; classes.count],
        };
        // Where the next step starts: ahead of `fitted`, by its momentum.
        let mut ahead = Self {
            classes: fitted.classes.clone(),
        };
        let mut pace = 1.0_f32;
        for _ in 0..STEPS {
            let next_pace = f32::midpoint(1.0, (1.0 + 4.0 * pace * pace).sqrt());
            let momentum = (pace - 1.0) / next_pace;
            pace = next_pace;
            let slopes = ahead.slopes(samples, &penalty);
            let rows = ahead.classes.iter_mut().zip(&mut fitted.classes);
            for ((ahead, fitted), slope) in rows.zip(slopes) {
                let both = ahead.iter_mut().zip(fitted.iter_mut());
                for ((ahead, fitted), row) in both.zip(inverse.chunks_exact(width + 1)) {
                    let stepped = *ahead - dot(row, &slope);
                    *ahead = stepped + momentum * (stepped - *fitted);
                    *fitted = stepped;
                }
            }
        }
        fitted
    }

    /// A number per class; the higher, the likelier.
    pub(crate) fn scores(&self, vector: &[f32]) -> Vec<f32> {
        let each = self.classes.iter();
        each.map(|weights| score(weights, vector)).collect()
    }

    /// The functions with these weights: for each class one per dimension, then the constant.
    pub(crate) fn of(classes: Vec<Vec<f32>>) -> Self {
        Self { classes }
    }

    /// For each class the weight of every dimension, then the constant.
    pub(crate) fn classes(&self) -> &[Vec<f32>] {
        &self.classes
    }

    /// The gradient of the penalised loss.
    fn slopes(&self, samples: &[Sample<'_>], penalty: &[f32]) -> Vec<Vec<f32>> {
        let slopes = self.classes.iter().map(|weights| {
            let rows = penalty.chunks_exact(weights.len().max(1));
            rows.map(|row| dot(row, weights)).collect()
        });
        let mut slopes: Vec<Vec<f32>> = slopes.collect();
        let count = self.classes.len().max(1);
        let mut errors = vec![0.0; BLOCK * count];
        for block in samples.chunks(BLOCK) {
            for (class, weights) in self.classes.iter().enumerate() {
                for (errors, sample) in errors.chunks_exact_mut(count).zip(block) {
                    errors[class] = score(weights, sample.vector);
                }
            }
            for (errors, sample) in errors.chunks_exact_mut(count).zip(block) {
                softmax(errors);
                excess(errors, sample.truth);
            }
            for (class, slope) in slopes.iter_mut().enumerate() {
                for (errors, sample) in errors.chunks_exact(count).zip(block) {
                    let error = sample.weight * errors[class];
                    if let Some((constant, slope)) = slope.split_last_mut() {
                        for (slope, value) in slope.iter_mut().zip(sample.vector) {
                            *slope += error * value;
                        }
                        *constant += error;
                    }
                }
            }
        }
        slopes
    }
}

/// What a class's function makes of a vector.
fn score(weights: &[f32], vector: &[f32]) -> f32 {
    match weights.split_last() {
        Some((constant, weights)) => dot(weights, vector) + constant,
        None => 0.0,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "far from the ends of f32's range, and the next step corrects its rounding"
)]
fn single(number: f64) -> f32 {
    number as f32
}

/// How weights are penalised, as a whole matrix: by what their directions have to do with a text's place within its
/// class, as far as there are texts to tell.
fn penalty(samples: &[Sample<'_>], classes: Classes, width: usize) -> Vec<f64> {
    let size = width + 1;
    let (within, apart) = within(samples, classes, width);
    let trace: f64 = (0..width).map(|at| within[at * width + at]).sum();
    // As many texts as there are dimensions make it worth two thirds of what it can be.
    let shaped = SHAPED * apart / (apart + 0.5 * width as f64);
    let scale = if trace > 0.0 {
        width as f64 / trace
    } else {
        0.0
    };
    let shaped = if scale > 0.0 { shaped } else { 0.0 };
    let mut matrix = vec![0.0; size * size];
    for (row, from) in matrix
        .chunks_exact_mut(size)
        .zip(within.chunks_exact(width.max(1)))
    {
        for (entry, within) in row.iter_mut().zip(from) {
            *entry = PENALTY * shaped * scale * within;
        }
    }
    for (at, row) in matrix.chunks_exact_mut(size).enumerate() {
        row[at] += PENALTY * if at == width { 1.0 } else { 1.0 - shaped };
    }
    matrix
}

/// How texts lie about the middle of their class, summed over all classes that are of one kind; and by how many texts
/// more than classes that is known.
fn within(samples: &[Sample<'_>], classes: Classes, width: usize) -> (Vec<f64>, f64) {
    let mut middles = vec![(vec![0.0_f32; width], 0.0_f32); classes.count];
    let own = |sample: &Sample<'_>| match sample.truth {
        Truth::Is(0) if classes.first_is_all_else => None,
        Truth::Is(class) => Some(class),
        Truth::Not(_) => None,
    };
    for sample in samples {
        if let Some((middle, count)) = own(sample).and_then(|class| middles.get_mut(class)) {
            *count += 1.0;
            for (middle, value) in middle.iter_mut().zip(sample.vector) {
                *middle += value;
            }
        }
    }
    let mut apart = 0.0;
    for (middle, count) in &mut middles {
        apart += f64::from((*count - 1.0).max(0.0));
        for middle in middle.iter_mut() {
            *middle /= count.max(1.0);
        }
    }
    let mut matrix = vec![0.0_f64; width * width];
    let mut off = vec![0.0_f32; width];
    for sample in samples {
        let Some((middle, _)) = own(sample).and_then(|class| middles.get(class)) else {
            continue;
        };
        for ((off, value), middle) in off.iter_mut().zip(sample.vector).zip(middle) {
            *off = value - middle;
        }
        for (row, one) in matrix.chunks_exact_mut(width.max(1)).zip(&off) {
            for (entry, other) in row.iter_mut().zip(&off) {
                *entry += f64::from(one * other);
            }
        }
    }
    (matrix, apart)
}

/// What the Hessian of any one class never exceeds: half the weighted `XᵀX`, and the penalty. Row by row, the lower
/// half alone.
fn bound(samples: &[Sample<'_>], width: usize, penalty: &[f64]) -> Vec<f64> {
    let size = width + 1;
    let mut matrix = penalty.to_vec();
    for sample in samples {
        let value = |at: usize| f64::from(sample.vector.get(at).copied().unwrap_or(1.0));
        for (at, row) in matrix.chunks_exact_mut(size).enumerate() {
            let scale = 0.5 * f64::from(sample.weight) * value(at);
            for (entry, of) in row.iter_mut().zip(sample.vector).take(at + 1) {
                *entry += scale * f64::from(*of);
            }
            if at == width {
                row[width] += scale;
            }
        }
    }
    matrix
}

/// The Cholesky factor of a positive definite matrix, row by row.
struct Factor {
    rows: Vec<f64>,
    size: usize,
}

impl Factor {
    /// The penalty on the diagonal keeps every pivot above zero.
    fn of(mut rows: Vec<f64>, size: usize) -> Self {
        for row in 0..size {
            let (above, from) = rows.split_at_mut(row * size);
            for column in 0..=row {
                let pivot_row = above.get(column * size..).unwrap_or(&[]);
                let known = if column < row {
                    inner(&from[..column], &pivot_row[..column])
                } else {
                    inner(&from[..column], &from[..column])
                };
                let rest = from[column] - known;
                from[column] = if column < row {
                    rest / pivot_row[column]
                } else {
                    rest.max(f64::MIN_POSITIVE).sqrt()
                };
            }
        }
        Self { rows, size }
    }

    /// The inverse of the matrix, row by row.
    fn inverse(&self) -> Vec<f32> {
        let columns = (0..self.size).flat_map(|at| {
            let mut right = vec![0.0; self.size];
            right[at] = 1.0;
            self.solve(right).into_iter().map(single)
        });
        columns.collect()
    }

    /// What the matrix turns into `right`.
    fn solve(&self, mut right: Vec<f64>) -> Vec<f64> {
        let size = self.size;
        for row in 0..size {
            let factors = &self.rows[row * size..];
            right[row] = (right[row] - inner(&factors[..row], &right[..row])) / factors[row];
        }
        for row in (0..size).rev() {
            let factors = &self.rows[row * size..];
            right[row] /= factors[row];
            let solved = right[row];
            for (right, factor) in right.iter_mut().zip(&factors[..row]) {
                *right -= factor * solved;
            }
        }
        right
    }
}

fn inner(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(vector: &[f32], truth: Truth) -> Sample<'_> {
        Sample {
            text: "",
            vector,
            truth,
            weight: 1.0,
        }
    }

    #[track_caller]
    fn check(samples: &[(&[f32], Truth)], classes: usize, query: &[f32], expected: &[f32]) {
        let samples: Vec<_> = samples
            .iter()
            .map(|(vector, truth)| sample(vector, *truth))
            .collect();
        let mut found = Regression::fit(&samples, Classes::of(classes)).scores(query);
        softmax(&mut found);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 0.02, "{found} for {expected}");
        }
    }

    const ONE: &[f32] = &[1.0, 0.0];
    const TWO: &[f32] = &[0.0, 1.0];

    #[test]
    fn where_classes_overlap_probabilities_are_their_shares() {
        let samples = [
            (ONE, Truth::Is(0)),
            (ONE, Truth::Is(0)),
            (ONE, Truth::Is(0)),
            (ONE, Truth::Is(1)),
            (TWO, Truth::Is(1)),
            (TWO, Truth::Is(2)),
        ];
        check(&samples, 3, ONE, &[0.75, 0.25, 0.0]);
        check(&samples, 3, TWO, &[0.0, 0.5, 0.5]);
    }

    #[test]
    fn what_is_not_of_a_class_is_left_to_the_others_as_they_stand() {
        let samples = [
            (ONE, Truth::Is(0)),
            (ONE, Truth::Is(1)),
            (ONE, Truth::Is(2)),
            (ONE, Truth::Not(0)),
        ];
        // The likelihood p(1 - p)((1 - p) / 2)² of the first class's share p is largest at a quarter.
        check(&samples, 3, ONE, &[0.25, 0.375, 0.375]);
    }

    #[test]
    fn what_tells_nothing_gets_the_base_rate() {
        let same: &[f32] = &[0.6, 0.8];
        let is = |class| (same, Truth::Is(class));
        check(&[is(0), is(1), is(1), is(1)], 2, same, &[0.25, 0.75]);
        check(
            &[(&[], Truth::Is(0)), (&[], Truth::Is(1))],
            2,
            &[],
            &[0.5, 0.5],
        );
    }

    #[test]
    fn directions_in_which_a_class_is_wide_count_less() {
        // Both directions part the two classes alike, but texts of a class differ in the second alone.
        let texts: Vec<_> = [(0, 0.5), (1, -0.5)]
            .into_iter()
            .flat_map(|(class, middle)| {
                let spread = [-0.4, -0.2, 0.0, 0.2, 0.4];
                spread.map(|off| (vec![middle, middle + off], class))
            })
            .collect();
        let samples: Vec<_> = texts
            .iter()
            .map(|(vector, class)| sample(vector, Truth::Is(*class)))
            .collect();
        let found = Regression::fit(&samples, Classes::of(2));
        let [steady, wide, _] = found.classes()[0][..] else {
            panic!("two dimensions and a constant")
        };
        assert!(steady > 1.2 * wide, "{steady} and {wide}");
    }

    #[test]
    fn a_factor_solves_its_matrix() {
        // [[4, 2], [2, 3]] · [1, 2] = [8, 8]
        let factor = Factor::of(vec![4.0, 0.0, 2.0, 3.0], 2);
        let solution = factor.solve(vec![8.0, 8.0]);
        assert!((solution[0] - 1.0).abs() < 1e-12 && (solution[1] - 2.0).abs() < 1e-12);
        let inverse = factor.inverse();
        assert!((inverse[0] - 0.375).abs() < 1e-6 && (inverse[1] + 0.25).abs() < 1e-6);
    }
}
