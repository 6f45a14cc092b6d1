use std::collections::BTreeMap;
use std::sync::Arc;

use super::Policy;
use crate::condition::WhenConfig;
use crate::{
    AnswerConfig, Catalogue, CloseConfig, IntentConfig, ModelFacts, PolicyConfig, RuleConfig,
};

fn config() -> PolicyConfig {
    let answer = |answer| IntentConfig {
        answer: Some(answer),
        ..IntentConfig::default()
    };
    let lookup = vec!["capitals.csv".to_owned()];
    PolicyConfig {
        llm: "frontier".to_owned(),
        route: vec!["auto".to_owned(), "gpt-*".to_owned()],
        intents: BTreeMap::from([
            (
                "time".to_owned(),
                answer(AnswerConfig::Name("time".to_owned())),
            ),
            (
                "lookup.capital".to_owned(),
                answer(AnswerConfig::Lookup {
                    lookup,
                    close: CloseConfig::Off,
                }),
            ),
            ("code".to_owned(), specialist("coder")),
        ]),
        rules: vec![rule(r#"{ "tools": true }"#, "llm")],
    }
}

fn specialist(model: &str) -> IntentConfig {
    IntentConfig {
        specialist: Some(model.to_owned()),
        ..IntentConfig::default()
    }
}

fn rule(when: &str, target: &str) -> RuleConfig {
    let when: WhenConfig = serde_json::from_str(when).unwrap();
    RuleConfig {
        when,
        use_: Some(target.to_owned()),
        as_: None,
    }
}

/// Compiles a policy that was changed, and gives its problems, one a line.
#[track_caller]
fn check(change: impl FnOnce(&mut PolicyConfig), expected: &[&str]) {
    let mut config = config();
    change(&mut config);
    let intents = ["code", "lookup.capital", "time"].map(Arc::<str>::from);
    let models = ["coder", "frontier", "medic"].map(ModelFacts::text);
    let answerers = ["time", "arithmetic", "lookup"];
    let catalogue = Catalogue {
        intents: &intents,
        answerers: &answerers,
        models: &models,
    };
    let problems = Policy::compile(&config, &catalogue)
        .map(drop)
        .err()
        .unwrap_or_default();
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn a_policy_of_known_names_compiles() {
    check(|_| (), &[]);
}

#[test]
fn unknown_names_are_told_all_at_once_with_what_was_meant() {
    check(
        |config| {
            config.llm = "frontir".to_owned();
            let time = config.intents.get_mut("time").unwrap();
            time.answer = Some(AnswerConfig::Name("tiem".to_owned()));
            config
                .intents
                .insert("codee".to_owned(), specialist("codre"));
            config.rules.push(rule(
                r#"{ "intent": ["code", "lokup.*", "tme"], "model": "gtp-4" }"#,
                "coderr",
            ));
        },
        &[
            "llm: unknown model `frontir`, expected one of `coder`, `frontier`, `medic` (did you mean `frontier`?)",
            "intents.codee: unknown intent `codee`, expected one of `code`, `lookup.capital`, `time` (did you mean `code`?)",
            "intents.codee.specialist: unknown model `codre`, expected one of `coder`, `frontier`, `medic` (did you mean `coder`?)",
            "intents.time.answer: unknown answerer `tiem`, expected one of `time`, `arithmetic`, `lookup` (did you mean `time`?)",
            "rules[1].when.model: `gtp-4` is not routed, so no rule ever sees it (`route` holds `auto`, `gpt-*`)",
            "rules[1].when.intent[1]: unknown intent `lokup.*`, expected one of `code`, `codee`, `lookup.capital`, `time`",
            "rules[1].when.intent[2]: unknown intent `tme`, expected one of `code`, `codee`, `lookup.capital`, `time` (did you mean `time`?)",
            "rules[1].use: unknown model `coderr`, expected one of `llm`, `coder`, `frontier`, `medic` (did you mean `coder`?)",
        ],
    );
}

#[test]
fn examples_make_an_intent_known() {
    check(
        |config| {
            let examples = vec!["I want my money back".to_owned()];
            let refund = IntentConfig {
                examples,
                ..IntentConfig::default()
            };
            config.intents.insert("refund".to_owned(), refund);
            config
                .rules
                .push(rule(r#"{ "intent": "refund" }"#, "coder"));
        },
        &[],
    );
}

#[test]
fn bindings_that_mean_nothing_are_told() {
    check(
        |config| {
            let code = config.intents.get_mut("code").unwrap();
            code.specialist = Some("frontier".to_owned());
            code.confidence = Some(80.0);
            code.escalate_below = Some(f32::NAN);
            code.counter_examples = vec!["what is the dress code".to_owned()];
            let time = config.intents.get_mut("time").unwrap();
            time.answer = Some(AnswerConfig::Name("lookup".to_owned()));
            time.escalate_below = Some(0.5);
            time.examples = vec![" ".to_owned()];
            config
                .intents
                .insert("lookup.capital".to_owned(), IntentConfig::default());
        },
        &[
            "intents.code.specialist: `frontier` is the top rung already (leave `specialist` out)",
            "intents.code.confidence: 80 is no probability; expected a number from 0 to 1 (did you mean 0.8?)",
            "intents.code.escalate_below: NaN is no probability; expected a number from 0 to 1",
            "intents.code.counter_examples: these are told from the `examples` of this intent, and there are none",
            "intents.lookup.capital: nothing takes this intent; give it `answer`, `specialist` or `examples`",
            "intents.time.answer: a lookup needs its table (write `answer: { lookup: FILE }`)",
            "intents.time.escalate_below: this judges a specialist's reply, and there is no `specialist`",
            "intents.time.examples[0]: an example is empty",
        ],
    );
}

#[test]
fn names_with_two_meanings_are_told() {
    check(
        |config| config.route.extend(["coder".to_owned(), String::new()]),
        &[
            "route[2]: `coder` is a model's own name, which goes straight to that model (leave it out here, or give the model another name)",
            "route[3]: a model name is missing",
        ],
    );
}

#[test]
fn rules_that_never_hold_are_told() {
    check(
        |config| {
            config.rules.push(rule("{}", "coder"));
            config.rules.push(rule(r#"{ "intent": [] }"#, "llm"));
        },
        &[
            "rules[2]: this rule is never reached: rules[1] holds for every request",
            "rules[2].when.intent: an empty list never holds; name at least one",
        ],
    );
}

#[test]
fn a_model_called_llm_is_told_unless_it_is_the_llm() {
    let models = ["llm", "other"].map(ModelFacts::text);
    let catalogue = Catalogue {
        intents: &[],
        answerers: &[],
        models: &models,
    };
    let mut config = PolicyConfig {
        intents: BTreeMap::new(),
        rules: Vec::new(),
        ..config()
    };
    config.llm = "llm".to_owned();
    assert!(Policy::compile(&config, &catalogue).is_ok());
    config.llm = "other".to_owned();
    let problems = Policy::compile(&config, &catalogue).unwrap_err();
    assert_eq!(
        problems
            .iter()
            .map(|problem| &*problem.path)
            .collect::<Vec<_>>(),
        ["models.llm"]
    );
}

#[test]
fn a_fetch_needs_more_than_its_name() {
    check(
        |config| {
            let time = config.intents.get_mut("time").unwrap();
            time.answer = Some(AnswerConfig::Name("get".to_owned()));
        },
        &[
            "intents.time.answer: a fetch needs to know what to ask (write `answer: { get: { ask: …, url: …, say: … } }`)",
        ],
    );
    let written = r#"{ "get": { "ask": "order {id:.}", "url": "http://h/{id}", "say": "{x}" } }"#;
    let answer: AnswerConfig = serde_json::from_str(written).unwrap();
    assert!(matches!(&answer, AnswerConfig::Get(get) if get.ask == ["order {id:.}"]));
    check(
        |config| {
            config.intents.get_mut("time").unwrap().answer = Some(answer);
        },
        &[],
    );
}
