//! Hides how logits become calibrated probabilities.

use std::sync::Arc;

use crate::Error;
use crate::description::{Calibration, Description};

/// What the classifier makes of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every intent with its probability, the likeliest first. They sum to 1, and each means what it says: of the
    /// queries given 0.8, about 80 in 100 have that intent, if they have any of these at all.
    pub intents: Vec<(Arc<str>, f32)>,
    /// The probability that the text has none of these intents.
    pub out_of_scope: f32,
    /// How many tokens were classified, after long texts lost their middle.
    pub tokens: usize,
    /// Floating-point operations spent.
    pub flops: u64,
    /// Seconds of one core spent, without the time spent waiting for it.
    pub seconds: f64,
}

impl Verdict {
    /// The likeliest intent and its probability.
    pub fn top(&self) -> Option<(&Arc<str>, f32)> {
        self.intents
            .first()
            .map(|(intent, probability)| (intent, *probability))
    }

    /// The probability of `intent`; `None` if the model does not know it.
    pub fn probability(&self, intent: &str) -> Option<f32> {
        self.intents
            .iter()
            .find(|(name, _)| &**name == intent)
            .map(|(_, probability)| *probability)
    }
}

pub(crate) type Intents = Vec<(Arc<str>, f32)>;

/// The calibrated intents, likeliest first (equals in the model's order), and the out-of-scope probability.
pub(crate) fn calibrate(
    logits: &[f32],
    description: &Description,
) -> Result<(Intents, f32), Error> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    calibrated(
        logits,
        &description.labels,
        description.calibration,
        largest,
    )
}

/// The same for logits of any labels; `familiar` is what the out-of-scope probability falls with.
pub(crate) fn calibrated(
    logits: &[f32],
    labels: &[Arc<str>],
    calibration: Calibration,
    familiar: f32,
) -> Result<(Intents, f32), Error> {
    let Calibration {
        temperature,
        slope,
        offset,
    } = calibration;
    let intents = likely(logits, labels, temperature)?;
    Ok((intents, sigmoid(offset - slope * familiar)))
}

/// Every label with its probability, likeliest first: the softmax of the logits over a temperature.
pub(crate) fn likely(
    logits: &[f32],
    labels: &[Arc<str>],
    temperature: f32,
) -> Result<Intents, Error> {
    if logits.len() != labels.len() {
        let problem = format!(
            "it gave {} logits for {} labels",
            logits.len(),
            labels.len()
        );
        return Err(Error::Run { problem });
    }
    if let Some((label, &logit)) = labels
        .iter()
        .zip(logits)
        .find(|(_, logit)| !logit.is_finite())
    {
        return Err(Error::NotFinite {
            label: label.to_string(),
            logit,
        });
    }
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // The largest exponent is 0, so nothing overflows and the sum is at least 1.
    let weights: Vec<f32> = logits
        .iter()
        .map(|logit| ((logit - largest) / temperature).exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    let mut intents: Vec<_> = labels
        .iter()
        .cloned()
        .zip(weights.iter().map(|weight| weight / sum))
        .collect();
    intents.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    Ok(intents)
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;

    fn description() -> Description {
        let json = include_bytes!("../tests/fixtures/tiny/model.json");
        Description::decode(&File::of("model.json", &json[..])).expect("the fixture is good")
    }

    #[track_caller]
    fn check(logits: [f32; 3], expected: [(&str, f32); 3], out_of_scope: f32) {
        let (intents, oos) = calibrate(&logits, &description()).expect("finite");
        for ((name, probability), (expected_name, expected_probability)) in
            intents.iter().zip(expected)
        {
            assert_eq!(&**name, expected_name, "{intents:?}");
            assert!(
                (probability - expected_probability).abs() < 1e-6,
                "{intents:?}"
            );
        }
        assert!((oos - out_of_scope).abs() < 1e-6, "{oos}");
    }

    #[test]
    fn probabilities_are_softmax_over_temperature() {
        // Temperature 2, slope 1, offset 3. exp(-1) = 0.36788, exp(-2) = 0.13534, their sum with 1 is 1.50321.
        check(
            [0.0, 4.0, 2.0],
            [
                ("code", 0.665_240_96),
                ("chat", 0.244_728_48),
                ("time", 0.090_030_57),
            ],
            0.268_941_43,
        );
        check(
            [3.0, 3.0, 3.0],
            [
                ("time", 1.0 / 3.0),
                ("code", 1.0 / 3.0),
                ("chat", 1.0 / 3.0),
            ],
            0.5,
        );
    }

    #[test]
    fn extreme_logits_stay_probabilities() {
        check(
            [f32::MAX, -f32::MAX, 0.0],
            [("time", 1.0), ("code", 0.0), ("chat", 0.0)],
            0.0,
        );
        check(
            [-f32::MAX, -f32::MAX, -f32::MAX],
            [
                ("time", 1.0 / 3.0),
                ("code", 1.0 / 3.0),
                ("chat", 1.0 / 3.0),
            ],
            1.0,
        );
    }

    #[test]
    fn what_is_no_number_is_an_error() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = calibrate(&[0.0, bad, 0.0], &description()).expect_err("not finite");
            assert_eq!(
                error.to_string(),
                format!("the model's logit for `code` is {bad}, not a finite number")
            );
        }
        let error = calibrate(&[0.0], &description()).expect_err("too few");
        assert_eq!(
            error.to_string(),
            "the model failed: it gave 1 logits for 3 labels"
        );
    }

    #[test]
    fn a_verdict_is_asked_by_name() {
        let (intents, out_of_scope) = calibrate(&[0.0, 4.0, 2.0], &description()).expect("finite");
        let verdict = Verdict {
            intents,
            out_of_scope,
            tokens: 1,
            flops: 0,
            seconds: 0.0,
        };
        assert_eq!(verdict.top().map(|(name, _)| &**name), Some("code"));
        assert_eq!(
            verdict.probability("code"),
            verdict.top().map(|(_, probability)| probability)
        );
        assert_eq!(verdict.probability("cod"), None);
    }
}
