use super::*;

const GOOD: &str = include_str!("../../tests/fixtures/tiny/model.json");

/// Decodes the good file with `from` replaced by `to`.
#[track_caller]
fn check(from: &str, to: &str, expected: &str) {
    assert!(GOOD.contains(from), "{from} is not in the file");
    let file = File::of("model.json", GOOD.replace(from, to).into_bytes());
    let error = Description::decode(&file).expect_err("it should be refused");
    assert_eq!(
        error.to_string(),
        format!("model.json does not describe a model: {expected}")
    );
    assert_eq!(error.label(), "description");
}

#[test]
fn a_good_file_is_read() {
    let read = Description::decode(&File::of("model.json", GOOD.as_bytes())).expect("it is good");
    assert_eq!((read.name.as_str(), read.version.as_str()), ("tiny", "1"));
    assert_eq!(
        read.labels.iter().map(|label| &**label).collect::<Vec<_>>(),
        ["time", "code", "chat"]
    );
    assert_eq!((read.max_tokens, read.bigram_buckets), (8, 16));
    assert_eq!(
        read.calibration,
        Calibration {
            temperature: 2.0,
            slope: 1.0,
            offset: 3.0
        }
    );
    assert_eq!(
        read.flops,
        Flops {
            per_token: 6,
            fixed: 3
        }
    );
}

#[test]
fn another_format_is_refused_before_anything_else() {
    check(
        "\"format\": 1,",
        "\"format\": 2,",
        "it is of format 2, but this version reads 1",
    );
    check(
        "\"format\": 1,",
        "\"format\": \"1\",",
        "it is of format \"1\", but this version reads 1",
    );
    check("\"format\": 1,", "", "it has no `format`, expected 1");
}

#[test]
fn senseless_values_are_refused() {
    check(
        "[\"time\", \"code\", \"chat\"]",
        "[]",
        "`labels` is empty, expected at least one",
    );
    check("\"code\"", "\"time\"", "`labels` has \"time\" twice");
    check("\"code\"", "\" \"", "`labels` has a blank label");
    check(
        "\"max_tokens\": 8",
        "\"max_tokens\": 1",
        "`max_tokens` is 1, expected at least 2",
    );
    check(
        "\"bigram_buckets\": 16",
        "\"bigram_buckets\": 0",
        "`bigram_buckets` is 0, expected at least 1",
    );
    check(
        "2.0,",
        "0,",
        "`temperature` is 0, expected a number above 0",
    );
    check(
        "2.0,",
        "-1,",
        "`temperature` is -1, expected a number above 0",
    );
}

#[test]
fn missing_and_mistyped_fields_are_placed() {
    check(
        "\"temperature\": 2.0,",
        "",
        "missing field `temperature` at line 12 column 1",
    );
    check(
        "8",
        "\"8\"",
        "invalid type: string \"8\", expected usize at line 6 column 19",
    );
    check(
        "8",
        "-8",
        "invalid value: integer `-8`, expected usize at line 6 column 18",
    );
}

#[test]
fn what_is_not_json_is_refused() {
    for text in ["", "<!doctype html>", "[", "null", "\u{feff}{}"] {
        let error = Description::decode(&File::of("model.json", text.as_bytes()))
            .expect_err("it is not an object");
        assert_eq!(error.label(), "description", "{text:?}");
    }
}
