use super::*;

const PATH: &[&str] = &["intents", "code", "confidence"];

#[track_caller]
fn check(text: &str, path: &[&str], expected: Option<&str>) {
    assert_eq!(set(text, path, "0.75").as_deref(), expected, "{text}");
}

#[test]
fn a_value_is_set_where_it_stands() {
    check(
        "llm: x # top\nintents:\n  time: { answer: time }\n  code: { specialist: c, confidence: 0.80 } # mine\nrules: []\n",
        PATH,
        Some(
            "llm: x # top\nintents:\n  time: { answer: time }\n  code: { specialist: c, confidence: 0.75 } # mine\nrules: []\n",
        ),
    );
    check(
        "intents:\n  code:\n    confidence: 0.5   # sure\n\n    specialist: c\n",
        PATH,
        Some("intents:\n  code:\n    confidence: 0.75   # sure\n\n    specialist: c\n"),
    );
    check(
        "intents: { \"code\": { specialist: c,\n    confidence: \"0.5\" } }",
        PATH,
        Some("intents: { \"code\": { specialist: c,\n    confidence: 0.75 } }"),
    );
    check(
        "intents:\r\n  code:\r\n    specialist: ü\r\n    confidence:\r\n      0.5\r\n",
        PATH,
        Some("intents:\r\n  code:\r\n    specialist: ü\r\n    confidence:\r\n      0.75\r\n"),
    );
}

#[test]
fn a_value_that_is_missing_is_made() {
    check(
        "intents:\n  code: { specialist: c }\n",
        PATH,
        Some("intents:\n  code: { confidence: 0.75, specialist: c }\n"),
    );
    check(
        "intents:\n  code:\n    # a word\n    specialist: c # and another\n  time: { confidence: 0.1 }\n",
        PATH,
        Some(
            "intents:\n  code:\n    # a word\n    confidence: 0.75\n    specialist: c # and another\n  time: { confidence: 0.1 }\n",
        ),
    );
    check(
        "intents:\r\n    code:\r\n        specialist: c\r\n",
        PATH,
        Some("intents:\r\n    code:\r\n        confidence: 0.75\r\n        specialist: c\r\n"),
    );
    check(
        "intents:\n  code: {}\n",
        PATH,
        Some("intents:\n  code: { confidence: 0.75 }\n"),
    );
    check(
        "intents:\n  code:\n  time: { answer: time }\n",
        PATH,
        Some("intents:\n  code: { confidence: 0.75 }\n  time: { answer: time }\n"),
    );
    check(
        "intents:\n  code: { judge: { agreement: g } }\n",
        &["intents", "code", "judge", "calibration", "bias"],
        Some("intents:\n  code: { judge: { calibration: { bias: 0.75 }, agreement: g } }\n"),
    );
}

#[test]
fn a_mapping_is_replaced_with_all_that_is_in_it() {
    check(
        "a:\n  b:\n    c: 1\n    d: [1,\n      2] # all\n  # of this\n  e: 2\n",
        &["a", "b"],
        Some("a:\n  b:\n    0.75 # all\n  # of this\n  e: 2\n"),
    );
    check(
        "a: { b: { c: 1,\n  d: { e: \"}\" } }, f: 3 }\n",
        &["a", "b"],
        Some("a: { b: 0.75, f: 3 }\n"),
    );
}

#[test]
fn what_would_change_something_else_is_not_done() {
    check("intents: [1]\n", PATH, None);
    check("intents:\n  code: checks\n", PATH, None);
    check("- 1\n", PATH, None);
    check("a: {", PATH, None);
    check(
        "base: &b { confidence: 1 }\nintents: { code: *b }\n",
        PATH,
        None,
    );
    // The alias elsewhere would follow.
    check(
        "intents:\n  code: &c { confidence: 1 }\n  math: *c\n",
        PATH,
        None,
    );
}

#[test]
fn a_comment_stands_above_its_key_once() {
    let told = |text: &str, comment| annotate(text, &["intents", "code"], "tuned code: ", comment);
    let text = "intents:\n  # mine\n  code: { specialist: c }\n";
    let once = told(text, "one").expect("a key");
    assert_eq!(
        once,
        "intents:\n  # mine\n  # tuned code: one\n  code: { specialist: c }\n"
    );
    let twice = told(&once, "two").expect("a key");
    assert_eq!(
        twice,
        "intents:\n  # mine\n  # tuned code: two\n  code: { specialist: c }\n"
    );
    assert_eq!(
        told("intents: { code: {} }", "one").as_deref(),
        Some("# tuned code: one\nintents: { code: {} }")
    );
    assert_eq!(told("intents: {}", "one"), None);
}
