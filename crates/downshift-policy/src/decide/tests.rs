mod properties;
mod stays;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::Why::{self, *};
use crate::{
    AnswerConfig, Catalogue, Facts, IntentConfig, ModelFacts, Plan, Policy, PolicyConfig,
    RuleConfig, Rung,
};

const INTENTS: [&str; 6] = ["arithmetic", "chat", "code", "medical", "time", "units"];

fn policy(rules: &[(&str, &str)]) -> Policy {
    let answer = |name: &str| IntentConfig {
        answer: Some(AnswerConfig::Name(name.to_owned())),
        ..IntentConfig::default()
    };
    let specialist = |name: &str, confidence| IntentConfig {
        specialist: Some(name.to_owned()),
        confidence: Some(confidence),
        escalate_below: Some(0.55),
        ..IntentConfig::default()
    };
    let mut units = answer("units");
    units.specialist = Some("coder".to_owned());
    let config = PolicyConfig {
        llm: "frontier".to_owned(),
        route: vec!["auto".to_owned(), "*r".to_owned()],
        intents: BTreeMap::from([
            ("time".to_owned(), answer("time")),
            ("arithmetic".to_owned(), answer("arithmetic")),
            ("units".to_owned(), units),
            ("code".to_owned(), specialist("coder", 0.8)),
            ("medical".to_owned(), specialist("medic", 0.7)),
        ]),
        rules: rules
            .iter()
            .map(|(when, target)| rule(when, target))
            .collect(),
    };
    let models = [
        ModelFacts {
            context: Some(8_000),
            ..ModelFacts::text("coder")
        },
        ModelFacts {
            images: true,
            ..ModelFacts::text("medic")
        },
        ModelFacts {
            images: true,
            audio: true,
            files: true,
            ..ModelFacts::text("frontier")
        },
    ];
    let intents = INTENTS.map(Arc::<str>::from);
    let answerers = ["time", "arithmetic", "units", "lookup"];
    let catalogue = Catalogue {
        intents: &intents,
        answerers: &answerers,
        models: &models,
    };
    Policy::compile(&config, &catalogue).unwrap()
}

fn rule(when: &str, target: &str) -> RuleConfig {
    RuleConfig {
        when: serde_json::from_str(when).unwrap(),
        use_: Some(target.to_owned()),
        as_: None,
    }
}

/// A plain routed question with these probabilities.
fn asked(intents: &[(&str, f32)]) -> Facts {
    Facts {
        intents: intents
            .iter()
            .map(|(name, probability)| ((*name).into(), *probability))
            .collect(),
        neutral_system_prompt: true,
        requested_model: "auto".to_owned(),
        routed: true,
        turns: 1,
        tokens: 12,
        ..Facts::default()
    }
}

/// A plan in one line: each rung with whom it may ask or why it may not try.
fn told(plan: &Plan) -> String {
    let answer = plan.answer.as_ref().map(|step| {
        let names = step.candidates.iter().map(|candidate| &*candidate.intent);
        format!(
            "{}@{:.2}>={}",
            names.collect::<Vec<_>>().join("+"),
            step.confidence,
            step.threshold
        )
    });
    let specialist = plan.specialist.as_ref();
    let specialist = specialist.map(|step| format!("{}>={}", step.model, step.threshold));
    let llm = plan.llm.as_ref().map(ToString::to_string);
    let rungs = [
        (Rung::Answer, answer),
        (Rung::Specialist, specialist),
        (Rung::Llm, llm),
    ];
    let told = rungs.map(|(rung, step)| match (step, plan.why_not(rung)) {
        (Some(step), None) => step,
        (None, Some(why)) => format!("{why:?}"),
        both_or_neither => format!("{both_or_neither:?}"),
    });
    told.join(" | ")
}

#[track_caller]
fn check(facts: &Facts, expected: &str) {
    assert_eq!(told(&policy(&[]).decide(facts)), expected);
}

