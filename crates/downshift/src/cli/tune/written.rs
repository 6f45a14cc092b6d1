//! Puts what was found into a policy's text: hides which fields that takes.

use anyhow::Context;
use downshift_policy::{ExpectedConfig, FittedConfig};

use super::Found;
use crate::config::Loaded;
use crate::config::yaml::edit;

/// The policy's text with what was found in it, the evidence on a line above; everything else stays as it was.
pub(super) fn written(loaded: &Loaded, found: &[Found]) -> anyhow::Result<String> {
    let mut text = loaded.text.clone();
    for found in found {
        let Some(value) = found.value else { continue };
        let Found {
            intent,
            field,
            evidence,
            ..
        } = found;
        let value = format!("{value:.4}");
        let by_hand = || {
            format!("cannot find where to write it; set `{field}: {value}` of `{intent}` yourself")
        };
        text = edit::set(&text, &["intents", intent, field], &value).with_context(by_hand)?;
        if let Some(fitted) = &found.calibration {
            text = calibrated(&text, loaded, intent, fitted).with_context(|| {
                format!(
                    "cannot find where to write `judge.calibration` of `{intent}`; --json shows it"
                )
            })?;
        }
        let mark = format!("tuned {intent}.{field}: ");
        text =
            edit::annotate(&text, &["intents", intent], &mark, evidence).with_context(by_hand)?;
    }
    Loaded::parse("the tuned policy", text.clone(), None).context(
        "the policy could not be changed; run with --dry-run and set the values yourself",
    )?;
    Ok(text)
}

/// The text with an intent's calibration; a judge's name, or a list of names, becomes a mapping.
fn calibrated(text: &str, loaded: &Loaded, intent: &str, fitted: &FittedConfig) -> Option<String> {
    let path = ["intents", intent, "judge", "calibration"];
    let value = flow(fitted);
    edit::set(text, &path, &value).or_else(|| {
        let judge = loaded.config.intents.get(intent)?.judge.as_ref()?;
        let logprobs = if judge.logprobs.is_some() {
            "logprobs: true, "
        } else {
            ""
        };
        let whole = format!("{{ {logprobs}calibration: {value} }}");
        edit::set(text, path.get(..3)?, &whole)
    })
}

/// What was fitted, on one line.
fn flow(fitted: &FittedConfig) -> String {
    let judges = fitted.judges.iter().map(|(name, judge)| {
        let points = judge.points.iter().map(|[x, y]| format!("[{x}, {y}]"));
        let points = points.collect::<Vec<_>>().join(", ");
        let (weight, missing) = (judge.weight, judge.missing);
        format!("{name}: {{ weight: {weight}, missing: {missing}, points: [{points}] }}")
    });
    let judges = judges.collect::<Vec<_>>().join(", ");
    let mut parts = vec![
        format!("bias: {}", fitted.bias),
        format!("judges: {{ {judges} }}"),
    ];
    if let Some(ExpectedConfig {
        small: Some(small),
        llm: Some(llm),
        accepted: Some(accepted),
        ..
    }) = fitted.expected
    {
        parts.push(format!(
            "expected: {{ small: {small}, llm: {llm}, accepted: {accepted} }}"
        ));
    }
    let evidence = fitted.evidence.iter();
    parts.extend(evidence.map(|evidence| format!("evidence: \"{evidence}\"")));
    format!("{{ {} }}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(intent: &str, expected: &str) {
        let policy = |intent: &str| {
            format!(
                "models:\n  large: {{ api: openai, base_url: \"http://127.0.0.1:9/v1\", model: l }}\n  \
                 small: {{ api: openai, base_url: \"http://127.0.0.1:9/v1\", model: s }}\nllm: large\nintents:\n  {intent}\n"
            )
        };
        let loaded = Loaded::parse("router.yaml", policy(intent), None).expect("a policy");
        let fitted = r#"{ "bias": -0.5, "judges": { "agreement": { "points": [[0.2, 0.1], [0.68, 0.9]] } },
            "expected": { "small": 0.5, "llm": 0.9, "accepted": 0.4 }, "evidence": "enough" }"#;
        let found = Found {
            intent: "code".to_owned(),
            field: "escalate_below",
            value: Some(0.81),
            evidence: "much".to_owned(),
            calibration: Some(serde_json::from_str(fitted).expect("a calibration")),
            fit: None,
        };
        let text = written(&loaded, &[found]).expect("it can be written");
        assert_eq!(text, policy(expected));
    }

    #[test]
    fn a_calibration_is_written_wherever_a_judge_stands() {
        const FITTED: &str = "{ bias: -0.5, judges: { agreement: { weight: 1, missing: 0.5, points: [[0.2, 0.1], [0.68, 0.9]] } }, \
            expected: { small: 0.5, llm: 0.9, accepted: 0.4 }, evidence: \"enough\" }";
        let tuned = "# tuned code.escalate_below: much\n  ";
        check(
            "code: { specialist: small, judge: { agreement: large } } # mine",
            &format!(
                "{tuned}code: {{ escalate_below: 0.8100, specialist: small, judge: {{ calibration: {FITTED}, agreement: large }} }} # mine"
            ),
        );
        check(
            "code:\n    specialist: small\n    escalate_below: 0.5 # old\n    judge: [checks, logprobs]",
            &format!(
                "{tuned}code:\n    specialist: small\n    escalate_below: 0.8100 # old\n    judge: {{ logprobs: true, calibration: {FITTED} }}"
            ),
        );
        check(
            "code:\n    specialist: small\n    judge:\n      # whom to ask\n      agreement: large",
            &format!(
                "{tuned}code:\n    escalate_below: 0.8100\n    specialist: small\n    judge:\n      # whom to ask\n      calibration: {FITTED}\n      agreement: large"
            ),
        );
        check(
            "code: { specialist: small, escalate_below: 0.1, judge: { agreement: large, calibration: { bias: 1 } } }",
            &format!(
                "{tuned}code: {{ specialist: small, escalate_below: 0.8100, judge: {{ agreement: large, calibration: {FITTED} }} }}"
            ),
        );
    }
}
