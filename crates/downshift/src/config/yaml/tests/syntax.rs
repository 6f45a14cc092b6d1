//! Files that are no YAML, or none that means anything here.

use super::told;

#[test]
fn keys_that_are_no_plain_words_or_are_written_twice_are_told() {
    insta::assert_snapshot!(told("
models:
  a: { {api: openai}: x, model: m }
  b: { api: openai, model: m, api: openai }
  ? [1, 2]
  : 3
  b: {}
llm: a
<<: 4
"), @r#"
    router.yaml:3:3: models.a: missing field `api`
      |
    3 |   a: { {api: openai}: x, model: m }
      |   ^

    router.yaml:3:8: models.a: a key must be a plain word or a string in quotes
      |
    3 |   a: { {api: openai}: x, model: m }
      |        ^ a text that starts with `{` needs quotes

    router.yaml:4:31: models.b: the key `api` is written twice
      |
    4 |   b: { api: openai, model: m, api: openai }
      |                               ^^^ the first is on line 4

    router.yaml:5:5: models: a key must be a plain word or a string in quotes
      |
    5 |   ? [1, 2]
      |     ^

    router.yaml:7:3: models: the key `b` is written twice
      |
    7 |   b: {}
      |   ^ the first is on line 4

    router.yaml:9:5: `<<` takes a mapping, or a list of mappings
      |
    9 | <<: 4
      |     ^
    "#);
}

#[test]
fn syntax_errors_are_told_with_what_to_do() {
    insta::assert_snapshot!(told("models:\n\ta: 1\n"), @r#"
    router.yaml:2:2: tabs disallowed within this context (block indentation)
      |
    2 |  a: 1
      |  ^ indent with spaces, not with tabs
    "#);
    insta::assert_snapshot!(told("llm: \"m\nroute: []\n"), @r#"
    router.yaml:1:6: unclosed quote
      |
    1 | llm: "m
      |      ^
    "#);
    insta::assert_snapshot!(told("route: [auto, *-mini]\n"), @r#"
    router.yaml:1:15: this alias refers to no anchor
      |
    1 | route: [auto, *-mini]
      |               ^^^^^^ a value that starts with `*` or `&` needs quotes
    "#);
    insta::assert_snapshot!(told("route: [*]\n"), @r#"
    router.yaml:1:9: while scanning an anchor or alias, did not find expected alphabetic or numeric character
      |
    1 | route: [*]
      |         ^ a value that starts with `*` or `&` needs quotes
    "#);
    insta::assert_snapshot!(told("route: [auto\nllm: m\n"), @r#"
    router.yaml:2:4: illegal placement of ':' indicator
      |
    2 | llm: m
      |    ^ is a `]` or `}` missing above?
    "#);
    insta::assert_snapshot!(told("llm: a: b\n"), @r#"
    router.yaml:1:7: mapping values are not allowed in this context
      |
    1 | llm: a: b
      |       ^ is a `:` missing above, or the indentation off? a value that holds `: ` needs quotes
    "#);
    insta::assert_snapshot!(told("llm: @m\n"), @r#"
    router.yaml:1:6: unexpected character `@`
      |
    1 | llm: @m
      |      ^ a value that starts so needs quotes
    "#);
}

#[test]
fn lines_out_of_place_are_told_with_what_to_do() {
    insta::assert_snapshot!(told("llm: a\n  route: []\n"), @r#"
    router.yaml:2:8: mapping values are not allowed in this context
      |
    2 |   route: []
      |        ^ is a `:` missing above, or the indentation off? a value that holds `: ` needs quotes
    "#);
    insta::assert_snapshot!(told("llm a\nroute: []\n"), @r#"
    router.yaml:2:6: mapping values are not allowed in this context
      |
    2 | route: []
      |      ^ is a `:` missing above, or the indentation off? a value that holds `: ` needs quotes
    "#);
    insta::assert_snapshot!(told("models:\n    a: {}\n  b: {}\n"), @r#"
    router.yaml:3:3: while parsing a block mapping, did not find expected key
      |
    3 |   b: {}
      |   ^ keys of one mapping start in one column
    "#);
    insta::assert_snapshot!(told("models: { a: { model: ${MODEL} } }\n"), @r#"
    router.yaml:1:24: while parsing a flow mapping, did not find expected ',' or '}'
      |
    1 | models: { a: { model: ${MODEL} } }
      |                        ^ between brackets, a value that holds any of `{}[],` needs quotes
    "#);
    insta::assert_snapshot!(told("llm: !secret m\nmodels: !!map {}\n"), @r#"
    router.yaml:1:6: the tag `!secret` means nothing here
      |
    1 | llm: !secret m
      |      ^
    "#);
}

#[test]
fn files_that_are_no_mapping_are_told() {
    insta::assert_snapshot!(told(""), @"router.yaml:1:1: the file is empty");
    insta::assert_snapshot!(told("\u{feff}# only a remark\r\n"), @r#"
    router.yaml:1:1: the file is empty
      |
    1 | # only a remark
      | ^
    "#);
    insta::assert_snapshot!(told("---\n"), @r#"
    router.yaml:1:1: the file is empty
      |
    1 | ---
      | ^^^
    "#);
    insta::assert_snapshot!(told("- a\n- b\n"), @r#"
    router.yaml:1:1: expected a mapping, found a list
      |
    1 | - a
      | ^
    "#);
    insta::assert_snapshot!(told("hello\n"), @r#"
    router.yaml:1:1: expected a mapping, found the string `hello`
      |
    1 | hello
      | ^^^^^
    "#);
    insta::assert_snapshot!(told("llm: m\nmodels: {}\n---\nllm: n\n"), @r#"
    router.yaml:3:1: a second document starts here, and only one is read
      |
    3 | ---
      | ^^^ leave out the line `---`
    "#);
}

#[test]
fn places_are_counted_in_characters_after_a_mark_and_with_any_line_end() {
    insta::assert_snapshot!(told("\u{feff}llm: m\r\nmodels: {\"é→\": 5}\r\n"), @r#"
    router.yaml:2:16: models.é→: expected a mapping, found the number 5
      |
    2 | models: {"é→": 5}
      |                ^
    "#);
    insta::assert_snapshot!(told(&format!("llm: m\nmodels: {{{} x: 5}}\n", " ".repeat(300))), @r#"
    router.yaml:2:314: models.x: expected a mapping, found the number 5
      |
    2 | …                                 x: 5}
      |                                      ^
    "#);
}