#[track_caller]
fn check_ruled(rules: &[(&str, &str)], facts: &Facts, expected: &str) {
    assert_eq!(told(&policy(rules).decide(facts)), expected);
}

#[test]
fn sure_intents_take_their_rung() {
    check(
        &asked(&[("time", 0.9), ("code", 0.1)]),
        "time@0.90>=0.6 | Unbound | frontier",
    );
    check(
        &asked(&[("code", 0.9), ("time", 0.1)]),
        "Unbound | coder>=0.8 | frontier",
    );
    check(
        &asked(&[("units", 0.9)]),
        "units@0.90>=0.6 | coder>=0.6 | frontier",
    );
    check(&asked(&[("chat", 0.9)]), "Unbound | Unbound | frontier");
}

#[test]
fn unsure_intents_go_up() {
    check(
        &asked(&[("time", 0.5), ("chat", 0.4)]),
        "LowConfidence | Unbound | frontier",
    );
    check(
        &asked(&[("code", 0.79)]),
        "Unbound | LowConfidence | frontier",
    );
    let outside = Facts {
        out_of_scope: 0.6,
        ..asked(&[("code", 0.9)])
    };
    check(&outside, "Unbound | OutOfScope | frontier");
    check(&asked(&[]), "NoIntent | NoIntent | frontier");
    let failed = Facts {
        classifier_failed: true,
        ..asked(&[("time", 0.9)])
    };
    check(&failed, "ClassifierFailed | ClassifierFailed | frontier");
    let unreadable = |intent| Facts {
        language: "de",
        unreadable: true,
        ..asked(&[(intent, 0.9)])
    };
    check(&unreadable("time"), "Language | Language | frontier");
    check(&unreadable("code"), "Language | Language | frontier");
    check(
        &asked(&[("unheard of", 0.9)]),
        "Unbound | Unbound | frontier",
    );
}

#[test]
fn intents_that_can_be_answered_turn_the_first_key_together() {
    let split = asked(&[
        ("arithmetic", 0.45),
        ("units", 0.4),
        ("time", 0.001),
        ("chat", 0.149),
    ]);
    check(&split, "arithmetic+units@0.85>=0.6 | Unbound | frontier");
}

#[test]
fn what_no_model_can_honour_is_not_sent_to_it() {
    let code = asked(&[("code", 0.9)]);
    check(
        &Facts {
            images: true,
            ..code.clone()
        },
        "Images | Modality | frontier",
    );
    check(
        &Facts {
            audio: true,
            ..code.clone()
        },
        "Audio | Modality | frontier",
    );
    check(
        &Facts {
            files: true,
            ..code.clone()
        },
        "Modality | Modality | frontier",
    );
    check(
        &Facts {
            tokens: 8_001,
            ..code.clone()
        },
        "Unbound | TooLong | frontier",
    );
    let reply = Facts {
        tokens: 8_000,
        reply_tokens: u64::MAX,
        ..code.clone()
    };
    check(&reply, "Unbound | TooLong | frontier");
    check(
        &Facts {
            tokens: 8_000,
            ..code
        },
        "Unbound | coder>=0.8 | frontier",
    );
    let image = Facts {
        images: true,
        ..asked(&[("medical", 0.7)])
    };
    check(&image, "Images | medic>=0.7 | frontier");
}

type Obstacle = fn(&mut Facts);

