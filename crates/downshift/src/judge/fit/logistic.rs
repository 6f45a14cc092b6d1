//! Logistic regression with weights that are not negative: hides how its minimum is found.
//!
//! Coordinate descent by Newton's steps, each weight kept from falling below 0. The loss is convex, so
//! there is one minimum; a small ridge keeps it finite where the data are separable.

/// Rounds over all coordinates; a few dozen reach the digits that are kept.
const ROUNDS: usize = 200;
/// The ridge on weights, in cases: what it holds against a weight vanishes beside hundreds of cases.
const RIDGE: f64 = 0.1;
/// The longest step: Newton's are too long where the loss is flat.
const LONGEST: f64 = 1.0;

/// What was fitted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Logistic {
    pub(super) bias: f64,
    pub(super) weights: Vec<f64>,
}

/// Fits rows of features and outcomes, 0 to 1; all rows have as many features as the first.
pub(super) fn fit(rows: &[(Vec<f64>, f64)]) -> Logistic {
    let width = rows.first().map_or(0, |(features, _)| features.len());
    let mut model = Logistic {
        bias: 0.0,
        weights: vec![1.0 / width.max(1) as f64; width],
    };
    for _ in 0..ROUNDS {
        let (slope, curvature) = model.loss(rows, |_| 1.0);
        model.bias -= step(slope, curvature);
        for at in 0..width {
            let (slope, curvature) = model.loss(rows, |features| features[at]);
            let step = step(slope + RIDGE * model.weights[at], curvature + RIDGE);
            model.weights[at] = (model.weights[at] - step).max(0.0);
        }
    }
    model
}

fn step(slope: f64, curvature: f64) -> f64 {
    (slope / curvature.max(1e-9)).clamp(-LONGEST, LONGEST)
}

// === impl Logistic ===

impl Logistic {
    /// The first and second derivative of the loss along one coordinate.
    fn loss(&self, rows: &[(Vec<f64>, f64)], along: impl Fn(&[f64]) -> f64) -> (f64, f64) {
        rows.iter()
            .fold((0.0, 0.0), |(slope, curvature), (features, outcome)| {
                let products = features
                    .iter()
                    .zip(&self.weights)
                    .map(|(x, weight)| x * weight);
                let probability = 1.0 / (1.0 + (-(self.bias + products.sum::<f64>())).exp());
                let x = along(features);
                (
                    slope + (probability - outcome) * x,
                    curvature + probability * (1.0 - probability) * x * x,
                )
            })
    }
}
