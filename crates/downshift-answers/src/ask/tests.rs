use super::{Ask, Captures, Misread, PatternError};

const ORDER: &[&str] = &[
    "[where is|what is the status of] order [#|number] {id:\\d+}",
    "show me order {id:\\d+}",
    "order {id:\\d+} status",
    "(track|trace) {id:[A-Z]{2}-\\d{1,6}}",
    "who is {id:.+}",
];

fn compiled(patterns: &[&str]) -> Ask {
    let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    Ask::compile(&patterns).unwrap()
}

#[track_caller]
fn check(question: &str, expected: Option<&str>) {
    let read = compiled(ORDER).read(question);
    let expected = expected.map(|id| Captures::from_iter([("id", id)]));
    assert_eq!(read, expected.ok_or(Misread::NotUnderstood), "{question:?}");
}

#[test]
fn every_token_is_accounted_for() {
    check("order 4711", Some("4711"));
    check("Where's order 4711?", Some("4711"));
    check("what is the status of order #4711", Some("4711"));
    check("Order number 4711 status", None);
    check("order 4711 status", Some("4711"));
    check("trace AB-12", Some("AB-12"));
    check("who is  Ada   Lovelace?", Some("Ada   Lovelace"));
    for near_miss in [
        "order",
        "order 4711 in the song",
        "where is order 4711 and 4712",
        "do not order 4711",
        "order 4,711",
        "order 4711.5",
        "order -4711",
        "order 4711-12",
        "order 4711a",
        "order four",
        "track ab-12",
        "track AB-1234567",
        "track AB -12",
        "status",
        "",
        "?",
    ] {
        check(near_miss, None);
    }
}

#[test]
fn politeness_is_taken_off_and_kept_where_a_pattern_holds_it() {
    check(
        "hey, could you please tell me where is order 4711? thanks!",
        Some("4711"),
    );
    check("\"order 4711\"", Some("4711"));
    check("show me order 4711", Some("4711"));
    check("Hi, show me order 4711 please", Some("4711"));
    check("who is Ada, please", Some("Ada"));
    check("please show me", None);
}

#[test]
fn a_capture_is_what_was_typed_and_nothing_strange() {
    check("who is a/../../etc?x=1#y%2e", Some("a/../../etc?x=1#y%2e"));
    check("who is Zoë Ångström", Some("Zoë Ångström"));
    check("order ４７１１", None);
    check("order 47\u{200b}11", None);
    check("who is Ada\nLovelace", None);
    check("who is Ada\u{202e}ecalevoL", None);
    check("who is Ada\0", None);
    check(
        &format!("who is {}", "a".repeat(128)),
        Some(&"a".repeat(128)),
    );
    check(&format!("who is {}", "a".repeat(129)), None);
    check(&format!("order {}", "1".repeat(10_000)), None);
    check(&"order 1 ".repeat(10_000), None);
    check(&"please ".repeat(80), None);
}

#[test]
fn two_readings_that_differ_are_none() {
    let two = compiled(&["from {a:.+} to {b:.+}"]);
    assert_eq!(
        two.read("from here to there to where"),
        Err(Misread::Ambiguous)
    );
    assert!(two.read("from here to there").is_ok());
    let same = compiled(&["order {id:\\d+}", "(order|parcel) {id:\\d+}"]);
    assert_eq!(same.read("order 5"), Ok(Captures::from_iter([("id", "5")])));
}

#[test]
fn too_many_ways_are_a_refusal_in_bounded_time() {
    let started = std::time::Instant::now();
    let question = format!("x {}", "z ".repeat(85));
    for pattern in [
        "x {a:.+} {b:.+} {c:.+} {d:.+} {e:.+} y",
        "x {a:(((a|z| )*)*)*b} {b:.*(z.*){20}q}",
        "x [z [z [z [z [z [z [z]]]]]]] {a:.{1,128}} {b:.{1,128}} y",
    ] {
        assert_eq!(
            compiled(&[pattern]).read(&question),
            Err(Misread::NotUnderstood)
        );
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn names_are_told_apart_by_whether_they_are_always_captured() {
    let ask = compiled(&[
        "order {id:\\d+} [of {who:\\w+}]",
        "(parcel {id:\\d+}|letter {id2:\\d+}) {x:a}",
    ]);
    assert_eq!(
        ask.names().into_iter().collect::<Vec<_>>(),
        ["id", "id2", "who", "x"]
    );
    assert!(ask.always().is_empty());
    let ask = compiled(&["order {id:\\d+} [of {who:\\w+}]", "letter {id:\\d+}"]);
    assert_eq!(ask.always().into_iter().collect::<Vec<_>>(), ["id"]);
}

#[track_caller]
fn refused(pattern: &str, expected: &str) {
    let mut errors = Ask::compile(&[pattern.to_owned()]).unwrap_err();
    let (at, error) = errors.pop().unwrap();
    let message = error.to_string();
    assert!(
        at == 0 && message.contains(expected),
        "{pattern:?}: {message}"
    );
}

#[test]
fn what_is_wrong_with_a_pattern_is_said() {
    refused("", "empty");
    refused("  ", "empty");
    refused("{id:.*}", "no word");
    refused("[order] {id:.*}", "no word");
    refused("(order|{x:a}) {id:.*}", "no word");
    refused("# {id:.*}", "no word");
    refused("order {id", "`{` is never closed");
    refused("order [a|b", "`[` is never closed");
    refused("order (a]", "`]` closes nothing");
    refused("order a)", "`)` closes nothing");
    refused("order }", "`}` closes nothing");
    refused("order | parcel", "outside of brackets");
    refused("order {id}", "`{id}` says not what it captures");
    refused("order {9:a}", "`9` is no name");
    refused("order {/a:a}", "`/a` is no name");
    refused("order {id:a} {id:b}", "`{id}` is captured twice");
    refused("order {id:(}", "the expression of `{id}` is wrong");
    refused("order {id:a)|(?:b}", "the expression of `{id}` is wrong");
    refused(
        "order {id:(a{1000}){1000}}",
        "the expression of `{id}` is wrong",
    );
    refused(&format!("a {}", "[".repeat(9)), "8 deep");
    refused(&"a".repeat(2_001), "2000 bytes");
    let both = Ask::compile(&["a".to_owned(), "|".to_owned(), String::new()]);
    assert_eq!(
        both.unwrap_err(),
        [(1, PatternError::Loose), (2, PatternError::Empty)]
    );
}

proptest::proptest! {
    #[test]
    fn neither_a_pattern_nor_a_question_panics(pattern in ".{0,60}", question in ".{0,200}") {
        if let Ok(ask) = Ask::compile(&[pattern]) {
            drop(ask.read(&question));
        }
    }

    #[test]
    fn what_looks_like_a_pattern_neither(pattern in "[a-c \\[\\](){}|:\\\\+.]{0,40}", question in "[a-c ]{0,40}") {
        if let Ok(ask) = Ask::compile(&[pattern]) {
            drop(ask.read(&question));
        }
    }
}
