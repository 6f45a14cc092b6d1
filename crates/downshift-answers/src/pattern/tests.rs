use super::{Grammar, Rule, compile::compile};
use crate::{Context, reading::Reading};

const CONTEXT: Context<'_> = Context {
    now: jiff::Timestamp::UNIX_EPOCH,
    zone: None,
    table: None,
};

#[track_caller]
fn check(pattern: &'static str, text: &str, taken: bool) {
    let grammar = Grammar::new(
        &[Rule {
            pattern,
            say: |_, _| Some("yes".to_owned()),
        }],
        &[("greet", "(good|fine) day")],
    );
    assert_eq!(grammar.broken(), [""; 0]);
    let said = grammar.say(&Reading::of(text).unwrap(), &CONTEXT);
    assert_eq!(said.is_some(), taken, "{pattern:?} over {text:?}");
}

#[test]
fn the_whole_question_is_taken_or_nothing() {
    check("a b", "a b", true);
    check("a b", "a b c", false);
    check("a b", "a", false);
    check("a [b] c", "a c", true);
    check("a [b|d e] c", "a d e c", true);
    check("(a|b c) d", "b c d", true);
    check("(a|) b", "b", true);
    check("<greet> [sir|madam]", "fine day madam", true);
    check("{number} to {number}", "two to 3", true);
}

#[test]
fn malformed_patterns_do_not_compile() {
    for pattern in ["(a", "[a", "a)", "{nothing}", "<nothing>", "{number"] {
        assert!(compile(pattern, &[]).is_none(), "{pattern:?}");
    }
}

#[test]
fn readings_that_differ_are_a_refusal() {
    let rules = [
        Rule {
            pattern: "a {word}",
            say: |_, _| Some("one".to_owned()),
        },
        Rule {
            pattern: "{word} b",
            say: |_, _| Some("two".to_owned()),
        },
    ];
    let grammar = Grammar::new(&rules, &[]);
    let say = |text| grammar.say(&Reading::of(text).unwrap(), &CONTEXT);
    assert_eq!(say("a c").as_deref(), Some("one"));
    assert_eq!(say("c b").as_deref(), Some("two"));
    assert_eq!(say("a b"), None);
}
