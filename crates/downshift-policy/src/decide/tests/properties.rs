use proptest::prelude::*;

use super::{INTENTS, policy};
use crate::plan::Why::*;
use crate::{Candidate, Facts, Rung};

fn any_facts() -> impl Strategy<Value = Facts> {
    let name = prop_oneof![
        8 => proptest::sample::select(INTENTS.to_vec()).prop_map(str::to_owned),
        1 => ".{0,4}"
    ];
    let probability = prop_oneof![8 => 0.0..=1.0_f32, 1 => any::<f32>(), 1 => Just(f32::NAN)];
    let intents = proptest::collection::vec((name, probability.clone()), 0..8);
    let rungs = vec![
        None,
        None,
        Some(Rung::Answer),
        Some(Rung::Specialist),
        Some(Rung::Llm),
    ];
    let models = vec!["auto", "coder", "frontier", "medic", "unheard of", ""];
    let counts = (
        prop_oneof![0..20_000_u64, any::<u64>()],
        prop_oneof![0..9_000_u64, any::<u64>()],
        0..4_u32,
    );
    let named = (
        proptest::sample::select(rungs),
        proptest::sample::select(models),
        any::<bool>(),
    );
    // Mostly unset flags, so that the plain requests are not drowned.
    let flags = proptest::collection::vec(proptest::bool::weighted(0.1), 15);
    (intents, probability, counts, named, flags).prop_map(
        |(intents, out_of_scope, (tokens, reply_tokens, turns), (forced, model, routed), flags)| {
            Facts {
                intents: intents
                    .into_iter()
                    .map(|(name, p)| (name.into(), p))
                    .collect(),
                out_of_scope,
                language: if flags[14] { "de" } else { "en" },
                unreadable: flags[14],
                classifier_failed: flags[0],
                nothing_asked: flags[1],
                tokens,
                reply_tokens,
                tools: flags[2],
                tool_result: flags[3],
                images: flags[4],
                audio: flags[5],
                files: flags[6],
                structured: flags[7],
                several_choices: flags[8],
                options: flags[0] && flags[8],
                logprobs: flags[9],
                unfinished_turn: flags[10],
                neutral_system_prompt: !flags[11],
                stream: flags[12],
                bound_by_earlier_turns: flags[13],
                turns,
                requested_model: model.to_owned(),
                stays_on: None,
                forced,
                routed,
            }
        },
    )
}

const RULES: [(&str, &str); 4] = [
    (r#"{ "tools": true }"#, "llm"),
    (r#"{ "tokens": "<100", "stream": true }"#, "coder"),
    (r#"{ "intent": "medical" }"#, "medic"),
    (r#"{ "structured": true, "turns": ">1" }"#, "coder"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn each_rung_has_its_step_or_its_reason(facts in any_facts()) {
        let plan = policy(&RULES).decide(&facts);
        let may = [plan.answer.is_some(), plan.specialist.is_some(), plan.llm.is_some()];
        for (rung, may) in [Rung::Answer, Rung::Specialist, Rung::Llm].into_iter().zip(may) {
            let reasons = plan.skipped.iter().filter(|skip| skip.rung == rung).count();
            prop_assert_eq!(reasons, usize::from(!may), "{:?}", rung);
        }
        prop_assert!(plan.skipped.is_sorted_by_key(|skip| skip.rung));
        prop_assert!(plan.llm.is_some() || facts.forced.is_some());
    }

    #[test]
    fn an_answer_is_never_computed_for_a_form_it_cannot_honour(facts in any_facts()) {
        let plan = policy(&[]).decide(&facts);
        let obstacles = facts.tools || facts.tool_result || facts.images || facts.audio
            || facts.files || facts.structured || facts.several_choices || facts.logprobs
            || facts.unfinished_turn || !facts.neutral_system_prompt || facts.nothing_asked || facts.bound_by_earlier_turns;
        prop_assert!(!(obstacles && plan.answer.is_some()));
    }

    #[test]
    fn a_forced_rung_is_the_only_one(facts in any_facts()) {
        let plan = policy(&RULES).decide(&facts);
        if let Some(rung) = facts.forced {
            for other in [Rung::Answer, Rung::Specialist, Rung::Llm] {
                if other == rung {
                    prop_assert_ne!(plan.why_not(rung), Some(Forced));
                    prop_assert_ne!(plan.why_not(rung), Some(Rule));
                    prop_assert_ne!(plan.why_not(rung), Some(LowConfidence));
                } else {
                    prop_assert_eq!(plan.why_not(other), Some(Forced));
                }
            }
        }
    }

    #[test]
    fn the_rules_after_the_first_that_holds_change_nothing(facts in any_facts()) {
        let whole = policy(&RULES).decide(&facts);
        let held = RULES.iter().position(|rule| {
            let alone = policy(&[*rule]).decide(&facts);
            alone.why_not(Rung::Answer) == Some(Rule)
        });
        let expected = match held {
            Some(first) => policy(&[RULES[first]]).decide(&facts),
            None => policy(&[]).decide(&facts),
        };
        prop_assert_eq!(whole, expected);
    }

    #[test]
    fn an_answer_step_stands_on_its_key(facts in any_facts()) {
        let plan = policy(&[]).decide(&facts);
        if let Some(step) = plan.answer {
            prop_assert!(!step.candidates.is_empty());
            prop_assert!(step.confidence >= step.threshold);
            let by_probability = |one: &Candidate, other: &Candidate| one.probability >= other.probability;
            prop_assert!(step.candidates.is_sorted_by(by_probability));
        }
    }
}
