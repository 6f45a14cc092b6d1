use proptest::prelude::*;

use super::*;

/// What the cursor reads out of a text, put together again as `serde_json` would.
fn value(cursor: &mut Cursor<'_>) -> Result<serde_json::Value, Fault> {
    Ok(match cursor.kind()? {
        Kind::String => cursor.text()?.into_owned().into(),
        Kind::Array => {
            let mut items = Vec::new();
            cursor.items(|cursor| {
                items.push(value(cursor)?);
                Ok(())
            })?;
            items.into()
        }
        Kind::Object => {
            let mut fields = serde_json::Map::new();
            cursor.fields(|cursor, key| {
                fields.insert(key.name.clone().into_owned(), value(cursor)?);
                Ok(())
            })?;
            fields.into()
        }
        _ => serde_json::from_str(cursor.raw()?).unwrap_or(serde_json::Value::Null),
    })
}

/// Whether a text is JSON does not depend on who is asked.
#[track_caller]
fn agree(text: &str) {
    let theirs = serde_json::from_str::<Box<serde_json::value::RawValue>>(text);
    let skipped = read("text", text.as_bytes(), Cursor::skip);
    assert_eq!(
        skipped.is_ok(),
        theirs.is_ok(),
        "{text:?}: {skipped:?}, {theirs:?}"
    );
    if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(text) {
        assert_eq!(
            read("text", text.as_bytes(), value).unwrap(),
            theirs,
            "{text:?}"
        );
    }
}

#[test]
fn takes_what_is_json_and_nothing_else() {
    for text in [
        "0",
        "-0",
        "01",
        "-",
        "1.",
        ".5",
        "1.5e",
        "1e+3",
        "1E-3",
        "+1",
        "0x1",
        "NaN",
        "1 2",
        "--1",
        "true",
        "truth",
        "false",
        "nul",
        "null",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u00e9\\\"\\/\\b\\f\\n\\r\\t\"",
        "\"\\ud83d\\ude00\"",
        "\"a\tb\"",
        "\"\u{7f}é😀\"",
        "[",
        "]",
        "[]",
        "[1,]",
        "[,1]",
        "[1 2]",
        " [ 1 , 2 ] ",
        "{",
        "}",
        "{}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":{\"b\":[{}]}}",
        "{\"\\u0061\":1}",
        "[1]x",
        "\u{a0}1",
        "'a'",
        "// a\n1",
        "1e999",
        "123456789012345678901234567890",
        "[[],[[]],{}]",
    ] {
        agree(text);
    }
}

#[test]
fn reads_surrogates_that_stand_alone_as_replacement_characters() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(
            read("text", text.as_bytes(), |cursor| cursor
                .text()
                .map(Cow::into_owned))
            .unwrap(),
            expected
        );
    }
    check(r#""a\ud83d""#, "a\u{fffd}");
    check(r#""\ude00b""#, "\u{fffd}b");
    check(r#""\ud83d\u0041""#, "\u{fffd}A");
    check(r#""\ud83d\n""#, "\u{fffd}\n");
    check(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀");
    check(r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}");
}

#[test]
fn bounds_nesting() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    read("text", nested(MAX_DEPTH).as_bytes(), Cursor::skip).unwrap();
    let error = read("text", nested(MAX_DEPTH + 1).as_bytes(), Cursor::skip).unwrap_err();
    assert_eq!(
        error.message,
        "the text is not valid JSON at line 1, column 130: expected no more than 128 nested arrays and objects"
    );
    read("text", "{\"a\":".repeat(1_000_000).as_bytes(), Cursor::skip).unwrap_err();
}

#[test]
fn says_where_the_text_is_broken() {
    #[track_caller]
    fn check(text: &[u8], expected: &str) {
        assert_eq!(
            read("text", text, Cursor::skip).unwrap_err().message,
            expected
        );
    }
    check(b"", "the text is empty; a JSON object is expected");
    check(b" \n", "the text is empty; a JSON object is expected");
    check(
        b"\xef\xbb\xbf{}",
        "the text starts with a byte order mark; send JSON without it",
    );
    check(
        b"{\"\xff\":1}",
        "the text is not valid UTF-8 from byte 2 on; send UTF-8",
    );
    check(
        b"{} x",
        "the text is not valid JSON at line 1, column 4: expected nothing more",
    );
    check(
        "{\n \"é\": tru}".as_bytes(),
        "the text is not valid JSON at line 2, column 7: expected a value",
    );
    check(
        b"{\"a\":[1,",
        "the text is cut off at line 1, column 9: expected a value",
    );
    check(
        b"{\"a\" 1}",
        "the text is not valid JSON at line 1, column 6: expected `:` after a field name",
    );
    check(
        b"[\"a\nb\"]",
        "the text is not valid JSON at line 1, column 4: expected an escape such as \\n for a control character",
    );
}

#[test]
fn whole_numbers_may_be_written_with_a_fraction_of_zero() {
    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        let found = read("text", text.as_bytes(), Cursor::lenient_whole_number);
        assert_eq!(found.unwrap(), expected, "{text}");
    }
    check("7", Some(7));
    check("-7.0", Some(-7));
    check("1e3", Some(1000));
    check("9223372036854775807", Some(i64::MAX));
    check("0.5", None);
    check("1e300", None);
    check("1e999", None);
    check("9223372036854775808", None);
}

/// JSON of every shape, with names and texts that want escaping.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|fields| fields.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_wrote(value in json()) {
        agree(&value.to_string());
        agree(&serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn agrees_on_json_that_was_tampered_with(value in json(), at in any::<prop::sample::Index>(), with in ".{0,3}") {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len() + 1);
        text.splice(at..(at + 1).min(text.len()), with.chars());
        let text: String = text.into_iter().collect();
        accept_alike(&text);
    }

    #[test]
    fn returns_for_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let theirs = serde_json::from_slice::<Box<serde_json::value::RawValue>>(&bytes);
        prop_assert_eq!(read("text", &bytes, Cursor::skip).is_ok(), theirs.is_ok());
    }

    #[test]
    fn returns_for_any_text_of_json_characters(text in r#"[\[\]{}",:\\0-9eE.+\-a-fnrtuls ]{0,60}"#) {
        accept_alike(&text);
    }
}

fn accept_alike(text: &str) {
    let skipped = read("text", text.as_bytes(), Cursor::skip);
    let theirs = serde_json::from_str::<Box<serde_json::value::RawValue>>(text);
    assert_eq!(
        skipped.is_ok(),
        theirs.is_ok(),
        "{text:?}: {skipped:?}, {theirs:?}"
    );
}
