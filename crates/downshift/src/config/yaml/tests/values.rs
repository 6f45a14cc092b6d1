//! What a file that is right gives, and where its values stand.

use super::{Api, Policy, read, variable};
use crate::config::yaml::{Document, pairs, parse};

#[track_caller]
fn check(text: &str, expected: impl FnOnce(&Policy) -> bool) {
    match read(text) {
        Ok(policy) => assert!(expected(&policy), "{policy:#?}"),
        Err(told) => panic!("{told}"),
    }
}

fn document(text: &str) -> Document {
    parse(text, &variable).expect("it parses")
}

/// One model, with these fields beside `api`.
fn model(fields: &str) -> String {
    format!("models: {{ a: {{ api: openai, {fields} }} }}\nllm: a\n")
}

#[test]
fn numbers_may_be_written_as_people_do() {
    check(&model("model: m, context: 128e3"), |policy| {
        policy.models["a"].context == Some(128_000)
    });
    check(&model("model: m, context: 0x10"), |policy| {
        policy.models["a"].context == Some(16)
    });
    check(&model("model: m, active_parameters: 7.6e9"), |policy| {
        policy.models["a"].active_parameters == Some(7.6e9)
    });
    check(&model("model: m, active_parameters: 7"), |policy| {
        policy.models["a"].active_parameters == Some(7.0)
    });
}

#[test]
fn quotes_and_tags_make_strings() {
    check(&model("model: \"7\""), |policy| {
        policy.models["a"].model == "7"
    });
    check(&model("model: '~'"), |policy| {
        policy.models["a"].model == "~"
    });
    check(&model("model: !!str 7"), |policy| {
        policy.models["a"].model == "7"
    });
    check(&model("model: ! true"), |policy| {
        policy.models["a"].model == "true"
    });
    check("models: {}\nllm: |\n  two\n  lines\n", |policy| {
        policy.llm == "two\nlines\n"
    });
}

#[test]
fn nothing_written_is_an_empty_list_or_mapping_and_no_option() {
    check("models:\nllm: m\nroute:\nrules: # none yet\n", |policy| {
        policy.models.is_empty() && policy.route.is_empty() && policy.rules.is_empty()
    });
    check(&model("model: m, key: , context: ~"), |policy| {
        policy.models["a"].key.is_none() && policy.models["a"].context.is_none()
    });
}

#[test]
fn variables_are_put_in_wherever_they_stand() {
    check(&model("model: \"${MODEL}\""), |policy| {
        policy.models["a"].model == "gpt-5.4"
    });
    check(&model("model: \"${UNSET:-x}-${MODEL}\""), |policy| {
        policy.models["a"].model == "x-gpt-5.4"
    });
    check(&model("model: \"$${MODEL}\""), |policy| {
        policy.models["a"].model == "${MODEL}"
    });
}

#[test]
fn what_a_variable_holds_is_of_the_type_that_is_wanted() {
    let text =
        "models:\n  a:\n    api: openai\n    model: ${SEVEN}\n    context: ${SEVEN}\nllm: a\n";
    check(text, |policy| {
        policy.models["a"].model == "7" && policy.models["a"].context == Some(7)
    });
}

#[test]
fn a_secret_stays_a_reference() {
    check(&model("model: m, key: \"${UNSET}\""), |policy| {
        policy.models["a"]
            .key
            .as_ref()
            .is_some_and(|key| key.0 == "${UNSET}")
    });
    check(&model("model: m, key: 12345"), |policy| {
        policy.models["a"]
            .key
            .as_ref()
            .is_some_and(|key| key.0 == "12345")
    });
    check(&model("model: m, key: sk-plain"), |policy| {
        policy.models["a"]
            .key
            .as_ref()
            .is_some_and(|key| key.0 == "sk-plain")
    });
}

#[test]
fn neither_debug_nor_a_message_shows_what_a_variable_holds() {
    let text = model("model: m, context: \"${MODEL}\"");
    assert!(!format!("{:?}", document(&text)).contains("gpt"));
    let told = read(&text).unwrap_err();
    assert!(
        told.contains("found the string `${MODEL}`") && !told.contains("gpt"),
        "{told}"
    );
}

#[test]
fn a_key_that_is_written_out_is_not_shown_with_another_mistake() {
    for key in [
        "key: sk-1234",
        "\"key\": \"sk-1234\"",
        "key: '1234', key: 1234",
        "api_key: 1234",
    ] {
        let told = read(&format!(
            "llm: m\nmodels: {{ a: {{ api: x, {key}, model: m }} }}"
        ))
        .unwrap_err();
        assert!(!told.contains("1234") && told.contains("api: x"), "{told}");
    }
}

#[test]
fn anchors_aliases_and_merge_keys_save_writing() {
    let text = "
models:
  a: &a { api: openai, model: one, context: 5 }
  b: { <<: *a, model: two }
  c: *a
  d: { <<: [{ api: anthropic }, *a], context: 6 }
llm: a
";
    check(text, |policy| {
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| &policy.models[name]);
        a == c
            && (b.model.as_str(), b.context) == ("two", Some(5))
            && (&d.api, d.model.as_str(), d.context) == (&Api::Anthropic, "one", Some(6))
    });
}

#[test]
fn a_mistake_that_an_alias_repeats_is_told_once() {
    let told = read("models:\n  a: &a { api: openai, model: 5 }\n  b: *a\nllm: a\n").unwrap_err();
    assert_eq!(told.matches("expected a string").count(), 1, "{told}");
}

#[track_caller]
fn check_location(path: &str, expected: Option<(usize, usize)>) {
    let text = "llm: m
models:
  a.b:
    key: x
    none:
  a: { b: { key: y } }
rules:
  - when: { tokens: 5 }
  - [1, [2, 3]]
";
    assert_eq!(document(text).location(path), expected, "{path}");
}

#[test]
fn a_path_finds_its_place_or_the_nearest() {
    check_location("llm", Some((1, 6)));
    check_location("models", Some((2, 1)));
    check_location("models.a", Some((6, 3)));
    check_location("models.a.b.key", Some((4, 10)));
    check_location("models.a.b.none", Some((5, 5)));
    check_location("models.a.b.specialist", Some((3, 3)));
    check_location("models.a.b.key.more", Some((4, 10)));
    check_location("models.ab", Some((2, 1)));
    check_location("rules[0].when.tokens", Some((8, 21)));
    check_location("rules[0].when.tokens[1]", Some((8, 21)));
    check_location("rules[0].use", Some((8, 5)));
    check_location("rules[1][1][0]", Some((9, 10)));
    check_location("rules[7]", Some((7, 1)));
    check_location("rules[x", Some((7, 1)));
    check_location("timezone", None);
    check_location("", None);
}

#[test]
fn pairs_keep_their_order_and_their_text() {
    let text = "zebra: 5\n\"What is ${it}?\": 'It is ${that}.'\napple: ~\n";
    let expected = [
        ("zebra", "5"),
        ("What is ${it}?", "It is ${that}."),
        ("apple", "~"),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(pairs(text).unwrap(), expected);
}

#[test]
fn tables_that_are_no_pairs_are_told() {
    let told = |text: &str| pairs(text).unwrap_err().to_string();
    assert_eq!(told("- a"), "1:1: expected a mapping, found a list");
    assert_eq!(
        told("a: b\nc: [d]"),
        "2:4: c: expected a string, found a list"
    );
    assert_eq!(
        told("a: b\na: c"),
        "2:1: the key `a` is written twice (the first is on line 1)"
    );
    assert_eq!(told(""), "1:1: the file is empty");
}
