//! From the written judge to the running one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Compiler;
use crate::config::{
    AgreementMapConfig, CHECKS, CalibrationConfig, ChecksConfig, IntentConfig, JudgeConfig,
    LogprobsConfig,
};
use crate::judging::{ESCALATE_BELOW, Judging, Logprobs};

/// More samples than this would cost what the large model costs.
const MOST_SAMPLES: u32 = 8;

impl Compiler<'_> {
    /// How the specialist's reply is judged; `None` where nobody is to.
    pub(super) fn judging(&mut self, path: &str, config: &IntentConfig) -> Option<Arc<Judging>> {
        let place = format!("{path}.judge");
        let written = config.judge.clone().unwrap_or_default();
        if config.judge.is_some() && config.specialist.is_none() {
            let message = "this judges a specialist's reply, and there is no `specialist`";
            self.problems.add(&place, message);
        }
        if written.none {
            if config.escalate_below.is_some() {
                let message = "nobody judges, so nothing is ever below it";
                let hint = "leave `escalate_below` out, or name a judge";
                let at = format!("{path}.escalate_below");
                self.problems.add_with_hint(at, message, hint);
            }
            return None;
        }
        self.fraction(&format!("{place}.margin"), written.margin);
        let left_out = self.checks(&place, &written.checks);
        let AgreementMapConfig {
            models,
            samples,
            in_turn,
        } = written.agreement.clone().unwrap_or_default().0;
        self.agreement(&place, config, &models, samples);
        if let Some(verifier) = &written.verifier {
            self.model(&format!("{place}.verifier"), verifier);
        }
        if let Some(CalibrationConfig::Fitted(fitted)) = &written.calibration {
            for (field, message) in fitted.problems() {
                let at = format!("{place}.calibration.{field}");
                self.problems.add(at, format!("`{field}` {message}"));
            }
        }
        let below = config.escalate_below.unwrap_or(ESCALATE_BELOW);
        Some(Arc::new(Judging {
            left_out,
            logprobs: logprobs(&written, config.escalate_below),
            agreement: models.iter().map(|model| model.as_str().into()).collect(),
            samples,
            in_turn,
            verifier: written.verifier.as_deref().map(Into::into),
            threshold: (below + written.margin.unwrap_or(0.0)).min(1.0),
            stream: written.stream,
        }))
    }

    fn checks(&mut self, place: &str, written: &ChecksConfig) -> BTreeSet<Arc<str>> {
        for name in written.named.keys() {
            if !CHECKS.contains(&name.as_str()) {
                let at = format!("{place}.checks.{name}");
                self.problems
                    .unknown(at, "check", name, CHECKS.iter().copied());
            }
        }
        let off = |name: &&str| !written.named.get(*name).unwrap_or(&!written.others_off);
        let off = CHECKS.iter().copied().filter(off);
        off.map(Into::into).collect()
    }

    fn agreement(&mut self, place: &str, config: &IntentConfig, models: &[String], samples: u32) {
        for (index, name) in models.iter().enumerate() {
            let at = match models.len() {
                1 => format!("{place}.agreement"),
                _ => format!("{place}.agreement[{index}]"),
            };
            self.model(&at, name);
            if config.specialist.as_deref() == Some(name) {
                let message = format!("`{name}` is the specialist itself");
                let hint = "name a model of another family, or write `samples: 2`";
                self.problems.add_with_hint(at, message, hint);
            } else if models[..index].contains(name) {
                self.problems.add(at, format!("`{name}` is named twice"));
            }
        }
        if samples > MOST_SAMPLES {
            let message = format!("{samples} samples are too many; {MOST_SAMPLES} at most");
            self.problems
                .add(format!("{place}.agreement.samples"), message);
        }
    }
}

/// Asked for where a threshold is to be met and nothing else is said.
fn logprobs(written: &JudgeConfig, below: Option<f32>) -> Logprobs {
    let others = written.agreement.is_some() || written.verifier.is_some();
    match written.logprobs {
        Some(LogprobsConfig::Answer) => Logprobs::Answer,
        Some(LogprobsConfig::Whole) => Logprobs::Whole,
        None if below.is_some() && !others => Logprobs::IfGiven,
        Some(LogprobsConfig::Off) | None => Logprobs::Unasked,
    }
}