#[test]
fn a_form_that_no_computed_answer_honours_is_told() {
    let change = |change: fn(&mut Facts)| {
        let mut facts = asked(&[("time", 1.0)]);
        change(&mut facts);
        policy(&[]).decide(&facts).why_not(Rung::Answer)
    };
    let table: [(Obstacle, Why); 12] = [
        (|facts| facts.tools = true, Tools),
        (|facts| facts.tool_result = true, Tools),
        (|facts| facts.images = true, Images),
        (|facts| facts.audio = true, Audio),
        (|facts| facts.files = true, Modality),
        (|facts| facts.structured = true, StructuredOutput),
        (|facts| facts.several_choices = true, SeveralChoices),
        (|facts| facts.logprobs = true, Logprobs),
        (|facts| facts.unfinished_turn = true, UnfinishedTurn),
        (|facts| facts.neutral_system_prompt = false, SystemPrompt),
        (|facts| facts.bound_by_earlier_turns = true, Conversation),
        (|facts| facts.nothing_asked = true, NoIntent),
    ];
    for (obstacle, why) in table {
        assert_eq!(change(obstacle), Some(why));
    }
    assert_eq!(change(|_| ()), None);
}

#[test]
fn the_first_rule_that_holds_decides() {
    let rules = [
        (r#"{ "tools": true }"#, "llm"),
        (r#"{ "tokens": "<100" }"#, "coder"),
        (r#"{ "turns": 1 }"#, "medic"),
    ];
    let time = asked(&[("time", 0.9)]);
    check_ruled(
        &rules,
        &Facts {
            tools: true,
            ..time.clone()
        },
        "Rule | Rule | frontier",
    );
    check_ruled(&rules, &time, "Rule | coder>=0 | frontier");
    check_ruled(
        &rules,
        &Facts {
            images: true,
            ..time.clone()
        },
        "Rule | Modality | frontier",
    );
    check_ruled(
        &rules,
        &Facts {
            tokens: 100,
            ..time.clone()
        },
        "Rule | medic>=0 | frontier",
    );
    let none = Facts {
        tokens: 100,
        turns: 2,
        ..time
    };
    check_ruled(&rules, &none, "time@0.90>=0.6 | Unbound | frontier");
}

#[test]
fn a_rule_that_names_the_large_model_means_the_top_rung() {
    check_ruled(
        &[("{}", "frontier")],
        &asked(&[("time", 0.9)]),
        "Rule | Rule | frontier",
    );
}

#[test]
fn a_named_model_is_asked_and_no_other() {
    let named = Facts {
        routed: false,
        requested_model: "coder".to_owned(),
        ..asked(&[])
    };
    check_ruled(
        &[("{}", "medic")],
        &named,
        "RequestedModel | RequestedModel | coder",
    );
    let specialist = Facts {
        forced: Some(Rung::Specialist),
        ..named
    };
    check(&specialist, "Forced | coder>=0 | Forced");
}

#[test]
fn a_forced_rung_wins_over_rules_and_thresholds() {
    let rules = [("{}", "llm")];
    let force = |rung, facts: &Facts| Facts {
        forced: Some(rung),
        ..facts.clone()
    };
    let unsure = Facts {
        out_of_scope: 1.0,
        ..asked(&[("chat", 0.5), ("units", 0.3), ("medical", 0.1)])
    };
    check_ruled(
        &rules,
        &force(Rung::Answer, &unsure),
        "units+arithmetic+time@0.30>=0 | Forced | Forced",
    );
    check_ruled(
        &rules,
        &force(Rung::Specialist, &unsure),
        "Forced | coder>=0 | Forced",
    );
    check_ruled(
        &rules,
        &force(Rung::Llm, &unsure),
        "Forced | Forced | frontier",
    );
    let tools = Facts {
        tools: true,
        ..unsure
    };
    check_ruled(
        &rules,
        &force(Rung::Answer, &tools),
        "Tools | Forced | Forced",
    );
    check(
        &force(Rung::Specialist, &asked(&[("time", 1.0)])),
        "Forced | Unbound | Forced",
    );
}

#[test]
fn a_models_own_name_is_not_routed_though_a_wildcard_fits_it() {
    let policy = policy(&[]);
    assert!(policy.routes("auto"));
    assert!(policy.routes("whatever"));
    assert!(!policy.routes("coder"));
    assert!(!policy.routes("gpt"));
    assert_eq!(policy.intents().collect::<Vec<_>>(), INTENTS);
}
