//! A conversation that is with a model stays on it.

use super::{Facts, Rung, asked, check, check_ruled, policy};

fn with(model: &str, facts: &Facts) -> Facts {
    Facts {
        stays_on: Some(model.into()),
        ..facts.clone()
    }
}

#[test]
fn a_conversation_stays_on_its_model_whatever_is_asked() {
    for intents in [&[("chat", 0.9)][..], &[("medical", 0.9)], &[]] {
        check(
            &with("coder", &asked(intents)),
            "Sticky | coder>=0 | frontier",
        );
        check(
            &with("frontier", &asked(intents)),
            "Sticky | Sticky | frontier",
        );
    }
    let step = policy(&[]).decide(&with("coder", &asked(&[]))).specialist;
    assert_eq!(step.and_then(|step| step.escalate_below), Some(0.55));
}

#[test]
fn what_can_be_computed_is() {
    check(
        &with("coder", &asked(&[("time", 0.9)])),
        "time@0.90>=0.6 | coder>=0 | frontier",
    );
}

#[test]
fn it_goes_up_where_it_must() {
    let pictured = Facts {
        images: true,
        ..asked(&[("code", 0.9)])
    };
    check(&with("coder", &pictured), "Sticky | Modality | frontier");
    let long = Facts {
        tokens: 9_000,
        ..asked(&[("code", 0.9)])
    };
    check(&with("coder", &long), "Sticky | TooLong | frontier");
}

#[test]
fn rules_names_and_force_go_before_and_a_model_that_is_gone_binds_nothing() {
    let code = asked(&[("code", 0.9)]);
    check_ruled(
        &[("{}", "medic")],
        &with("coder", &code),
        "Rule | medic>=0 | frontier",
    );
    let named = Facts {
        routed: false,
        requested_model: "medic".to_owned(),
        ..code.clone()
    };
    check(
        &with("coder", &named),
        "RequestedModel | RequestedModel | medic",
    );
    let forced = Facts {
        forced: Some(Rung::Llm),
        ..code.clone()
    };
    check(&with("coder", &forced), "Forced | Forced | frontier");
    check(&with("gone", &code), "Unbound | coder>=0.8 | frontier");
}

#[test]
fn a_result_of_an_unknown_call_goes_to_the_top() {
    let result = Facts {
        tool_result: true,
        ..asked(&[("code", 0.9)])
    };
    check(&result, "Tools | ToolResult | frontier");
    check(&with("coder", &result), "Sticky | coder>=0 | frontier");
}
