//! Files that are made to hurt.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{read, told};

/// What a file is told within a time that no honest file needs.
#[track_caller]
fn check(text: &str, expected: &str) {
    let started = Instant::now();
    let told = told(text);
    assert!(
        told.contains(expected),
        "{}",
        told.chars().take(2_000).collect::<String>()
    );
    // Unoptimised and on a busy machine; the point is that it is not minutes.
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn deep_nesting_is_refused() {
    check(&"[".repeat(100_000), "nested too deeply");
    check(&"{a: ".repeat(100_000), "nested too deeply");
    check(&"- ".repeat(100_000), "nested too deeply");
    let blocks = (0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth)));
    check(&blocks.collect::<String>(), "nested too deeply");
    // Each alias adds a level, though the text nests but two.
    let levels = (1..1_000).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1));
    check(
        &format!("a0: &a0 []\n{}", levels.collect::<String>()),
        "nested too deeply",
    );
}

#[test]
fn alias_bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
    }
    check(&bomb, "anchors and aliases repeat too many values");
    check("a: &a [*a]", "this alias");
    check("a: &a { <<: *a }", "this alias");
}

#[test]
fn a_megabyte_of_anything_is_told_quickly() {
    let megabyte: usize = 1 << 20;
    check(
        &"x".repeat(megabyte),
        "expected a mapping, found the string `xxxx",
    );
    check(&"\u{7}".repeat(megabyte), "router.yaml:1:");
    check(&"? ".repeat(megabyte / 2), "router.yaml:1:");
    check(
        &"a: b\n".repeat(megabyte / 20),
        "the key `a` is written twice",
    );
    check(
        &"k: [1,2,3]\n".repeat(megabyte / 44),
        "the key `k` is written twice",
    );
    // Each key costs an unoptimised parser some microseconds, so a quarter does.
    let keys = (0..megabyte / 48).map(|key| format!("k{key}: x\n"));
    check(&keys.collect::<String>(), "unknown field `k0`");
}

#[test]
fn no_more_is_told_than_a_person_reads() {
    let keys = (0..500).map(|key| format!("k{key}: x\n"));
    assert_eq!(
        told(&keys.collect::<String>())
            .matches("unknown field")
            .count(),
        50
    );
}

#[test]
fn nothing_reaches_the_terminal_that_it_would_act_on() {
    let acts = |letter: char| letter.is_control() && letter != '\n';
    for text in [
        "\"\\e[2J\\n\": 1",
        "llm: [\"\\e[2J\"]",
        "listen: \"\\e[2J\"",
        "# \u{1b}[2J\u{9b}\nx: 1",
        "\u{1b}: 1",
    ] {
        let told = told(text);
        assert!(!told.contains(acts), "{told:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_told(text in any::<String>()) {
        let told = read(&text).expect_err("chance writes no policy");
        prop_assert!(told.starts_with("router.yaml"));
    }

    #[test]
    fn any_yaml_like_text_is_read_or_told(text in "([ \t]{0,3}(models|llm|a|-|\\?|<<|&a|\\*a|!!str|\"x|'y|\\$\\{A)?:? ?[\\[\\]{},]?(1|b|#|\\||>)?(\r\n|\n|\r|\u{85}|\u{feff})?){0,30}") {
        if let Err(told) = read(&text) {
            prop_assert!(told.starts_with("router.yaml"));
        }
    }
}
