use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

use crate::{Context, Question, answerer};

/// What the answerer says on Wednesday, 25 November 2026, 19:44:10 in Berlin.
fn ask(query: &str) -> Option<String> {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now: Timestamp = "2026-11-25T18:44:10Z".parse().unwrap();
    let context = Context {
        now,
        zone: Some(&zone),
        table: None,
    };
    let answer = answerer("text")?.answer(&Question::alone(query), &context)?;
    Some(answer.text)
}

#[track_caller]
fn check(query: &str, expected: Option<&str>) {
    assert_eq!(ask(query).as_deref(), expected, "{query:?}");
}

#[test]
fn every_pattern_compiles() {
    assert_eq!(super::uuid::GRAMMAR.broken(), [""; 0]);
}

#[test]
fn what_is_quoted_is_never_read() {
    check(
        "reverse \"please\"",
        Some("\"please\" backwards is \"esaelp\"."),
    );
    check(
        "uppercase \"hey, what time is it in tokyo? thanks!\"",
        Some("HEY, WHAT TIME IS IT IN TOKYO? THANKS!"),
    );
    check(
        "base64 encode \"  two  spaces \" please",
        Some("\"  two  spaces \" in base64 is ICB0d28gIHNwYWNlcyA="),
    );
    check("lowercase 'It's MINE'", Some("it's mine"));
    check("uppercase `a\"b`", Some("A\"B"));
    check("uppercase “ab cd”", Some("AB CD"));
    check("md5 of \"he said \"hi\" there\"", None);
    check("reverse \"hello\" and \"world\"", None);
    check("reverse \"\"", None);
}

#[test]
fn blocks_are_operands() {
    check(
        "is this valid json?\n```json\n{\"a\": [1, 2]}\n```",
        Some("Yes, it is valid JSON."),
    );
    check(
        "minify this json:\n{\n  \"a\": \"b  c\"\n}\n",
        Some("{\"a\":\"b  c\"}"),
    );
    check("uppercase: hello please", None);
    check("reverse: hello. then translate it", None);
    check(
        "pretty print this json: {\"a\":{},\"b\":[true]}",
        Some("```json\n{\n  \"a\": {},\n  \"b\": [\n    true\n  ]\n}\n```"),
    );
}

#[test]
fn operands_are_bounded() {
    let words = |count: usize| "word ".repeat(count).trim_end().to_owned();
    check(
        &format!("how many words are in \"{}\"", words(800)),
        Some("The text has 800 words."),
    );
    check(
        &format!("count the words in this text: {}", words(400)),
        Some("The text has 400 words."),
    );
    check(&format!("how many words are in \"{}\"", words(900)), None);
    let nested = format!(
        "is this valid json: {}{}",
        "[".repeat(2000),
        "]".repeat(2000)
    );
    check(&nested, None);
    let wide = format!("is this valid json: [{}[]]", "[],".repeat(300));
    check(&wide, Some("Yes, it is valid JSON."));
}

#[test]
fn delimiters_without_end_are_harmless() {
    for piece in [
        "'a ",
        "\"",
        "\"a ",
        "```",
        "rgb(",
        "* ",
        "@daily ",
        "json [",
        "hello world ",
        ": ",
    ] {
        let attack = piece.repeat(8_900 / piece.len());
        assert!(
            ask(&attack).is_none_or(|answer| answer.len() <= attack.len() + 100),
            "{piece:?}"
        );
    }
}

#[test]
fn only_known_words_are_spelled() {
    check(
        "how do you spell Necessary?",
        Some("\"Necessary\" is spelled n-e-c-e-s-s-a-r-y."),
    );
    for guess in ["neccessary", "definately", "recieve", "seperate", "alot"] {
        check(&format!("how do you spell {guess}"), None);
    }
}

#[test]
fn uuids_have_the_version_asked_for() {
    for (query, version, count) in [
        ("generate a uuid", 4, 1),
        ("can you give me a random guid please", 4, 1),
        ("generate 5 uuids", 4, 5),
        ("create a uuid v7", 7, 1),
        ("give me 3 v7 uuids", 7, 3),
    ] {
        let text = ask(query).unwrap_or_default();
        let made: Vec<uuid::Uuid> = text.lines().filter_map(|line| line.parse().ok()).collect();
        assert_eq!(made.len(), count, "{query:?}: {text:?}");
        for one in made {
            assert_eq!(one.get_version_num(), version, "{query:?}: {text:?}");
            assert_eq!(one.get_variant(), uuid::Variant::RFC4122);
            if let Some(instant) = one.get_timestamp() {
                assert_eq!(instant.to_unix().0, 1_795_632_250, "{query:?}");
            }
        }
    }
    assert_ne!(ask("generate a uuid"), ask("generate a uuid"));
    check("generate 21 uuids", None);
}

