mod attacks;
mod syntax;
mod values;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Written, parse, render};

/// A policy in small, with one field of each kind.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    listen: Option<std::net::SocketAddr>,
    models: BTreeMap<String, Model>,
    llm: String,
    #[serde(default)]
    route: Vec<String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_field_names,
    reason = "that is what it is called in the file"
)]
pub(super) struct Model {
    api: Api,
    model: String,
    key: Option<Written>,
    active_parameters: Option<f64>,
    context: Option<u64>,
    #[serde(default)]
    include_usage: bool,
    answer: Option<downshift_policy::AnswerConfig>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Api {
    OpenAi,
    Anthropic,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    when: downshift_policy::WhenConfig,
    #[serde(rename = "use")]
    target: String,
}

fn variable(name: &str) -> Option<String> {
    match name {
        "MODEL" => Some("gpt-5.4".to_owned()),
        "SEVEN" => Some("7".to_owned()),
        _ => None,
    }
}

pub(super) fn read(text: &str) -> Result<Policy, String> {
    let read = parse(text, &variable).and_then(|document| document.read());
    read.map_err(|problems| render("router.yaml", text, &problems))
}

/// What an operator is told of a file.
pub(super) fn told(text: &str) -> String {
    read(text).map_or_else(|told| told, |policy| format!("{policy:#?}"))
}

#[test]
fn a_slip_on_each_level_is_told_in_one_run() {
    insta::assert_snapshot!(told("
modles: {}
models:
  frontier: { api: opneai, modle: gpt-5.4 }
  coder:
    api: openai
    model: 7
    contxt: 32768
    include_usage: yes
llm: [frontier]
"), @r#"
    router.yaml:2:1: modles: unknown field `modles`, expected one of `listen`, `models`, `llm`, `route`, `rules`
      |
    2 | modles: {}
      | ^^^^^^ did you mean `models`?

    router.yaml:4:20: models.frontier.api: expected one of `openai`, `anthropic`, found the string `opneai`
      |
    4 |   frontier: { api: opneai, modle: gpt-5.4 }
      |                    ^^^^^^ did you mean `openai`?

    router.yaml:4:28: models.frontier.modle: unknown field `modle`, expected one of `api`, `model`, `key`, `active_parameters`, `context`, `include_usage`, `answer`
      |
    4 |   frontier: { api: opneai, modle: gpt-5.4 }
      |                            ^^^^^ did you mean `model`?

    router.yaml:7:12: models.coder.model: expected a string, found the number 7
      |
    7 |     model: 7
      |            ^ put it in quotes: "7"

    router.yaml:8:5: models.coder.contxt: unknown field `contxt`, expected one of `api`, `model`, `key`, `active_parameters`, `context`, `include_usage`, `answer`
      |
    8 |     contxt: 32768
      |     ^^^^^^ did you mean `context`?

    router.yaml:9:20: models.coder.include_usage: expected `true` or `false`, found the string `yes`
      |
    9 |     include_usage: yes
      |                    ^^^ write `true`

    router.yaml:10:6: llm: expected a string, found a list
       |
    10 | llm: [frontier]
       |      ^
    "#);
}

#[test]
fn slips_in_lists_are_told_with_the_rest() {
    insta::assert_snapshot!(told("
models: {}
llm: m
route: auto
rules:
  - { when: { tols: true, tokens: \"<2k\" }, use: llm }
  - when:
      tokens: -1
    us: llm
"), @r#"
    router.yaml:4:8: route: expected a list, found the string `auto`
      |
    4 | route: auto
      |        ^^^^

    router.yaml:6:15: rules[0].when.tols: unknown field `tols`, expected one of `tools`, `images`, `options`, `structured`, `stream`, `tokens`, `turns`, `model`, `intent`, `language`
      |
    6 |   - { when: { tols: true, tokens: "<2k" }, use: llm }
      |               ^^^^ did you mean `tools`?

    router.yaml:6:35: rules[0].when.tokens: `<2k`: not a whole number; expected a bound such as "<2000", ">=100" or "100..2000" (from 100, below 2000)
      |
    6 |   - { when: { tols: true, tokens: "<2k" }, use: llm }
      |                                   ^^^^^

    router.yaml:8:15: rules[1].when.tokens: expected a bound such as "<2000", ">=100" or "100..2000" (from 100, below 2000), found the number -1
      |
    8 |       tokens: -1
      |               ^^

    router.yaml:9:5: rules[1].us: unknown field `us`, expected one of `when`, `use`
      |
    9 |     us: llm
      |     ^^ did you mean `use`?
    "#);
}

#[test]
fn what_is_missing_is_told_under_the_name_of_what_lacks_it() {
    insta::assert_snapshot!(told("
models:
  frontier:
    api: openai
  coder: {}
rules:
  - use: llm
"), @r#"
    router.yaml: missing field `llm`

    router.yaml:3:3: models.frontier: missing field `model`
      |
    3 |   frontier:
      |   ^^^^^^^^

    router.yaml:5:3: models.coder: missing field `api`
      |
    5 |   coder: {}
      |   ^^^^^

    router.yaml:5:3: models.coder: missing field `model`
      |
    5 |   coder: {}
      |   ^^^^^

    router.yaml:7:5: rules[0]: missing field `when`
      |
    7 |   - use: llm
      |     ^^^
    "#);
}

#[test]
fn a_missing_field_that_follows_from_a_slip_is_not_told() {
    insta::assert_snapshot!(told("
models:
  frontier: { api: openai, modle: gpt-5.4 }
lm: frontier
"), @r#"
    router.yaml:3:28: models.frontier.modle: unknown field `modle`, expected one of `api`, `model`, `key`, `active_parameters`, `context`, `include_usage`, `answer`
      |
    3 |   frontier: { api: openai, modle: gpt-5.4 }
      |                            ^^^^^ did you mean `model`?

    router.yaml:4:1: lm: unknown field `lm`, expected one of `listen`, `models`, `llm`, `route`, `rules`
      |
    4 | lm: frontier
      | ^^ did you mean `llm`?
    "#);
}

#[test]
fn a_missing_field_that_does_not_follow_from_a_slip_is_told() {
    insta::assert_snapshot!(told("
models:
  frontier: { api: openai, temperature: 1 }
llm: frontier
"), @r#"
    router.yaml:3:3: models.frontier: missing field `model`
      |
    3 |   frontier: { api: openai, temperature: 1 }
      |   ^^^^^^^^

    router.yaml:3:28: models.frontier.temperature: unknown field `temperature`, expected one of `api`, `model`, `key`, `active_parameters`, `context`, `include_usage`, `answer`
      |
    3 |   frontier: { api: openai, temperature: 1 }
      |                            ^^^^^^^^^^^
    "#);
}

#[test]
fn values_of_another_type_are_told_in_an_operators_words() {
    insta::assert_snapshot!(told("
listen: here
models:
  a: { api: openai, model: true, context: -1 }
  b: { api: openai, model: m, context: \"8_000\", include_usage: 1 }
  c: { api: openai, model: m, context: 1.5, active_parameters: 7b }
  d: { api: [openai], model: {m: 1} }
llm:
"), @r#"
    router.yaml:2:9: listen: invalid socket address syntax
      |
    2 | listen: here
      |         ^^^^

    router.yaml:4:28: models.a.model: expected a string, found `true`
      |
    4 |   a: { api: openai, model: true, context: -1 }
      |                            ^^^^ put it in quotes: "true"

    router.yaml:4:43: models.a.context: expected a whole number that is not negative, found the number -1
      |
    4 |   a: { api: openai, model: true, context: -1 }
      |                                           ^^

    router.yaml:5:40: models.b.context: expected a whole number that is not negative, found the string `8_000`
      |
    5 |   b: { api: openai, model: m, context: "8_000", include_usage: 1 }
      |                                        ^^^^^^^ write `8000`, without quotes

    router.yaml:5:64: models.b.include_usage: expected `true` or `false`, found the number 1
      |
    5 |   b: { api: openai, model: m, context: "8_000", include_usage: 1 }
      |                                                                ^

    router.yaml:6:40: models.c.context: expected a whole number that is not negative, found the number 1.5
      |
    6 |   c: { api: openai, model: m, context: 1.5, active_parameters: 7b }
      |                                        ^^^

    router.yaml:6:64: models.c.active_parameters: expected a number, found the string `7b`
      |
    6 |   c: { api: openai, model: m, context: 1.5, active_parameters: 7b }
      |                                                                ^^

    router.yaml:7:13: models.d.api: expected one of `openai`, `anthropic`, found a list
      |
    7 |   d: { api: [openai], model: {m: 1} }
      |             ^

    router.yaml:7:30: models.d.model: expected a string, found a mapping
      |
    7 |   d: { api: [openai], model: {m: 1} }
      |                              ^

    router.yaml:8:1: llm: expected a string, found nothing
      |
    8 | llm:
      | ^^^
    "#);
}

#[test]
fn values_of_another_shape_are_told_in_an_operators_words() {
    insta::assert_snapshot!(told("
models:
  e: just a text
  f: [1, 2]
  g: { api: openai, model: m, answer: { lookp: x } }
  h: { api: openai, model: m, answer: 3 }
  i: { api: 5, model: ~ }
  j: { api: openai, model: m, answer: { lookup: x, more: y } }
llm: m
"), @r#"
    router.yaml:3:6: models.e: expected a mapping, found the string `just a text`
      |
    3 |   e: just a text
      |      ^^^^

    router.yaml:4:6: models.f: expected a mapping, found a list
      |
    4 |   f: [1, 2]
      |      ^

    router.yaml:5:41: models.g.answer.lookp: unknown field `lookp`, expected one of `lookup`, `close`, `currency`, `max_age`, `get`
      |
    5 |   g: { api: openai, model: m, answer: { lookp: x } }
      |                                         ^^^^^ did you mean `lookup`?

    router.yaml:6:39: models.h.answer: expected the name of an answerer, `{ lookup: FILE }`, `{ currency: FILE }` or `{ get: … }`, found the number 3
      |
    6 |   h: { api: openai, model: m, answer: 3 }
      |                                       ^

    router.yaml:7:13: models.i.api: expected one of `openai`, `anthropic`, found the number 5
      |
    7 |   i: { api: 5, model: ~ }
      |             ^

    router.yaml:7:23: models.i.model: expected a string, found nothing
      |
    7 |   i: { api: 5, model: ~ }
      |                       ^

    router.yaml:8:52: models.j.answer.more: unknown field `more`, expected one of `lookup`, `close`, `currency`, `max_age`, `get`
      |
    8 |   j: { api: openai, model: m, answer: { lookup: x, more: y } }
      |                                                    ^^^^
    "#);
}

#[test]
fn one_element_of_a_list_is_told_by_its_number() {
    insta::assert_snapshot!(told("
models: {}
llm: m
route: [auto, 5, \"gpt-*\", {a: b}]
rules:
  - use: m
  - llm
"), @r#"
    router.yaml:4:15: route[1]: expected a string, found the number 5
      |
    4 | route: [auto, 5, "gpt-*", {a: b}]
      |               ^ put it in quotes: "5"

    router.yaml:4:27: route[3]: expected a string, found a mapping
      |
    4 | route: [auto, 5, "gpt-*", {a: b}]
      |                           ^

    router.yaml:6:5: rules[0]: missing field `when`
      |
    6 |   - use: m
      |     ^^^

    router.yaml:7:5: rules[1]: expected a mapping, found the string `llm`
      |
    7 |   - llm
      |     ^^^
    "#);
}

#[test]
fn references_that_stand_for_nothing_are_told() {
    insta::assert_snapshot!(told("
models:
  a: { api: openai, model: \"${UNSET}\", key: \"${UNSET}\" }
  b: { api: openai, model: \"x-${MODEL\" }
  c: { api: openai, model: \"${A-b}\" }
llm: $${MODEL}
"), @r#"
    router.yaml:3:28: models.a.model: the environment variable `UNSET` is not set
      |
    3 |   a: { api: openai, model: "${UNSET}", key: "${UNSET}" }
      |                            ^^^^^^^^^^ set it, or give a default: `${UNSET:-default}`

    router.yaml:4:28: models.b.model: a `${` is never closed by `}`
      |
    4 |   b: { api: openai, model: "x-${MODEL" }
      |                            ^^^^^^^^^^^ write `${NAME}` or `${NAME:-default}`, or `$${` for the characters themselves

    router.yaml:5:28: models.c.model: between `${` and `}` stands no variable's name
      |
    5 |   c: { api: openai, model: "${A-b}" }
      |                            ^^^^^^^^ write `${NAME}` or `${NAME:-default}`, or `$${` for the characters themselves
    "#);
}