#[test]
fn next_runs_skip_to_the_day_and_stop_at_clock_changes() {
    check(
        "next 2 runs of 0 9 * * 1-5",
        Some(
            "The next 2 runs of 0 9 * * 1-5 are:\n- Thursday, 26 November 2026 at 9:00 AM (Europe/Berlin)\n- Friday, 27 November 2026 at 9:00 AM (Europe/Berlin)",
        ),
    );
    // 28 March 2027, 2:30 does not exist in Berlin.
    check("next run of 30 2 28 3 *", None);
    check("next run of 0 0 31 2 *", None);
    // The 13th or a Friday.
    check(
        "next 2 runs of 0 12 13 * 5",
        Some(
            "The next 2 runs of 0 12 13 * 5 are:\n- Friday, 27 November 2026 at 12:00 PM (Europe/Berlin)\n- Friday, 4 December 2026 at 12:00 PM (Europe/Berlin)",
        ),
    );
}

/// The text after the last `before`, without the closing `after`.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.strip_suffix(after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn base64_and_hex_round_trip(text in "[a-zA-Z][ -!#-~]{0,30}[a-zé€]") {
        let encoded = ask(&format!("base64 encode \"{text}\"")).unwrap_or_default();
        let code = between(&encoded, "\" in base64 is ", "").unwrap_or_default();
        let decoded = ask(&format!("base64 decode \"{code}\""));
        prop_assert_eq!(decoded, Some(format!("It decodes to \"{text}\".")), "{}", encoded);
        let encoded = ask(&format!("hex encode \"{text} z\"")).unwrap_or_default();
        let code = between(&encoded, "\" in hexadecimal (UTF-8) is ", "").unwrap_or_default();
        let decoded = ask(&format!("hex decode \"{code}\""));
        prop_assert_eq!(decoded, Some(format!("It decodes to \"{text} z\".")), "{}", encoded);
    }

    #[test]
    fn url_encoding_round_trips(text in "[a-z][ !#-~]{0,30} [a-zé€]") {
        let code = ask(&format!("url encode \"{text}\"")).unwrap_or_default();
        prop_assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%-._~".contains(&byte)));
        let decoded = ask(&format!("url decode \"{code}\""));
        prop_assert_eq!(decoded, Some(format!("It decodes to \"{text}\".")));
    }

    #[test]
    fn reversed_twice_is_the_same(text in "[a-z][a-zA-Z ,é]{0,30}[a-z]") {
        let once = ask(&format!("reverse \"{text}\"")).unwrap_or_default();
        let reversed = between(&once, "\" backwards is \"", "\".").unwrap_or_default();
        let twice = ask(&format!("reverse \"{reversed}\""));
        prop_assert_eq!(twice, Some(format!("\"{reversed}\" backwards is \"{text}\".")));
    }

    #[test]
    fn colours_round_trip(red: u8, green: u8, blue: u8) {
        let hex = format!("#{red:02X}{green:02X}{blue:02X}");
        let rgb = format!("rgb({red}, {green}, {blue})");
        prop_assert_eq!(ask(&format!("{hex} to rgb")), Some(format!("{hex} is {rgb}.")));
        prop_assert_eq!(ask(&format!("{rgb} to hex")), Some(format!("{rgb} is {hex}.")));
    }

    #[test]
    fn json_stays_the_same_value(keys in prop::collection::vec("[a-z\\[\\]{}:, ]{0,6}", 0..5), number: i32) {
        let value: serde_json::Value = keys
            .iter()
            .map(|key| (key.clone(), serde_json::json!([number, {"x": key}, [], null])))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let text = ask(&format!("minify this json: {value:#}")).unwrap_or_default();
        prop_assert_eq!(&text, &value.to_string());
        let pretty = ask(&format!("pretty print this json: {value}")).unwrap_or_default();
        let inside = between(&pretty, "```json\n", "\n```").unwrap_or_default();
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(inside).ok(), Some(value));
    }

    #[test]
    fn any_delimiters_in_any_order_are_harmless(pieces in prop::collection::vec(prop::sample::select(vec!["\"", "'", "`", "```", "“", "”", "«", ":", "\n", " ", "{", "}", "[", "]", "json", "rgb(", ")", "* ", "*/5 ", "@daily", "hello world", "reverse ", "md5 of ", "é", "\u{200b}", "🙂", "a"]), 0..40)) {
        ask(&pieces.concat());
    }
}
